"""The cut as an animated WebP: as a GIF is used, with all colours and at a fraction of its size."""

from __future__ import annotations

from reelmake.assemble.output_options import Number, Option
from reelmake.model.delivery import WebpWork
from reelmake.outputs import _animation

SUFFIXES = (".webp",)
OPTIONS = {
    **_animation.OPTIONS,
    "quality": Option(75, "of the picture: 100 keeps most", Number(0, 100)),
}
steps = _animation.Animation(OPTIONS, WebpWork).steps
