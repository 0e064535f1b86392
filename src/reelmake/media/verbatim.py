"""Takes frames out of a clip as they are, packet by packet, where nothing about them has to change.

Only what the clip itself allows is judged here: is every picture as the reel's must be, and which of them can be shown
without those that are not wanted? The rest is encoded, and lies before and behind in the same segment. Knows nothing of
reels, of what lies over a picture, and of how pictures are encoded.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from fractions import Fraction
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.assemble.codecs import SETS
from reelmake.media import aperture, h264, seams
from reelmake.media.material import UPRIGHT, matrix
from reelmake.media.packet_runs import PacketRun, Places, around, longest
from reelmake.media.probe import opened, restarts
from reelmake.media.splice import Part, write
from reelmake.media.streams import shown
from reelmake.model.frame import STILLS
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.model.take import Facts
from reelmake.records import dataclass

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

GRID = Fraction(1, 8)  # of a frame: how far a time stamp may be from its frame's, for some files count in milliseconds
FULL_RANGE, BT709, UNSAID = 2, 1, (0, 2)  # colours that a file does not name are taken as BT.709
VAIN = 8  # packets that need not be decoded, from which on it pays to leave them out
LEAST = Fraction(1)  # seconds of a body that have to be copied, if not all of it is: more keyframes make a file larger
Encode = Callable[[int, int, Path], object]  # `frames` frames of the clip from `first` on, to a file


@dataclass(frozen=True, slots=True)
class Share:
    """What of a body is copied: `run`, and why not all of it, in a few words. `places`: of all packets of the clip."""

    run: PacketRun
    why: str = ""
    places: Places = ()


def body(work: BodyWork, clip: Path, into: Path, encode: Encode) -> Facts | None:
    """Writes the frames of a body as a segment; None if all of them have to be encoded. Raises LocalTool."""
    found, fps = share(work, clip), work.picture.fps
    run, start, stop = found.run, work.piece.start, work.piece.start + work.piece.frames
    if not run.packets:
        return None
    with ExitStack() as stack:

        def aside(name: str) -> Path:
            file = into.with_name(f".{into.name}.{name}")
            stack.callback(file.unlink, missing_ok=True)
            return file

        def encoded(first: int, last: int, name: str) -> Iterator[Part]:
            if first < last:
                made = aside(name)
                encode(first, last - first, made)
                places = _places(made, fps) or ()
                yield Part(made, range(len(places)), [first + place for place, _ in places])

        copied = Part.of(clip, found.places, run.packets)
        parts = [*encoded(start, run.start, "head"), copied, *encoded(run.stop, stop, "tail")]
        part = aside("part")
        write(parts, fps, part)
        known = len(parts) == 1 and run.packets.start == 0  # the first picture of the clip has been decoded
        seams.check(part, [len(it.packets) for it in parts], head=not known)
        part.replace(into)
    size, frames = work.picture.size, work.piece.frames
    return Facts(into.stat().st_size, frames / fps, frames, fps, size.width, size.height)


def group(clip: Path, piece: Piece, picture: VideoFormat, into: Path) -> int | None:
    """Writes what a piece of a clip is decoded from, without what is not shown and no other picture is made from; the
    frame of the clip that it begins with.

    None if the clip may as well be read itself: little would be left out, or it is not of the kind that could be
    copied. Raises LocalTool.
    """
    if clip.suffix.lower() in STILLS or obstacle(clip, picture):
        return None
    places = _places(clip, picture.fps)
    if not places:
        return None
    packets = around(places, piece.start, piece.start + piece.frames)
    first = min(piece.start, max(places[number][0] for number in packets))
    with opened(clip, packets=True) as container:
        pictures = islice((p for p in container.demux(shown(container)) if p.size), packets.stop)
        others = {number for number, p in enumerate(pictures) if h264.referred(memoryview(p))}
    needed = [number for number in packets if places[number][0] >= first or number in others]
    if needed[-1] + 1 - len(needed) < VAIN:
        return None
    wanted = Part.of(clip, places, needed)
    write([wanted], picture.fps, into)
    return min(wanted.places)


def share(work: BodyWork, clip: Path) -> Share:
    """What of a body can be copied. Raises LocalTool."""
    piece = work.piece
    start, stop = piece.start, piece.start + piece.frames
    nothing = PacketRun(range(0), start)
    if other := obstacle(clip, work.picture):
        return Share(nothing, other)
    places = _places(clip, work.picture.fps)
    if places is None:
        return Share(nothing, "it seems to be damaged")
    if not places:
        return Share(nothing, _unplaced(clip))
    since, until = (start if piece.since is None else piece.since), (stop if piece.until is None else piece.until)
    run = longest(places, max(start, since), min(stop, until))
    if len(run.packets) == stop - start:
        return Share(run, "", places)
    still = (piece.since, piece.until) != (None, None)
    why = "a frame of it is held" if still else _lacking(places, start, stop)
    with opened(clip, packets=True) as container:
        known = h264.sets(bytes(shown(container).codec_context.extradata or b""))
    if known is None or known.has(SETS) or work.picture.hardware:  # encoded pictures could not lie beside its own
        return Share(nothing, why)
    return Share(run if len(run.packets) >= LEAST * work.picture.fps else nothing, why, places)


def _unplaced(clip: Path) -> str:
    """Why its packets have no places."""
    with opened(clip, packets=True) as container:
        keyframes = (p for p in container.demux(shown(container)) if p.size and p.is_keyframe)
        inside = any(h264.SPS in h264.kinds(memoryview(packet)) for packet in keyframes)
    return "its parameters are stored among its frames" if inside else "its frame rate is not the cut's"


def _lacking(places: Places, start: int, stop: int) -> str:
    """Why frames [start, stop) cannot be taken by themselves."""
    at = dict(places)
    if any(place not in at for place in range(start, stop)):
        return "it has too few frames"
    return f"the {'last' if at[start] else 'first'} frame shown depends on others"


def obstacle(clip: Path, picture: VideoFormat) -> str:
    """Why no frame of a clip can stand in the picture as it is, in a few words; "" if nothing is in the way."""
    if restarts(clip):
        return "its timestamps restart"
    with opened(clip) as container:
        if part := aperture.of(clip, shown(container)):
            return f"it is shown cropped to {part.width}x{part.height}"
        return _obstacle(container, picture)


def _obstacle(container: InputContainer, picture: VideoFormat) -> str:
    stream = shown(container)
    clip = stream.codec_context
    if clip.name != picture.codec:
        return f"{clip.name} → {picture.codec}"
    known = h264.sets(bytes(clip.extradata or b""))
    frame = _first(container, stream)
    if known is None or known.header[1] not in h264.PROFILES or clip.pix_fmt != "yuv420p" or frame is None:
        return f"{clip.profile or 'an unknown profile'}, {clip.pix_fmt} → High, yuv420p"
    if (clip.width, clip.height) != (picture.size.width, picture.size.height):
        return f"{clip.width}x{clip.height} → {picture.size.width}x{picture.size.height}"
    if (clip.sample_aspect_ratio or 1) != 1 or (stream.sample_aspect_ratio or 1) != 1:
        return "its pixels are not square"
    colours = (frame.colorspace, frame.color_primaries, frame.color_trc)
    if matrix(frame, clip.name) != UPRIGHT or frame.interlaced_frame:
        return "it is interlaced" if frame.interlaced_frame else "it is rotated"
    if frame.color_range == FULL_RANGE or not {*colours} <= {BT709, *UNSAID}:
        return "its colours are not BT.709"
    return ""


def _first(container: InputContainer, stream: VideoStream) -> VideoFrame | None:
    """A frame of a clip: that of its first packet if it stands alone, for a decoder that is asked for the first to be
    shown wants those behind it as well. None if there is none."""
    clip = stream.codec_context
    clip.thread_count = 1
    for packet in container.demux(stream):
        found = clip.decode(packet)
        if not found and packet.is_keyframe:
            found = clip.decode(None)
            clip.flush_buffers()
        if found:
            return found[0]
    return None


def _places(clip: Path, fps: Fraction) -> Places | None:
    """For each packet, in decoding order: which frame of the clip it is, and whether a player can begin there.

    Frames that an edit list hides lie before the first or after the last. Empty if they do not come at the rate of the
    cut, or if they carry parameters of their own. None if a packet is seen to be no picture: to decode it will tell
    what is the matter.
    """
    found = []
    with opened(clip, packets=True) as container:
        stream = shown(container)
        base = Fraction(stream.time_base or 1) * fps
        for packet in (p for p in container.demux(stream) if p.size):
            if h264.torn(memoryview(packet)):
                return None
            found.append((packet.pts, packet.is_discard, h264.kinds(memoryview(packet))))
    begins = min((pts for pts, hidden, _ in found if pts is not None and not hidden), default=None)
    places = []
    for pts, _, kinds in found:
        exact = (pts - begins) * base if pts is not None and begins is not None else Fraction(1, 2)
        if abs(exact - round(exact)) > GRID or h264.SPS in kinds:
            return []
        places.append((round(exact), h264.IDR in kinds))
    return places if len({place for place, _ in places}) == len(places) else []
