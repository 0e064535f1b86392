"""Is the answer to a paid order a clip? It is looked at once, before it is kept: every picture is decoded.

A file may have all its bytes and its packets and show nothing: a download with wrong bytes in it, a sound, an animated
picture, a still. Knows nothing of orders, and of what is done about it.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import av

from reelmake.errors import LocalTool
from reelmake.media.probe import opened, probe
from reelmake.media.streams import track
from reelmake.model.take import Facts

NO_FILM = ("gif", "apng", "image2", "webp", "webp_anim")  # formats of pictures that move, which no clip comes in
SHOWN = Fraction(3, 4)  # of the packets: some codecs have packets that are not shown by themselves


def examine(file: Path, suffix: str = "") -> Facts:
    """Facts of a clip. Raises LocalTool if it is none, if it is not whole, or if a picture of it cannot be decoded."""
    facts = probe(file, suffix)
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
            raise LocalTool(
                f"{file.name} is damaged: picture {count + 1} of {facts.frames} cannot be decoded"
            ) from error
    if count < facts.frames * SHOWN:
        raise LocalTool(f"{file.name} is damaged: {count} of {facts.frames} pictures can be decoded")
    return facts
