"""Which colours a scene has: a base by time of day and weather, bent by the colours the words name and by the seed."""

from __future__ import annotations

import colorsys
from collections.abc import Mapping, Sequence

from reelmake_sketch.scenery import RGB, Palette

# sky from zenith to horizon | haze | far, mid, near | accent | glow
_BASES: Mapping[str, tuple[str, ...]] = {
    "dawn": ("5b7fae", "c3b7c8", "fbd3b0", "e9c8bd", "a894ab", "6b6583", "332f45", "f08a5d", "ffe3bd"),
    "day": ("3f86c4", "8fc0e0", "dcecf0", "cfe1e8", "93b3bd", "567a80", "24404a", "e4572e", "fffbe8"),
    "golden": ("4a6291", "d9a07e", "ffcf87", "f4b880", "b9826b", "7a4f4e", "33222f", "e2503c", "ffe2a0"),
    "dusk": ("1e2a52", "5d4d7c", "e48a72", "a1708a", "65557f", "3c3760", "181a33", "ff9b54", "ffc08a"),
    "night": ("070d22", "122046", "31497a", "2b3f6c", "24355f", "1a274c", "0b1124", "ffc857", "d8e4ff"),
}
_GREY_SKY = ("66737f", "97a3ab", "c3cbce", "b4bec3", "8c989f", "58646c", "262e35", "e0a030", "eef2f2")
_SNOW_SKY = ("8fa3b5", "bccad6", "e6edf2", "dbe5ec", "aebfcd", "74889a", "3a4857", "c8453b", "ffffff")
_INDOORS = {
    "dawn": ("6f6a78", "a79a98", "e6cbb0", "d8c0ac", "b49d90", "7d6a66", "352d33", "e98a5b", "ffe6c4"),
    "day": ("9aa5a8", "c2c8c4", "e6e4d8", "d8d8ce", "b0aea2", "76736c", "33332f", "d8572e", "fffaea"),
    "golden": ("7c5f55", "bb8f70", "efc690", "e0b384", "b58a69", "7c5747", "342427", "dd5a3c", "ffe0a4"),
    "dusk": ("3a3550", "65567a", "b98a86", "8d7287", "66577a", "43395a", "1b182c", "ff9b54", "ffc890"),
    "night": ("1a1c30", "2c2d48", "57506a", "423f5a", "343350", "242440", "0f0f1f", "ffc25e", "ffd9a0"),
}


def _rgb(code: str) -> RGB:
    return int(code[:2], 16), int(code[2:4], 16), int(code[4:], 16)


def mix(a: RGB, b: RGB, share: float) -> RGB:
    """From `a` (share 0) to `b` (share 1)."""
    return tuple(round(x + (y - x) * share) for x, y in zip(a, b, strict=True))  # type: ignore[return-value]


def turn(colour: RGB, hue: float, saturation: float = 1.0, value: float = 1.0) -> RGB:
    """Hue moved by turns of the wheel, saturation and value scaled and clipped."""
    h, s, v = colorsys.rgb_to_hsv(*(c / 255 for c in colour))
    r, g, b = colorsys.hsv_to_rgb((h + hue) % 1.0, min(1.0, s * saturation), min(1.0, v * value))
    return round(r * 255), round(g * 255), round(b * 255)


def luma(colour: RGB) -> float:
    """0..1."""
    return (0.2126 * colour[0] + 0.7152 * colour[1] + 0.0722 * colour[2]) / 255


def palette(time: str, weather: frozenset[str], place: str, named: Sequence[RGB], neon: bool, seed: int) -> Palette:
    """`named` are the colours the words name for the picture as a whole, strongest first."""
    codes: tuple[str, ...]
    if place == "interior":
        codes = _INDOORS[time]
    elif "snow" in weather and time in ("dawn", "day"):
        codes = _SNOW_SKY
    elif {"rain", "clouds"} & weather and time == "day":
        codes = _GREY_SKY
    else:
        codes = _BASES["night" if place == "space" else time]
    hue = ((seed & 0xFF) / 255 - 0.5) * 0.05
    value = 0.95 + ((seed >> 8) & 0xFF) / 255 * 0.1
    tones = [turn(_rgb(code), hue, 1.0, value) for code in codes]
    if {"rain", "fog"} & weather:
        tones = [turn(t, 0.0, 0.78) for t in tones[:7]] + tones[7:]
    if neon:
        tones[2:5] = [mix(tones[2], (190, 40, 150), 0.45), mix(tones[3], (40, 60, 150), 0.35), tones[4]]
        tones[7] = (255, 64, 160)
    if named:
        tones = _grade(tones, named)
    return Palette(*tones)


def _grade(tones: list[RGB], named: Sequence[RGB]) -> list[RGB]:
    """The named colours take over sky, distance and ground in turn; each tone keeps its brightness."""
    wheel = [named[i % len(named)] for i in range(3)]
    dominant = [wheel[0], wheel[0], wheel[-1], wheel[-1], wheel[1], wheel[0], wheel[0]]
    graded = [_tint(tone, colour, 0.62) for tone, colour in zip(tones[:7], dominant, strict=True)]
    return [*graded, wheel[2] if len(named) > 1 else tones[7], tones[8]]


def _tint(tone: RGB, colour: RGB, share: float) -> RGB:
    bright = luma(tone) / max(0.05, luma(colour))
    lit = tuple(min(255, round(c * bright)) for c in colour)
    return mix(tone, lit, share)  # type: ignore[arg-type]
