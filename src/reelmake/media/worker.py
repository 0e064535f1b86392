"""A worker process of a ProcessPool: does one task after another until its input ends. Knows nothing of media."""

from __future__ import annotations

import io
import os
import pickle
import signal
import sys
import time

from reelmake.media import answers, cell
from reelmake.media.ffmpeg import die_with_parent

_PAUSE = 0.1  # seconds between two tellings of mere progress


def main() -> None:
    """Reads (function, arguments), calls it with a `tell` added, answers; whatever libraries print goes to stderr.

    The arguments are the process that started it, without which it has nothing to live for, and the program that it
    may start, "" = none. Everything it is given is done in a cell.
    """
    die_with_parent()
    if os.getppid() != int(sys.argv[1]):
        return
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    cell.enter(sys.argv[2])
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    while True:
        try:
            fn, args = pickle.load(sys.stdin.buffer)  # noqa: S301 # from the process that started us
        except EOFError:
            return
        told = 0.0

        def tell(fraction: float | None, word: str) -> None:
            nonlocal told
            if word or time.monotonic() - told > _PAUSE:
                told = time.monotonic()
                answer("tell", fraction, word)

        def answer(*said: object) -> None:
            out.write(pickle.dumps(said))
            out.flush()

        try:
            result = fn(*args, tell)
        except Exception as error:
            answer("failed", sendable(error))
        else:
            answer("done", result)


def sendable(error: Exception) -> Exception:
    """The exception itself where it survives the journey, with the trace as a note; else its text."""
    import traceback

    error.add_note("in a worker process:\n" + "".join(traceback.format_exception(error)))
    try:
        answers.load(io.BytesIO(pickle.dumps(error)))
    except Exception:
        return RuntimeError("".join(traceback.format_exception(error)))
    return error


if __name__ == "__main__":
    main()
