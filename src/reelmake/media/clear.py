"""Frames in which parts are transparent: decoded so that this is seen, and alpha over black as a cut does.

Knows nothing of which frame is wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import av
from PIL import Image

from reelmake.media.photo import on_black

if TYPE_CHECKING:
    from av import VideoFrame, VideoStream
    from av.container import InputContainer

SEES = {"vp8": "libvpx", "vp9": "libvpx-vp9"}  # decoders that see what is transparent; FFmpeg's own do not


def decoder(stream: VideoStream) -> str:
    """The one that a stream needs for what is transparent in it to be seen; "" = its own."""
    return SEES.get(stream.codec_context.name, "") if stream.metadata.get("alpha_mode") == "1" else ""


def is_clear(stream: VideoStream, frame: VideoFrame) -> bool:
    """May parts of its frames be transparent?"""
    return bool(decoder(stream)) or any(part.is_alpha for part in frame.format.components)


def decoded(container: InputContainer, stream: VideoStream) -> Iterator[Any]:
    """The frames of a stream, from where the container stands."""
    named = decoder(stream)
    if not named:
        yield from container.decode(stream)
        return
    context: Any = av.CodecContext.create(named, "r")
    context.extradata = stream.codec_context.extradata
    for packet in container.demux(stream):
        yield from context.decode(packet)


def opaque(frame: Any) -> Image.Image:
    """A frame as a picture."""
    if any(part.is_alpha for part in frame.format.components):
        return on_black(Image.fromarray(frame.to_ndarray(format="rgba")))
    picture: Image.Image = frame.to_image()
    return picture
