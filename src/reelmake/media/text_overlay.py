"""Words in a style of the author's choice, as a picture to lay over frames: lower thirds, titles, end cards, captions.

All of it stays inside the safe area, and letters shrink until it does. Words that run from right to left, and scripts
whose letters join, are shaped by libraqm. Knows nothing of time, of cuts or of ffmpeg.
"""

from __future__ import annotations

import unicodedata
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Literal

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont, features

from reelmake.assemble.filter_graph import Print
from reelmake.assemble.titles import direction
from reelmake.errors import LocalTool
from reelmake.media.font import font
from reelmake.media.photo import opened, seen
from reelmake.media.text import balanced, band, shown, tied_width, whole
from reelmake.model.frame import Size
from reelmake.model.overlay import Align, Lettering, Title
from reelmake.records import dataclass

SAFE = 0.05  # of the width and the height, at each edge
BLACK = (0, 0, 0, 255)
BELOW = Fraction(11, 20)  # of the words' size, where smaller ones have none
LOGO = 18  # height of a logo, as of letters
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


@dataclass(frozen=True, slots=True)
class Ink:
    """Colours of the words, of the smaller ones, and of what is around both: `outline` in heights of the letters."""

    color: Color
    small: Color
    outline: float = 0.0
    around: Color = (0, 0, 0, 255)


MANNERS = {
    "lower-third": Manner(6.2, "semibold", "bottom", "left", "none", 4),
    "title": Manner(11, "semibold", "middle", "center", "none", 6),
    "end-card": Manner(7, "regular", "middle", "center", "black", 14),
    "caption": Manner(5, "semibold", "bottom", "center", "#0000009c", 3),
}


def card(said: Title, size: Size, into: Path, *, file: Path | None, logo: Path | None = None, raised: bool) -> Print:
    """The words as a PNG, and where it lies. `file`: the author's font; `logo`: a picture that stands above the words;
    `raised`: the lowest part is taken.

    Raises LocalTool for a file that is no font or no picture, and for words that are to be shaped where that cannot be
    done.
    """
    look, manner = said.lettering, MANNERS[said.lettering.style]
    lines = max(manner.lines * said.cues, said.text.count("\n") + 1)  # what are lines already, stay lines
    manner = replace(manner, lines=lines)
    column = _column(said, manner, size, file, logo)
    block, width = column.block, column.width
    side, top = round(size.width * SAFE), _top(look.position or manner.position, block, size, raised, look.margin)
    near: Align = "right" if said.direction == "rtl" else "left"
    align = look.align or (near if manner.align == "left" else manner.align)
    pad = round(column.size * 0.42)
    left = {"left": side + pad, "center": (size.width - width) // 2, "right": size.width - side - pad - width}[align]
    canvas = Image.new("RGBA", (size.width, size.height))
    plate = _color(look.box or ("none" if look.outline and look.style == "caption" else manner.box))
    color = _color(look.color or "white") or (255, 255, 255, 255)
    ink = Ink(color, _color(look.below_color or look.color or "white") or color)
    if plate and look.style == "end-card":
        canvas.paste(plate, (0, 0, size.width, size.height))
    elif plate:
        frame = (left - pad, top - pad // 2, left + width + pad, top + block + pad // 2)
        ImageDraw.Draw(canvas).rounded_rectangle(frame, radius=pad // 2, fill=plate)
    else:
        if look.style == "lower-third":  # a soft band makes white words readable over a bright picture
            soft = round(column.size * 2.2)
            dark = Image.new("RGBA", (canvas.width, block + 2 * soft))
            dark.putalpha(band(*dark.size, soft))
            canvas.paste(dark, (0, top - soft))
        if not look.outline:
            shadow = (0, 0, 0, 190)
            _written(canvas, column, (left, top), align, Ink(shadow, shadow))
            canvas = canvas.filter(ImageFilter.GaussianBlur(max(1, column.size / 9)))
        if look.style == "lower-third" and align in ("left", near):
            bar = max(2, round(column.size * 0.09))
            edge = side if align == "left" else size.width - side - bar
            upright = (edge, top + round(column.size * 0.18), edge + bar, top + block - round(column.size * 0.12))
            ImageDraw.Draw(canvas).rectangle(upright, color)
    if look.outline:
        ink = replace(ink, outline=float(look.outline) / 100, around=_color(look.outline_color or "black") or BLACK)
    _written(canvas, column, (left, top), align, ink)
    if column.logo:
        indent = {"left": 0, "center": (width - column.logo.width) // 2, "right": width - column.logo.width}[align]
        canvas.alpha_composite(column.logo, (max(0, left + indent), top))
    return replace(_trimmed(canvas, into), cut=not all(setting.whole for _, setting in column.rows))


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
    """Lines of letters: `step` from one to the next; `base`: from the top of one to where its `anchor` is; `whole`: do
    they say all of the words?"""

    letters: ImageFont.FreeTypeFont
    lines: list[Line]
    step: int
    base: int = 0
    anchor: str = "la"
    whole: bool = True

    @property
    def block(self) -> int:
        return self.step * len(self.lines)

    @property
    def width(self) -> int:
        return max([1, *(round(self.letters.getlength(line)) for line, _ in self.lines if line)])


@dataclass(frozen=True, slots=True)
class _Column:
    """Words, smaller ones below them, a logo above them with a `gap` to it: whatever there is of these. `size` of the
    letters, or of those that there would be."""

    words: _Setting | None
    small: _Setting | None
    logo: Image.Image | None
    gap: int
    size: float

    @property
    def rows(self) -> list[tuple[int, _Setting]]:
        """What is written, and how far below the top."""
        at, found = (self.logo.height + self.gap if self.logo else 0), []
        for setting in filter(None, (self.words, self.small)):
            found.append((at, setting))
            at += setting.block
        return found

    @property
    def block(self) -> int:
        words = sum(setting.block for _, setting in self.rows)
        return words + (self.logo.height + (self.gap if words else 0) if self.logo else 0)

    @property
    def width(self) -> int:
        return max([self.logo.width if self.logo else 1, *(setting.width for _, setting in self.rows)])


def _column(said: Title, manner: Manner, size: Size, file: Path | None, logo: Path | None) -> _Column:
    """What stands above what: the logo, the words, the smaller ones. All of it inside the safe area."""
    look, tall = said.lettering, size.height * (1 - 3 * SAFE)
    short = min(size.width, size.height)
    mark = _logo(logo, size, float(look.logo_size or LOGO) / 100 * short, tall / 2) if logo else None
    gap = round(short * 0.03)
    height = mark.height + gap if mark else 0
    small = None
    if said.below:
        pixels = short * float(look.below_size or Fraction(look.size or manner.size) * BELOW) / 100
        lighter = replace(manner, weight="regular")
        small = _set(said.below, pixels, lighter, size, file, said.shaped, (tall - height) / 2)
        height += small.block
    pixels, words = short * float(look.size or manner.size) / 100, None
    if said.text or not (small or mark):
        words = _set(said.text, pixels, manner, size, file, said.shaped, tall - height)
    written = words or small
    return _Column(words, small, mark, gap, written.letters.size if written else pixels)


def _logo(file: Path, size: Size, height: float, most: float) -> Image.Image:
    """As high as asked for, where it has room."""
    with opened(file) as given:
        mark = seen(given).convert("RGBA")
    scale = min(min(height, most) / mark.height, size.width * (1 - 2 * SAFE) / mark.width)
    wanted = (max(1, round(mark.width * scale)), max(1, round(mark.height * scale)))
    return mark.resize(wanted, Image.Resampling.LANCZOS)


def _set(
    words: str, pixels: float, manner: Manner, size: Size, file: Path | None, shaped: bool, tall: float
) -> _Setting:
    """The largest letters, up to so many pixels, with which all the words are inside the safe area."""
    short = min(size.width, size.height)
    pixels = min(pixels, tall / STEP)
    while True:
        letters = _face(file, round(pixels), manner.weight, shaped)
        room = round(size.width * (1 - 2 * SAFE) - letters.size)
        most = max(1, min(manner.lines, int(tall / (letters.size * STEP))))
        lines = _lines(words, letters, max(20, room), most, shaped)
        setting = _spaced(letters, lines) if shaped else _Setting(letters, lines, round(letters.size * STEP))
        said = whole(words, [line for line, _ in lines])
        fits = said and tied_width(words, letters) <= room and (not shaped or setting.block <= tall)
        if fits or letters.size <= max(8, short * 0.03):
            return replace(setting, whole=said)
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
        steps = ["pip install --force-reinstall pillow"]
        raise LocalTool("right-to-left text cannot be set: this Pillow has no libraqm", next_steps=steps)
    engine = ImageFont.Layout.RAQM if raqm and (shaped or file) else ImageFont.Layout.BASIC
    try:
        return ImageFont.truetype(str(file or font(weight)), max(8, pixels), layout_engine=engine)
    except OSError as error:
        raise LocalTool(f"{file.name if file else weight} is not a font that can be read: {error}") from error


def _top(position: str, block: int, size: Size, raised: bool, margin: Fraction | None) -> int:
    far = SAFE + 0.02 if margin is None else float(margin) / 100
    low = size.height * (1 - (max(far, SAFE + 0.09) if raised else far))
    top = {"top": size.height * far, "middle": (size.height - block) / 2, "bottom": low - block}[position]
    return max(0, round(top))


def _written(canvas: Image.Image, column: _Column, place: tuple[int, int], align: str, ink: Ink) -> None:
    (left, top), pen = place, ImageDraw.Draw(canvas)
    for below, setting in column.rows:
        letters, color = setting.letters, ink.color if setting is column.words else ink.small
        stroke = max(1, round(letters.size * ink.outline)) if ink.outline else 0
        for number, (line, run) in enumerate(setting.lines):
            if not line:
                continue
            spare = column.width - letters.getlength(line)
            indent = {"left": 0, "center": spare / 2, "right": spare}[align]
            at = round(left + indent), top + below + setting.base + number * setting.step
            edge = ink.around if stroke else None
            pen.text(
                at, line, color, letters, anchor=setting.anchor, direction=run, stroke_width=stroke, stroke_fill=edge
            )


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
