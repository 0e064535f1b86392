"""What stands around an inset: the shape of its clip, the mask of its corners, its border, drawn once at their size.

Knows nothing of time or ffmpeg.
"""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

from PIL import Image, ImageColor, ImageDraw

from reelmake.assemble.filter_graph import Print
from reelmake.assemble.framing import Spot
from reelmake.media.material import material
from reelmake.model.frame import Mount

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


def _radius(mount: Mount, spot: Spot) -> int:
    return round(min(spot.size.width, spot.size.height) * float(mount.radius) / 100)


def _rounded(width: int, height: int, radius: int) -> Image.Image:
    drawn = Image.new("L", (width * FINE, height * FINE))
    pen = ImageDraw.Draw(drawn)
    pen.rounded_rectangle((0, 0, width * FINE - 1, height * FINE - 1), radius=radius * FINE, fill=255)
    return drawn.resize((width, height), Image.Resampling.BOX)
