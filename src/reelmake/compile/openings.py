"""Which part of a clip every output shows, and leaves free: where a sketch has room for its words.

Knows nothing of pixels and of who draws.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.frame import Focus, Size, Window
from reelmake.model.storyboard import Storyboard

HARDLY = Fraction(19, 20)  # an output that shows so much of a clip crops no word
LEAST = Fraction(1, 5)  # a part that is smaller has no room for words


def captioned(board: Storyboard) -> bool:
    """Does an output burn captions in where a sketch has its words?"""
    said = board.captions
    spoken = said.file or any(shot.say if said.spoken else shot.caption for shot in board.shots.values())
    burnt = said.burn or any(output.options.get("captions") is True for output in board.outputs)
    return bool(spoken and burnt and said.lettering.position in ("", "bottom"))


def opening(board: Storyboard, focus: Focus | None, size: Size) -> Window | None:
    """Of a clip of this size; None = all of it, or too little for words."""
    x, y = focus or (Fraction(1, 2), Fraction(1, 2))
    left, top, right, bottom = Fraction(0), Fraction(0), Fraction(1), Fraction(1)
    for output in board.outputs:
        shown = output.size or board.defaults.size
        if shown is None or (output.fit or board.defaults.fit or "crop") != "crop":
            continue
        share = Fraction(shown.width * size.height, shown.height * size.width)
        if share < HARDLY:
            begin = min(max(x - share / 2, Fraction(0)), 1 - share)
            left, right = max(left, begin), min(right, begin + share)
        elif (share := 1 / share) < HARDLY:
            begin = min(max(y - share / 2, Fraction(0)), 1 - share)
            top, bottom = max(top, begin), min(bottom, begin + share)
    across, down = right - left, bottom - top
    return (left, top, across, down) if LEAST <= min(across, down) < 1 else None
