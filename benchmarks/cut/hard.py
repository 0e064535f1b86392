"""Hard cuts of clips that need no change: reelmake copies their pictures and encodes the sound once."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import truth
from bench import Bench
from contest import Contender, Standings, Wrong
from footage import FPS
from measure import Cost
from table import Verdict

import peers

DEMUXER = "hard cuts: ffmpeg's concat demuxer, all copied"
OURS = "hard cuts: reelmake, made anew"
ENCODED = "hard cuts: reelmake, `copy: never`"


def contenders(bench: Bench) -> list[Contender]:
    film = bench.film("hard")

    def ours() -> Cost:
        film.write()
        cost = film.anew()
        same, frames = truth.copied(film.reel, bench.clips), bench.whole * FPS
        if same != frames:
            raise Wrong(f"{same} of {frames} pictures are those of the clips, bit for bit")
        return replace(cost, note=f"{same} pictures bit for bit")

    def encoded() -> Cost:
        film.write(copy="never")
        return film.anew()

    def place(name: str) -> Path:
        return bench.folder / f"hard-{name}.mp4"

    return [
        Contender(DEMUXER, lambda: peers.demuxer(bench.clips, place("demuxer")), place("demuxer"), bench.whole),
        Contender(OURS, ours, film.reel, bench.whole, ours=True),
        Contender(ENCODED, encoded, film.reel, bench.whole, ours=True, most=max(3, bench.slow)),
        Contender(
            "hard cuts: MoviePy 2",
            lambda: peers.moviepy(bench.clips, place("moviepy"), fade=False),
            place("moviepy"),
            bench.whole,
            most=bench.slow,
            missing=bench.missing("moviepy"),
        ),
        Contender(
            "hard cuts: melt",
            lambda: peers.melt(bench.clips, place("melt"), fade=False),
            place("melt"),
            bench.whole,
            most=bench.slow,
            missing=bench.missing("melt"),
        ),
    ]


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    ours, theirs = found.of(OURS), found.of(DEMUXER)
    more = None if ours is None or theirs is None else ours - theirs
    return [
        Verdict("hard cuts: the whole command, beyond ffmpeg's concat demuxer", 2.5, more, "s"),
        Verdict("hard cuts: wall time, to encoding it all", 1 / 20, found.ratio(OURS, ENCODED)),
        Verdict("hard cuts: CPU time, to encoding it all", 1 / 20, found.ratio(OURS, ENCODED, "cpu")),
    ]
