"""What all parts are told: the clips, where there is room, how many rounds. Knows nothing of any part."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from pathlib import Path

import footage
from film import Film

import peers

FADE = Fraction(1, 2)


@dataclass(frozen=True)
class Bench:
    """`keyframes`: frames from one to the next in the clips, 0 = as the encoder likes.

    `slow`: rounds of the peers that take minutes. `every`: seconds between two clips that arrive. `growth`: counts of
    clips, `chained`: the largest of them that ffmpeg's graph is asked for. `peers`: which of moviepy, melt and editly
    are run.
    """

    folder: Path
    count: int
    seconds: int
    size: str
    keyframes: int
    rounds: int
    slow: int
    every: float
    growth: tuple[int, ...]
    chained: int
    peers: tuple[str, ...]
    films: dict[str, Film] = field(default_factory=dict)

    @cached_property
    def clips(self) -> list[Path]:
        return self._clips(self.count)

    @cached_property
    def another(self) -> Path:
        """A clip of the same kind that is not among them."""
        return self._clips(self.count + 1)[-1]

    @property
    def whole(self) -> Fraction:
        """Seconds of a film of hard cuts."""
        return Fraction(self.count * self.seconds)

    @property
    def faded(self) -> Fraction:
        """Seconds of a film of dissolves."""
        return self.whole - (self.count - 1) * FADE

    def film(self, name: str) -> Film:
        """The project of all the clips that has this name; parts that say the same name share it."""
        if name not in self.films:
            self.films[name] = Film.of(self.folder / name, self.clips, self.size)
        return self.films[name]

    def missing(self, peer: str) -> str:
        if peer not in self.peers:
            return "not asked for"
        if peer == "melt" and self.size != peers.MELTED:
            return f"it is measured at {peers.MELTED}"
        return peers.missing(peer)

    def _clips(self, count: int) -> list[Path]:
        often = ("-g", str(self.keyframes)) if self.keyframes else ()
        return footage.clips(count, self.seconds, self.size, encoding=(*footage.PROVIDER, *often))
