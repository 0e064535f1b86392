"""The hold on a project: one run at a time, by a kernel lock that dies with its process.

The file says who holds it, for people; what counts is the lock, so a stale file never stands in the way. Knows nothing
of what is done under it.
"""

from __future__ import annotations

import fcntl
import json
import os
import socket
import sys
import time
from collections.abc import Callable, Generator
from contextlib import closing, suppress
from pathlib import Path
from types import TracebackType

from reelmake.errors import Busy
from reelmake.model.json_value import json_object
from reelmake.store.disk import explained, make_folder

ASK_AGAIN = 0.1  # seconds between tries of a second run that waits


class Hold:
    """`with Hold(folder / "hold"):`. A second one waits (and `tell`s the holder, once), or raises Busy if not `wait`.

    `stopped` is asked while waiting; when it is true Busy is raised.
    """

    def __init__(
        self,
        file: Path,
        *,
        wait: bool = True,
        tell: Callable[[str], None] = lambda holder: None,
        stopped: Callable[[], bool] = lambda: False,
        command: str = "",
        since: str = "",
    ) -> None:
        self.file, self._wait, self._tell, self._stopped = file, wait, tell, stopped
        self._says = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "since": since or time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
            "command": command or " ".join(["reelmake", *sys.argv[1:2]]),
        }
        self._handle: int | None = None

    def __enter__(self) -> Hold:
        """Blocks until it is held; for an event loop there is `async with`."""
        with closing(self._tries()) as tries:
            for _ in tries:
                time.sleep(ASK_AGAIN)
        return self

    async def __aenter__(self) -> Hold:
        """Cancelled while it waits, it leaves nothing behind that would take the lock later."""
        from asyncio import sleep  # not for those who only choose

        with closing(self._tries()) as tries:
            for _ in tries:
                await sleep(ASK_AGAIN)
        return self

    def _tries(self) -> Generator[None]:
        """Yields while another process holds it; ends when it is ours. Raises Busy."""
        with explained(f"hold {self.file.parent}"):
            make_folder(self.file.parent, durable=False)
            handle = os.open(self.file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o644)
        try:
            told = False
            while not self._locked(handle):
                who = holder(self.file)
                if not self._wait or self._stopped():
                    raise Busy(f"another run holds this project: {who}", next_steps=("wait for it, or stop it",))
                if not told:
                    self._tell(who)
                    told = True
                yield
            with explained(f"hold {self.file.parent}"):
                os.ftruncate(handle, 0)
                os.pwrite(handle, json.dumps(self._says).encode() + b"\n", 0)
        except BaseException:  # a wait that is cancelled, too: then the generator is closed
            os.close(handle)
            raise
        self._handle = handle

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is not None:
            with suppress(OSError):  # a name that stays in it misleads nobody: what counts is the lock
                os.ftruncate(self._handle, 0)  # the file stays: removing it would let two runs hold two files
            with suppress(OSError):
                os.close(self._handle)
            self._handle = None

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def _locked(self, handle: int) -> bool:
        with explained(f"hold {self.file.parent}"):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
        return True


def holder(file: Path) -> str:
    """Who says to hold it: "reelmake build (process 4711 on ada, since …)"."""
    try:
        says = json_object(file.read_bytes())
        return f"{says['command']} (process {says['pid']} on {says['host']}, since {says['since']})"
    except (OSError, ValueError, KeyError, TypeError):
        return "a process that has not given its name yet"
