"""Is the answer to a paid order what was ordered? It is looked at once, before it is kept: all of it is decoded.

A file may have all its bytes and its packets and show nothing: a download with wrong bytes in it, a sound for a clip,
an animated picture, a page. Knows nothing of orders but their medium, and of what is done about it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from pathlib import Path

import av

from reelmake.errors import LocalTool
from reelmake.media import photo, whole
from reelmake.media.probe import opened, probe
from reelmake.media.streams import audible, track
from reelmake.model.medium import CLIP, MUSIC, SPEECH, STILL, MediumName
from reelmake.model.take import Facts

NO_FILM = ("gif", "apng", "image2", "webp", "webp_anim")  # formats of pictures that move, which no clip comes in
SHOWN = Fraction(3, 4)  # of the packets: some codecs have packets that are not shown by themselves


def examine(file: Path, medium: MediumName = CLIP.name) -> Facts:
    """Its facts. Raises LocalTool if it is nothing of this medium, is not whole, or cannot be decoded to its end."""
    return _BY_MEDIUM[medium](file)


def _clip(file: Path) -> Facts:
    facts = probe(file, CLIP.suffix)
    with opened(file) as container:
        stream, form = track(container), container.format.name
        if stream is None or not facts.frames:
            raise LocalTool(f"{file.name} has no picture: it is {'a sound' if facts.audio else form}, not a clip")
        if form in NO_FILM or form.endswith("_pipe"):
            raise LocalTool(f"{file.name} is a picture ({form}), not a clip")
        stream.thread_type = "AUTO"
        count = 0
        try:
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise LocalTool(f"{file.name} is damaged: picture {count + 1} of {facts.frames} is broken")
                count += 1
        except av.error.FFmpegError as error:
            said = f"{file.name} is damaged: picture {count + 1} of {facts.frames} cannot be decoded"
            raise LocalTool(said) from error
    if count < facts.frames * SHOWN:
        raise LocalTool(f"{file.name} is damaged: {count} of {facts.frames} pictures can be decoded")
    return facts


def _still(file: Path) -> Facts:
    whole.check(file)
    with photo.opened(file) as picture:
        if int(getattr(picture, "n_frames", 1)) > 1:
            raise LocalTool(f"{file.name} is an animated picture, not a still")
        picture.load()
        width, height = picture.size
    return Facts(bytes=file.stat().st_size, width=width, height=height)


def _sound(file: Path) -> Facts:
    """Its length is that of what can be decoded: headers of speech that was streamed say anything."""
    whole.check(file)
    with opened(file) as container:
        stream = audible(container)
        if track(container) is not None:
            raise LocalTool(f"{file.name} is a clip, not a sound")
        if stream is None:
            raise LocalTool(f"{file.name} has no sound ({container.format.name})")
        length = Fraction(0)
        try:
            for frame in container.decode(stream):
                if frame.is_corrupt:
                    raise LocalTool(f"{file.name} is damaged {float(length):.2f} seconds after its beginning")
                length += Fraction(frame.samples, frame.sample_rate)
        except av.error.FFmpegError as error:
            said = f"{file.name} cannot be decoded beyond {float(length):.2f} seconds"
            raise LocalTool(said) from error
    if not length:
        raise LocalTool(f"{file.name} holds no sound at all")
    return Facts(bytes=file.stat().st_size, seconds=length, audio=True)


_BY_MEDIUM: Mapping[MediumName, Callable[[Path], Facts]] = {
    CLIP.name: _clip,
    STILL.name: _still,
    SPEECH.name: _sound,
    MUSIC.name: _sound,
}
