"""What a file really is, read with PyAV: facts of an artifact, and whether it is whole.

Knows nothing of what the file is for.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import av

from reelmake.errors import LocalTool
from reelmake.media import h264, whole
from reelmake.media.formats import DRAWN, LONGEST, MEANT, PIXELS, PROTOCOL, SIDE, fits, hours
from reelmake.model.take import Facts

# titles in unknown encodings must not stop us; since version 19 PyAV sees to that itself and has no such option
_TOLERANT: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
RULES = {"protocol_whitelist": PROTOCOL, "format_whitelist": MEANT}
STILLS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
PHOTOS = ("avif", "heic", "heix", "mif1")  # what an mp4 calls itself that is one picture
SAID = (".mp4", ".mov", ".m4v")  # whose headers say all that is asked here
COVER = av.stream.Disposition.attached_pic
SOUNDS = (".flac", ".m4a", ".wav", ".mp3", ".ogg", ".opus")


def probe(file: Path, suffix: str = "") -> Facts:
    """Facts of a finished file. Raises LocalTool with a clear sentence if it is not whole: every packet is read."""
    kind = (suffix or file.suffix).lower()
    still = _still(file) if kind in STILLS else None
    whole.check(file)
    if still is not None and (kind != ".gif" or still.frames is None):
        return still
    with opened(file, packets=kind in SAID) as container:
        stream = None if kind in SOUNDS else track(container)
        facts = _sound(container, file) if stream is None else _clip(container, stream, file)
    _bounded(facts.seconds, file)
    return facts


def _bounded(seconds: Fraction | None, file: Path) -> None:
    if seconds and seconds > LONGEST:
        raise LocalTool(f"{file.name} says that it is {hours(seconds)} long; {hours(LONGEST)} are the most")


def begins(file: Path) -> Fraction:
    """Where in a file's time the picture begins, for that is what the cut counts from; without one, the sound.

    A frame is decoded where that must show it: an edit list may hide some, and others hang on what came before.
    """
    with opened(file, packets=True) as container:
        stream = track(container) or container.streams.audio[0]
        first = next(_packets(container, stream, file), None)
        if first is not None and first.pts is not None and not first.is_discard and _stands_alone(first, stream):
            return Fraction(first.pts * first.time_base)
    with opened(file) as container:
        stream = track(container) or container.streams.audio[0]
        frame = first_frame(container, stream, file)
        return Fraction((frame.pts or 0) * frame.time_base)


def _stands_alone(packet: Any, stream: Any) -> bool:
    """Is it a picture of an mp4's H.264 that is shown before all others?"""
    framed = stream.codec_context.name == "h264" and bytes(stream.codec_context.extradata or b"")[:1] == b"\1"
    return framed and h264.IDR in h264.kinds(memoryview(packet))


def sound(file: Path) -> Fraction:
    """Seconds of a file's sound, of whatever kind the file is; it is read whole. Raises LocalTool if it has none."""
    whole.check(file)
    with opened(file) as container:
        length = _sound(container, file).seconds if container.streams.audio else None
    if not length:
        raise LocalTool(f"{file.name} has no sound")
    _bounded(length, file)
    with opened(file) as container:
        first_frame(container, container.streams.audio[0], file)
    return length


def damage(file: Path) -> Fraction | None:
    """The first second of a film that cannot be decoded, None if all of it can be; every frame is. Raises LocalTool."""
    with opened(file) as container:
        stream, at = shown(container), Fraction(0)
        zero = begins(file)
        stream.thread_type = "AUTO"
        try:
            for frame in container.decode(stream):
                at = at if frame.pts is None else frame.pts * frame.time_base - zero
                if frame.is_corrupt:
                    return at
        except av.error.FFmpegError:
            return at
    return None


def opened(file: Path, *, packets: bool = False) -> Any:
    """A PyAV container to read from. Raises LocalTool if the file is missing, empty or no media at all.

    `packets`: nobody wants more than those. No picture is then decoded to learn what the header does not say, such as
    its pixel format, which halves the time that opening takes.
    """
    try:
        if file.stat().st_size == 0:
            raise LocalTool(f"{file.name} is empty")
        options = {**RULES, "skip_frame": "all"} if packets else RULES
        container = av.open(f"{PROTOCOL}:{file}", format=_photo(file), options=dict(options), **_TOLERANT)
    except FileNotFoundError as error:
        raise LocalTool(f"{file.name} is not there") from error
    except av.error.ArgumentError as error:
        said = "is of a kind that is not read here, such as a playlist or another list of files"
        raise LocalTool(f"{file.name} {said}") from error
    except (av.error.FFmpegError, OSError) as error:
        raise LocalTool(f"{file.name} is not a video, sound or picture that can be read: {_sentence(error)}") from error
    try:
        _within(container, file)
    except LocalTool:
        container.close()
        raise
    return container


def _photo(file: Path) -> str | None:
    """A photo of a kind that FFmpeg itself recognises by its name only, or not at all; None = whatever it finds."""
    if file.suffix.lower() not in STILLS:
        return None
    with file.open("rb") as begin:
        return "jpeg_pipe" if begin.read(3) == b"\xff\xd8\xff" else None


def _within(container: Any, file: Path) -> None:
    """Raises LocalTool if a picture of it would be larger than what we decode, as far as its headers say."""
    for stream in container.streams.video:
        context = stream.codec_context
        if context is not None and not fits(context.width, context.height):
            raise LocalTool(
                f"{file.name} has pictures of {context.width}x{context.height} pixels; "
                f"the most that is read is {PIXELS // 1_000_000} million, and {SIDE} across or down"
            )


def track(container: Any) -> Any:
    """The stream that is seen: the first of pictures that is no cover of an album; None if there is none."""
    return next((s for s in container.streams.video if not s.disposition & COVER), None)


def shown(container: Any) -> Any:
    """The same, of a file that must have one. Raises LocalTool."""
    if (stream := track(container)) is None:
        raise LocalTool(f"{Path(container.name).name} has no picture")
    return stream


def first_frame(container: Any, stream: Any, file: Path) -> Any:
    try:
        for frame in container.decode(stream):
            return frame
    except av.error.FFmpegError as error:
        raise LocalTool(f"{file.name} cannot be decoded: {_sentence(error)}") from error
    raise LocalTool(f"{file.name} has no frame")


def _clip(container: Any, stream: Any, file: Path) -> Facts:
    expected = in_seconds(stream.duration, stream.time_base)
    there, starts, stops = 0, [], []  # ticks of the frames that no edit list hides
    for packet in _packets(container, stream, file):
        if packet.is_corrupt:
            raise LocalTool(f"{file.name} is damaged: packet {there} of its picture cannot be read")
        there += 1
        if packet.pts is not None and not packet.is_discard:
            starts.append(packet.pts)
            stops.append(packet.pts + (packet.duration or 0))
    if not there:
        raise LocalTool(f"{file.name} has no frame")
    brand = container.metadata.get("major_brand", "").strip()
    if container.format.name.endswith("_pipe") or container.format.name == "image2" or brand in PHOTOS:
        raise LocalTool(f"{file.name} is a still picture; save it as PNG, JPEG or WebP, under such a name")
    if not starts:
        raise LocalTool(f"the frames of {file.name} have no times: it is a bare stream; put it into an mp4 or mkv")
    length = (max(stops) - min(starts)) * Fraction(stream.time_base)
    rate = Fraction(stream.average_rate or stream.guessed_rate or 0)
    declared = stream.frames if "mp4" in container.format.name else 0  # others count what they leave out as well
    lost = expected - length if expected else Fraction(0)
    frame = 1 / rate if rate else Fraction(0)
    if (there < declared and lost > frame) or lost > max(Fraction(1, 4), length / 50):
        raise LocalTool(
            f"{file.name} is cut off: {there} of {declared or '?'} frames, {float(length):.2f} of "
            f"{float(expected or 0):.2f} seconds are there"
        )
    context = stream.codec_context
    return Facts(
        bytes=file.stat().st_size,
        seconds=length,
        frames=len(starts),
        fps=rate or None,
        width=context.width,
        height=context.height,
        audio=bool(container.streams.audio),
    )


def _sound(container: Any, file: Path) -> Facts:
    if not container.streams.audio:
        raise LocalTool(f"{file.name} has neither picture nor sound")
    stream = container.streams.audio[0]
    ends = Fraction(0)
    for packet in _packets(container, stream, file):
        at = in_seconds(packet.pts, packet.time_base) or Fraction(0)
        ends = max(ends, at + (in_seconds(packet.duration, packet.time_base) or Fraction(0)))
    return Facts(bytes=file.stat().st_size, seconds=ends, audio=True)


def _still(file: Path) -> Facts:
    from reelmake.media import photo

    with photo.opened(file, DRAWN) as picture:
        picture.load()
        width, height = picture.size
        frames = int(getattr(picture, "n_frames", 1))
    return Facts(bytes=file.stat().st_size, frames=frames if frames > 1 else None, width=width, height=height)


def _packets(container: Any, stream: Any, file: Path) -> Any:
    try:
        yield from (packet for packet in container.demux(stream) if packet.size)
    except av.error.FFmpegError as error:
        raise LocalTool(f"{file.name} is cut off or damaged: {_sentence(error)}") from error


def in_seconds(ticks: int | None, base: Fraction | None) -> Fraction | None:
    return None if ticks is None or base is None else ticks * Fraction(base)


def _sentence(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
