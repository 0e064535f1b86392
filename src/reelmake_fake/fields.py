"""Single fields of a request, checked against the contract: text, sizes, lengths, objects, data URLs.

Sizes and lengths are free unless `strict`. Every function raises Complaint, in the words of the dialect.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any
from urllib.parse import unquote_to_bytes

from reelmake_fake import faults
from reelmake_fake.complaint import wrong
from reelmake_fake.recipe import FPS

SIZES = ("720x1280", "1280x720", "1024x1792", "1792x1024")
SECONDS = ("4", "8", "12")
LONGEST = 120
_KINDS: Mapping[type, str] = {
    bool: "a boolean",
    int: "an integer",
    float: "a number",
    list: "an array",
    dict: "an object",
    type(None): "null",
}


def text(fields: Mapping[str, Any], name: str, longest: int = 0, otherwise: str | None = None) -> str:
    """`longest`: from 1 to so many characters. `otherwise`: what it is if it is not there; None = it must be."""
    if name not in fields and otherwise is None:
        raise wrong(f"Missing required parameter: '{name}'.", name, "missing_required_parameter")
    value = fields.get(name, otherwise)
    if not isinstance(value, str):
        kind = _KINDS.get(type(value), "a file")
        raise wrong(f"Invalid type for '{name}': expected a string, but got {kind} instead.", name, "invalid_type")
    if longest and not 1 <= len(value) <= longest:
        raise wrong(f"'{name}' must have 1 to {longest} characters.", name)
    return value


def size(fields: Mapping[str, Any], *, strict: bool) -> tuple[int, int]:
    value = text(fields, "size", otherwise=SIZES[0])
    match = re.fullmatch(r"([1-9]\d{1,3})x([1-9]\d{1,3})", value, re.ASCII)
    if strict and value not in SIZES:
        raise wrong(f"Invalid value: '{value}'. Supported values are: {', '.join(SIZES)}.", "size")
    if not match or int(match[1]) % 2 or int(match[2]) % 2 or min(int(match[1]), int(match[2])) < 16:
        raise wrong(f"Invalid value: '{value}'. Should be WIDTHxHEIGHT, even numbers from 16 on.", "size")
    return int(match[1]), int(match[2])


def seconds(fields: Mapping[str, Any], otherwise: str | None, *, strict: bool, numbers: bool) -> Fraction:
    """`numbers`: 8 is read as "8"."""
    given = fields.get("seconds")
    if numbers and isinstance(given, int | float) and not isinstance(given, bool):
        fields = {"seconds": str(given)}
    value = text(fields, "seconds", otherwise=otherwise)
    if strict and value not in SECONDS:
        raise wrong(f"Invalid value: '{value}'. Supported values are: {', '.join(SECONDS)}.", "seconds")
    length = Fraction(value) if re.fullmatch(r"\d{1,3}(\.\d{1,6})?", value, re.ASCII) else Fraction(0)
    if not 1 <= round(length * FPS) <= LONGEST * FPS:
        raise wrong(f"Invalid value: '{value}'. Should be seconds, up to {LONGEST}.", "seconds")
    return length


def words(fields: Mapping[str, Any]) -> tuple[str, ...]:
    """The job's script."""
    try:
        found = faults.words(fields.get("script"))
        faults.parse(found)
    except ValueError as error:
        raise wrong(str(error), "script") from error
    return found


def unpacked(value: Any) -> Any:
    """In a form an object may stand as JSON text."""
    if isinstance(value, str) and value.lstrip().startswith("{"):
        try:
            return json.loads(value)
        except ValueError:
            return value
    return value


def from_data_url(url: str) -> bytes:
    head, comma, payload = url.partition(",")
    try:
        if comma and head.endswith(";base64"):
            return base64.b64decode(payload, validate=True)
        if comma:
            return unquote_to_bytes(payload)
    except binascii.Error:
        pass
    raise wrong("The data URL cannot be read.", "input_reference.image_url", "invalid_image")
