"""Our own rules for unquoted YAML values: the core of YAML 1.2, and an error for what another reader takes otherwise.

`resolve` says what an unquoted word is; a trap comes back as its code, sentence and hint. Knows nothing of places.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import NamedTuple

from reelmake.compile.node import Kind


class Trap(NamedTuple):
    """A value that is silently something else in ordinary YAML readers."""

    code: str
    message: str
    hint: str


_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_TRUE_WORDS = frozenset({"yes", "on"})
_WORDS = _TRUE_WORDS | {"no", "off"}  # y and n are words to nearly every reader
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)\Z", re.ASCII)
_NUMBER = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?\Z", re.ASCII)
_ODD = re.compile(
    r"[-+]?(0[0-9]+(\.[0-9]*)?|0[xob][0-9a-fA-F_]+|[0-9][0-9_]*_[0-9_]*(\.[0-9]*)?|\.(inf|nan))\Z", re.I | re.A
)
_CLOCK = re.compile(r"[-+]?[0-9]+(:[0-5]?[0-9])+(\.[0-9]*)?\Z", re.ASCII)
_LONGEST = 40  # characters of a number; a longer one is a mistake, or a way to keep us busy


def resolve(word: str) -> tuple[Kind, object] | Trap:
    """Kind and value of an unquoted scalar, or the trap it is."""
    if not word:
        return "null", None
    first = word[0]
    if first not in "0123456789+-.":
        return _word(word)
    if _CLOCK.match(word):
        seconds = _seconds(word)
        hint = f'write the seconds, {seconds}, or "{word}" in quotes for the text'
        return Trap("RM109", f"{word} is not a time in YAML: some readers make {seconds} of it", hint)
    if _ODD.match(word):
        return Trap("RM110", f"{word} is read as different numbers by different YAML readers", _odd_hint(word))
    whole = _INT.match(word)
    if not whole and not _NUMBER.match(word):
        return "text", word
    if len(word) > _LONGEST:
        return Trap("RM110", f"a number of {len(word)} characters", "quote it if it is text")
    return ("int", int(word)) if whole else ("number", Decimal(word))


def _word(word: str) -> tuple[Kind, object] | Trap:
    if word in _NULL:
        return "null", None
    if word in _BOOL:
        return "bool", _BOOL[word]
    if len(word) <= 3 and word.lower() in _WORDS:
        value = "true" if word.lower() in _TRUE_WORDS else "false"
        hint = f'write "{word}" in quotes for the word, or {value}'
        return Trap("RM108", f"{word} is {value} to some YAML readers and a word to others", hint)
    return "text", word


def _seconds(word: str) -> str:
    total = Decimal(0)
    for part in word.lstrip("+-").split(":"):
        total = total * 60 + Decimal(part)
    return str(total)


def _odd_hint(word: str) -> str:
    bare = word.lstrip("+-").lstrip("0").replace("_", "")
    if bare.isdigit():
        return f'write {bare}, or "{word}" in quotes for the text'
    return f'write a decimal number, or "{word}" in quotes'
