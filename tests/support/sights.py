"""What a frame of an output must look like, pixel by pixel, and whether one does: the pictures of the oracle.

Pixels under words and marks are left out. Complaints are sentences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np

from tests.support.oracle import Board, Film, Seen, seen
from tests.support.views import Image, distance, grown, laid, shifted, windowed

NEAR = 14.0  # mean difference in luma of what is the same; of two frames that are not it is about 75
MIXED = 0.04  # how far the share of the entering picture in a dissolve may be from what is due
HARD = ("wipe",)  # every pixel is of one picture or of the other
EDGES = ("wipe", "iris", "clock", "doors", "blinds")  # or, at a soft edge, between them
STRIPS = {"push": (True, True), "cover": (False, True), "uncover": (True, False)}  # which of the two pictures moves
COLORS = {"black": 16.0, "white": 235.0}


@dataclass
class Screen:
    """One output of a board: every frame of it is to be shown to `wrong`, in order."""

    board: Board
    film: Film
    size: tuple[int, int]
    fit: str
    options: Mapping[str, Any]

    def __post_init__(self) -> None:
        self._share = 0.0  # of the entering picture in the frame before
        self._moved = (-2, 0.0)  # the frame before, and how far the camera was in it

    def wrong(self, number: int, luma: np.ndarray) -> str:
        """What is wrong with frame `number` of the output; "" if nothing is. `luma`: shape (height, width)."""
        found = seen(self.film, number)
        open_ = self._open(number)
        bars = self._bars & ~self._marked
        if (self.board.get("captions") or {}).get("burn"):
            bars[self.size[1] // 2 :] = False
        if bars.any() and luma[bars].max() > 40:
            return f"frame {number}: the letterbox is not black"
        if len(found) == 1:
            self._share = 0.0
            return self._alone(number, found[0], luma, open_)
        leaving, entering = found
        if leaving.step == 0:
            self._share = 0.0
        if any(self._move(one) for one in found):
            return ""
        pairs = product(
            [self.picture(leaving, n) for n in leaving.numbers], [self.picture(entering, n) for n in entering.numbers]
        )
        complaints = [self._joined(leaving, entering, *pair, luma) for pair in pairs]
        return "" if "" in complaints else f"frame {number}: {complaints[0]} ({_name(leaving)} into {_name(entering)})"

    def picture(self, one: Seen, number: int) -> Image:
        """A frame of a clip as it lies in the output."""
        shot = self.board["shots"][one.entry.shot]
        fit = shot.get("fit", self.fit)
        return laid(one.entry.clip, number, self.size, fit, tuple(shot.get("focus", (0.5, 0.5))))

    def _alone(self, number: int, one: Seen, luma: np.ndarray, open_: np.ndarray) -> str:
        move = self._move(one)
        if move:
            return self._moving(number, one, luma, open_)
        apart = [distance(luma, self.picture(one, n), open_) for n in one.numbers]
        if min(apart) < NEAR:
            return ""
        others = range(one.entry.clip.frames)
        like = min(others, key=lambda n: distance(luma, self.picture(one, n), open_), default=0)
        return f"frame {number} is not {_name(one)}, {min(apart):.0f} apart; of that clip it is most like {like}"

    def _moving(self, number: int, one: Seen, luma: np.ndarray, open_: np.ndarray) -> str:
        """Somewhere between the two windows, never going back, standing still while a frame is held."""
        clip, move = one.entry.clip, self._move(one)
        best: list[tuple[float, float]] = []
        first, last = (np.array(grown(clip, move[end], self.size)) for end in ("from", "to"))
        for way in np.linspace(0, 1, 65):
            window = first + (last - first) * way
            frames = (windowed(clip, n, tuple(window), self.size) for n in one.numbers)
            best += [(distance(luma, frame, open_), float(way)) for frame in frames]
        apart, way = min(best)
        place = number - one.entry.at
        (frame, before), self._moved = self._moved, (number, way)
        begun = place == one.entry.head or frame != number - 1
        before = 0.0 if begun else before
        if apart > NEAR + 6:
            return f"frame {number} is no window of {_name(one)}, {apart:.0f} apart"
        if one.entry.title:  # too little is seen to say more
            return ""
        if way < before - 0.07:
            return f"frame {number}: the camera goes back, from {before:.2f} to {way:.2f}"
        if not begun and place >= one.entry.frames - one.entry.held and abs(way - before) > 0.07:
            return f"frame {number}: the camera moves while the frame is held"
        due = one.entry.runs(place) / max(1, one.entry.whole - 1)
        return "" if abs(way - due) < 0.08 else f"frame {number}: the camera is at {way:.2f}, not {due:.2f}"

    def _move(self, one: Seen) -> Any:
        return self.board["shots"][one.entry.shot].get("move")

    def _joined(self, leaving: Seen, entering: Seen, first: Image, second: Image, luma: np.ndarray) -> str:
        (a, known_a), (b, known_b) = first, second
        known = known_a & known_b & self._open(leaving.entry.at + leaving.entry.frames - leaving.steps + leaving.step)
        assert leaving.entry.into
        name, params = leaving.entry.into
        if name in STRIPS:  # titles move with their pictures
            if leaving.entry.title or entering.entry.title or self.fit == "blur":
                return ""
            return self._strip(name, params, first, second, luma)
        telling = known & (np.abs(a - b) > 60)
        if not telling.any():
            return ""
        share = float(((luma - a)[telling] / (b - a)[telling]).mean())
        mixture = a + (b - a) * share
        if name == "dissolve":
            due = (leaving.step + 1) / (leaving.steps + 1)
            if params.get("curve", "even") != "even":
                return self._between(a, b, luma, known)
            if np.abs(luma - mixture)[known].mean() > NEAR:
                return f"no mixture of the two pictures, {np.abs(luma - mixture)[known].mean():.0f} apart"
            return "" if abs(share - due) < MIXED else f"{share:.2f} of the entering picture where {due:.2f} was due"
        if name == "dip":
            half = (leaving.steps + 1) // 2
            one = a if leaving.step < half else b
            color = COLORS[str(params.get("color", "black"))]
            strength = float(np.dot((luma - color)[known], (one - color)[known]) / ((one - color)[known] ** 2).sum())
            apart = np.abs(luma - color - strength * (one - color))[known].mean()
            return (
                "" if apart < NEAR and -0.05 < strength < 1.05 else f"no picture on its way to a colour ({apart:.0f})"
            )
        if name in HARD and not params.get("soft"):
            either = np.minimum(np.abs(luma - a), np.abs(luma - b))[known]
            return (
                ""
                if (either > 45).mean() < 0.12
                else f"{(either > 45).mean():.0%} of the pixels are of neither picture"
            )
        if name in EDGES:
            return self._between(a, b, luma, known)
        return ""

    def _between(self, a: np.ndarray, b: np.ndarray, luma: np.ndarray, known: np.ndarray) -> str:
        outside = np.maximum(np.minimum(a, b) - luma, luma - np.maximum(a, b))[known]
        return "" if np.percentile(outside, 90) < 25 else "neither of the two pictures nor between them"

    def _strip(self, name: str, params: Mapping[str, Any], first: Image, second: Image, luma: np.ndarray) -> str:
        """One picture moves over or beside the other: by how far is found out, and must not become less."""
        direction = params.get("direction", "left")
        axis = 1 if direction in ("left", "right") else 0
        sign = -1 if direction in ("left", "up") else 1
        whole, fits = luma.shape[axis], []
        open_ = self._open(-1)
        for gone in range(whole + 1):
            a = shifted(first, axis, sign * gone) if STRIPS[name][0] else first
            b = shifted(second, axis, sign * (gone - whole)) if STRIPS[name][1] else second
            over, under = (a, b) if name == "uncover" else (b, a)
            there = np.isfinite(over[0])
            picture = np.where(there, over[0], under[0]), np.where(there, over[1], under[1]) & open_
            if picture[1].sum() > 200:
                fits.append((float(np.abs(luma - picture[0])[picture[1]].mean()), gone / whole))
        apart = min(fits, default=(0.0, 0.0))[0]
        if apart > NEAR + 6:
            return f"a {name} in which {apart:.0f} lie between the pictures and what is seen"
        ways = [way for left, way in fits if left < apart + 3]  # bars may hide how far it is
        if ways and max(ways) < self._share - 0.02:
            return f"the {name} goes back, from {self._share:.2f} to {max(ways):.2f}"
        self._share = min(ways, default=self._share)
        return ""

    @cached_property
    def _bars(self) -> np.ndarray:
        """Pixels that a letterbox covers; a row at the edge may be either."""
        shape = self.board.get("letterbox")
        covered = np.zeros((self.size[1], self.size[0]), bool)
        if not shape or self.options.get("letterbox") is False:
            return covered
        width, height = self.size
        wanted = _shape(shape)
        if wanted > Fraction(width, height):
            bar = int((height - width / wanted) / 2) - 2
            if bar > 0:
                covered[:bar] = covered[-bar:] = True
        else:
            bar = int((width - height * wanted) / 2) - 2
            if bar > 0:
                covered[:, :bar] = covered[:, -bar:] = True
        return covered

    @cached_property
    def _marked(self) -> np.ndarray:
        """Pixels of the quarter of the picture in which a watermark lies."""
        width, height = self.size
        marked = np.zeros((height, width), bool)
        mark = self.board.get("watermark")
        if mark and self.options.get("watermark") is not False:
            top, left = (word in mark.get("corner", "bottom-right") for word in ("top", "left"))
            rows = slice(0, height // 2) if top else slice(height // 2, None)
            marked[rows, slice(0, width // 2) if left else slice(width // 2, None)] = True
        return marked

    def _open(self, number: int) -> np.ndarray:
        """Pixels over which nothing lies in this frame."""
        open_ = self._uncovered.copy()
        titled = any(one.entry.title for one in seen(self.film, number)) if number >= 0 else False
        burnt = (self.board.get("captions") or {}).get("burn")
        if titled or burnt:
            open_[self.size[1] // 3 :] = False
        return open_

    @cached_property
    def _uncovered(self) -> np.ndarray:
        """Pixels over which neither bars nor a watermark lie, in any frame."""
        grown = self._bars.copy()
        for axis in (0, 1):
            for way in range(1, 6):
                grown |= np.roll(self._bars, way, axis) | np.roll(self._bars, -way, axis)
        return ~grown & ~self._marked


def _name(one: Seen) -> str:
    return f"{one.entry.shot} {'or '.join(map(str, one.numbers))}"


def _shape(shape: Any) -> Fraction:
    if isinstance(shape, str):
        width, _, height = shape.partition(":")
        return Fraction(int(width), int(height))
    return Fraction(str(shape))
