"""When the words of a line are said, where its provider does not tell: by the pauses of its sound, else evenly.

A sentence that ends is followed by a pause, so the pauses that fit the ends of sentences best are theirs, and between
two of them words are as long as they are when they are spoken evenly. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise

from reelmake.model.speech import LEAD, beats, estimate
from reelmake.model.take import SpokenWord

_ENDS = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")
MISSED = 0.5  # seconds that a pause may be off before a sentence rather has none
Pause = tuple[Fraction, Fraction]
_Choices = tuple[()] | tuple[int | None, "_Choices"]
_Way = tuple[int, float, _Choices]
"""How many pauses are used up, how far off all are so far, and the last choice: the number of a pause, None = none, and
the choice before."""


def evenly(text: str, language: str, seconds: Fraction) -> tuple[SpokenWord, ...]:
    """In a sound of so many seconds."""
    whole, at, found = estimate(text, language), LEAD, []
    for beat in beats(text, language):
        end = at + beat.seconds
        found.append(SpokenWord(beat.text, at * seconds / whole, end * seconds / whole))
        at = end + beat.pause
    return tuple(found)


def by_pauses(text: str, language: str, edges: Sequence[Fraction]) -> tuple[SpokenWord, ...]:
    """`edges`: seconds at which the voice begins, pauses, goes on, and so forth, and ends; an even number, at least
    two."""
    even = evenly(text, language, estimate(text, language))
    begin, end = edges[0], edges[-1]
    scale = (end - begin) / (even[-1].end - even[0].begin)
    placed = [_moved(word, even[0].begin, begin, scale) for word in even]
    ends = [n for n, word in enumerate(placed[:-1]) if _ENDS.search(word.text)]
    chosen = _fitting([placed[n].end for n in ends], list(zip(edges[1:-1:2], edges[2:-1:2], strict=True)))
    stops = [(n, pause) for n, pause in zip(ends, chosen, strict=True) if pause is not None]
    found: list[SpokenWord] = []
    parts = [(-1, (begin, begin)), *stops, (len(placed) - 1, (end, end))]
    for (last, (_, since)), (until, (stop, _)) in pairwise(parts):
        words = placed[last + 1 : until + 1]
        found += _stretched(words, since, stop)
    return tuple(found)


def _stretched(words: Sequence[SpokenWord], since: Fraction, stop: Fraction) -> Iterator[SpokenWord]:
    """The words as they fit between two moments."""
    lasts = words[-1].end - words[0].begin
    scale = (stop - since) / lasts if lasts else Fraction(1)
    yield from (_moved(word, words[0].begin, since, scale) for word in words)


def _moved(word: SpokenWord, zero: Fraction, to: Fraction, scale: Fraction) -> SpokenWord:
    return SpokenWord(word.text, to + (word.begin - zero) * scale, to + (word.end - zero) * scale)


def _fitting(expected: Sequence[Fraction], pauses: Sequence[Pause]) -> list[Pause | None]:
    """For every end of a sentence its pause, None = it has none: in order, and all together as near as they can be;
    a long pause rather than a short one."""
    spans = [(float(begin), float(end - begin)) for begin, end in pauses]
    ways: list[_Way] = [(0, 0.0, ())]  # those that are worth going on with: more pauses used up, but at less cost
    for at in map(float, expected):
        near = [(n, abs(begin - at) - lasts / 2) for n, (begin, lasts) in enumerate(spans)]
        near = [(n, cost) for n, cost in near if cost < MISSED]
        further: list[_Way] = [(used, cost + MISSED, (None, chosen)) for used, cost, chosen in ways]
        further += [(n + 1, cost + more, (n, chosen)) for used, cost, chosen in ways for n, more in near if n >= used]
        further.sort(key=lambda way: (way[0], way[1]))
        ways = []
        for way in further:
            if not ways or way[1] < ways[-1][1]:
                ways.append(way)
    found: list[Pause | None] = []
    chosen: _Choices = min(ways, key=lambda way: way[1])[2]
    while chosen:
        number, chosen = chosen
        found.append(None if number is None else pauses[number])
    return found[::-1]
