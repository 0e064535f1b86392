"""What of a file is seen and heard, where that is not simply all of it, as local work has it in its key.

The words are for the key, and never change. Knows nothing of steps.
"""

from __future__ import annotations

from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.media import aperture
from reelmake.media.probe import opened, probe, restarts, sound
from reelmake.media.streams import audible, pictures, track


def film(file: Path, suffix: str) -> tuple[str, str]:
    """Seconds of a film, "" if it is a still, and how it is read. Raises LocalTool if it is not whole, or a sound."""
    facts = probe(file, suffix)
    if facts.seconds is None:
        return "", ""
    if facts.frames is None:
        raise LocalTool("it has sound, but no picture")
    return str(facts.seconds), read(file)


def heard(file: Path) -> tuple[str, str]:
    """The same of a sound."""
    return str(sound(file)), read(file)


def read(file: Path) -> str:
    with opened(file, packets=True) as container:
        seen, voice, said = track(container), audible(container), []
        if seen and seen is not pictures(container)[0]:
            said.append(f"picture {seen.index}")
        if seen and (part := aperture.of(file, seen)):
            said.append(f"aperture {part.width}x{part.height}+{part.x}+{part.y}")
        if voice and voice is not container.streams.audio[0]:
            said.append(f"sound {voice.index}")
    if clock := restarts(file):
        said.append(f"recordings {1 + max(map(len, clock.shifts))}")
    return ", ".join(said)
