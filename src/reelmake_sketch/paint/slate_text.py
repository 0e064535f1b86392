"""The words on the picture: the director's strip below, the clock and the progress line at the right of the top band.

The left of the top band stays free for the slate that the cut burns in. Knows nothing of what is behind it.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from typing import Literal

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from reelmake.media.font import font
from reelmake.model.frame import Window
from reelmake.model.time import clock
from reelmake_sketch.paint.plate import Canvas, Floats, Plate, plate
from reelmake_sketch.palette import mix
from reelmake_sketch.scenery import RGB, Caption, Palette


@dataclass(frozen=True, slots=True)
class Room:
    """Where words may stand, in even pixels: what no output crops. `high`: at its top, for below others write."""

    left: int
    top: int
    width: int
    height: int
    high: bool = False

    @staticmethod
    def of(share: Window | None, width: int, height: int, high: bool) -> Room:
        if share is None:
            return Room(0, 0, width, height, high)
        left, top, across, down = share
        edges = [int(s * side) // 2 * 2 for s, side in ((left, width), (top, height), (across, width), (down, height))]
        return Room(edges[0], edges[1], edges[2], edges[3], high)


BAND = 0.06  # the top band's share of the height
Hides = Literal["", "band", "both"]
_INK: RGB = (244, 241, 234)
_SOFT: RGB = (206, 204, 200)


@cache
def _face(weight: str, pixels: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font(weight)), max(5, pixels))


def legible(text: str) -> str:
    """One line; what has no shape of its own (controls, joiners, lone surrogates) is gone or shown as a box."""
    text = unicodedata.normalize("NFC", text.encode("utf-16", "replace").decode("utf-16", "replace"))
    kept = (" " if c.isspace() else c for c in text if c.isspace() or unicodedata.category(c) not in ("Cc", "Cf", "Cs"))
    return " ".join("".join(c for c in kept if not 0xFE00 <= ord(c) <= 0xFE0F).split())


def wrap(text: str, face: ImageFont.FreeTypeFont, width: float, lines: int) -> list[str]:
    """At most `lines` lines no wider than `width` pixels; the last ends in an ellipsis if there was more."""
    rows: list[str] = []
    words = [w for w in legible(text[: _most(width, lines)]).split(" ") if w]
    while words and len(rows) < lines:
        row = words.pop(0)
        if face.getlength(row) > width:
            fits = _fitting(row, face, width)
            row, rest = row[:fits], row[fits:]
            words[:0] = [rest] if rest else []
        else:
            while words and face.getlength(f"{row} {words[0]}") <= width:
                row = f"{row} {words.pop(0)}"
        rows.append(row)
    if words and rows:
        last = rows[-1]
        while last and face.getlength(last.rstrip(" ,") + "…") > width:
            last = last[:-1]
        rows[-1] = last.rstrip(" ,") + "…"
    return rows


def _most(width: float, lines: int) -> int:
    """Characters that are looked at: more than ever stand in so much room, however narrow they are."""
    return 1000 + 4 * lines * int(width)


def _fitting(word: str, face: ImageFont.FreeTypeFont, width: float) -> int:
    low, high = 1, len(word)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if face.getlength(word[:middle]) <= width else (low, middle - 1)
    return low


def strip(
    caption: Caption, palette: Palette, width: int, height: int, within: Room, note: str = "", hides: Hides = ""
) -> Plate:
    """Band above and strip below as one plate. `hides`: what another sketch had written in the one, or in both."""
    narrow = within.width < width
    unit = min(within.height, round(within.width * (1.1 if narrow else 0.8)))
    pad = max(2, round(unit * 0.04))
    room = within.width - 2 * pad
    small = _face("semibold", round(unit * 0.0235))
    large, plain = _face("semibold", round(unit * 0.046)), _face("regular", round(unit * 0.036))
    dark = mix(mix(palette.near, (0, 0, 0), 0.72), (12, 12, 16), 0.4)
    rows: list[tuple[str, ImageFont.FreeTypeFont, RGB, int]] = []
    about = caption.subject or caption.action or caption.setting or caption.light
    labels = [
        legible(t).upper()
        for t in (note, caption.framing, caption.camera, caption.light if about != caption.light else "")
        if t
    ]
    if labels:
        tone = mix(palette.accent, (255, 244, 226), 0.45)
        rows += [(r, small, tone, round(unit * 0.034)) for r in wrap("   ·   ".join(labels), small, room, 1)]
    rows += [
        (r, large, _INK, round(unit * 0.058)) for r in wrap(about, large, room, 2 if narrow or height >= width else 1)
    ]
    doing = [t for t in (caption.action if caption.subject else "", caption.setting) if t and t != about]
    rows += [(r, plain, _SOFT, round(unit * 0.048)) for r in wrap(" — ".join(doing), plain, room, 2)]
    if caption.avoid:
        tone = mix(_SOFT, dark, 0.35)
        rows += [(r, small, tone, round(unit * 0.034)) for r in wrap(f"avoid: {caption.avoid}", small, room, 1)]
    tall = sum(r[3] for r in rows)
    while rows and tall + pad > height * 0.4:
        tall -= rows.pop()[3]
    image = Image.new("RGB", (width, height), dark)
    pen = ImageDraw.Draw(image)
    band = max(2, round(height * BAND))
    top = within.top + (band + pad // 2 if within.high else within.height - pad - tall)
    y = top
    for text, face, tone, step in rows:
        pen.text((within.left + pad, y), text, font=face, fill=tone)
        y += step
    return plate(np.asarray(image, np.float32), _shadow(image, dark, (top, top + tall), pad, within, hides), 0, 0)


def line(text: str, palette: Palette, width: int, height: int, *, hides: bool) -> Plate:
    """One line in the band above, right of where the cut burns its slate in. `hides`: what was written there before."""
    band = max(2, round(height * BAND)) // 2 * 2
    face = _face("semibold", round(min(band * 0.46, width * 0.026)))
    image = Image.new("RGB", (width, band), mix(mix(palette.near, (0, 0, 0), 0.72), (12, 12, 16), 0.4))
    row = "".join(wrap(text, face, width * 0.48, 1))
    ImageDraw.Draw(image).text((width * 0.26, band * 0.5), row, font=face, fill=_SOFT, anchor="lm")
    ink = np.asarray(image, np.float32)
    veil = np.clip(np.abs(ink - ink[0, 0]).max(axis=2) * 3, 255 if hides else 184, 255).astype(np.float32)
    return plate(ink, veil, 0, 0)


def _shadow(image: Image.Image, dark: RGB, rows: tuple[int, int], pad: int, within: Room, hides: Hides) -> Floats:
    """How dark the picture is veiled: soft over the picture, whole under letters, which stand in `rows`."""
    width, height = image.size
    alpha = np.zeros((height, width), np.float32)
    band = max(2, round(height * BAND))
    away = np.arange(height, dtype=np.float64)  # how far each row is on the way to the edge where the words are
    begin, fifth = rows[0], round(height * 0.80)
    if within.high:
        away, begin = height - 1 - away, height - rows[1]
    alpha[: within.top + band] = 255 if hides else 184
    if hides == "both":
        alpha[away >= min(begin - pad // 2, fifth)] = 255
    elif rows[1] > rows[0]:
        edge = max(0, begin - 3 * pad)
        ramp = np.clip((away - edge) / max(1, begin + pad - edge), 0, 1)
        alpha = np.maximum(alpha, (ramp**1.3 * 206)[:, None].astype(np.float32))
    ink = np.abs(np.asarray(image, np.float32) - np.array(dark, np.float32)).max(axis=2)
    veil: Floats = np.maximum(alpha, np.clip(ink * 3, 0, 255))
    return veil


class RunningTime:
    """The running time, the take and a thin line that grows: redrawn a tenth of a second at a time."""

    def __init__(self, height: int, within: Room, take: int, seconds: Fraction, accent: RGB) -> None:
        self._height, self._within = height, within
        self._band = max(2, round(height * BAND))
        self._face = _face("semibold", round(min(self._band * 0.52, within.width * 0.03)))
        self._label = f"take {take}   " if take > 1 else ""
        self._whole, self._accent = seconds, mix(accent, (255, 244, 226), 0.3)
        self._said, self._plate = "", self._drawn("")

    def lay(self, canvas: Canvas, now: Fraction, share: float = 1.0) -> None:
        said = f"{self._label}{clock(now)} / {clock(self._whole)}"
        if said != self._said:
            self._said, self._plate = said, self._drawn(said)
        canvas.lay(self._plate, share=share)
        if share >= 1:
            self._line(canvas, float(now / self._whole) if self._whole else 1.0)

    def _drawn(self, said: str) -> Plate:
        room = self._within
        width = min(room.width, round(self._face.getlength(said)) // 2 * 2 + 4)
        mask = Image.new("L", (width, self._band // 2 * 2 or 2), 0)
        pen = ImageDraw.Draw(mask)
        pen.text((width - 2, mask.height * 0.46), said, font=self._face, fill=255, anchor="rm")
        rgb = np.empty((mask.height, width, 3), np.float32)
        rgb[:] = _INK
        pad = max(2, round(room.width * 0.012)) // 2 * 2
        x = room.left + max(0, (room.width - width - pad) // 2 * 2)
        return plate(rgb, np.asarray(mask, np.float32), x, room.top)

    def _line(self, canvas: Canvas, share: float) -> None:
        thick, long = max(1, round(self._height * 0.003)), round(self._within.width * 0.24)
        below = self._within.top + self._band
        left, top = self._within.left + self._within.width - long, below - thick
        r, g, b = self._accent
        luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
        values = (16 + luma * 219 / 255, 128 + (b - luma) * 0.473, 128 + (r - luma) * 0.558)
        end = left + round(long * min(1.0, share))
        if end > left:
            canvas.luma.paste(round(values[0]), (left, top, end, below))
            box = (left // 2, top // 2, end // 2, max(top // 2 + 1, below // 2))
            canvas.u.paste(round(values[1]), box)
            canvas.v.paste(round(values[2]), box)
