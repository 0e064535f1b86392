"""What lies in a corner of the picture, drawn once at its size: the mask and the border of an inset, a logo.

Knows nothing of time or ffmpeg.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw

from reelmake.assemble.filter_graph import Print
from reelmake.assemble.framing import Spot
from reelmake.media.material import material
from reelmake.media.photo import opened, seen
from reelmake.model.frame import Mount, Size
from reelmake.model.overlay import Watermark

MARGIN = 0.04  # of the shorter side, around a logo
WIDEST = 0.5  # of the picture's width, is a logo
FINE = 4  # times as large as they are needed masks are drawn, for their edges to be smooth


def shape(clip: Path) -> Fraction:
    """Width over height as it is seen. Raises LocalTool if it is not a whole picture or film."""
    found = material(clip)
    return found.size.width * found.sar / found.size.height


def mask(mount: Mount, spot: Spot, into: Path) -> Path | None:
    """Which part of the inset is seen; None = all of it."""
    if not mount.radius:
        return None
    _rounded(spot.size.width, spot.size.height, _radius(mount, spot)).save(into)
    return into


def border(mount: Mount, spot: Spot, into: Path) -> Print | None:
    """The plate that lies below the inset and is seen around it."""
    if not spot.border:
        return None
    size = spot.size.width + 2 * spot.border, spot.size.height + 2 * spot.border
    plate = Image.new("RGBA", size, (*ImageColor.getrgb(mount.color)[:3], 255))
    radius = _radius(mount, spot)
    plate.putalpha(_rounded(*size, radius + spot.border if radius else 0))
    plate.save(into)
    return Print(into, spot.x - spot.border, spot.y - spot.border)


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


def _radius(mount: Mount, spot: Spot) -> int:
    return round(min(spot.size.width, spot.size.height) * float(mount.radius) / 100)


def _rounded(width: int, height: int, radius: int) -> Image.Image:
    drawn = Image.new("L", (width * FINE, height * FINE))
    pen = ImageDraw.Draw(drawn)
    pen.rounded_rectangle((0, 0, width * FINE - 1, height * FINE - 1), radius=radius * FINE, fill=255)
    return drawn.resize((width, height), Image.Resampling.BOX)
