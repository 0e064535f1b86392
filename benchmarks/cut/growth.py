"""Films of 10, 100 and 500 clips with dissolves: time should grow with them, memory not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import footage
from bench import FADE, Bench
from contest import Contender, Standings
from film import Film
from measure import Cost
from table import Verdict

import peers

SECONDS, SIZE, PRESET = 2, "640x360", "ultrafast"


def contenders(bench: Bench) -> list[Contender]:
    clips = footage.clips(max(bench.growth), SECONDS, SIZE, footage.QUICK, ("-preset", "ultrafast", "-crf", "23"))
    most = zip(sorted(bench.growth), (0, max(3, bench.slow), bench.slow), strict=True)
    return [contender for count, rounds in most for contender in _of(bench, clips[:count], rounds)]


def _of(bench: Bench, clips: list[Path], most: int) -> list[Contender]:
    count = len(clips)
    seconds = count * SECONDS - (count - 1) * FADE
    film = Film.of(bench.folder / f"growth-{count}", clips, SIZE)
    chain = bench.folder / f"growth-{count}.mp4"
    found = [Contender(ours(count), _ours(film), film.reel, seconds, ours=True, most=most)]
    if count <= bench.chained:
        found.append(Contender(theirs(count), _theirs(clips, chain), chain, seconds, most=most))
    return found


def ours(count: int) -> str:
    return f"{count} clips of {SECONDS} s at {SIZE}, dissolves: reelmake"


def theirs(count: int) -> str:
    return f"{count} clips of {SECONDS} s at {SIZE}, dissolves: one ffmpeg graph"


def _ours(film: Film) -> Callable[[], Cost]:
    def run() -> Cost:
        film.write(into="dissolve: 0.5", preset=PRESET)
        return film.anew()

    return run


def _theirs(clips: list[Path], into: Path) -> Callable[[], Cost]:
    return lambda: peers.chain(clips, into, SECONDS, PRESET)


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    few, some, many = sorted(bench.growth)
    made = []
    for column, unit in (("wall", "wall"), ("cpu", "CPU")):
        early, late = _slope(found, column, few, some), _slope(found, column, some, many)
        got = None if early is None or late is None else late / early
        made.append(Verdict(f"{unit} s a clip from {some} to {many}, to those from {few} to {some}", 1.2, got))
    for column in ("pss", "rss"):
        peaks = [found.of(ours(count), column) for count in (few, some, many)]
        got = None if None in peaks else max(p for p in peaks if p) / min(p for p in peaks if p) - 1
        made.append(Verdict(f"peak memory ({column.upper()}) of {few}, {some}, {many} clips: the spread", 0.2, got))
    return made


def _slope(found: Standings, column: str, few: int, many: int) -> float | None:
    """Seconds that each further clip takes."""
    less, more = found.of(ours(few), column), found.of(ours(many), column)
    return None if less is None or more is None else (more - less) / (many - few)
