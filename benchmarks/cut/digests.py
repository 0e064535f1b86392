"""The same takes cut with 1 and with 4 workers, in two folders, twice: is it always the same file?

The film has all kinds of segments: dissolves, a hard cut, a title, clips that are copied, and music.
"""

from __future__ import annotations

import footage
import truth
from bench import Bench
from contest import Contender, Standings
from film import Film
from table import Verdict

CLIPS, SECONDS = 4, 2


def contenders(bench: Bench) -> list[Contender]:
    return []


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    clips = footage.clips(CLIPS, SECONDS, bench.size)
    films = [Film.of(bench.folder / name, clips, bench.size) for name in ("here", "there with a longer name")]
    seen = {_cut(film, workers) for film in films for workers in (1, 4) for _ in range(2)}
    return [Verdict("digests of the reel from 1 and 4 workers, in two folders, twice", 1, len(seen))]


def _cut(film: Film, workers: int) -> str:
    film.write(into="dissolve: 0.5", hard=CLIPS - 2, title="Always the same", gain=-12)
    film.anew("-j", str(workers))
    return truth.digest(film.reel)
