"""Stills, speech and music from the providers that come with reelmake, at `serve-fake`: nothing is paid twice, nothing
that was paid is forgotten, and the ledger is the bill."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import Ambiguous, LocalTool, Moderated, NoAccess, NoCredit, StepError
from reelmake.model.medium import medium_of
from reelmake.plan import provider_queue
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support import counter_run
from tests.support.counter_run import board, order, step
from tests.support.warm import Begin, cut_short, warm
from tests.support.world import steps

ALL = len(board())
ORDERS = {
    "openai-images": ("openai-images", "still", "a kite"),
    "openai-speech": ("openai-speech", "speech", "a kite climbs."),
    "elevenlabs": ("elevenlabs", "speech", "a kite climbs."),
}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(key=counter_run.KEY, bill=tmp_path / "bill")) as running:
        yield running


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_queue, "ARRIVED", 0.05)
    monkeypatch.setattr(provider_queue, "LATE", 0.1)


def billed(server: FakeServer) -> Decimal:
    return sum((Decimal(str(line["usd"])) for line in server.bill), Decimal(0))


def error(kind: str, server: FakeServer, project: Path, *script: str) -> StepError | None:
    """What became of one order with these faults."""
    ordered = step(*ORDERS[kind], extras={"script": list(script)})  # type: ignore[arg-type]
    outcome = order(project, server.address, steps(ordered))
    return outcome.failed[0].error if outcome.failed else None


def test_a_project_is_made_once_and_the_ledger_is_the_bill(server: FakeServer, project: Path) -> None:
    outcome = order(project, server.address, board())
    assert (len(outcome.made), outcome.failed) == (ALL, [])
    assert LocalJournal(project / "journal").ledger().spent == billed(server)
    operations = Counter(line["operation"] for line in server.bill)
    assert operations == {"image": 4, "image-edit": 2, "speech": 9, "music": 1}
    words = {dict(take.manifest)["prompt"]: take.facts.words for take in LocalStore(project).takes()}
    assert words["line 0 is of the roof."] == ()  # it does not tell
    assert [(word.text, word.begin) for word in words["verse 1, a kite."]] == [
        ("verse", 0),
        ("1,", Fraction(6, 16)),
        ("a", Fraction(9, 16)),
        ("kite.", Fraction(11, 16)),
    ]
    again = order(project, server.address, board())
    assert (len(again.made), len(again.reused), len(server.bill)) == (0, ALL, ALL)


LOST = ("drop", "half", "no-id", "content:cut", "content:html", "content:empty", "content:500", "content:chunked-cut")


@pytest.mark.parametrize("word", LOST)
@pytest.mark.parametrize("kind", ORDERS)
def test_an_answer_that_is_lost_was_paid_and_is_never_ordered_again(
    kind: str, word: str, server: FakeServer, project: Path
) -> None:
    assert isinstance(error(kind, server, project, word), Ambiguous)
    assert isinstance(error(kind, server, project, word), Ambiguous)
    assert len(server.bill) == 1
    assert not list(LocalStore(project).takes())
    ledger = LocalJournal(project / "journal").ledger()
    assert (ledger.spent, ledger.maybe + ledger.reserved) == (0, billed(server))


@pytest.mark.parametrize("word", ["garbage", "content:not-a-video", "content:damaged"])
def test_a_file_that_is_not_whole_is_not_kept(word: str, server: FakeServer, project: Path) -> None:
    for _ in range(2):
        failed = error("openai-images", server, project, word)
        assert isinstance(failed, Ambiguous | LocalTool)
        if word == "content:damaged":  # it is here, so another look at it is no help
            assert "with a file that is no usable still: it is cut off" in str(failed)
    assert len(server.bill) == 1
    assert not list(LocalStore(project).takes())


REFUSED = {"400-moderation": Moderated, "400-quota": NoCredit, "429-quota": NoCredit, "401": NoAccess}


@pytest.mark.parametrize("word", REFUSED)
@pytest.mark.parametrize("kind", ORDERS)
def test_a_refused_order_is_free_and_may_be_placed_again(
    kind: str, word: str, server: FakeServer, project: Path
) -> None:
    assert isinstance(error(kind, server, project, word), REFUSED[word])
    assert not server.bill
    ledger = LocalJournal(project / "journal").ledger()
    assert (ledger.spent, ledger.maybe, ledger.reserved) == (0, 0, 0)
    assert error(kind, server, project, word) is None
    assert len(server.bill) == 1


@pytest.mark.parametrize("word", ["refuse-429:0.1*2", "busy-503:0.1", "content:chunked", "content:slow:0.2"])
@pytest.mark.parametrize("kind", ORDERS)
def test_what_only_takes_longer_is_made(kind: str, word: str, server: FakeServer, project: Path) -> None:
    assert error(kind, server, project, word) is None
    assert LocalJournal(project / "journal").ledger().spent == billed(server) > 0


@pytest.fixture(scope="module")
def begin() -> Iterator[Begin]:
    with warm(waits=True) as begin:
        yield begin


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_killed_again_and_again(seed: int, server: FakeServer, project: Path, begin: Begin) -> None:
    """What a process had not heard yet when it was killed is lost: its order stays open, and says so. What it had heard
    is kept by the next one."""
    words, said = ["-m", "tests.support.counter_run", str(project), server.address], project.parent / "said"
    server.instruct("slow:0.2")
    for turn in range(6):
        cut_short(begin, words, said, 0.4 + 0.23 * ((seed + turn * 5) % 11))
    cut_short(begin, words, said, None)
    orders = Counter(line["prompt"] for line in server.bill)
    assert set(orders.values()) == {1}, "nothing was ordered, or something twice"
    journal, store = LocalJournal(project / "journal"), LocalStore(project)
    kept = {dict(take.manifest)["prompt"]: take for take in store.takes()}
    lost = {dict(attempt.manifest)["prompt"]: attempt for attempt in journal.open()}
    assert len(kept) + len(lost) >= ALL - 2, "it waited for what was lost, and for nothing else"
    assert kept
    assert len(lost) <= 3 * 6  # an order at each provider when it was killed
    assert not kept.keys() & lost.keys()
    assert kept.keys() <= orders.keys() <= kept.keys() | lost.keys()
    paid = sum(Decimal(str(line["usd"])) for line in server.bill if line["prompt"] in kept)
    ledger = journal.ledger()
    assert ledger.spent == paid
    assert ledger.spent + ledger.maybe + ledger.reserved >= billed(server)
    assert all(store.whole(take) for take in kept.values())
    assert {medium_of(attempt.manifest).name for attempt in lost.values()} <= {"still", "speech", "music"}
    assert not list((project / "tmp").glob("*"))
    cut_short(begin, words, said, None)
    assert Counter(line["prompt"] for line in server.bill) == orders
