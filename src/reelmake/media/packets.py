"""Joins segments to a reel by copying their packets; only its seams are decoded, to see that it can be watched.

Knows nothing of what the segments show.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from reelmake.assemble.graph import timescale
from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, seams
from reelmake.media.probe import opened
from reelmake.model.cut import ReelWork
from reelmake.model.take import Facts
from reelmake.ports import Tell


def reel(work: ReelWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Segments one after another, and the sound beside them. Raises LocalTool unless every frame is in its place."""
    segments = [inputs[label] for label in sorted(inputs, key=_number) if label.startswith("segment ")]
    part = into.with_name(f".{into.name}.part")
    try:
        with opened(segments[0]) as first, _written(part, work) as out:
            template = first.streams.video[0]
            size = (template.codec_context.width, template.codec_context.height)
            picture = _Picture(out.add_stream_from_template(template, opaque=True), template, work)
            _describe(out, work)
            if "sound" in inputs:
                with opened(inputs["sound"]) as sound:
                    _interleave(out, picture, segments, sound, tell)
            else:
                _interleave(out, picture, segments, None, tell)
        if picture.frames != work.frames:
            raise LocalTool(f"the segments have {picture.frames} frames where {work.frames} were due")
        seams.check(part, picture.counts)
        part.replace(into)
    except (av.error.FFmpegError, OSError) as error:
        raise LocalTool(f"the reel could not be written: {getattr(error, 'strerror', None) or error}") from error
    finally:
        part.unlink(missing_ok=True)
    return Facts(
        bytes=into.stat().st_size,
        seconds=work.frames / work.fps,
        frames=work.frames,
        fps=work.fps,
        width=size[0],
        height=size[1],
        audio="sound" in inputs,
    )


def _written(part: Path, work: ReelWork) -> Any:
    """The container to write to."""
    movflags = "+cmaf+frag_keyframe" if work.container == "fragments" else "+faststart"
    options = {"fflags": "+bitexact"}
    if work.container in ("mp4", "mov", "fragments"):
        options |= {"movflags": movflags, "video_track_timescale": str(timescale(work.fps))}
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


def _number(label: str) -> int:
    return int(label.rpartition(" ")[2]) if label[-1].isdigit() else 0


class _Picture:
    """The track of pictures: gives every packet of every segment its place on the whole reel's time line."""

    def __init__(self, track: Any, template: Any, work: ReelWork) -> None:
        self.track = track
        self.base = Fraction(1, timescale(work.fps))  # not the track's, which is the container's once it has begun
        self.track.time_base = self.base
        self.tick = int(timescale(work.fps) / work.fps)  # ticks a frame, a whole number by choice of the scale
        self.delay = 2 if template.codec_context.has_b_frames else 0  # frames x264 reorders over at most
        self.sets = bytes(template.codec_context.extradata or b"")
        self.fps = work.fps
        self.frames = 0
        self.counts: list[int] = []  # packets of every segment so far

    def packets(self, file: Path) -> Any:
        """The packets of one segment in decoding order, timed. Raises LocalTool if it cannot follow the ones before."""
        with opened(file) as container:
            stream = container.streams.video[0]
            if bytes(stream.codec_context.extradata or b"") != self.sets:
                raise LocalTool(
                    f"{file.name} was encoded differently from the segments before it, so they cannot be joined",
                    next_steps=["reelmake cache verify"],
                )
            base, count = Fraction(stream.time_base), 0
            for packet in container.demux(stream):
                if not packet.size:
                    continue
                place = packet.pts * base * self.fps
                if place.denominator != 1 or (count == 0 and not packet.is_keyframe):
                    raise LocalTool(f"{file.name} is not a segment that can be joined")
                packet.stream = self.track
                packet.time_base = self.base
                packet.pts = (self.frames + int(place)) * self.tick
                packet.dts = (self.frames + count - self.delay) * self.tick
                packet.duration = self.tick
                if packet.pts < packet.dts:
                    raise LocalTool(f"{file.name} is not a segment that can be joined")
                count += 1
                yield packet
            self.frames += count
            self.counts.append(count)


def _interleave(out: Any, picture: _Picture, segments: list[Path], sound: Any, tell: Tell) -> None:
    """Half a second of sound goes in front of the pictures it belongs to, so that players need not seek."""
    track = out.add_stream_from_template(sound.streams.audio[0], opaque=True) if sound else None
    samples = _samples(sound, track) if sound else iter(())
    ahead = next(samples, None)
    for done, file in enumerate(segments):
        for packet in picture.packets(file):
            until = packet.dts * picture.base + Fraction(1, 2)
            while ahead is not None and ahead.pts * ahead.time_base <= until:
                out.mux(ahead)
                ahead = next(samples, None)
            out.mux(packet)
        tell((done + 1) / len(segments), "")
    while ahead is not None:
        out.mux(ahead)
        ahead = next(samples, None)


def _samples(sound: Any, track: Any) -> Any:
    for packet in sound.demux(sound.streams.audio[0]):
        if packet.size:
            packet.stream = track
            yield packet
