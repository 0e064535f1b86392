"""Words in a style of the author's choice, as a picture to lay over frames: lower thirds, titles, end cards, captions.

All of it stays inside the safe area, and letters shrink until it does. Words that run from right to left, and scripts
whose letters join, are shaped by libraqm. Knows nothing of time, of cuts or of ffmpeg.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont, features

from reelmake.assemble.graph import Print
from reelmake.assemble.titles import direction
from reelmake.errors import LocalTool
from reelmake.media.font import font
from reelmake.media.text import balanced, band, shown, tied_width, whole
from reelmake.model.lettering import Align, Lettering
from reelmake.model.storyboard import Size

SAFE = 0.05  # of the width and the height, at each edge
STEP = 1.28  # from a line to the next, in sizes of the letters
Color = tuple[int, int, int, int]
Run = Literal["ltr", "rtl"] | None
Line = tuple[str, Run]
"""What stands in one line, and where that runs; None = it needs no shaping."""


@dataclass(frozen=True, slots=True)
class Manner:
    """What a style does where the author says nothing; `size` as in Lettering, `lines` are the most there may be."""

    size: float
    weight: str
    position: str
    align: str
    box: str
    lines: int


MANNERS = {
    "lower-third": Manner(6.2, "semibold", "bottom", "left", "none", 4),
    "title": Manner(11, "semibold", "middle", "center", "none", 6),
    "end-card": Manner(7, "regular", "middle", "center", "black", 14),
    "caption": Manner(5, "semibold", "bottom", "center", "#0000009c", 3),
}


def card(
    words: str,
    look: Lettering,
    size: Size,
    into: Path,
    *,
    file: Path | None,
    shaped: bool,
    raised: bool,
    mirrored: bool = False,
    cues: int = 1,
) -> Print:
    """The words as a PNG, and where it lies. `file`: the author's font; `raised`: the lowest part is taken;
    `mirrored`: what a style has at the left is at the right, for the words run from there; `cues`: captions in it.

    Raises LocalTool for a file that is no font, and for words that are to be shaped where that cannot be done.
    """
    manner = MANNERS[look.style]
    manner = replace(
        manner, lines=max(manner.lines * cues, words.count("\n") + 1)
    )  # what are lines already, stay lines
    setting = _set(words, look, manner, size, file, shaped)
    letters, lines, block = setting.letters, setting.lines, setting.block
    width = max([1, *(round(letters.getlength(line)) for line, _ in lines if line)])
    side, top = round(size.width * SAFE), _top(look.position or manner.position, block, size, raised)
    near: Align = "right" if mirrored else "left"
    align = look.align or (near if manner.align == "left" else manner.align)
    pad = round(letters.size * 0.42)
    left = {"left": side + pad, "center": (size.width - width) // 2, "right": size.width - side - pad - width}[align]
    canvas = Image.new("RGBA", (size.width, size.height))
    plate = _color(look.box or manner.box)
    color = _color(look.color or "white") or (255, 255, 255, 255)
    if plate and look.style == "end-card":
        canvas.paste(plate, (0, 0, size.width, size.height))
    elif plate:
        frame = (left - pad, top - pad // 2, left + width + pad, top + block + pad // 2)
        ImageDraw.Draw(canvas).rounded_rectangle(frame, radius=pad // 2, fill=plate)
    else:
        _lift(canvas, look, letters, top, block)
        _written(canvas, setting, (left, top, width), align, (0, 0, 0, 190))
        canvas = canvas.filter(ImageFilter.GaussianBlur(max(1, letters.size / 9)))
        if look.style == "lower-third" and align in ("left", near):
            bar = max(2, round(letters.size * 0.09))
            edge = side if align == "left" else size.width - side - bar
            upright = (edge, top + round(letters.size * 0.18), edge + bar, top + block - round(letters.size * 0.12))
            ImageDraw.Draw(canvas).rectangle(upright, color)
    _written(canvas, setting, (left, top, width), align, color)
    return _trimmed(canvas, into)


def fixed(look: Lettering, whole: Size, size: Size) -> Lettering:
    """The letters of the whole picture, for a part of it: unless their size was asked for, ten of them are as high."""
    if size == whole:
        return look
    height = Fraction(look.size or MANNERS[look.style].size) * min(whole.width, whole.height)
    height = height if look.size else min(height, Fraction(10 * size.height))
    return replace(look, size=height / min(size.width, size.height))


def readable(file: Path) -> None:
    """Raises LocalTool if it is not a font."""
    _face(file, 20, "regular", shaped=False)


def glyphless(words: str, file: Path | None) -> str:
    """The characters that the font does not have, once each."""
    letters = _face(file, 20, "regular", shaped=False)
    unknown = bytes(letters.getmask("\U0010fffe"))
    marks = dict.fromkeys(char for char in words if unicodedata.category(char)[0] in "LNPS")
    return "".join(char for char in marks if bytes(letters.getmask(char)) == unknown)


@dataclass(frozen=True, slots=True)
class _Setting:
    """Lines of letters: `step` from one to the next; `base`: from the top of one to where its `anchor` is."""

    letters: ImageFont.FreeTypeFont
    lines: list[Line]
    step: int
    base: int = 0
    anchor: str = "la"

    @property
    def block(self) -> int:
        return self.step * len(self.lines)


def _set(words: str, look: Lettering, manner: Manner, size: Size, file: Path | None, shaped: bool) -> _Setting:
    """The largest letters, up to the size asked for, with which all the words are inside the safe area."""
    short, tall = min(size.width, size.height), size.height * (1 - 3 * SAFE)
    pixels = min(short * float(look.size or manner.size) / 100, tall / STEP)
    while True:
        letters = _face(file, round(pixels), manner.weight, shaped)
        room = round(size.width * (1 - 2 * SAFE) - letters.size)
        most = max(1, min(manner.lines, int(tall / (letters.size * STEP))))
        lines = _lines(words, letters, max(20, room), most, shaped)
        setting = _spaced(letters, lines) if shaped else _Setting(letters, lines, round(letters.size * STEP))
        said = whole(words, [line for line, _ in lines]) and tied_width(words, letters) <= room
        fits = said and (not shaped or setting.block <= tall)
        if fits or letters.size <= max(8, short * 0.03):
            return setting
        pixels *= 0.92


def _spaced(letters: ImageFont.FreeTypeFont, lines: list[Line]) -> _Setting:
    """Lines as far apart as their letters are high: those of some scripts are twice as high as others of their size."""
    boxes = [letters.getbbox(line, direction=run, anchor="ls") for line, run in lines if line]
    rise = max([letters.size * 0.8, *(-box[1] for box in boxes)])
    fall = max([letters.size * 0.25, *(box[3] for box in boxes)])
    step = round(max(letters.size * STEP, (rise + fall) * 1.04))
    return _Setting(letters, lines, step, round((step - rise - fall) / 2 + rise), "ls")


def _lines(words: str, letters: ImageFont.FreeTypeFont, width: int, most: int, shaped: bool) -> list[Line]:
    """Each paragraph balanced by itself, and run in its own direction; what is too much becomes an ellipsis."""
    lines: list[Line] = []
    for paragraph in shown(words).split("\n"):
        run: Run = (direction(paragraph) if shaped else "") or None
        broken = balanced(paragraph, letters, width, most) if paragraph.strip() else [""]
        lines += [(line, run) for line in broken]
    if len(lines) <= most:
        return lines
    last, run = lines[most - 1]
    return [*lines[: most - 1], (last.rstrip("…") + "…", run)]


def _face(file: Path | None, pixels: int, weight: str, shaped: bool) -> ImageFont.FreeTypeFont:
    raqm = features.check("raqm")
    if shaped and not raqm:
        raise LocalTool(
            "words that run from right to left cannot be set: this Pillow has no libraqm",
            next_steps=["pip install --force-reinstall pillow"],
        )
    engine = ImageFont.Layout.RAQM if raqm and (shaped or file) else ImageFont.Layout.BASIC
    try:
        return ImageFont.truetype(str(file or font(weight)), max(8, pixels), layout_engine=engine)
    except OSError as error:
        raise LocalTool(f"{file.name if file else weight} is not a font that can be read: {error}") from error


def _top(position: str, block: int, size: Size, raised: bool) -> int:
    low = size.height * (1 - SAFE - (0.09 if raised else 0.02))
    top = {"top": size.height * (SAFE + 0.02), "middle": (size.height - block) / 2, "bottom": low - block}[position]
    return max(0, round(top))


def _lift(canvas: Image.Image, look: Lettering, letters: ImageFont.FreeTypeFont, top: int, block: int) -> None:
    """What makes white words readable over a bright picture: a soft band behind a lower third."""
    if look.style != "lower-third":
        return
    soft = round(letters.size * 2.2)
    height = block + 2 * soft
    dark = Image.new("RGBA", (canvas.width, height))
    dark.putalpha(band(canvas.width, height, soft))
    canvas.paste(dark, (0, top - soft))


def _written(canvas: Image.Image, setting: _Setting, place: tuple[int, int, int], align: str, color: Color) -> None:
    (left, top, width), letters = place, setting.letters
    pen = ImageDraw.Draw(canvas)
    for number, (line, run) in enumerate(setting.lines):
        if not line:
            continue
        spare = width - letters.getlength(line)
        indent = {"left": 0, "center": spare / 2, "right": spare}[align]
        at = round(left + indent), top + setting.base + number * setting.step
        pen.text(at, line, color, letters, anchor=setting.anchor, direction=run)


def _color(named: str) -> Color | None:
    if named == "none":
        return None
    red, green, blue, *rest = ImageColor.getrgb(named)
    return red, green, blue, rest[0] if rest else 255


def _trimmed(canvas: Image.Image, into: Path) -> Print:
    """Only the part that is not empty, from even pixels on: the colours of a video lie on every other one."""
    left, top, right, bottom = canvas.getbbox() or (0, 0, 2, 2)
    left, top = left // 2 * 2, top // 2 * 2
    canvas.crop((left, top, max(right, left + 2), max(bottom, top + 2))).save(into)
    return Print(into, left, top)
