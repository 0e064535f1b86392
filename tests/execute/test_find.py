"""Orders whose answer was lost, where a list knows only words: which job is whose, and when nobody can say."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from reelmake import errors, ports
from reelmake.execute.order_desk import OrderDesk
from reelmake.model.remote import Accepted, Submission
from reelmake.model.step import Input, Step
from reelmake.model.take import Attempt
from reelmake.plan import commands
from reelmake.plan.key import digest, manifest
from tests.support.in_memory import MemoryJournal, MemoryStore
from tests.support.virtual import VirtualClock, run_virtual
from tests.support.world import Files, Media, Provider, World, shot

KITE, BLUE, RED = (
    shot("kite", "a kite"),
    shot("blue", "slow push in", Input("image", file="blue.png")),
    shot("red", "slow push in", Input("image", file="red.png")),
)


@dataclass
class Listing(Provider):
    """A vendor that lists what it is told to; `sends`: how long a submit takes."""

    jobs: list[str] = field(default_factory=list)
    unsure: list[str] = field(default_factory=list)
    sends: float = 0.0
    asked: int = 0

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        self.asked += 1
        await asyncio.sleep(1)
        if self.unsure:
            raise errors.Ambiguous("it does not say enough", jobs=self.unsure)
        return tuple(self.jobs)

    async def submit(self, submission: Submission) -> Accepted:
        self.jobs.append("job-late")
        await asyncio.sleep(self.sends)
        return Accepted("job-late")


@dataclass
class Office:
    """A desk with a journal, and orders placed at it."""

    folder: Path

    def __post_init__(self) -> None:
        world = World(self.folder)
        self.vendor, self.journal = Listing(world), MemoryJournal()
        store = MemoryStore(self.folder)
        self.desk = OrderDesk(
            {"studio": self.vendor},
            ports.World(store, self.journal, Media(world), VirtualClock(), Files(world)),
        )

    def intend(self, step: Step) -> tuple[commands.Intend, Attempt]:
        pairs = manifest(step, {i.label: i.file for i in step.inputs})
        order = commands.Intend("id", digest(pairs), step, pairs, 1)
        return order, self.desk.intend(order)

    async def lost(self, step: Step) -> Attempt:
        return self.intend(step)[1]


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path)


def take(n: int) -> Step:
    return shot(f"kite#{n}", "a kite", take=n)


def test_each_of_several_takes_gets_a_job_of_its_own(office: Office) -> None:
    async def main() -> list[str | None]:
        attempts = [await office.lost(take(n)) for n in (1, 2, 3)]
        office.vendor.jobs = ["job-1", "job-2"]
        return list(await asyncio.gather(*(office.desk.find(a) for a in attempts)))

    assert run_virtual(main())[0] == ["job-1", "job-2", None]


def test_more_jobs_than_lost_orders_are_a_riddle_that_names_them(office: Office) -> None:
    async def main() -> None:
        attempt = await office.lost(KITE)
        office.vendor.jobs = ["job-1", "somebody-elses"]
        await office.desk.find(attempt)

    with pytest.raises(errors.Ambiguous) as raised:
        run_virtual(main())
    assert raised.value.jobs == ("job-1", "somebody-elses")
    assert not office.journal.remotes()


def test_jobs_that_are_known_to_be_ours_are_not_taken_twice(office: Office) -> None:
    async def main() -> str | None:
        _, other = office.intend(take(1))
        office.journal.submitted(other.token, "job-1")
        attempt = await office.lost(take(2))
        office.vendor.jobs = ["job-1"]
        return await office.desk.find(attempt)

    assert run_virtual(main())[0] is None


def test_an_answer_that_could_not_be_written_is_known_all_the_same(office: Office) -> None:
    async def main() -> str | None:
        order, attempt = office.intend(take(1))
        accepted = await office.desk.submit(commands.Submit("id", attempt, order.step), {}, "")
        assert accepted.remote == "job-late"  # the disk is full: nothing is written of it
        return await office.desk.find(await office.lost(take(2)))

    assert run_virtual(main())[0] is None


def test_nothing_is_looked_for_while_an_order_like_it_is_being_sent(office: Office) -> None:
    office.vendor.sends = 30.0

    async def main() -> str | None:
        attempt = await office.lost(take(1))
        order, other = office.intend(take(2))
        sending = asyncio.ensure_future(office.desk.submit(commands.Submit("id", other, order.step), {}, ""))
        await asyncio.sleep(0)
        found = await office.desk.find(attempt)
        assert sending.done()
        return found

    found, ended = run_virtual(main())
    assert found is None  # the one job there is the other take's
    assert ended >= 30
    assert office.vendor.asked == 1


def test_an_order_that_is_begun_while_the_list_is_read_is_waited_for(office: Office) -> None:
    office.vendor.sends = 30.0

    async def main() -> str | None:
        attempt = await office.lost(take(1))
        finding = asyncio.ensure_future(office.desk.find(attempt))
        await asyncio.sleep(0.5)
        order, other = office.intend(take(2))
        await office.desk.submit(commands.Submit("id", other, order.step), {}, "")
        return await finding

    assert run_virtual(main())[0] is None


def test_ambiguous_orders_are_never_guessed(office: Office) -> None:
    async def main() -> None:
        blue, _ = await office.lost(BLUE), await office.lost(RED)
        office.vendor.jobs = ["job-1"]
        await office.desk.find(blue)

    with pytest.raises(errors.Ambiguous):
        run_virtual(main())


def test_jobs_that_the_vendor_is_unsure_of_are_no_riddle_if_they_are_known(office: Office) -> None:
    async def main() -> str | None:
        _, other = office.intend(KITE)
        office.journal.submitted(other.token, "job-1")
        office.vendor.unsure = ["job-1"]
        assert await office.desk.find(await office.lost(take(2))) is None
        office.vendor.unsure = ["job-1", "job-2"]
        return await office.desk.find(await office.lost(take(3)))

    with pytest.raises(errors.Ambiguous):
        run_virtual(main())


def test_an_order_that_was_taken_without_an_id_has_no_answer(office: Office) -> None:
    class Nameless(Listing):
        async def submit(self, submission: Submission) -> Accepted:
            return Accepted("")

    office.desk.providers["studio"] = Nameless(office.vendor.world)  # type: ignore[index]

    async def main() -> None:
        order, attempt = office.intend(KITE)
        await office.desk.submit(commands.Submit("id", attempt, order.step), {}, "")

    with pytest.raises(errors.Ambiguous):
        run_virtual(main())
