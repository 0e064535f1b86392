"""Source files: the texts that a storyboard is written in, as they were read. Knows nothing of what they say.

It remembers what was read, and what was looked for and not found: a change of any makes another storyboard.
"""

from __future__ import annotations

import os
from hashlib import blake2b
from pathlib import Path

from reelmake.diagnostics import Report, Source
from reelmake.errors import LocalTool, Mistake
from reelmake.model.wish import STORYBOARD
from reelmake.store.premises import Premises


def find(named: str | None, start: Path | None = None) -> Path:
    """The storyboard: the one named, or storyboard.yaml in this folder or the nearest parent. Raises Mistake."""
    found = _find(named, start)
    try:
        str(found).encode()
    except UnicodeEncodeError as error:
        raise Mistake.of("RM608", "the path of this project is not UTF-8") from error
    return found


def _find(named: str | None, start: Path | None) -> Path:
    if named is not None:
        path = Path(named)
        path = path / STORYBOARD if path.is_dir() else path
        if not path.is_file():
            raise Mistake.of("RM601", f'there is no storyboard "{named}"')
        return path.parent.resolve() / path.name  # a link is read where it stands: it may point elsewhere tomorrow
    here = (start or Path.cwd()).resolve()
    for folder in (here, *here.parents):
        if (folder / STORYBOARD).is_file():
            return folder / STORYBOARD
    hint = "`reelmake init` writes one that builds at once; `-f FILE` names another"
    raise Mistake.of("RM601", f"no {STORYBOARD} in {here} or a folder above it", hint=hint)


class SourceFiles:
    """Of the project at `root`, by project path.

    `digests`: absolute path -> blake2b of the bytes that were read. `absent`: absolute paths that were not there.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._premises = Premises(root)
        self.digests: dict[str, str] = {}
        self.absent: list[str] = []

    def bytes(self, path: str) -> bytes:
        """No more than can be a text. Raises Mistake if it cannot be read (RM602), or may not be (RM613, RM614)."""
        from reelmake.compile.read import LARGEST

        file = self._root / path
        try:
            self._premises.stat(path)
            with file.open("rb") as opened:
                data = opened.read(LARGEST + 1)
        except LocalTool as error:
            raise Mistake.of(error.code, str(error), hint="; ".join(error.next_steps)) from error
        except OSError as error:
            reason = error.strerror or str(error)
            raise Mistake.of("RM602", f"{self.shown(path)} cannot be read: {reason}") from error
        self.digests[str(file)] = blake2b(data).hexdigest()
        return data

    def open(self, path: str) -> Source:
        """Raises Mistake if it cannot be read, or is no text."""
        from reelmake.compile.stages import decode

        report = Report()
        source = decode(self.shown(path), self.bytes(path), report)
        if source is None:
            raise Mistake(report.sorted())
        return source

    def shown(self, path: str) -> str:
        """What a text is called in messages."""
        return shown(self._root, path)

    def exists(self, path: str) -> bool:
        """Is it a file?"""
        there = (self._root / path).is_file()
        if not there:
            self.absent.append(str(self._root / path))
        return there

    def barred(self, path: str) -> LocalTool | None:
        """Why the file at a path may not be opened."""
        return self._premises.barred(path)


def shown(root: Path, path: str) -> str:
    """A project path as the user would type it from here."""
    return os.path.relpath(root / path)
