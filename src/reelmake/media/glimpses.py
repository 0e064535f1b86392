"""Glimpses: what is seen and heard of a clip, small enough to be sent along in a page. For people, never for a film.

Read by those who only read (media/readers), and answered as bytes. Knows nothing of pages or of what is compared.
"""

from __future__ import annotations

import io
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
from PIL import Image, ImageDraw

from reelmake.media import photo
from reelmake.media.probe import opened
from reelmake.media.stills import glimpse
from reelmake.media.streams import audible
from reelmake.model.frame import STILLS
from reelmake.model.time import SAMPLE_RATE

_PAPER, _MARK = (17, 19, 22), (232, 179, 57)
_GAP = 4  # pixels between the pictures of a strip


def pictures(file: Path, moments: Sequence[Fraction], within: tuple[int, int]) -> list[tuple[bytes, int, int]]:
    """What is seen at these seconds of a clip, in their order: WebP, width and height, no larger than `within`. Of a
    picture one."""
    found = []
    for picture in _seen(file, moments, within):
        into = io.BytesIO()
        picture.save(into, "WEBP", quality=68, method=4)
        found.append((into.getvalue(), *picture.size))
    return found


def strip(file: Path, rows_of: Sequence[tuple[Path, Sequence[Fraction]] | None], within: tuple[int, int]) -> bytes:
    """A small PNG with a row of pictures for each side, old above new; None = an empty row. `file`: one of them."""
    rows = [_seen(*side, within) if side else [] for side in rows_of]
    width = max((sum(p.width + _GAP for p in row) for row in rows), default=0) or within[0]
    high = [max((p.height for p in row), default=within[1] // 3) for row in rows]
    paper = Image.new("RGB", (width - _GAP + 2 * _GAP, sum(high) + _GAP * (len(rows) + 1)), _PAPER)
    pen, y = ImageDraw.Draw(paper), _GAP
    for row, height in zip(rows, high, strict=True):
        x = _GAP
        for picture in row:
            paper.paste(picture, (x, y))
            x += picture.width + _GAP
        if not row:
            pen.line((_GAP, y + height // 2, paper.width - _GAP, y + height // 2), _MARK)
        y += height + _GAP
    into = io.BytesIO()
    paper.quantize(128, dither=Image.Dither.FLOYDSTEINBERG).save(into, "PNG", optimize=True)
    return into.getvalue()


def sound(file: Path, most: float) -> bytes:
    """The first `most` seconds of what is heard in a file, in one channel, as M4A; nothing if it has no sound."""
    into = io.BytesIO()
    with opened(file) as source:
        if (voice := audible(source)) is None:
            return b""
        with av.open(into, "w", format="ipod") as target:
            track = target.add_stream("aac", rate=SAMPLE_RATE // 2, layout="mono")
            track.bit_rate = 40_000
            change = av.AudioResampler(format="fltp", layout="mono", rate=SAMPLE_RATE // 2)
            for frame in source.decode(voice):
                if frame.time is not None and frame.time >= most:
                    break
                frame.pts = None
                for part in change.resample(frame):
                    target.mux(track.encode(part))
            for part in change.resample(None):
                target.mux(track.encode(part))
            target.mux(track.encode(None))
    return into.getvalue()


def _seen(file: Path, moments: Sequence[Fraction], within: tuple[int, int]) -> list[Image.Image]:
    if file.suffix.lower() in STILLS:
        with photo.opened(file) as given:
            whole = [photo.on_black(photo.seen(given))]
    else:
        whole = [glimpse(file, moment) for moment in moments]
    for picture in whole:
        picture.thumbnail(within, Image.Resampling.LANCZOS)
    return whole
