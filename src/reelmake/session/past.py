"""The past of a project: its storyboard, lock file and input files as they were at a git revision, without a checkout.

    then = past.at(workspace, "main")          # a Project, or None: there was no storyboard then, so everything is new
    if then and then.script.ok:
        seen = look(then)                      # a Snapshot as ever: layout, records of the lock file of that time
        found = plan(seen)                     # a Plan: keys of that time, takes as far as this machine has them

It is read in the form of the workspace (`--profile`, `--set`, `--draft`), and asks the store, the shelves behind it and
the notes of today. What was wrong with the storyboard then is in `script.diagnostics`, in files called
"REV:path/from/the/top". Nothing of the past is built: its outputs have no places, its lock file is not written.

- A file that git does not keep, then or now (footage on another disk), is taken as it is now.
- Of a file that Git LFS keeps, the digest is known from git; its bytes are those of the work tree or of LFS's own
  store, and if neither has them, LocalTool (RM742) names the command that fetches them.
- What lies in a submodule is that of the commit which it was at, if the submodule is checked out here.

Knows nothing of who compares what with it, nor of how git is asked.
"""

from __future__ import annotations

import hashlib
import posixpath
import re
import shutil
import tempfile
from contextlib import suppress
from functools import cache, cached_property
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Literal
from weakref import finalize

from reelmake.compile.read import LARGEST
from reelmake.errors import LocalTool, Mistake
from reelmake.prep.picks import FixedPicks, NoPicks, Picks
from reelmake.prep.source_files import SourceFiles
from reelmake.records import dataclass
from reelmake.session.project import read
from reelmake.session.workspace import LOCK, Workspace
from reelmake.store import git_tree
from reelmake.store.disk import explained
from reelmake.store.git_index import tracked
from reelmake.store.lockfile import LARGEST as LARGEST_LOCK
from reelmake.store.premises import ProjectFiles

if TYPE_CHECKING:
    from reelmake.session.project import Project
    from reelmake.store.git_tree import Blob, GitTree
    from reelmake.store.local import LocalStore
    from reelmake.store.notes import Notes

_KNOWN = "blobs.json"  # the note with the sha256 of files of the past, by git's own name of their bytes
_POINTER = re.compile(rb"version https://git-lfs\.github\.com/spec/v1\n(?:.*\n)*?oid sha256:([0-9a-f]{64})\n")
_LARGEST_POINTER = 1024  # bytes


def at(workspace: Workspace, rev: str) -> Project | None:
    """The project as it was at a revision, in any words that git knows ("main", "HEAD~3", "v1"), or with "..." behind
    them: at the last commit that both have in common. None if there was no storyboard then, by this name or, as far as
    git can tell, another. Raises Mistake: no git or no repository (RM740), no such revision (RM741)."""
    tree = git_tree.tree(workspace.root, rev)
    name = workspace.storyboard.name
    if tree.find(name) is None:
        folder, name = posixpath.split(git_tree.before(tree, name))
        if not name:
            return None
        tree = git_tree.GitTree(tree.top, tree.commit, f"{folder}/" if folder else "")
    return read(PastWorkspace(workspace.root / name, workspace.overrides, of=workspace, tree=tree, rev=rev))


@dataclass(frozen=True, kw_only=True)
class PastWorkspace(Workspace):
    """A workspace of which nothing is written: `of` is that of today, `tree` its folder as it was at `rev`."""

    of: Workspace
    tree: GitTree
    rev: str

    def shown(self, path: str) -> str:
        """As git calls it: "main:film/storyboard.yaml"."""
        return f"{self.rev}:{self.tree.prefix}{path}"

    def there(self, path: str) -> Blob | Literal["now"] | None:
        """A file as it was then, "now" where git does not keep it and it is here; None if there was none."""
        if found := self.tree.find(path):
            return found
        with suppress(OSError):
            return "now" if (self.root / path).is_file() and not tracked(str(self.root), path) else None
        return None

    @cached_property
    def state(self) -> Path:
        return self.of.state

    @cached_property
    def store(self) -> LocalStore:
        return self.of.store.apart()

    @cached_property
    def notes(self) -> Notes:
        return self.of.notes

    @cached_property
    def picks(self) -> Picks:
        over = self.overrides
        if over.draft or over.loose:
            return NoPicks(self.root / LOCK, self.shown(LOCK), self.state / "choosing")
        return _PastPicks(self)

    def source_files(self) -> SourceFiles:
        return _PastTexts(self)

    def inputs(self) -> ProjectFiles:
        return _PastFiles(self)


class _PastPicks(FixedPicks):
    """The lock file of that time."""

    def __init__(self, workspace: PastWorkspace) -> None:
        board, over = workspace.storyboard, workspace.overrides
        super().__init__(
            board.parent / LOCK, workspace.shown(LOCK), workspace.state / "choosing", board.name, over.profile
        )
        self._tree = workspace.tree

    def _there(self, storyboard: str) -> bool:
        return self._tree.find(storyboard) is not None

    def text(self) -> str:
        if (found := self._tree.find(LOCK)) is None:
            raise FileNotFoundError
        if found.size > LARGEST_LOCK:
            raise LocalTool(f"it is larger than {LARGEST_LOCK // 1_000_000} MB")
        return git_tree.read(found).decode()


class _PastTexts(SourceFiles):
    """The texts of that time."""

    def __init__(self, workspace: PastWorkspace) -> None:
        super().__init__(workspace.root)
        self._workspace = workspace
        self._there = cache(workspace.there)

    def shown(self, path: str) -> str:
        return self._workspace.shown(path)

    def bytes(self, path: str) -> bytes:
        found = self._there(path)
        if found == "now":
            return super().bytes(path)
        if found is None:
            raise Mistake.of("RM602", f"{self.shown(path)} cannot be read: there was no such file")
        if found.size > LARGEST:
            raise Mistake.of("RM104", f"{self.shown(path)} is {found.size / 1e6:.1f} MB, which is more than is read")
        try:
            return git_tree.read(found)
        except LocalTool as error:
            raise Mistake.of(error.code, str(error), hint="; ".join(error.next_steps)) from error

    def exists(self, path: str) -> bool:
        return self._there(path) is not None

    def barred(self, path: str) -> LocalTool | None:
        return super().barred(path) if self._there(path) == "now" else None


class _PastFiles(ProjectFiles):
    """The input files of that time."""

    def __init__(self, workspace: PastWorkspace) -> None:
        super().__init__(workspace.root, workspace.state / "digests.json")
        self._workspace = workspace
        self._there = cache(workspace.there)
        self._by_blob = workspace.notes.read(_KNOWN)
        self._new = False

    def digest(self, path: str) -> str:
        found = self._there(path)
        if found == "now":
            return super().digest(path)
        if found is None:
            raise LocalTool(f"cannot read {path}: there was no such file at {self._workspace.rev}")
        if found.name not in self._by_blob:
            self._by_blob[found.name], self._new = _pointed(found) or git_tree.digest(found), True
        return str(self._by_blob[found.name])

    def path(self, path: str) -> Path:
        found, digest = self._there(path), self.digest(path)
        if not isinstance(found, git_tree.Blob):
            return super().path(path)
        with suppress(LocalTool):
            if super().digest(path) == digest:
                return super().path(path)
        if _pointed(found):
            return self._of_lfs(found, path, digest)
        file = self._copies / f"{digest}{PurePosixPath(path).suffix}"
        if not file.exists():
            with explained(f"read {path} as it was at {self._workspace.rev}"):
                git_tree.copy(found, file)
        return file

    def save(self) -> None:
        super().save()
        if self._new:
            self._workspace.notes.write(_KNOWN, self._by_blob)

    @cached_property
    def _copies(self) -> Path:
        """A folder for as long as anybody looks at these files."""
        folder = tempfile.mkdtemp(prefix="reelmake-past-")
        finalize(self, shutil.rmtree, folder, ignore_errors=True)
        return Path(folder)

    def _of_lfs(self, blob: Blob, path: str, digest: str) -> Path:
        """What LFS has of it: its own store is as far from here as git's, and as little believed."""
        file = git_tree.common_folder(blob) / "lfs" / "objects" / digest[:2] / digest[2:4] / digest
        with suppress(OSError), file.open("rb") as opened:
            if hashlib.file_digest(opened, "sha256").hexdigest() == digest:
                return file
        rev = self._workspace.tree.commit
        says = (
            f"{path} is kept by Git LFS, and is not here as it was at {self._workspace.rev}: git lfs fetch origin {rev}"
        )
        raise LocalTool(says, code=git_tree.NO_OBJECT, next_steps=(f"git lfs fetch origin {rev}",))


def _pointed(blob: Blob) -> str:
    """The sha256 of the file that a pointer of Git LFS stands for; "" if it is none."""
    found = _POINTER.match(git_tree.read(blob)) if blob.size <= _LARGEST_POINTER else None
    return found[1].decode() if found else ""
