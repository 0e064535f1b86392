"""Forms: how a vendor writes an order's length and size, by example and by a list of what it takes.

What it has no spelling for is Unspelled, which names the nearest: nothing is rounded. Knows nothing of requests.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import field
from fnmatch import fnmatchcase
from fractions import Fraction
from math import ceil, gcd
from typing import Literal, TypeVar

from reelmake.model.frame import Size
from reelmake.records import dataclass

OF_SIZE = ("size", "ratio", "resolution", "width", "height")
OF_LENGTH = ("seconds", "frames")
SPELLED = (*OF_LENGTH, *OF_SIZE)  # words of an order that have a form
_AS_GOOD = Fraction(1, 100)  # two ratios that are nearer than this are one: no codec makes 853.3 pixels


Value = str | int | float
"""What a $word may stand for in a request."""
Way = Literal["", "data-url", "base64", "upload"]
"""How a file goes along; "" = it cannot."""
T = TypeVar("T")


def of_model(known: Mapping[str, T], model: str) -> T | None:
    """What is said of a model by its name, or else by the first pattern that it fits ("acme/*"); None if nothing is."""
    if model in known:
        return known[model]
    return next((said for pattern, said in known.items() if fnmatchcase(model, pattern)), None)


class Unspelled(ValueError):
    """This cannot be ordered. `what` was asked, `known` is what can be, `nearest` one of them."""

    def __init__(self, what: str, known: tuple[str, ...], nearest: str) -> None:
        super().__init__(f"{what}, which it does not make: it makes {', '.join(known)}; the nearest is {nearest}")
        self.what, self.known, self.nearest = what, known, nearest


@dataclass(frozen=True, slots=True)
class Spelling:
    """How one value is written. `like` is an example of it (8, "8", "8s"; "1280x720", "1280:720", "1280*720").

    `only`: what may be ordered, in our spelling, to the vendor's, None = the same; empty = anything.
    """

    like: str | int = ""
    only: Mapping[str, Value | None] = field(default_factory=dict)

    def theirs(self, ours: str, what: str, apart: Callable[[str], Fraction | int]) -> Value:
        """The vendor's spelling; `apart`: how far a known one is off. Raises Unspelled."""
        if not self.only:
            return ours
        if ours not in self.only:
            raise Unspelled(f"{ours} {what}".strip(), tuple(self.only), min(self.only, key=apart))
        return _or(self.only[ours], ours)


@dataclass(frozen=True, slots=True)
class Forms:
    """How an order's values are written. `clips` "" = a clip cannot be sent, so its source must be there.

    `rate`: frames a second where a length is told in frames, `more`: frames that are added; `up`: a length that is no
    whole number of them is made longer, else it is refused. `models`: other forms, by
    the name or pattern of a model.
    """

    seconds: Spelling = Spelling(8)
    size: Spelling = Spelling("1280x720")
    ratio: Spelling = Spelling("16:9")
    resolution: Spelling = Spelling("720p")
    pictures: Way = "data-url"
    clips: Way = ""
    rate: Fraction = Fraction(24)
    more: int = 0
    up: bool = False
    models: Mapping[str, Forms] = field(default_factory=dict)

    def of(self, model: str) -> Forms:
        """As they are for this model."""
        return of_model(self.models, model) or self

    def spelled(self, word: str, seconds: Fraction | None, size: Size | None) -> Value | None:
        """The value of a $word; None for an order that has none. Raises Unspelled."""
        if word in OF_LENGTH:
            if seconds is None:
                return None
            return self._frames(seconds) if word == "frames" else _seconds(self.seconds, seconds)
        return None if size is None else self._sized(word, size)

    def _frames(self, seconds: Fraction) -> Value:
        frames = seconds * self.rate
        if frames.denominator != 1 and not self.up:
            what = f"{float(seconds):g} seconds at {float(self.rate):g} frames a second"
            raise Unspelled(what, ("whole frames",), f"{float(round(frames) / self.rate):g} seconds")
        return ceil(frames) + self.more

    def _sized(self, word: str, size: Size) -> Value:
        match word:
            case "size":
                return _size(self.size, size)
            case "ratio":
                return _ratio(self.ratio, size)
            case "resolution":
                return _resolution(self.resolution, size)
            case _:
                return size.width if word == "width" else size.height


def _or(theirs: Value | None, ours: str) -> Value:
    return ours if theirs is None else theirs


def _seconds(form: Spelling, length: Fraction) -> Value:
    said = str(length.numerator) if length.denominator == 1 else f"{float(length):.6f}".rstrip("0")
    text = str(form.theirs(said, "seconds", lambda known: abs(Fraction(known) - length)))
    if isinstance(form.like, int):
        return int(text) if text.isdecimal() else float(text) if re.fullmatch(r"\d+\.\d+", text) else text
    return text + "s" if form.like.endswith("s") and not text.endswith("s") else text


def _size(form: Spelling, pixels: Size) -> Value:
    theirs = form.theirs(str(pixels), "", lambda known: abs(area(known) - pixels.width * pixels.height))
    return theirs if theirs != str(pixels) else f"{pixels.width}{str(form.like).strip('0123456789')}{pixels.height}"


def _ratio(form: Spelling, pixels: Size) -> Value:
    wide = Fraction(pixels.width, pixels.height)
    for known, theirs in form.only.items():
        if abs(proportion(known) / wide - 1) <= _AS_GOOD:
            return _or(theirs, known)
    part = gcd(pixels.width, pixels.height)
    said = f"{pixels.width // part}:{pixels.height // part}"
    return form.theirs(said, f"is the ratio of {pixels}", lambda known: abs(proportion(known) - wide))


def _resolution(form: Spelling, pixels: Size) -> Value:
    side = min(pixels.width, pixels.height)
    return form.theirs(f"{side}p", f"is the resolution of {pixels}", lambda known: abs(lines(known) - side))


# What a list of values may hold; each raises ValueError for a text that is not of its kind.


def proportion(text: str) -> Fraction:
    """ "16:9" """
    return Fraction(*map(int, _numbers(r"([1-9]\d{0,4}):([1-9]\d{0,4})", text)))


def area(text: str) -> int:
    """ "1280x720" """
    wide, high = _numbers(r"([1-9]\d{0,4})x([1-9]\d{0,4})", text)
    return int(wide) * int(high)


def lines(text: str) -> int:
    """ "720p" """
    return int(*_numbers(r"([1-9]\d{0,4})p", text))


def length(text: str) -> Fraction:
    """ "8", "2.5" """
    return Fraction(*_numbers(r"(\d{1,5}(?:\.\d{1,6})?)", text))


def _numbers(pattern: str, text: str) -> tuple[str, ...]:
    found = re.fullmatch(pattern, text)
    if found is None:
        raise ValueError(text)
    return found.groups()
