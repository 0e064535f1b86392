"""A reel whose boxes, counts and times are all right, and which no player can show, is found out."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from zlib import crc32

import av
import pytest

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, seams, segments
from reelmake.media.probe import probe
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from tests.support.film import SMALL, footage

COUNT, SEGMENT = 60, 20
X264 = {"preset": "veryfast", "bf": "3", "g": "20", "keyint_min": "20", "sc_threshold": "0"}
Break = Callable[[int, bytes], bytes]


def rewritten(folder: Path, broken: Break = lambda number, data: data) -> Path:
    """Footage of three closed groups of pictures, with some packets changed; nothing about it tells from outside."""
    whole, file = footage(folder / "whole.mp4", 3, COUNT, options=X264), folder / "reel.mp4"
    with av.open(str(whole)) as source, av.open(str(file), "w") as out:
        track = out.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
            given = av.Packet(broken(number, bytes(packet)))
            given.pts, given.dts, given.duration = packet.pts, packet.dts, packet.duration
            given.time_base, given.is_keyframe, given.stream = packet.time_base, packet.is_keyframe, track
            out.mux(given)
    facts = probe(file)
    assert (facts.frames, facts.seconds) == (COUNT, Fraction(COUNT, 24))
    return file


def test_a_whole_reel(tmp_path: Path) -> None:
    assert seams.check(rewritten(tmp_path), [SEGMENT] * 3) == 3 * (SEGMENT + seams.HEAD)


def annex_b(data: bytes) -> bytes:
    """The units of an mp4 packet as a broadcast stream frames them."""
    framed, at = b"", 0
    while at < len(data):
        size = int.from_bytes(data[at : at + 4])
        framed += b"\0\0\0\1" + data[at + 4 : at + 4 + size]
        at += 4 + size
    return framed


@pytest.mark.parametrize(
    ("what", "broken"),
    [
        ("framed as in a broadcast stream", lambda n, d: annex_b(d) if n >= SEGMENT else d),
        ("the keyframe is another's", lambda n, d: b"\0\0\0\2\x65\x88" if n == SEGMENT else d),
        ("the end is empty", lambda n, d: b"\0\0\0\2\x41\x9a" if n == SEGMENT - 1 else d),
        ("cut off within", lambda n, d: d[: len(d) // 2] if n == 2 * SEGMENT else d),
    ],
)
def test_what_cannot_be_shown(tmp_path: Path, what: str, broken: Break) -> None:
    with pytest.raises(LocalTool, match="cannot be decoded where the segments meet, at frame"):
        seams.check(rewritten(tmp_path, broken), [SEGMENT] * 3)


def test_far_from_any_seam_nothing_is_decoded(tmp_path: Path) -> None:
    """A clip with one keyframe: its first pictures are looked at, for the rest is the clip itself."""
    clip = footage(tmp_path / "a.mp4", 1, 200, options=X264 | {"g": "400", "keyint_min": "400"})
    assert seams.check(clip, [200]) == seams.HEAD
    assert seams.check(clip, [200], head=False) == 0


def test_there_are_no_packets_but_those(tmp_path: Path) -> None:
    with pytest.raises(LocalTool, match="has more packets than were written"):
        seams.check(rewritten(tmp_path), [SEGMENT] * 2)


def test_packets_that_are_those_that_were_given_need_no_second_decoding_of_ends(tmp_path: Path) -> None:
    reel = rewritten(tmp_path)
    with av.open(str(reel)) as film:
        given = crc32(b"".join(bytes(p) for p in film.demux(video=0)))
    assert seams.check(reel, [SEGMENT] * 3, given) == 3 * seams.HEAD


def test_a_packet_that_is_not_the_one_that_was_given(tmp_path: Path) -> None:
    """It lies far from any seam, and where nothing would be decoded."""
    with av.open(str(rewritten(tmp_path))) as film:
        given = crc32(b"".join(bytes(p) for p in film.demux(video=0)))
    other = rewritten(tmp_path, lambda n, data: data[:-1] + bytes([data[-1] ^ 1]) if n == SEGMENT // 2 else data)
    with pytest.raises(LocalTool, match="not written as it was given"):
        seams.check(other, [SEGMENT] * 3, given)


def test_a_segment_whose_end_is_no_picture_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is found when the segment is made: of a reel that has its bytes, ends are not decoded again."""
    clip = footage(tmp_path / "clip.mp4", 3, COUNT, options=X264)
    torn = rewritten(tmp_path, lambda n, data: b"\0\0\0\2\x41\x9a" if n == COUNT - 1 else data)

    def run(arguments: object, into: Path, **_: object) -> str:
        torn.replace(into)
        return ""

    monkeypatch.setattr(ffmpeg, "run", run)
    work = BodyWork(Piece(0, COUNT, "crop"), VideoFormat(SMALL, Fraction(24), 18, "veryfast"))
    with pytest.raises(LocalTool, match="cannot be decoded where the segments meet"):
        segments.body(work, {"clip": clip}, tmp_path / "segment.mp4", lambda *_: None)


def test_the_shortest_segments(tmp_path: Path) -> None:
    clip = footage(tmp_path / "a.mp4", 1, 6, options={"g": "1"})
    assert seams.check(clip, [1, 2, 3]) == 1 + 2 + 2 + 1 + 3  # all of each, but only the last keyframe of the longer
