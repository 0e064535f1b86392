"""The way out when there is nothing to do: one fingerprint of all a command looked at, compared before any import.

A run that ended with nothing left to do writes down what it read (texts by digest, files by size, mtime and inode) and
what it printed. If all of it still stands, the next run prints the same and ends. Knows nothing of storyboards, plans
or stores; imports nothing that costs more than a few milliseconds (not even pathlib).
"""

from __future__ import annotations

import json
import os
import sys
from hashlib import sha256

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

FORMAT = 2
_SHAPES = ("PATH", "TERM", "NO_COLOR")  # of the environment: which ffmpeg is found, and how a line is painted


def place(argv: list[str]) -> str | None:
    """The path of the record for this command line in this folder; None if no project is in sight."""
    named = next((argv[i + 1] for i, a in enumerate(argv[:-1]) if a in ("-f", "--file")), None)
    if named is not None:
        root = os.path.realpath(named if os.path.isdir(named) else os.path.dirname(named))
    else:
        root = os.getcwd()
        while not os.path.exists(os.path.join(root, "storyboard.yaml")):
            root, before = os.path.dirname(root), root
            if root == before:
                return None
    from reelmake.version import __version__

    relevant = sorted((k, v) for k, v in os.environ.items() if k.startswith("REELMAKE_") or k in _SHAPES)
    said = json.dumps([FORMAT, __version__, sys.version, os.getcwd(), argv, relevant, sys.stderr.isatty()])
    name = sha256(said.encode(errors="surrogateescape")).hexdigest()[:32]
    return os.path.join(root, ".reelmake", "fresh", name + ".json")


def answer(record: str) -> dict[str, Any] | None:
    """`{"stdout", "stderr", "status"}` of the run on record if nothing it looked at has changed since."""
    try:
        with open(record, "rb") as file:
            known = json.load(file)
        for path, expected in known["texts"].items():
            with open(path, "rb") as file:
                if sha256(file.read()).hexdigest() != expected:
                    return None
        stat = os.stat
        for path, *expected in known["files"]:
            now = stat(path)
            if [now.st_size, now.st_mtime_ns, now.st_ctime_ns, now.st_ino] != expected:
                return None
        for path in known["absent"]:
            if os.path.lexists(path):
                return None
    except (OSError, ValueError, KeyError, TypeError):
        return None
    said: dict[str, Any] = known["said"]
    return said


def note(
    record: str,
    *,
    texts: Mapping[str, str],
    files: Iterable[tuple[str, int, int, int, int]],
    absent: Iterable[str],
    said: Mapping[str, Any],
) -> None:
    """Writes the record; a failure to write is no failure.

    `texts`: absolute path -> sha256 of the bytes that were read. `files`: absolute path, size, mtime and ctime in ns,
    inode, as they were when the content was looked at. `absent`: paths whose appearance would change the answer.
    """
    known = {"texts": dict(texts), "files": list(files), "absent": list(absent), "said": dict(said)}
    draft = f"{record}.{os.getpid()}"
    try:
        os.makedirs(os.path.dirname(record), exist_ok=True)
        with open(draft, "w", encoding="utf-8") as file:
            json.dump(known, file, separators=(",", ":"))
        os.replace(draft, record)
    except OSError:
        return
