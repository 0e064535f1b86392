"""The store on this disk: artifacts by digest, takes by key, below one folder (`.reelmake/`).

    store/ab/<digest><suffix>   the bytes, read-only
    takes/ab/<key>.json         what was accepted for a key, with its manifest
    takes.json                  what those records say, to be read at once
    answers/<order>             a result that came with an answer, until it is a take
    unfit/<digest>              bytes that could not be brought from another shelf lately
    tmp/                        work in progress; anything in it may be deleted when no run is going on

It is the nearest of several shelves. What comes from another is used only as long as it is believed (store/belief).
Knows nothing of journals, locks or what the bytes show.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.errors import Gone
from reelmake.model.json_value import json_object
from reelmake.model.take import Facts, Take
from reelmake.plan.key import digest as key_of
from reelmake.scratch import discard
from reelmake.store.answers import LocalAnswers
from reelmake.store.belief import Belief
from reelmake.store.disk import explained, fresh_name, make_folder, sha256, sync_file, sync_names, write_whole
from reelmake.store.notes import Remembered
from reelmake.store.record import text_of, to_take

if TYPE_CHECKING:
    from asyncio import Semaphore

    from reelmake.model.signer import Signers
    from reelmake.ports import Look, Shelf, Tell

AT_ONCE = 8  # takes that are brought from other shelves at the same time
BELIEVED = 3600.0  # seconds for which a take that could not be brought counts as not there


class LocalStore:
    """ports.Store on a folder. `further`: shelves behind it, the nearest first."""

    def __init__(self, root: Path, *, further: Sequence[Shelf] = ()) -> None:
        self.root = root
        self._further = further
        self._belief = Belief()
        self._several: dict[str, int] = {}  # of keys, how many offers were believed
        self.doubted: set[str] = set()  # keys that were looked for, whose takes are here and not believed
        self._records = Remembered(root / "takes.json")
        self.answers = LocalAnswers(root / "answers", root / "tmp")
        self._takes = os.fspath(root / "takes")  # plain strings: `find` is called for every step of every run
        self._store = os.fspath(root / "store")

    def believe(self, pins: Mapping[str, Collection[str]], signers: Signers) -> None:
        """See ports.Store."""
        self._belief, self.doubted = Belief(pins, signers), set()

    def apart(self) -> LocalStore:
        """The same, for somebody who believes something else."""
        return copy(self)

    def find(self, key: str) -> Take | None:
        take = self.there(key)
        if take is None or not take.by or self._belief.holds(take):
            return take
        self.doubted.add(key)
        return None

    def there(self, key: str) -> Take | None:
        """As `find`, whether it is believed or not."""
        place = f"{self._takes}/{key[:2]}/{key}.json"
        try:
            found = os.stat(place)  # noqa: PTH116 (hot, as above)
        except OSError:
            return None
        take = self._remembered(key, found) or self._read(key, found)
        if take is None:
            return None
        file = f"{self._store}/{take.digest[:2]}/{take.digest}{take.suffix}"
        try:
            found = os.lstat(file)  # hot: no Path object
            if found.st_size != take.facts.bytes or not stat.S_ISREG(found.st_mode):
                return None
        except OSError:
            return None
        return take

    def record(self, key: str) -> Take | None:
        return self._read(key, None)

    def _remembered(self, key: str, found: os.stat_result) -> Take | None:
        """The take of a key, if `found`, the file of its record as it is now, was read before. It has no manifest: that
        is the larger part of a record, and whoever has the key knows it."""
        said = self._records.get(key, found)
        try:
            return to_take({**said, "key": key, "manifest": ()}) if isinstance(said, dict) else None
        except (ValueError, KeyError, TypeError, ArithmeticError):
            return None

    def _read(self, key: str, found: os.stat_result | None) -> Take | None:
        """The record of a key; remembered if `found`, its file as it was before, is given."""
        try:
            with open(f"{self._takes}/{key[:2]}/{key}.json", "rb") as file:  # noqa: PTH123 (hot, as above)
                given = json_object(file.read())
            take = to_take(given)
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
            return None  # never written, or torn by a power cut: then it is no record
        if take.key != key:
            return None
        if found is not None:
            said = {name: value for name, value in given.items() if name not in ("key", "manifest")}
            self._records.note(key, found, said)
        return take

    def save(self) -> None:
        """Remembers what was found, so that the next run finds it at once."""
        self._records.save()

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        """Raises LocalTool if it cannot be written; then `file` is still there and nothing half-written is."""
        known = self.find(take.key)
        if known and not (durable and not take.digest):
            discard(file)
            return known
        with explained(f"store the {take.kind} in {self.root}"):
            digest, size = sha256(file), file.stat().st_size
            if known and known.digest != digest:
                return self.keep(file, _beside(take, digest), durable=durable)
            if take.digest not in ("", digest):
                raise Gone("its bytes do not match its digest")
            take = replace(take, digest=digest, facts=replace(take.facts, bytes=size))
            self._record(file, take, durable=durable)
        return take

    def _record(self, file: Path, take: Take, *, durable: bool) -> None:
        """`file`: what the take's digest is of. Raises OSError."""
        self._put(file, take, durable=durable)
        record = self.record_file(take.key)
        make_folder(record.parent, durable=durable)
        make_folder(self.root / "tmp", durable=False)
        write_whole(record, text_of(take).encode(), durable=durable, drafts=self.root / "tmp")
        if durable:
            sync_names(record, self.root)

    def _put(self, file: Path, take: Take, *, durable: bool) -> None:
        target = self.path(take)
        make_folder(target.parent, durable=durable)
        if self.whole(take):  # and not only there: what was damaged meanwhile is made good
            if durable:
                sync_file(target)  # it may have come from work that was not worth a sync
            discard(file)
        else:
            if durable:
                sync_file(file)
            file.chmod(0o444)
            self._move(file, target, durable=durable)
        if durable:
            sync_names(target, self.root)

    def _move(self, file: Path, target: Path, *, durable: bool) -> None:
        try:
            file.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            nearer = self.scratch(target.suffix)
            shutil.copyfile(file, nearer)
            if durable:
                sync_file(nearer)
            nearer.chmod(0o444)
            nearer.replace(target)
            discard(file)

    # What stands on further shelves

    def elsewhere(self, keys: Collection[str]) -> dict[str, Take]:
        """See ports.Store."""
        found: dict[str, Take] = {}
        left = {key for key in keys if not self.find(key)} if self._further else set()
        for shelf in self._further:
            wanted = self._belief.asks(left - found.keys())
            for key, offers in (shelf.records(wanted) if wanted else {}).items():
                if takes := self._belief.believed(key, [offer for offer in offers if self._fit(offer.take)]):
                    found[key], self._several[key] = takes[0], len(takes)
        return found

    def whence(self, take: Take) -> str:
        """See ports.Store."""
        who = self._belief.signers.get(take.by)
        if who is None:
            return ""
        several = self._several.get(take.key, 1)
        first = f", the first of {several}" if several > 1 else ""
        return f"made by {who}{first}, brought from {', '.join(shelf.name for shelf in self._further)}"

    def copies(self, takes: Collection[Take]) -> set[str]:
        """Keys of those of these takes that a further shelf says it has, too."""
        wanted = {take.key: (take.digest,) for take in takes}
        found = [shelf.records(wanted) for shelf in self._further] if wanted else []
        said = ((key, offer.take.digest) for offers in found for key, them in offers.items() for offer in them)
        return {key for key, digest in said if digest in wanted.get(key, ())}

    @property
    def troubles(self) -> Mapping[str, str]:
        """By name: why further shelves could not be asked."""
        return {shelf.name: shelf.trouble for shelf in self._further if shelf.trouble}

    def ask_anew(self) -> None:
        """Also for what could not be brought lately: somebody wants to know it now."""
        discard(*(self.root / "unfit").glob("*"))

    def _fit(self, take: Take) -> bool:
        try:
            return time.time() - self._unfit(take).stat().st_mtime > BELIEVED
        except OSError:
            return True

    async def bring(self, take: Take, tell: Tell, look: Look | None = None) -> Take:
        """See ports.Store."""
        from asyncio import to_thread  # not for those who only look

        problems = []
        for shelf in self._further:
            into = self.scratch(take.suffix)
            try:
                async with self._places:  # the next one is fetched while this one is looked at and kept
                    digest = await shelf.fetch(take, into, tell)
                if digest != take.digest:
                    raise Gone("its bytes do not match its digest")
                found = replace(take, facts=_looked_at(take, await look(into))) if look else take
                return await to_thread(self._kept_whole, into, found)
            except Gone as error:
                problems.append(f"{shelf.name}: {error}")
            finally:
                discard(into)
        with contextlib.suppress(OSError):  # then it is tried again the next time
            make_folder(self._unfit(take).parent, durable=False)
            self._unfit(take).touch()
        raise Gone("it could not be fetched from " + "; ".join(problems))

    def _kept_whole(self, file: Path, take: Take) -> Take:
        """As `keep`, of bytes that were hashed as they came. After a power cut they are there or not, never in part:
        they are synced before they have a name, which need not last, for all can be brought again. What threads sync
        at once, the disk commits at once; one syncfs was slower, and hides errors before Linux 5.8."""
        if known := self.find(take.key):  # another run was faster
            discard(file)
            return known
        with explained(f"store the {take.kind} in {self.root}"):
            sync_file(file)
            if file.stat().st_size != take.facts.bytes:
                raise Gone("its bytes are not as many as are said of it")
            self._record(file, take, durable=False)
        return take

    @cached_property
    def _places(self) -> Semaphore:
        from asyncio import Semaphore

        return Semaphore(AT_ONCE)

    def _unfit(self, take: Take) -> Path:
        return self.root / "unfit" / take.digest

    def path(self, take: Take) -> Path:
        return Path(f"{self._store}/{take.digest[:2]}/{take.digest}{take.suffix}")

    def record_file(self, key: str) -> Path:
        return self.root / "takes" / key[:2] / f"{key}.json"

    def scratch(self, suffix: str) -> Path:
        folder = self.root / "tmp"
        with explained(f"write in {self.root}"):
            make_folder(folder, durable=False)
        return fresh_name(folder, suffix)

    def sweep(self) -> None:
        """Removes what dead runs left in tmp/. Only for who holds the project."""
        shutil.rmtree(self.root / "tmp", ignore_errors=True)

    def whole(self, take: Take) -> bool:
        """See ports.Store."""
        try:
            return sha256(self.path(take)) == take.digest
        except OSError:
            return False

    def key(self, beginning: str) -> str | None:
        """The key of a record that begins so; None if there is none. `beginning`: two digits or more."""
        found = (self.root / "takes" / beginning[:2]).glob(f"{beginning}*.json")
        return next((file.stem for file in found), None)

    def takes(self) -> Iterator[Take]:
        """Every readable record, by key."""
        for file in sorted((self.root / "takes").glob("??/*.json")):
            if take := self.record(file.stem):
                yield take

    def artifacts(self) -> Iterator[Path]:
        """Every file of bytes, whether a take names it or not."""
        return iter(sorted((self.root / "store").glob("??/*")))

    def pictures(self) -> Iterator[Path]:
        """Pictures that were given as content, for orders that are over."""
        return iter(sorted((self.root / "pictures").glob("*")))

    def forget(self, key: str) -> None:
        """Removes the record of a key; its bytes stay until nothing names them and they are collected."""
        with explained(f"remove a take from {self.root}"), contextlib.suppress(FileNotFoundError):
            self.record_file(key).unlink()


def _beside(take: Take, digest: str) -> Take:
    """What was paid for when its key has another take already: under a key of its own, which names its bytes too."""
    manifest = (*take.manifest, ("beside", digest))
    return replace(take, key=key_of(manifest), manifest=manifest)


def _looked_at(take: Take, facts: Facts) -> Facts:
    """What a further shelf says of its take, as far as nobody here can tell better."""
    return replace(facts, notes=take.facts.notes, words=take.facts.words)
