"""Clearance: how captions keep clear of titles that are seen at the same time, and of a mark in a corner.

Judged by what is drawn, for only then it is known how large it is. Knows nothing of words, of time or of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from reelmake.assemble.filter_graph import Print
from reelmake.media.photo import opened
from reelmake.records import dataclass

SOLID = 130  # of 255: letters, bars and boxes are; the soft shade behind a lower third is not
SEEN = 60  # what lies behind captions, and a mark, is from here on
EDGE = 0.03  # of the height, at the top and the bottom: there nothing is moved


@dataclass(frozen=True, slots=True)
class Rectangle:
    """From (`left`, `top`) up to (`right`, `bottom`), in pixels."""

    left: int
    top: int
    right: int
    bottom: int

    def meets(self, other: Rectangle) -> bool:
        across = self.left < other.right and other.left < self.right
        return across and self.top < other.bottom and other.top < self.bottom

    def at(self, top: int) -> Rectangle:
        return Rectangle(self.left, top, self.right, top + self.bottom - self.top)


def box(card: Print, least: int) -> Rectangle:
    """Where a card is at least so opaque."""
    with opened(Path(card.file)) as picture:
        found = picture.getchannel("A").point(lambda alpha: 255 * (alpha >= least)).getbbox() or (0, 0, 0, 0)
    return Rectangle(card.x + found[0], card.y + found[1], card.x + found[2], card.y + found[3])


def clear(words: Rectangle, others: Sequence[Rectangle], within: tuple[int, int], *, down: bool) -> int | None:
    """By how much to move words down (up, if negative) so that they are clear of all others: the way that they would
    rather go, or else the other way. `within`: where the picture begins and ends. None if there is no room."""
    tall = words.bottom - words.top
    gap = max(2, tall // 8)
    top, height = within[0], within[1] - within[0]
    lowest, highest = round(top + height * (1 - EDGE)), round(top + height * EDGE)
    for downwards in (down, not down):
        by = 0
        while hit := next((other for other in others if words.at(words.top + by).meets(other)), None):
            wanted = (hit.bottom + gap if downwards else hit.top - gap - tall) - words.top
            by = wanted + wanted % 2 * (1 if downwards else -1)  # the colours of a video lie on every other pixel
        place = words.at(words.top + by)
        if by == 0 or (place.top >= highest and place.bottom <= lowest):
            return by
    return None
