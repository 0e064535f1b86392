"""Copies of files whose clock starts again, with one that goes on: whoever reads them, and ffmpeg, need not know.

Their packets are as they were. Knows nothing of what is made of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av

from reelmake.media.file_clock import EARLY, FileClock, Shifting
from reelmake.media.probe import opened, restarts
from reelmake.media.streams import audible, track
from reelmake.model.frame import STILLS
from reelmake.scratch import discard

FORMS = {"matroska,webm": "matroska"}  # what it says of a picture stays said
PLAYED = ("clip", "leaving", "entering", "source", "music", "track")  # how labels of inputs begin
LAID = (" font", " look")  # and how those of what only lies over one end
ANY = "nut"  # takes whatever codec, and any clock


@contextmanager
def steady(inputs: Mapping[str, Path], into: Path) -> Iterator[Mapping[str, Path]]:
    """The inputs of a work; copies of those whose clock starts again, beside `into`, meanwhile. Raises LocalTool."""
    copies: dict[Path, Path] = {}
    try:
        played = {label: file for label, file in inputs.items() if label.split()[0] in PLAYED}
        for file in dict.fromkeys(file for label, file in played.items() if not label.endswith(LAID)):
            if file.suffix.lower() not in STILLS and (clock := restarts(file)):
                copies[file] = into.with_name(f".{into.name}.steady{len(copies)}.{file.name}")
                _copy(file, clock, copies[file])
        yield {label: copies.get(file, file) for label, file in inputs.items()}
    finally:
        discard(*copies.values())


def _copy(file: Path, clock: FileClock, into: Path) -> None:
    with opened(file) as source, av.open(str(into), "w", format=FORMS.get(source.format.name, ANY)) as out:
        tracks = {}
        both = zip((track(source), audible(source)), clock.shifts, (Fraction(0), EARLY), strict=True)
        for stream, shifts, early in both:
            if stream is not None:
                template = out.add_stream_from_template(stream, opaque=True)
                tracks[stream.index] = template, Shifting(shifts, early)
        for packet in source.demux([source.streams[index] for index in tracks]):
            if packet.size:
                to, shift = tracks[packet.stream.index]
                packet = shift(packet)
                packet.stream = to
                out.mux(packet)
