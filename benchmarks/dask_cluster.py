"""Two workers of a Dask cluster against one: a film of 60 segments, cut anew each time, in turns.

    python benchmarks/dask_cluster.py [--shots 60] [--times 2]

Each worker has one thread and one core of its own, as if it were a machine with one; scheduler and client take what is
left. Told are the seconds from the first local step to the last, without what it takes to meet the workers; the load
of the machine then; and whether the film has the bytes that this machine makes alone.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from tests.support.dask_cluster import WATCHED, DaskCluster, dask_cluster
from tests.support.film import footage
from tests.support.folder import Folder

from reelmake.model.frame import Size


def film(root: Path, shots: int) -> Folder:
    """Footage with grain, so that encoding takes its time; titles, so that nothing is copied."""
    root.mkdir()
    for number in range(shots):
        footage(root / f"{number}.mp4", number % 16, 36, grain=4.0, size=Size(480, 270))
    project = Folder(root)
    named = [f"  s{number}: {{file: {number}.mp4}}" for number in range(shots)]
    cut = [f"  - {{shot: s{number}, title: Number {number}}}" for number in range(shots)]
    size = "defaults: {size: 480x270}\n"
    project.storyboard("\n".join(["shots:", *named, "cut:", *cut]) + "\n", head="reelmake: 1\n" + size)
    return project


def built(project: Folder, name: str, *args: str) -> tuple[float, bytes]:
    """Seconds from its first step to its end, and the film."""
    fresh = project.copy(project.root.parent / name)
    build = fresh.start("build", "--events", "events.jsonl", *args)  # on a busy machine it may take long
    _, said = build.communicate()
    assert build.returncode == 0, said
    told = [json.loads(line) for line in (fresh.root / "events.jsonl").read_text().splitlines()]
    begun = next(event["at"] for event in told if event["event"] == "StepStarted")
    return told[-1]["at"] - begun, fresh.cut()


def compared(project: Folder, cluster: DaskCluster, times: int) -> None:
    _, alone = built(project, "alone")
    cores = sorted(os.sched_getaffinity(0))
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for turn in range(times):
        for count in (1, 2):
            names = [f"{turn}-{count}-{number}" for number in range(count)]
            for number, name in enumerate(names):
                cluster.work(name, core=cores[number % len(cores)])
            took, made = built(project, f"turn {turn} {count}", "--executor", cluster.executor)
            seconds[count].append(took)
            load = ", ".join(f"{value:.1f}" for value in os.getloadavg())
            same = "the bytes of this machine" if made == alone else "OTHER BYTES"
            print(f"{count} worker{'s' * (count > 1)}: {took:6.1f} s   load {load}   {same}", flush=True)
            for name in names:
                cluster.kill(name)
            time.sleep(3)  # the scheduler hears of it
    one, two = (statistics.median(seconds[count]) for count in (1, 2))
    print(f"\n{one:.1f} s by one, {two:.1f} s by two: {one / two:.2f} times the throughput")


def lost(project: Folder, cluster: DaskCluster) -> None:
    """One of two is killed when a third is made."""
    _, alone = built(project, "alone again")
    cluster.work("lost", "left", preload=WATCHED)
    fresh = project.copy(project.root.parent / "losing")
    build = fresh.start("build", "--executor", cluster.executor)
    shots = len(list(project.root.glob("*.mp4")))
    while len(cluster.begun("lost")) + len(cluster.begun("left")) < shots // 3:
        time.sleep(0.1)
    cluster.kill("lost")
    _, said = build.communicate()
    assert build.returncode == 0, said
    begun = Counter(cluster.begun("lost") + cluster.begun("left"))
    again = sum(count - 1 for count in begun.values())
    same = "the bytes of this machine" if fresh.cut() == alone else "OTHER BYTES"
    print(f"one of two was killed: of {len(begun)} steps {again} begun again, {same}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--shots", type=int, default=60)
    parser.add_argument("--times", type=int, default=2)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, dask_cluster(Path(folder) / "cluster") as cluster:
        project = film(Path(folder) / "film", args.shots)
        compared(project, cluster, args.times)
        lost(project, cluster)


if __name__ == "__main__":
    main()
