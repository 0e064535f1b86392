"""Footage as cameras and websites give it, in the middle of a cut: every frame where it belongs, the sound with it."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.media import ffmpeg
from tests.support.film import SMALL, Room, entry, footage, heard, packets, pictures, read
from tests.support.odd import BEEPS, beep, offset

pytestmark = pytest.mark.slow
BOTH = [1 + at for at in BEEPS]  # when the beeps of x are due in the cut


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    room.clip("x", 2, 48, sound=beep)
    room.clip("c", 3, 24)
    return room


def rewritten(room: Room, *arguments: str, suffix: str = ".mp4") -> None:
    """Puts what ffmpeg makes of clip x in its place."""
    file = room.folder / f"odd{suffix}"
    ffmpeg.run([*arguments, str(file)], file)
    file.replace(room.folder / "x.mp4")


def in_place(reel: Path, *sounds: Fraction) -> None:
    """Each of these is heard within a millisecond of its place."""
    found = [offset(heard(reel), at) for at in sounds]
    assert all(abs(late) <= 0.001 and clear > 0.8 for late, clear in found), found


def check(room: Room, *sounds: Fraction) -> None:
    """Every frame of the three clips, and what is heard of x."""
    reel = room.build(room.board())
    assert [read(f) for f in pictures(reel)] == [(c, n) for c, m in ((1, 24), (2, 48), (3, 24)) for n in range(m)]
    in_place(reel, *sounds)
    if not sounds:
        assert np.abs(heard(reel)).max() < 0.01


def test_nothing_odd(room: Room) -> None:
    check(room, *BOTH)


def test_time_stamps_that_begin_late(room: Room) -> None:
    """As a piece cut out of a stream: both tracks start at 5 s."""
    rewritten(room, "-i", str(room.clips["x"]), "-c", "copy", "-output_ts_offset", "5", "-f", "mpegts", suffix=".ts")
    check(room, *BOTH)


def test_sound_that_begins_before_the_picture(room: Room) -> None:
    """The cut counts from the first frame; what is already heard it is left out."""
    x = str(room.clips["x"])
    rewritten(
        room, "-itsoffset", "0.25", "-i", x, "-i", x, "-map", "0:v", "-map", "1:a", "-c", "copy", "-f", "matroska"
    )
    check(room, Fraction(5, 4), Fraction(9, 4))


def test_no_sound_at_all(room: Room) -> None:
    rewritten(room, "-i", str(room.clips["x"]), "-an", "-c", "copy", "-f", "mp4")
    check(room)


def test_sound_shorter_than_the_picture(room: Room) -> None:
    footage(room.folder / "x.mp4", 2, 48, sound=beep, sound_seconds=Fraction(1))
    check(room, BOTH[0])


def test_a_packet_of_sound_that_is_damaged_is_silent_and_moves_nothing(room: Room) -> None:
    x = str(room.clips["x"])
    rewritten(room, "-i", x, "-c:v", "copy", "-c:a", "flac", "-f", "matroska")
    file = room.folder / "x.mp4"
    data, hurt = bytearray(file.read_bytes()), packets(file, "audio")[10]
    place = data.index(bytes(hurt)[:24])
    data[place : place + 8] = bytes(8)
    file.write_bytes(data)
    check(room, *BOTH)


def test_another_codec_and_ten_bits(room: Room) -> None:
    x = str(room.clips["x"])
    rewritten(room, "-i", x, "-c:v", "libx265", "-pix_fmt", "yuv420p10le", "-c:a", "copy", "-f", "mp4")
    check(room, *BOTH)


def test_full_range_is_brought_to_tv_range(room: Room) -> None:
    x = str(room.clips["x"])
    rewritten(room, "-i", x, "-vf", "scale=out_range=pc,format=yuvj420p", "-c:v", "mjpeg", "-q:v", "2", "-c:a", "copy",
              "-f", "matroska")  # fmt: skip
    reel = room.build(room.board())
    plain, odd = (f.to_ndarray(format="gray").astype(int) for f in (pictures(reel)[0], pictures(reel)[24]))
    assert abs(plain.max() - odd.max()) <= 6
    assert pictures(reel)[24].color_range == 1


def test_a_picture_that_is_stored_lying_on_its_side(room: Room, tmp_path: Path) -> None:
    upright = tmp_path / "upright.mp4"
    ffmpeg.run(["-i", str(room.clips["x"]), "-vf", "transpose=2", "-c:v", "libx264", "-c:a", "copy", "-f", "mp4",
                str(upright)], upright)  # fmt: skip
    rewritten(room, "-display_rotation", "-90", "-i", str(upright), "-c", "copy", "-f", "mp4")
    check(room, *BOTH)


def test_frames_that_come_when_they_like(room: Room) -> None:
    """Variable rate: a frame is seen from its time on until the next one comes."""
    times = [0, 1, 2, 6, 7, 12, 13, 14, 30, 31]
    footage(room.folder / "x.mp4", 2, len(times), pts=times)
    room.lengths["x"] = Fraction(32, 24)
    seen = [read(f)[1] for f in pictures(room.build(room.board()))[24:56]]
    assert seen == [max(i for i, t in enumerate(times) if t <= n) for n in range(32)]


def test_far_into_a_file_that_begins_late(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("x", 2, 24 * 20, sound=lambda t: beep(t - 16), options={"g": "48", "bf": "2"})
    rewritten(room, "-i", str(room.clips["x"]), "-c", "copy", "-output_ts_offset", "7.3", "-f", "mpegts", suffix=".ts")
    room.lengths["x"] = Fraction(20)
    reel = room.build(room.board(entry("x", trim=("16", "17"))))
    assert [read(f) for f in pictures(reel)] == [(2, 384 + n) for n in range(24)]
    in_place(reel, Fraction(1, 2))


def test_untagged_colours_stay_as_they_are(room: Room, tmp_path: Path) -> None:
    """A clip that names no matrix is taken as BT.709, like players do; nothing is converted."""
    frame = np.zeros((SMALL.height, SMALL.width, 3), np.uint8)
    frame[:] = (200, 60, 30)
    with av.open(str(room.folder / "x.mp4"), "w") as out:
        track = out.add_stream("libx264", rate=24, options={"crf": "8"})
        track.width, track.height, track.pix_fmt = SMALL.width, SMALL.height, "yuv420p"
        for n in range(4):
            picture = av.VideoFrame.from_ndarray(frame, format="rgb24").reformat(format="yuv420p")
            picture.pts = n
            out.mux(track.encode(picture))
        out.mux(track.encode(None))
    room.lengths["x"] = Fraction(4, 24)
    before = pictures(room.folder / "x.mp4")[1].to_ndarray(format="yuv420p").astype(int)
    after = pictures(room.build(room.board()))[25].to_ndarray(format="yuv420p").astype(int)
    assert np.abs(before - after).mean() < 1
