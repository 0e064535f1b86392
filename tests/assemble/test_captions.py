"""When captions are seen: beside end cards, where no words are lost for one, and beside each other."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from time import process_time

import pytest

from reelmake.assemble.captions import check, cues, printed, shown
from reelmake.assemble.ties import tied
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut, Entry, Join
from reelmake.model.overlay import SPOKEN, Captions, Cue, Lettering, Style, TimedText, Title
from reelmake.model.storyboard import Defaults, Shot, Storyboard

FPS = Fraction(24)
Titled = tuple[int | None, int | None]


def carded(shot: str, frames: int, titled: Titled | None, at: int = 0, style: Style = "end-card") -> Entry:
    """An entry, with a title if it is said when that is seen."""
    entry = Entry(shot, at, 0, frames)
    if titled is None:
        return entry
    return replace(entry, titles=(TimedText("Fin", Lettering(style), *titled),))


def said(cut: Cut, captions: Captions = Captions(), **words: str) -> list[tuple[int, int, str]]:  # noqa: B008  frozen
    shots = {id: Shot(id, file=f"{id}.mp4", caption=text) for id, text in words.items()}
    board = Storyboard("", shots, {}, {}, Defaults(), captions=captions, fps=FPS)
    return [(cue.begin, cue.end, cue.text) for cue in cues(cut, board)]


@pytest.mark.parametrize(
    ("titled", "expected"),
    [
        (None, [(0, 4000)]),
        ((None, 48), [(0, 2000)]),  # the last two seconds
        ((24, None), [(0, 1000)]),  # from a second on
        ((24, 24), [(0, 1000), (2000, 4000)]),
        ((0, 24), [(1000, 4000)]),
        ((None, None), [(0, 4000)]),  # all of it: the words would be lost
    ],
)
def test_a_caption_of_a_shot_ends_where_its_end_card_begins(titled: Titled | None, expected: list[object]) -> None:
    assert said(Cut(FPS, (carded("a", 96, titled),)), a="A") == [(*times, "A") for times in expected]  # type: ignore[misc]


def test_it_ends_where_the_card_of_the_next_entry_comes_in() -> None:
    cut = Cut(FPS, (carded("a", 48, None), carded("b", 48, (None, None), 36)), (Join("dissolve", 12),))
    assert said(cut, a="A") == [(0, 1500, "A")]
    turned = Cut(FPS, (carded("a", 48, (None, None)), carded("b", 48, None, 36)), (Join("dissolve", 12),))
    assert said(turned, b="B") == [(2000, 3500, "B")]


def test_a_shot_that_is_seen_elsewhere_says_nothing_on_a_card() -> None:
    cut = Cut(FPS, (carded("a", 48, None), carded("a", 48, (None, None), 48)), (None,))
    assert said(cut, a="A") == [(0, 2000, "A")]


def test_other_titles_end_no_captions() -> None:
    assert said(Cut(FPS, (carded("a", 96, (24, 48), style="title"),)), a="A") == [(0, 4000, "A")]


def test_a_caption_of_a_file_ends_at_a_card_unless_it_is_meant_for_it() -> None:
    """One that is hardly seen before the card begins is."""
    cut = Cut(FPS, (carded("a", 96, (None, 48)),))
    spoken = (Cue(500, 3000, "over"), Cue(1500, 3500, "late"), Cue(2500, 9000, "on"))
    captions = Captions("talk.srt", cues=spoken)
    assert said(cut, captions, a="") == [(500, 2000, "over"), (1500, 3500, "late"), (2500, 4000, "on")]


@pytest.mark.parametrize(
    ("begins", "said"),
    [
        ((0, 3999), []),
        ((0, 4000), ["this caption starts after the end of the cut, which is 0:04.0 (96 frames) long"]),
        (
            (3_600_000, 3_601_000),
            ["this caption and 1 more start after the end of the cut, which is 0:04.0 (96 frames) long"],
        ),
    ],
)
def test_captions_after_the_end_are_told(begins: tuple[int, ...], said: list[str]) -> None:
    report, spoken = Report(), tuple(Cue(at, at + 1000, "A") for at in begins)
    board = Storyboard("", {"a": Shot("a", file="a.mp4")}, {}, {}, Defaults(), captions=Captions("a.srt", cues=spoken))
    check(Cut(FPS, (carded("a", 96, None),)), board, report)
    assert [(item.code, item.message) for item in report.items] == [("RM486", message) for message in said]


# Captions that are burnt in


def seen(*spoken: Cue, first: int = 0, count: int = 96) -> list[tuple[str, int, int, int]]:
    return [(t.text, t.first, t.frames, t.cues) for t in printed(shown(spoken, FPS), SPOKEN, first, count)]


def test_what_is_said_at_once_stands_in_one_card() -> None:
    talk = Cue(0, 3000, "WHERE ARE YOU GOING?"), Cue(1000, 4000, "to the harbour")
    both = "WHERE ARE YOU GOING?\nto the harbour"
    expected = [("WHERE ARE YOU GOING?", 0, 24, 1), (both, 24, 48, 2), ("to the harbour", 72, 24, 1)]
    assert seen(*talk) == expected
    assert seen(*talk, first=48, count=24) == [(both, 0, 24, 2)]


def test_captions_that_do_not_meet_are_cards_of_their_own() -> None:
    assert seen(Cue(0, 1000, "A"), Cue(1000, 2000, "B"), Cue(3000, 9000, "C")) == [
        ("A", 0, 24, 1),
        ("B", 24, 24, 1),
        ("C", 72, 24, 1),
    ]


def test_captions_that_meet_by_a_slip_do_not_flash() -> None:
    assert seen(Cue(0, 1100, "A"), Cue(1000, 2000, "B")) == [("A", 0, 24, 1), ("B", 24, 24, 1)]
    inside = seen(Cue(0, 2000, "A"), Cue(900, 1000, "B"))
    assert [(words, cues) for words, _, _, cues in inside] == [("A", 1), ("A\nB", 2), ("A", 1)]


def test_many_captions_take_no_longer_each() -> None:
    began = process_time()
    assert len(seen(*(Cue(n, n + 1, "A") for n in range(0, 100_000, 2)), count=2400)) == 1200
    assert process_time() - began < 10


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Over 40 000 000 people", "Over 40_000_000 people"),
        ("5 % off, 12 km, 20 °C; 5 kg.", "5_% off, 12_km, 20_°C; 5_kg."),
        ("Prix : quoi ? « Bon » !", "Prix_: quoi_? «_Bon_»_!"),
        ("No 5 minutes, § 3, $ 10", "No 5 minutes, §_3, $_10"),
        ("Level 3 means in 12 months", "Level 3 means in 12 months"),
        ("It is so", "It is so"),
    ],
)
def test_blanks_at_which_no_line_ends(words: str, expected: str) -> None:
    assert tied(words) == expected.replace("_", "\xa0")


def test_a_caption_is_clear_of_just_the_titles_that_are_seen_meanwhile() -> None:
    chance = random.Random(12)
    for _ in range(300):
        times = [sorted(chance.sample(range(0, 12_000, 250), 2)) for _ in range(chance.randrange(8))]
        spoken = tuple(Cue(begin, end, f"said {n}") for n, (begin, end) in enumerate(sorted(times)))
        spans = [sorted(chance.sample(range(300), 2)) for _ in range(chance.randrange(12))]
        standing = [(since, until, Title(f"title {n}", 0, 0, SPOKEN)) for n, (since, until) in enumerate(spans)]
        for comes, goes, _, beside in shown(spoken, FPS, standing):
            assert beside == tuple(title for since, until, title in standing if since < goes and comes < until)
