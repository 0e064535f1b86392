"""Further shelves: what is pinned is found there and brought here, whole or not at all; nothing else is believed."""

from __future__ import annotations

import asyncio
import errno
import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from reelmake.errors import Gone, LocalTool
from reelmake.model.offer import Offer, Signature
from reelmake.model.take import PINNED, Facts, Take
from reelmake.plan.key import digest
from reelmake.ports import Tell
from reelmake.store import entry, local
from reelmake.store import folder_shelf as folder
from reelmake.store.collect import collect
from reelmake.store.folder_shelf import FolderShelf, SharedFolder, folder_shelf
from reelmake.store.local import LocalStore


def clip(store: LocalStore, data: bytes = b"clip", prompt: str = "a kite") -> Take:
    pairs = (("prompt", prompt),)
    file = store.scratch(".mp4")
    file.write_bytes(data)
    take = Take(digest(pairs), "", "shot", ".mp4", Facts(0), pairs, remote="job/1", expires="2027-01-01T00:00:00+00:00")
    return store.keep(file, take, durable=False)


def pins(*takes: Take) -> dict[str, list[str]]:
    return {take.key: [take.digest] for take in takes}


def elsewhere(store: LocalStore, pins: Mapping[str, Collection[str]]) -> dict[str, Take]:
    """Where the lock file says so."""
    store.believe(pins, {})
    return store.elsewhere(pins)


def bring(store: LocalStore, take: Take) -> Take:
    return asyncio.run(store.bring(take, lambda fraction, note: None))


def untouched(store: LocalStore) -> bool:
    """Nothing was put in, and nothing half-written is left."""
    return not [*store.takes(), *store.artifacts(), *(store.root / "tmp").glob("*")]


@pytest.fixture
def theirs(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "theirs" / ".reelmake")


@pytest.fixture
def mine(tmp_path: Path, theirs: LocalStore) -> LocalStore:
    return LocalStore(tmp_path / "mine" / ".reelmake", further=[FolderShelf(theirs.root.parent)])


def test_a_take_is_found_elsewhere_and_brought_here(theirs: LocalStore, mine: LocalStore) -> None:
    made = clip(theirs)
    found = elsewhere(mine, pins(made))
    assert (mine.find(made.key), mine.record(made.key)) == (None, None)
    assert found == {
        made.key: replace(made, remote="", expires="", by=PINNED)
    }  # an order is sent by no word that is not pinned
    said: list[tuple[float | None, str]] = []
    kept = asyncio.run(mine.bring(found[made.key], lambda fraction, note: said.append((fraction, note))))
    assert mine.find(made.key) == kept
    assert mine.path(kept).read_bytes() == b"clip"
    assert said == [(1.0, f"from file://{theirs.root.parent}")]
    assert elsewhere(mine, pins(made)) == {}  # it is here
    assert [theirs.find(made.key), *theirs.takes()] == [made, made]


def test_nothing_is_believed_that_is_not_pinned(theirs: LocalStore, mine: LocalStore) -> None:
    """Whoever writes there can call any bytes the answer to any order."""
    made, other = clip(theirs), clip(theirs, b"other", "a tram")
    assert elsewhere(mine, {}) == {}
    assert elsewhere(mine, {made.key: [other.digest]}) == {}
    assert elsewhere(mine, {made.key: []}) == {}
    forged = replace(made, key=other.key)
    record = theirs.record_file(other.key)
    record.chmod(0o644)
    record.write_bytes(theirs.record_file(made.key).read_bytes().replace(made.key.encode(), other.key.encode()))
    assert theirs.find(other.key) == forged
    assert elsewhere(mine, {other.key: [made.digest]}) == {}  # its manifest has another key


@pytest.mark.parametrize(
    ("harm", "said"),
    [
        (lambda file: file.write_bytes(b"poison"), "it grew"),
        (lambda file: file.write_bytes(b"clop"), "its bytes do not match"),
        (lambda file: file.write_bytes(b"cl"), "its bytes do not match"),
        (lambda file: file.unlink(), "it is gone"),
        (lambda file: (file.unlink(), file.mkdir()), "it is not a file"),
        (lambda file: (file.unlink(), os.mkfifo(file)), "it is not a file"),
        (lambda file: (file.unlink(), file.symlink_to("/dev/zero")), "cannot be read"),
    ],
)
def test_what_is_wrong_or_gone_is_told_and_not_kept(
    theirs: LocalStore, mine: LocalStore, harm: Callable[[Path], object], said: str
) -> None:
    found = elsewhere(mine, pins(clip(theirs)))
    (take,) = found.values()
    theirs.path(take).chmod(0o644)
    harm(theirs.path(take))
    with pytest.raises(Gone, match=said) as error:
        bring(mine, take)
    assert str(theirs.root.parent) in str(error.value)
    assert untouched(mine)


def test_what_could_not_be_brought_counts_as_not_there_for_a_while(theirs: LocalStore, mine: LocalStore) -> None:
    """So that whoever says --remake is not told once more that it is there."""
    made = clip(theirs)
    theirs.path(made).chmod(0o644)
    theirs.path(made).write_bytes(b"clop")
    with pytest.raises(Gone):
        bring(mine, made)
    assert elsewhere(mine, pins(made)) == {}
    unfit = mine.root / "unfit" / made.digest
    os.utime(unfit, (0, unfit.stat().st_mtime - local.BELIEVED - 1))
    assert made.key in elsewhere(mine, pins(made))
    unfit.touch()
    assert elsewhere(mine, pins(made)) == {}
    collect(mine, (), ())
    assert made.key in elsewhere(mine, pins(made))
    unfit.touch()
    mine.ask_anew()  # as `cache pull` does
    assert made.key in elsewhere(mine, pins(made))


@pytest.mark.parametrize("place", ["the copy", "the store"])
@pytest.mark.parametrize(("number", "said"), [(errno.ENOSPC, "the disk is full"), (errno.EIO, "Input/output error")])
def test_a_disk_that_fails_is_no_fault_of_the_shelf(
    theirs: LocalStore, mine: LocalStore, place: str, number: int, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = clip(theirs)

    def fails(*args: object, **named: object) -> int:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(*((folder, "copy") if place == "the copy" else (local, "sync_file")), fails)
    with pytest.raises(LocalTool, match=said):
        bring(mine, made)
    assert untouched(mine)
    assert made.key in elsewhere(mine, pins(made))


def test_the_next_shelf_has_it(tmp_path: Path, theirs: LocalStore) -> None:
    made = clip(theirs)
    second = LocalStore(tmp_path / "second")
    clip(second)
    mine = LocalStore(tmp_path / "mine", further=[FolderShelf(theirs.root), FolderShelf(second.root)])
    theirs.path(made).chmod(0o644)
    theirs.path(made).write_bytes(b"clop")
    assert bring(mine, made).digest == made.digest
    assert not (mine.root / "unfit").exists()


def shared(folder: Path, store: LocalStore, *takes: Take) -> SharedFolder:
    """A shared store in a folder with these takes."""
    for take in takes:
        offer = replace(entry.offered(take), signatures=(Signature("ssh-ed25519 AAAA", "c2ln"),))
        for name, data in (
            (entry.bytes_of(take), store.path(take).read_bytes()),
            (entry.entry_of(take), entry.written(offer)),
            (entry.MARK, entry.MARKED),
        ):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(data)
    return SharedFolder(folder)


def test_a_shared_store_offers_all_that_was_paid_for_a_key(tmp_path: Path, theirs: LocalStore) -> None:
    made, again = clip(theirs), clip(LocalStore(tmp_path / "hers"), b"again")
    shelf = shared(tmp_path / "shared", theirs, made)
    shared(tmp_path / "shared", LocalStore(tmp_path / "hers"), again)
    offers = shelf.records({made.key: (), "0" * 64: ()})[made.key]
    assert {offer.take for offer in offers} == {replace(take, remote="", expires="") for take in (made, again)}
    assert {offer.signatures for offer in offers} == {(Signature("ssh-ed25519 AAAA", "c2ln"),)}
    assert not [offer.text for offer in offers if "remote" in offer.text or "expires" in offer.text]
    mine = LocalStore(tmp_path / "mine", further=[SharedFolder(tmp_path / "shared")])
    (found,) = elsewhere(mine, pins(again)).values()
    assert mine.path(bring(mine, found)).read_bytes() == b"again"


@pytest.mark.parametrize("said", [b"", b"{}", b'{"take": "{}", "signatures": []}', b"[" * 5000, b'{"format": 2}'])
def test_what_is_no_entry_offers_nothing(tmp_path: Path, theirs: LocalStore, said: bytes) -> None:
    made, other = clip(theirs), clip(theirs, b"other", "a tram")
    shelf = shared(tmp_path / "shared", theirs, made, other)
    file = entry.entry_of(made) if said != b'{"format": 2}' else entry.MARK
    (tmp_path / "shared" / file).write_bytes(said)
    assert shelf.records({made.key: (), other.key: ()}).keys() == ({other.key} if file != entry.MARK else set())


@pytest.mark.parametrize("cost", ["Infinity", "NaN", "-1", "1e400", "1e-9999"])
def test_what_nothing_can_cost_is_no_entry(tmp_path: Path, theirs: LocalStore, cost: str) -> None:
    """It could not be shown, nor counted."""
    made, other = clip(theirs), clip(theirs, b"other", "a tram")
    shelf = shared(tmp_path / "shared", theirs, made, other)
    file = tmp_path / "shared" / entry.entry_of(made)
    said = json.loads(file.read_text())
    file.write_text(json.dumps({**said, "take": json.dumps({**json.loads(said["take"]), "cost": cost})}))
    assert shelf.records({made.key: (), other.key: ()}).keys() == {other.key}


def test_keeping_other_bytes_than_expected_is_refused(mine: LocalStore) -> None:
    file = mine.scratch(".mp4")
    file.write_bytes(b"clip")
    expected = Take("k" * 64, hashlib.sha256(b"clop").hexdigest(), "shot", ".mp4", Facts(0))
    with pytest.raises(Gone):
        mine.keep(file, expected, durable=True)
    assert file.exists()
    file.unlink()
    assert untouched(mine)


@dataclass
class Slow:
    """A shelf that counts how many fetch at once."""

    takes: dict[str, Take]
    name: str = "slow"
    trouble: str = ""
    now: int = 0
    most: int = 0
    fetched: list[str] = field(default_factory=list)

    def records(self, wanted: Mapping[str, Collection[str]]) -> dict[str, tuple[Offer, ...]]:
        return {key: (Offer(self.takes[key]),) for key in wanted if key in self.takes}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        self.now += 1
        self.most = max(self.most, self.now)
        await asyncio.sleep(0.01)
        into.write_text(dict(take.manifest)["prompt"])
        self.fetched.append(take.key)
        self.now -= 1
        return hashlib.sha256(into.read_bytes()).hexdigest()


def test_many_are_brought_at_once_and_not_too_many(tmp_path: Path, theirs: LocalStore) -> None:
    takes = [clip(theirs, str(n).encode(), str(n)) for n in range(40)]
    slow = Slow({take.key: take for take in takes})
    mine = LocalStore(tmp_path / "mine", further=[slow])

    async def all_of_them() -> None:
        await asyncio.gather(*(mine.bring(take, lambda fraction, note: None) for take in takes))

    asyncio.run(all_of_them())
    assert slow.most == local.AT_ONCE
    assert sorted(slow.fetched) == sorted(take.key for take in takes)
    assert all(mine.find(take.key) for take in takes)


KILLED = """
import asyncio, os, signal, sys
from pathlib import Path
from reelmake.store import folder_shelf
from reelmake.store.local import LocalStore

theirs, mine = map(Path, sys.argv[1:])
copied = folder_shelf.copy

def dies(given, taken, most):
    copied(given, taken, 1)
    os.kill(os.getpid(), signal.SIGKILL)

folder_shelf.copy = dies
(take,) = LocalStore(theirs).takes()
asyncio.run(LocalStore(mine, further=[folder_shelf.FolderShelf(theirs)]).bring(take, lambda fraction, note: None))
"""


def test_killed_while_it_is_fetched_nothing_half_is_there(theirs: LocalStore, mine: LocalStore) -> None:
    made = clip(theirs)
    ended = subprocess.run([sys.executable, "-c", KILLED, str(theirs.root), str(mine.root)], check=False, timeout=60)
    assert ended.returncode == -signal.SIGKILL
    assert [file.read_bytes() for file in (mine.root / "tmp").iterdir()] == [b"c"]
    assert not [*mine.takes(), *mine.artifacts()]
    mine.sweep()
    assert bring(mine, elsewhere(mine, pins(made))[made.key]).digest == made.digest


def test_what_a_disk_kept_in_part_is_no_take(tmp_path: Path, theirs: LocalStore) -> None:
    """Its digest is that of what came, and it was told that all of that is written."""

    class Lossy(Slow):
        async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
            digest = await super().fetch(take, into, tell)
            os.truncate(into, 3)
            return digest

    made = clip(theirs, b"a kite")
    mine = LocalStore(tmp_path / "mine", further=[Lossy({made.key: made})])
    with pytest.raises(Gone, match="not as many"):
        bring(mine, made)
    assert untouched(mine)


def test_cancelled_while_it_is_fetched_nothing_is_left(tmp_path: Path, theirs: LocalStore) -> None:
    made = clip(theirs)
    mine = LocalStore(tmp_path / "mine", further=[Slow({made.key: made})])

    async def cancelled() -> None:
        task = asyncio.ensure_future(mine.bring(made, lambda fraction, note: None))
        await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancelled())
    assert untouched(mine)
    assert elsewhere(mine, pins(made))  # that a person left says nothing of it


def test_a_folder_is_a_shelf_by_what_is_in_it(tmp_path: Path, theirs: LocalStore) -> None:
    assert isinstance(folder_shelf(tmp_path / "nowhere"), SharedFolder)
    clip(theirs)
    assert isinstance(folder_shelf(theirs.root), FolderShelf)
    assert isinstance(folder_shelf(theirs.root.parent), FolderShelf)
    away = FolderShelf(tmp_path / "nowhere")
    assert (away.records({"k" * 64: ()}), away.trouble) == ({}, "")
    assert (away.records({"k" * 64: ("d" * 64,)}), away.trouble) == ({}, "there is no such folder")
