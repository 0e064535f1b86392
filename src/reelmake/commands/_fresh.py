"""The way out when there is nothing to do: one fingerprint of all a command looked at, compared before any import.

A run that ended with nothing left to do writes down what it read (texts by digest, files by size, mtime and inode) and
what it printed. If all of it still stands, the next run prints the same and ends. Knows nothing of storyboards, plans
or stores; imports nothing that costs more than a few milliseconds (not even json or pathlib).

A record, in lines: the format; `= sha256 path` for a text; `. size mtime ctime inode path` for a file; `- path` for
what must not be there; `! status out err` and then what was printed: `out` characters to stdout, `err` to stderr.
"""

from __future__ import annotations

import os
import sys
from hashlib import sha256

from reelmake.store.git_index import tracked

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import TypedDict

    class Said(TypedDict):
        """What a run printed, and its exit status."""

        stdout: str
        stderr: str
        status: int


FORMAT = 3
SWITCHES = "knqy"  # short options without a value, which may stand before `f` in one word
_SHAPES = ("PATH", "TERM", "NO_COLOR")  # of the environment: which ffmpeg is found, and how a line is painted


def place(argv: list[str]) -> str | None:
    """The path of the record for this command line in this folder; None if no project is in sight."""
    named = _named(argv)
    if named is not None:
        root = os.path.realpath(named if os.path.isdir(named) else os.path.dirname(named))
    else:
        root = os.getcwd()
        while not os.path.exists(os.path.join(root, "storyboard.yaml")):
            root, before = os.path.dirname(root), root
            if root == before:
                return None
    from reelmake import __version__

    relevant = sorted((k, v) for k, v in os.environ.items() if k.startswith("REELMAKE_") or k in _SHAPES)
    said = repr([FORMAT, __version__, sys.version, os.getcwd(), argv, relevant, sys.stderr.isatty()])
    name = sha256(said.encode(errors="surrogateescape")).hexdigest()[:32]
    return os.path.join(root, ".reelmake", "fresh", name)


def _named(argv: list[str]) -> str | None:
    """The storyboard of `-f FILE`, `-fFILE`, `-qf FILE`, `--file FILE` or `--file=FILE`, also `--fil`; the last one."""
    found = None
    for word, after in zip(argv, [*argv[1:], ""], strict=True):
        option, given, value = word.partition("=")
        if option in ("--fi", "--fil", "--file"):
            found = value if given else after
        elif word.startswith("-") and not word.startswith("--"):
            found = _clustered(word, after, found)
    return found


def _clustered(word: str, after: str, found: str | None) -> str | None:
    """Of short options in one word; the file is behind the first `f` that only switches stand before."""
    switches, named, value = word[1:].partition("f")
    return (value.removeprefix("=") or after) if named and not switches.strip(SWITCHES) else found


def answer(record: str) -> Said | None:
    """What the run on record said if nothing it looked at has changed since.

    A record that came with a commit is nobody's word.
    """
    try:
        if tracked(*os.path.split(os.path.dirname(os.path.dirname(record)))):
            return None
        with open(record, encoding="utf-8", errors="surrogateescape", newline="") as file:
            known, _, rest = file.read().partition("\n! ")
        first, *lines = known.split("\n")
        if first != str(FORMAT) or not rest or not all(map(_stands, lines)):
            return None
        ending, _, printed = rest.partition("\n")
        status, out, err = map(int, ending.split(" "))
    except (OSError, ValueError):
        return None
    if len(printed) != out + err:
        return None
    return {"stdout": printed[:out], "stderr": printed[out:], "status": status}


def _stands(line: str) -> bool:
    """Is what a line says still so? Raises OSError or ValueError if it cannot be told."""
    kind, _, rest = line.partition(" ")
    if kind == ".":
        *_, path = rest.split(" ", 4)
        now = os.stat(path)
        return rest.startswith(f"{now.st_size} {now.st_mtime_ns} {now.st_ctime_ns} {now.st_ino} ")
    if kind == "=":
        digest, _, path = rest.partition(" ")
        with open(path, "rb") as file:
            return sha256(file.read()).hexdigest() == digest
    return kind == "-" and not os.path.lexists(rest)


def note(
    record: str,
    *,
    texts: Mapping[str, str],
    files: Iterable[tuple[str, int, int, int, int]],
    absent: Iterable[str],
    said: Said,
) -> None:
    """Writes the record; a failure to write is no failure.

    `texts`: absolute path -> sha256 of the bytes that were read. `files`: absolute path, size, mtime and ctime in ns,
    inode, as they were when the content was looked at. `absent`: paths whose appearance would change the answer.
    """
    lines = [str(FORMAT), *(f"= {digest} {path}" for path, digest in texts.items())]
    lines += [f". {size} {mtime} {ctime} {inode} {path}" for path, size, mtime, ctime, inode in files]
    lines += [f"- {path}" for path in absent]
    if any("\n" in line for line in lines):
        return  # a path with a line end in it has no place in a file of lines
    out, err = said["stdout"], said["stderr"]
    lines += [f"! {said['status']} {len(out)} {len(err)}", out + err]
    draft = f"{record}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(record), exist_ok=True)
        with open(draft, "w", encoding="utf-8", errors="surrogateescape", newline="") as file:
            file.write("\n".join(lines))
        os.replace(draft, record)
    except (OSError, UnicodeError):
        return
