"""Values in a JSON reply by their places. Nothing in a reply is taken for granted: what is not there is None or ""."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from urllib.parse import unquote, urlsplit

from reelmake.model.vendor import Amount, Places
from reelmake.providers._answers import tidy
from reelmake.providers.openai_videos.video import dollars, number, plain


def look(value: object, places: Places) -> object:
    """What stands at the first place that holds something; None if none does."""
    found = (held for place in places for held in _at(value, place.split(".")) if held not in (None, ""))
    return next(found, None)


def _at(value: object, steps: Sequence[str]) -> Iterator[object]:
    """Everything at a place, in the order of the reply."""
    if not steps:
        yield value
        return
    step, rest = steps[0], steps[1:]
    name, is_rule, wanted = step.partition("=")
    if step == "*":
        inner = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else []
    elif is_rule:
        entries = value if isinstance(value, list) else [value]
        inner = [entry for entry in entries if isinstance(entry, dict) and token(entry.get(name)) == wanted.lower()]
    elif isinstance(value, list) and step.isascii() and step.isdigit() and len(step) < 6:
        inner = value[int(step) : int(step) + 1]
    else:
        inner = [value[step]] if isinstance(value, dict) and step in value else []
    for part in inner:
        yield from _at(part, rest)


def holds(value: object, place: str) -> bool:
    """Is this place there, whatever stands in it?"""
    return any(True for _ in _at(value, place.split(".")))


def token(value: object) -> str:
    """A word of a vendor's, as words are compared: a text, a number, or true and false; "" if it is none of these."""
    return tidy(plain(str(value))).lower() if isinstance(value, str | int | float) else ""


def word(value: object, places: Places) -> str:
    """A text or a number there, on one line; "" if there is neither."""
    found = look(value, places)
    return tidy(plain(str(found))) if isinstance(found, str | int | float) and not isinstance(found, bool) else ""


def identity(value: object, places: Places) -> str:
    """An id there, which may be a number, exactly as it is; "" if there is none that can be used."""
    found = look(value, places)
    text = str(found) if isinstance(found, str | int) and not isinstance(found, bool) else ""
    return text if text.strip() and len(text) < 4096 and text == plain(text) else ""


def own_path(address: str, base_url: str) -> str:
    """An address, or a path, as a path and query below the base_url: whatever host it names, only that one is asked."""
    parts = urlsplit(address)
    home = urlsplit(base_url).path.rstrip("/")
    path = parts.path[len(home) :] if home and parts.path.startswith(f"{home}/") else parts.path
    return unquote(path).strip("/") + (f"?{parts.query}" if parts.query else "")


def link(value: object, places: Places) -> str:
    """A text there, or the first of a list of texts; "" if there is none."""
    found = look(value, places)
    found = found[0] if isinstance(found, list) and found else found
    return plain(found).strip() if isinstance(found, str) else ""


def dollars_at(value: object, amounts: tuple[Amount, ...]) -> Decimal | None:
    """USD; None where the vendor does not say, or not all of it."""
    said = [number(look(value, amount.at)) for amount in amounts]
    parts = [n * Fraction(a.usd) / Fraction(a.per) for n, a in zip(said, amounts, strict=True) if n is not None]
    return dollars(float(sum(parts))) if amounts and len(parts) == len(amounts) else None
