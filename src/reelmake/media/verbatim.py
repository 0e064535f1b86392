"""Takes frames out of a clip as they are, packet by packet, where nothing about them has to change.

Only what the clip itself allows is judged here: is every picture as the reel's must be, can a player begin with the
first one that is wanted and stop after the last? Knows nothing of reels, and of what lies over a picture.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import Any

import av

from reelmake.assemble.graph import timescale
from reelmake.media import h264
from reelmake.media.probe import opened, probe
from reelmake.model.cut import BodyWork, Picture
from reelmake.model.take import Facts

GRID = Fraction(1, 8)  # of a frame: how far a time stamp may be from its frame's, for some files count in milliseconds
FULL_RANGE, BT709, UNSAID = 2, 1, (0, 2)  # colours that a file does not name are taken as BT.709
Places = list[tuple[int, bool]]


def body(work: BodyWork, clip: Path, into: Path) -> Facts | None:
    """Writes the frames of a body as a segment; None if they have to be encoded. Raises LocalTool."""
    places, run = _found(work, clip)
    if isinstance(run, str):
        return None
    part = into.with_name(f".{into.name}.part")
    try:
        _write(clip, run, [place for place, _ in places[run.start : run.stop]], work.picture.fps, part)
        part.replace(into)
    finally:
        part.unlink(missing_ok=True)
    return probe(into, ".mp4")


def hindrance(work: BodyWork, clip: Path) -> str:
    """Why the frames of a body have to be encoded, in a few words; "" if they can be copied. Raises LocalTool."""
    run = _found(work, clip)[1]
    return run if isinstance(run, str) else ""


def _found(work: BodyWork, clip: Path) -> tuple[Places, range | str]:
    with opened(clip) as container:
        if other := obstacle(container, work.picture):
            return [], other
        places = _places(container, container.streams.video[0], work.picture.fps)
    return places, _run(places, work.piece.start, work.piece.frames)


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
    places: Places = []
    for number, (pts, hidden, kinds) in enumerate(found):
        exact = (pts - begins) * base if pts is not None and begins is not None else Fraction(1, 2)
        if abs(exact - round(exact)) > GRID or h264.SPS in kinds:
            return []
        places.append((-1 - number if hidden else round(exact), h264.IDR in kinds))
    return places if len({place for place, _ in places}) == len(places) else []


def _run(places: Places, start: int, frames: int) -> range | str:
    """Which packets, in decoding order, are the frames [start, start + frames); or why these cannot be taken alone."""
    if not places:
        return "its frames do not come at the rate of the cut"
    at = {place: number for number, (place, _) in enumerate(places)}
    try:
        numbers = [at[place] for place in range(start, start + frames)]
    except KeyError:
        return "it has too few frames"
    first, last = at[start], max(numbers) + 1
    if not places[first][1]:
        return "the first frame that is shown hangs on others"
    if last - first != frames:
        return "the last frame that is shown hangs on others"
    return range(first, last)


def _write(clip: Path, run: range, places: list[int], fps: Fraction, part: Path) -> None:
    """Writes these packets of the clip; `places`: which frame of the clip each of them is."""
    scale = timescale(fps)
    tick, zero = int(scale / fps), min(places)
    delay = max(number - (place - zero) for number, place in enumerate(places))
    options = {"video_track_timescale": str(scale), "fflags": "+bitexact"}
    with opened(clip) as source, av.open(str(part), "w", format="mp4", options=options) as out:
        stream = source.streams.video[0]
        track = out.add_stream_from_template(stream)
        track.codec_context.extradata = _coloured(stream, track)
        track.time_base = Fraction(1, scale)
        wanted = islice((p for p in source.demux(stream) if p.size), run.start, run.stop)
        for number, (packet, place) in enumerate(zip(wanted, places, strict=True)):
            packet.stream, packet.time_base = track, track.time_base
            packet.pts, packet.dts, packet.duration = (place - zero) * tick, (number - delay) * tick, tick
            out.mux(packet)


def _coloured(stream: Any, track: Any) -> bytes:
    """The clip's avcC with its colours named, so that no player takes them for others'; its frames stay as they are."""
    known = h264.sets(bytes(stream.codec_context.extradata))
    assert known is not None
    tags = "video_full_range_flag=0:colour_primaries=1:transfer_characteristics=1:matrix_coefficients=1"
    av.bitstream.BitStreamFilterContext(f"h264_metadata={tags}", stream, track)
    units = h264.annex_b(bytes(track.codec_context.extradata))
    return replace(known, sps=tuple(unit for unit in units if unit[0] & 31 == h264.SPS)).extradata
