"""Joins segments to a reel by copying their packets; only its seams are decoded, to see that it can be watched.

Knows nothing of what the segments show.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import nullcontext
from fractions import Fraction
from heapq import merge
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zlib import crc32

import av

from reelmake.assemble.filter_graph import timescale
from reelmake.errors import LocalTool
from reelmake.media import caption_track, ffmpeg, h264, seams
from reelmake.media.probe import opened
from reelmake.model.segment import ReelWork
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE
from reelmake.ports import Tell
from reelmake.records import dataclass
from reelmake.scratch import discard

if TYPE_CHECKING:
    from av import AudioStream, Packet, VideoStream
    from av.container import InputContainer, OutputContainer

BOXES = ("mp4", "mov", "fragments")  # containers that are made of boxes, as an mp4 is


def reel(work: ReelWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Segments one after another, and the sound beside them. Raises LocalTool unless every frame is in its place."""
    numbered = {int(label.split()[1]): file for label, file in inputs.items() if label.startswith("segment ")}
    segments = [file for _, file in sorted(numbered.items())]
    part = into.with_name(f".{into.name}.part")
    try:
        try:
            size = _write(work, segments, inputs.get("sound"), part, Like(segments[0]), tell)
        except _Unlike:
            size = _write(work, segments, inputs.get("sound"), part, alike(segments), tell)
        part.replace(into)
    except (av.error.FFmpegError, OSError) as error:
        raise LocalTool(f"the reel could not be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        discard(part)
    return Facts(into.stat().st_size, work.frames / work.fps, work.frames, work.fps, *size, "sound" in inputs)


def _write(
    work: ReelWork, segments: Sequence[Path], sound: Path | None, part: Path, like: Like, tell: Tell
) -> tuple[int, int]:
    """Writes the reel and looks at its seams; width and height. Raises _Unlike if the segments are not as `like`."""
    with opened(like.template) as first, _written(part, work) as out:
        template = first.streams.video[0]
        picture = _Picture(out.add_stream_from_template(template, opaque=True), template, work, like)
        _describe(out, work)
        with opened(sound) if sound else nullcontext() as heard:
            beside: list[Iterator[Any]] = []
            if heard:
                beside.append(_samples(heard, out.add_stream_from_template(heard.streams.audio[0], opaque=True)))
            if work.captions:
                beside.append(caption_track.packets(work, caption_track.track(out, work)))
            # half a second of sound goes in front of the pictures it belongs to, so that players need not seek
            times = (((p.pts * p.time_base, p) for p in packets) for packets in beside)
            pictures = ((p.dts * picture.base + Fraction(1, 2), p) for p in picture.packets(segments, tell))
            for _, packet in merge(*times, pictures, key=itemgetter(0)):
                out.mux(packet)
        size = (template.codec_context.width, template.codec_context.height)
    if picture.frames != work.frames:
        raise LocalTool(f"the segments have {picture.frames} frames, {work.frames} were expected")
    seams.check(part, picture.counts, picture.sum)
    return size


def _written(part: Path, work: ReelWork) -> OutputContainer:
    """The container to write to."""
    movflags = "+cmaf+frag_keyframe" if work.container == "fragments" else "+faststart"
    options = {"fflags": "+bitexact"}
    if work.container in BOXES:
        ticks = {"video_track_timescale": timescale(work.fps), "movie_timescale": SAMPLE_RATE}
        options |= {"movflags": movflags, **{name: str(scale) for name, scale in ticks.items()}}
    return av.open(str(part), "w", format="mp4" if work.container == "fragments" else work.container, options=options)


def _describe(out: Any, work: ReelWork) -> None:
    """What the reel says of itself. The program that made it is known by name and version: they are in the key."""
    said = {"title": work.title, "comment": f"cut by reelmake with ffmpeg {ffmpeg.version()}", **work.tags}
    out.metadata.update({name: text for name, text in said.items() if text})
    if work.chapters:
        base = 1 / work.fps
        marks = [
            {"id": n, "start": c.at, "end": c.at + c.frames, "time_base": base, "metadata": {"title": c.title}}
            for n, c in enumerate(work.chapters, 1)
        ]
        out.set_chapters(marks)


@dataclass(frozen=True, slots=True)
class Like:
    """What the segments of a reel have in common.

    `template`: the one whose track is the reel's. `delay`: frames they are reordered over at most, None = as x264 does.
    `sets`: the parameters of them all, which stand once, at the beginning; None = as the template's. `inline`: one
    number stands for different ones in two of them, so every keyframe carries its own (avc3).
    """

    template: Path
    delay: int | None = None
    sets: bytes | None = None
    inline: bool = False


class _Unlike(Exception):
    """The segments are not all as they were thought to be."""


def alike(segments: Sequence[Path]) -> Like:
    """Looks at every segment: some were copied from clips. Raises LocalTool if they are not of one size and codec."""
    ranks, delay, kinds = [], 0, set()
    same: dict[bytes, h264.Sets | None] = {}
    for file in segments:
        with opened(file, packets=True) as container:
            stream = container.streams.video[0]
            context = stream.codec_context
            first = next(packet for packet in container.demux(stream) if packet.size)
            delay = max(delay, -first.dts // max(1, first.duration))
            kinds.add((context.name, context.width, context.height))
            extradata = bytes(context.extradata or b"")
            known = h264.sets(extradata) if context.name == "h264" else None
            same[extradata] = known
        ranks.append(known.rank if known else (0, 0))
    if len(kinds) > 1 or (len(same) > 1 and None in same.values()):
        raise LocalTool("the segments were encoded too differently to be joined", next_steps=["reelmake cache verify"])
    template = segments[ranks.index(max(ranks))]
    if len(same) == 1:
        return Like(template, delay)
    whole = h264.merged([sets for sets in same.values() if sets])
    return Like(template, delay, whole.extradata if whole else None, inline=whole is None)


class _Picture:
    """The track of pictures: gives every packet of every segment its place on the whole reel's time line."""

    def __init__(self, track: VideoStream, template: VideoStream, work: ReelWork, like: Like) -> None:
        self.track = track
        self.inline = like.inline
        if work.container in BOXES:  # players know ProRes by its tag, and Apple's refuse HEVC but for one
            self.track.codec_context.codec_tag = "avc3" if self.inline else template.codec_context.codec_tag
        self.base = Fraction(1, timescale(work.fps))  # not the track's, which is the container's once it has begun
        self.track.time_base = self.base
        self.tick = int(timescale(work.fps) / work.fps)  # ticks a frame, a whole number by choice of the scale
        self.delay = like.delay if like.delay is not None else 2 * bool(template.codec_context.has_b_frames)  # as x264
        self.sets: bytes | None = bytes(template.codec_context.extradata or b"")  # None: those of the segments differ
        if like.sets or like.inline:
            self.sets = None
        if like.sets:
            self.track.codec_context.extradata = like.sets
        self.fps = work.fps
        self.frames = 0
        self.counts: list[int] = []  # packets of every segment so far, and of every part of one that was half copied
        self.sum = 0  # of their bytes

    def packets(self, segments: Sequence[Path], tell: Tell) -> Iterator[Any]:
        """The packets of all segments in decoding order, timed. Raises LocalTool if one cannot follow those before."""
        for done, file in enumerate(segments, 1):
            yield from self._packets(file)
            tell(done / len(segments), "")

    def _packets(self, file: Path) -> Iterator[Any]:
        with opened(file, packets=True) as container:
            stream = container.streams.video[0]
            extradata = bytes(stream.codec_context.extradata or b"")
            if self.sets is not None and extradata != self.sets:
                raise _Unlike
            known = h264.sets(extradata) if stream.codec_context.name == "h264" else None
            own = known if self.inline else None
            counts, mixed, follows = [0], known is not None and len(known.pps) > 1, None
            frame, count = Fraction(stream.time_base) * self.fps, 0
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                place, beside = divmod(packet.pts * frame.numerator, frame.denominator)
                if beside or (count == 0 and not packet.is_keyframe):
                    raise LocalTool(f"{file.name} is not a segment that can be joined")
                packet.is_keyframe = seams.begins(packet)
                if mixed and packet.is_keyframe:  # copied pictures have other parameters than encoded ones
                    before, follows = follows, h264.follows(memoryview(packet))
                    if counts[-1] and before != follows:
                        counts.append(0)
                counts[-1] += 1
                if own and packet.is_keyframe:
                    packet = av.Packet(h264.led(bytes(packet), own.inline))
                    packet.is_keyframe = True
                packet.stream = self.track
                packet.time_base = self.base
                packet.pts = (self.frames + place) * self.tick
                packet.dts = (self.frames + count - self.delay) * self.tick
                packet.duration = self.tick
                if packet.pts < packet.dts:  # reordered over more frames than we thought
                    raise _Unlike
                count += 1
                self.sum = crc32(memoryview(packet), self.sum)
                yield packet
            self.frames += count
            self.counts += counts


def _samples(sound: InputContainer, track: AudioStream) -> Iterator[Packet[AudioStream]]:
    for packet in sound.demux(sound.streams.audio[0]):
        if packet.size:
            packet.stream = track
            yield packet
