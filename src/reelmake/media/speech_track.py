"""What is said in a clip as one sound, to be sent with its order; and the list of the sounds that it is made of.

Knows nothing of who says it, or of what is made of it.
"""

from __future__ import annotations

import hashlib
import wave
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np

from reelmake.errors import LocalTool
from reelmake.media.sound_file import decoded
from reelmake.model.spoken import SpeechList, SpeechTrack
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, nearest
from reelmake.ports import Tell


def listed(work: SpeechList, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A line of text for each sound: when it begins, in seconds, and its sha256; then how long all lasts."""
    lines = [
        f"{at} {hashlib.sha256(inputs[f'line {n:03}'].read_bytes()).hexdigest()}\n"
        for n, at in enumerate(work.places, 1)
    ]
    into.write_text("".join([*lines, f"{work.seconds} end\n"]), "utf-8")
    return Facts(bytes=into.stat().st_size)


def written(work: SpeechTrack, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Raises LocalTool."""
    total = nearest(work.seconds * SAMPLE_RATE)
    track = np.zeros(total, np.float32)
    for number, place in enumerate(work.places, 1):
        at = nearest(place * SAMPLE_RATE)
        for block in decoded(inputs[f"line {number:03}"], Fraction(0)):
            heard = block.mean(axis=0)[: max(0, total - at)]
            track[at : at + len(heard)] += heard
            at += len(heard)
    try:
        with wave.open(str(into), "wb") as out:
            out.setnchannels(1)
            out.setsampwidth(2)
            out.setframerate(SAMPLE_RATE)
            out.writeframes(np.rint(track.clip(-1, 1) * 32767).astype("<i2").tobytes())
    except OSError as error:
        raise LocalTool(f"what is said could not be written: {error.strerror or error}") from error
    return Facts(bytes=into.stat().st_size, seconds=Fraction(total, SAMPLE_RATE), audio=True)
