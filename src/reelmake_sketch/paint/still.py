"""render: one order drawn as one picture, of exactly its size. An edit takes up its source and changes it by the words.

Knows nothing of shots, tiers or stores: the same order gives the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from PIL.PngImagePlugin import PngInfo

from reelmake.model.frame import Size
from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake_sketch.paint import model_sheet
from reelmake_sketch.paint.film_look import borrowed
from reelmake_sketch.paint.full_frame import SOFTWARE, FullFrame, in_band
from reelmake_sketch.paint.painting import paint
from reelmake_sketch.paint.plate import Canvas, rgb
from reelmake_sketch.paint.retouch import retouched
from reelmake_sketch.paint.slate_text import line
from reelmake_sketch.prompt_reading import scene
from reelmake_sketch.scenery import Figure, Scene, SceneMove

USUAL = Size(1280, 720)
MOMENT = 1.37  # seconds into the scene: who walks or runs is in full stride, and nobody blinks
_STRUCK = 1.87  # a bolt is seen, and the stride is as wide
_KNOWN = re.compile(r"\b(?:she|he|they|her|him|them|his|hers|their|theirs)\b", re.IGNORECASE)  # who is there already
_LEAST = 16  # pixels that are painted at least, whatever is cut out of them
_GREY = 10  # how far from it chroma is that is none, as on paper
_COLOURED = 0.4  # the share of a picture that has colours to lend
_QUICK = 2  # of zlib: the next level takes twice as long, and saves a tenth


def render(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes a PNG. `inputs` by label: "image" (of an edit, what is changed), "reference 1"... (shown small in the band
    above; the first that has colours lends them where the words name none). Raises errors.LocalTool if one of them
    cannot be read.
    """
    tell(None, "painting")
    size = order.size or USUAL
    width, height = (max(_LEAST, (side + 1) // 2 * 2) for side in (size.width, size.height))
    drawn, words = scene(key, order), order.prompt.lower()
    shown = [path for label, path in inputs.items() if label.startswith("reference")]
    canvas = Canvas(width, height)
    source = inputs.get("image") if order.operation == "edit" else None
    if source is not None:
        drawn = replace(drawn, cast=_cast(key, order, _KNOWN.sub(" ", words)))
        retouched(drawn, words, FullFrame.open(source, width, height).pixels, canvas, MOMENT)
    elif (subject := model_sheet.subject(words)) is not None and (cast := _cast(key, order, subject)):
        model_sheet.paint(replace(drawn, cast=cast), canvas)
    else:
        _paint(_lit(drawn, shown, width, height), canvas)
    canvas.lay(line(order.prompt, drawn.palette, width, height, hides=source is not None))
    for small in in_band(shown, width, height):
        canvas.lay(small)
    picture = rgb(canvas.luma, canvas.u, canvas.v).crop((0, 0, size.width, size.height))
    told = PngInfo()
    told.add_text("Software", SOFTWARE)
    picture.save(into, "PNG", compress_level=_QUICK, pnginfo=told)
    tell(1.0, "done")
    return Facts(bytes=into.stat().st_size, width=size.width, height=size.height)


def _lit(drawn: Scene, shown: Sequence[Path], width: int, height: int) -> Scene:
    """In the light of a picture that it is to look like; a sheet on paper has none."""
    for path in shown if not drawn.told else ():
        pixels = FullFrame.open(path, width, height).pixels
        far = sum(np.abs(plane.astype(np.int16) - 128) for plane in pixels[1:])
        if np.mean(far > _GREY) > _COLOURED:
            return borrowed(drawn, pixels)
    return drawn


def _cast(key: str, order: Order, words: str) -> tuple[Figure, ...]:
    """Whom other words than the order's own bring in."""
    return scene(key, replace(order, prompt=words)).cast


def _paint(drawn: Scene, canvas: Canvas) -> None:
    """One moment of it, by a camera that stands still in the middle of its way."""
    view = replace(drawn.view, roll=0.0)  # the picture is tipped when it is painted: each layer by itself takes longer
    still = replace(drawn, view=view, move=SceneMove("static", follow=drawn.move.follow))
    stage = paint(still, canvas.width, canvas.height)
    stage.lay(canvas, 0.5, _STRUCK if "lightning" in drawn.marks else MOMENT)
    if drawn.view.roll:
        canvas.tip(drawn.view.roll)
