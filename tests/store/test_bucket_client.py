"""How a process leaves that has used a bucket: not before the threads of its requests are out of Python."""

from __future__ import annotations

import ctypes
import sys
import time

import pytest

from reelmake.store.bucket_client import gone


@pytest.mark.skipif(sys.platform == "win32", reason="a thread of another make is made with pthread here")
def test_who_leaves_waits_for_threads_that_python_did_not_start() -> None:
    """As those of obstore are: one that came back to a Python that was at its end aborted the process."""
    said: list[str] = []

    def told(_: object) -> None:
        said.append("begun")
        time.sleep(0.3)
        said.append("back")

    called = ctypes.CFUNCTYPE(None, ctypes.c_void_p)(told)
    library = ctypes.CDLL(None)
    thread = ctypes.c_ulong()
    library.pthread_create(ctypes.byref(thread), None, called, None)
    while not said:
        time.sleep(0.001)

    gone(0)

    assert said == ["begun", "back"]
    library.pthread_join(thread, None)
