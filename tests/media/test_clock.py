"""A file has one clock: where its own starts again, jumps, or stands still, picture and sound go on in step."""

from __future__ import annotations

import shlex
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.media import probe
from reelmake.media.sound_file import decoded
from reelmake.media.steady import steady
from reelmake.model.storyboard import Output
from tests.support.bytes_of import jumping
from tests.support.film import Room, entry, footage, pictures, read
from tests.support.odd import X264, beep, made

pytestmark = pytest.mark.slow
NEVER = Output("cut.mp4", options={"copy": "never"})


@pytest.fixture
def plain(tmp_path: Path) -> Path:
    return footage(tmp_path / "plain.mp4", 2, 48, sound=beep, options={"bf": "2", "g": "24", "preset": "veryfast"})


def put(plain: Path, name: str, how: str) -> Path:
    made("-i", str(plain), *shlex.split(how), str(plain.parent / name))
    return plain.parent / name


@pytest.mark.parametrize("name", ["x.mp4", "x.mkv"])
def test_far_into_a_picture_that_stands_still(tmp_path: Path, name: str) -> None:
    """A screen recording: nothing new between 2 and 40 s, and somebody cuts 30 to 31 s out of it."""
    file = footage(tmp_path / name, 2, 61, pts=[*range(49), *range(960, 972)])
    room = Room(tmp_path, {"x": file}, {"x": probe.probe(file).seconds or Fraction(0)})
    board = room.board(entry("x", trim=("30", "31")), entry("x", trim=("39.5", "40.25")))
    shown = [read(frame) for frame in pictures(room.build(board, NEVER))]
    assert shown == [(2, 48)] * 36 + [(2, 49 + n) for n in range(6)]


def test_sound_of_a_radio(tmp_path: Path) -> None:
    """Ogg behind Ogg, as a stream is recorded: the second piece is heard after the first."""
    for name, pitch in (("a", 500), ("b", 2000)):
        made("-f", "lavfi", "-i", f"sine=d=2:f={pitch}:r=48000", "-c:a", "libvorbis", str(tmp_path / f"{name}.ogg"))
    both = tmp_path / "both.ogg"
    both.write_bytes((tmp_path / "a.ogg").read_bytes() + (tmp_path / "b.ogg").read_bytes())
    assert abs(probe.sound(both) - 4) < Fraction(1, 50)

    with steady({"music": both}, tmp_path / "made") as inputs:
        wave = np.concatenate(list(decoded(inputs["music"], Fraction(0))), axis=1)[0]
        (copy,) = inputs.values()
    assert abs(len(wave) / 48_000 - 4) < 0.05
    for begin, pitch in ((0.5, 500), (2.5, 2000)):
        part = wave[int(begin * 48_000) :][:48_000]
        assert abs(int(np.argmax(np.abs(np.fft.rfft(part)))) - pitch) <= 1
    assert copy != both
    assert not copy.exists()


def test_a_flash_video_whose_clock_starts_again(plain: Path) -> None:
    first, second = (put(plain, f"{n}.flv", f"{X264} -c:a aac").read_bytes() for n in "ab")
    tags = 9 + 4  # a recorder that goes on in the same file writes no second header
    both = plain.parent / "both.flv"
    both.write_bytes(first + second[tags:])
    facts = probe.probe(both)
    assert (facts.frames, abs((facts.seconds or 0) - 4) < Fraction(1, 20)) == (96, True)
    clock = probe.restarts(both)
    assert clock is not None
    assert [len(shifts) for shifts in clock.shifts] == [1, 1]


@pytest.mark.parametrize("how", [f"{X264} -c:a aac", f"{X264} -an", "-vn -c:a aac"])
@pytest.mark.parametrize("by", [-1000.0, 1000.0, 30_000.0])
def test_a_jump_of_a_transport_stream(plain: Path, how: str, by: float) -> None:
    """Back it may wrap; whether both tracks are there or one: nothing is lost, and nothing is added."""
    file = put(plain, "x.ts", f"{how} -g 12 -bf 0 -output_ts_offset 2000")
    length = probe.probe(file, ".ts").seconds or Fraction(0)
    file.write_bytes(jumping(None, 1, by)(file.read_bytes()))
    assert probe.restarts(file) is not None
    assert abs((probe.probe(file, ".ts").seconds or 0) - length) < Fraction(1, 20)


def test_a_hole_is_no_jump(plain: Path) -> None:
    """Twenty seconds without a new picture, while the sound goes on."""
    held = put(
        plain,
        "y.ts",
        f"-f lavfi -i sine=d=30 -filter_complex [0:v]tpad=stop_duration=28:stop_mode=clone,"
        f"select='lt(n\\,48)+gt(n\\,600)'[v] -map [v] -map 1:a -fps_mode vfr {X264} -c:a aac",
    )
    assert probe.restarts(held) is None
    assert abs((probe.probe(held).seconds or 0) - 30) < Fraction(1, 10)


def test_of_ordinary_files_only_the_head_is_read(plain: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = [plain, *(put(plain, name, "-c copy") for name in ("x.mov", "x.mkv"))]
    monkeypatch.setattr(probe, "opened", lambda *_, **__: pytest.fail("it was opened"))
    assert [probe.restarts(file) for file in files] == [None, None, None]


def test_tracks_that_begin_in_the_middle(tmp_path: Path) -> None:
    """Two transport streams whose tracks have other numbers: PyAV cannot read on."""
    for name, number in (("a", 0x100), ("b", 0x200)):
        made(
            "-f",
            "lavfi",
            "-i",
            "testsrc=s=64x64:r=24:d=12",
            *shlex.split(X264),
            "-mpegts_start_pid",
            str(number),
            str(tmp_path / f"{name}.ts"),
        )
    (tmp_path / "both.ts").write_bytes((tmp_path / "a.ts").read_bytes() + (tmp_path / "b.ts").read_bytes())
    with pytest.raises(LocalTool, match="other tracks begin in the middle"):
        probe.probe(tmp_path / "both.ts")


def test_a_damaged_packet_is_damage_where_no_recording_ends(plain: Path) -> None:
    file = put(plain, "x.ts", f"{X264} -g 12 -bf 0 -c:a aac")
    data = bytearray(file.read_bytes())
    middle = len(data) // 188 // 2 * 188
    del data[middle : middle + 188 * 12]
    file.write_bytes(data)
    with pytest.raises(LocalTool, match="is damaged: packet"):
        probe.probe(file)
