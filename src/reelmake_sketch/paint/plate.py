"""Plate: one painted layer in the encoder's own planes (BT.709, limited range); Canvas: what plates are laid on.

Everything is painted once; a frame is a handful of sub-pixel crops and masked pastes, which is why it is quick.
Knows nothing of what the plates show.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import floor
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from PIL import Image

Bytes2D: TypeAlias = NDArray[np.uint8]
Floats: TypeAlias = NDArray[np.floating[Any]]  # float32 wherever it is a picture


def planes(rgb: Floats, dither: int | None = None) -> tuple[Bytes2D, Bytes2D, Bytes2D]:
    """Y at full size, U and V at half size, of an RGB picture 0..255 (height, width, 3) with even sides.

    `dither` is a seed: half a level of noise in Y keeps soft gradients free of bands.
    """
    r, g, b = rgb[..., 0], rgb[..., 1], rgb[..., 2]
    luma = 0.2126 * r + 0.7152 * g + 0.0722 * b
    y = 16 + luma * (219 / 255)
    if dither is not None:
        y += np.random.default_rng(dither).random(y.shape, dtype=np.float32) - 0.5
    u, v = 128 + (b - luma) * (112 / 255 / 0.9278), 128 + (r - luma) * (112 / 255 / 0.7874)
    return _whole(y), _whole(_half(u)), _whole(_half(v))


def rgb(luma: Image.Image, u: Image.Image, v: Image.Image) -> Image.Image:
    """The picture that such planes are, with 8 bits a colour."""
    whole = [np.asarray(plane.resize(luma.size, Image.Resampling.BILINEAR), np.float32) - 128 for plane in (u, v)]
    light = (np.asarray(luma, np.float32) - 16) * (255 / 219)
    blue, red = whole[0] * (255 / 112 * 0.9278), whole[1] * (255 / 112 * 0.7874)
    green = -(0.0722 * blue + 0.2126 * red) / 0.7152
    return Image.merge("RGB", [Image.fromarray(_whole(light + colour)) for colour in (red, green, blue)])


def _whole(plane: Floats) -> Bytes2D:
    return np.clip(np.rint(plane), 0, 255).astype(np.uint8)


def _half(plane: Floats) -> Floats:
    quads: Floats = (plane[0::2, 0::2] + plane[1::2, 0::2] + plane[0::2, 1::2] + plane[1::2, 1::2]) / 4
    return quads


@dataclass(frozen=True, slots=True)
class Plate:
    """`x`, `y`: where its top left corner lies in the frame, in pixels (even). No alpha = opaque.

    `a` and `half` are its alpha at full and half size; `ink` its colour (Y, U, V) if it has but one: nothing to crop.
    """

    luma: Bytes2D
    u: Bytes2D
    v: Bytes2D
    a: Bytes2D | None
    half: Bytes2D | None
    x: int
    y: int
    ink: tuple[int, int, int] | None = None

    def above(self, row: int) -> Plate:
        """What of it lies above a row of the frame (even); all of it if it ends there anyway."""
        keep = max(2, row - self.y)
        if keep >= self.luma.shape[0]:
            return self
        a, half = (None, None) if self.a is None or self.half is None else (self.a[:keep], self.half[: keep // 2])
        return Plate(self.luma[:keep], self.u[: keep // 2], self.v[: keep // 2], a, half, self.x, self.y)

    def solid_from(self, width: int, height: int) -> int:
        """The first row of the frame from which down it hides everything; far below the frame if it never does."""
        never = 2 * height + len(self.luma)
        if self.a is None or self.x > 0 or self.x + self.a.shape[1] < width or self.y + self.a.shape[0] < height:
            return never
        clear = np.nonzero(self.a.min(axis=1) < 255)[0]
        first = int(clear[-1]) + 1 if len(clear) else 0
        start: int = self.y + first
        return start if start < height else never


def plate(rgb: Floats, alpha: Floats | None, x: int, y: int, dither: int | None = None) -> Plate:
    """`rgb` and `alpha` are 0..255 with even sides; cropped to what the alpha shows (with a clear rim)."""
    if alpha is None:
        return Plate(*planes(rgb, dither), None, None, x, y)
    rows, columns = np.nonzero(alpha.max(axis=1) >= 1)[0], np.nonzero(alpha.max(axis=0) >= 1)[0]
    if not len(rows):
        rows = columns = np.array([0, 1])
    top, bottom = int(rows[0]) // 2 * 2, min(alpha.shape[0], (int(rows[-1]) // 2 + 1) * 2)
    left, right = int(columns[0]) // 2 * 2, min(alpha.shape[1], (int(columns[-1]) // 2 + 1) * 2)
    rgb, alpha = rgb[top:bottom, left:right], alpha[top:bottom, left:right]
    made = planes(rgb, dither)
    ink = tuple(int(plane[0, 0]) for plane in made) if all(plane.min() == plane.max() for plane in made) else None
    return Plate(*made, _whole(alpha), _whole(_half(alpha)), x + left, y + top, ink)  # type: ignore[arg-type]


class Canvas:
    """One frame under work: three planes that plates are pasted on."""

    def __init__(self, width: int, height: int) -> None:
        self.width, self.height = width, height
        self.luma = Image.new("L", (width, height), 16)
        self.u = Image.new("L", (width // 2, height // 2), 128)
        self.v = Image.new("L", (width // 2, height // 2), 128)

    def lay(self, plate: Plate, dx: float = 0.0, dy: float = 0.0, share: float = 1.0) -> None:
        """Paste a plate moved by (dx, dy) pixels, at `share` of its alpha."""
        x, y = plate.x + dx, plate.y + dy
        inks = plate.ink or (None, None, None)
        _paste((self.luma,), (plate.luma,), plate.a, x, y, share, inks[:1])
        _paste((self.u, self.v), (plate.u, plate.v), plate.half, x / 2, y / 2, share, inks[1:])

    def zoom(self, factor: float, x: float, y: float) -> None:
        """Enlarge the middle: a box 1/factor of the frame centred at (x, y) (shares of the frame) fills it."""
        if abs(factor - 1) < 1e-4:
            return
        for name in ("luma", "u", "v"):
            image: Image.Image = getattr(self, name)
            w, h = image.width / factor, image.height / factor
            left, top = (image.width - w) * x, (image.height - h) * y
            box = (left, top, left + w, top + h)
            setattr(self, name, image.resize(image.size, Image.Resampling.BILINEAR, box=box))

    def tip(self, degrees: float) -> None:
        """Turn the picture about its middle, as much nearer as fills the frame again."""
        turn = np.radians(degrees)
        long, short = max(self.width, self.height), min(self.width, self.height)
        near = 1 / (np.cos(turn) + long / short * abs(np.sin(turn)))
        a, b = near * np.cos(turn), near * np.sin(turn)
        for name in ("luma", "u", "v"):
            image: Image.Image = getattr(self, name)
            x, y = image.width / 2, image.height / 2
            way = (a, -b, x - a * x + b * y, b, a, y - b * x - a * y)
            setattr(self, name, image.transform(image.size, Image.Transform.AFFINE, way, Image.Resampling.BICUBIC))

    def blend(self, other: Canvas, share: float) -> None:
        """Towards another frame by `share`."""
        if share <= 0:
            return
        for name in ("luma", "u", "v"):
            setattr(self, name, Image.blend(getattr(self, name), getattr(other, name), min(1.0, share)))

    def put(self, luma: Bytes2D, u: Bytes2D, v: Bytes2D) -> None:
        """Replace the whole frame."""
        self.luma, self.u, self.v = Image.fromarray(luma), Image.fromarray(u), Image.fromarray(v)

    def take(self, other: Canvas) -> None:
        """The whole frame from another canvas."""
        self.luma, self.u, self.v = other.luma.copy(), other.u.copy(), other.v.copy()

    def arrays(self) -> tuple[Bytes2D, Bytes2D, Bytes2D]:
        return np.asarray(self.luma), np.asarray(self.u), np.asarray(self.v)


def _paste(
    targets: tuple[Image.Image, ...],
    sources: tuple[Bytes2D, ...],
    alpha: Bytes2D | None,
    x: float,
    y: float,
    share: float,
    inks: tuple[int | None, ...],
) -> None:
    nx, ny = floor(x), floor(y)
    kx, ky = round((x - nx) * 16), round((y - ny) * 16)
    height, width = sources[0].shape
    # the first row and column have no neighbour to blend with, so they are left out when between pixels
    left, top = max(0, nx + (kx > 0)), max(0, ny + (ky > 0))
    right, bottom = min(targets[0].width, nx + width), min(targets[0].height, ny + height)
    if left >= right or top >= bottom:
        return
    window = (slice(top - ny, bottom - ny), slice(left - nx, right - nx))
    mask = None
    if alpha is not None:
        mask = Image.fromarray(np.ascontiguousarray(_between(alpha, *window, kx, ky)))
        if share < 1:
            power = round(share * 256)
            mask = mask.point([level * power >> 8 for level in range(256)])
    for target, source, ink in zip(targets, sources, inks, strict=True):
        if ink is not None:
            target.paste(ink, (left, top, right, bottom), mask)
            continue
        piece = Image.fromarray(np.ascontiguousarray(_between(source, *window, kx, ky)))
        target.paste(piece, (left, top), mask)


def _between(plane: Bytes2D, rows: slice, columns: slice, kx: int, ky: int) -> Bytes2D:
    """The window of a plane moved right and down by kx/16 and ky/16 of a pixel."""
    if not kx and not ky:
        return plane[rows, columns]
    before = slice(rows.start - 1, rows.stop) if ky else rows
    across = plane[before, columns].astype(np.uint16)
    if kx:
        across *= np.uint16(16 - kx)
        across += plane[before, columns.start - 1 : columns.stop - 1] * np.uint16(kx)
    else:
        across <<= 4
    if not ky:
        return ((across + np.uint16(8)) >> 4).astype(np.uint8)
    down = across[1:] * np.uint16(16 - ky) + across[:-1] * np.uint16(ky)
    return ((down + np.uint16(128)) >> 8).astype(np.uint8)
