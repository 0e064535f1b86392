"""The table of faults: what the world does, how the run ends, what the books say, and what the next run makes of it.

Every row of the facts about these services that reaches the engine is here: errors at creation, at polls and at
downloads, what others' servers say in their own ways, and what people lost money by.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelmake import errors
from reelmake.model import events
from reelmake.model.remote import Dead, Pending, Ready
from reelmake.model.step import Input
from reelmake.model.take import Attempt
from reelmake.plan.waitlist import State
from reelmake.store.journal import LocalJournal
from tests.support.virtual import VirtualClock
from tests.support.world import Crash, Vendor, World, mix, shot, steps

KITE = shot("a", "a kite")
BOARD = steps(KITE, mix("cut", "cut", Input("clip", step="shot:a")))


class Book(LocalJournal):
    """The real journal, with its lines' verbs, and faults of its own."""

    def __init__(self, file: Path, world: World) -> None:
        super().__init__(file, utc=lambda: VirtualClock().utc())
        self.world = world
        self.verbs: list[str] = []

    def _written(self, verb: str) -> None:
        self.world.fault(verb)
        self.verbs.append(verb)

    def intend(self, attempt: Attempt) -> None:
        self._written("intend")
        super().intend(attempt)

    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        self._written("submitted")
        super().submitted(token, remote, cost)

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None:
        self._written("kept")
        super().kept(token, key, digest, cost)

    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None, code: str = "") -> None:
        self._written("closed")
        super().closed(token, outcome, message, cost, code)


@dataclass(frozen=True)
class Fault:
    """`at`: effect -> errors raised there, one a call. `ends`: None = it goes well in the first run.

    `journal`: verbs of the first run. `ledger`: USD by column after it. `billed`: orders the vendor charges over all
    runs. `second`: does the second run, in a healthy world, make everything?
    """

    at: dict[str, list[Any]]
    ends: type[Exception] | None
    journal: str
    ledger: dict[str, str] = field(default_factory=dict)
    billed: int = 1
    second: bool = True
    world: dict[str, Any] = field(default_factory=dict)


WELL = "intend submitted kept"
OPEN = "intend submitted"
ENDED = "intend submitted closed"
SPENT, RESERVED, MAYBE, FREE = {"spent": "4"}, {"reserved": "4"}, {"maybe": "4"}, dict[str, str]()
FULL = errors.LocalTool("the disk is full")
AT_ONCE = {"vendor": Vendor(at_once=True)}


def hears(*statuses: Any) -> dict[str, Any]:
    return {"statuses": list(statuses)}


CREATION = {
    "429, with the wait that was asked for": Fault(
        {"submit": [errors.Transient("429", after=3.0)] * 2}, None, f"intend closed intend closed {WELL}", SPENT
    ),
    "429 with a wait of five minutes": Fault(
        {"submit": [errors.Transient("429", after=300.0)]}, None, f"intend closed {WELL}", SPENT
    ),
    "no route, refused connections: never sent": Fault(
        {"submit": [errors.Transient("connection refused")] * 6}, errors.Transient, "intend closed " * 6, FREE
    ),
    "a bad parameter; pixels that do not match": Fault(
        {"submit": [errors.Refused("400: must match the requested width and height")]},
        errors.Refused,
        "intend closed",
        FREE,
    ),
    "a prompt that moderation refuses, a pre-filter": Fault(
        {"submit": [errors.Moderated("400: moderation_blocked")]}, errors.Moderated, "intend closed", FREE
    ),
    "no money, a hard limit": Fault(
        {"submit": [errors.NoCredit("429: insufficient_quota")]}, errors.NoCredit, "intend closed", FREE
    ),
    "a wrong key": Fault({"submit": [errors.NoAccess("401")]}, errors.NoAccess, "intend closed", FREE),
    "an organisation that is not verified": Fault(
        {"submit": [errors.NoAccess("403")]}, errors.NoAccess, "intend closed", FREE
    ),
    "a deployment that is not live yet": Fault(
        {"submit": [errors.Refused("404: no such deployment")]}, errors.Refused, "intend closed", FREE
    ),
    "a 500 or a time-out, and the job is there": Fault(
        {"submit answer": [errors.Ambiguous("read time-out")]}, None, WELL, SPENT
    ),
    "a 500 or a time-out, and it is not": Fault(
        {"submit": [errors.Ambiguous("500")]}, None, f"intend closed {WELL}", SPENT
    ),
    "something nobody classified": Fault({"submit answer": [errors.StepError("?")]}, None, WELL, SPENT),
    "every request is lost": Fault(
        {"submit": [errors.Ambiguous("timeout")] * 6}, errors.Transient, "intend closed " * 6, FREE
    ),
    "the job is in the list half a minute later": Fault(
        {"submit answer": [errors.Ambiguous("502")]}, None, WELL, SPENT, world={"vendor": Vendor(lag=30.0)}
    ),
    "the job is in the list two minutes later, as is known": Fault(
        {"submit answer": [errors.Ambiguous("502")]},
        None,
        WELL,
        SPENT,
        world={"vendor": Vendor(lag=120.0), "known_lag": 120.0},
    ),
    "the job is in the list two minutes later, which nobody said": Fault(
        {"submit answer": [errors.Ambiguous("502")]},
        None,
        WELL,
        SPENT,
        world={"vendor": Vendor(lag=120), "known_lag": None},
    ),
    "the job is in the list an hour later, which nobody said": Fault(
        {"submit answer": [errors.Ambiguous("502")]},
        errors.Ambiguous,
        "intend",
        MAYBE,
        second=False,
        world={"vendor": Vendor(lag=3600.0), "known_lag": None},
    ),
    "it never arrived, and nobody knows how late the list is": Fault(
        {"submit": [errors.Ambiguous("500")]}, errors.Ambiguous, "intend", MAYBE, 0, False, {"known_lag": None}
    ),
    "the answer is lost and so is every question": Fault(
        {"submit answer": [errors.Ambiguous("timeout")], "find": [errors.Transient("503")] * 6},
        errors.Ambiguous,
        "intend",
        MAYBE,
    ),
    "the answer is lost and the vendor has no list": Fault(
        {"submit answer": [errors.Ambiguous("timeout")]},
        errors.Ambiguous,
        "intend",
        MAYBE,
        second=False,
        world={"can_find": False},
    ),
}
POLLS = {
    "5xx, garbage and time-outs for a while": Fault({"poll": [errors.Transient("502")] * 8}, None, WELL, SPENT),
    "nobody can be asked for a quarter of an hour": Fault(
        {"poll": [errors.Transient("502")] * 60}, errors.Transient, OPEN, RESERVED
    ),
    "a reply that makes no sense": Fault({"poll": [errors.Refused("400: what?")]}, errors.Refused, OPEN, RESERVED),
    "the key expires while it is made": Fault({"poll": [errors.NoAccess("401")]}, errors.NoAccess, OPEN, RESERVED),
    "a 404 right after the creation": Fault({"poll": [errors.Gone("404")] * 5}, None, WELL, SPENT),
    "404 for good": Fault({"poll": [errors.Gone("404")] * 6}, errors.Gone, ENDED, MAYBE, billed=2),
    "words and progress that nobody knows": Fault(
        {}, None, WELL, SPENT, world=hears(Pending(None, "THROTTLED"), Pending(0.9, "?"), Pending(0.0))
    ),
    "it takes six hours": Fault(
        {}, errors.Transient, OPEN, RESERVED, world={"vendor": Vendor(seconds=lambda job: 7 * 3600.0)}
    ),
    "a failed job": Fault({}, errors.StepError, ENDED, MAYBE, billed=2, world=hears(Dead("RM900", "internal_error"))),
    "a failed job that is refunded": Fault(
        {}, errors.StepError, ENDED, {"refunded": "4"}, 2, world=hears(Dead("RM900", "failed", Decimal(0)))
    ),
    "a failed job that is billed all the same": Fault(
        {}, errors.StepError, ENDED, {"spent": "2.5"}, 2, world=hears(Dead("RM900", "failed", Decimal("2.5")))
    ),
    "deleted or expired there": Fault({}, errors.Gone, ENDED, MAYBE, 2, world=hears(Dead("RM950", "expired"))),
    "cancelled there": Fault({}, errors.StepError, ENDED, MAYBE, 2, world=hears(Dead("RM900", "cancelled"))),
    "moderated after the render": Fault(
        {}, errors.Moderated, ENDED, MAYBE, 2, world=hears(Dead("RM921", "output_moderation"))
    ),
    "a parameter that is refused only later": Fault(
        {}, errors.Refused, ENDED, MAYBE, 2, world=hears(Dead("RM920", "bad duration"))
    ),
    "no money, said by the job": Fault({}, errors.NoCredit, ENDED, MAYBE, 2, world=hears(Dead("RM930", "quota"))),
}
DOWNLOADS = {
    "it breaks off": Fault({"fetch half": [errors.Transient("reset")] * 3}, None, WELL, SPENT),
    "5xx for as long as we ask": Fault({"fetch": [errors.Transient("502")] * 6}, errors.Transient, OPEN, RESERVED),
    "what comes is never whole": Fault(
        {"fetch half": [errors.LocalTool("no moov")] * 6}, errors.LocalTool, OPEN, RESERVED
    ),
    "the key expires before it": Fault({"fetch": [errors.NoAccess("401")]}, errors.NoAccess, OPEN, RESERVED),
    "completed, and the clip comes later": Fault({"fetch": [errors.Gone("404: no content")] * 5}, None, WELL, SPENT),
    "completed, and there is no clip; a link that expired": Fault(
        {"fetch": [errors.Gone("500: no response data")] * 6}, errors.Gone, ENDED, MAYBE, billed=2
    ),
}
MONEY = {
    "a price at the creation": Fault({}, None, WELL, {"spent": "0.4"}, world={"quote": Decimal("0.4")}),
    "a price at the end": Fault(
        {}, None, WELL, {"spent": "3"}, world={"quote": Decimal("0.4"), **hears(Ready(Decimal(3)))}
    ),
    "a price at the creation, and no clip": Fault(
        {}, errors.StepError, ENDED, {"maybe": "0.4"}, 2, world={"quote": Decimal("0.4"), **hears(Dead("RM900", "no"))}
    ),
    "a price at the creation, and not seen through": Fault(
        {"fetch": [errors.Transient("502")] * 6},
        errors.Transient,
        OPEN,
        {"reserved": "0.4"},
        world={"quote": Decimal("0.4")},
    ),
}
DISK = {
    "the intent cannot be written": Fault({"intend": [FULL]}, errors.LocalTool, "", FREE),
    "the answer cannot be written": Fault({"submitted": [FULL]}, None, "intend kept", SPENT),
    "the clip cannot be written": Fault({"keep": [FULL]}, errors.LocalTool, OPEN, RESERVED),
    "the end cannot be written": Fault({"kept": [FULL]}, None, OPEN, RESERVED),
    "that it was not sent cannot be written": Fault(
        {"submit": [errors.Transient("503")], "closed": [FULL]}, None, f"intend {WELL}", {"spent": "4", "maybe": "4"}
    ),
}
ANSWERS = {
    "it comes with the answer": Fault({}, None, WELL, SPENT, world=AT_ONCE),
    "what it costs is said with it": Fault({}, None, WELL, {"spent": "0.4"}, world=AT_ONCE | {"quote": Decimal("0.4")}),
    "not now, and then it comes": Fault(
        {"submit": [errors.Transient("429", after=3.0)]}, None, f"intend closed {WELL}", SPENT, world=AT_ONCE
    ),
    "the answer is lost, and there is no list": Fault(
        {"submit answer": [errors.Ambiguous("timeout")]}, errors.Ambiguous, "intend", MAYBE, 1, False, AT_ONCE
    ),
    "the answer cannot be written, and is kept all the same": Fault(
        {"submitted": [FULL]}, None, "intend kept", SPENT, world=AT_ONCE
    ),
    "the disk is full for a while": Fault({"keep": [FULL] * 3}, None, WELL, SPENT, world=AT_ONCE),
    "the store stays full, and has set it aside": Fault(
        {"keep": [FULL] * 6}, errors.Ambiguous, OPEN, RESERVED, world=AT_ONCE
    ),
    "the disk is full from the start": Fault(
        {"set aside": [FULL], "keep": [FULL] * 6}, errors.Ambiguous, OPEN, RESERVED, 1, False, AT_ONCE
    ),
    "what came cannot be looked at": Fault(
        {"examine": [errors.LocalTool("no sound")]}, errors.LocalTool, OPEN, RESERVED, world=AT_ONCE
    ),
    "the end cannot be written": Fault({"kept": [FULL]}, None, OPEN, RESERVED, world=AT_ONCE),
}
FAULTS = {
    f"{stage}: {name}": fault
    for stage, table in {
        "creation": CREATION,
        "polls": POLLS,
        "download": DOWNLOADS,
        "money": MONEY,
        "disk": DISK,
        "at once": ANSWERS,
    }.items()
    for name, fault in table.items()
}


@pytest.mark.parametrize("name", FAULTS)
def test_fault(name: str, tmp_path: Path) -> None:
    fault = FAULTS[name]
    world = World(tmp_path, **{"vendor": Vendor(), **fault.world, "statuses": [*fault.world.get("statuses", ())]})
    vendor = fault.world.get("vendor", Vendor())
    world.vendor = Vendor(seconds=vendor.seconds, lag=vendor.lag, at_once=vendor.at_once)
    world.faults = {effect: list(raised) for effect, raised in fault.at.items()}
    book = world.journal = Book(tmp_path / "journal", world)  # type: ignore[assignment]
    first = world.run(BOARD)
    result = first.results["shot:a"]
    if fault.ends is None:
        assert result.state is State.DONE, result.error
        assert first.results["cut"].state is State.DONE
    else:
        assert type(result.error) is fault.ends
        assert result.error.next_steps
        assert first.results["cut"].state is State.SKIPPED
    assert " ".join(book.verbs) == fault.journal.strip()
    columns = {c: getattr(book.ledger(), c) for c in ("reserved", "spent", "maybe", "refunded")}
    assert {c: usd for c, usd in columns.items() if usd} == {c: Decimal(usd) for c, usd in fault.ledger.items()}
    assert not list(tmp_path.glob("scratch*"))
    world.faults = {}
    second = world.run(BOARD)
    assert (second.results["cut"].state is State.DONE) == fault.second
    assert sum(world.vendor.bill.values()) == fault.billed
    if fault.second:
        assert book.open() == []
    third = world.run(BOARD)
    assert world.submitted == []
    assert (third.results["cut"].state is State.DONE) == fault.second


def test_a_dead_job_costs_perhaps_and_the_next_run_orders_anew(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 5.0))
    original = world.vendor.create

    def stillborn(*given: Any) -> Any:
        made = original(*given)
        made.dead = Dead("RM920", "output moderation")
        return made

    world.vendor.create = stillborn  # type: ignore[method-assign]
    first = world.run(BOARD)
    assert isinstance(first.results["shot:a"].error, errors.Refused)
    assert sum(world.vendor.bill.values()) == 1
    world.vendor.create = original  # type: ignore[method-assign]
    assert not world.run(BOARD).failed


def test_retries_of_moderated_clips_are_counted_over_all_runs(tmp_path: Path) -> None:
    world = World(tmp_path)
    board = steps(shot("a", "a kite", retry_moderation=1))
    orders = []
    for _ in range(3):
        world.statuses = [Dead("RM921", "a likeness")] * 9
        assert isinstance(world.run(board).results["shot:a"].error, errors.Moderated)
        orders.append(sum(world.vendor.bill.values()))
    assert orders == [2, 3, 4]  # each later run was asked for by a person, and orders once


@pytest.mark.parametrize("offset", [-7200.0, 7200.0])
def test_a_clock_that_was_set_pays_for_nothing_twice(tmp_path: Path, offset: float) -> None:
    """The first run dies after its order was taken; meanwhile the clock is set, and the vendor's list is late."""
    world = World(tmp_path, vendor=Vendor(lag=25.0))
    world.die_at = 6
    with pytest.raises(Crash):
        world.run(BOARD)
    (lost,) = world.journal.open()
    assert (lost.remote, sum(world.vendor.bill.values())) == ("", 1)
    at = datetime.fromisoformat(lost.at) + timedelta(seconds=offset)
    world.journal.attempts[lost.token] = replace(lost, at=at.isoformat(timespec="seconds"))
    world.die_at = None
    assert not world.run(BOARD).failed
    assert sum(world.vendor.bill.values()) == 1


def test_one_shot_that_fails_for_now_does_not_keep_the_others_waiting_for_ever(tmp_path: Path) -> None:
    world = World(tmp_path)
    board = steps(*(shot(f"s{n}", f"shot {n}") for n in range(20)))
    world.faults = {"submit": [errors.Transient("429", after=5.0)] * 30}
    outcome = world.run(board)
    assert not outcome.failed  # one goes ahead and asks; the others do not use up their tries
    assert len(world.told(events.StepRetrying)) == 30


def test_polls_do_not_pile_up(tmp_path: Path) -> None:
    world = World(tmp_path, vendor=Vendor(seconds=lambda job: 300.0))
    world.run(steps(shot("a", "a kite")))
    assert world.vendor.requests["poll"] < 60  # a wait is a tenth of the job's age at most
    took = world.told(events.StepDone)[0].at
    assert took < 300 * 1.1 + 1
