"""In which order, and with which others, outputs are put in their places."""

from __future__ import annotations

import os
import shutil
import time
from pathlib import Path

import pytest

import reelmake
from reelmake.model.wish import Wish
from reelmake.plan.lineage import SUFFIX
from reelmake.session.project import look, plan, read
from reelmake.session.publishing import publish
from reelmake.session.run import BuildRun
from reelmake.session.workspace import Workspace
from reelmake.store import placing
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

STREAM = """\
reelmake: 1
defaults: {size: 128x72, seconds: 0.5}
shots:
  kite: {prompt: A kite., caption: The wind!}
outputs:
  live/cut.m3u8: {qualities: [72, 64], captions: soft}
  cut.gif: {}
"""


def test_a_stream_is_published_as_one_with_its_playlists_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    groups: list[list[str]] = []
    place = placing.place

    def watched(copies: list[tuple[Path, Path]]) -> None:
        groups.append([target.name for _, target in copies])
        place(copies)

    monkeypatch.setattr(placing, "place", watched)
    (tmp_path / "storyboard.yaml").write_text(STREAM)
    (tmp_path / "build/live").mkdir(parents=True)
    left = tmp_path / "build/live/77-1-0123abcd.part"
    left.touch()
    os.utime(left, (time.time() - 3600,) * 2)

    result = reelmake.build(tmp_path)

    assert result.status == 0
    (stream,) = (group for group in groups if "cut.m3u8" in group)
    assert set(stream[:2]) == {"cut-72.m4s", "cut-64.m4s"}
    assert set(stream[2:4]) == {"cut-72.m3u8", "cut-64.m3u8"}
    assert stream[4:] == ["cut.m3u8"]
    assert groups[-1] == stream  # what it names besides is there already
    assert {"cut-captions.m3u8", "cut.gif"} <= {name for group in groups[:-1] for name in group}
    assert not left.exists()


def test_a_file_that_cannot_be_placed_keeps_back_its_playlist_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "storyboard.yaml").write_text(STREAM)
    copy = placing.copy_file

    def full(artifact: Path, draft: Path) -> None:
        if artifact.suffix == ".m4s":
            raise OSError(28, "No space left on device")
        copy(artifact, draft)

    monkeypatch.setattr(placing, "copy_file", full)

    result = reelmake.build(tmp_path)

    assert [failure.step for failure in result.failures] == ["output:live/cut.m3u8"]
    there = _outputs(tmp_path)
    assert there == {"cut.gif", "cut-captions.m3u8", "cut-captions.vtt"}
    assert {output.path.name for output in result.outputs} == there


def test_a_stream_of_which_only_some_is_made_stays_as_it_was(tmp_path: Path) -> None:
    (tmp_path / "storyboard.yaml").write_text(STREAM)
    reelmake.build(tmp_path)
    seen = look(read(Workspace(tmp_path / "storyboard.yaml")))
    (playlist,) = (d for d in plan(seen).decisions.values() if d.step.output.endswith("cut-72.m3u8"))
    seen.workspace.store.forget(playlist.key)
    shutil.rmtree(tmp_path / "build")

    run = BuildRun(seen, Wish(), lambda event: None, lambda seen, plan: None)
    result = publish(run, seen, plan(seen), None)

    there = _outputs(tmp_path)
    assert there == {"cut.gif", "cut-captions.m3u8", "cut-captions.vtt"}
    assert {output.path.name for output in result.outputs} == there


def test_whoever_asks_for_a_stream_gets_all_of_it(tmp_path: Path) -> None:
    """By whichever of its files: new media beside an old playlist show nothing."""
    (tmp_path / "storyboard.yaml").write_text(STREAM)
    for name in ("live/cut.m3u8", "live/cut-72.m3u8", "live/cut-64.m4s"):
        shutil.rmtree(tmp_path / "build", ignore_errors=True)
        assert reelmake.build(tmp_path, (name,)).status == 0
        there = {file.name for file in (tmp_path / "build/live").iterdir()}
        media = {"cut-72.m4s", "cut-72.m3u8", "cut-64.m4s", "cut-64.m3u8", "cut.m3u8"}
        assert media <= there
        assert not (tmp_path / "build/cut.gif").exists()


def test_what_is_put_back_is_said(tmp_path: Path) -> None:
    folder = Folder(tmp_path)
    folder.write("storyboard.yaml", STREAM)
    folder.build()
    (tmp_path / "build/cut.gif").unlink()
    folder.run("build").expect(0, stderr="up to date: 1 take reused; restored build/cut.gif")
    folder.run("build").expect(0, stderr="nothing to do: 1 take reused, every output is up to date")


def _outputs(root: Path) -> set[str]:
    """Names of what stands in build/, less the records beside it."""
    files = {file.name for file in (root / "build").rglob("*") if file.is_file()}
    return {name for name in files if not name.endswith(SUFFIX)}
