"""Values of an order as a vendor writes them, and the JSON they stand in. Knows nothing of requests.

What a vendor has no spelling for is refused before anything is sent, naming the nearest; nothing is rounded.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from math import gcd
from typing import Any
from urllib.parse import quote

from reelmake.errors import Refused
from reelmake.model.storyboard import Size
from reelmake.model.vendor import Form, Forms

_WORD = re.compile(r"(?<!\$)\$([A-Za-z_]+)")
_AS_GOOD = Fraction(1, 100)  # two ratios that are nearer than this are one: no codec makes 853.3 pixels
_ABSENT = object()

Words = Mapping[str, Any]


# One value


def seconds(form: Form, length: Fraction) -> Any:
    text = _decimal(length)
    theirs = _theirs(form, text, "seconds", lambda known: abs(Fraction(known) - length))
    if theirs is not None:
        text = str(theirs)
    if isinstance(form.like, int):
        return int(text) if text.isdecimal() else float(text) if re.fullmatch(r"[\d.]+", text) else text
    return text + "s" if form.like.endswith("s") and not text.endswith("s") else text


def size(form: Form, pixels: Size) -> Any:
    theirs = _theirs(form, str(pixels), "", lambda known: _apart(known, pixels))
    sign = re.sub(r"[0-9]", "", str(form.like))
    return theirs if theirs is not None else f"{pixels.width}{sign}{pixels.height}"


def ratio(form: Form, pixels: Size) -> Any:
    wide = Fraction(pixels.width, pixels.height)
    for known, theirs in form.only.items():
        if abs(_fraction(known) / wide - 1) <= _AS_GOOD:
            return known if theirs is None else theirs
    part = gcd(pixels.width, pixels.height)
    said = f"{pixels.width // part}:{pixels.height // part}"
    return _theirs(form, said, f"is the ratio of {pixels}", lambda known: abs(_fraction(known) - wide)) or said


def resolution(form: Form, pixels: Size) -> Any:
    side = min(pixels.width, pixels.height)
    nearest = lambda known: abs(int(re.sub(r"\D", "", known) or 0) - side)  # noqa: E731 - it is named for the reader
    return _theirs(form, f"{side}p", f"is the resolution of {pixels}", nearest) or f"{side}p"


def _theirs(form: Form, said: str, what: str, apart: Callable[[str], Any]) -> Any:
    """The vendor's spelling of what we call `said`; None if it is the same. Raises Refused if there is none."""
    if not form.only:
        return None
    if said in form.only:
        theirs = form.only[said]
        return said if theirs is None else theirs
    known = ", ".join(form.only)
    nearest = min(form.only, key=apart)
    named = f"{said} {what}".strip()
    raise Refused(f"{named}, which it does not make: it makes {known}; the nearest is {nearest}")


def _decimal(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.6f}".rstrip("0")


def _fraction(text: str) -> Fraction:
    wide, _, high = text.partition(":")
    return Fraction(int(wide), int(high))


def _apart(text: str, pixels: Size) -> int:
    numbers = [int(number) for number in re.findall(r"\d+", text)[:2]]
    wide, high = numbers if len(numbers) == 2 else (0, 0)
    return abs(wide - pixels.width) + abs(high - pixels.height)


SPELLED: Mapping[str, Callable[[Forms, Size], Any]] = {
    "size": lambda forms, pixels: size(forms.size, pixels),
    "ratio": lambda forms, pixels: ratio(forms.ratio, pixels),
    "resolution": lambda forms, pixels: resolution(forms.resolution, pixels),
    "width": lambda forms, pixels: pixels.width,
    "height": lambda forms, pixels: pixels.height,
}


# Where they stand


def named(value: Any) -> set[str]:
    """The $words in a text, or in texts at any depth."""
    if isinstance(value, str):
        return set(_WORD.findall(value))
    parts: Iterable[Any] = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
    return {word for part in parts for word in named(part)}


def filled(body: Mapping[str, Any], words: Words, references: Iterable[Any] = ()) -> dict[str, Any]:
    """The body with values for its $words, and without what has none."""
    pictures = [{**words, "reference": picture} for picture in references]
    parts = {name: _fill(part, words, pictures) for name, part in body.items()}
    return {name: part for name, part in parts.items() if part is not _ABSENT}


def _fill(value: Any, words: Words, pictures: list[dict[str, Any]]) -> Any:
    """A part of a body; _ABSENT if it names something and nothing that it names is there."""
    if isinstance(value, str):
        if value.startswith("$$"):
            return value[1:]
        return words.get(value[1:], _ABSENT) if _WORD.fullmatch(value) else value
    if isinstance(value, Mapping):
        mapping = {name: _fill(part, words, pictures) for name, part in value.items()}
        whole: Any = {name: part for name, part in mapping.items() if part is not _ABSENT}
    elif isinstance(value, list):
        whole = [part for entry in value for part in _entries(entry, words, pictures) if part is not _ABSENT]
    else:
        return value
    names = named(value)
    there = words.keys() | ({"reference"} if pictures else set())
    return whole if not names or names & there else _ABSENT


def _entries(entry: Any, words: Words, pictures: list[dict[str, Any]]) -> list[Any]:
    if "reference" in named(entry):
        return [_fill(entry, picture, []) for picture in pictures]
    return [_fill(entry, words, pictures)]


def laid_over(body: Mapping[str, Any], extras: Mapping[str, Any]) -> dict[str, Any]:
    """Extras over a body, key by key in mappings."""
    made = dict(body)
    for name, value in extras.items():
        below = made.get(name)
        both = isinstance(below, Mapping) and isinstance(value, Mapping)
        made[name] = laid_over(below, value) if both else value  # type: ignore[arg-type]
    return made


def address(path: str, words: Words) -> str:
    """A path with its $words percent-encoded: an id may hold "/", "+", "?" or be ".."."""
    return _WORD.sub(lambda found: _encoded(str(words.get(found[1], ""))), path).replace("$$", "$")


def _encoded(text: str) -> str:
    return quote(text, safe="") if text.strip(".") else text.replace(".", "%2E")


def query(asked: Mapping[str, str], words: Words) -> tuple[tuple[str, str], ...]:
    """A query with its $words; wire encodes it."""
    return tuple((name, _WORD.sub(lambda found: str(words.get(found[1], "")), text)) for name, text in asked.items())
