"""When captions are seen beside end cards: they end where one begins, and no words are lost for it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from reelmake.assemble.captions import cues
from reelmake.model.cut import Cut, Entry, Join
from reelmake.model.delivery import Cue
from reelmake.model.lettering import Lettering, Style
from reelmake.model.overlay import Captions
from reelmake.model.storyboard import Defaults, Shot, Storyboard

FPS = Fraction(24)
Titled = tuple[int | None, int | None]


def carded(shot: str, frames: int, titled: Titled | None, at: int = 0, style: Style = "end-card") -> Entry:
    """An entry, with a title if it is said when that is seen."""
    entry = Entry(shot, at, 0, frames)
    if titled is None:
        return entry
    return replace(entry, title="Fin", lettering=Lettering(style), titled=titled)


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
