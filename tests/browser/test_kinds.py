"""Every kind of film that a browser says it plays, its sound and its colours."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake import catalog
from reelmake.media import ffmpeg
from reelmake.model.storyboard import Output, Storyboard
from tests.support.film import Room, entry, into, pictures
from tests.support.screen import Screen, assert_same, decoded, told

pytestmark = pytest.mark.slow
BESIDE = {"chapters": True, "captions": "soft"}  # tracks that a browser need not show, nor stumble over
KINDS = {
    "h264": ("cut.mp4", BESIDE, 'video/mp4; codecs="avc1.64000a, mp4a.40.2"'),
    "hevc": ("cut.mp4", {"codec": "hevc", "preset": "ultrafast"}, 'video/mp4; codecs="hvc1.1.6.L30.90, mp4a.40.2"'),
    "av1": ("cut.mp4", {"codec": "av1", "preset": "ultrafast"}, 'video/mp4; codecs="av01.0.00M.08, mp4a.40.2"'),
    "mkv": ("cut.mkv", BESIDE, 'video/x-matroska; codecs="avc1.64000a, flac"'),
    "vp9": ("cut.webm", {"preset": "ultrafast"} | BESIDE, 'video/webm; codecs="vp9, opus"'),
    "av1-webm": ("cut.webm", {"codec": "av1", "preset": "ultrafast"}, 'video/webm; codecs="av01.0.00M.08, opus"'),
}
CLICKS = [0.0, 1.0, 2.5]


def click(times: np.ndarray) -> np.ndarray:
    """A short tone at every whole second."""
    return np.where(times % 1 < 0.02, 0.5 * np.sin(2 * np.pi * 1000 * times), 0)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    for number, id in enumerate("ab", 1):
        room.clip(id, number, 48, sound=click)
    return room


def cut(room: Room) -> Storyboard:
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"))
    return replace(board, shots={id: replace(shot, caption=f"This is {id}") for id, shot in board.shots.items()})


@pytest.mark.parametrize("kind", KINDS)
def test_every_frame_of_every_kind_is_found_and_every_click_heard(screen: Screen, room: Room, kind: str) -> None:
    path, options, media = KINDS[kind]
    if not screen.plays(media):
        pytest.skip(f"this browser plays no {media}")
    fps = Fraction(24)
    film = room.build(cut(room), Output(path, options=options), by=catalog.output(path))

    frames = decoded(film)
    assert [told(bars) for bars in (*frames[:36], *frames[48:])] == [
        *((1, n) for n in range(36)),
        *((2, n) for n in range(12, 48)),
    ]
    opened = screen.open(film.name)
    assert opened.seconds == pytest.approx(3.5, abs=0.01)
    jumps = [40, 83, 0, 35, 36, 1, 47, 48, 49, 12, 82, 60, 24]
    assert_same(screen.look(jumps, fps), jumps, frames, fps)

    assert clicks(screen.hear(film.name)) == pytest.approx(CLICKS, abs=0.001)
    assert not screen.complaints()


@pytest.mark.parametrize("path", ["mix.wav", "mix.flac", "mix.m4a", "mix.opus"])
def test_every_click_of_the_sound_alone_is_heard(screen: Screen, room: Room, path: str) -> None:
    sound = room.build(cut(room), Output(path), by=catalog.output(path))

    assert clicks(screen.hear(sound.name)) == pytest.approx(CLICKS, abs=0.001)
    assert screen.open(sound.name).seconds == pytest.approx(3.5, abs=0.01)


def clicks(wave: np.ndarray) -> list[float]:
    """When each of them begins, in seconds."""
    loud = np.abs(wave) > 0.1
    return [n / 48_000 for n in np.flatnonzero(loud) if not loud[max(0, n - 4800) : n].any()]


def test_a_copied_clip_and_an_encoded_one_have_the_same_colours(screen: Screen, tmp_path: Path) -> None:
    room = Room(tmp_path)
    for id, size in (("a", "208x96"), ("b", "416x192")):
        room.clips[id], room.lengths[id] = tmp_path / f"{id}.mp4", Fraction(1)
        paint = ["-f", "lavfi", "-i", f"color=c=0xC83C28:s={size}:r=24:d=1", "-c:v", "libx264", "-f", "mp4"]
        ffmpeg.run([*paint, str(room.clips[id])], room.clips[id])
    film = room.build(room.board(), Output("cut.mp4"))

    screen.open(film.name)
    copied, encoded = (np.array(screen.ask("colour", n / 24)) for n in (12, 36))
    luma, blue, red = (int(plane[48, 104]) for plane in pictures(film)[12].to_ndarray(format="yuv444p"))
    y, b, r = (luma - 16) / 219, (blue - 128) / 224, (red - 128) / 224  # BT.709, limited range
    due = 255 * np.array([y + 1.5748 * r, y - 0.1873 * b - 0.4681 * r, y + 1.8556 * b])
    assert np.abs(copied - due).max() <= 5  # a browser is not exact; as BT.601 it were 12
    assert np.abs(copied - encoded).max() <= 3
