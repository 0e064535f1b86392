"""The file that is handed out: how it is built, what lies over the pictures, and what must never be joined."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.media.perform import perform
from reelmake.model.frame import Size
from reelmake.model.overlay import Title
from reelmake.model.segment import BodyWork, Piece, ReelWork, VideoFormat
from tests.support.film import SMALL, Room, entry, footage, into, pictures, read

pytestmark = pytest.mark.slow
PICTURE = VideoFormat(Size(320, 180), Fraction(24), 20, "veryfast")


def silent(fraction: float | None, word: str) -> None:
    """Nobody listens."""


def body(folder: Path, name: str, piece: Piece, picture: VideoFormat = PICTURE) -> Path:
    file = folder / f"{name}.mp4"
    clip = folder / "clip.mp4"
    if not clip.exists():
        footage(clip, 0, 60, size=Size(320, 180))
    perform("", BodyWork(piece, picture), {"clip": clip}, file, silent)
    return file


def reel(folder: Path, *segments: Path, frames: int) -> Path:
    inputs = {f"segment {n:03}": file for n, file in enumerate(segments, 1)}
    perform("", ReelWork("", Fraction(24), frames), inputs, folder / "reel.mp4", silent)
    return folder / "reel.mp4"


def test_it_streams_and_plays_everywhere(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24, sound=np.sin)
    room.clip("b", 2, 24)
    file = room.build(room.board(entry("a", into=into("dissolve", "0.25")), entry("b")))
    data = file.read_bytes()
    assert data.index(b"moov") < data.index(b"mdat")
    with av.open(str(file)) as container:
        picture, sound = container.streams.video[0], container.streams.audio[0]
        assert (picture.codec_context.codec_tag, picture.codec_context.pix_fmt) == ("avc1", "yuv420p")
        assert (sound.codec_context.name, sound.rate, sound.layout.name) == ("aac", 48_000, "stereo")
        frame = next(container.decode(video=0))
        tags = (frame.color_range, frame.colorspace, frame.color_primaries, frame.color_trc)
        assert [int(tag) for tag in tags] == [1, 1, 1, 1]
        assert container.metadata["title"] == "Test"
        assert "encoder" not in container.metadata


def test_sound_begins_without_a_gap(tmp_path: Path) -> None:
    """The encoder's priming is cut away by the edit list: the first sample heard is the first of the programme."""
    room = Room(tmp_path)
    room.clip("a", 1, 24, sound=lambda t: 0.5 * np.sin(2 * np.pi * 1000 * t))
    with av.open(str(room.build(room.board()))) as container:
        frames = list(container.decode(audio=0))
    wave = np.concatenate([f.to_ndarray() for f in frames], axis=1)[0]
    assert frames[0].pts == 0
    assert np.abs(wave[400:1400]).max() > 0.4


def test_segments_of_different_kinds_are_never_joined(tmp_path: Path) -> None:
    first = body(tmp_path, "a", Piece(0, 12, "pad"))
    for name, picture in (
        ("b", replace(PICTURE, size=Size(318, 180))),
        ("c", replace(PICTURE, codec="hevc")),
        ("d", replace(PICTURE, fps=Fraction(25))),
    ):
        other = body(tmp_path, name, Piece(0, 12, "pad"), picture)
        with pytest.raises(LocalTool, match="join"):
            reel(tmp_path, first, other, frames=24)
        assert not (tmp_path / "reel.mp4").exists()


def test_segments_of_different_settings_carry_their_own(tmp_path: Path) -> None:
    parts = [body(tmp_path, p, Piece(0, 12, "pad"), replace(PICTURE, preset=p)) for p in ("ultrafast", "veryfast")]
    assert [read(f)[1] for f in pictures(reel(tmp_path, *parts, frames=24))] == [*range(12), *range(12)]


def test_a_reel_with_a_frame_too_few_is_refused(tmp_path: Path) -> None:
    first = body(tmp_path, "a", Piece(0, 12, "pad"))
    with pytest.raises(LocalTool, match="12 frames, 13 were expected"):
        reel(tmp_path, first, frames=13)
    assert sorted(f.name for f in tmp_path.iterdir()) == ["a.mp4", "clip.mp4"]


def test_the_shortest_segments(tmp_path: Path) -> None:
    parts = [body(tmp_path, f"s{n}", Piece(n, 1 + n % 3, "pad")) for n in range(6)]
    assert len(pictures(reel(tmp_path, *parts, frames=12))) == 12


def light(frame: object, left: int, top: int, right: int, bottom: int) -> float:
    grey = frame.to_ndarray(format="gray")  # type: ignore[attr-defined]
    return float(grey[top:bottom, left:right].max())


def test_a_title_comes_stays_and_goes(tmp_path: Path) -> None:
    """Over a dark clip: nothing at first, half while it fades, white in the middle, nothing at the end."""
    frames = pictures(body(tmp_path, "t", Piece(0, 60, "pad", Title("TITLE", 6, 48))))
    lights = [light(f, 10, 120, 100, 178) for f in frames]
    assert max(lights[:7]) < 40
    assert lights[8] < lights[11] < lights[16]
    assert min(lights[18:42]) > 200
    assert max(lights[54:]) < 40


def test_a_title_that_began_before_its_piece(tmp_path: Path) -> None:
    whole = pictures(body(tmp_path, "w", Piece(0, 48, "pad", Title("TITLE", 6, 40))))
    later = pictures(body(tmp_path, "l", Piece(20, 28, "pad", Title("TITLE", -14, 40))))
    for n in (0, 10, 17, 20, 27):
        a, b = (f.to_ndarray(format="gray").astype(int)[100:] for f in (whole[20 + n], later[n]))
        assert np.abs(a - b).mean() < 1.5


def test_a_slate_is_burnt_into_the_top_left(tmp_path: Path) -> None:
    plain = pictures(body(tmp_path, "p", Piece(0, 4, "pad")))
    slated = pictures(body(tmp_path, "s", Piece(0, 4, "pad", slate="park · draft")))
    assert all(light(f, 0, 0, 80, 11) > 150 for f in slated)
    assert all(light(f, 0, 0, 80, 11) < 40 for f in plain)
    assert light(slated[2], 0, 14, 150, 180) < 40
    assert not list(tmp_path.glob(".*"))


@pytest.mark.parametrize("text", ['it\'s 50% [off]; a:b, \\n {x} "q"', "日本語", "مرحبا", "🎈", "-y /etc/passwd"])
def test_no_text_reaches_ffmpegs_syntax(tmp_path: Path, text: str) -> None:
    assert len(pictures(body(tmp_path, "x", Piece(0, 12, "pad", Title(text, 0, 12), slate=text)))) == 12


def test_clip_names_are_harmless(tmp_path: Path) -> None:
    name = "it's [a];b,c:d %03d \\x.mp4"
    footage(tmp_path / name, 1, 12)
    work = BodyWork(Piece(0, 12, "pad"), replace(PICTURE, size=SMALL))
    perform("", work, {"clip": tmp_path / name}, tmp_path / "out's [1] %d.mp4", silent)
    assert len(pictures(tmp_path / "out's [1] %d.mp4")) == 12
