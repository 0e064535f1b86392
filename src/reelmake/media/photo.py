"""A photo as it is to be seen: upright, with eight bits a colour. Knows nothing of files and of what it is for."""

from __future__ import annotations

from PIL import Image, ImageOps


def seen(given: Image.Image) -> Image.Image:
    """Turned as its EXIF says. Of sixteen bits of grey Pillow would keep the lowest eight."""
    upright = ImageOps.exif_transpose(given)
    if upright.mode.startswith("I"):
        return upright.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    return upright
