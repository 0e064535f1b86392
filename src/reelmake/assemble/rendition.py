"""Rendition: one output's version of the cut, which all steps of that output share. Knows nothing of steps."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from reelmake.model.cut import Cut
from reelmake.model.frame import Fit, Size
from reelmake.model.overlay import SPOKEN, Cue, Lettering, Watermark
from reelmake.model.segment import VideoFormat
from reelmake.model.step import Input
from reelmake.records import dataclass

FIT: Fit = "crop"  # where nobody says otherwise: models give sizes that are nearly, but not quite, the reel's
SIZE = Size(1280, 720)


@dataclass(frozen=True, slots=True)
class Rendition:
    """`name` is the output's, as `Storyboard.address` calls it, `slate` whether slates are burnt in: True, False, or
    None for the shots that were made as a sketch. `fit` is the output's own; `copy`: may clips that need no change be
    taken as they are? `spoken`: the captions that are burnt in."""

    cut: Cut
    name: str
    picture: VideoFormat
    clips: Mapping[str, Input]
    fit: Fit | None = None
    slate: bool | None = None
    copy: bool = False
    spoken: tuple[Cue, ...] = ()
    lettering: Lettering = SPOKEN
    watermark: Watermark | None = None
    letterbox: Fraction | None = None
