"""Draws a contact sheet. Knows nothing of clips and of the cut: small stills and a few words come in."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from PIL import Image, ImageDraw

from reelmake.media.photo import opened, save
from reelmake.media.text import face, wrapped
from reelmake.model.delivery import Cell, SheetWork
from reelmake.model.take import Facts
from reelmake.ports import Tell

_PAPER, _INK, _SOFT, _LINE = (17, 19, 22), (238, 239, 241), (150, 156, 164), (44, 48, 54)


def sheet(work: SheetWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A grid of stills on dark paper, each with number, id, length and tier below; title and length of all above."""
    width, height = work.size.width, work.size.height
    text = max(9, round(width * 0.042))
    gap, below, margin = round(text * 1.4), round(text * 3.1), round(text * 2.4)
    columns = min(work.columns, len(work.cells))
    rows = -(-len(work.cells) // columns)
    top = margin + round(text * 3.2)
    size = (
        2 * margin + columns * width + (columns - 1) * gap,
        top + rows * (height + below) + (rows - 1) * gap + margin - round(text * 0.6),
    )
    paper = Image.new("RGB", size, _PAPER)
    _heading(paper, work, margin, text)
    corners = _corners(width, height, max(2, round(width * 0.012)))
    for index, cell in enumerate(work.cells):
        row, column = divmod(index, columns)
        x, y = margin + column * (width + gap), top + row * (height + below + gap)
        with opened(inputs[f"picture {index + 1:03}"]) as still:
            paper.paste(still.convert("RGB"), (x, y), corners)
        _caption(paper, cell, index + 1, (x, y + height), width, text)
        tell((index + 1) / len(work.cells), "")
    if work.format == "jpg":
        return save(paper, into, "JPEG", quality=90, subsampling=0, optimize=True)
    return save(paper, into, "PNG", optimize=True)


def _heading(paper: Image.Image, work: SheetWork, margin: int, text: int) -> None:
    pen = ImageDraw.Draw(paper)
    small, large = face(round(text * 1.05)), face(round(text * 1.75), "semibold")
    base = margin + round(text * 1.5)
    room = paper.width - 2 * margin
    alone = small.getlength(work.note) > room * 0.6
    note = 0 if alone else small.getlength(work.note)
    pen.text((margin, base), wrapped(work.title, large, round(room - note - 2 * text), most=1)[0], _INK, large, "ls")
    if not alone:
        pen.text((paper.width - margin, base), work.note, _SOFT, small, "rs")
    pen.line((margin, base + text, paper.width - margin, base + text), _LINE, max(1, text // 12))


def _caption(paper: Image.Image, cell: Cell, number: int, corner: tuple[int, int], width: int, text: int) -> None:
    pen = ImageDraw.Draw(paper)
    strong, plain = face(text, "semibold"), face(round(text * 0.92))
    x, base = corner[0], corner[1] + round(text * 1.45)
    count = f"{number}  "
    pen.text((x, base), count, _SOFT, plain, "ls")
    begin = plain.getlength(count)
    room = round(width - begin - plain.getlength(cell.length) - text)
    pen.text((x + begin, base), wrapped(cell.name, strong, room, most=1)[0], _INK, strong, "ls")
    pen.text((x + width, base), cell.length, _SOFT, plain, "rs")
    if cell.note:
        below = wrapped(cell.note, plain, width, most=1)[0]
        pen.text((x + begin, base + round(text * 1.3)), below, _SOFT, plain, "ls")


def _corners(width: int, height: int, radius: int) -> Image.Image:
    """A mask that rounds the corners of a still."""
    large = Image.new("L", (4 * width, 4 * height))
    ImageDraw.Draw(large).rounded_rectangle((0, 0, 4 * width - 1, 4 * height - 1), 4 * radius, 255)
    return large.resize((width, height), Image.Resampling.LANCZOS)
