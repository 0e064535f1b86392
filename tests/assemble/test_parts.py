"""What of an entry is encoded by itself, so that other words in a title cost no more than their seconds."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from reelmake.assemble.titles import parts
from reelmake.model.cut import Cut, Entry, Join
from reelmake.model.overlay import PLAIN, TimedText

FPS = Fraction(24)


def cut(frames: int, **how: object) -> Cut:
    """One entry between two of its like, with dissolves of half a second."""
    entry = Entry("a", 0, 0, frames, titles=(TimedText("Hello", **how),))  # type: ignore[arg-type]
    return Cut(FPS, (entry, entry, entry), (Join("dissolve", 12), Join("dissolve", 12)))


@pytest.mark.parametrize(
    ("frames", "titled", "expected"),
    [
        (192, (None, None), [(12, 114), (126, 54)]),  # from a quarter of a second on, for four and a half
        (192, (48, 48), [(12, 36), (48, 48), (96, 84)]),
        (192, (24, 144), [(12, 168)]),  # less than a second at both ends
        (192, (150, 60), [(12, 138), (150, 30)]),  # it goes on in the join
        (192, (72, 6), [(12, 60), (72, 108)]),  # short words are not made apart
        (30, (None, None), [(12, 6)]),
        (24, (None, None), []),
    ],
)
def test_parts_of_a_titled_entry(
    frames: int, titled: tuple[int | None, int | None], expected: list[tuple[int, int]]
) -> None:
    at, lasts = titled
    assert parts(cut(frames, at=at, lasts=lasts), 1) == expected


def test_an_entry_without_words_is_one_and_so_is_an_end_card() -> None:
    assert parts(replace(cut(192), entries=(Entry("a", 0, 0, 192),) * 3), 1) == [(12, 168)]
    assert parts(cut(192, lettering=replace(PLAIN, style="end-card")), 1) == [(12, 168)]
