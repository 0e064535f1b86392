"""The way out when there is nothing to do: one fingerprint of all a command looked at, compared before any import.

A run that ended with nothing left to do writes down what it read (texts by digest, files by size, times and inode) and
what it printed. If all of it still stands, the next run prints the same and ends. Knows nothing of storyboards, plans
or stores; imports nothing that costs more than a few milliseconds (not even json or pathlib).

A record has three parts with an empty line between them: the format, a line `= blake2b path` for each text and a line
`- path` for what must not be there; the paths of the files, a line each; `number status out err`, where the number
stands for size, times and inode of all those files, and then what was printed, `out` bytes to stdout, `err` to stderr.
"""

from __future__ import annotations

import os
import sys

try:
    from _blake2 import blake2b  # hashlib loads OpenSSL, a third of what an interpreter takes to start
except ImportError:
    from hashlib import blake2b

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


FORMAT = 4
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
    name = blake2b(said.encode(errors="surrogateescape"), digest_size=16).hexdigest()
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
        with open(record, "rb") as file:
            lines, paths, rest = file.read().split(b"\n\n", 2)
        first, *others = lines.split(b"\n")
        ending, _, printed = rest.partition(b"\n")
        number, status, out, err = map(int, ending.split(b" "))
        if first != b"%d" % FORMAT or len(printed) != out + err or not all(map(_stands, others)):
            return None
        found = map(os.stat, paths.split(b"\n"))
        if _number((f.st_size, f.st_mtime_ns, f.st_ctime_ns, f.st_ino) for f in found) != number:
            return None
    except (OSError, ValueError):
        return None
    stdout, stderr = (text.decode(errors="surrogateescape") for text in (printed[:out], printed[out:]))
    return {"stdout": stdout, "stderr": stderr, "status": status}


def _stands(line: bytes) -> bool:
    """Is what a line says still so? Raises OSError or ValueError if it cannot be told."""
    kind, _, rest = line.partition(b" ")
    if kind == b"=":
        digest, _, path = rest.partition(b" ")
        with open(path, "rb") as file:
            return blake2b(file.read()).hexdigest() == digest.decode()
    return kind == b"-" and not os.path.lexists(rest)


def _number(facts: Iterable[tuple[int, ...]]) -> int:
    """One for many files: to write, read and compare thousands of them one by one costs as much as to look at them.

    A hash of whole numbers is the same in every process of a Python, and the record belongs to one Python.
    """
    return hash(tuple([hash(fact) for fact in facts]))


def note(
    record: str,
    *,
    texts: Mapping[str, str],
    files: Iterable[tuple[str, int, int, int, int]],
    absent: Iterable[str],
    said: Said,
) -> None:
    """Writes the record; a failure to write is no failure.

    `texts`: absolute path -> blake2b of the bytes that were read. `files`: absolute path, size, mtime and ctime in ns,
    inode, as they were when the content was looked at. `absent`: paths whose appearance would change the answer.
    """
    files = tuple(files)
    here = os.path.join(os.getcwd(), "")  # the record is of this folder, and a short path is found sooner
    paths = [path.removeprefix(here) for path, *_ in files]
    lines = [str(FORMAT), *(f"= {digest} {path}" for path, digest in texts.items()), *(f"- {path}" for path in absent)]
    if any("\n" in line for line in lines + paths):
        return  # a path with a line end in it has no place in a file of lines
    number = _number(file[1:] for file in files)
    draft = f"{record}.{os.getpid()}"
    try:
        out, err = (text.encode(errors="surrogateescape") for text in (said["stdout"], said["stderr"]))
        ending = b"%d %d %d %d\n" % (number, said["status"], len(out), len(err))
        parts = [os.fsencode("\n".join(lines)), os.fsencode("\n".join(paths)), ending + out + err]
        os.makedirs(os.path.dirname(record), exist_ok=True)
        with open(draft, "wb") as file:
            file.write(b"\n\n".join(parts))
        os.replace(draft, record)
    except (OSError, UnicodeError):
        return
