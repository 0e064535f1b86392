"""Pictures that were given: full frame with a slow move, or as cards at the side. Raises LocalTool if unreadable."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from reelmake.media.formats import DRAWN
from reelmake.media.photo import opened, seen
from reelmake_sketch.paint.plate import Bytes2D, Canvas, Plate, planes, plate
from reelmake_sketch.paint.slate_text import BAND

SOFTWARE = "reelmake sketch: still"  # what a still of ours says of itself
_MOST = 3  # cards that fit beside a picture


def _load(path: Path, width: int, height: int) -> Image.Image:
    """The picture, upright, without transparency, cut to cover the size."""
    with opened(path, DRAWN) as given:
        made_by = given.info.get("Software")
        upright = seen(given).convert("RGBA")
    paper = Image.new("RGBA", upright.size, (128, 128, 128, 255))
    paper.alpha_composite(upright)
    fitted = ImageOps.fit(paper.convert("RGB"), (width, height), Image.Resampling.BICUBIC)
    fitted.info = {"Software": made_by}
    return fitted


class FullFrame:
    """A full frame that a camera moves over."""

    def __init__(self, pixels: tuple[Bytes2D, Bytes2D, Bytes2D], *, bare: bool = False) -> None:
        """`bare`: nothing is written on it but in the band above, as on a still of ours."""
        self.pixels, self.bare = pixels, bare

    @classmethod
    def open(cls, path: Path, width: int, height: int) -> FullFrame:
        image = _load(path, width, height)
        return cls(planes(np.asarray(image, np.float32)), bare=image.info.get("Software") == SOFTWARE)

    def lay(self, canvas: Canvas, zoom: float, x: float = 0.5) -> None:
        canvas.put(*self.pixels)
        canvas.zoom(zoom, x, 0.45)


class Card:
    """A reference, framed like a print pinned beside the picture; the view creeps into it."""

    def __init__(self, image: Image.Image, x: int, y: int, edge: int) -> None:
        width, height = image.width + 2 * edge, image.height + 2 * edge
        frame = np.full((height, width, 3), 242, np.float32)
        self._frame = plate(frame, np.full((height, width), 255, np.float32), x - edge, y - edge)
        self._shadow = _shadow(width, height, x - edge, y - edge, edge)
        self._print = Canvas(image.width, image.height)
        self._pixels = planes(np.asarray(image, np.float32))
        self._at = (x, y)

    def lay(self, canvas: Canvas, share: float, alpha: float) -> None:
        self._print.put(*self._pixels)
        self._print.zoom(1 + 0.14 * share, 0.5, 0.4)
        luma, u, v = self._print.arrays()
        opaque = np.full(luma.shape, 255, np.uint8), np.full(u.shape, 255, np.uint8)
        canvas.lay(self._shadow, share=alpha)
        canvas.lay(self._frame, share=alpha)
        canvas.lay(Plate(luma, u, v, *opaque, *self._at), share=alpha)


def _shadow(width: int, height: int, x: int, y: int, edge: int) -> Plate:
    reach = 4 * edge
    box = (height + 2 * reach, width + 2 * reach)
    down = np.clip(1 - np.abs(np.arange(box[0]) - box[0] / 2) / (box[0] / 2), 0, 1) * box[0] / 2 / reach
    along = np.clip(1 - np.abs(np.arange(box[1]) - box[1] / 2) / (box[1] / 2), 0, 1) * box[1] / 2 / reach
    alpha = np.clip(np.minimum.outer(down, along), 0, 1).astype(np.float32) ** 1.6 * 110
    return plate(np.zeros((*box, 3), np.float32), alpha, x - reach, y - reach + edge)


def cards(paths: Sequence[Path], width: int, height: int, *, low: bool = False) -> list[Card]:
    """At most three, down the right side; across the top where the frame is upright. `low`: below words at the top."""
    made = []
    unit = min(width, height)
    w, h = round(unit * 0.30) // 2 * 2 or 2, round(unit * 0.21) // 2 * 2 or 2
    edge = max(2, round(unit * 0.008) // 2 * 2)
    gap = w + 4 * edge if height > width else h + 4 * edge
    top = (round(height * (0.25 if low else BAND)) + 4 * edge) // 2 * 2
    for n, path in enumerate(paths[:_MOST]):
        x = (width - w - 4 * edge) // 2 * 2
        spot = (x - n * gap, top) if height > width else (x, top + n * gap)
        made.append(Card(_load(path, w, h), *spot, edge))
    return made


def in_band(paths: Sequence[Path], width: int, height: int) -> list[Plate]:
    """Small, from the right in the band above the picture, where a clip that begins with this frame has its clock: as
    many as fill half of it."""
    tall = max(2, round(height * BAND * 0.8) // 2 * 2)
    wide, gap = max(2, round(tall * 16 / 9) // 2 * 2), max(2, tall // 8 * 2)
    top, made = round(height * BAND * 0.1) // 2 * 2, []
    for n, path in enumerate(paths[: max(1, width // 2 // (wide + gap))], 1):
        pixels = planes(np.asarray(_load(path, wide, tall), np.float32))
        made.append(Plate(*pixels, None, None, (width - n * (wide + gap)) // 2 * 2, top))
    return made
