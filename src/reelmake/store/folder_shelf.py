"""A folder as a shelf: another project's store on this machine or on a mounted drive, or a shared store in a folder.

Knows nothing of which takes are wanted or believed.
"""

from __future__ import annotations

import contextlib
import io
import os
import shutil
import stat
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import BinaryIO

from reelmake.errors import Gone, LocalTool, is_full
from reelmake.model.offer import Offer, Put
from reelmake.model.take import Take
from reelmake.ports import Tell
from reelmake.scratch import discard
from reelmake.store import entry
from reelmake.store.disk import PIECE, STATE, copy, explained, fresh_name, make_folder, sha256, sync_names
from reelmake.store.formats import number
from reelmake.store.local import LocalStore


class FolderShelf:
    """ports.Shelf, only read. `folder`: a project, or what is its `.reelmake`."""

    def __init__(self, folder: Path) -> None:
        self.name, self.trouble, self._folder = f"file://{folder}", "", folder

    @property
    def _store(self) -> LocalStore:
        inside = self._folder / STATE
        return LocalStore(inside if inside.is_dir() else self._folder)

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        if not self._folder.is_dir() and any(wanted.values()):
            self.trouble = "there is no such folder"
        store = self._store
        try:
            number(store.root)
        except LocalTool as error:
            self.trouble = str(error)
            return {}
        found = {key: take for key in wanted if store.there(key) and (take := store.record(key))}  # with its manifest
        return {key: (Offer(entry.shared(take)),) for key, take in found.items()}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        """See ports.Shelf."""
        return await _fetched(self._store.path(take), take, into, lambda part: tell(part, f"from {self.name}"))


class SharedFolder:
    """ports.SharedStore in a folder, which `put` makes if it is not there."""

    writes = True

    def __init__(self, folder: Path) -> None:
        self.name, self.trouble, self._folder = f"file://{folder}", "", folder

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]:
        try:
            self._judge()
        except (Gone, LocalTool) as error:
            self.trouble = str(error) if any(wanted.values()) else ""
            return {}
        most = entry.MOST_OF_A_KEY
        found = {key: tuple(filter(None, map(self._offer, self._entries(key)[:most]))) for key in wanted}
        return {key: offers for key, offers in found.items() if offers}

    def _judge(self) -> None:
        """Raises Gone if there is no shared store, LocalTool if it is none of ours."""
        try:
            mark = (self._folder / entry.MARK).read_bytes()
        except OSError:
            raise Gone(entry.NONE_YET) from None
        if why := entry.unread(mark):
            raise LocalTool(why)

    def _entries(self, key: str = "") -> list[Path]:
        return sorted(self._folder.glob(f"{entry.folder_of(key) if key else 'takes/??/*'}/*.json"))

    def _offer(self, file: Path) -> Offer | None:
        with contextlib.suppress(OSError), _opened(file) as opened:
            return entry.readable(opened.read(entry.MOST + 1))
        return None

    async def entries(self) -> Mapping[str, Offer | None]:
        """See ports.SharedStore."""
        self._judge()
        return {file.relative_to(self._folder).as_posix(): self._offer(file) for file in self._entries()}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        """See ports.Shelf."""
        file = self._folder / entry.bytes_of(take)
        return await _fetched(file, take, into, lambda part: tell(part, f"from {self.name}"))

    async def put(self, offer: Offer, file: Path, *, again: bool = False) -> Put:
        """See ports.SharedStore."""
        from asyncio import to_thread

        return await to_thread(self._put, offer, file, again)

    def _put(self, offer: Offer, file: Path, again: bool) -> Put:
        with explained(f"write in {self.name}"):
            if not self._folder.parent.is_dir():
                raise LocalTool(f"there is no folder {self._folder.parent}")  # a drive that is not plugged in
            self._create(entry.MARK, io.BytesIO(entry.MARKED))
            self._judge()
            target = self._folder / entry.bytes_of(offer.take)
            if again or not target.exists() or target.stat().st_size != offer.take.facts.bytes:
                entry.unharmed(offer.take, file)
                with file.open("rb") as given:
                    self._create(entry.bytes_of(offer.take), given, over=True)
            name = entry.entry_of(offer.take)
            if self._create(name, io.BytesIO(entry.written(offer))):
                return "new"
            if offer.signatures and (more := entry.also_signed((self._folder / name).read_bytes(), offer)):
                self._create(name, io.BytesIO(more), over=True)
                return "signed"
            return "there"

    def _create(self, name: str, given: BinaryIO, *, over: bool = False) -> bool:
        """Whole, or not at all; `over` what is there, else False if something is."""
        file, drafts = self._folder / name, self._folder / "tmp"
        if file.exists() and not over:
            return False
        make_folder(file.parent, durable=True)
        make_folder(drafts, durable=False)
        draft = fresh_name(drafts, ".tmp")
        try:
            with draft.open("xb") as out:
                shutil.copyfileobj(given, out, PIECE)
                out.flush()
                os.fsync(out.fileno())
            if over:
                draft.replace(file)
            else:
                _link(draft, file)
        except FileExistsError:
            return False
        finally:
            discard(draft)
        sync_names(file, self._folder)
        return True


def _link(draft: Path, file: Path) -> None:
    """Gives it its name. Raises FileExistsError rather than replace what somebody has put there meanwhile."""
    try:
        os.link(draft, file)
    except FileExistsError:
        raise
    except OSError:  # a disk without links
        draft.replace(file)


async def _fetched(file: Path, take: Take, into: Path, tell: Callable[[float], None]) -> str:
    """Copies what should be the bytes of a take, and no more than those; the digest of what is here then, which is read
    again: where the disk can, it was shared and not read. Raises Gone if they cannot be read, LocalTool
    if they cannot be written here."""
    from asyncio import to_thread

    with explained(f"fetch the {take.kind}"), into.open("xb", 0) as taken:
        try:
            given = _opened(file)
        except FileNotFoundError as error:
            raise Gone("it is gone") from error
        except OSError as error:
            raise Gone(f"it cannot be read: {error.strerror or error}") from error
        with given:
            try:
                done = 0
                while size := await to_thread(copy, given, taken, PIECE):
                    done += size
                    if done > take.facts.bytes:
                        raise Gone("it grew while it was copied")
                    tell(done / take.facts.bytes)
            except OSError as error:
                if is_full(error) or await to_thread(_readable, file):
                    raise  # so it is the disk here
                raise Gone(f"it cannot be read: {error.strerror or error}") from error
        return await to_thread(sha256, into)


def _readable(file: Path) -> bool:
    """Is there nothing the matter with a file from its beginning to its end?"""
    try:
        with _opened(file) as given:
            while given.read(PIECE):
                pass
    except OSError:
        return False
    return True


def _opened(file: Path) -> BinaryIO:
    """Raises OSError, also for what is no file: nothing else is opened, or it might never end."""
    handle = os.open(file, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise OSError("it is not a file")
    return os.fdopen(handle, "rb")


def folder_shelf(folder: Path) -> FolderShelf | SharedFolder:
    """By what is there: another project or its store; or else a shared store, which there may be one day."""
    project = (folder / STATE).is_dir() or any((folder / "takes").glob("??/*.json"))
    return FolderShelf(folder) if project else SharedFolder(folder)
