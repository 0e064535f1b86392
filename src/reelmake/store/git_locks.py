"""What lock files name in whatever state git knows them: in every commit that a branch, a tag, a remote's branch, a
stash or a reflog leads to, in the index, and in all work trees as they are on disk.

They count wherever in the repository they are: a project may have been moved. And who wrote a line of one. Knows
nothing of what is done with that.
"""

from __future__ import annotations

import contextlib
import os
import re
from datetime import UTC, datetime
from pathlib import Path

from reelmake.errors import LocalTool, Mistake
from reelmake.store.git_tree import NO_GIT, NO_OBJECT, GitRefusal, git, is_shallow
from reelmake.store.lockfile import LARGEST
from reelmake.store.premises import Premises

AT_ONCE = 100  # files that git is asked for in one go
_HEX = re.compile(rb"[0-9a-f]{64}")
_CHANGED = re.compile(rb"^:\d+ \d+ ([0-9a-f]+) ([0-9a-f]+) ", re.MULTILINE)  # what it was, what it is
_COMMIT = re.compile("[0-9a-f]{40}([0-9a-f]{24})?")
_STAGED = re.compile(rb"^(\d+) ([0-9a-f]+) ", re.MULTILINE)


def named(root: Path, name: str) -> set[str]:
    """Keys and digests (sha256, hex) that files called `name` hold or held; none where there is no git.

    Raises Mistake (RM740) if there is a repository and git cannot be asked, LocalTool (RM742) if not all of it is here.
    """
    real = root.resolve()
    if not any((folder / ".git").exists() for folder in (real, *real.parents)):
        return set()
    if is_shallow(root):
        what = "this clone is shallow: what its earlier commits, and perhaps other branches, need is not known here"
        raise LocalTool(what, code=NO_OBJECT, next_steps=("git fetch --unshallow",))
    only = ("--", f":(top,glob)**/{name}")
    try:
        commits = git(root, "rev-list", "--all", "--reflog", "--full-history", *only)
        changed = git(root, "diff-tree", "--stdin", "--root", "-r", "-m", "--no-renames", *only, told=commits)
        index = git(root, "ls-files", "--stage", *only)
        prefix = os.fsdecode(git(root, "rev-parse", "--show-prefix").rstrip(b"\n"))
        trees = git(root, "worktree", "list", "--porcelain").split(b"\n")
    except GitRefusal as error:
        hint = "what branches need is not known then, and nothing is removed"
        raise Mistake.of(NO_GIT, f"git does not say what its branches hold: {error}", hint=hint) from error
    blobs = sorted({id for _, id in _CHANGED.findall(changed) + _STAGED.findall(index) if id.strip(b"0")})
    lines: set[bytes] = set()  # which most of them share
    for at in range(0, len(blobs), AT_ONCE):
        lines.update(_read(root, blobs[at : at + AT_ONCE]).split(b"\n"))
    for tree in (os.fsdecode(line.removeprefix(b"worktree ")) for line in trees if line.startswith(b"worktree ")):
        with contextlib.suppress(OSError, LocalTool):
            folder = Path(tree) / prefix
            if Premises(folder).stat(name).st_size <= LARGEST:
                lines.update((folder / name).read_bytes().split(b"\n"))
    return {key.decode() for line in lines for key in _HEX.findall(line)}


def _read(root: Path, blobs: list[bytes]) -> bytes:
    """Their texts, one after another, among what git says of each. Raises LocalTool (RM742)."""
    said = git(root, "cat-file", "--batch", told=b"\n".join(blobs) + b"\n")
    if b" missing\n" in said and (missing := re.search(rb"^([0-9a-f]+) missing$", said, re.MULTILINE)):
        what = f"git has not all of this clone: {os.fsdecode(missing[1][:12])} is missing"
        raise LocalTool(what, code=NO_OBJECT, next_steps=("git fetch --refetch --no-filter",))
    return said


def wrote(file: Path) -> dict[str, str]:
    """By the text of each line of a file, who wrote it: "ada, 2026-11-30, in “Park: the second”". As it is committed,
    or in the commit that is being merged; the file itself is not read, for git would run filters on it."""
    found: dict[str, str] = {}
    for revision in ("HEAD", "MERGE_HEAD"):
        with contextlib.suppress(GitRefusal, Mistake):
            said = git(file.parent, "blame", "--porcelain", "--no-textconv", revision, "--", file.name)
            found |= _told(os.fsdecode(said))
    return found


def _told(said: str) -> dict[str, str]:
    """What blame says: of each line its commit, of each commit once what it is, and the line behind a tab."""
    commits: dict[str, dict[str, str]] = {}
    found, at = dict[str, str](), dict[str, str]()
    for words in said.split("\n"):
        name, _, value = words.partition(" ")
        if words.startswith("\t"):
            day = datetime.fromtimestamp(int(at["author-time"]), UTC).date()
            found[words[1:]] = f"{at['author']}, {day}, in “{at['summary']}”"
        elif _COMMIT.fullmatch(name):
            at = commits.setdefault(name, {})
        else:
            at[name] = value
    return found
