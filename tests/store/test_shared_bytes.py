"""Copies share their bytes where the disk can, and are copies all the same: on a real XFS, which is mounted for it."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reelmake.model.take import Facts, Take
from reelmake.plan.key import digest
from reelmake.store import disk
from reelmake.store.disk import copy_file
from reelmake.store.folder_shelf import FolderShelf
from reelmake.store.local import LocalStore
from reelmake.store.placing import place

CLIP = os.urandom(1 << 20) * 20


@pytest.fixture
def xfs(tmp_path: Path) -> Iterator[Path]:
    if os.geteuid() or not shutil.which("mkfs.xfs"):
        pytest.skip("only root mounts, and only Debian's xfsprogs makes an XFS")
    image, root = tmp_path / "disk", tmp_path / "xfs"
    root.mkdir()
    with image.open("wb") as file:
        file.truncate(400 << 20)
    subprocess.run(["mkfs.xfs", "-q", str(image)], check=True)
    if subprocess.run(["mount", "-o", "loop", str(image), str(root)], capture_output=True, check=False).returncode:
        pytest.skip("nothing can be mounted here")
    try:
        yield root
    finally:
        subprocess.run(["umount", "-l", str(root)], check=True)


def used(root: Path) -> int:
    os.sync()
    found = os.statvfs(root)
    return (found.f_blocks - found.f_bfree) * found.f_frsize


def kept(store: LocalStore) -> Take:
    file = store.scratch(".mp4")
    file.write_bytes(CLIP)
    manifest = (("work", "clip"),)
    return store.keep(file, Take(digest(manifest), "", "clip", ".mp4", Facts(len(CLIP)), manifest), durable=True)


def test_outputs_and_takes_of_another_project_take_no_room(xfs: Path) -> None:
    ours = LocalStore(xfs / "ours/.reelmake")
    take, output = kept(ours), xfs / "ours/build/cut.mp4"
    theirs = LocalStore(xfs / "theirs/.reelmake", further=[FolderShelf(xfs / "ours")])
    theirs.believe({take.key: [take.digest]}, {})
    before = used(xfs)

    place([(ours.path(take), output)])
    brought = asyncio.run(theirs.bring(replace(take, by="pinned"), lambda part, word: None))
    assert used(xfs) - before < len(CLIP) // 10

    with output.open("r+b") as file:  # whoever edits an output edits nothing else
        file.write(b"edited")
    os.sync()
    assert output.read_bytes() != CLIP
    assert theirs.path(brought).read_bytes() == ours.path(take).read_bytes() == CLIP
    shutil.rmtree(xfs / "ours")
    assert theirs.whole(brought)


@pytest.mark.parametrize("why", [errno.EXDEV, errno.ENOSYS, errno.EINVAL, None])
def test_a_disk_that_cannot_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, why: int | None) -> None:
    def refused(*given: int) -> int:
        raise OSError(why, "no")

    if why is None:
        monkeypatch.delattr(os, "copy_file_range", raising=False)
    else:
        monkeypatch.setattr(os, "copy_file_range", refused, raising=False)
    monkeypatch.setattr(disk, "PIECE", 1 << 20)
    (tmp_path / "clip").write_bytes(CLIP[:-7])
    copy_file(tmp_path / "clip", tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == CLIP[:-7]
    (tmp_path / "nothing").touch()
    copy_file(tmp_path / "nothing", tmp_path / "empty")
    assert (tmp_path / "empty").read_bytes() == b""
    with pytest.raises(FileExistsError):
        copy_file(tmp_path / "clip", tmp_path / "copy")
