"""Pictures in the picture, read back from the frames that show them."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelmake.assemble.framing import Spot, spot
from reelmake.model.cut_entries import EntryInset
from reelmake.model.frame import Mount, Size
from tests.support.film import Room, entry, heard, into, pictures, read

HALF = Mount(size=Fraction(50))
AT_TOP_RIGHT = (100, 4, 204, 52)  # of a picture of 208x96, 4 pixels from its edges
BELOW = (0, 60, 208, 96)  # where no inset lies


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 15, 48)
    room.clip("b", 2, 24)
    room.clip("c", 7, 36)
    return room


def inset(shot: str = "c", mount: Mount = HALF, **more: Any) -> EntryInset:
    return EntryInset(shot, mount, **more)


def rgb(frame: Any) -> np.ndarray:
    return frame.to_ndarray(format="rgb24").astype(int)


@pytest.mark.slow
def test_it_is_seen_from_its_time_on_for_its_time_and_nothing_else_changes(room: Room) -> None:
    laid = inset(at=Fraction(1, 2), seconds=Fraction(1), trim=(Fraction(1, 4), None))
    frames = pictures(room.build(room.board(entry("a", insets=(laid,)), entry("b"))))
    assert [read(f, box=BELOW) for f in frames] == [(15, n) for n in range(48)] + [(2, n) for n in range(24)]
    assert [read(f, box=AT_TOP_RIGHT) for f in frames[12:36]] == [(7, n) for n in range(6, 30)]
    bare = pictures(room.build(room.board(entry("a"), entry("b"))))
    for n in (*range(12), *range(36, 72)):
        assert np.abs(rgb(frames[n])[:52, 100:] - rgb(bare[n])[:52, 100:]).mean() < 4


@pytest.mark.slow
def test_it_goes_when_its_clip_or_the_entry_ends(room: Room) -> None:
    cut = room.cut(room.board(entry("a", insets=(inset(), inset(at=Fraction(1)), inset(seconds=Fraction(9))))))
    assert [(i.at, i.frames) for i in cut.entries[0].insets] == [(0, 36), (24, 24), (0, 36)]


@pytest.mark.slow
def test_it_moves_with_its_picture_through_a_transition(room: Room) -> None:
    board = room.board(entry("a", into=into("push", "0.5"), insets=(inset(at=Fraction(1)),)), entry("b"))
    frames = pictures(room.build(board))
    assert len(frames) == 60
    left, top, right, bottom = AT_TOP_RIGHT
    assert read(frames[35], box=AT_TOP_RIGHT) == (7, 11)
    for n in range(4):
        gone = 208 * (n + 1) // 13
        assert read(frames[36 + n], box=(left - gone, top, right - gone, bottom)) == (7, 12 + n)


@pytest.mark.slow
def test_a_later_one_lies_over_an_earlier_one_and_photos_stay(room: Room) -> None:
    Image.new("RGB", (40, 20), (255, 0, 0)).save(room.folder / "photo.png")
    room.clips["photo"], room.lengths["photo"] = room.folder / "photo.png", Fraction(1)
    photo = Mount(size=Fraction(10))
    frames = pictures(room.build(room.board(entry("a", insets=(inset(), inset("photo", photo))))))
    for n in (0, 23):
        assert rgb(frames[n])[6:12, 186:202].mean(axis=(0, 1)) == pytest.approx((255, 0, 0), abs=30)
    assert read(frames[24], box=AT_TOP_RIGHT) == (7, 24)


@pytest.mark.slow
def test_round_corners_let_the_picture_through_and_a_border_stands_around(room: Room) -> None:
    Image.new("RGB", (64, 64), (0, 0, 255)).save(room.folder / "blue.png")
    Image.new("RGB", (416, 192), (255, 255, 255)).save(room.folder / "white.png")
    for id in ("blue", "white"):
        room.clips[id], room.lengths[id] = room.folder / f"{id}.png", Fraction(1)
    round_ = Mount("top-left", Fraction(25), radius=Fraction(50), shape=Fraction(1), border=Fraction(6), color="red")
    picture = rgb(pictures(room.build(room.board(entry("white", insets=(inset("blue", round_),)))))[3])
    middle = slice(8 + 26 - 4, 8 + 26 + 4)  # 52 pixels wide, behind a margin of 4 and a border of 6
    assert picture[middle, middle].mean(axis=(0, 1)) == pytest.approx((0, 0, 255), abs=40)
    assert picture[10 + 52 + 2, 34] == pytest.approx((255, 0, 0), abs=60)  # below it, in the border
    assert picture[5, 5] == pytest.approx((255, 255, 255), abs=20)  # in its corner
    assert picture[12, 12] == pytest.approx((255, 255, 255), abs=40)


@pytest.mark.slow
def test_only_what_shows_it_is_made_again(room: Room) -> None:
    def board(mount: Mount) -> Any:
        return room.board(entry("a", insets=(inset("c", mount),)), entry("b"), entry("c"))

    room.build(board(HALF))
    room.build(board(replace(HALF, corner="bottom-left")))
    assert [step for step in room.made if step.startswith("segment")] == ["segment:cut.mp4:001"]
    room.clip("c", 9, 36)
    room.build(board(HALF))
    again = [step for step in room.made if step.startswith("segment")]
    assert again == ["segment:cut.mp4:001", "segment:cut.mp4:003"]


@pytest.mark.slow
def test_it_is_silent_unless_it_has_a_gain(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 48)
    room.clip("b", 2, 24, sound=lambda t: 0.25 * np.sin(2 * np.pi * 440 * t))

    def level(**said: Any) -> list[float]:
        wave = heard(room.sound(room.board(entry("a", insets=(inset("b", at=Fraction(1, 2), **said),)))))[0]
        return [float(np.sqrt((wave[n * 12000 + 1500 : (n + 1) * 12000 - 1500] ** 2).mean())) for n in range(8)]

    assert max(level()) < 1e-4
    told = level(gain=Fraction(-6))
    assert told[2:6] == pytest.approx([0.25 / 2**0.5 / 2] * 4, rel=0.03)
    assert max(told[:2] + told[6:]) < 1e-4


@pytest.mark.parametrize(
    ("mount", "shape", "found"),
    [
        (Mount(), Fraction(16, 9), Spot(Size(384, 216), 868, 28)),
        (Mount("bottom-left", border=Fraction(1)), Fraction(16, 9), Spot(Size(384, 216), 36, 468, 8)),
        (Mount(size=Fraction(90)), Fraction(9, 16), Spot(Size(374, 664), 878, 28)),
        (Mount(size=Fraction(100), margin=Fraction(0)), Fraction(16, 9), Spot(Size(1280, 720), 0, 0)),
        (Mount(shape=Fraction(1)), Fraction(16, 9), Spot(Size(384, 384), 868, 28)),
    ],
)
def test_where_it_lies(mount: Mount, shape: Fraction, found: Spot) -> None:
    assert spot(mount, shape, Size(1280, 720)) == found
