"""When words are said that nobody told the times of: by the pauses of the sound, and evenly where it has none."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest

from reelmake.model.speech import estimate
from reelmake.plan.spoken_words import by_pauses, evenly

TEXT = "It is early. The kites are still on the ground, every one of them! Who runs?"


def edges(*seconds: float) -> list[Fraction]:
    return [Fraction(str(s)) for s in seconds]


def test_evenly_is_as_it_is_estimated() -> None:
    words = evenly(TEXT, "", 2 * estimate(TEXT))
    usual = evenly(TEXT, "", estimate(TEXT))
    assert [w.text for w in words] == TEXT.split()
    assert [(w.begin, w.end) for w in words] == [(2 * w.begin, 2 * w.end) for w in usual]
    assert words[-1].end < 2 * estimate(TEXT)


def test_sentences_begin_behind_their_pauses() -> None:
    heard = by_pauses(TEXT, "", edges(0.5, 1.6, 2.4, 5.9, 6.3, 7.0))
    said = {word.text: word for word in heard}
    assert [w.text for w in heard] == TEXT.split()
    assert (said["It"].begin, said["early."].end) == (Fraction("0.5"), Fraction("1.6"))
    assert (said["The"].begin, said["them!"].end) == (Fraction("2.4"), Fraction("5.9"))
    assert (said["Who"].begin, said["runs?"].end) == (Fraction("6.3"), Fraction("7.0"))


def test_a_pause_within_a_sentence_is_not_taken_for_its_end() -> None:
    heard = by_pauses(TEXT, "", edges(0.1, 1.2, 1.7, 3.4, 3.55, 5.0, 5.4, 6.1))  # a short one at the comma
    said = {word.text: word for word in heard}
    assert (said["early."].end, said["The"].begin) == (Fraction("1.2"), Fraction("1.7"))
    assert (said["them!"].end, said["Who"].begin) == (Fraction("5.0"), Fraction("5.4"))


def test_a_sentence_without_a_pause_goes_on() -> None:
    heard = by_pauses(TEXT, "", edges(0, 6))
    assert (heard[0].begin, heard[-1].end) == (0, 6)
    assert all(a.end <= b.begin for a, b in pairwise(heard))


@pytest.mark.parametrize("number", range(100))
def test_words_never_overlap_or_leave_the_sound(number: int) -> None:
    chance = Random(number)
    text = (
        "".join(
            chance.choice(["run ", "on. ", "kites, ", "No! ", "風が吹く。", "— "]) for _ in range(chance.randint(1, 40))
        )
        + "end"
    )
    moments = sorted(chance.sample(range(1000), 2 * chance.randint(1, 6)))
    heard = by_pauses(text, "", [Fraction(m, 100) for m in moments])
    assert heard[0].begin == Fraction(moments[0], 100)
    assert heard[-1].end == Fraction(moments[-1], 100)
    assert all(a.begin < a.end <= b.begin for a, b in pairwise(heard))
