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
    return next((s for s in pictures(container) if _decodes(s.codec_context)), None)


def shown(container: InputContainer) -> VideoStream:
    """The same, of a file that must have one. Raises LocalTool."""
    if (stream := track(container)) is None:
        raise LocalTool(f"{Path(container.name).name} has no picture")
    return stream


def audible(container: InputContainer) -> AudioStream | None:
    """The stream that is heard; None if there is none."""
    return next((s for s in container.streams.audio if _sounds(s.codec_context)), None)


def pictures(container: InputContainer) -> list[VideoStream]:
    """All that could be seen, decodable or not."""
    return [s for s in container.streams.video if not s.disposition & Disposition.attached_pic]


def _decodes(context: CodecContext | None) -> bool:
    """PyAV has none for a codec that it does not know, whatever its types say."""
    return context is not None


def _sounds(context: AudioCodecContext | None) -> bool:
    return bool(context and context.sample_rate and context.layout.nb_channels)
