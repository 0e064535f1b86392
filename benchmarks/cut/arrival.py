"""Clips that arrive one by one from `serve-fake`: how long after the last one is the film there?

The server hands out the benchmark's own clips, so the film is that of dissolves.py, and its chain the measure. It is a
process of its own, which runs this file: `arrival.py SECONDS CLIP…`. What comes last is what is waited for, and clips
differ by a factor of two in what they take: so each kind of clip comes last in turn, and the verdict is on their mean.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import threading
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from pathlib import Path
from statistics import mean
from typing import Any
from unittest import mock

import dissolves
from bench import Bench
from contest import Contender, Standings
from film import KEY, Film
from footage import SOURCES
from measure import Cost
from table import Verdict

OURS = "clips arrive one by one: reelmake, from the last, {kind}"
HEAD = """providers:
  studio: {{kind: openai-videos, base_url: "{url}", api_key: "${{env:{key}}}", limits: {{in_flight: 1}}}}
tiers: {{final: {{provider: studio, model: make-believe, price: 0.1}}}}
defaults: {{tier: final, size: {size}, seconds: {seconds}}}"""


def contenders(bench: Bench) -> list[Contender]:
    chain, *_ = dissolves.rivals(bench)
    return [chain, *(_ours(bench, last) for last in range(min(bench.count, len(SOURCES))))]


def _ours(bench: Bench, last: int) -> Contender:
    """All of the clips, the one with this number as the last."""
    clips = [*bench.clips[last + 1 :], *bench.clips[: last + 1]]
    film = Film(bench.folder / f"arrival-{last}", [f'{{prompt: "Clip {n}"}}' for n in range(bench.count)], "")

    def run() -> Cost:
        with server(clips, bench.every) as (url, backstage):
            film.head = HEAD.format(url=url, key=KEY, size=bench.size, seconds=bench.seconds)
            film.write(into=dissolves.INTO)
            cost = film.anew("--yes")
            arrived = max(line["ended"] for line in _requests(backstage) if line["path"].endswith("/content"))
        return replace(cost, wall=cost.ended - arrived, note=f"{cost.wall:.1f} s in all")

    return Contender(_name(last), run, film.reel, bench.faded, ours=True, most=ceil(bench.rounds / 2))


def _name(last: int) -> str:
    return OURS.format(kind=SOURCES[last].partition("=")[0])


def verdicts(bench: Bench, found: Standings) -> list[Verdict]:
    ratios = [found.ratio(_name(last), dissolves.CHAIN) for last in range(min(bench.count, len(SOURCES)))]
    got = None if None in ratios else mean(ratio for ratio in ratios if ratio is not None)
    return [Verdict("from the last clip's arrival to the film, to one ffmpeg graph", 0.12, got)]


@contextmanager
def server(clips: list[Path], every: float) -> Iterator[tuple[str, str]]:
    """Its base_url, and the address under which it tells what it saw."""
    command = [sys.executable, __file__, str(every), *map(str, clips)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        try:
            url, backstage = running.stdout.readline().split()
            yield url, backstage
        finally:
            running.terminate()


def _requests(backstage: str) -> list[dict[str, Any]]:
    """Of every request: its path, and when the last byte of the answer was sent."""
    with urllib.request.urlopen(f"{backstage}/_fake/requests") as reply:
        found: list[dict[str, Any]] = json.load(reply)["requests"]
    return found


def serve(every: float, clips: list[Path]) -> None:
    """A fake server that paints nothing: the job with the prompt "Clip 3" gets a copy of the clip of that number."""
    from reelmake_fake.recipe import Recipe
    from reelmake_fake.server import FakeServer
    from reelmake_fake.settings import ServerOptions

    def copied(recipe: Recipe, into: Path, **_: Any) -> None:
        shutil.copy(clips[int(recipe.prompt.rpartition(" ")[2])], into)

    with (
        mock.patch("reelmake_fake.clip.render", copied),
        FakeServer(ServerOptions(takes=every, deterministic=True)) as running,
    ):
        print(running.base_url, running.address, flush=True)
        threading.Event().wait()


if __name__ == "__main__":
    serve(float(sys.argv[1]), [Path(word) for word in sys.argv[2:]])
