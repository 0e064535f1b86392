"""The premises of a project: what its paths really lead to, links followed, before anything there is opened.

A storyboard may come from a stranger, and with it every file and link of its folder. What a path of it leads to is a
file of the project, or it is not opened; what we write stands in folders that are no links. Only the owner of the
machine says otherwise: REELMAKE_LINKS names folders outside that links may lead to. ProjectFiles: their digests, read
again only when the file system says that they may have changed. Knows nothing of what is read.
"""

from __future__ import annotations

import hashlib
import os
import shlex
import stat
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from reelmake.errors import LocalTool, Unwilling
from reelmake.store.disk import STATE
from reelmake.store.git_index import tracked
from reelmake.store.notes import Remembered

ALLOWED = "REELMAKE_LINKS"
OUTSIDE, NO_FILE, LINK, TRACKED, BROUGHT, IN_THE_WAY = "RM613", "RM614", "RM963", "RM964", "RM824", "RM962"
_CLOSED = (".git", STATE)  # inside, and yet nobody's footage: what opens a repository, what we have made
_NESTS = ("store", "takes")  # folders of the state with folders in them
_KINDS = {
    stat.S_IFDIR: "a folder",
    stat.S_IFIFO: "a named pipe",
    stat.S_IFSOCK: "a socket",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
}


class Premises:
    """Of the project at `root`."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._real = _real(root)
        self._folders: dict[Path, Path] = {}  # folder -> the same with links followed

    def stat(self, path: str) -> os.stat_result:
        """Of the file at a project path. Raises OSError if there is none, LocalTool (RM613, RM614) if it is none that
        may be opened: outside of the project, or no regular file."""
        file = self._root / path
        if (folder := self._folders.get(file.parent)) is None:
            folder = self._folders[file.parent] = _real(file.parent)
        found, real = file.lstat(), folder / file.name
        if stat.S_ISLNK(found.st_mode):
            found, real = file.stat(), _real(file)
        self._admit(path, real)
        if not stat.S_ISREG(found.st_mode):
            kind = _KINDS.get(stat.S_IFMT(found.st_mode), "something else")
            raise LocalTool(f"cannot read {path}: it is {kind}, not a file", code=NO_FILE)
        return found

    def barred(self, path: str) -> LocalTool | None:
        """Why the file at a project path cannot be opened; None also if there is none."""
        try:
            self.stat(path)
        except LocalTool as error:
            return error
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:  # a name that is too long, links in a circle
            return LocalTool(f"cannot read {path}: {error.strerror or error}", code=NO_FILE)
        return None

    def ours(self, path: str) -> None:
        """Raises Unwilling (RM963) if a folder on the way to what we write at a project path is a link."""
        for place in reversed((self._root / path).parents):
            if self._root in place.parents and place.is_symlink():
                self._allow(place.relative_to(self._root).as_posix())

    def unlinked(self, folder: str) -> None:
        """Raises Unwilling (RM824) if a link below a folder where we write came with a commit: whoever hands on what is
        there, as a CI does, would hand on what it leads to."""
        for above, folders, files in os.walk(self._root / folder):
            for path in (Path(above, name) for name in (*folders, *files)):
                if path.is_symlink() and tracked(str(self._root), link := path.relative_to(self._root).as_posix()):
                    message = f"{link} is a link that git tracks: publishing {folder}/ would publish its target"
                    raise Unwilling(message, code=BROUGHT, next_steps=(_git(self._root, "rm", link),))

    def _allow(self, link: str) -> None:
        """A link where we write: only one that the owner of the machine has made and allowed."""
        target = _real(self._root / link)
        if _below(target, _allowed()) and not tracked(str(self._root), link):
            return
        message = f"{link} is a link to {target}; reelmake does not write through links"
        allowed = f"{ALLOWED}={shlex.quote(str(target))}"
        steps = (f"make {link} a folder", f"or, if the link is your own: {allowed} reelmake build")
        raise Unwilling(message, code=LINK, next_steps=steps)

    def _admit(self, path: str, real: Path) -> None:
        inside = real.is_relative_to(self._real)
        if inside and not any(part.lower() in _CLOSED for part in real.relative_to(self._real).parts):
            return
        if not inside and _below(real, _allowed()):
            return
        where = "inside .git or .reelmake" if inside else "outside of the project"
        steps = ("copy the file into the project", f"or allow links to a folder: {ALLOWED}=/folder, in the environment")
        raise LocalTool(f"{path} leads to {real}, {where}", code=OUTSIDE, next_steps=steps)


def state(root: Path) -> Path:
    """The folder with the state of the project at `root`, if it is ours. Raises Unwilling: a link (RM963), or in git
    (RM964), for what comes with a commit was made by whoever wrote the commit. Raises LocalTool: a file (RM962)."""
    folder = root / STATE
    try:
        found = tracked(os.fspath(root), STATE)
    except OSError as error:
        message = f"cannot tell if git tracks {STATE}: {error.strerror or error}"
        raise Unwilling(message, code=TRACKED) from error
    if found:
        message = f"git tracks {found}: what reelmake remembers cannot come from a commit"
        steps = (_git(root, "rm", "-r", "--cached", STATE), _git(root, "commit", "-m", f"Untrack {STATE}"))
        raise Unwilling(message, code=TRACKED, next_steps=steps)
    Premises(root).ours(f"{STATE}/journal")
    for path in (folder, *(folder / nest for nest in _NESTS)):
        if path.is_file():
            name = path.relative_to(root).as_posix()
            message = f"{name} is a file, where a folder is needed"
            raise LocalTool(message, code=IN_THE_WAY, next_steps=(f"mv {name} {name}.old", "reelmake build"))
    for strange in _strange(folder):
        message = f"{strange} is a link, or not a file: it was not made by reelmake"
        raise Unwilling(message, code=LINK, next_steps=(shlex.join(["rm", strange]),))
    return folder


def _git(root: Path, *words: str) -> str:
    """A command of git as it is typed here, wherever that is."""
    there = os.path.relpath(root)
    return shlex.join(["git", *(() if there == os.curdir else ("-C", there)), *words])


def _strange(folder: Path) -> Iterator[str]:
    """What is neither a folder nor a file in the state of a project, down to where its files are."""
    try:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if entry.name in _NESTS:
                        yield from _strange(Path(entry.path))
                elif not entry.is_file(follow_symlinks=False):
                    yield os.path.relpath(entry.path)
    except FileNotFoundError:
        return


def _allowed() -> list[Path]:
    """Where links may lead beyond the project, as the owner of the machine says."""
    named = os.environ.get(ALLOWED, "").split(os.pathsep)
    return [_real(Path(folder).expanduser()) for folder in named if folder.strip()]


def _real(path: Path) -> Path:
    """Links followed; Path.resolve has no answer for those that go in a circle."""
    return Path(os.path.realpath(path))


def _below(real: Path, folders: list[Path]) -> bool:
    return any(real.is_relative_to(folder) for folder in folders)


class ProjectFiles:
    """ports.Inputs below `root`. `cache`: a file of ours, or None to remember only in this process."""

    def __init__(self, root: Path, cache: Path | None = None, *, now: Callable[[], int] = time.time_ns) -> None:
        self.root = root
        self._premises = Premises(root)
        self._known = Remembered(cache, now=now)

    def path(self, path: str) -> Path:
        """Raises LocalTool for what may not be opened."""
        if error := self._premises.barred(path):
            raise error
        return self.root / path

    def digest(self, path: str) -> str:
        """sha256 of the bytes now. LocalTool if the file is missing, may not be opened, or cannot be read."""
        try:
            before = self.stat(path)
            if isinstance(known := self._known.get(path, before), str):
                return known
            with (self.root / path).open("rb") as opened:
                found = hashlib.file_digest(opened, "sha256").hexdigest()
        except OSError as error:
            raise LocalTool(f"cannot read {path}: {error.strerror or error}") from error
        self._known.note(path, before, found)  # if it was written since, it is not as it was before
        return found

    def stat(self, path: str) -> os.stat_result:
        """As the file is now. Raises OSError, and LocalTool for what may not be opened."""
        return self._premises.stat(path)

    def save(self) -> None:
        """Writes what is remembered, if it changed."""
        self._known.save()
