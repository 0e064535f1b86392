"""Captions of what is said: when the words are, in two lines at most, and never two people's in one."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest

from reelmake.assemble.spoken_cues import spoken_cues
from reelmake.model.cut import Cut, Entry, HeardLine
from reelmake.model.overlay import Cue
from reelmake.model.speech import estimate
from reelmake.model.time import SAMPLE_RATE
from reelmake.plan.spoken_words import evenly


def said(*lines: tuple[str, float], seconds: int = 60, **more: object) -> tuple[Cue, ...]:
    """Cues of lines that begin at so many seconds."""
    heard = [
        HeardLine("a.say", round(at * SAMPLE_RATE), words=evenly(text, "", estimate(text)), **more)  # type: ignore[arg-type]
        for text, at in lines
    ]
    return spoken_cues(Cut(Fraction(24), (Entry("a", 0, 0, 24 * seconds),), (), tuple(heard)))


def test_sentences_are_cues_and_long_ones_break_at_a_clause() -> None:
    text = "It is early. The kites are still on the ground, every one of them, and the trams are waiting"
    found = said((f"{text} for the first of us.", 1))
    assert [cue.text for cue in found] == [
        "It is early.",
        "The kites are still on the ground,\nevery one of them,",
        "and the trams are waiting\nfor the first of us.",
    ]
    assert (found[0].begin, found[1].begin) == (1040, found[0].end)  # a gap that short would flash


def test_short_sentences_share_a_cue() -> None:
    assert [cue.text for cue in said(("Come on! She runs. Up.", 0))] == ["Come on! She runs. Up."]


def test_a_cue_stays_a_moment_and_no_longer_than_the_cut() -> None:
    (cue,) = said(("No.", 2))
    assert cue.end - cue.begin == 900
    assert said(("No.", 2), seconds=2) == ()
    (late,) = said(("No.", 1.5), seconds=2)
    assert late.end == 2000


def test_who_goes_on_begins_with_a_dash() -> None:
    words = evenly("She runs.", "", estimate("She runs."))
    line = HeardLine("a.say.2", 0, words=words, turn=True)
    (cue,) = spoken_cues(Cut(Fraction(24), (Entry("a", 0, 0, 240),), (), (line,)))
    assert cue.text == "– She runs."


def test_what_is_cut_off_is_not_read() -> None:
    text = "Come home. The tram waits."
    words = evenly(text, "", estimate(text))
    first = HeardLine("a.say", 0, end=words[1].end, words=words)
    then = HeardLine("a.say", 5 * SAMPLE_RATE, start=words[2].begin, words=words)
    found = spoken_cues(Cut(Fraction(24), (Entry("a", 0, 0, 240),), (), (first, then)))
    assert [(cue.begin, cue.text) for cue in found] == [(40, "Come home."), (5000, "The tram waits.")]


def test_scripts_without_spaces_have_none() -> None:
    assert [cue.text for cue in said(("風が吹く。凧は飛ぶ。", 0))] == ["風が吹く。凧は飛ぶ。"]


@pytest.mark.parametrize("number", range(100))
def test_every_word_is_read_once_in_lines_that_fit(number: int) -> None:
    chance = Random(number)
    words = [chance.choice(["kite", "roof,", "a", "No!", "gardens", "end.", "understandably", "風"]) for _ in range(60)]
    text = " ".join(words[: chance.randint(1, 60)])
    found = said((text, chance.randint(0, 3)))
    assert "".join("".join(cue.text.split()) for cue in found) == "".join(text.split())
    for cue, after in zip(found, (*found[1:], None), strict=True):
        assert len(cue.text.split("\n")) <= 2
        assert max(map(len, cue.text.split("\n"))) <= 42
        assert cue.begin < cue.end
        assert after is None or cue.end <= after.begin
