"""Captions, watermark and letterbox in a rendered cut, read back from its pixels."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelmake.assemble.framing import bars, opening
from reelmake.media.text_overlay import fixed
from reelmake.model.frame import CORNERS, Corner, Size
from reelmake.model.overlay import SPOKEN, Captions, Cue, Lettering, Overlay, Position, Watermark
from reelmake.model.segment import BodyWork, JoinWork
from reelmake.model.step import Input
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import mp4
from tests.support.film import Room, entry, into, pictures, read

PLATE = Lettering("caption", box="#00ff00", color="#00ff00", size=Fraction(20))


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 15, 48)
    room.clip("b", 2, 24)
    Image.new("RGBA", (40, 20), (255, 0, 0, 255)).save(tmp_path / "logo.png")
    return room


def joined(room: Room) -> Storyboard:
    return room.board(entry("a", into=into("push", "0.5")), entry("b"))


def green(frames: list[object]) -> list[int]:
    """The numbers of the frames in which the caption's plate is seen, low in the middle."""
    arrays = [f.to_ndarray(format="rgb24").astype(int)[70:90, 94:114] for f in frames]  # type: ignore[attr-defined]
    return [n for n, a in enumerate(arrays) if (a[:, :, 1] - a[:, :, 0] > 120).any()]


def works(room: Room, board: Storyboard) -> list[Overlay]:
    inputs = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}
    steps = mp4.steps(room.cut(board), board, Output("cut.mp4"), inputs, "build")
    return [step.work.over for step in steps if isinstance(step.work, BodyWork | JoinWork)]


@pytest.mark.slow
def test_captions_of_a_file_are_seen_when_they_say_so_through_a_transition(room: Room) -> None:
    spoken = Captions("talk.srt", True, PLATE, (Cue(1000, 1750, "MMM"), Cue(2000, 9000, "MMM")))
    frames = pictures(room.build(replace(joined(room), captions=spoken)))
    assert green(frames) == [*range(24, 42), *range(48, 60)]


@pytest.mark.slow
def test_two_captions_at_once_stand_one_above_the_other(room: Room) -> None:
    """As two lines of one card, twice as high as either alone."""
    talk = (Cue(0, 1500, "MMM"), Cue(500, 2000, "MM"))
    board = room.board(entry("a"))
    small = replace(PLATE, size=Fraction(12))
    frames = pictures(room.build(replace(board, captions=Captions("talk.srt", True, small, talk))))
    one, both, other = (plate(frames[n]) for n in (6, 24, 42))
    assert one == other
    assert both[1] == one[1]
    assert both[1] - both[0] == pytest.approx(2 * (one[1] - one[0]), rel=0.15)


def plate(frame: Any) -> tuple[int, int]:
    """The rows between which the plate of the captions lies."""
    picture = frame.to_ndarray(format="rgb24").astype(int)
    rows = np.flatnonzero((picture[:, :, 1] - picture[:, :, 0] > 120).sum(axis=1) > 5)
    return int(rows[0]), int(rows[-1])


@pytest.mark.slow
def test_captions_of_shots_change_in_the_middle_of_the_join(room: Room) -> None:
    board = joined(room)
    said = {id: replace(shot, caption="MMM" if id == "b" else "") for id, shot in board.shots.items()}
    board = replace(board, shots=said, captions=Captions(burn=True, lettering=PLATE))
    assert green(pictures(room.build(board))) == list(range(42, 60))
    assert green(pictures(room.build(board, Output("cut.mp4", options={"captions": False})))) == []


@pytest.mark.slow
def test_a_watermark_stays_where_it_is_while_pictures_move(room: Room) -> None:
    board = replace(joined(room), watermark=Watermark("logo.png", "top-left", Fraction(25), Fraction(1)))
    frames = [f.to_ndarray(format="rgb24").astype(int) for f in pictures(room.build(board))]
    assert all((f[8:24, 10:40] - (255, 0, 0)).mean(axis=(0, 1)) == pytest.approx((0, 0, 0), abs=40) for f in frames)
    clean = pictures(room.build(board, Output("clean.mp4", options={"watermark": False})))
    assert read(clean[10]) == (15, 10)
    faint = replace(board, watermark=Watermark("logo.png", "top-left", Fraction(25), Fraction(1, 2)))
    inside = [f.to_ndarray(format="rgb24").astype(int) for f in pictures(room.build(faint))][10][12:20, 20:30]
    assert inside.mean(axis=(0, 1))[1] == pytest.approx(118, abs=30)  # half of the white bar below


@pytest.mark.slow
def test_a_letterbox_covers_what_is_outside_its_shape(room: Room) -> None:
    frames = pictures(room.build(replace(joined(room), letterbox=Fraction(4))))
    for frame in frames:
        grey = frame.to_ndarray(format="gray").astype(int)
        assert grey[:20].max() < 24
        assert grey[76:].max() < 24
    assert read(frames[10]) == (15, 10)
    open_ = pictures(
        room.build(replace(joined(room), letterbox=Fraction(4)), Output("x.mp4", options={"letterbox": False}))
    )
    assert open_[10].to_ndarray(format="gray")[:20].max() > 200
    assert np.ptp(frames[10].to_ndarray(format="gray")[48]) > 180


@pytest.mark.slow
@pytest.mark.parametrize("position", ["bottom", "top"])
@pytest.mark.parametrize("size", [Size(416, 192), Size(240, 520), Size(240, 240)])
def test_captions_stand_in_what_a_letterbox_leaves_open(room: Room, size: Size, position: Position) -> None:
    words = Cue(0, 2000, "Many words of which no letter may touch what is black")
    plate = Lettering("caption", box="#00ff00", color="#00ff00", position=position)
    board = replace(room.board(entry("b")), letterbox=Fraction(3), captions=Captions("t.srt", True, plate, (words,)))
    picture = pictures(room.build(board, Output("cut.mp4", size)))[12].to_ndarray(format="rgb24").astype(int)
    rows = (picture[:, :, 1] - picture[:, :, 0] > 120).any(axis=1).nonzero()[0]
    _, top, open_ = opening(Fraction(3), size)
    assert top + 2 <= rows.min()
    assert rows.max() < top + open_.height - 2


@pytest.mark.slow
@pytest.mark.parametrize("corner", CORNERS)
def test_a_watermark_stands_in_what_a_letterbox_leaves_open(room: Room, corner: Corner) -> None:
    mark = Watermark("logo.png", corner, Fraction(25), Fraction(1))
    board = replace(room.board(entry("b")), letterbox=Fraction(4), watermark=mark)
    picture = pictures(room.build(board))[12].to_ndarray(format="rgb24").astype(int)
    rows = (picture[:, :, 0] - picture[:, :, 1] > 120).any(axis=1).nonzero()[0]
    _, top, open_ = opening(Fraction(4), Size(208, 96))
    assert top + 1 <= rows.min()
    assert rows.max() < top + open_.height - 1


def test_letters_are_as_large_as_without_bars_where_there_is_room() -> None:
    scope, bare = fixed(SPOKEN, Size(1280, 720), Size(1280, 536)), Lettering("caption", size=Fraction(8))
    assert scope.size == Fraction(5 * 720, 536)
    assert fixed(SPOKEN, Size(720, 1280), Size(720, 302)).size == 10
    assert fixed(bare, Size(720, 1280), Size(720, 302)).size == Fraction(8 * 720, 302)
    assert fixed(bare, Size(720, 1280), Size(720, 1280)) is bare


@pytest.mark.slow
def test_only_captions_between_bars_are_other_work_than_they_were(room: Room) -> None:
    """The key says so: what has only one of the two is not made again."""
    said = Captions("t.srt", True, cues=(Cue(0, 9000, "MMM"),))
    inside = {(bars, bool(cues.file)): works(room, replace(joined(room), letterbox=bars, captions=cues))
              for bars in (None, Fraction(4)) for cues in (Captions(), said)}  # fmt: skip
    assert [name for name, overs in inside.items() if any(over.inside for over in overs)] == [(Fraction(4), True)]


@pytest.mark.slow
def test_a_changed_caption_makes_only_what_shows_it_again(room: Room) -> None:
    cut = room.board(entry("a"), entry("b"))
    cues = Cue(0, 1000, "One"), Cue(2200, 2800, "Two")
    room.build(replace(cut, captions=Captions("t.srt", True, cues=cues)))
    room.build(replace(cut, captions=Captions("t.srt", True, cues=(cues[0], Cue(2200, 2800, "Three")))))
    assert [step for step in room.made if step.startswith("segment")] == ["segment:cut.mp4:002"]


@pytest.mark.parametrize(
    ("shape", "size", "found"),
    [
        (Fraction(16, 9), Size(1280, 720), []),
        (None, Size(1280, 720), []),
        (Fraction("2.39"), Size(1280, 720), [(0, 0, 1280, 92), (0, 628, 1280, 92)]),
        (Fraction(4, 3), Size(1280, 720), [(0, 0, 160, 720), (1120, 0, 160, 720)]),
        (Fraction("1.78"), Size(1280, 720), []),
    ],
)
def test_bars(shape: Fraction | None, size: Size, found: list[tuple[int, int, int, int]]) -> None:
    assert bars(shape, size) == found
