"""Limits that projects share: what they see of each other, and what is left when one dies or the file is hurt."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import pytest

from reelmake.errors import LocalTool, Unwilling
from reelmake.model.provider import Limits
from reelmake.plan.provider_queue import ARRIVED, LONGEST_JOB, MINUTE
from reelmake.store import limits as module
from reelmake.store.limits import SharedLimits


@dataclass
class Clock:
    at: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Town:
    """Some projects, one file."""

    file: Path
    limits: Limits
    clock: Clock = field(default_factory=Clock)

    def project(self, name: str, ahead: float = 0.0) -> SharedLimits:
        """`ahead`: it is on a machine of its own, whose clock is that far ahead."""
        here = self.clock
        return SharedLimits(self.file, self.limits, name, lambda: here() + ahead, f"machine {ahead}")


def town(folder: Path, in_flight: int | None = None, per_minute: int | None = None) -> Town:
    return Town(folder / "cache" / "studio.limits", Limits(in_flight, per_minute))


LOOP = asyncio.Runner()


def does(coroutine: Any) -> Any:
    return LOOP.run(coroutine)


def enters(gate: SharedLimits, token: str) -> bool:
    return does(gate.enter(token)) is None


def test_two_projects_have_the_places_together(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=2)
    one, two = place.project("/one"), place.project("/two")
    assert enters(one, "a")
    assert enters(two, "b")
    wait = does(one.enter("c"))
    assert wait.seconds == module.ASK_AGAIN
    assert "2 of 2 places" in wait.why
    assert "1 by /two" in wait.why
    does(two.leave("b"))
    assert enters(one, "c")


def test_the_minute_is_counted_together_and_from_the_answer(tmp_path: Path) -> None:
    place = town(tmp_path, per_minute=2)
    one, two = place.project("/one"), place.project("/two")
    assert enters(one, "a")
    assert enters(two, "b")
    place.clock.at += 10
    does(one.answered("a"))
    does(two.answered("b"))
    does(one.leave("a"))  # landed, and counts on
    place.clock.at += 59
    wait = does(one.enter("c"))
    assert wait.seconds == pytest.approx(1.0)
    place.clock.at += 1.5
    assert enters(one, "c")


def test_an_order_without_an_answer_counts_until_it_must_have_arrived(tmp_path: Path) -> None:
    place = town(tmp_path, per_minute=1)
    assert enters(place.project("/one"), "a")  # and dies
    place.clock.at += ARRIVED + MINUTE - 1
    assert not enters(place.project("/two"), "b")
    place.clock.at += 2
    assert enters(place.project("/two"), "b")


def test_places_go_round(tmp_path: Path) -> None:
    """Who waits longest is next, also if another one is back at the door sooner."""
    place = town(tmp_path, in_flight=1)
    one, two, three = (place.project(f"/{name}") for name in ("one", "two", "three"))
    assert enters(one, "a")
    assert not enters(two, "b")
    place.clock.at += 0.5
    assert not enters(three, "c")
    place.clock.at += 0.5
    does(one.leave("a"))
    assert not enters(one, "d")
    assert not enters(three, "c")
    assert enters(two, "b")
    does(two.leave("b"))
    assert not enters(two, "e")
    assert enters(three, "c")


def test_nobody_waits_for_one_who_asks_no_more(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    one, two = place.project("/one"), place.project("/two")
    assert enters(one, "a")
    assert not enters(two, "b")  # and dies
    does(one.leave("a"))
    assert not enters(one, "c")
    place.clock.at += module.ASK_AGAIN + module.PATIENT + 0.1
    assert enters(one, "c")


def test_what_a_killed_run_left_counts_until_its_project_knows_better(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=3)
    for token in ("open", "ended", "never sent"):
        assert enters(place.project("/one"), token)  # each time a process that dies
    two = place.project("/two")
    assert not enters(two, "x")
    again = place.project("/one")
    does(again.resume(["open", "ended"]))  # there never was an intent for the third
    assert enters(two, "x")
    assert not enters(two, "y")
    does(again.leave("ended"))
    assert enters(two, "y")


def test_an_open_job_that_the_file_has_forgotten_is_counted_again(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    does(place.project("/one").resume(["open"]))
    assert not enters(place.project("/two"), "x")


def test_after_six_hours_nobody_waits_for_the_dead(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    assert enters(place.project("/one"), "a")
    place.clock.at += LONGEST_JOB - 1
    assert not enters(place.project("/two"), "b")
    place.clock.at += 2
    assert enters(place.project("/two"), "b")


def test_a_clock_that_was_set_back_stops_nothing_for_ever(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1, per_minute=1)
    assert enters(place.project("/one"), "a")
    place.clock.at -= 10 * 24 * 3600
    two = place.project("/two")
    assert not enters(two, "b")
    place.clock.at += LONGEST_JOB + 1
    assert enters(two, "b")


@pytest.mark.parametrize("ahead", [7 * 3600.0, -7 * 3600.0, 1e9, -1.7e9])
def test_machines_whose_clocks_differ_never_pass_the_limit(ahead: float, tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=2, per_minute=2)
    one, two = place.project("/one"), place.project("/two", ahead)
    assert enters(one, "a")
    does(one.answered("a"))
    assert enters(two, "b")
    assert not enters(two, "c")
    assert not enters(one, "d")
    does(two.leave("b"))
    place.clock.at += MINUTE / 2
    assert not enters(one, "d")  # "b" counts in the minute
    assert not enters(two, "c")
    place.clock.at += MINUTE + 1
    assert enters(one, "d")
    assert not enters(two, "c")
    does(one.leave("a"))
    does(one.leave("d"))
    for _ in range(3):  # whoever looks at it makes it no younger
        place.clock.at += MINUTE / 2
        enters(one, "x")
        does(one.leave("x"))
        enters(two, "c")
        does(two.leave("c"))
    place.clock.at += 3 * MINUTE
    assert enters(two, "e")
    assert enters(one, "f")


def test_the_dead_of_another_machine_are_waited_for_as_long(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    assert enters(place.project("/one"), "a")
    assert not enters(place.project("/two", 7 * 3600), "b")
    place.clock.at += LONGEST_JOB - 1
    assert not enters(place.project("/two", 7 * 3600), "b")
    place.clock.at += 2
    assert enters(place.project("/two", 7 * 3600), "b")


def test_a_wall_clock_that_is_set_frees_no_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, wall = tmp_path / "studio.limits", module.time.time
    assert enters(SharedLimits(file, Limits(1, 1), "/one"), "a")
    monkeypatch.setattr(module.time, "time", lambda: wall() + 7 * 3600)
    assert not enters(SharedLimits(file, Limits(1, 1), "/two"), "b")


def test_places_of_an_earlier_version_count_from_now(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    old = {"token": "a", "owner": "/one", "at": 1.0, "answered": 0.0, "left": False}
    place.file.parent.mkdir()
    place.file.write_bytes(module.draw({"edition": 1, "records": 1}) + module.draw(old))
    assert not enters(place.project("/two"), "b")


@pytest.mark.parametrize(("edition", "odd"), [(1, {"times": {"x": [-(10**400), 0]}, "at": 1}), ("one", {"token": 5})])
def test_records_that_somebody_edited_stop_nobody(edition: object, odd: dict[str, object], tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=1)
    line = {"token": "a", "owner": "/one", "answered": 0.0, "left": True, **odd}
    place.file.parent.mkdir()
    place.file.write_bytes(module.draw({"edition": edition, "records": 1}) + module.draw(line))
    assert enters(place.project("/two"), "b")
    assert not enters(place.project("/one"), "c")


def gone(file: Path, copy: Path) -> None:
    file.unlink()


def cut_short(file: Path, copy: Path) -> None:
    file.write_bytes(file.read_bytes()[:-7])


def emptied(file: Path, copy: Path) -> None:
    file.write_bytes(b"")


def garbage(file: Path, copy: Path) -> None:
    file.write_bytes(b"\x00\xff{]" * 50)


def a_bit_flipped(file: Path, copy: Path) -> None:
    data = bytearray(file.read_bytes())
    data[len(data) // 2] ^= 1
    file.write_bytes(bytes(data))


def copy_gone(file: Path, copy: Path) -> None:
    copy.unlink()


def copy_emptied(file: Path, copy: Path) -> None:
    copy.write_bytes(b"")


def nothing(file: Path, copy: Path) -> None:
    pass


HARMS = (gone, cut_short, emptied, garbage, a_bit_flipped, copy_gone, copy_emptied, nothing)


@pytest.mark.parametrize("harm", HARMS)
def test_a_file_that_is_hurt_forgets_nobody(harm: Callable[[Path, Path], None], tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=2)
    assert enters(place.project("/dead"), "a")
    assert enters(place.project("/dead"), "b")
    harm(place.file, place.file.with_name("studio.limits.lock"))
    assert not enters(place.project("/two"), "c")


def test_an_older_file_put_back_forgets_nobody(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=2)
    assert enters(place.project("/dead"), "a")
    older = place.file.read_bytes()
    assert enters(place.project("/dead"), "b")
    place.file.write_bytes(older)
    assert not enters(place.project("/two"), "c")


def test_whoever_is_alive_is_there_again_even_if_everything_was_deleted(tmp_path: Path) -> None:
    place = town(tmp_path, in_flight=3)
    one, two = place.project("/one"), place.project("/two")
    assert enters(one, "a")
    assert enters(one, "b")
    for file in place.file.parent.iterdir():
        file.unlink()
    does(one.answered("a"))
    assert enters(two, "c")
    assert not enters(two, "d")


@pytest.mark.parametrize("seed", range(25))
def test_whatever_happens_the_limits_hold(seed: int, tmp_path: Path) -> None:
    """Projects that order, land, die, come back; files that are hurt. The far side counts what is really there."""
    chance = Random(seed)
    place = town(tmp_path, chance.randint(1, 4), chance.choice((None, 3, 5)))
    names = ["/one", "/two", "/three"]
    gates = {name: place.project(name) for name in names}
    journal: dict[str, set[str]] = {name: set() for name in names}
    born: list[float] = []
    hurt = False
    for n in range(120):
        place.clock.at += chance.choice((0.0, 0.3, 2.0, 20.0))
        name = chance.choice(names)
        token, what = f"t{n}", chance.random()
        if hurt:  # whoever comes next
            does(gates[name].answered("nobody"))
            hurt = False
        if what < 0.5 and enters(gates[name], token):
            if chance.random() < 0.1:  # dies before its intent is written
                gates[name] = place.project(name)
                does(gates[name].resume(journal[name]))
                continue
            journal[name].add(token)
            born.append(place.clock.at)
            if chance.random() < 0.8:
                does(gates[name].answered(token))
        elif what < 0.75 and journal[name]:
            landed = chance.choice(sorted(journal[name]))
            journal[name].discard(landed)
            does(gates[name].leave(landed))
        elif what < 0.85:
            gates[name] = place.project(name)
            does(gates[name].resume(journal[name]))
        elif place.file.exists():
            chance.choice(HARMS)(place.file, place.file.with_name("studio.limits.lock"))
            hurt = True
        assert sum(map(len, journal.values())) <= (place.limits.in_flight or 0)
        lately = [at for at in born if at > place.clock.at - MINUTE]
        assert place.limits.per_minute is None or len(lately) <= place.limits.per_minute


def test_a_lock_that_another_process_keeps_is_an_error_that_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import fcntl

    place = town(tmp_path, in_flight=2)
    assert enters(place.project("/one"), "a")
    monkeypatch.setattr(module, "LOCKED", 0.05)
    with place.file.with_name("studio.limits.lock").open("rb") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(LocalTool, match="another process holds its lock"):
            enters(place.project("/two"), "b")


def test_a_file_that_cannot_be_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where a folder should be")
    with pytest.raises(LocalTool, match="share limits"):
        enters(town(tmp_path, in_flight=1).project("/one"), "a")


@pytest.mark.parametrize("name", ["studio.limits", "studio.limits.lock"])
@pytest.mark.parametrize("what", [b"export PATH=/bin\n", b"reelmake: 1\n", b'{"do":"intend"}\n', b"\0"])
def test_a_file_that_is_something_else_is_never_replaced(name: str, what: bytes, tmp_path: Path) -> None:
    file = tmp_path / name
    file.write_bytes(what)
    with pytest.raises(LocalTool, match="not a file of shared limits") as refused:
        enters(SharedLimits(tmp_path / "studio.limits", Limits(2), "/one"), "a")
    assert refused.value.code == "RM965"
    assert file.read_bytes() == what
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("name", ["studio.limits", "studio.limits.lock"])
def test_a_link_is_never_followed(name: str, tmp_path: Path) -> None:
    """Not even to limits of ours: whoever made it may have meant another file."""
    ours = town(tmp_path, in_flight=2)
    assert enters(ours.project("/one"), "a")
    before = ours.file.read_bytes()
    (tmp_path / name).symlink_to(ours.file)
    with pytest.raises(LocalTool, match="not a file of shared limits"):
        enters(SharedLimits(tmp_path / "studio.limits", Limits(2), "/two"), "b")
    assert ours.file.read_bytes() == before


def test_a_storyboard_names_limits_and_does_not_place_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache, film = tmp_path / "cache", tmp_path / "film"
    film.mkdir()
    monkeypatch.setenv("XDG_CACHE_HOME", str(cache))
    assert module.place(film, "studio.limits") == cache / "reelmake/limits/studio.limits"
    assert module.place(film, "~/.cache/reelmake/a/b") == cache / "reelmake/a/b"
    assert module.place(film, "ops/studio.limits") == film / "ops/studio.limits"
    (film / "ops").symlink_to(tmp_path)
    with pytest.raises(Unwilling):
        module.place(film, "ops/studio.limits")


def test_a_place_is_on_the_disk_before_its_order_is_sent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place, synced = town(tmp_path, in_flight=2), []
    gate = place.project("/one")
    monkeypatch.setattr(module.os, "fsync", lambda handle: synced.append(os.pread(handle, 10_000, 0)))
    assert enters(gate, "token-a")
    assert any(b"token-a" in whole for whole in synced)
    place.file.unlink()  # what a power cut may leave: the copy alone
    monkeypatch.undo()
    assert enters(place.project("/two"), "b")
    assert not enters(place.project("/three"), "c")
