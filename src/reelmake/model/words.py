"""Texts with $words in them: which words a text names, and how it reads once they have values. `$$` is a dollar.

Knows nothing of what a word stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

_MARK = re.compile(r"\$(?:\$|([A-Za-z_][A-Za-z0-9_]*))")
_BRACED = re.compile(r"\$(?:\$|\{([^{}]*)\}?)")


def named(text: str) -> list[str]:
    """The words of a text, in their order."""
    return [found[1] for found in _MARK.finditer(text) if found[1]]


def alone(text: str) -> str:
    """The word that is the whole text; "" if there is more or less in it."""
    found = _MARK.fullmatch(text)
    return (found[1] or "") if found else ""


def braced(text: str) -> Iterator[str]:
    """What stands in ${braces}, which are no words."""
    return (found[1] for found in _BRACED.finditer(text) if found[1] is not None)


def read(text: str, values: Mapping[str, Any], written: Callable[[str], str] = str) -> str:
    """The text with the values of its words, each as it is `written`; nothing for a word that has none."""
    return _MARK.sub(lambda found: written(str(values.get(found[1], ""))) if found[1] else "$", text)
