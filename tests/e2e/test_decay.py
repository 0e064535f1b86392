"""What a disk does to the store is found when it is used, told, and made good."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.folder import Folder

pytestmark = pytest.mark.slow
BOARD = """
shots:
  a: {prompt: A kite over the sea., seconds: 1}
  b: {prompt: A tower., seconds: 1}
cut:
  - {shot: a, title: WORDS}
  - {shot: b, title: Two}
outputs: {cut.mp4: {}, cut.gif: {}}
"""


def damage(project: Folder, kind: str) -> list[Path]:
    """Flips bits in the middle of everything of a kind that was kept."""
    files = []
    for row in project.run("cache", "ls", "--json").json["takes"]:
        if row["kind"] == kind:
            (file,) = (project.root / ".reelmake/store").glob(f"??/{row['sha256']}*")
            data = bytearray(file.read_bytes())
            data[len(data) // 2] ^= 0xFF
            file.chmod(0o644)
            file.write_bytes(bytes(data))
            files.append(file)
    return files


def test_a_damaged_segment_gets_into_no_reel(project: Folder) -> None:
    project.storyboard(BOARD.replace("WORDS", "One"))
    project.build()
    before = project.cut()
    files = damage(project, "segment")
    project.storyboard(BOARD.replace("WORDS", "Eins"))

    ran = project.run("build").expect(1, stderr="reelmake cache verify --forget")
    assert any(f"{file.name} in the store was damaged since it was put there" in ran.stderr for file in files)
    assert project.cut() == before


def test_what_was_damaged_is_forgotten_with_all_that_was_made_of_it(project: Folder) -> None:
    project.storyboard(BOARD.replace("WORDS", "One"))
    project.build()
    before, gif = project.cut(), project.cut("cut.gif")
    files = damage(project, "segment")
    told = project.run("cache", "verify").expect(1, stderr="made again: reelmake cache verify --forget")
    assert [file for file in files if str(file) not in told.stderr or not file.exists()] == []
    forgot = project.run("cache", "verify", "--forget", "--json").expect(1).json
    assert (len(forgot["damaged"]), forgot["forgotten"]) == (len(files), len(files) + 3)  # the gif, and two reels
    assert [file for file in files if file.exists()] == []
    project.run("cache", "verify").expect(0)

    made = project.build()
    assert (project.cut(), project.cut("cut.gif")) == (before, gif)
    assert made["generated"] == 0
    assert [file for file in files if not file.exists()] == []


def test_a_paid_take_is_never_forgotten(project: Folder) -> None:
    from dataclasses import replace
    from decimal import Decimal

    from reelmake.store.local import LocalStore

    project.storyboard(BOARD.replace("WORDS", "One"))
    project.build()
    store = LocalStore(project.root / ".reelmake")
    take = next(t for t in store.takes() if t.kind == "shot")
    scratch = store.scratch(".mp4")
    scratch.write_bytes(store.path(take).read_bytes())
    store.forget(take.key)
    store.keep(scratch, replace(take, cost=Decimal(1)), durable=True)
    file = store.path(take)
    file.chmod(0o644)
    file.write_bytes(file.read_bytes()[::-1])

    project.run("cache", "verify", "--forget").expect(1, stderr="paid takes stay")
    assert file.exists()
    assert store.record(take.key)
