"""The cell: what a process may do that opens files which others made: footage, pictures, answers of providers.

Decoders are large and fast, and a file can be made to break them. So they work in processes that have no secrets in
their environment, reach no network, start no program (or only our ffmpeg, which is in the same cell), and take no
more memory than honest files need. On Linux the kernel itself refuses the rest, to them and to all that they start;
elsewhere, or where a container forbids it, only Python's hook does. Knows nothing of what is read there, and of who
wants to know.
"""

from __future__ import annotations

import errno
import os
import struct
import sys
from collections.abc import Mapping
from contextlib import suppress

MEMORY = 2 << 30  # bytes for those who only read; a frame of 8K with all that it is made from takes less than half
WORK = 4 << 30  # for those who encode, at the least
SCRAP = 16 << 20  # bytes of a file that a reader may write: what Python compiles, and no film
_NAMES = """
PATH HOME USER LOGNAME LANG LANGUAGE TZ TMPDIR TMP TEMP
LD_LIBRARY_PATH DYLD_LIBRARY_PATH DYLD_FALLBACK_LIBRARY_PATH
SYSTEMROOT WINDIR SYSTEMDRIVE COMSPEC PATHEXT USERPROFILE LOCALAPPDATA APPDATA PROGRAMDATA
DISPLAY WAYLAND_DISPLAY XDG_RUNTIME_DIR LIBVA_DRIVER_NAME LIBVA_DRIVERS_PATH CUDA_VISIBLE_DEVICES
NVIDIA_VISIBLE_DEVICES NVIDIA_DRIVER_CAPABILITIES
PYTHONHOME PYTHONUTF8 PYTHONHASHSEED PYTHONPYCACHEPREFIX PYTHONDONTWRITEBYTECODE REELMAKE_FFMPEG
"""
_PROGRAMS = ("os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.startfile", "os.system", "pty.spawn")
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
_guards: list[_Guard] = []  # of this process: one, if it is a cell


def environment(given: Mapping[str, str] | None = None) -> dict[str, str]:
    """What of our environment a cell is told: where things are and how they are written, and no word beyond."""
    told, known = os.environ if given is None else given, frozenset(_NAMES.split())
    return {name: value for name, value in told.items() if name.upper() in known or name.startswith("LC_")}


def enter(program: str) -> None:
    """From here on this process is a cell; there is no way out. `program`: the only one it may start, "" = none."""
    _guards.append(_Guard(program))
    _limit("RLIMIT_CORE", 0)
    _limit("RLIMIT_DATA", WORK if program else MEMORY)
    if not program:
        _limit("RLIMIT_FSIZE", SCRAP)
    sys.addaudithook(_guards[0])
    _seal(programs=bool(program))


def room(memory: int) -> None:
    """What is done next takes so much at most, as far as known; twice that is given. Nothing outside of a cell."""
    if _guards:
        _limit("RLIMIT_DATA", max(WORK, 2 * memory))


class _Guard:
    """Hears what Python is about to do, and refuses what does not belong in a cell. Where the system has no seal, it
    is all there is against a library of Python's that starts a program for a file of some kind."""

    def __init__(self, program: str) -> None:
        self._program = program

    def __call__(self, event: str, given: tuple[object, ...]) -> None:
        if event in _PROGRAMS or (event == "subprocess.Popen" and given[0] != self._program):
            raise PermissionError(f"no program is started where files are opened ({event})")
        if event == "socket.__new__":
            raise PermissionError("nothing is sent from where files are opened")


def _limit(name: str, most: int) -> None:
    """The soft limit: the hard one stays, for what is done next may need more. Systems know some limits or none."""
    with suppress(ImportError, AttributeError, ValueError, OSError):
        import resource

        which = getattr(resource, name)
        hard = resource.getrlimit(which)[1]
        resource.setrlimit(which, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _seal(*, programs: bool) -> None:
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
