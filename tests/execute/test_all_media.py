"""Orders of all four media through the real engine, against a server on loopback: kept once, paid once, to the cent.

Stills and speech are answered with the file itself; what is lost of such an answer is ambiguous, and not ordered again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import Ambiguous, Moderated, NoCredit
from reelmake.execute.runner import Outcome
from reelmake.model.medium import medium_of
from reelmake.model.step import Step
from reelmake.plan import provider_queue
from reelmake.store.journal import LocalJournal
from reelmake.store.lines import Lines
from reelmake.store.local import LocalStore
from tests.support import atelier as atelier_forms
from tests.support import studio_run
from tests.support.atelier import Atelier, atelier, step
from tests.support.warm import Begin, cut_short, warm
from tests.support.world import Crash, steps

ALL = len(studio_run.board())
MOMENTS = 8  # of one order: before and behind each of three lines, and the store


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Atelier]:
    with atelier(tmp_path) as world:
        yield world


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_queue, "SOONEST_POLL", 0.01)
    monkeypatch.setattr(provider_queue, "ARRIVED", 0.05)
    monkeypatch.setattr(provider_queue, "LATE", 0.1)


def verbs(folder: Path) -> list[str]:
    return [str(record["do"]) for _, record in Lines(folder / "journal", "the journal").read().records]


def failure(outcome: Outcome) -> Exception:
    (failed,) = outcome.failed
    assert failed.error is not None
    return failed.error


def test_every_medium_is_kept_once_with_three_lines(server: Atelier, project: Path) -> None:
    outcome = studio_run.order(project, server.url, studio_run.board())
    assert (len(outcome.made), outcome.failed) == (ALL, [])
    journal, store = LocalJournal(project / "journal"), LocalStore(project)
    assert Counter(verbs(project)) == {"intend": ALL, "submitted": ALL, "kept": ALL}
    assert len(server.charged) == ALL
    assert journal.ledger().spent == server.dollars
    takes = list(store.takes())
    assert Counter((take.kind, take.suffix) for take in takes) == {
        ("still", ".png"): 1, ("still", ".webp"): 1, ("shot", ".mp4"): 1, ("speech", ".wav"): 2, ("music", ".wav"): 1,
    }  # fmt: skip
    for take in takes:
        facts = take.facts
        assert store.whole(take)
        assert (facts.width is not None, facts.seconds is not None, facts.audio) == {
            "still": (True, False, False), "shot": (True, True, False), "speech": (False, True, True),
            "music": (False, True, True),
        }[take.kind]  # fmt: skip
    again = studio_run.order(project, server.url, studio_run.board())
    assert (len(again.made), len(again.reused)) == (0, ALL)
    assert len(server.charged) == ALL


def test_a_still_is_sent_on_as_it_came(server: Atelier, project: Path) -> None:
    studio_run.order(project, server.url, studio_run.board())
    (edit,) = [line for line in server.charged if line["what"] == "edits"]
    assert edit["picture"].startswith("data:image/png;base64,")


def test_when_words_are_said_is_kept_with_the_take(server: Atelier, project: Path) -> None:
    graph = steps(step("speech", "The kite climbs."))
    assert not studio_run.order(project, server.url, graph, form=atelier_forms.TELLING).failed
    (take,) = LocalStore(project).takes()
    assert [(word.text, word.begin, word.end) for word in take.facts.words] == [
        ("The", 0, Fraction(3, 50)),
        ("kite", Fraction(2, 25), Fraction(4, 25)),
        ("climbs.", Fraction(9, 50), Fraction(8, 25)),
    ]
    assert LocalStore(project).find(take.key) == take
    again = studio_run.order(project, server.url, graph, form=atelier_forms.TELLING)
    assert (len(again.made), len(again.reused), len(server.charged)) == (0, 1, 1)
    plain = studio_run.order(project, server.url, graph)  # when words are said is no part of what was ordered
    assert (len(plain.made), len(server.charged)) == (0, 1)


def test_times_beyond_the_end_of_a_sound_are_left_out_and_noted(server: Atelier, project: Path) -> None:
    graph = steps(step("speech", "A kite that climbs, and climbs, and climbs."))  # 0.86 s by them, of half a second
    assert not studio_run.order(project, server.url, graph, form=atelier_forms.TELLING).failed
    (take,) = LocalStore(project).takes()
    assert take.facts.words == ()
    assert take.facts.notes == (
        "when its words are said is not known: the provider's times go beyond the end of its sound",
    )


@pytest.mark.parametrize("medium", ["still", "speech"])
@pytest.mark.parametrize("fault", ["lost", "empty", "page", "cut"])
def test_a_lost_answer_is_ambiguous_and_never_ordered_again(
    medium: str, fault: str, server: Atelier, project: Path
) -> None:
    graph = steps(step(medium, "a kite"))  # type: ignore[arg-type]
    server.faults = [fault]
    error = failure(studio_run.order(project, server.url, graph))
    assert isinstance(error, Ambiguous)
    for _ in range(2):  # its list has jobs only: that the order is not in it says nothing
        error = failure(studio_run.order(project, server.url, graph))
        assert isinstance(error, Ambiguous)
        assert not [said for said in error.next_steps if "jobs adopt" in said]  # there is no job that could be it
        assert [said for said in error.next_steps if "jobs rm" in said]
    assert len(server.charged) == 1
    assert not list(LocalStore(project).takes())
    ledger = LocalJournal(project / "journal").ledger()
    assert ledger.spent == 0
    assert ledger.maybe + ledger.reserved == _price(graph)


def _price(graph: dict[str, Step]) -> object:
    return sum(step.cost or 0 for step in graph.values())


def test_an_answer_that_is_no_whole_file_is_never_kept(server: Atelier, project: Path) -> None:
    server.faults = ["spoiled"]
    graph = steps(step("still", "a kite"))
    assert failure(studio_run.order(project, server.url, graph))
    assert not list(LocalStore(project).takes())
    assert LocalJournal(project / "journal").ledger().spent == 0
    assert failure(studio_run.order(project, server.url, graph))
    assert len(server.charged) == 1


@pytest.mark.parametrize(("fault", "kind"), [("blocked", Moderated), ("broke", NoCredit)])
def test_a_refused_order_is_free(fault: str, kind: type[Exception], server: Atelier, project: Path) -> None:
    server.faults = [fault]
    graph = steps(step("speech", "a kite"))
    assert isinstance(failure(studio_run.order(project, server.url, graph)), kind)
    assert verbs(project) == ["intend", "closed"]
    assert LocalJournal(project / "journal").ledger().maybe == 0
    assert not studio_run.order(project, server.url, graph).failed
    assert len(server.charged) == 1


@pytest.mark.slow
@pytest.mark.parametrize("medium", ["still", "speech", "music"])
def test_killed_at_every_line(medium: str, server: Atelier, tmp_path: Path) -> None:
    """Before it, behind it, and around the store: at most one is charged for, and it is kept, or known to be lost."""
    ends = []
    for at in range(1, MOMENTS + 2):
        folder, before = tmp_path / f"p{at}", len(server.charged)
        folder.mkdir()
        graph = steps(step(medium, f"kite {at}"))  # type: ignore[arg-type]
        fate = studio_run.Fate(at)
        with suppress(Crash):
            studio_run.order(folder, server.url, graph, fate)
        outcome = studio_run.order(folder, server.url, graph)
        journal, kept = LocalJournal(folder / "journal"), len(list(LocalStore(folder).takes()))
        assert len(server.charged) - before == 1 or (at == 2 and medium != "music")
        assert (kept, len(outcome.failed)) in ((1, 0), (0, 1))
        assert all(isinstance(result.error, Ambiguous) for result in outcome.failed)
        assert len(journal.open()) == 1 - kept or at == MOMENTS - 1
        assert not list((folder / "tmp").glob("*"))
        ends.append(kept)
    at_once = [1, 0, 1, 1, 1, 1, 1, 1, 1]  # between its intent and its answer nobody can know
    assert ends == ([1] * (MOMENTS + 1) if medium == "music" else at_once)


@pytest.fixture(scope="module")
def begin() -> Iterator[Begin]:
    with warm(waits=True) as begin:
        yield begin


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_killed_again_and_again(seed: int, server: Atelier, project: Path, begin: Begin) -> None:
    """Nothing is paid twice, nothing that was paid is forgotten. What comes at once and was not heard yet is lost
    with the process: its order stays open, and says so. Clips and music are found again."""
    words, said = ["-m", "tests.support.studio_run", str(project), server.url], project.parent / "said"
    for turn in range(6):
        cut_short(begin, words, said, 0.05 + 0.13 * ((seed + turn * 5) % 9))
    cut_short(begin, words, said, None)
    charged = Counter(line["prompt"] for line in server.charged)
    assert set(charged.values()) == {1}
    journal, store = LocalJournal(project / "journal"), LocalStore(project)
    kept = {dict(take.manifest)["prompt"] for take in store.takes()}
    lost = {dict(attempt.manifest)["prompt"]: medium_of(attempt.manifest).name for attempt in journal.open()}
    assert not kept & lost.keys()
    assert set(lost.values()) <= {"still", "speech"}
    assert kept <= charged.keys() <= kept | lost.keys()
    assert {"park in motion", "strings, hopeful"} <= kept
    paid = sum(Decimal(line["cents"]) / 100 for line in server.charged if line["prompt"] in kept)
    ledger = journal.ledger()
    assert ledger.spent == paid
    assert ledger.spent + ledger.maybe + ledger.reserved >= server.dollars
    assert not list((project / "tmp").glob("*"))
    assert cut_short(begin, words, said, None)[0] == 0
    assert Counter(line["prompt"] for line in server.charged) == charged
