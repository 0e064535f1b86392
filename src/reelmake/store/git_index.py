"""What git tracks below a folder of a project, read from git's index: no program is started.

A commit may bring anything; what it brings below `.reelmake` was not made by us. Knows nothing of why that matters, and
imports nothing that costs time: the quick way out asks as well.
"""

from __future__ import annotations

import errno
import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_HEAD = 12  # bytes before the first entry: DIRC, version, how many
_PLAIN = (2, 3)  # versions of an index that hold every path whole
_LONGEST = 8192  # characters of the path of a repository
_NAME = 0xFFF  # of an entry's flags: how long its path is, or that much and more


def tracked(root: str, name: str) -> str:
    """The first path that git tracks at or below `name` in the folder `root`, from there; "" = none.

    Capitals make no difference, for on some disks they make none. Raises OSError if it cannot be told.
    """
    found = _work_tree(root)
    if found is None:
        return ""
    tree, git = found
    index = os.path.join(git, "index")
    if not os.path.isfile(index):
        if os.path.lexists(index):
            raise OSError(errno.EINVAL, f"{index} is not a git index")
        return ""
    with open(index, "rb") as file:
        data = file.read()
    above = os.path.relpath(os.path.realpath(root), tree)
    wanted = name if above == os.curdir else f"{above}/{name}".replace(os.sep, "/")
    version = int.from_bytes(data[4:8], "big")
    if version not in _PLAIN or any(part.startswith("sharedindex.") for part in os.listdir(git)):
        return _asked(root, name, tree, git)
    return next(_entries(data, os.fsencode(wanted)), "")[len(wanted) - len(name) :]


def top(root: str) -> str:
    """The work tree that a folder is in, links followed; "" = none."""
    found = _work_tree(root)
    return found[0] if found else ""


def _entries(data: bytes, wanted: bytes) -> Iterator[str]:
    """Paths of the index that are `wanted`, or begin with it and a slash."""
    folded, wanted = data.lower(), wanted.lower()
    at = folded.find(wanted, _HEAD)
    while at >= 0:
        end = data.find(b"\0", at)
        size = min(end - at, _NAME)
        begins = size in (int.from_bytes(data[at - n : at - n + 2], "big") & _NAME for n in (2, 4))
        if begins and data[at + len(wanted) : at + len(wanted) + 1] in (b"/", b"\0"):
            yield os.fsdecode(data[at:end])
        at = folded.find(wanted, at + 1)


def _work_tree(root: str) -> tuple[str, str] | None:
    """The work tree that a folder is in, and where git keeps its index; None if it is in none."""
    folder = os.path.realpath(root)
    while not os.path.lexists(git := os.path.join(folder, ".git")):
        folder, before = os.path.dirname(folder), folder
        if folder == before:
            return None
    if os.path.isfile(git):  # of a second work tree, or of a submodule
        with open(git, encoding="utf-8", errors="surrogateescape") as file:
            said = file.readline(_LONGEST).partition("\0")[0]
            git = os.path.join(folder, said.removeprefix("gitdir:").strip())
    return folder, git


def _asked(root: str, name: str, tree: str, git: str) -> str:
    """The same of an index of a form that is not read here (packed paths, in parts): git knows.

    It is told which repository is meant: by itself it would take a folder that a commit has made to look like one.
    """
    import subprocess

    which = [f"--git-dir={git}", f"--work-tree={tree}", "-c", "core.fsmonitor=false"]
    ask = ["git", *which, "ls-files", "-z", "--", f":(icase){name}"]
    said = subprocess.run(ask, cwd=root, capture_output=True, timeout=60, check=False)
    if said.returncode:
        raise OSError(said.returncode, f"git ls-files failed: {os.fsdecode(said.stderr).strip()[:200]}")
    return os.fsdecode(said.stdout.split(b"\0")[0])
