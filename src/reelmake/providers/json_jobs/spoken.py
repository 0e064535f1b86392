"""When the words of speech are said, by what a reply tells of its words or of its characters.

What cannot be read as times is no times at all: the sound was paid for, and is kept without. Knows nothing of sounds.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from reelmake.model.take import SpokenWord
from reelmake.model.vendor import Places, WordTimes
from reelmake.providers.json_jobs.json_path import look

MOST = 100_000  # words or characters of one line
LATEST = 1e9  # in any unit
_WITHOUT_SPACES = ("CJK ", "HIRAGANA ", "KATAKANA ")  # of scripts: each of their characters is a word


def spoken(times: WordTimes, data: object) -> tuple[SpokenWord, ...]:
    """The words in their order; () if the reply does not tell, or not of each, or tells what cannot be."""
    said = _columns(times, data)
    if said is None:
        return ()
    found = [
        SpokenWord(text, begin / Fraction(times.per), end / Fraction(times.per))
        for text, begin, end in zip(*said, strict=True)
        if isinstance(text, str) and begin is not None and end is not None
    ]
    possible = all(0 <= word.begin <= word.end for word in found)
    in_order = all(one.begin <= other.begin for one, other in pairwise(found))
    if len(found) != len(said.texts) or not possible or not in_order:
        return ()
    words = _joined(found) if times.characters else found
    return tuple(word for word in words if word.text.strip() and word.text.isprintable())


class _Columns(NamedTuple):
    texts: list[object]
    begins: list[Fraction | None]
    ends: list[Fraction | None]


def _columns(times: WordTimes, data: object) -> _Columns | None:
    """As many of each; None if there are not."""
    texts, begins, ends = (
        _listed(times, place, data) for place in (times.words or times.characters, times.begin, times.end)
    )
    if not len(texts) == len(begins) == len(ends) or len(texts) > MOST:
        return None
    return _Columns(texts, [_time(value) for value in begins], [_time(value) for value in ends])


def _time(value: object) -> Fraction | None:
    """As it is written: 0.1 is a tenth."""
    known = isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < LATEST
    return Fraction(str(value)) if known else None


def _listed(times: WordTimes, place: Places, data: object) -> list[object]:
    found = look(data, times.items or place)
    if not isinstance(found, list):
        return []
    return [look(item, place) for item in found] if times.items else found


def _joined(characters: Iterable[SpokenWord]) -> Iterator[SpokenWord]:
    """Words of characters: what stands between spaces; where a script has none, each character with its marks."""
    text, begin, end = "", Fraction(0), Fraction(0)
    for one in characters:
        apart = _word_alone(one.text) or (text and _word_alone(text[0]) and one.text.isalnum())
        if text and (one.text.isspace() or apart):
            yield SpokenWord(text, begin, end)
            text = ""
        if not one.text.isspace():
            text, begin, end = text + one.text, one.begin if not text else begin, one.end
    if text:
        yield SpokenWord(text, begin, end)


def _word_alone(text: str) -> bool:
    return len(text) == 1 and text.isalpha() and unicodedata.name(text, "").startswith(_WITHOUT_SPACES)
