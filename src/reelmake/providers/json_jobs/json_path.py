"""Values in a JSON reply by their places. Nothing in a reply is taken for granted: what is not there is None or ""."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from reelmake.model.vendor import Amount, Places
from reelmake.providers._answers import tidy
from reelmake.providers.openai_videos.video import dollars, number, plain


def look(value: object, places: Places) -> object:
    """What stands at the first place that holds something; None if none does."""
    return next((found for place in places if (found := _at(value, place)) not in (None, "")), None)


def _at(value: object, place: str) -> object:
    for step in place.split("."):
        if isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 6:
            value = value[int(step)] if int(step) < len(value) else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def holds(value: object, place: str) -> bool:
    """Is this place there, whatever stands in it?"""
    before, _, last = place.rpartition(".")
    around = _at(value, before) if before else value
    return isinstance(around, dict) and last in around


def word(value: object, places: Places) -> str:
    """A text or a number there, on one line; "" if there is neither."""
    found = look(value, places)
    return tidy(plain(str(found))) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def identity(value: object, places: Places) -> str:
    """An id there, which may be a number, exactly as it is; "" if there is none that can be used."""
    found = look(value, places)
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if text.strip() and len(text) < 4096 and text == plain(text) else ""


def link(value: object, places: Places) -> str:
    """A text there, or the first of a list of texts; "" if there is none."""
    found = look(value, places)
    found = found[0] if isinstance(found, list) and found else found
    return plain(found).strip() if isinstance(found, str) else ""


def dollars_at(value: object, amount: Amount | None) -> Decimal | None:
    """USD; None where the vendor does not say."""
    said = number(look(value, amount.at)) if amount else None
    return dollars(float(said / Fraction(amount.per))) if amount and said is not None else None
