"""Half-second dissolves between all clips; then a title, the music's gain and a shot are changed, one by one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from bench import Bench
from contest import Contender, Standings, Wrong
from measure import Cost
from table import Verdict

import peers

CHAIN = "dissolves: one ffmpeg graph of xfades"
OURS = "dissolves: reelmake, made anew"
MOVIEPY = "dissolves: MoviePy 2"
TITLE = "  then a title's words changed"
GAIN = "  then the music's gain changed"
SHOT = "  then one shot changed"
INTO = "dissolve: 0.5"


def kept(bench: Bench, name: str) -> Path:
    """Where the first reel of `chain`, `ours` or `moviepy` stays."""
    return bench.folder / f"kept-{name}.mp4"


def rivals(bench: Bench) -> list[Contender]:
    """ffmpeg's graph, reelmake anew and MoviePy."""
    film = bench.film("faded")

    def ours() -> Cost:
        film.write(into=INTO)
        return film.anew()

    chain = bench.folder / "chain.mp4"
    moviepy = bench.folder / "moviepy.mp4"
    return [
        Contender(
            CHAIN, lambda: peers.chain(bench.clips, chain, bench.seconds), chain, bench.faded, keep=kept(bench, "chain")
        ),
        Contender(OURS, ours, film.reel, bench.faded, ours=True, keep=kept(bench, "ours")),
        Contender(
            MOVIEPY,
            lambda: peers.moviepy(bench.clips, moviepy, fade=True),
            moviepy,
            bench.faded,
            most=bench.slow,
            missing=bench.missing("moviepy"),
            keep=kept(bench, "moviepy"),
        ),
    ]


def contenders(bench: Bench) -> list[Contender]:
    melt, editly = bench.folder / "melt.mp4", bench.folder / "editly.mp4"
    chain, ours, moviepy = rivals(bench)
    return [
        chain,
        ours,
        *changes(bench),
        moviepy,
        Contender(
            "dissolves: melt",
            lambda: peers.melt(bench.clips, melt, fade=True),
            melt,
            bench.faded,
            most=bench.slow,
            missing=bench.missing("melt"),
        ),
        Contender(
            "dissolves: editly",
            lambda: peers.editly(bench.clips, editly, bench.size),
            editly,
            bench.faded,
            most=bench.slow,
            missing=bench.missing("editly"),
        ),
    ]


def changes(bench: Bench) -> list[Contender]:
    """Each begins where the one before it ended; the first where the film stands when it was made anew."""
    film = bench.film("faded")
    changed = min(2, bench.count - 1)

    def titled() -> Cost:
        film.write(into=INTO, title="One city", gain=-12)
        film.build()
        film.write(into=INTO, title="One city, two hours later", gain=-12)
        cost, drawn = film.drawn()
        return replace(cost, note=f"segments: {drawn}")

    def louder() -> Cost:
        film.write(into=INTO, title="One city, two hours later", gain=-15)
        cost, drawn = film.drawn()
        if drawn:
            raise Wrong(f"another gain of the music made {drawn} segments")
        return replace(cost, note="not a frame encoded")

    def other() -> Cost:
        film.replace(changed, bench.another)
        cost, drawn = film.drawn()
        film.replace(changed, bench.clips[changed])
        return replace(cost, note=f"segments: {drawn}")

    return [
        Contender(TITLE, titled, film.reel, bench.faded, ours=True),
        Contender(GAIN, louder, film.reel, bench.faded, ours=True),
        Contender(SHOT, other, film.reel, bench.faded, ours=True),
    ]


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    return [
        Verdict("dissolves: wall time, to one ffmpeg graph", 0.9, found.ratio(OURS, CHAIN)),
        Verdict("dissolves: peak memory (PSS), to one ffmpeg graph", 0.3, found.ratio(OURS, CHAIN, "pss")),
        Verdict(
            "dissolves: peak memory (PSS); 0.3 of the 1.5 GB it had when that was promised",
            450,
            found.of(OURS, "pss"),
            "MB",
        ),
        Verdict("dissolves: peak memory (RSS), to one ffmpeg graph", 0.3, found.ratio(OURS, CHAIN, "rss")),
        Verdict("dissolves: wall time, to MoviePy", 0.5, found.ratio(OURS, MOVIEPY)),
        Verdict("a title changed: wall time, to the first cut", 0.15, found.ratio(TITLE, OURS)),
        Verdict("a shot changed: wall time, to the first cut", 0.15, found.ratio(SHOT, OURS)),
        Verdict("a gain changed: wall time, to the first cut", 0.15, found.ratio(GAIN, OURS)),
    ]
