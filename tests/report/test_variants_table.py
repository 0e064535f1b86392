"""How the variants of a matrix are told: a table for people that stays short, and a plan that names what changes."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from reelmake.plan.result import VariantResult
from reelmake.report.variants_table import FEW, as_csv, table


def plain(text: str, tone: str) -> str:
    return text


MADE = VariantResult("oslo", "made", ("build/Oslo.mp4",), 1.5, Decimal("0.30"), "2026-11-30T10:00:00+00:00")
FAILED = VariantResult("lima", "failed", ("build/Lima.mp4", "build/Lima.jpg"), cost=None, error="RM921 no\x1b[2J\nway")


def test_those_that_are_not_made_stand_first_and_the_rest_is_a_count() -> None:
    left = VariantResult("rio", "not made", ("build/Rio.mp4",))
    assert table([left, MADE, replace(MADE, new=True), FAILED], plain).splitlines() == [
        "lima  failed    RM921 no\\x1b[2J\\nway",
        "rio   not made",
        "2 of 4 variants are made (1 of them now), 1 failed, 1 is not made; all are in build/summary.csv",
    ]


def test_many_that_failed_are_counted_too() -> None:
    lines = table([FAILED] * 900 + [MADE] * 100, plain).splitlines()
    assert len(lines) == FEW + 2
    assert lines[-2:] == [
        f"… and {900 - FEW} more that are not made",
        "100 of 1000 variants are made, 900 failed; all are in build/summary.csv",
    ]


def test_the_file_is_a_line_each() -> None:
    assert as_csv([MADE, FAILED]).splitlines() == [
        "variant,state,outputs,seconds,cost_usd,made,error",
        "oslo,made,build/Oslo.mp4,1.500,0.30,2026-11-30T10:00:00+00:00,",
        "lima,failed,build/Lima.mp4;build/Lima.jpg,,,,RM921 no\\x1b[2J\\nway",
    ]
