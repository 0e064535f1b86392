"""Clips that need no change are in the reel packet by packet; all others are encoded, and both stand side by side."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av
import pytest

from reelmake.media import ffmpeg, h264
from reelmake.model.frame import Size
from reelmake.model.storyboard import Output
from tests.support.film import Room, entry, footage, into, length, packets, pictures, read

pytestmark = pytest.mark.slow
AUTO = Output("cut.mp4")
CAMERA = {"preset": "veryfast", "bf": "3", "g": "12", "keyint_min": "12", "sc_threshold": "0"}
ONE_KEYFRAME = {"preset": "veryfast", "bf": "3", "g": "250", "sc_threshold": "0"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 36, options=CAMERA)
    return room


def raw(file: Path) -> list[bytes]:
    return [bytes(packet) for packet in packets(file, "video")]


def shown(file: Path) -> list[tuple[int, int]]:
    return [read(frame) for frame in pictures(file)]


def tag(file: Path) -> str:
    with av.open(str(file)) as container:
        return str(container.streams.video[0].codec_context.codec_tag)


def test_hard_cuts_of_like_clips_are_the_clips_bit_for_bit(room: Room) -> None:
    reel = room.build(room.board(), AUTO)

    assert raw(reel) == [packet for id in "abc" for packet in raw(room.clips[id])]
    assert shown(reel) == [(clip, n) for clip in (1, 2, 3) for n in range(36)]
    assert tag(reel) == "avc1"
    assert {(p.duration, p.time_base) for p in packets(reel, "video")} == {(512, Fraction(1, 12288))}
    assert length(reel, "video") == length(reel, "audio") == Fraction(108, 24)


def test_what_lies_over_one_clip_is_encoded_there_and_nowhere_else(room: Room) -> None:
    reel = room.build(room.board(entry("a"), entry("b", title="Hello"), entry("c")), AUTO)

    plain = [bytes(p) for id in "ac" for p in packets(room.clips[id], "video")]
    kept = [p for p in raw(reel) if any(p.endswith(clip) for clip in plain)]
    assert len(kept) == 72
    assert len(pictures(reel)) == 108
    assert tag(reel) == "avc1"  # our own parameters have another number than the clips'
    assert [read(f) for f in pictures(reel)[:36] + pictures(reel)[72:]] == [(c, n) for c in (1, 3) for n in range(36)]


def test_every_frame_can_be_jumped_to_where_copies_and_encodings_meet(room: Room) -> None:
    """A player that jumps has not seen the keyframes that came before: each must name the parameters it is made by."""
    reel = room.build(room.board(entry("a"), entry("b", into=into("dissolve", "0.25")), entry("c"), entry("a")), AUTO)
    whole = [f.to_ndarray(format="gray") for f in pictures(reel)]
    for number in (0, 1, 35, 36, 40, 65, 66, 70, 72, 100, 103, 137):
        with av.open(str(reel)) as container:
            stream = container.streams.video[0]
            container.seek(int(Fraction(number, 24) / stream.time_base), stream=stream)
            found = next(f for f in container.decode(stream) if f.pts * stream.time_base * 24 == number)
        assert (found.to_ndarray(format="gray") == whole[number]).all()


@pytest.mark.parametrize(
    ("trim", "copied"),
    [
        (("0", "1"), True),
        (("0.5", "1"), True),
        (("0.5", None), True),
        (("0.25", "1"), False),  # begins within a group of pictures
        (("0", "0.125"), False),  # ends at a picture that hangs on a later one
    ],
)
def test_a_part_of_a_clip(room: Room, trim: tuple[str, str | None], copied: bool) -> None:
    reel = room.build(room.board(entry("a", trim=trim), entry("b")), AUTO)

    first, last = (Fraction(t) * 24 if t else 36 for t in trim)
    assert shown(reel)[: int(last - first)] == [(1, n) for n in range(int(first), int(last))]
    assert (set(raw(reel)) >= set(raw(room.clips["a"])[int(first) : int(last)])) == copied


@pytest.mark.parametrize("options", [{"crf": 20}, {"preset": "veryfast"}, {"copy": "never"}])
def test_who_asks_for_an_encoding_gets_one(room: Room, options: dict[str, object]) -> None:
    reel = room.build(room.board(), Output("cut.mp4", options=options))

    assert not set(raw(reel)) & {packet for id in "abc" for packet in raw(room.clips[id])}


@pytest.mark.parametrize(
    ("what", "how"),
    [
        ("another codec", ("-c:v", "libx265")),
        ("ten bits", ("-c:v", "libx264", "-pix_fmt", "yuv420p10le")),
        ("no subsampling", ("-c:v", "libx264", "-pix_fmt", "yuv444p")),
        ("another size", ("-c:v", "libx264", "-vf", "scale=416:192")),
        ("pixels that are not square", ("-c:v", "libx264", "-vf", "setsar=4/3")),
        ("another rate", ("-c:v", "libx264", "-r", "30")),
        ("no steady rate", ("-c:v", "libx264", "-vf", "select=not(eq(n\\,5))", "-fps_mode", "vfr")),
        ("full range", ("-c:v", "libx264", "-vf", "scale=out_range=pc", "-color_range", "pc")),
        ("BT.601", ("-c:v", "libx264", "-vf", "setparams=colorspace=smpte170m", "-color_primaries", "smpte170m")),
        ("interlaced", ("-c:v", "libx264", "-flags", "+ildct+ilme", "-vf", "setfield=tff")),
    ],
)
def test_a_clip_that_is_not_as_the_reel_must_be_is_encoded(room: Room, what: str, how: tuple[str, ...]) -> None:
    odd = room.folder / "odd.mp4"
    ffmpeg.run(["-i", str(room.clips["b"]), *how, "-an", "-f", "mp4", str(odd)], odd)
    room.clips["b"] = odd.replace(room.folder / "b.mp4")
    reel = room.build(room.board(), AUTO)

    assert not set(raw(reel)) & set(raw(room.clips["b"]))
    assert set(raw(reel)) >= set(raw(room.clips["a"])) or tag(reel) == "avc3"
    assert shown(reel)[:36] == [(1, n) for n in range(36)]
    assert len(pictures(reel)) == 108
    with av.open(str(reel)) as container:
        tags = [(f.colorspace, f.color_range, f.color_primaries) for f in container.decode(video=0)]
    assert {tuple(int(t) for t in row) for row in tags} == {(1, 1, 1)}


def test_a_clip_that_begins_late_and_counts_otherwise(room: Room) -> None:
    """Time stamps in milliseconds, the first of them at five seconds: the packets are the same all the same."""
    odd = room.folder / "odd.mkv"
    ffmpeg.run(["-i", str(room.clips["b"]), "-c", "copy", "-output_ts_offset", "5", "-f", "matroska", str(odd)], odd)
    room.clips["b"] = odd.replace(room.folder / "b.mp4")
    reel = room.build(room.board(), AUTO)

    assert shown(reel) == [(clip, n) for clip in (1, 2, 3) for n in range(36)]
    assert set(raw(reel)) >= set(raw(room.clips["b"]))


def test_clips_of_different_encoders_stand_side_by_side(room: Room) -> None:
    for id, number, how in (("b", 2, {"bf": "0"}), ("c", 3, {"bf": "8", "b_strategy": "2", "refs": "8"})):
        footage(room.clips[id], number, 36, options=ONE_KEYFRAME | how)
    footage(room.clips["a"], 1, 36, options={"profile": "baseline", "g": "36"})
    reel = room.build(room.board(), AUTO)

    assert shown(reel) == [(clip, n) for clip in (1, 2, 3) for n in range(36)]
    assert tag(reel) == "avc3"
    stamps = [(p.pts, p.dts) for p in packets(reel, "video")]
    assert sorted(pts for pts, _ in stamps) == [512 * n for n in range(108)]
    assert all(dts < pts or dts == pts for pts, dts in stamps)
    assert [dts for _, dts in stamps] == sorted({dts for _, dts in stamps})


def test_a_clip_shorter_than_what_is_shown_of_it_holds_its_last_frame(room: Room) -> None:
    room.lengths["b"] = Fraction(40, 24)
    reel = room.build(room.board(), AUTO)

    assert shown(reel)[36:76] == [(2, min(n, 35)) for n in range(40)]


def test_the_size_of_the_output_decides(room: Room) -> None:
    reel = room.build(room.board(), Output("cut.mp4", size=Size(104, 48)))

    assert not set(raw(reel)) & set(raw(room.clips["a"]))


def test_parameter_sets_are_read_and_written_as_they_are(room: Room) -> None:
    with av.open(str(room.clips["a"])) as container:
        extradata = bytes(container.streams.video[0].codec_context.extradata)
    known = h264.sets(extradata)
    assert known is not None
    assert known.extradata == extradata
    assert known.rank == (extradata[1], extradata[3])
    for size in range(len(extradata) - len(known.tail)):
        assert h264.sets(extradata[:size]) is None
    assert h264.sets(b"\0\0\0\1" + known.sps[0]) is None
