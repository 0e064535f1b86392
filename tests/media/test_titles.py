"""Titles in a rendered cut: seen when they are due, and made again only where they are seen."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from shutil import copy

import pytest

from reelmake.assemble.cutting import timeline
from reelmake.assemble.titles import clashes, titles
from reelmake.diagnostics import Report
from reelmake.media.font import font
from reelmake.model.cut_entries import CutEntry
from reelmake.model.frame import Size
from reelmake.model.order import Slate
from reelmake.model.overlay import EntryTitle, Lettering
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import mp4
from reelmake.plan.key import key
from tests.support.film import Room, entry, into, pictures, read

CARD = Lettering("end-card", logo="logo.png")
pytestmark = pytest.mark.slow


def titled(
    shot: str, look: Lettering, at: str | None = None, seconds: str | None = None, text: str = "Fin"
) -> CutEntry:
    when = (None if value is None else Fraction(value) for value in (at, seconds))
    return replace(entry(shot), titles=(EntryTitle(text, look, *when),))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 15, 48)
    room.clip("b", 2, 24)
    return room


def test_an_end_card_takes_the_last_seconds(room: Room) -> None:
    board = room.board(entry("b"), titled("a", Lettering("end-card", box="black"), seconds="1", text="."))
    frames = pictures(room.build(board))[24:]
    corner = [f.to_ndarray(format="gray")[10, 30] for f in frames]  # a bar that is white in this clip
    assert all(level > 200 for level in corner[:24])
    assert all(level < 40 for level in corner[32:])  # and stays to the last frame


def test_at_and_seconds_are_those_of_the_entry(room: Room) -> None:
    plate = Lettering("title", box="black", color="black", size=Fraction(40))
    board = room.board(entry("b", into=into("dissolve", "0.25")), titled("a", plate, "0.5", "0.75", "MMMM"))
    frames = pictures(room.build(board))[18:]
    level = [f.to_ndarray(format="gray")[40:56, 40:60].mean() for f in frames]
    assert all(value > 180 for value in (*level[6:12], *level[30:]))
    assert all(value < 60 for value in level[18:24])


def test_a_title_goes_on_through_a_transition(room: Room) -> None:
    plate = Lettering("end-card", box="#000000")
    board = room.board(replace(titled("a", plate), into=into("wipe", "0.5")), entry("b"))
    frames = pictures(room.build(board))
    grey = frames[38].to_ndarray(format="gray")  # in the join the card is still on the side that is not wiped yet
    assert grey[10, 20] < 40


def test_titles_stand_in_what_a_letterbox_leaves_open(room: Room) -> None:
    """Bars lie over what is said in a picture: in a tall film nothing of a lower third would be left."""
    plate = Lettering(box="white", color="white", size=Fraction(30))
    board = replace(room.board(titled("a", plate, text="MMMMMMMMMM"), entry("b")), letterbox=Fraction(2))
    tall = Output("cut.mp4", Size(96, 192), options={"copy": "never"})
    grey = pictures(room.build(board, tall))[24].to_ndarray(format="gray")
    assert grey[:70].max() < 40
    assert grey[122:].max() < 40
    bare = pictures(room.build(replace(board, cut=(entry("a"), entry("b"))), tall))[24].to_ndarray(format="gray")
    assert (grey[74:118].astype(int) > bare[74:118].astype(int) + 100).sum() > 100


def test_a_lower_third_from_right_to_left_stands_at_the_right(room: Room) -> None:
    board = room.board(titled("a", Lettering(color="#00ff00"), "0", "1", "שלום"), entry("b"))
    picture = pictures(room.build(board))[12].to_ndarray(format="rgb24").astype(int)
    columns = (picture[:, :, 1] - picture[:, :, 0] > 100).any(axis=0).nonzero()[0]
    assert columns.min() > 104
    assert columns.max() > 190


def test_words_of_short_entries_do_not_meet(room: Room) -> None:
    """The one is gone in the middle of the transition, when the other comes."""
    looks = (Lettering("title", position=place, box="black", size=Fraction(12)) for place in ("top", "bottom"))
    a, b = (titled("b", look, text="MMMM") for look in looks)
    cut = room.cut(room.board(replace(a, into=into("dissolve", "0.5")), b))
    (first,), (second,) = (titles(cut, number, 0, 24) for number in (0, 1))
    assert first
    assert second
    assert (first.first, first.first + first.frames) == (0, 18)
    assert (second.first, second.first + second.frames) == (6, 24)


def test_only_what_shows_the_title_is_made_again(room: Room) -> None:
    room.build(room.board(entry("a"), entry("b")))
    room.build(room.board(titled("a", Lettering("title")), entry("b")))
    assert room.made == ["segment:cut.mp4:001", "reel:cut.mp4"]


def test_a_font_counts_by_its_bytes(room: Room) -> None:
    copy(font("regular"), room.folder / "one.ttf")
    board = room.board(titled("a", Lettering("title", font="one.ttf")), entry("b"))
    room.build(board)
    inputs = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}

    def step(named: str) -> Step:
        board = room.board(titled("a", Lettering("title", font=named)), entry("b"))
        return mp4.steps(room.cut(board), board, Output("cut.mp4"), inputs, "build")[0]

    assert [(i.label, i.file) for i in step("one.ttf").inputs] == [("clip", "a.mp4"), ("clip font", "one.ttf")]
    digests = {"clip": "a" * 64, "clip font": "b" * 64}
    assert key(step("one.ttf"), digests) == key(step("two.ttf"), digests)
    assert key(step("one.ttf"), digests) != key(step("one.ttf"), digests | {"clip font": "c" * 64})


def test_missing_characters_are_told(room: Room) -> None:
    room.build(room.board(titled("a", Lettering(), text="שלום"), entry("b")))
    assert any("the font has no" in said for said in room.said)
    assert read(pictures(room.build(room.board(entry("b"))))[0]) == (2, 0)


@pytest.mark.parametrize("look", [Lettering(), Lettering("title")])
def test_words_that_do_not_fit_are_told(room: Room, look: Lettering) -> None:
    room.build(room.board(titled("a", look, text="Far too many words for one frame. " * 40), entry("b")))
    assert room.said == ['"Far too many words for one frame. Far …" does not fit; its end is cut off']


def test_lines_of_the_authors_are_all_there(room: Room) -> None:
    room.build(room.board(titled("a", Lettering("title", size=Fraction(8)), text="A\nB\nC\nD\nE\nF\nG…"), entry("b")))
    assert room.said == []


def test_other_words_cost_the_time_in_which_they_are_seen(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 9, 120, options={"g": "250"})
    plate = Lettering("title", box="black", color="black")

    def board(text: str) -> Storyboard:
        return room.board(titled("a", plate, "1.5", "1", text))

    room.build(board("MMMM"))
    assert room.made[:3] == ["segment:cut.mp4:001a", "segment:cut.mp4:001b", "segment:cut.mp4:001c"]
    frames = pictures(room.build(board("WWW")))
    assert room.made == ["segment:cut.mp4:001b", "reel:cut.mp4"]
    assert [read(f) for n, f in enumerate(frames) if not 36 <= n < 60] == [
        (9, n) for n in range(120) if not 36 <= n < 60
    ]
    assert frames[48].to_ndarray(format="gray")[40:56, 70:110].mean() < 60


def test_several_titles_each_in_its_place_at_its_time(room: Room) -> None:
    """White words on white boxes: the upper ones in the first half of a second, the lower ones in the next."""
    upper = Lettering("title", box="white", position="top", size=Fraction(14))
    lower = replace(upper, position="bottom")
    both = (
        EntryTitle("MM", upper, Fraction(0), Fraction(1, 2)),
        EntryTitle("MM", lower, Fraction(1, 2), Fraction(1, 2)),
    )
    plain = pictures(room.build(room.board(entry("a"))))
    shown = pictures(room.build(room.board(replace(entry("a"), titles=both))))

    def covered(number: int) -> tuple[bool, bool]:
        one, other = (frame.to_ndarray(format="gray").astype(int) for frame in (plain[number], shown[number]))
        away = abs(one - other)
        return bool(away[: len(away) // 3].max() > 60), bool(away[-len(away) // 3 :].max() > 60)

    assert (covered(6), covered(18)) == ((True, False), (False, True))
    cut = room.cut(room.board(replace(entry("a"), titles=both)))
    assert [len(titles(cut, 0, first, 6)) for first in (0, 9, 18)] == [1, 2, 1]


def test_two_titles_in_one_place_at_one_time_are_told(room: Room) -> None:
    three = (EntryTitle("One"), EntryTitle("Two"), EntryTitle("Three"))
    apart = (EntryTitle("One", Lettering("title")), EntryTitle("Two"))
    later = (EntryTitle("One", seconds=Fraction(1, 2), at=Fraction(0)), EntryTitle("Two", at=Fraction(1, 2)))
    for said, pairs in (
        (three, [(0, 1), (0, 2), (1, 2)]), (apart, []), (later, []), ((*apart, EntryTitle("", CARD)), [(0, 2), (1, 2)]),
    ):  # fmt: skip
        report = Report()
        board = room.board(replace(entry("a"), titles=said))
        cut = timeline(board, {id: Slate(id, file=f"{id}.mp4") for id in room.clips}, room.lengths, report)
        assert clashes(cut, 0) == pairs
        assert {(d.code, d.severity) for d in report.items} == ({("RM465", "warning")} if pairs else set())
