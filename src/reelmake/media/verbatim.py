"""Takes frames out of a clip as they are, packet by packet, where nothing about them has to change.

Only what the clip itself allows is judged here: is every picture as the reel's must be, and which of them can be shown
without those that are not wanted? The rest is encoded, and lies before and behind in the same segment. Knows nothing of
reels, of what lies over a picture, and of how pictures are encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av

from reelmake.assemble.codecs import SETS
from reelmake.assemble.graph import timescale
from reelmake.media import h264
from reelmake.media.probe import opened, probe
from reelmake.media.runs import Places, Run, longest
from reelmake.model.cut import BodyWork, Picture
from reelmake.model.take import Facts

GRID = Fraction(1, 8)  # of a frame: how far a time stamp may be from its frame's, for some files count in milliseconds
FULL_RANGE, BT709, UNSAID = 2, 1, (0, 2)  # colours that a file does not name are taken as BT.709
LEAST = Fraction(1)  # seconds of a body that have to be copied, if not all of it is: more keyframes make a file larger
Encode = Callable[[int, int, Path], object]  # `frames` frames of the clip from `first` on, to a file


@dataclass(frozen=True, slots=True)
class Share:
    """What of a body is copied: `run`, and why not all of it, in a few words. `places`: of all packets of the clip."""

    run: Run
    why: str = ""
    places: Places = ()


def body(work: BodyWork, clip: Path, into: Path, encode: Encode) -> Facts | None:
    """Writes the frames of a body as a segment; None if all of them have to be encoded. Raises LocalTool."""
    found = share(work, clip)
    run, start, stop = found.run, work.piece.start, work.piece.start + work.piece.frames
    if not run.packets:
        return None
    with ExitStack() as beside:
        parts = [_Part(clip, run.packets, [place for place, _ in found.places[run.packets.start : run.packets.stop]])]
        for first, last in ((start, run.start), (run.stop, stop)):
            if first < last:
                file = into.with_name(f".{into.name}.{first}")
                beside.callback(file.unlink, missing_ok=True)
                encode(first, last - first, file)
                parts.append(_encoded(file, first, work.picture.fps))
        part = into.with_name(f".{into.name}.part")
        beside.callback(part.unlink, missing_ok=True)
        _write(sorted(parts, key=lambda part: min(part.places)), work.picture.fps, part)
        part.replace(into)
    return probe(into, ".mp4")


def share(work: BodyWork, clip: Path) -> Share:
    """What of a body can be copied. Raises LocalTool."""
    start, stop = work.piece.start, work.piece.start + work.piece.frames
    nothing = Run(range(0), start)
    with opened(clip) as container:
        if other := obstacle(container, work.picture):
            return Share(nothing, other)
        stream = container.streams.video[0]
        places = _places(container, stream, work.picture.fps)
        known = h264.sets(bytes(stream.codec_context.extradata))
    if not places:
        return Share(nothing, "its frames do not come at the rate of the cut")
    run = longest(places, start, stop)
    if len(run.packets) == stop - start:
        return Share(run, "", places)
    why = _lacking(places, start, stop)
    if known is None or _ours(known) or work.picture.hardware:  # encoded pictures could not lie beside its own
        return Share(nothing, why)
    return Share(run if len(run.packets) >= LEAST * work.picture.fps else nothing, why, places)


def _ours(sets: h264.Sets) -> bool:
    """Is one of them numbered as those of our own segments are?"""
    return any(number == SETS for _, number in sets.numbers)


def _lacking(places: Places, start: int, stop: int) -> str:
    """Why frames [start, stop) cannot be taken by themselves."""
    at = dict(places)
    if any(place not in at for place in range(start, stop)):
        return "it has too few frames"
    return f"the {'last' if at[start] else 'first'} frame that is shown hangs on others"


def obstacle(container: Any, picture: Picture) -> str:
    """Why no frame of a clip can stand in the picture as it is, in a few words; "" if nothing is in the way."""
    stream = container.streams.video[0]
    clip = stream.codec_context
    known = h264.sets(bytes(clip.extradata or b""))
    frame = next(container.decode(stream), None)
    container.seek(0)
    if clip.name != picture.codec:
        return f"{clip.name} → {picture.codec}"
    if known is None or known.header[1] not in h264.PROFILES or clip.pix_fmt != "yuv420p" or frame is None:
        return f"{clip.profile or 'an unknown profile'}, {clip.pix_fmt} → High, yuv420p"
    if (clip.width, clip.height) != (picture.size.width, picture.size.height):
        return f"{clip.width}x{clip.height} → {picture.size.width}x{picture.size.height}"
    if (clip.sample_aspect_ratio or 1) != 1 or (stream.sample_aspect_ratio or 1) != 1:
        return "its pixels are not square"
    if frame.rotation or frame.interlaced_frame:
        return "it is turned" if frame.rotation else "it is interlaced"
    if frame.color_range == FULL_RANGE or any(c not in (BT709, *UNSAID) for c in _colours(frame)):
        return "its colours are not BT.709"
    return ""


def _colours(frame: Any) -> tuple[int, int, int]:
    return frame.colorspace, frame.color_primaries, frame.color_trc


def _places(container: Any, stream: Any, fps: Fraction) -> Places:
    """For each packet, in decoding order: which frame of the clip it is, and whether a player can begin there.

    Frames that an edit list hides have negative numbers. Empty if they do not come at the rate of the cut, or if they
    carry parameters of their own.
    """
    base = Fraction(stream.time_base) * fps
    found = [(p.pts, p.is_discard, h264.kinds(memoryview(p))) for p in container.demux(stream) if p.size]
    begins = min((pts for pts, hidden, _ in found if pts is not None and not hidden), default=None)
    places = []
    for number, (pts, hidden, kinds) in enumerate(found):
        exact = (pts - begins) * base if pts is not None and begins is not None else Fraction(1, 2)
        if abs(exact - round(exact)) > GRID or h264.SPS in kinds:
            return []
        places.append((-1 - number if hidden else round(exact), h264.IDR in kinds))
    return places if len({place for place, _ in places}) == len(places) else []


@dataclass(frozen=True, slots=True)
class _Part:
    """Packets of a file that follow each other in a segment; `places`: which frame of the clip each of them is."""

    file: Path
    packets: range
    places: Sequence[int]

    def read(self, container: Any) -> Iterator[tuple[Any, int]]:
        wanted = (p for p in container.demux(container.streams.video[0]) if p.size)
        return zip(islice(wanted, self.packets.start, self.packets.stop), self.places, strict=True)


def _encoded(file: Path, first: int, fps: Fraction) -> _Part:
    """All of a file of our own, which begins with frame `first`."""
    with opened(file) as container:
        places = [first + place for place, _ in _places(container, container.streams.video[0], fps)]
    return _Part(file, range(len(places)), places)


def _write(parts: Sequence[_Part], fps: Fraction, into: Path) -> None:
    """Writes the packets of the parts one after another, in one track that knows the parameters of them all."""
    scale = timescale(fps)
    tick, places = int(scale / fps), [place for part in parts for place in part.places]
    zero = min(places)
    delay = max(number - (place - zero) for number, place in enumerate(places))
    options = {"video_track_timescale": str(scale), "fflags": "+bitexact"}
    number = 0
    with ExitStack() as stack:
        sources = [stack.enter_context(opened(part.file)) for part in parts]
        out = stack.enter_context(av.open(str(into), "w", format="mp4", options=options))
        streams = [source.streams.video[0] for source in sources]
        track = out.add_stream_from_template(streams[0])
        track.codec_context.extradata = _sets(streams, track)
        track.time_base = Fraction(1, scale)
        for part, source in zip(parts, sources, strict=True):
            for packet, place in part.read(source):
                packet.stream, packet.time_base = track, track.time_base
                packet.pts, packet.dts, packet.duration = (place - zero) * tick, (number - delay) * tick, tick
                out.mux(packet)
                number += 1


def _sets(streams: Sequence[Any], track: Any) -> bytes:
    """The parameter sets of all, which have numbers of their own each."""
    whole = h264.merged([_coloured(stream, track) for stream in streams])
    assert whole is not None, "a clip whose numbers are ours is encoded"
    return whole.extradata


def _coloured(stream: Any, track: Any) -> h264.Sets:
    """A clip's sets with its colours named, so that no player takes them for others'; its frames stay as they are."""
    known = h264.sets(bytes(stream.codec_context.extradata))
    assert known is not None
    if _ours(known):
        return known
    tags = "video_full_range_flag=0:colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1"
    av.bitstream.BitStreamFilterContext(f"h264_metadata={tags}", stream, track)
    units = h264.annex_b(bytes(track.codec_context.extradata))
    return replace(known, sps=tuple(unit for unit in units if unit[0] & 31 == h264.SPS))
