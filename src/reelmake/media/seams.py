"""Decodes films around their seams: packets can be counted and timed perfectly and still be no pictures at all.

What a player would do is done: the end of one segment, then the beginning of the next. Two decoders take turns at the
seams, each in a thread of its own. A segment is looked at when it is made, beginning and end, beside others that
are made meanwhile; of a reel that has all its bytes, the beginnings are decoded once more, for there they meet the
parameters of others. Knows nothing of how a reel is put together.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import crc32

import av

from reelmake.errors import LocalTool
from reelmake.media.h264 import IDR, kinds
from reelmake.media.probe import opened

if TYPE_CHECKING:
    from av import Packet, VideoStream
    from av.container import InputContainer
    from av.video.codeccontext import VideoCodecContext

HEAD = 4  # packets decoded at the beginning of every segment: a keyframe, and pictures that are made from it
REACH = 48  # packets from a segment's last keyframe to its end, up to which that end is decoded too


def check(file: Path, segments: Sequence[int], given: int | None = None, *, head: bool = True) -> int:
    """Decodes around every seam; `segments`: packets in each, and there are no others. How many frames that were.
    Raises LocalTool.

    `head`: at the beginning of the file as well. A segment that is nothing but a clip from its first picture on may be
    left alone there: that was decoded to see what it is, and the beginning of the segment will be in the reel.
    `given`: the checksum of all packets as they were handed to whoever wrote the file, each out of a segment that was
    checked; where they lie in it unchanged, ends need not be decoded again. None: nothing is known of them.

    A copied clip may have one keyframe for all its length; its end is then left alone, for its bytes are the clip's.
    """
    with ExitStack() as stack:
        films = [stack.enter_context(opened(file, packets=True)) for _ in range(min(2, len(segments)))]
        film, stream = films[0], films[0].streams.video[0]
        decoders = [it.streams.video[0].codec_context for it in films]
        for decoder in decoders:  # which pass nothing over
            decoder.options, decoder.thread_count = {"err_detect": "explode"}, 1
        by_length = _by_length(stream)
        packets = _Packets(film, stream, by_length)
        runs = _runs(packets, segments, 0 if by_length and given is not None else REACH, head=head)
        decoded = 0
        with ThreadPoolExecutor(len(films)) as threads:
            while some := list(islice(runs, len(films))):
                decoded += sum(threads.map(_decode, decoders, *zip(*some, strict=True)))
        if next(packets, None) is not None:
            raise LocalTool(f"{file.name} has more packets than were written", next_steps=["reelmake cache verify"])
        if by_length and given not in (None, packets.sum):
            raise LocalTool("the picture was not written as it was given", next_steps=["reelmake cache verify"])
    return decoded


def _runs(
    packets: Iterator[Packet[VideoStream]], segments: Sequence[int], reach: int, *, head: bool
) -> Iterator[tuple[Sequence[Packet[VideoStream]], int]]:
    """What is to be decoded around each seam, and the frame that it is at; last, what is at the end."""
    before: list[Packet[VideoStream]] = []
    at = 0
    for count in segments:
        begin, tail = _ends(packets, count, reach)
        yield [*before, *(begin if head or at else ())], at
        before, at = tail, at + count
    yield before, at


def _by_length(stream: VideoStream) -> bool:
    """Has every packet of it to be a row of units with their lengths, which are written as they are?"""
    codec = stream.codec_context
    return codec.name in ("h264", "hevc") and bytes(codec.extradata or b"")[:1] == b"\1"


class _Packets(Iterator["Packet[VideoStream]"]):
    """All of them; every one that has to be a row of units with their lengths is seen to be one."""

    def __init__(self, film: InputContainer, stream: VideoStream, by_length: bool) -> None:
        self.sum = 0
        self._by_length, self._number = by_length, -1
        self._packets = (p for p in film.demux(stream) if p.size)

    def __next__(self) -> Packet[VideoStream]:
        packet = next(self._packets)
        self._number += 1
        if self._by_length:
            data = memoryview(packet)
            self.sum = crc32(data, self.sum)
            if not _framed(data):
                raise _unreadable(self._number, "its units are not framed as the file says")
        return packet


def _framed(data: memoryview) -> bool:
    """Four bytes of length and so many bytes, again and again. Decoders forgive other framings, players do not."""
    at = 0
    while at + 4 < len(data):
        at += 4 + int.from_bytes(data[at : at + 4])
    return at == len(data)


def _ends(
    packets: Iterator[Packet[VideoStream]], count: int, reach: int
) -> tuple[list[Packet[VideoStream]], list[Packet[VideoStream]]]:
    """The first packets of a segment, and those from its last keyframe on, unless they are more than `reach`."""
    head: list[Packet[VideoStream]] = []
    tail: list[Packet[VideoStream]] = []
    far = True
    for number, packet in zip(range(count), packets, strict=False):
        if number < HEAD:
            head.append(packet)
        if begins(packet):
            tail, far = [], False
        far = far or len(tail) == reach
        tail = [] if far else [*tail, packet]
    return head, tail


def begins(packet: Packet[VideoStream]) -> bool:
    """Can a decoder begin here, and show every picture from here on?

    Files call more packets keyframes: pictures that only heal what came before, or with others behind them that are
    shown first and depend on it. Browsers that jump there give up.
    """
    h264 = packet.stream.codec_context.name == "h264"
    return bool(packet.is_keyframe) and (not h264 or IDR in kinds(memoryview(packet)))


def _decode(decoder: VideoCodecContext, run: Sequence[Packet[VideoStream]], at: int) -> int:
    """Decodes packets that follow each other, the seam at frame `at` among them: each must give its own frame."""
    if not run:
        return 0
    try:
        frames = [frame for packet in run for frame in decoder.decode(packet)] + decoder.decode(None)
    except av.error.FFmpegError as error:
        raise _unreadable(at, str(error.strerror)) from error
    decoder.flush_buffers()
    if any(frame.is_corrupt for frame in frames) or Counter(f.pts for f in frames) != Counter(p.pts for p in run):
        raise _unreadable(at, f"{len(run)} packets gave {len(frames)} frames")
    return len(frames)


def _unreadable(at: int, why: str) -> LocalTool:
    said = f"the picture cannot be decoded where the segments meet, at frame {at}: {why}"
    return LocalTool(said, next_steps=["reelmake cache verify"])
