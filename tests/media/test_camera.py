"""Stills, moves and looks in a rendered cut: every pixel of the photo says where it is."""

from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelmake.assemble.framing import window
from reelmake.model.frame import MOVES, CameraMove, Size, Window
from reelmake.model.storyboard import Storyboard
from tests.support.film import SMALL, Room, entry, into, pictures

TEAL = "LUT_3D_SIZE 2\n" + "".join(f"{0.2 * r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))


def photo(file: Path, size: tuple[int, int] = (832, 384), **how: Any) -> Path:
    """Red is the way across, green the way down, both from 40 to 200."""
    across, down = np.meshgrid(np.linspace(40, 200, size[0]), np.linspace(40, 200, size[1]))
    Image.fromarray(np.dstack([across, down, np.full_like(down, 90)]).astype(np.uint8)).save(file, **how)
    return file


def corners(frame: Any) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what is seen, as shares of the photo."""
    a = frame.to_ndarray(format="rgb24").astype(float)
    left, right = a[40:56, :4, 0].mean(), a[40:56, -4:, 0].mean()
    top, bottom = a[:4, 90:110, 1].mean(), a[-4:, 90:110, 1].mean()
    return tuple(round((value - 40) / 160, 3) for value in (left, top, right, bottom))  # type: ignore[return-value]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("b", 2, 24)
    room.clips["photo"], room.lengths["photo"] = photo(tmp_path / "photo.png"), Fraction(2)
    return room


def board(room: Room, *entries: Any, **shot: Any) -> Storyboard:
    made = room.board(*(entries or (entry("photo"),)))
    photo = replace(made.shots["photo"], file="photo.png", **shot)
    return replace(made, shots={**made.shots, "photo": photo})


@pytest.mark.slow
def test_a_still_lasts_as_long_as_it_is_told(room: Room) -> None:
    frames = pictures(room.build(board(room)))
    assert len(frames) == 48
    assert corners(frames[0]) == pytest.approx((0, 0, 1, 1), abs=0.04)
    assert corners(frames[47]) == pytest.approx((0, 0, 1, 1), abs=0.04)
    assert room.said == []


@pytest.mark.slow
def test_a_window_moves_evenly_from_here_to_there(room: Room) -> None:
    begin, end = (tuple(map(Fraction, w.split())) for w in ("0 0 1 1", "0.5 0.25 0.5 0.5"))
    frames = pictures(room.build(board(room, move=CameraMove(begin, end))))  # type: ignore[arg-type]
    assert corners(frames[0]) == pytest.approx((0, 0, 1, 1), abs=0.04)
    assert corners(frames[47]) == pytest.approx((0.5, 0.25, 1, 0.75), abs=0.04)
    lefts = [corners(frame)[0] for frame in frames]
    assert lefts == pytest.approx([0.5 * n / 47 for n in range(48)], abs=0.025)
    steps = np.diff(lefts[4:44:4])
    assert steps.min() > 0.5 * steps.mean()  # no step stands still: it moves by fractions of a pixel


@pytest.mark.slow
@pytest.mark.parametrize("seconds", ["2", "1.5417"])  # 48 frames and 37
def test_a_rough_one_holds_each_of_its_pictures_for_two_frames(room: Room, seconds: str) -> None:
    begin, end = (tuple(map(Fraction, w.split())) for w in ("0 0 1 1", "0.5 0.25 0.5 0.5"))
    room.lengths["photo"] = Fraction(seconds)
    frames = pictures(room.build(board(room, move=CameraMove(begin, end, rough=True))))  # type: ignore[arg-type]
    count = len(frames)
    assert count == round(float(seconds) * 24)
    lefts = [corners(frame)[0] for frame in frames]
    assert lefts == pytest.approx([0.5 * (n - n % 2) / (count - 1) for n in range(count)], abs=0.025)
    assert lefts[1::2] == pytest.approx(lefts[: count - count % 2 : 2], abs=0.007)
    assert all(after > before for before, after in pairwise(lefts[:36:2]))


@pytest.mark.slow
def test_a_short_move_begins_at_its_beginning_and_stands_still_with_its_frame(room: Room) -> None:
    begin, end = (tuple(map(Fraction, w.split())) for w in ("0 0 1 1", "0.5 0.5 0.5 0.5"))
    cut = replace(entry("photo", trim=("0", "1")), speed=Fraction(6), freeze=Fraction(1, 4))
    frames = pictures(room.build(board(room, cut, move=CameraMove(begin, end))))  # type: ignore[arg-type]
    lefts = [corners(frame)[0] for frame in frames]
    assert lefts[:4] == pytest.approx([0.5 * n / 7 for n in range(4)], abs=0.025)
    assert lefts[4:] == pytest.approx([lefts[3]] * 6, abs=0.01)


@pytest.mark.slow
def test_a_move_goes_on_through_a_transition_and_a_trim(room: Room) -> None:
    begin, end = (tuple(map(Fraction, w.split())) for w in ("0 0 0.5 0.5", "0.5 0.5 0.5 0.5"))
    cut = entry("photo", trim=("0.5", None), into=into("wipe", "0.5")), entry("b")
    frames = pictures(room.build(board(room, *cut, move=CameraMove(begin, end))))  # type: ignore[arg-type]
    tops = [corners(frame)[1] for frame in frames[:30]]
    assert tops[:24] == pytest.approx([0.5 * (n + 12) / 47 for n in range(24)], abs=0.03)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "orientation"), [("upright.jpg", 1), ("turned.jpg", 6)])
def test_a_photo_is_seen_upright(room: Room, name: str, orientation: int) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    file = photo(room.folder / name, exif=exif, quality=95)
    room.clips["photo"] = file
    shown = board(room, fit="stretch")
    shown = replace(shown, shots={**shown.shots, "photo": replace(shown.shots["photo"], file=name)})
    frame = pictures(room.build(shown))[5].to_ndarray(format="rgb24").astype(float)
    across = frame[:, -8:, :].mean(axis=(0, 1)) - frame[:, :8, :].mean(axis=(0, 1))
    assert (across[0] > 100) == (orientation == 1)  # turned, the red goes down instead


@pytest.mark.slow
def test_a_look_changes_colours_and_only_that_shot(room: Room) -> None:
    folder = room.folder / "it's; [odd], so: 50%"
    folder.mkdir()
    (folder / "teal.cube").write_text(TEAL)
    cut = entry("photo"), entry("b")
    plain = pictures(room.build(board(room, *cut)))[10].to_ndarray(format="rgb24").astype(float)
    graded = room.build(board(room, *cut, look=f"{folder.name}/teal.cube"))
    assert [step for step in room.made if step.startswith("segment")] == ["segment:cut.mp4:001"]
    found = pictures(graded)[10].to_ndarray(format="rgb24").astype(float)
    assert np.abs(found[:, :, 0] - 0.2 * plain[:, :, 0]).mean() < 6
    assert np.abs(found[:, :, 1] - plain[:, :, 1]).mean() < 6


@pytest.mark.parametrize("name", MOVES)
def test_windows_have_the_shape_of_the_picture_and_lie_inside(name: str) -> None:
    for whole in (Size(4000, 3000), Size(3000, 4000), Size(100, 900)):
        for share in (MOVES[name].begin, MOVES[name].end):
            left, top, width, height = window(share, whole, SMALL)
            assert width / height == Fraction(SMALL.width, SMALL.height)
            assert 0 <= left <= left + width <= whole.width
            assert 0 <= top <= top + height <= whole.height


@pytest.mark.parametrize("share", [(0, 0, 0, 0), (1, 1, 0, 1), (1, 1, 1, 1)])
def test_a_window_of_nothing_is_still_one(share: Window) -> None:
    left, top, width, height = window(tuple(map(Fraction, share)), Size(400, 300), SMALL)  # type: ignore[arg-type]
    assert 0 <= left < left + width <= 400
    assert 0 <= top < top + height <= 300
