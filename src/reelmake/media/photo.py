"""A photo as it is to be seen: upright, with eight bits a colour, in sRGB. The one place where Pillow opens a file.

Which kind it is, is decided by its content, and how large it is before anything is decoded. Knows nothing of what it
is for.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from pathlib import Path

from PIL import Image, ImageChops, ImageCms, ImageOps, UnidentifiedImageError

from reelmake.errors import LocalTool
from reelmake.media.formats import PHOTO, PHOTOS, SIDE, fits
from reelmake.model.frame import Colors
from reelmake.model.take import Facts
from reelmake.scratch import discard

ALIKE = 2  # of 255: profiles that move no colour further are sRGB, whatever they are called
_SPACES = {"RGB ": "RGB", "GRAY": "L", "CMYK": "CMYK"}  # what profiles and Pillow call them


@contextmanager
def opened(file: Path, kinds: Collection[str] = PHOTOS, most: int = PHOTO) -> Iterator[Image.Image]:
    """A picture to read from, of no more than `most` pixels. Raises LocalTool, also for what is found out inside."""
    before, Image.MAX_IMAGE_PIXELS = Image.MAX_IMAGE_PIXELS, most  # of what lies behind the first picture, too
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(file, formats=tuple(kinds)) as picture:
                if not fits(*picture.size, most):
                    limit = f"the limit is {most // 1_000_000} million, and {SIDE} across or down"
                    raise LocalTool(f"{file.name} has {picture.width}x{picture.height} pixels; {limit}")
                yield picture
    except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
        raise LocalTool(f"{file.name} has more than {most // 1_000_000} million pixels, which is the limit") from error
    except MemoryError as error:
        raise LocalTool(f"{file.name} takes too much memory") from error
    except FileNotFoundError as error:
        raise LocalTool(f"{file.name} is not there") from error
    except UnidentifiedImageError as error:
        raise LocalTool(f"{file.name} is {_unlike(file, kinds)}") from error
    except (OSError, SyntaxError, ValueError, EOFError) as error:
        raise LocalTool(f"{file.name} is not a whole picture: {error}") from error
    finally:
        Image.MAX_IMAGE_PIXELS = before


def _unlike(file: Path, kinds: Collection[str]) -> str:
    """What to say of a file that Pillow, whose own words name its whole path, knows nothing of."""
    *most, last = kinds
    known = f"{', '.join(most)} or {last}" if most else last
    return "empty" if file.stat().st_size == 0 else f"not a whole picture that is {known}"


def seen(given: Image.Image) -> Image.Image:
    """Turned as its EXIF says, in sRGB. Of sixteen bits of grey Pillow would keep the lowest eight."""
    upright = ImageOps.exif_transpose(given)
    if upright.mode.startswith("I"):
        upright = upright.convert("I").point(lambda level: level * (1 / 257)).convert("L")
    try:
        change = _change(given)
    except _Broken:
        return upright
    return upright if change is None else _changed(upright, *change)


def on_black(picture: Image.Image) -> Image.Image:
    """The same without transparency."""
    if not picture.has_transparency_data:
        return picture.convert("RGB")
    whole = Image.new("RGBA", picture.size, "black")
    whole.alpha_composite(picture.convert("RGBA"))
    return whole.convert("RGB")


def colors(file: Path) -> Colors:
    """What has to be minded of a picture's colours. Raises LocalTool."""
    with opened(file) as picture:
        clear = picture.has_transparency_data
        try:
            change = _change(picture)
        except _Broken:
            return Colors(broken=True, clear=clear)
        return Colors(_name(picture.info["icc_profile"]) if change else "", clear=clear)


def save(picture: Image.Image, into: Path, form: str, **how: object) -> Facts:
    """Writes it, whole or not at all. Raises LocalTool."""
    part = into.with_name(f".{into.name}.part")
    try:
        picture.save(part, form, **how)
        part.replace(into)
    except OSError as error:
        raise LocalTool(f"{into.name} could not be written: {error.strerror or error}") from error
    finally:
        discard(part)
    return Facts(bytes=into.stat().st_size, width=picture.width, height=picture.height)


class _Broken(Exception):
    """A profile cannot be read, or belongs to pictures of another kind."""


def _change(given: Image.Image) -> tuple[ImageCms.ImageCmsTransform, str] | None:
    """What brings a picture into sRGB, and the mode that it takes; None if it is there already. Raises _Broken."""
    said = given.info.get("icc_profile")
    if not said:
        return None
    mode = "CMYK" if given.mode == "CMYK" else "L" if given.mode[0] in "1LI" else "RGB"
    try:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(said))
        space = _SPACES[profile.profile.xcolor_space]
        if space != mode and (space, mode) != ("RGB", "L"):  # grey may be said as three colours
            raise _Broken
        change = ImageCms.buildTransform(profile, ImageCms.createProfile("sRGB"), space, "RGB")
        if space != "CMYK" and _alike(_samples(space), _through(change, _samples(space))):
            return None
    except (OSError, KeyError, ValueError, TypeError, ImportError, ImageCms.PyCMSError) as error:
        raise _Broken from error
    return change, space


def _samples(mode: str) -> Image.Image:
    """Colours of all sorts, one a pixel."""
    levels = range(0, 256, 51)
    every = [(r, g, b) for r in levels for g in levels for b in levels] if mode == "RGB" else list(range(256))
    made = Image.new(mode, (len(every), 1))
    made.putdata(every)
    return made


def _alike(one: Image.Image, other: Image.Image) -> bool:
    apart = ImageChops.difference(one.convert("RGB"), other).convert("RGB").split()
    return all(channel.point(lambda level: level > ALIKE and 255).getbbox() is None for channel in apart)


def _changed(picture: Image.Image, change: ImageCms.ImageCmsTransform, mode: str) -> Image.Image:
    clear = picture.convert("RGBA").getchannel("A") if picture.has_transparency_data else None
    changed = _through(change, picture if picture.mode == mode else picture.convert(mode))
    if clear:
        changed.putalpha(clear)
    return changed


def _through(change: ImageCms.ImageCmsTransform, picture: Image.Image) -> Image.Image:
    made = ImageCms.applyTransform(picture, change)
    assert made is not None, "only what is changed in its place gives none"
    return made


def _name(profile: bytes) -> str:
    """As it calls itself: somebody else's words."""
    told = ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profile)))
    return "".join(char for char in told if char.isprintable()).strip()[:40] or "its color profile"
