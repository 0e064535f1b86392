"""A folder as a shelf: another project's store on this machine or on a mounted drive, or a shared store in a folder.

Knows nothing of which takes are wanted or believed.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Callable, Collection, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote, urlsplit

from reelmake.errors import Gone, LocalTool, disk_full, is_full
from reelmake.model.offer import Offer
from reelmake.model.take import Take
from reelmake.ports import Tell
from reelmake.store import entry
from reelmake.store.disk import STATE
from reelmake.store.local import LocalStore

VARIABLE = "REELMAKE_CACHE"
PIECE = 4 << 20  # bytes that are copied between two words about it


class FolderShelf:
    """ports.Shelf, only read. `folder`: a project, or what is its `.reelmake`."""

    def __init__(self, folder: Path) -> None:
        self.name, self._folder = str(folder), folder

    @property
    def _store(self) -> LocalStore:
        inside = self._folder / STATE
        return LocalStore(inside if inside.is_dir() else self._folder)

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        store = self._store
        found = {key: take for key in wanted if store.there(key) and (take := store.record(key))}  # with its manifest
        return {key: (Offer(entry.shared(take)),) for key, take in found.items()}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> None:
        """See ports.Shelf."""
        await _fetched(self._store.path(take), take, into, lambda part: tell(part, f"from {self.name}"))


class SharedFolder:
    """ports.Shelf: a shared store of format 1 (store/entry) in a folder."""

    def __init__(self, folder: Path) -> None:
        self.name, self._folder = str(folder), folder

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        with contextlib.suppress(OSError):
            if entry.supported((self._folder / entry.MARK).read_bytes()):
                found = {key: tuple(self._offers(key)) for key in wanted}
                return {key: offers for key, offers in found.items() if offers}
        return {}

    def _offers(self, key: str) -> Iterator[Offer]:
        for file in sorted((self._folder / entry.folder_of(key)).glob("*.json")):
            with (
                contextlib.suppress(OSError, ValueError, KeyError, TypeError, ArithmeticError),
                _opened(file) as opened,
            ):
                yield entry.read(opened.read(entry.MOST + 1))

    async def fetch(self, take: Take, into: Path, tell: Tell) -> None:
        """See ports.Shelf."""
        await _fetched(self._folder / entry.bytes_of(take), take, into, lambda part: tell(part, f"from {self.name}"))


async def _fetched(file: Path, take: Take, into: Path, tell: Callable[[float], None]) -> None:
    """Copies what should be the bytes of a take, and no more than those. Raises Gone and LocalTool."""
    try:
        with _opened(file) as given, into.open("xb") as taken:
            done = 0
            from asyncio import to_thread

            while size := await to_thread(_copied, given, taken):
                done += size
                if done > take.facts.bytes:
                    raise Gone("it grew while it was copied")
                tell(done / take.facts.bytes)
    except FileNotFoundError as error:
        raise Gone("it is gone") from error
    except OSError as error:
        if is_full(error):
            raise disk_full(f"fetch the {take.kind}") from error
        raise Gone(f"it cannot be read: {error.strerror or error}") from error


def _copied(given: BinaryIO, taken: BinaryIO) -> int:
    return taken.write(given.read(PIECE))


def _opened(file: Path) -> BinaryIO:
    """Raises OSError, also for what is no file: nothing else is opened, or it might never end."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("it is not a file")
    return os.fdopen(handle, "rb")


def further(said: str) -> list[FolderShelf | SharedFolder]:
    """The shelves behind the store, as the environment names them. Raises LocalTool for what is no folder's address."""
    if not said:
        return []
    url = urlsplit(said)
    if url.scheme != "file" or url.netloc not in ("", "localhost") or not url.path.startswith("/"):
        raise LocalTool(f"{VARIABLE} is {said}; it names a folder, as in file:///mnt/team/film")
    folder = Path(unquote(url.path))
    return [SharedFolder(folder) if (folder / entry.MARK).exists() else FolderShelf(folder)]
