"""When the title of an entry is seen, in frames of each piece of it, and what of the entry is made apart for its sake.

Knows nothing of what it looks like.
"""

from __future__ import annotations

import unicodedata
from fractions import Fraction
from itertools import combinations, pairwise

from reelmake.assemble.ties import tied
from reelmake.model.cut import Cut
from reelmake.model.overlay import Direction, Lettering, TimedText, Title
from reelmake.model.segment import Fading
from reelmake.model.time import nearest

STAY = Fraction(9, 2)  # seconds a title stays at most
SHORT = Fraction(1)  # seconds: what is shorter is not made apart
TURNED = 48  # frames of what runs backwards that are made at once
JOINING = range(0x0600, 0x1000)  # from Arabic to Tibetan: letters that join or change places


def titles(cut: Cut, index: int, first: int, count: int) -> tuple[Title, ...]:
    """The entry's titles as its frames [first, first + count) see them, of those that meet."""
    made = (_title(cut, index, words, first, count) for words in cut.entries[index].titles)
    return tuple(title for title in made if title)


def _title(cut: Cut, index: int, words: TimedText, first: int, count: int) -> Title | None:
    start, end = _seen(cut, index, words)
    if end <= first or start >= first + count:
        return None
    said, below = tied(words.text.strip()), tied(words.below.strip())
    stays = words.lettering.style == "end-card" and end == cut.entries[index].frames
    all_ = said + below
    run = direction(said or below)
    return Title(
        said, start - first, end - start, words.lettering, shaped(all_), stays=stays, direction=run, below=below
    )


def clashes(cut: Cut, index: int) -> list[tuple[int, int]]:
    """Which two titles of an entry are seen in one place at one time."""
    laid = [(_place(words.lettering), *_seen(cut, index, words)) for words in cut.entries[index].titles]
    return [
        (i, j)
        for (i, (one, begin, end)), (j, (other, comes, goes)) in combinations(enumerate(laid), 2)
        if begin < goes and comes < end and (one == other or "all" in (one, other))
    ]


def _place(look: Lettering) -> str:
    """Which part of the picture the words take: that of an end card all of it."""
    return "all" if look.style == "end-card" else look.position or ("middle" if look.style == "title" else "bottom")


def parts(cut: Cut, index: int) -> list[tuple[int, int]]:
    """(First frame, frames) of what is encoded by itself of an entry between its joins: a title or a fade that is
    changed costs the time in which it is seen, unless what would be left over is too short to be worth it. What runs
    backwards is held in memory while it is turned, so it is made in short parts. No fade is divided."""
    entry, least = cut.entries[index], nearest(SHORT * cut.fps)
    first, last = cut.head(index), entry.frames - cut.tail(index)
    comes = first + entry.fade_in.frames if entry.fade_in else first
    goes = last - entry.fade_out.frames if entry.fade_out else last
    wanted = {*((comes,) if entry.fade_in else ()), *((goes,) if entry.fade_out else ())}
    wanted |= {edge for words in entry.titles for edge in _seen(cut, index, words)}
    wanted |= {*range(first + TURNED, last, TURNED)} if entry.reverse else set()
    edges = [first]
    for edge in sorted(wanted):
        if edges[-1] + least <= edge <= last - least and comes <= edge <= goes:
            edges.append(edge)
    return [(a, b - a) for a, b in pairwise((*edges, last)) if b > a]


def fadings(cut: Cut, index: int, first: int, count: int) -> tuple[Fading, ...]:
    """The fades of an entry as its frames [first, first + count) see them."""
    entry = cut.entries[index]
    goes = entry.frames - entry.fade_out.frames if entry.fade_out else 0
    found = [Fading(-first, entry.fade_in.frames, False, entry.fade_in.color)] if entry.fade_in else []
    found += [Fading(goes - first, entry.fade_out.frames, True, entry.fade_out.color)] if entry.fade_out else []
    return tuple(fading for fading in found if 0 <= fading.first < count)


def cards(cut: Cut) -> list[tuple[int, int]]:
    """(First frame of the cut, the frame after the last) of every end card."""
    shown = [(n, e, w) for n, e in enumerate(cut.entries) for w in e.titles if w.lettering.style == "end-card"]
    return [(entry.at + start, entry.at + end) for n, entry, words in shown for start, end in (_seen(cut, n, words),)]


def shaped(words: str) -> bool:
    """Must somebody who knows the script set these words, letter by letter?"""
    if words.isascii():
        return False
    return any(unicodedata.bidirectional(c) in ("R", "AL", "RLE", "RLO") or ord(c) in JOINING for c in words)


def direction(words: str) -> Direction:
    """Where words that are to be shaped run: as their first letter does. "" if they are not."""
    if not shaped(words):
        return ""
    kinds = (unicodedata.bidirectional(c) for c in words)
    return "ltr" if next((kind for kind in kinds if kind in ("L", "R", "AL")), "") == "L" else "rtl"


def _seen(cut: Cut, index: int, words: TimedText) -> tuple[int, int]:
    """The frames of the entry in which a title is seen.

    Unasked it comes when the picture stands alone and is gone before the next one; in a short entry it goes from the
    middle of one transition to that of the next; an end card takes the whole entry, or its last seconds.
    """
    entry = cut.entries[index]
    at, length, style = words.at, words.lasts, words.lettering.style
    rest, most = nearest(cut.fps / 4), nearest(STAY * cut.fps)
    start, end = cut.head(index) + rest, entry.frames - cut.tail(index) - rest
    if style == "end-card":
        start, end = 0 if length is None else max(0, entry.frames - length), entry.frames
    elif end - start < nearest(cut.fps * 3 / 2):
        start, end = cut.head(index) // 2, entry.frames - (cut.tail(index) + 1) // 2
    if at is not None:
        start, end = at, max(end, at + 1)
    if length is not None:
        return start, min(entry.frames, start + length)
    return start, end if style == "end-card" else min(end, start + most)
