"""What a file really is, read with PyAV: facts of an artifact, its clock, and whether it is whole.

Knows nothing of what the file is for.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import av

from reelmake.errors import LocalTool
from reelmake.media import aperture, h264, whole
from reelmake.media.file_clock import MICRO, FileClock, look
from reelmake.media.formats import DRAWN, LONGEST, MEANT, PIXELS, PROTOCOL, SIDE, fits, hours
from reelmake.media.streams import audible, pictures, shown, track
from reelmake.model.take import Facts

if TYPE_CHECKING:
    from av import VideoStream
    from av.container import InputContainer

# titles in unknown encodings must not stop us; since version 19 PyAV sees to that itself and has no such option
_TOLERANT: dict[str, Any] = {"metadata_errors": "replace"} if int(av.__version__.split(".")[0]) < 19 else {}
RULES = {"protocol_whitelist": PROTOCOL, "format_whitelist": MEANT}
STILLS = (".png", ".jpg", ".jpeg", ".webp", ".gif")
_MANY = "%*?{"  # in a path they may mean many pictures
_PHOTOS = {"apng": rb"\x89PNG.*acTL", "png_pipe": rb"\x89PNG", "webp_pipe": rb"RIFF.{4}WEBP", "gif": rb"GIF8"}
PHOTOS = ("avif", "heic", "heix", "mif1")  # what an mp4 calls itself that is one picture
SAID = (".mp4", ".mov", ".m4v")  # whose headers say all that is asked here
_OTHERS = "other tracks begin in the middle, as if it were two films, and the rest cannot be read: split it there"
JOIN = 4  # packets before and behind a jump of the clock that may be marked as damaged
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
        if stream is None and kind not in SOUNDS and pictures(container):
            raise LocalTool(f"the picture of {file.name} is of a kind that cannot be decoded here")
        facts = _sound(container, file) if stream is None else _clip(container, stream, file)
    _bounded(facts.seconds, file)
    return facts


def _bounded(seconds: Fraction | None, file: Path) -> None:
    if seconds and seconds > LONGEST:
        raise LocalTool(f"{file.name} claims to be {hours(seconds)} long; the limit is {hours(LONGEST)}")


def begins(file: Path) -> Fraction:
    """Where in a file's time the picture begins, for that is what the cut counts from; without one, the sound.

    A frame is decoded where that must show it: an edit list may hide some, and others depend on what came before.
    """
    with opened(file, packets=True) as container:
        stream = track(container) or audible(container)
        first = next(_packets(container, file, stream), None)
        codec = stream.codec_context if stream else None
        framed = codec is not None and codec.name == "h264" and bytes(codec.extradata or b"")[:1] == b"\1"
        alone = framed and first is not None and h264.IDR in h264.kinds(memoryview(first))  # shown before all others
        if alone and first is not None and first.pts is not None and not first.is_discard:
            return Fraction(first.pts * first.time_base)
    with opened(file) as container:
        stream = track(container) or audible(container)
        frame = first_frame(container, stream, file)
        return Fraction((frame.pts or 0) * frame.time_base)


def sound(file: Path) -> Fraction:
    """Seconds of a file's sound, of whatever kind the file is; it is read whole. Raises LocalTool if it has none."""
    whole.check(file)
    with opened(file) as container:
        length = _sound(container, file).seconds if container.streams.audio else None
    if not length:
        raise LocalTool(f"{file.name} has no sound")
    _bounded(length, file)
    with opened(file) as container:
        first_frame(container, audible(container), file)
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
        said = "is of an unsupported kind, such as a playlist or another list of files"
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
    """The kind of a photo that FFmpeg itself tells by its path only, which may say another or many files; None =
    whatever it finds."""
    if file.suffix.lower() not in STILLS:
        return None
    with file.open("rb") as begin:
        head = begin.read(64)
    if head.startswith(b"\xff\xd8\xff"):
        return "jpeg_pipe"
    if not any(char in str(file) for char in _MANY):
        return None
    return next((kind for kind, start in _PHOTOS.items() if re.match(start, head, re.DOTALL)), None)


def _within(container: Any, file: Path) -> None:
    """Raises LocalTool if a picture of it would be larger than what we decode, as far as its headers say."""
    for stream in container.streams.video:
        context = stream.codec_context
        if context is not None and not fits(context.width, context.height):
            raise LocalTool(
                f"{file.name} has pictures of {context.width}x{context.height} pixels; "
                f"the most that is read is {PIXELS // 1_000_000} million, and {SIDE} across or down"
            )


def first_frame(container: InputContainer, stream: Any, file: Path) -> Any:
    try:
        for frame in container.decode(stream):
            return frame
    except av.error.FFmpegError as error:
        raise LocalTool(f"{file.name} cannot be decoded: {_sentence(error)}") from error
    raise LocalTool(f"{file.name} has no frame")


def _clip(container: InputContainer, stream: VideoStream, file: Path) -> Facts:
    expected = in_seconds(stream.duration, stream.time_base)
    found = _clock(container, file, stream)
    if not found.packets:
        raise LocalTool(f"{file.name} has no frame")
    brand = container.metadata.get("major_brand", "").strip()
    if container.format.name.endswith("_pipe") or container.format.name == "image2" or brand in PHOTOS:
        raise LocalTool(f"{file.name} is a still picture; save it as PNG, JPEG or WebP, under such a name")
    if not found.frames:
        raise LocalTool(f"the frames of {file.name} have no times: it is a bare stream; put it into an mp4 or mkv")
    rate = Fraction(stream.average_rate or stream.guessed_rate or 0)
    declared = stream.frames if "mp4" in container.format.name else 0  # others count what they leave out as well
    lost = expected - found.seconds if expected and not found.restarts else Fraction(0)
    frame = 1 / rate if rate else Fraction(0)
    if (found.packets < declared and lost > frame) or lost > max(Fraction(1, 4), found.seconds / 50):
        raise LocalTool(
            f"{file.name} is cut off: {found.packets} of {declared or '?'} frames, {float(found.seconds):.2f} of "
            f"{float(expected or 0):.2f} seconds are there"
        )
    if container.format.name == "flv" and not found.restarts:  # its header alone tells what is missing at its end
        there, due = found.ends, (container.duration or 0) * MICRO
        if due - there > max(Fraction(1, 4), there / 50):
            raise LocalTool(f"{file.name} is cut off: {float(there):.2f} of {float(due):.2f} seconds are there")
    context = stream.codec_context
    shown = aperture.of(file, stream)
    return Facts(
        bytes=file.stat().st_size,
        seconds=found.seconds,
        frames=found.frames,
        fps=rate or None,
        width=shown.width if shown else context.width,
        height=shown.height if shown else context.height,
        audio=audible(container) is not None,
    )


def _sound(container: InputContainer, file: Path) -> Facts:
    if not container.streams.audio:
        raise LocalTool(f"{file.name} has neither picture nor sound")
    if not audible(container):
        raise LocalTool(f"the sound of {file.name} is of a kind that cannot be decoded here")
    ends = _clock(container, file, None).ends
    return Facts(bytes=file.stat().st_size, seconds=ends, audio=True)


def _still(file: Path) -> Facts:
    from reelmake.media import photo

    with photo.opened(file, DRAWN) as picture:
        picture.load()
        width, height = picture.size
        frames = int(getattr(picture, "n_frames", 1))
    return Facts(bytes=file.stat().st_size, frames=frames if frames > 1 else None, width=width, height=height)


def restarts(file: Path) -> FileClock | None:
    """The clock of a film or sound that starts again, None if it does not. Raises LocalTool.

    Only a file that may have such a clock is read for that, and once.
    """
    try:
        stat = file.stat()
    except OSError as error:
        raise LocalTool(f"{file.name} is not there") from error
    return _restarts(file, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=256)
def _restarts(file: Path, size: int, changed: int) -> FileClock | None:
    if whole.once(file):
        return None
    found = clock(file)
    return found if found.restarts else None


def clock(file: Path) -> FileClock:
    """Of a film; all of it is read. Raises LocalTool."""
    with opened(file, packets=True) as container:
        return _clock(container, file, track(container))


def _clock(container: InputContainer, file: Path, seen: Any) -> FileClock:
    """Of what is `seen`, or of the sound alone; all packets are read. Raises LocalTool if a picture is damaged."""
    heard, once, damaged = audible(container), whole.once(file), []
    streams = [stream for stream in (seen, heard) if stream]
    others = [film for film in pictures(container) if seen and film is not seen and not once]
    counts = {film.index: 0 for film in others}  # for each, how many of the picture's packets come before its first

    def packets() -> Iterator[Any]:
        count = 0
        for packet in _packets(container, file, *streams, *others):
            if packet.stream is seen:
                if packet.is_corrupt:
                    damaged.append(count)
                count += 1
            if packet.stream in streams:
                yield packet
            else:
                counts[packet.stream.index] = counts[packet.stream.index] or count

    found = look(container, seen, heard, packets(), once=once)
    if found.restarts and "mp4" in container.format.name:  # FFmpeg mixes up which of its pictures are to be seen
        raise LocalTool(f"{file.name} holds several films one after another, and only one can be read: cut it apart")
    if any(found.packets - count <= JOIN for count in counts.values()):  # the last one may be kept for a while
        raise LocalTool(f"{file.name}: {_OTHERS}")
    for number in damaged:  # where two recordings meet, what counts packets does not go on, and nothing is lost
        if not any(abs(number - at) <= JOIN for at, _ in found.shifts[0]):
            raise LocalTool(f"{file.name} is damaged: packet {number} of its picture cannot be read")
    return found


def _packets(container: InputContainer, file: Path, *streams: Any) -> Iterator[Any]:
    try:
        yield from (packet for packet in container.demux(*streams) if packet.size)
    except (av.error.PatchWelcomeError, IndexError) as error:  # an IndexError is PyAV's: of a stream that was not there
        raise LocalTool(f"{file.name}: {_OTHERS}") from error
    except av.error.FFmpegError as error:
        raise LocalTool(f"{file.name} is cut off or damaged: {_sentence(error)}") from error


def in_seconds(ticks: int | None, base: Fraction | None) -> Fraction | None:
    return None if ticks is None or base is None else ticks * Fraction(base)


def _sentence(error: Exception) -> str:
    return str(getattr(error, "strerror", None) or error)
