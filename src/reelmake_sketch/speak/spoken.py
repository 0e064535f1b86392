"""render: one line of speech as a WAV, with the times of its words.

Knows nothing of shots, tiers or stores: the same order gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from reelmake.errors import LocalTool
from reelmake.model.order import Order
from reelmake.model.speech import LEAD, Beat, beats
from reelmake.model.take import Facts, SpokenWord
from reelmake.ports import Tell
from reelmake_sketch.sound_file import write
from reelmake_sketch.speak.read_aloud import can_read, read
from reelmake_sketch.speak.scratch import RATE, scratch
from reelmake_sketch.speak.speaker import speaker


def render(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes a WAV; by the scratch voice exactly as long as model/speech estimates. Raises LocalTool if there is
    nothing to say."""
    tell(None, "speaking")
    said = beats(order.prompt, order.language)
    if not said:
        raise LocalTool(f"sketch finds no word to say in {order.prompt!r}")
    who = speaker(order.voice, order.style)
    if can_read(order.prompt, order.language):
        samples, words = read(said, who, own=order.voice in ("", "joe"))
    else:
        samples, words = scratch(said, who, int(key[:16], 16) ^ (order.seed or 0)), _timed(said)
    write(into, RATE, samples)
    tell(1.0, "done")
    return Facts(bytes=into.stat().st_size, seconds=Fraction(len(samples), RATE), audio=True, words=words)


def _timed(said: tuple[Beat, ...]) -> tuple[SpokenWord, ...]:
    words, at = [], LEAD
    for beat in said:
        words.append(SpokenWord(beat.text, at, at + beat.seconds))
        at += beat.seconds + beat.pause
    return tuple(words)
