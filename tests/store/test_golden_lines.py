"""Lines of the journal and records of takes as version 3401f3c wrote them of clips: read, and said the same today."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

import pytest

from reelmake.execute.order_desk import OrderDesk
from reelmake.model.medium import CLIP, medium_of
from reelmake.model.remote import HERE
from reelmake.model.step import Input
from reelmake.model.take import Facts
from reelmake.plan import commands
from reelmake.plan.key import digest, manifest
from reelmake.ports import World
from reelmake.store.journal import LocalJournal
from reelmake.store.record import from_take, to_take
from tests.support.world import shot

GOLDEN = Path(__file__).parent / "golden"
NOTHING: Any = None
STEPS = [
    shot("kite", "a kite, dawn", price="0.1"),
    shot(
        "dusk", "at dusk", Input("source", step="shot:kite"), operation="remix", seed=7, price=None, extras={"cfg": 7}
    ),
]


class Noon:
    """ports.Clock that stands still."""

    def utc(self) -> str:
        return "2026-11-30T12:00:00+00:00"

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise AssertionError


def lines(file: Path) -> list[object]:
    """What each line says; in which order it names things does not matter to who reads it."""
    return [json.loads(line.split(b" ", 2)[2]) for line in file.read_bytes().splitlines()]


def test_orders_for_clips_say_what_they_said(tmp_path: Path) -> None:
    journal = LocalJournal(tmp_path / "journal", utc=lambda: "2026-11-30T12:00:01+00:00")
    desk = OrderDesk({}, World(NOTHING, journal, NOTHING, Noon(), NOTHING))
    records = []
    for n, step in enumerate(STEPS):
        pairs = manifest(step, {"source": "ab" * 32})
        intend = commands.Intend("id", digest(pairs), step, pairs, 1, token=f"token-{n}")
        attempt = desk.intend(intend, "upload" if n else "", "2026-11-30T12:00:02+00:00" if n else "")
        journal.submitted(attempt.token, f"job/{n}", None if n else Decimal("0.40"))
        facts = Facts(10, Fraction(4), 96, Fraction(24), 64, 36, True)
        file, until = PurePath("x.mp4"), "2026-12-01T00:00:00Z"
        take = desk.take(commands.Keep("id", attempt, file, facts, Decimal("0.4"), 3.5, until))
        records.append(json.loads(json.dumps(from_take(take))))
        journal.kept(attempt.token, attempt.key, "cd" * 32, Decimal("0.4"))
    assert lines(tmp_path / "journal") == lines(GOLDEN / "journal")
    assert records == json.loads((GOLDEN / "takes.json").read_text())


NOW, THEN = "https://api.studio.example", "http://10.0.0.5:8000"


@pytest.mark.parametrize(
    ("ordered", "remote", "fetched", "expected"),
    [
        (NOW, "job/1", NOW, NOW),
        (THEN, "job/1", NOW, f"{THEN} and {NOW}"),
        (THEN, f"{HERE}token", NOW, THEN),  # it came with the answer, and is fetched nowhere
        ("", "job/1", NOW, NOW),  # ordered by a version that did not note it
        ("", f"{HERE}token", NOW, ""),
    ],
)
def test_where_it_was_made_is_known_from_the_first_line_on(
    ordered: str, remote: str, fetched: str, expected: str, tmp_path: Path
) -> None:
    """A run that dies after any line leaves it to the next one, which may know the provider by another address."""
    step = STEPS[0]
    pairs = manifest(step, {})

    def desk(origin: str) -> OrderDesk:
        journal = LocalJournal(tmp_path / "journal", utc=lambda: "2026-11-30T12:00:01+00:00")
        world = World(NOTHING, journal, NOTHING, Noon(), NOTHING)
        return OrderDesk({}, world, {"studio": origin} if origin else {})

    first = desk(ordered)
    token = first.intend(commands.Intend("id", digest(pairs), step, pairs, 1)).token
    first.world.journal.submitted(token, remote)
    second = desk(fetched)
    (attempt,) = second.world.journal.open()
    assert attempt.origin == ordered
    take = second.take(commands.Keep("id", attempt, PurePath("x.mp4"), Facts(10), Decimal("0.4"), 3.5, ""))
    assert take.origin == expected
    written = json.loads(json.dumps(from_take(replace(take, digest="cd" * 32))))
    assert ("origin" in written) == bool(expected)
    assert to_take(written).origin == expected


@pytest.mark.parametrize("number", range(2))
def test_orders_of_then_are_read_as_orders_for_clips(number: int, tmp_path: Path) -> None:
    (tmp_path / "journal").write_bytes((GOLDEN / "journal").read_bytes())
    entry = LocalJournal(tmp_path / "journal").entries()[number]
    assert (entry.standing, entry.attempt.remote, entry.attempt.suffix) == ("kept", f"job/{number}", ".mp4")
    assert medium_of(entry.attempt.manifest) is CLIP
    assert entry.attempt.manifest == manifest(STEPS[number], {"source": "ab" * 32})
