"""Texts as pictures to lay over frames: titles and slates. Pillow draws them, so no text ever meets a filter's syntax.

Knows nothing of time, of cuts or of ffmpeg.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw, ImageFilter, ImageFont

from reelmake.assemble.filter_graph import Print
from reelmake.assemble.ties import TIE
from reelmake.assemble.titles import shaped
from reelmake.media.font import font
from reelmake.model.frame import Size

_ENDS = re.compile("\r\n|[\r\x85\u2028\u2029]")  # what word processors put where a line is to end
MARKS = "\n\u061c" + "".join(map(chr, (*range(0x200C, 0x2010), *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
_WHITE = (255, 255, 255, 255)
_SOFT = (236, 238, 240, 235)


def face(pixels: int, weight: str = "regular") -> ImageFont.FreeTypeFont:
    """The bundled typeface at a height in pixels."""
    return ImageFont.truetype(str(font(weight)), max(6, pixels), layout_engine=ImageFont.Layout.BASIC)


def title(text: str, size: Size, into: Path, *, above: bool = False) -> Print:
    """A lower third: one to four lines at the left, over a soft shade that lifts them off any picture.

    `above`: it stands higher, for a sketch has its own words at the bottom.
    """
    short = min(size.width, size.height)
    letters = face(round(short * 0.062), "semibold")
    margin = round(size.width * 0.05)
    indent = margin + round(letters.size * 0.55)
    lines = balanced(text, letters, size.width - margin - indent, most=4)
    step = round(letters.size * 1.28)
    block = step * len(lines)
    shade = round(letters.size * 2.2)
    height = min(size.height, block + 2 * shade)
    top = min(size.height - height, round(size.height * (0.80 if above else 0.86)) - block - shade)
    picture = Image.new("RGBA", (size.width, height))
    picture.putalpha(band(size.width, height, shade))
    glow = Image.new("RGBA", picture.size)
    for index, line in enumerate(lines):
        ImageDraw.Draw(glow).text((indent, shade + index * step), line, (0, 0, 0, 170), letters)
    picture.alpha_composite(glow.filter(ImageFilter.GaussianBlur(max(1, letters.size / 10))))
    pen = ImageDraw.Draw(picture)
    for index, line in enumerate(lines):
        pen.text((indent, shade + index * step), line, _WHITE, letters)
    bar = max(2, round(letters.size * 0.09))
    pen.rectangle((margin, shade + letters.size * 0.18, margin + bar, shade + block - letters.size * 0.12), _WHITE)
    picture.save(into)
    return Print(into, 0, max(0, top), cut=not whole(text, lines))


def plain(color: str, into: Path) -> Path:
    """Nothing but a colour, which may be drawn as large as anybody likes."""
    Image.new("RGB", (16, 16), ImageColor.getrgb(color)).save(into)
    return into


def band(width: int, height: int, soft: int) -> Image.Image:
    """A dark band, transparent at its upper and lower edges."""
    column = Image.new("L", (1, height))
    for y in range(height):
        near = min(1.0, y / soft, (height - 1 - y) / soft)
        column.putpixel((0, y), round(118 * near * near * (3 - 2 * near)))
    return column.resize((width, height))


def slate(text: str, size: Size, into: Path) -> Print:
    """Id and tier, small, in the strip at the top left that sketches leave dark; on its own dark chip elsewhere."""
    strip = max(8, round(size.height * 0.06))
    letters = face(round(min(strip * 0.56, size.width * 0.03)), "semibold")
    pad = max(3, round(strip * 0.30))
    words = wrapped(text, letters, round(size.width * 0.55), most=1)[0]
    width = min(size.width, round(letters.getlength(words)) + 2 * pad)
    picture = Image.new("RGBA", (max(2, width), strip), (12, 13, 15, 150))
    pen = ImageDraw.Draw(picture)
    pen.text((pad, strip / 2), words, _SOFT, letters, anchor="lm")
    picture.save(into)
    return Print(into, 0, 0)


def balanced(text: str, letters: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """Like `wrapped`, but the lines are about equally long: as narrow as the same number of lines allows."""
    lines = wrapped(text, letters, width, most)
    low, high = max(letters.getlength(word.replace(TIE, " ").strip()) for word in _words(shown(text)) or [""]), width
    if not whole(text, lines) or low >= width:
        return lines
    while high - low > max(2, width // 100):
        middle = round(low + high) // 2
        if len(wrapped(text, letters, middle, most + 1)) == len(lines):
            high = middle
        else:
            low = middle
    return wrapped(text, letters, high, most)


def wrapped(text: str, letters: ImageFont.FreeTypeFont, width: int, most: int) -> list[str]:
    """At most `most` lines no wider than `width` pixels; what is left over becomes an ellipsis. Never empty."""
    lines: list[str] = []
    for paragraph in shown(text).split("\n"):
        lines += _broken(paragraph, letters, width)
    if len(lines) > most:
        last = lines[most - 1].rstrip()
        while last and letters.getlength(last + "…") > width:
            last = last[:-1].rstrip()
        lines = [*lines[: most - 1], last + "…"]
    return lines or [""]


def whole(text: str, lines: Sequence[str]) -> bool:
    """Do the lines say all of a text? An ellipsis at their end may be its own."""
    said, wanted = ("".join(words.split()) for words in ("".join(lines), shown(text)))
    return said == wanted


def tied_width(text: str, letters: ImageFont.FreeTypeFont) -> float:
    """How wide a line must be for all that is tied together."""
    tied = [word.replace(TIE, " ").strip() for word in _words(shown(text).replace("\n", " ")) if TIE in word]
    return max(map(letters.getlength, tied), default=0.0)


def _broken(paragraph: str, letters: ImageFont.FreeTypeFont, width: int) -> list[str]:
    lines, line = [], ""
    for word, apart in _fitting(paragraph, letters, width):
        if line and (apart or letters.getlength((line + word).rstrip()) > width):
            lines.append(line.rstrip())
            line = ""
            word = word.lstrip()
        while letters.getlength(word.rstrip()) > width and len(word) > 1:
            fits = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or letters.getlength(word[:n]) <= width)
            lines.append(word[:fits])
            word = word[fits:]
        line += word
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def _fitting(paragraph: str, letters: ImageFont.FreeTypeFont, width: int) -> Iterator[tuple[str, bool]]:
    """Its words, with plain blanks, and whether a line must end before one: what is tied together comes in parts only
    if no line takes it whole."""
    for word in _words(paragraph):
        plain = word.replace(TIE, " ")
        whole = plain == word or letters.getlength(plain.strip()) <= width
        yield from ((part, not whole and n == 0) for n, part in enumerate([plain] if whole else _words(plain)))


def _words(text: str) -> Sequence[str]:
    """Pieces after which a line may end: words with the blanks before them, and single wide characters."""
    words: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        starts = char == " " and not (words and words[-1].isspace())
        if not words or starts or wide or unicodedata.east_asian_width(words[-1][-1]) in "WF":
            words.append(char)
        else:
            words[-1] += char
    return words


def shown(text: str) -> str:
    """Text as it can be drawn: line ends unified, blanks plain, control characters gone, but for those that a shaper
    reads: which letters are not to join, and where a part runs in another direction."""
    text = unicodedata.normalize("NFC", _ENDS.sub("\n", text).replace("\t", " "))
    kept = MARKS if shaped(text) else "\n"
    return "".join(c for c in text if c in kept or not unicodedata.category(c).startswith("C"))
