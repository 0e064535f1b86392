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
MISSED = Fraction(1, 2)  # seconds that a pause may be off before a sentence rather has none
Pause = tuple[Fraction, Fraction]


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
    best: dict[int, tuple[Fraction, list[Pause | None]]] = {0: (Fraction(0), [])}  # by how many pauses are used up
    for at in expected:
        after: dict[int, tuple[Fraction, list[Pause | None]]] = {}
        for used, (cost, chosen) in best.items():
            ways: list[tuple[int, Fraction, Pause | None]] = [(used, MISSED, None)]
            ways += [
                (n + 1, abs(pauses[n][0] - at) - (pauses[n][1] - pauses[n][0]) / 2, pauses[n])
                for n in range(used, len(pauses))
            ]
            for then, more, pause in ways:
                if then not in after or cost + more < after[then][0]:
                    after[then] = (cost + more, [*chosen, pause])
        best = after
    return min(best.values(), key=lambda way: way[0])[1]
