"""Writes packets of several files one after another, as one segment whose track knows the parameters of them all.

Knows nothing of which packets can stand alone, and of what they show.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from reelmake.assemble.codecs import SETS
from reelmake.assemble.filter_graph import timescale
from reelmake.errors import LocalTool
from reelmake.media import h264
from reelmake.media.packet_runs import Places
from reelmake.media.probe import opened
from reelmake.media.streams import shown
from reelmake.records import dataclass

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import InputContainer


@dataclass(frozen=True, slots=True)
class Part:
    """Packets of a file, by their numbers, that follow each other in a segment; `places`: which frame of the clip each
    of them is."""

    file: Path
    packets: Sequence[int]
    places: Sequence[int]

    @classmethod
    def of(cls, file: Path, places: Places, packets: Sequence[int]) -> Part:
        return cls(file, packets, [places[number][0] for number in packets])

    def read(self, container: InputContainer) -> Iterator[tuple[Any, int]]:
        numbers = frozenset(self.packets)
        there = (p for p in container.demux(shown(container)) if p.size)
        wanted = (p for number, p in enumerate(islice(there, self.packets[-1] + 1)) if number in numbers)
        return zip(wanted, self.places, strict=True)


def write(parts: Sequence[Part], fps: Fraction, into: Path) -> None:
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
        streams = [shown(source) for source in sources]
        stream = out.add_stream_from_template(streams[0])
        sets = h264.merged([_coloured(source, stream) for source in streams])
        if sets is None:
            raise LocalTool("the parameters of these pictures cannot stand beside each other")
        stream.codec_context.extradata = sets.extradata
        stream.time_base = Fraction(1, scale)
        for part, source in zip(parts, sources, strict=True):
            for packet, place in part.read(source):
                packet.stream, packet.time_base = stream, stream.time_base
                packet.pts, packet.dts, packet.duration = (place - zero) * tick, (number - delay) * tick, tick
                out.mux(packet)
                number += 1


def _coloured(stream: VideoStream, into: VideoStream) -> h264.Sets:
    """A clip's sets with its colours named, so that no player takes them for others'; its frames stay as they are."""
    known = h264.sets(bytes(stream.codec_context.extradata or b""))
    if known is None:
        raise LocalTool("the parameters of these pictures cannot be read")
    if known.has(SETS):  # our own
        return known
    tags = "video_full_range_flag=0:colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1"
    av.bitstream.BitStreamFilterContext(f"h264_metadata={tags}", stream, into)
    units = h264.annex_b(bytes(into.codec_context.extradata or b""))
    return replace(known, sps=tuple(unit for unit in units if unit[0] & 31 == h264.SPS))
