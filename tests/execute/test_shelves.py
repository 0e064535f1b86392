"""Random graphs that a colleague has made: with their store as a further shelf nothing is ordered or made twice, and
nothing that was damaged there is used."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from reelmake.errors import Unwilling
from reelmake.model.take import Take
from reelmake.plan.waitlist import State
from reelmake.store.folder_shelf import FolderShelf
from reelmake.store.local import LocalStore
from tests.execute.test_crashes import graph
from tests.support.world import Vendor, World


def world(folder: Path, vendor: Vendor, *further: FolderShelf) -> World:
    made = World(folder, vendor=vendor, files={"f0.png": b"zero", "f1.png": b"one"})
    made.store = LocalStore(folder / "state", further=further)  # type: ignore[assignment]
    return made


def damage(store: LocalStore, take: Take, chance: random.Random) -> None:
    file = store.path(take)
    file.chmod(0o644)
    match chance.randint(0, 4):
        case 0:
            file.unlink()
        case 1:
            file.write_bytes(file.read_bytes()[:-1])
        case 2:
            file.write_bytes(bytes([file.read_bytes()[0] ^ 1]) + file.read_bytes()[1:])
        case 3:
            file.write_bytes(file.read_bytes() * 2)
        case _:
            store.forget(take.key)


@pytest.mark.parametrize("seed", range(40))
def test_what_a_colleague_has_is_neither_ordered_nor_made_again(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    steps, vendor = graph(chance, 0), Vendor(by_token=True)
    theirs = world(tmp_path / "theirs", vendor)
    whole = theirs.run(steps)
    assert not whole.failed
    paid = len(vendor.jobs)

    store = LocalStore(tmp_path / "theirs" / "state")
    mine = world(tmp_path / "mine", vendor, FolderShelf(store.root))
    pins: dict[str, set[str]] = {r.take.key: {r.take.digest} for r in whole.results.values() if r.step.paid and r.take}
    mine.store.believe(pins, {})
    outcome = mine.run(steps, elsewhere=mine.store.elsewhere(pins), away=pins)
    assert not outcome.failed
    assert (len(vendor.jobs), outcome.cost, mine.submitted) == (paid, 0, [])
    assert all(r.take and r.take.digest == whole.results[id].take.digest for id, r in outcome.results.items())  # type: ignore[union-attr]
    assert mine.run(steps, elsewhere=mine.store.elsewhere(pins), away=pins).made == []


@pytest.mark.parametrize("seed", range(40))
def test_what_was_damaged_there_is_told_and_never_ordered(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    steps, vendor = graph(chance, 0), Vendor(by_token=True)
    whole = world(tmp_path / "theirs", vendor).run(steps)
    paid = len(vendor.jobs)
    store = LocalStore(tmp_path / "theirs" / "state")
    mine = world(tmp_path / "mine", vendor, FolderShelf(store.root))
    takes = {r.take.key: r.take for r in whole.results.values() if r.step.paid and r.take}
    pins = {key: {take.digest} for key, take in takes.items()}
    mine.store.believe(pins, {})
    early = mine.store.elsewhere(pins) if chance.random() < 0.5 else None  # it was whole when the plan was made
    hurt = [take for take in takes.values() if chance.random() < 0.4]
    bad = {take.digest for take in hurt}
    for take in hurt:
        if store.path(take).exists():
            damage(store, take, chance)

    outcome = mine.run(steps, elsewhere=mine.store.elsewhere(pins) if early is None else early, away=pins)
    assert (len(vendor.jobs), mine.submitted) == (paid, [])
    for result in outcome.failed:
        assert isinstance(result.error, Unwilling)
        assert result.error.code == "RM823"
        assert takes[result.key].digest in bad
    for result in outcome.results.values():
        assert result.state in (State.DONE, State.FAILED, State.SKIPPED)
    for take in mine.store.takes():  # type: ignore[attr-defined]
        assert mine.store.whole(take)
