"""What a power cut would leave, told from the order of system calls: nothing counts as kept before it would last."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from reelmake.store.folder_shelf import FolderShelf
from reelmake.store.journal import LocalJournal
from reelmake.store.lines import Lines
from reelmake.store.local import LocalStore
from reelmake.store.placing import place
from tests.store.test_local import keep


class Disk:
    """What was made to last, in order: paths that were synced, and names that were given."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: list[tuple[str, str]] = []
        sync, replace = os.fsync, os.replace

        def fsync(handle: int) -> None:
            self.calls.append(("sync", str(Path(f"/proc/self/fd/{handle}").readlink())))
            sync(handle)

        def renamed(source: str, target: str) -> None:
            self.calls.append(("name", os.fspath(target)))
            replace(source, target)

        monkeypatch.setattr(os, "fsync", fsync)
        monkeypatch.setattr(os, "replace", renamed)
        monkeypatch.setattr(Path, "replace", lambda self, target: renamed(self, target))

    def synced(self) -> set[Path]:
        return {Path(path) for what, path in self.calls if what == "sync"}


def test_every_name_that_leads_to_a_paid_clip_lasts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "film" / ".reelmake"
    store = LocalStore(state)
    for n in range(1, 400):  # work that need not last has made most of the folders
        keep(store, f"local {n}".encode(), n, durable=False)
    disk = Disk(monkeypatch)

    kept = keep(store, b"paid")

    artifact, record = store.path(kept), store.record_file(kept.key)
    folders = {artifact.parent, record.parent, state / "store", state / "takes", state, state.parent}
    assert folders <= disk.synced()
    draft = next(path for what, path in disk.calls if what == "sync" and path.endswith(".mp4"))
    assert disk.calls.index(("sync", draft)) < disk.calls.index(("name", str(artifact)))
    assert max(disk.calls.index(("name", str(path))) for path in (artifact, record)) < max(
        index for index, call in enumerate(disk.calls) if call == ("sync", str(state.parent))
    )


def test_the_journal_of_a_run_that_died_at_once_is_named_by_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / ".reelmake"
    state.mkdir()
    (state / "journal").touch()  # made, but its name may not be on disk
    disk = Disk(monkeypatch)

    LocalJournal(state / "journal").submitted("token", "video_1")

    assert {state / "journal", state, tmp_path} <= disk.synced()


def test_a_run_names_its_journal_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = Lines(tmp_path / "journal", "the journal")
    lines.append({"n": 1})
    disk = Disk(monkeypatch)

    lines.append({"n": 2})

    assert disk.synced() == {tmp_path / "journal"}


def test_an_output_has_its_bytes_before_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "artifact").write_bytes(b"film")
    disk = Disk(monkeypatch)

    place([(tmp_path / "artifact", tmp_path / "build" / "cut.mp4")])

    (first, draft), (second, name) = disk.calls
    assert (first, second, name) == ("sync", "name", str(tmp_path / "build" / "cut.mp4"))
    assert Path(draft).parent == tmp_path / "build"


def test_no_record_names_brought_bytes_that_would_not_last(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = LocalStore(tmp_path / "theirs" / ".reelmake")
    made = keep(theirs, b"paid")
    mine = LocalStore(tmp_path / "mine", further=[FolderShelf(tmp_path / "theirs")])
    disk = Disk(monkeypatch)

    kept = asyncio.run(mine.bring(made, lambda part, said: None))

    draft = next(index for index, (what, path) in enumerate(disk.calls) if what == "sync" and "/mine/tmp/" in path)
    artifact, record = (disk.calls.index(("name", str(p))) for p in (mine.path(kept), mine.record_file(kept.key)))
    assert draft < artifact < record
