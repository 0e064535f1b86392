"""The seal: the kernel itself refuses a process, and all that it starts, a network, and programs if wanted.

On Linux, where it is one call; elsewhere, or where a container forbids it, nothing happens. Knows nothing of why.
"""

from __future__ import annotations

import errno
import struct
import sys
from contextlib import suppress

_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM  # SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO
_LOAD, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x15, 0x35, 0x06  # of BPF: ld [k], jeq #k, jge #k, ret #k
_NUMBER, _ARCHITECTURE, _FIRST = 0, 4, 16  # where seccomp_data has them
_UNIX = 1  # sockets that go nowhere but to this machine: drivers of graphics speak to each other so
_X32 = 1 << 30  # numbers from here on are a second set of the same calls
_NO_NEW_PRIVILEGES, _SECCOMP, _FILTER = 38, 22, 2  # of prctl
_CALLS = {  # audit number; socket, io_uring_setup (a way around all others), ptrace; execve, execveat
    "x86_64": (0xC000003E, (41, 425, 101), (59, 322)),
    "aarch64": (0xC00000B7, (198, 425, 117), (221, 281)),
}


def close(*, programs: bool) -> None:
    """No socket but those of this machine; without `programs`, no program is started either. For good."""
    import ctypes
    import platform

    known = _CALLS.get(platform.machine())
    if sys.platform != "linux" or known is None:
        return
    code = _code(*known, programs=programs)

    class Program(ctypes.Structure):
        _fields_ = (("length", ctypes.c_ushort), ("code", ctypes.c_char_p))

    with suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None)
        filter_ = Program(len(code) // 8, code)
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) == 0:
            libc.prctl(_SECCOMP, _FILTER, ctypes.byref(filter_), 0, 0)


def _code(architecture: int, ways: tuple[int, ...], starts: tuple[int, ...], *, programs: bool) -> bytes:
    """Other architectures that the kernel speaks as well are refused whole: their calls have other numbers."""
    socket, *others = ways
    lines = [(_LOAD, 0, 0, _ARCHITECTURE), (_EQUAL, 1, 0, architecture), (_RETURN, 0, 0, _REFUSE)]
    lines += [(_LOAD, 0, 0, _NUMBER), (_AT_LEAST, 0, 1, _X32), (_RETURN, 0, 0, _REFUSE)]
    for number in (*others, *(() if programs else starts)):
        lines += [(_EQUAL, 0, 1, number), (_RETURN, 0, 0, _REFUSE)]
    lines += [(_EQUAL, 0, 3, socket), (_LOAD, 0, 0, _FIRST), (_EQUAL, 1, 0, _UNIX), (_RETURN, 0, 0, _REFUSE)]
    lines += [(_RETURN, 0, 0, _ALLOW)]
    return b"".join(struct.pack("=HBBI", *line) for line in lines)
