"""How many frames and seconds an output will have, before it is made: what its facts will say.

Knows the works of outputs; nothing of how they are done, nor of what stands on the disk.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.cut import Cut
from reelmake.model.delivery import CaptionListWork, MasterWork, PlaylistWork, SubtitleWork
from reelmake.model.interchange import OtioWork
from reelmake.model.mix import MixWork
from reelmake.model.reel import GifWork, ReelWork
from reelmake.model.time import SAMPLE_RATE, nearest, samples, seconds
from reelmake.plan.decide import Decision

Extent = tuple[int | None, Fraction | None]
"""Frames and seconds; None = it has none, or nobody knows before it is made."""


def extent(d: Decision, cut: Cut) -> Extent:
    """Of what is already made, as it was measured."""
    if d.take:
        return d.take.facts.frames, d.take.facts.seconds
    length = seconds(cut.frames, cut.fps)
    match d.step.work:
        case ReelWork() | OtioWork():
            return cut.frames, length
        case GifWork(fps=fps):
            return _gif(length, fps)
        case MixWork():
            return None, Fraction(samples(cut.frames, cut.fps), SAMPLE_RATE)
        case SubtitleWork(cues=cues):
            return None, Fraction(cues[-1].end if cues else 0, 1000)
        case PlaylistWork() | CaptionListWork() | MasterWork():
            return None, length
    return None, None  # a still; or a WebP, whose repeated frames are counted once


def _gif(length: Fraction, fps: Fraction) -> Extent:
    """A GIF of one frame is a still; the others count time in hundredths."""
    frames = nearest(length * fps)
    return (frames, Fraction(nearest(100 * frames / fps), 100)) if frames > 1 else (None, None)
