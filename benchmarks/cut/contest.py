"""Contenders that do the same work, round by round: A B C, A B C, so that noise falls on all of them alike.

Knows nothing of cuts but that a result has frames and sound, which are counted every time.
"""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path
from statistics import median
from subprocess import CalledProcessError

import truth
from footage import FPS
from measure import Cost, Failed


@dataclass(frozen=True)
class Contender:
    """`run` writes `result`, which should have so many `seconds` of picture and sound.

    `ours`: one frame or sample too many or too few, and none of its figures counts. `most`: rounds of a slow one,
    0 = all. `keep`: where its first result is put, for those that come after. `missing`: why it cannot run.
    """

    name: str
    run: Callable[[], Cost]
    result: Path
    seconds: Fraction
    ours: bool = False
    most: int = 0
    keep: Path | None = None
    missing: str = ""

    @property
    def frames(self) -> int:
        return int(self.seconds * FPS)


@dataclass
class Row:
    """What became of a contender: `frames` counted, `drift` of its sound in ms, `complaints` of a decoder.

    `wrong`: why none of its figures counts; it has no costs then.
    """

    contender: Contender
    costs: list[Cost] = field(default_factory=list)
    frames: int = 0
    drift: float = 0.0
    complaints: int = 0
    digests: set[str] = field(default_factory=set)
    wrong: str = ""

    def middle(self, column: str) -> float:
        """The median over the rounds of `wall`, `cpu`, `rss` or `pss`."""
        return float(median(getattr(cost, column) for cost in self.costs))


class Wrong(Exception):
    """A reel of ours is not what it should be."""


class Standings:
    """The rows by name, in the order in which they ran."""

    def __init__(self, rows: Sequence[Row]) -> None:
        self.rows = {row.contender.name: row for row in rows}

    def ratio(self, name: str, base: str, column: str = "wall") -> float | None:
        """None if one of them did not run."""
        found = self.of(name, column), self.of(base, column)
        return None if found[0] is None or found[1] is None else found[0] / found[1]

    def of(self, name: str, column: str = "wall") -> float | None:
        row = self.rows.get(name)
        return row.middle(column) if row and row.costs else None


def contest(contenders: Sequence[Contender], rounds: int) -> Standings:
    """Who gives up, or is wrong, is out; the others go on."""
    rows = [Row(contender) for contender in {c.name: c for c in contenders}.values()]
    for number in range(rounds):
        for row in rows:
            it = row.contender
            if it.missing or row.wrong or (it.most and number >= it.most):
                continue
            try:
                it.result.unlink(missing_ok=True)
                row.costs.append(it.run())
                _look(row)
            except (Wrong, Failed, CalledProcessError) as error:
                row.wrong = str(error)
                row.costs.clear()
            said = row.wrong or f"{row.costs[-1].wall:.2f} s"
            print(f"  round {number + 1}: {it.name}: {said}", file=sys.stderr, flush=True)
    return Standings(rows)


def _look(row: Row) -> None:
    it = row.contender
    row.frames = truth.frames(it.result)
    row.drift = float(truth.sound(it.result) - it.seconds) * 1000
    row.digests.add(truth.digest(it.result))
    if len(row.costs) == 1:
        row.complaints = len(truth.complaints(it.result))
        if it.keep:
            shutil.copy(it.result, it.keep)
    if it.ours and (row.frames != it.frames or row.drift or row.complaints or len(row.digests) > 1):
        raise Wrong(
            f"{row.frames} of {it.frames} frames, sound {row.drift:+.3f} ms, {row.complaints} complaints, "
            f"{len(row.digests)} different reels"
        )
