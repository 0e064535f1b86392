"""Twelve clips with hard cuts: every packet of the picture, every sample of the sound, and no encoder for a gain."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, h264
from reelmake.media.sound_file import EDGE, decoded
from reelmake.model.storyboard import Music, Output, Sound
from reelmake.model.time import SAMPLE_RATE, samples
from tests.support.film import Room, packets, pictures, read
from tests.support.waves import mixed, tone, wav

pytestmark = pytest.mark.slow
AUTO = Output("cut.mp4")
FPS, FRAMES = Fraction(24000, 1001), 29  # neither packets of AAC nor whole samples end where such a clip does
CAMERA = {"preset": "veryfast", "bf": "3", "g": "250"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    for number in range(12):
        chance = np.random.default_rng(number)
        room.clip(f"s{number:02}", number, FRAMES, fps=FPS, options=CAMERA,
                  sound=lambda t, chance=chance: chance.normal(0, 0.1, len(t)))  # fmt: skip
    return room


def payloads(file: Path) -> list[bytes]:
    return [bytes(packet) for packet in packets(file, "video")]


def test_every_packet_of_twelve_clips_is_in_the_reel_as_it_was(room: Room) -> None:
    reel = room.build(room.board(fps=FPS), AUTO)

    assert payloads(reel) == [packet for clip in room.clips.values() for packet in payloads(clip)]


def test_every_sample_of_twelve_clips_is_in_its_place(room: Room) -> None:
    """But for the 4 ms on either side of a join in which one goes and the other comes."""
    sound = mixed(room, room.board(fps=FPS))

    assert sound.shape == (2, samples(12 * FRAMES, FPS))
    for number, clip in enumerate(room.clips.values()):
        begin, end = (samples(n * FRAMES, FPS) for n in (number, number + 1))
        own = np.concatenate(list(decoded(clip, Fraction(0))), axis=1)
        inner = slice(EDGE, min(end - begin, own.shape[1]) - EDGE)
        assert inner.stop > SAMPLE_RATE
        assert np.abs(sound[:, begin:end][:, inner] - own[:, inner]).max() < 2**-22


def test_a_changed_gain_encodes_no_frame(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    wav(room.folder / "bed.wav", tone(200, 3))
    room.build(room.board(fps=FPS, sound=Sound(Music("bed.wav", gain=Fraction(-12)))))
    runs: list[Sequence[str]] = []
    monkeypatch.setattr(ffmpeg, "_run", lambda arguments, *rest: runs.append(arguments))
    room.build(room.board(fps=FPS, sound=Sound(Music("bed.wav", gain=Fraction(-15)))))

    assert room.made == ["sound:cut.mp4", "reel:cut.mp4"]
    assert runs == []


@pytest.mark.parametrize("hole", [b"\0" * 64, b"\0" * 2000])
def test_a_hole_in_a_clip_that_would_be_copied(room: Room, hole: bytes) -> None:
    """As a download that was never finished leaves one: the file is as long as it should be. To encode it tells."""
    clip = room.clips["s04"]
    hurt = max(packets(clip, "video")[5:], key=lambda packet: packet.size)
    data, middle = bytearray(clip.read_bytes()), hurt.pos + 20
    data[middle : middle + len(hole)] = hole
    clip.write_bytes(data)
    with pytest.raises(LocalTool, match=r"s04.mp4 is damaged: the picture at \d\.\d\d s cannot be decoded"):
        room.build(room.board(fps=FPS), AUTO)
    assert not list(room.folder.glob(".*"))


def test_zeros_that_do_no_harm_are_encoded(room: Room) -> None:
    """Some encoders fill up with zeros behind a picture: such a clip is shown, but not copied."""
    whole, clip = room.clips["s04"], room.folder / "filled.mp4"
    with av.open(str(whole)) as source, av.open(str(clip), "w") as out:
        track = out.add_stream_from_template(source.streams.video[0])
        for number, packet in enumerate(p for p in source.demux(video=0) if p.size):
            data = bytes(packet)
            size = int.from_bytes(data[:4])
            filled = (size + 8).to_bytes(4) + data[4 : 4 + size] + bytes(8) + data[4 + size :]
            given = av.Packet(filled if number == 9 else data)
            given.pts, given.dts, given.duration = packet.pts, packet.dts, packet.duration
            given.time_base, given.is_keyframe, given.stream = packet.time_base, packet.is_keyframe, track
            out.mux(given)
    room.clips["s04"] = clip
    reel = room.build(room.board(fps=FPS), AUTO)

    assert [read(frame) for frame in pictures(reel)] == [(n, m) for n in range(12) for m in range(FRAMES)]
    assert payloads(whole)[0] not in payloads(reel)


def test_what_is_whole_and_what_is_torn() -> None:
    unit = b"\0\0\0\5\x41\x9a\0\0\3"
    assert not h264.torn(memoryview(unit * 3))
    for broken in (unit[:-1], unit + b"\0\0", b"\0\0\0\0" + unit, b"\0\0\0\7\x41\x9a\0\0\0\0\1", b"\0" * 40):
        assert h264.torn(memoryview(broken)), broken
