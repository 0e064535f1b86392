"""Captions of what is said: the words of each line, in cues that can be read, when they are said.

A cue has at most two lines of 42 characters, as subtitlers write them, and ends where a sentence or a clause does if it
can. No cue has the words of two people: where somebody else goes on, it begins with a dash. Knows nothing of files.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import accumulate, pairwise

from reelmake.model.cut import Cut, HeardLine
from reelmake.model.overlay import Cue
from reelmake.model.take import SpokenWord
from reelmake.model.time import SAMPLE_RATE, nearest, seconds

LINE, LINES = 42, 2
LINGER = 300  # milliseconds that a cue stays after its last word, if none comes
LEAST = 900  # milliseconds in which a cue can be read
DASH = "– "

_SENTENCE = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")
_CLAUSE = re.compile(r"[,;:–—、，；：،][\"'”’»)\]」』]*$")
_ALONE = re.compile(r"[\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")  # kana, Han
Words = Sequence[SpokenWord]


def spoken_cues(cut: Cut) -> tuple[Cue, ...]:
    """Of all that is said in the cut, in order. Two at once are of lines that are heard at once."""
    end = nearest(seconds(cut.frames, cut.fps) * 1000)
    found = [cue for line in cut.said for cue in _of_line(line, end)]
    found.sort(key=lambda cue: (cue.begin, cue.end))
    return tuple(_lasting(found, end))


def _of_line(line: HeardLine, end: int) -> Iterator[Cue]:
    """The words that are heard of it, in milliseconds of the cut."""
    begins = Fraction(line.at, SAMPLE_RATE) - line.start
    heard = [w for w in line.words if w.end > line.start and (line.end is None or w.begin < line.end)]
    dash = DASH if line.turn else ""
    for words in _grouped(heard, len(dash)):
        first = max(0, nearest((begins + max(words[0].begin, line.start)) * 1000))
        last = min(end, nearest((begins + words[-1].end) * 1000))
        if last > first:
            yield Cue(first, last, _broken(dash + _text(words)))
        dash = ""


def _lasting(cues: Sequence[Cue], end: int) -> Iterator[Cue]:
    """Long enough to be read, as far as the next one leaves time; a short gap is none, for it would flash."""
    for cue, after in pairwise((*cues, Cue(end, end, ""))):
        until = min(max(cue.end + LINGER, cue.begin + LEAST), end)
        if cue.end <= after.begin < until + LINGER:
            until = after.begin
        yield Cue(cue.begin, max(cue.end, until) if cue.end <= after.begin else cue.end, cue.text)


def _grouped(words: Words, taken: int) -> Iterator[Words]:
    """Words that are seen together. `taken`: characters of the first cue that are not free."""
    sentences: list[list[SpokenWord]] = [[]]
    for word in words:
        sentences[-1].append(word)
        if _SENTENCE.search(word.text):
            sentences.append([])
    group: list[SpokenWord] = []
    for sentence in filter(None, sentences):
        if group and taken + len(_text([*group, *sentence])) <= LINE:
            group += sentence
            continue
        if group:
            yield from _halved(group, taken)
            taken = 0
        group = sentence
    if group:
        yield from _halved(group, taken)


def _halved(words: Words, taken: int) -> Iterator[Words]:
    """As they are if they fit, else in two parts, and these in two; first things first."""
    left = [(words, taken)]
    while left:
        part, dash = left.pop()
        if len(part) == 1 or _fits(_text(part), dash):
            yield part
            continue
        ends = list(accumulate(len(word.text) + 1 for word in part))
        at = min(range(1, len(part)), key=lambda n: _cost(part[n - 1], part[n], 2 * ends[n - 1] / ends[-1] - 1))
        left += [(part[at:], 0), (part[:at], dash)]


def _fits(text: str, taken: int) -> bool:
    if len(text) + taken > LINES * LINE + 1:
        return False
    return max(map(len, _broken("x" * taken + text).split("\n"))) <= LINE


def _cost(last: SpokenWord, word: SpokenWord, off: float) -> float:
    """How bad it is to part two words: far `off` the middle, within a clause, where nobody pauses."""
    clause = bool(_CLAUSE.search(last.text))
    return abs(off) - 0.5 * clause - min(0.4, float(word.begin - last.end))


def _broken(text: str) -> str:
    """In two lines, if it is too long for one: as even as they can be, and sooner behind a clause."""
    if len(text) <= LINE:
        return text
    places = [(found.start(), found.end()) for found in re.finditer(" ", text)]
    places = places or [(n, n) for n in range(1, len(text))]

    def cost(place: tuple[int, int]) -> tuple[bool, float]:
        one, other = text[: place[0]], text[place[1] :]
        longest = max(len(one), len(other))
        return longest > LINE, longest - 10 * bool(_CLAUSE.search(one))

    first, rest = min(places, key=cost)
    return f"{text[:first]}\n{text[rest:]}"


def _text(words: Words) -> str:
    """As it is written: with spaces between words, but for scripts that have none."""
    said = [word.text for word in words[:1]]
    said += [other.text if _close(one, other) else f" {other.text}" for one, other in pairwise(words)]
    return " ".join("".join(said).split())


def _widths(words: Words) -> Iterator[int]:
    """Characters that each adds to the text."""
    yield len(words[0].text)
    for one, other in pairwise(words):
        yield len(other.text) + (not _close(one, other))


def _close(one: SpokenWord, other: SpokenWord) -> bool:
    """Is there no space between the two?"""
    near = _ALONE.search(one.text[-1:] + other.text[:1]) or (_ALONE.search(one.text) and _ALONE.match(other.text))
    return bool(near)
