"""What the graph and a plan have to know of a clip: how its picture is made, and how it sounds.

Read from the header and the first frame; whether the clip is whole is the probe's question.
"""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelmake.assemble.conform import SoundFacts
from reelmake.assemble.framing import Material
from reelmake.errors import LocalTool
from reelmake.media import aperture, clear, photo
from reelmake.media.file_clock import MICRO
from reelmake.media.probe import begins, clock, first_frame, in_seconds, opened, restarts
from reelmake.media.streams import audible, pictures, track
from reelmake.model.frame import STILLS, Size
from reelmake.model.time import SAMPLE_RATE

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream

MATRICES = {0: "RGB", 4: "FCC", 5: "BT.601", 6: "BT.601", 7: "SMPTE 240M", 9: "BT.2020", 10: "BT.2020"}
Matrix = tuple[tuple[int, int], tuple[int, int]]
UPRIGHT: Matrix = ((1 << 16, 0), (0, 1 << 16))
NAMED = ("png", "apng")  # decoders whose frames carry a profile with a name
ORIENTATION, TURNED, ACROSS = 0x112, range(2, 9), range(5, 9)  # of EXIF: its tag, what it says, and what turns a shape


def material(file: Path) -> Material:
    """What the graph has to know of a clip's picture; the file's header and first frame are read. Raises LocalTool."""
    if file.suffix.lower() in STILLS:
        with photo.opened(file) as picture:
            (width, height), turn = picture.size, picture.getexif().get(ORIENTATION, 1)
            whole = Size(height, width) if turn in ACROSS else Size(width, height)
            return Material(whole, turned=turn in TURNED, alpha=picture.has_transparency_data, still=True)
    with opened(file) as container:
        stream = track(container)
        if stream is None:
            raise LocalTool(f"{file.name} has no picture")
        frame = first_frame(container, stream, file)
        (a, b), _ = across = matrix(frame, stream.codec_context.name)
        turned = abs(b) > abs(a)  # its lines are its columns
        part = aperture.of(file, stream)
        shown = part.turned((frame.width, frame.height), across) if part else None
        size = Size(frame.height, frame.width) if turned else Size(frame.width, frame.height)
        sar = Fraction(stream.codec_context.sample_aspect_ratio or stream.sample_aspect_ratio or 1) or Fraction(1)
        begins = (container.start_time or 0) * MICRO
        first = in_seconds(frame.pts, frame.time_base)
        length = in_seconds(stream.duration, stream.time_base) or in_seconds(container.duration, MICRO)
        if again := restarts(file):
            length = again.seconds
        films = pictures(container)
        return Material(
            size=Size(shown.width, shown.height) if shown else size,
            sar=1 / sar if turned else sar,
            start=max(Fraction(0), first - begins) if first is not None else Fraction(0),
            seconds=length,
            tagged=int(frame.colorspace) != 2 or frame.format.is_rgb,  # 2 = not said
            rate=_rate(stream),
            turned=across != UPRIGHT,
            interlaced=frame.interlaced_frame,
            hdr={16: "PQ", 18: "HLG"}.get(int(frame.color_trc), ""),  # as ITU-T H.273 numbers them
            full=int(frame.color_range) == 2 and not frame.format.is_rgb,
            alpha=clear.is_clear(stream, frame),
            decoder=clear.decoder(stream),
            pictures=len(films),
            stream=None if stream is films[0] else stream.index,
            aperture=(shown.width, shown.height, shown.x, shown.y) if shown else None,
            bits=max(part.bits for part in frame.format.components),
            chroma=_chroma(frame),
            matrix=MATRICES.get(int(frame.colorspace), "BT.709"),
        )


def told(file: Path) -> Material:
    """The same, with what only all of a file tells. Raises LocalTool."""
    found = clock(file)
    return replace(material(file), held=found.held, recordings=1 + max(map(len, found.shifts)))


def voice(file: Path) -> SoundFacts | None:
    """What is heard of a clip, as its header says; None if it has no sound. Raises LocalTool."""
    with opened(file) as container:
        if not container.streams.audio:
            return None
        stream, tracks = audible(container), container.streams.audio
        if stream is None:
            return SoundFacts(SAMPLE_RATE, "stereo", len(tracks), track=0)
        zero = begins(file)
        since = (in_seconds(stream.start_time, stream.time_base) or zero) - zero
        length = in_seconds(stream.duration, stream.time_base)
        known = length is not None and "mp4" in container.format.name and not restarts(file)  # others guess
        layout = "stereo" if stream.codec_context.layout.nb_channels == 2 else stream.codec_context.layout.name
        rate = stream.codec_context.sample_rate
        number = 1 + [one.index for one in tracks].index(stream.index)
        seen = track(container)
        until = in_seconds(seen.duration, seen.time_base) if seen and known else None
    ends = since + length if length and known else None
    return SoundFacts(rate, layout, len(tracks), max(Fraction(0), since), ends, number, until)


def _chroma(frame: VideoFrame) -> str:
    kind = frame.format
    if kind.is_rgb or len(kind.components) < 3:
        return "RGB" if kind.is_rgb else "grey"
    shares = {(4, 4): "4:4:4", (4, 2): "4:4:0", (2, 4): "4:2:2", (2, 2): "4:2:0", (1, 4): "4:1:1", (1, 1): "4:1:0"}
    return shares.get((kind.chroma_width(4), kind.chroma_height(4)), str(kind.name))


def _rate(stream: VideoStream) -> Fraction | None:
    """Frames a second; None where the file's two ways to say it differ, for then they come as they like."""
    mean, base = (Fraction(r or 0) for r in (stream.average_rate, stream.guessed_rate))
    if base and mean * (stream.time_base or 0) >= 1:  # a frame a tick: it was not counted
        return base
    return mean if mean and (not base or abs(mean / base - 1) < Fraction(1, 100)) else None


def matrix(frame: Any, codec: str) -> Matrix:
    """How a frame lies when it is shown: where its lines and its columns lead, as (right, down).

    PyAV gives the same memory back twice if a frame has a profile with a name and its side data is asked for: of those
    of PNG only the turn is.
    """
    if codec in NAMED:
        right, down = {0: (1, 0), 90: (0, -1), 180: (-1, 0), -180: (-1, 0), -90: (0, 1)}.get(frame.rotation, (1, 0))
        return ((right << 16), (down << 16)), ((-down << 16), (right << 16))
    for said in frame.side_data:
        if said.type.name == "DISPLAYMATRIX":
            a, b, _, c, d, *_ = struct.unpack("<9i", bytes(said)[:36])
            return (a, b), (c, d)
    return UPRIGHT
