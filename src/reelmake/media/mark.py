"""A mark in a corner of the picture: a logo, drawn once at its size and strength. Knows nothing of time or ffmpeg."""

from __future__ import annotations

from pathlib import Path

from PIL import Image

from reelmake.assemble.filter_graph import Print
from reelmake.media.photo import opened, seen
from reelmake.model.frame import Size
from reelmake.model.overlay import Watermark

MARGIN = 0.04  # of the shorter side
WIDEST = 0.5  # of the picture's width


def watermark(mark: Watermark, image: Path, size: Size, into: Path) -> Print:
    """The logo as a PNG, and where it lies. Raises LocalTool if the image cannot be read."""
    with opened(image) as given:
        logo = seen(given).convert("RGBA")
    short = min(size.width, size.height)
    height = short * float(mark.size) / 100
    scale = min(height / logo.height, size.width * WIDEST / logo.width)
    logo = logo.resize(
        (max(1, round(logo.width * scale)), max(1, round(logo.height * scale))), Image.Resampling.LANCZOS
    )
    opacity = float(mark.opacity)
    logo.putalpha(logo.getchannel("A").point(lambda level: round(level * opacity)))
    logo.save(into)
    margin = round(short * MARGIN)
    x = margin if mark.corner.endswith("left") else size.width - margin - logo.width
    y = margin if mark.corner.startswith("top") else size.height - margin - logo.height
    return Print(into, max(0, x) // 2 * 2, max(0, y) // 2 * 2)
