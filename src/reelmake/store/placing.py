"""Placing: files under the names that people look for, each whole or not at all: outputs, and texts that were wanted.

Knows nothing of how they were made.
"""

from __future__ import annotations

import contextlib
import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.scratch import discard
from reelmake.store.disk import copy_file, explained, fresh_name, sync_file, write_whole
from reelmake.store.premises import Premises

DRAFT = ".part"
OURS = re.compile(r"\d+-\d+-[0-9a-f]{8}\.(part|tmp)|[0-9a-f]{32}\.\d+")  # of disk.fresh_name, and of commands/_fresh
LEFT = 600.0  # seconds after which nobody comes back for a draft


def room(root: Path, path: str) -> None:
    """Raises LocalTool (RM962) if something else stands where an output, or a folder above it, is to be, and Unwilling
    (RM963) if a folder above it is a link."""
    target = root / path
    above = [folder for folder in reversed(target.parents) if root in folder.parents]
    for place, wanted in [*((folder, True) for folder in above), (target, False)]:
        if place.is_dir() is wanted or not os.path.lexists(place):
            continue
        what = "a folder" if not wanted else "a file" if place.exists() else "a link that leads nowhere"
        where = place.relative_to(root).as_posix()
        said = f"{path} cannot be written: {where} is {what}" + (", where a folder is needed" if wanted else "")
        here = os.path.relpath(place)
        away = shlex.join(["mv", here, f"{here}.old"])
        raise LocalTool(said, code="RM962", next_steps=(away, "reelmake build"))
    Premises(root).ours(path)


def place(copies: Sequence[tuple[Path, Path]]) -> None:
    """Copies of artifacts under their public names: each whole, and none unless all of them can be. Raises LocalTool.

    Copies, not links: whoever edits an output must not edit the store. Where the disk can, they share its bytes until
    then. They take their names one right after another,
    in the order given, for that takes no time as copying does.
    """
    drafts: list[Path] = []
    try:
        for artifact, target in copies:
            with explained(f"write {target}"):
                target.parent.mkdir(parents=True, exist_ok=True)
                drafts.append(fresh_name(target.parent, DRAFT))
                copy_file(artifact, drafts[-1])
                sync_file(drafts[-1])  # a name may reach the disk before the bytes: then a short film would stand there
        for draft, (_, target) in zip(drafts, copies, strict=True):
            with explained(f"write {target}"):
                draft.replace(target)
    finally:
        discard(*drafts)


def tidy(folder: Path, now: float) -> None:
    """Removes the drafts that a run left in `folder` when it was killed. `now`: seconds, as files are dated.

    What was written lately is left alone: another run may be about to give it its name.
    """
    with contextlib.suppress(OSError):
        for file in folder.iterdir():
            if OURS.fullmatch(file.name) and file.stat().st_mtime < now - LEFT:
                file.unlink()


def write_text(target: Path, text: str) -> None:
    """A text a command was asked to write: whole or not at all. Raises LocalTool."""
    with explained(f"write {target}"):
        write_whole(target, text.encode(), durable=False)
