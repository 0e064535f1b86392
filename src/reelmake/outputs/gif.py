"""The cut as an animated GIF, for pull requests and chats: made from the reel, so nothing is rendered twice."""

from __future__ import annotations

from reelmake.assemble.output_options import Number, Option
from reelmake.model.delivery import GifWork
from reelmake.outputs import _animation

SUFFIXES = (".gif",)
OPTIONS = {
    **_animation.OPTIONS,
    "colors": Option(256, "how many colours the palette has", Number(2, 256)),
}
steps = _animation.Animation(OPTIONS, GifWork).steps
