"""What a git revision holds below a folder, read with git itself and without a checkout.

Git is asked as little as will do, in words that run nothing: no filter, no textconv, no monitor, no hook, no remote. A
repository may come from a stranger, its configuration with it; git's own rules of whom a repository belongs to hold
(`safe.directory`), and a bare one that lies in a folder is none. Knows nothing of what the files say.
"""

from __future__ import annotations

import hashlib
import os
import posixpath
import shlex
import subprocess
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool, Mistake
from reelmake.records import dataclass
from reelmake.visible import one_line

if TYPE_CHECKING:
    from collections.abc import Mapping

NO_GIT, NO_REVISION, NO_OBJECT = "RM740", "RM741", "RM742"
PATIENCE = 60.0  # seconds for anything but the bytes of a file
SHARED = "..."  # behind a revision: the last commit that it and this one have in common
_SHA1 = 40  # digits
_LINKS = 40  # that are followed on the way to one file
_TREE, _LINK, _MODULE = "040000", "120000", "160000"
_CONFIG = (  # said by us, so nothing of a repository can say otherwise; of git's, these could run a program
    "safe.bareRepository=explicit", "core.fsmonitor=false", f"core.hooksPath={os.devnull}", "protocol.allow=never",
)  # fmt: skip
_OURS = {  # no remote is asked for what is missing, nothing is taken for something else, nobody is asked for a password
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_NO_REPLACE_OBJECTS": "1",
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",
}
_KEPT = ("GIT_CONFIG_", "GIT_CEILING_", "GIT_DISCOVERY_", "GIT_EXEC_PATH")  # what the machine's owner says of any git
_SHALLOW = "this clone is shallow: `git fetch --unshallow`, or `fetch-depth: 0` for actions/checkout in a workflow"


def git(folder: Path, *words: str, told: bytes = b"") -> bytes:
    """What git says to a question in a folder, and to what it is `told` with it. Raises Mistake (RM740) without git,
    GitRefusal if it says no."""
    try:
        said = subprocess.run(
            _line(folder, *words),
            env=_environment(),
            input=told,
            capture_output=True,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError as error:
        hint = "install git, or put it on the PATH"
        raise Mistake.of(NO_GIT, "git is needed to see earlier revisions, and is not installed", hint=hint) from error
    except subprocess.TimeoutExpired as error:
        raise Mistake.of(NO_GIT, f"git has not answered for {PATIENCE:.0f} s") from error
    if said.returncode:
        raise GitRefusal(one_line(os.fsdecode(said.stderr).strip().partition("\n")[0]))
    return said.stdout


class GitRefusal(LocalTool):
    """Git says no, in its own words."""


@dataclass(frozen=True, slots=True)
class Blob:
    """A file as a commit has it. `repository`: the folder whose git knows it (a submodule's is another)."""

    repository: Path
    name: str
    size: int

    def holds(self, data: bytes) -> bool:
        """Is this what it says? git names a content by a digest of it, in older repositories and in newer ones."""
        digest = hashlib.sha1 if len(self.name) == _SHA1 else hashlib.sha256
        return digest(b"blob %d\0" % len(data) + data).hexdigest() == self.name


class GitTree:
    """What a commit holds below a folder: `prefix` from the top of the repository, "" or with a slash behind."""

    def __init__(self, top: Path, commit: str, prefix: str) -> None:
        self.top, self.commit, self.prefix = top, commit, prefix
        self._listed = cache(_listed)

    def find(self, path: str) -> Blob | None:
        """The file at a path from the folder, links followed as long as they stay in it; None if there is none."""
        way = posixpath.normpath(self.prefix + path)
        for _ in range(_LINKS):
            if not way.startswith(self.prefix) or way.startswith(("../", "/")):
                return None
            found = self._walk(way)
            if not isinstance(found, str):
                return found
            way = found
        return None

    def _walk(self, way: str) -> Blob | str | None:
        """The file at a path from the top; or the path that a link on the way leads to."""
        repository, tree, parts = self.top, self.commit, way.split("/")
        for at, part in enumerate(parts, 1):
            mode, name, size = self._listed(repository, tree).get(part, ("", "", 0))
            if mode == _LINK:
                target = os.fsdecode(read(Blob(repository, name, size)))
                return posixpath.normpath(posixpath.join(*parts[: at - 1], target, *parts[at:]))
            if mode == _MODULE:
                repository = self.top.joinpath(*parts[:at])
                if not (repository / ".git").exists() or repository.resolve() != repository:
                    return None  # it was never checked out here, or a link leads to another one
            if mode in (_TREE, _MODULE):
                tree = name
            else:
                return Blob(repository, name, size) if mode and at == len(parts) else None
        return None


def tree(folder: Path, rev: str) -> GitTree:
    """The folder as it was at a revision, in any words that git knows, or with "..." behind them: as it was in the last
    commit that this revision and HEAD have in common. Raises Mistake: RM740 if git knows no repository there, RM741 if
    there is no such revision."""
    try:
        top, prefix = map(os.fsdecode, git(folder, "rev-parse", "--show-toplevel", "--show-prefix").split(b"\n")[:2])
    except GitRefusal as error:
        trust = f"if it is yours: git config --global --add safe.directory {shlex.quote(os.fspath(folder))}"
        hint = trust if "dubious" in str(error) else "`git init` begins one"
        raise Mistake.of(NO_GIT, f"{folder} has no history that git can read: {error}", hint=hint) from error
    return GitTree(Path(top), commit(folder, rev), prefix)


def commit(folder: Path, rev: str) -> str:
    """The commit that a revision names, in full. Raises Mistake (RM741)."""
    try:
        if rev.startswith(("-", "^")) or not rev.removesuffix(SHARED) or "\0" in rev:
            raise GitRefusal("that is no revision")
        name = _resolved(folder, rev.removesuffix(SHARED))
        return os.fsdecode(git(folder, "merge-base", name, "HEAD").strip()) if rev.endswith(SHARED) else name
    except GitRefusal as error:
        hint = _SHALLOW if is_shallow(folder) else "`git log --oneline` and `git branch --all` list what there is"
        raise Mistake.of(NO_REVISION, f'there is no revision "{rev}" here', hint=hint) from error


def before(tree: GitTree, path: str) -> str:
    """What the file at a path from the folder was called at that revision, from the top, if it was renamed since and
    HEAD has it; "" if not."""
    look = ("diff-tree", "-r", "-z", "-M", "--diff-filter=R", "--name-status", "--no-ext-diff", "--no-textconv")
    try:
        said = os.fsdecode(git(tree.top, *look, tree.commit, "HEAD")).split("\0")
    except GitRefusal:
        return ""  # nothing is committed, or not all of it is here
    renamed = dict(zip(said[2::3], said[1::3], strict=False))
    return renamed.get(tree.prefix + path, "")


def read(blob: Blob) -> bytes:
    """Its bytes. Raises LocalTool (RM742) if git has them not here."""
    try:
        return git(blob.repository, "cat-file", "blob", blob.name)
    except GitRefusal as error:
        raise _not_here(blob) from error


def copy(blob: Blob, into: Path) -> None:
    """Writes its bytes to a file that is not there yet, however many they are. Raises OSError, LocalTool (RM742)."""
    line = _line(blob.repository, "cat-file", "blob", blob.name)
    null = subprocess.DEVNULL
    with into.open("xb") as file:
        said = subprocess.run(line, env=_environment(), stdin=null, stdout=file, stderr=null, check=False)
    if said.returncode:
        raise _not_here(blob)


def digest(blob: Blob) -> str:
    """sha256 of its bytes, however many they are. Raises LocalTool (RM742)."""
    mine, its = os.pipe()
    line = _line(blob.repository, "cat-file", "blob", blob.name)
    null = subprocess.DEVNULL
    with os.fdopen(mine, "rb") as file, subprocess.Popen(
        line, env=_environment(), stdin=null, stdout=its, stderr=null
    ) as process:  # fmt: skip
        os.close(its)
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if process.returncode:
        raise _not_here(blob)
    return found


def common_folder(blob: Blob) -> Path:
    """Where git keeps what all work trees of its repository share."""
    return blob.repository / os.fsdecode(git(blob.repository, "rev-parse", "--git-common-dir").rstrip(b"\n"))


def _not_here(blob: Blob) -> LocalTool:
    steps = ("git fetch --refetch --no-filter",)
    return LocalTool(f"git has not all of this clone: {blob.name[:12]} is missing", code=NO_OBJECT, next_steps=steps)


def _resolved(folder: Path, rev: str) -> str:
    return os.fsdecode(git(folder, "rev-parse", "--verify", "--end-of-options", rev + "^{commit}").strip())


def is_shallow(folder: Path) -> bool:
    """Was only the end of its history fetched?"""
    try:
        return git(folder, "rev-parse", "--is-shallow-repository").strip() == b"true"
    except GitRefusal:
        return False


def _listed(repository: Path, tree: str) -> Mapping[str, tuple[str, str, int]]:
    """Mode, object and size of every entry of a tree, by name. Raises LocalTool (RM742)."""
    try:
        lines = git(repository, "ls-tree", "-z", "-l", "--full-tree", tree).split(b"\0")
    except GitRefusal as error:
        raise _not_here(Blob(repository, tree, 0)) from error
    found = {}
    for line in filter(None, lines):
        said, _, name = line.partition(b"\t")
        mode, _, blob, size = os.fsdecode(said).split()
        found[os.fsdecode(name)] = mode, blob, int(size) if size.isdigit() else 0  # "-", or "BAD" if it is not here
    return found


def _line(folder: Path, *words: str) -> list[str]:
    said = [part for setting in _CONFIG for part in ("-c", setting)]
    return ["git", "--no-pager", *said, "-C", os.fspath(folder), *words]


def _environment() -> dict[str, str]:
    """Ours, less what a hook of git's would have us take for the repository."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith("GIT_") or k.startswith(_KEPT)}
    return kept | _OURS
