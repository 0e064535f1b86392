"""A person at a terminal: a command whose stdin and stderr are one, and who answers its questions."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from collections.abc import Sequence

from tests.support.folder import HERE, Folder, Ran


def typed(project: Folder, *args: str, answers: Sequence[str] = ()) -> Ran:
    """Runs a command; each question that ends in "[y/N] " is answered with the next of `answers`, else by "n"."""
    ours, theirs = pty.openpty()
    env = {**os.environ, **project.own, "TERM": "dumb", "NO_COLOR": "1", **project.env}
    module, paths = ("tests.support.hurried", [str(HERE)]) if project.hurried else ("reelmake", [])
    env["PYTHONPATH"] = os.pathsep.join([*paths, env.get("PYTHONPATH", "")]).strip(os.pathsep)
    process = subprocess.Popen(
        [sys.executable, "-m", module, *args],
        cwd=project.root, env=env, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs, text=True,
    )  # fmt: skip
    os.close(theirs)
    said, waiting, left = "", "", list(answers)
    while True:
        try:
            piece = os.read(ours, 4096).decode("utf-8", "replace")
        except OSError:  # Linux says so when the other end is closed
            break
        if not piece:
            break
        said, waiting = said + piece, waiting + piece
        if waiting.endswith("[y/N] "):
            waiting = ""
            os.write(ours, ((left.pop(0) if left else "n") + "\n").encode())
    os.close(ours)
    out, _ = process.communicate(timeout=60)
    return Ran(process.returncode, out, said.replace("\r\n", "\n"))
