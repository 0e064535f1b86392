"""Pictures on a branch of their own, so that a comment can show them: a forge shows none that is not at an address.

The branch has one commit and no history, with a folder for each of the newest changes; it is made anew with every push,
so what is replaced takes no room for long. It shares nothing with the other branches, and no work tree is touched. Two
runs that push at once both get in. The token is in the environment of git alone, never among its arguments. Knows
nothing of what is on the pictures.
"""

from __future__ import annotations

import base64
import os
import re
import subprocess
import tempfile
from collections.abc import Sequence
from dataclasses import field
from pathlib import Path

from reelmake.errors import NoAccess, StepError
from reelmake.records import dataclass
from reelmake.world.forge import UNWRITTEN

MOST = 20_000_000  # bytes of all pictures of a change
KEPT = 100  # changes whose pictures stay
SUBJECT = "Pictures for comments"
_TRIES = 10
_NOBODY = {
    f"GIT_{who}_{what}": said
    for who in ("AUTHOR", "COMMITTER")
    for what, said in (("NAME", "reelmake"), ("EMAIL", "reelmake@localhost"))
}
_REFUSED = re.compile(r"\b403\b|\b401\b|denied|could not read Username|Authentication failed", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class PicturesBranch:
    """A branch of a repository, and the token that may push to it."""

    address: str
    token: str = field(repr=False)
    branch: str = ""


def push(remote: PicturesBranch, folder: str, pictures: Sequence[Path]) -> None:
    """Puts pictures into `folder` (number/name) of the branch, in the place of what was there. Raises NoAccess where
    the token may not, StepError for all else, such as a branch that holds anything else (RM755)."""
    if sum(file.stat().st_size for file in pictures) > MOST:
        raise StepError(f"the pictures are more than {MOST // 1_000_000} MB", code=UNWRITTEN)
    with tempfile.TemporaryDirectory(prefix="reelmake-pictures-") as there:
        git = _Git(Path(there), remote.token)
        git("init", "--quiet", ".")
        address, ref = remote.address, f"refs/heads/{remote.branch}"
        old = _tip(git, address, ref)
        for turn in range(_TRIES):
            if old:
                git("fetch", "--quiet", "--depth=1", address, old)
                _ours(git, old, remote.branch)
            commit = git("commit-tree", _tree(git, old, pictures, folder), "-m", SUBJECT)
            try:
                git("push", "--quiet", f"--force-with-lease={ref}:{old}", address, f"{commit}:{ref}")  # "": not there
                return
            except StepError:
                before, old = old, _tip(git, address, ref)
                if turn == _TRIES - 1 or old == before:
                    raise


def _ours(git: _Git, commit: str, branch: str) -> None:
    """It is replaced with every push, so it must be one that was made here."""
    head, _, subject = git("cat-file", "commit", commit).partition("\n\n")
    if subject != SUBJECT or "\nparent " in head:
        raise StepError(f"the branch {branch} holds something else than pictures", code=UNWRITTEN)


def _tip(git: _Git, address: str, ref: str) -> str:
    """The commit that a branch is at; "" if there is none."""
    return git("ls-remote", address, ref).partition("\t")[0]


def _tree(git: _Git, old: str, pictures: Sequence[Path], folder: str) -> str:
    """What was there, less this folder and the oldest changes, and the pictures."""
    git("read-tree", old or "--empty")
    there = git("ls-files", "-z").split("\0")[:-1]
    newest = sorted({int(top) for path in [*there, folder] if (top := path.partition("/")[0]).isdecimal()})[-KEPT:]
    stay = tuple(f"{number}/" for number in newest)
    gone = [path for path in there if path.startswith(f"{folder}/") or not path.startswith(stay)]
    git("update-index", "-z", "--force-remove", "--stdin", told="".join(f"{path}\0" for path in gone))
    for file in pictures:
        blob = git("hash-object", "-w", "--no-filters", "--", str(file.absolute()))
        git("update-index", "--add", "--cacheinfo", f"100644,{blob},{folder}/{file.name}")
    return git("write-tree")


class _Git:
    """git in a folder that nobody else has, with no settings but these."""

    def __init__(self, folder: Path, token: str) -> None:
        self._folder = folder
        self._env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_TERMINAL_PROMPT": "0",
            "GIT_LITERAL_PATHSPECS": "1",
            "LC_ALL": "C",
            **_NOBODY,
        }
        if token:
            secret = base64.b64encode(f"x-access-token:{token}".encode()).decode()
            header = {"KEY_0": "http.extraHeader", "VALUE_0": f"Authorization: Basic {secret}", "COUNT": "1"}
            self._env |= {f"GIT_CONFIG_{key}": value for key, value in header.items()}

    def __call__(self, *words: str, told: str = "") -> str:
        try:
            ran = subprocess.run(
                ["git", *words],
                check=False,
                cwd=self._folder,
                env=self._env,
                input=told,
                capture_output=True,
                text=True,
                timeout=300,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise StepError(f"git {words[0]}: {error}", code=UNWRITTEN) from None
        if ran.returncode:
            said = (ran.stderr.strip().splitlines() or [f"exit {ran.returncode}"])[-1]
            kind = NoAccess if _REFUSED.search(ran.stderr) else StepError
            raise kind(f"git {words[0]}: {said}", code=UNWRITTEN)
        return ran.stdout.strip()
