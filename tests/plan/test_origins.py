"""That a take was made at another address than its provider has now: what is told, and of which."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reelmake.model.take import Facts, Record, Take
from reelmake.plan.origins import NAMED, moved, told, unsigned
from reelmake.plan.step_graph import graph
from tests.plan.test_decide import Shelf
from tests.plan.test_graph import shot

HERE, THERE = "https://api.studio.example", "http://10.0.0.5:8000"
TAKE = Take("k" * 64, "d" * 64, "shot", ".mp4", Facts(1), origin=THERE)


@pytest.mark.parametrize(
    ("origin", "pins", "expected"),
    [
        (THERE, {}, f"made at {THERE}, but atelier is at {HERE} now"),
        (f"{HERE} and {THERE}", {}, f"made at {HERE} and {THERE}, but atelier is at {HERE} now"),
        (THERE, {TAKE.key: ["e" * 64]}, f"made at {THERE}, but atelier is at {HERE} now"),  # it names other bytes
        (THERE, {TAKE.key: ["e" * 64, TAKE.digest]}, ""),
        (HERE, {}, ""),
        ("", {}, ""),  # drawn here, brought, or of a version that did not note it
    ],
)
def test_another_address_is_told_unless_the_lock_file_names_the_take(
    origin: str, pins: dict[str, list[str]], expected: str
) -> None:
    step = shot("a", "kite")
    assert step.order is not None
    step = replace(step, work=replace(step.order, provider="atelier"))
    assert moved(step, replace(TAKE, origin=origin), pins, {"atelier": HERE}.__getitem__) == expected


def test_it_stands_among_the_reasons_of_what_is_fresh_and_changes_no_verdict() -> None:
    shelf, made = Shelf(), graph([shot("a", "kite"), shot("b", "tram"), shot("c", "dusk")])
    for id, origin in (("shot:a#1", THERE), ("shot:b#1", HERE)):
        take = shelf.make(made.steps[id], {}, id[5] * 64)
        shelf.takes[take.key] = replace(take, origin=origin)
    before = shelf.plan(made)
    after = told(before, lambda step, take: take.origin.removeprefix(HERE))
    assert [d.reason for d in after.jobs] == [THERE, "", "never made"]
    assert [d.verdict for d in after.jobs] == [d.verdict for d in before.jobs]


def test_what_is_not_signed_is_named_as_people_know_it() -> None:
    takes = [replace(TAKE, key=f"{n}" * 64, digest=f"{n}" * 64) for n in range(NAMED + 2)]
    records = {"park": Record("park", takes={1: ("0" * 64, "0" * 64)})}
    said = unsigned(takes[:1], records, "REELMAKE_KEYS")
    assert said.startswith(f"park (made at {THERE}) is not signed, so only those use it whose lock file names it")
    assert "REELMAKE_KEYS" in said
    many = unsigned(takes, records, "")
    assert many.startswith(f"park (made at {THERE}), {'1' * 12} (made at {THERE}), ")
    assert f"{'4' * 12} (made at {THERE}) and 2 more are not signed, so only those use them" in many
