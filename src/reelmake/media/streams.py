"""Which streams of a file are seen and heard: of those that can be decoded, the first. Knows nothing of times."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from av.stream import Disposition

from reelmake.errors import LocalTool

if TYPE_CHECKING:
    from av import AudioStream, CodecContext, VideoStream
    from av.audio.codeccontext import AudioCodecContext
    from av.container import InputContainer


def track(container: InputContainer) -> VideoStream | None:
    """The stream that is seen: the first of pictures that is no cover of an album; None if there is none."""
    found: list[tuple[VideoStream, CodecContext | None]] = [(s, s.codec_context) for s in pictures(container)]
    return next((s for s, decoder in found if decoder is not None), None)  # as PyAV has it, whatever its types say


def shown(container: InputContainer) -> VideoStream:
    """The same, of a file that must have one. Raises LocalTool."""
    if (stream := track(container)) is None:
        raise LocalTool(f"{Path(container.name).name} has no picture")
    return stream


def audible(container: InputContainer) -> AudioStream | None:
    """The stream that is heard; None if there is none."""
    found: list[tuple[AudioStream, AudioCodecContext | None]] = [(s, s.codec_context) for s in container.streams.audio]
    return next((s for s, decoder in found if decoder and decoder.sample_rate and decoder.layout.nb_channels), None)


def pictures(container: InputContainer) -> list[VideoStream]:
    """All that could be seen, decodable or not."""
    return [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]
