"""The ffmpeg program: which one, what it is, and running it to a whole file or not at all.

Knows nothing of cuts, of graphs or of what the arguments mean.
"""

from __future__ import annotations

import errno
import gc
import importlib.util
import os
import re
import shutil
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import cache
from hashlib import sha256
from pathlib import Path
from threading import Event, Thread
from typing import TYPE_CHECKING

from reelmake.assemble.codecs import device
from reelmake.errors import FULL, LocalTool
from reelmake.media.cell import environment
from reelmake.media.formats import MEANT, PIXELS, PROTOCOL
from reelmake.ports import Tell
from reelmake.scratch import discard

if TYPE_CHECKING:
    import subprocess
    from ctypes import CDLL

OLDEST = 6
NEEDED = ("libx264", "xfade", "tpad", "gblur", "ebur128", "ametadata", "palettegen")
PATIENCE = 1800.0  # seconds in which it may show nothing: a palette is of a whole film, and comes at its end
_TAIL = 12  # lines of its complaints that are shown


@cache
def program() -> str:
    """Path of the ffmpeg to use: REELMAKE_FFMPEG, else the system's if it is able, else the wheel's."""
    named = os.environ.get("REELMAKE_FFMPEG")
    if named:
        found = shutil.which(named)
        if not found:
            raise LocalTool(f"REELMAKE_FFMPEG names {named}, which is not a program that can be run")
        return found
    system = shutil.which("ffmpeg")
    if system and not shortcomings(system):
        return system
    try:
        if wheels := _wheels():
            return wheels
        import imageio_ffmpeg

        return str(imageio_ffmpeg.get_ffmpeg_exe())  # wherever that finds one: it starts each to see whether it can
    except (ImportError, RuntimeError) as error:
        steps = ["pip install imageio-ffmpeg", "reelmake doctor"]
        raise LocalTool("no usable ffmpeg was found", next_steps=steps) from error


def _wheels() -> str:
    """The wheel's, where it lies in it, as it does in those for most systems; "" = it has none, or not to be used."""
    wheel = importlib.util.find_spec("imageio_ffmpeg")
    if wheel is None or wheel.origin is None or os.environ.get("IMAGEIO_FFMPEG_EXE"):
        return ""
    there = [file for file in (Path(wheel.origin).parent / "binaries").glob("ffmpeg-*") if os.access(file, os.X_OK)]
    return str(there[0]) if len(there) == 1 else ""


@cache
def version(path: str = "") -> str:
    """Version as the program itself prints it ("n9.0.2-…", "6.1.1"); "" path = the one in use."""
    line = _told(path or program(), "-version").partition("\n")[0]
    found = re.match(r"ffmpeg version (\S+)", line)
    if not found:
        raise LocalTool(f"{path or program()} is not ffmpeg")
    return found[1]


def build() -> str:
    """Version and build of the one in use: what it was configured with, and the versions of its libraries."""
    said = _told(program(), "-version").splitlines()
    return f"{version()} ({sha256(chr(10).join(said[1:]).encode()).hexdigest()[:8]})"


@cache
def shortcomings(path: str) -> tuple[str, ...]:
    """What an ffmpeg lacks to be used here; () = nothing."""
    try:
        number = re.search(r"\d+", version(path))
        if version(path)[0] not in "nN" and number and int(number[0]) < OLDEST:
            return (f"version {version(path)} is older than {OLDEST}",)
        able = _told(path, "-encoders") + _told(path, "-filters")
    except LocalTool as error:
        return (str(error),)
    return tuple(f"it lacks {name}" for name in NEEDED if not re.search(rf"\b{name}\b", able))


@cache
def encodes(encoder: str) -> bool:
    """Can the ffmpeg in use encode with it, here and now? It is tried: hardware may be built in and not there."""
    black, first = ["-f", "lavfi", "-i", "color=size=256x144:rate=24"], device(encoder)
    upload = ["-vf", "format=nv12,hwupload"] if first else []
    two = [*first, *black, *upload, "-frames:v", "2", "-c:v", encoder, "-f", "null", "-"]
    try:
        measure(two)
    except LocalTool:
        return False
    return True


@cache
def lacks(filters: frozenset[str]) -> frozenset[str]:
    """Which of these filters the ffmpeg in use has not."""
    if "imageio_ffmpeg" in Path(program()).parts:  # the wheel's has all of them, so it need not be asked each time
        return frozenset()
    able = _told(program(), "-filters")
    return frozenset(name for name in filters if not re.search(rf"\b{name}\b", able))


def _told(path: str, question: str) -> str:
    """What a program says of itself, remembered in the user's cache folder for as long as its file is the same.

    A script is asked each time, and so is what really has another name: what they start may have changed.
    """
    real = Path(path).resolve()
    try:
        with real.open("rb") as file:
            script = file.read(2) == b"#!"
        found = real.stat()
    except OSError:
        return _ask(path, question)
    if script or not real.name.startswith("ffmpeg"):
        return _ask(path, question)
    state = f"{found.st_size} {found.st_mtime_ns} {found.st_ctime_ns} {found.st_ino}\n"
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "reelmake"
    note = cache / f"ffmpeg{question}-{sha256(os.fsencode(real)).hexdigest()[:16]}"
    with suppress(OSError, UnicodeError):
        before, line, said = note.read_text("utf-8").partition("\n")
        if before + line == state:
            return said
    said = _ask(path, question)
    with suppress(OSError, UnicodeError):
        cache.mkdir(parents=True, exist_ok=True)
        draft = note.with_name(f"{note.name}.{os.getpid()}")
        draft.write_text(state + said, "utf-8")
        draft.replace(note)
    return said


def _ask(path: str, question: str) -> str:
    import subprocess

    try:
        answer = subprocess.run(
            [path, "-hide_banner", question], capture_output=True, timeout=60, check=True, env=environment()
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise LocalTool(f"{path} cannot be run: {error}") from error
    return answer.stdout.decode(errors="replace")


def run(arguments: Sequence[str], into: Path, *, frames: int = 0, tell: Tell | None = None) -> str:
    """Runs ffmpeg until it has written `into`, whose name is the last argument.

    It writes under another name and renames at the end, so a half-written `into` never exists. It is killed when this
    process dies, and a Ctrl-C in the terminal does not reach it. `frames` in all, for progress. What it warned of is
    returned. Raises LocalTool.
    """
    part = into.with_name(f".{into.name}.part")

    def hear(line: bytes) -> None:
        if tell and frames and line.startswith(b"frame="):
            tell(min(1.0, int(line[6:].strip() or 0) / frames), "")

    try:
        said = _run([*arguments[:-1], str(part)], "warning", hear)
        if not part.is_file() or part.stat().st_size == 0:
            raise LocalTool(f"ffmpeg wrote nothing{_quoted(said)}")
        part.replace(into)
        return said
    except OSError as error:
        raise LocalTool(f"{into.name} could not be written: {error.strerror}") from error
    finally:
        discard(part)


def measure(arguments: Sequence[str], hear: Callable[[bytes], object] | None = None) -> str:
    """Runs ffmpeg for what it prints on stderr; the arguments end in a null output. `hear` gets every line of what
    filters print to "-". Raises LocalTool."""
    return _run(list(arguments), "info", hear)


def _run(arguments: list[str], loglevel: str, hear: Callable[[bytes], object] | None) -> str:
    import subprocess

    command = [program(), "-hide_banner", "-nostdin", "-y", "-loglevel", loglevel, "-nostats", "-progress", "pipe:1"]
    command += ["-filter_threads", "1", "-filter_complex_threads", "1", *_closed(arguments)]
    _give_back()  # which looks up what `die_with_parent` calls
    try:
        child = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(),
            start_new_session=os.getsid(0) != os.getpid(),  # a worker has its own already, and is killed with it
            preexec_fn=die_with_parent,  # noqa: PLW1509 # one system call, looked up beforehand
        )
    except OSError as error:
        raise LocalTool(f"{command[0]} cannot be run: {error.strerror}") from error
    said: deque[str] = deque(maxlen=400)
    with child:
        complaints = (line.decode(errors="replace").rstrip() for line in child.stderr or ())
        listener = Thread(target=said.extend, args=(complaints,), daemon=True)
        listener.start()
        try:
            with _Watch(child) as watch:
                for line in child.stdout or ():
                    watch.heard(line)
                    if hear:
                        hear(line)
                status = child.wait()
        except BaseException:
            child.kill()
            raise
        finally:
            listener.join(5)
    text = "\n".join(said)
    if status:
        how = f"was ended by {signal.Signals(-status).name}" if status < 0 else f"gave up (status {status})"
        how = f"made no progress for {PATIENCE:.0f} s and was stopped" if watch.late else how
        raise LocalTool(f"ffmpeg {how}{_quoted(text)}") from _no_room(status, text)
    return text


class _Watch:
    """Ends a child that gets nowhere: a film can be made that no decoder comes to the end of."""

    def __init__(self, child: subprocess.Popen[bytes]) -> None:
        self._child, self._moved, self._over = child, time.monotonic(), Event()
        self._said: dict[bytes, bytes] = {}
        self.late = False

    def heard(self, line: bytes) -> None:
        """A line of its progress; how many frames it has, and how long they are, is what counts."""
        name, _, value = line.partition(b"=")
        if name in (b"frame", b"out_time_us", b"total_size") and self._said.get(name) != value:
            self._said[name], self._moved = value, time.monotonic()

    def __enter__(self) -> _Watch:
        Thread(target=self._watch, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()

    def _watch(self) -> None:
        while not self._over.wait(max(0.0, self._moved + PATIENCE - time.monotonic())):
            if time.monotonic() - self._moved >= PATIENCE:
                self.late = True
                self._child.kill()
                return


def _closed(arguments: Sequence[str]) -> list[str]:
    """The same, with every file that is read held to what we mean by a file: its kind, unless it is named; what it
    names itself; its pixels. Pictures are our own, and of one kind: `%d` in their names counts nothing."""
    made: list[str] = []
    kind = ""  # that is named for the next input; what comes from lavfi is drawn by a filter, and no file
    for before, argument, after in zip(["", *arguments], arguments, [*arguments[1:], ""], strict=False):
        kind = argument if before == "-f" else kind
        if argument == "-i" and kind != "lavfi":
            made += ["-protocol_whitelist", PROTOCOL, "-max_pixels", str(PIXELS)]
            made += [] if kind else ["-f", "png_pipe"] if after.endswith(".png") else ["-format_whitelist", MEANT]
        if before == "-i":
            argument, kind = (argument if kind == "lavfi" else f"{PROTOCOL}:{argument}"), ""
        made.append(argument)
    return made


def _quoted(said: str) -> str:
    """The end of what it printed, without the addresses of its objects."""
    lines = [re.sub(r" @ 0x[0-9a-f]+", "", line) for line in said.splitlines() if line.strip()]
    return ":\n  " + "\n  ".join(lines[-_TAIL:]) if lines else ", without saying why"


def _no_room(status: int, said: str) -> OSError | None:
    """The disk's error, if that is why it gave up."""
    if status == -signal.SIGXFSZ:
        return OSError(errno.EFBIG, said)
    return next((OSError(number, said) for number in FULL if os.strerror(number) in said), None)


def die_with_parent() -> None:
    """Run in a new child: the kernel kills it when the thread that started it ends, even by kill -9 (Linux only)."""
    if (libc := _libc()) is not None:
        libc.prctl(1, signal.SIGKILL)  # 1 = PR_SET_PDEATHSIG


def _give_back() -> None:
    """Memory that nobody uses goes to the system (where there is glibc): while ffmpeg works, it is who needs it."""
    gc.collect()  # packets of a container that was read point at each other
    if trim := getattr(_libc(), "malloc_trim", None):
        trim(0)


@cache
def _libc() -> CDLL | None:
    import ctypes

    return ctypes.CDLL(None) if sys.platform == "linux" else None
