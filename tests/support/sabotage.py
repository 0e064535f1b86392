"""A disk that fails under the real command, again and again: nothing is ordered twice, nothing paid is lost.

Each trial copies a project and runs one command while system calls below it fail by chance (sabotage.c), while one of
them is the process's last, or while from one of them on the disk can only be read; then what a person would: the same
again on a sound disk. Then the bill of the server, the outputs and the store must be what they are without any fault.

    python -m tests.support.sabotage --faults 2000 --seed 1

runs until so many faults were met, and says what came of them.

Knows nothing of pytest.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path

from reelmake.plan.lineage import SUFFIX
from reelmake.store.placing import OURS
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.warm import Begin, warm

SOURCE = Path(__file__).with_suffix(".c")
SHARED = "shared"
PATIENCE = 90.0  # seconds after which a command hangs
TRIES = 4  # commands on a sound disk in which all must be well again

BOARD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "BASE_URL", api_key: "${env:STUDIO_KEY}", limits: {in_flight: 4},
           options: {list_lag: 0.1}}  # as the fake is; where nobody knows, a person would have to decide
tiers:
  final: {provider: studio, model: wan-2.6-t2v, size: 64x36, price: 0.10}
defaults: {tier: final, size: 64x36, seconds: 0.5}
shots:
  kite: {prompt: A kite over the roofs., caption: A kite}
  dusk: {remix: kite, prompt: The same at dusk.}
  rain: {prompt: Rain., takes: 2}
outputs: {cut.mp4: {}, words.srt: {}, sheet.png: {}}
"""


@dataclass(frozen=True)
class Scene:
    """A command, and the project that it is given on: built before or not, its board changed since. `shares`: from then
    on takes are shared in a folder beside it, and from before if it is `cloned`: without anything that git does not
    have."""

    words: Sequence[str]
    built: bool = True
    change: tuple[str, str] = ("", "")
    fault: str = ""  # of the server, in the build before
    shares: bool = False
    cloned: bool = False

    @property
    def wants(self) -> tuple[str, ...]:
        """What makes the project whole again, whatever became of the command."""
        return ("build", "--yes")


SCENES = {
    "build": Scene(("build", "--yes"), built=False),
    "build after a change": Scene(("build", "--yes"), change=("A kite over", "A red kite over")),
    "build of a title": Scene(("build", "--yes"), change=("caption: A kite", "caption: A red kite")),
    "build with an open job": Scene(("build", "--yes"), built=False, fault="content:500*6"),
    "pick": Scene(("pick", "rain", "2")),
    "retake": Scene(("retake", "rain", "--yes")),
    "gc": Scene(("cache", "gc", "--delete"), change=("  rain: {prompt: Rain., takes: 2}\n", "")),
    "jobs": Scene(("jobs", "ls", "--remote"), built=False, fault="content:500*6"),
    "build and push": Scene(("build", "--yes"), built=False, shares=True),
    "build of a clone": Scene(("build", "--yes"), shares=True, cloned=True),
    "push": Scene(("cache", "push"), shares=True),
    "pull": Scene(("cache", "pull"), shares=True, cloned=True),
}


Prepared = tuple[Path, "Counter[str]", "set[tuple[tuple[str, str], ...]]"]
"""The project, the prompts that its server was paid for when all is done, and how its outputs may be."""


@dataclass
class Trial:
    """What came of one: `faults` by call and way, `wrong` in words."""

    scene: str
    seed: int
    faults: Counter[str] = field(default_factory=Counter)
    statuses: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)
    said: str = ""


class Sabotage:
    """`root`: a folder for it all; `library`: sabotage.c, compiled."""

    def __init__(self, root: Path, library: Path) -> None:
        self.root, self.library = root, library
        self._ready: dict[str, Prepared] = {}
        self._lock = threading.Lock()

    def prepared(self, name: str, begin: Begin) -> Prepared:
        """A scene as it is begun, and as it ends without a fault."""
        with self._lock:
            if name not in self._ready:
                self._ready[name] = self._prepare(name, SCENES[name], begin)
            return self._ready[name]

    def _prepare(self, name: str, scene: Scene, begin: Begin) -> Prepared:
        home = self.root / name.replace(" ", "-")
        film = home / "film"
        film.mkdir(parents=True)
        with served(home) as server:
            self._board(film, server, Scene(()))
            if scene.built:
                assert self._run(begin, film, ("build", "--yes"), shares=scene.cloned)[0] == 0
            if scene.cloned:
                shutil.rmtree(film / ".reelmake")
                shutil.rmtree(film / "build")
            if scene.fault:
                server.instruct(scene.fault)
                assert self._run(begin, film, ("build", "kite", "--yes"))[0] == 1
                server.instruct()
        then = home / "whole" / "film"
        copied(home, then.parent)
        shutil.copytree(home / "server", home / "server-whole")
        with served(home, "server-whole") as server:
            self._board(then, server, scene)
            outcomes = {outputs(then)} if scene.built and scene.words[0] in ("pick", "retake") else set()
            for words in (scene.words, scene.wants):
                status, said = self._run(begin, then, words, shares=scene.shares)
                assert status == 0, said
            if scene.words[0] in ("pick", "retake"):  # it may not have come to that
                self._run(begin, then, ("pick", "rain", "1"))
                assert self._run(begin, then, scene.wants)[0] == 0
                outcomes.add(outputs(then))
                self._run(begin, then, ("pick", "rain", "2" if scene.words[0] == "pick" else "3"))
                assert self._run(begin, then, scene.wants)[0] == 0
            outcomes.add(outputs(then))
            return film, prompts(server), outcomes

    def trial(self, name: str, seed: int, begin: Begin) -> Trial:
        """One command on a disk that fails, and what comes of it."""
        scene, trial = SCENES[name], Trial(name, seed)
        film, wanted, outcomes = self.prepared(name, begin)
        home = Path(tempfile.mkdtemp(prefix=f"{seed}-", dir=self.root))
        try:
            there = home / "film"
            copied(film.parent, home)
            shutil.copytree(film.parent / "server", home / "server")
            with served(home) as server:
                self._board(there, server, scene)
                self._fail(trial, begin, there, scene, home)
                self._mend(trial, begin, there, scene, server, wanted.total())
                if (paid := prompts(server)) != wanted and not (scene.words[0] == "retake" and paid < wanted):
                    trial.wrong.append(f"paid for {dict(paid)}, wanted were {dict(wanted)}")
                if outputs(there) not in outcomes:
                    trial.wrong.append("the outputs are not those of a run without faults")
                for words in (("cache", "verify"), ("cache", "verify", "--remote"))[: 1 + scene.shares]:
                    status, said = self._run(begin, there, words, shares=scene.shares)
                    if status:
                        trial.wrong.append(f"{' '.join(words)}: {said}")
        finally:
            if not trial.wrong:
                shutil.rmtree(home, ignore_errors=True)
        return trial

    def _fail(self, trial: Trial, begin: Begin, film: Path, scene: Scene, home: Path) -> None:
        chance = random.Random(trial.seed)
        way = chance.random()
        rate, die = (chance.choice((20, 60, 150, 300)), 0) if way < 0.5 else (0, chance.randint(1, 60))
        die = -die if way > 0.8 else die
        log = home / "faults"
        fails = f"{trial.seed} {rate} {die} {home} {log}"
        status, said = self._run(begin, film, scene.words, fails, shares=scene.shares)
        trial.statuses.append(status)
        trial.said = said
        if log.exists():
            lines = log.read_text().splitlines()
            trial.faults.update(dict.fromkeys(lines, 1) if die < 0 else lines)  # one fault, however often it is met
        if "Traceback" in said or "bug in reelmake" in said:
            trial.wrong.append(f"it was taken for a bug of ours: {said}")
        if status not in (0, 1, 2, 3, -signal.SIGKILL):
            trial.wrong.append(f"status {status}: {said}")

    def _mend(self, trial: Trial, begin: Begin, film: Path, scene: Scene, server: FakeServer, orders: int) -> None:
        """What a person would do: the same again, if nothing came of it; then a build, until nothing is left to do."""
        if trial.statuses[0] != 0 and (scene.words[0] != "retake" or len(server.bill) < orders):
            self._run(begin, film, scene.words, shares=scene.shares)
        for _ in range(TRIES):
            status, said = self._run(begin, film, scene.wants, shares=scene.shares)
            trial.statuses.append(status)
            if status == 0:
                return
        trial.wrong.append(f"it is not well again: {said}")

    def _board(self, film: Path, server: FakeServer, scene: Scene) -> None:
        text = BOARD.replace("BASE_URL", server.base_url)
        (film / "storyboard.yaml").write_text(text.replace(*scene.change) if scene.change[0] else text)

    def _run(
        self, begin: Begin, film: Path, words: Sequence[str], sabotage: str = "", *, shares: bool = False
    ) -> tuple[int, str]:
        env = {"PATH": os.environ["PATH"], "NO_COLOR": "1", "STUDIO_KEY": "let-me-in", "HOME": str(self.root)}
        env |= {"SABOTAGE": sabotage} if sabotage else {}
        env |= {"REELMAKE_CACHE": f"file://{film.parent / SHARED}"} if shares else {}
        with tempfile.NamedTemporaryFile(dir=self.root, suffix=".out") as out:
            begun = begin([*words, "-f", str(film)], env, Path(out.name))
            late = threading.Timer(PATIENCE, os.killpg, (begun.pid, signal.SIGABRT))
            late.start()
            status, stdout, stderr = begun.end()
            late.cancel()
            Path(out.name).with_suffix(".err").unlink()
            return status, stdout + stderr


def copied(home: Path, into: Path) -> None:
    """A project, with what is shared beside it."""
    for name in ("film", SHARED):
        if (home / name).exists():
            shutil.copytree(home / name, into / name, symlinks=True)


@contextmanager
def served(home: Path, state: str = "server") -> Iterator[FakeServer]:
    """The server of a trial, with what it was paid for before."""
    with FakeServer(
        ServerOptions(takes=0.05, key="let-me-in", deterministic=True, expires=None, state=home / state)
    ) as server:
        yield server


def prompts(server: FakeServer) -> Counter[str]:
    """How often each was paid for."""
    return Counter(line["prompt"] for line in server.bill)


def outputs(film: Path) -> tuple[tuple[str, str], ...]:
    """Names and digests of what stands in build/, less the drafts that a later run sweeps, and the records beside it,
    which say when each take was made."""
    there = (path for path in (film / "build").rglob("*") if path.is_file() and not path.name.endswith(SUFFIX))
    files = sorted(path for path in there if not OURS.fullmatch(path.name))
    return tuple((path.name, sha256(path.read_bytes()).hexdigest()) for path in files)


def compiled(folder: Path) -> Path:
    """The library that fails. Raises FileNotFoundError where there is no C compiler."""
    library = folder / "sabotage.so"
    compiler = shutil.which("cc") or shutil.which("gcc")
    if compiler is None:
        raise FileNotFoundError("there is no C compiler")
    subprocess.run([compiler, "-shared", "-fPIC", "-O1", "-o", str(library), str(SOURCE), "-ldl"], check=True)
    return library


def trials(root: Path, seeds: Iterator[int], *, faults: int, workers: int = 2) -> Iterator[Trial]:
    """One after another until so many faults were met."""
    sabotage, met = Sabotage(root, compiled(root)), 0
    names = list(SCENES)

    def work() -> Iterator[Trial]:
        with warm({"LD_PRELOAD": str(sabotage.library)}, crew=False) as begin:
            while True:
                seed = next(seeds)
                yield sabotage.trial(names[seed % len(names)], seed, begin)

    with ThreadPoolExecutor(workers) as pool:
        streams = [work() for _ in range(workers)]
        try:
            while met < faults:
                for trial in list(pool.map(next, streams)):
                    met += sum(trial.faults.values())
                    yield trial
        finally:
            for stream in streams:
                stream.close()


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("--faults", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--workers", type=int, default=2, help="trials at once; most of their time they wait")
    asked = parser.parse_args()
    began, met, count, statuses = time.monotonic(), Counter[str](), Counter[str](), Counter[int]()
    wrong: list[Trial] = []
    with tempfile.TemporaryDirectory(prefix="sabotage-") as folder:
        for trial in trials(
            Path(folder), iter(range(asked.seed, sys.maxsize)), faults=asked.faults, workers=asked.workers
        ):
            met += trial.faults
            count[trial.scene] += 1
            statuses[trial.statuses[0]] += 1
            wrong += [trial] if trial.wrong else []
            if sum(count.values()) % 50 == 0:
                print(
                    f"{met.total()} faults in {count.total()} commands, {len(wrong)} wrong", file=sys.stderr, flush=True
                )
            if trial.wrong:
                print(f"WRONG {trial.scene}, seed {trial.seed}: {trial.wrong}\n{trial.said}", flush=True)
    print(f"{sum(met.values())} faults in {sum(count.values())} commands, seed {asked.seed}: {len(wrong)} wrong")
    print(_table("command", count), _table("status", statuses), _table("fault", met), sep="\n")
    print(f"{time.monotonic() - began:.0f} s", file=sys.stderr)
    return bool(wrong)


def _table(head: str, counted: Mapping[object, int]) -> str:
    return "\n".join(f"  {head} {name}: {number}" for name, number in sorted(counted.items(), key=lambda row: -row[1]))


if __name__ == "__main__":
    sys.exit(main())
