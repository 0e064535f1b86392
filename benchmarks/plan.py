"""Planning long films after one edit: CPU seconds of the whole `reelmake plan --json`, at several lengths.

Films that were built (with fake pixels, see seed.py), and one of which nothing is made, planned for the first time and
after one edit. Ends with status 1 if the longest takes more than the target, or if the time grows faster than the film.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from seed import built, unbuilt

BUILT = 2.5  # seconds of CPU for the longest film that was built
UNBUILT = 0.8  # for the one that was not: half of what its first plan took when every stage began anew (decision 054)
STEEPEST = 1.3  # how much more a shot may cost in the longest film than in the shortest, the start of Python aside


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, nargs="+", default=[1_000, 3_000, 10_000])
    parser.add_argument("--unbuilt", type=int, default=4_000, help="shots of the film that was not built")
    parser.add_argument("--runs", type=int, default=3)
    wish = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with tempfile.TemporaryDirectory(prefix="reelmake-plan-") as folder:
        bare = median(
            measured([sys.executable, "-c", "import reelmake.app"], Path(folder))[0] for _ in range(wish.runs)
        )
        found = {shots: _row(Path(folder) / str(shots), shots, built, wish.runs)[1] for shots in sorted(wish.shots)}
        first, after = _row(Path(folder) / "unbuilt", wish.unbuilt, unbuilt, wish.runs)
    shortest, longest = min(found), max(found)
    steep = (found[longest] - bare) / longest / ((found[shortest] - bare) / shortest)
    checks = [
        (
            f"{longest} built shots after one edit: {found[longest]:.2f} s of CPU, at most {BUILT:g}",
            found[longest] <= BUILT,
        ),
        (
            f"{wish.unbuilt} unbuilt ones: first {first:.2f} s, then {after:.2f} s, at most {UNBUILT:g}",
            after <= UNBUILT,
        ),
        (f"a shot costs {steep:.2f} times as much as in the shortest, at most {STEEPEST:g}", steep <= STEEPEST),
    ]
    for says, met in checks:
        print(f"{says}: {'met' if met else 'MISSED'}")
    return int(not all(met for _, met in checks))


def _row(film: Path, shots: int, seed: Callable[[Path, int], Path], runs: int) -> tuple[float, float]:
    """CPU seconds of the first plan and, median, of one after an edit."""
    seed(film, shots)
    first = planned(film)
    times = [edited(film, n) for n in range(runs)]
    cpu, wall = (median(column) for column in zip(*times, strict=True))
    what = f"{shots:6} shots, {seed.__name__:7}"
    print(f"{what}: first {first[0]:5.2f} s of CPU, after an edit {cpu:5.2f} s ({wall:.2f} s by the clock)", flush=True)
    shutil.rmtree(film)
    return first[0], cpu


def edited(film: Path, n: int) -> tuple[float, float]:
    """A plan after one more letter in the prompt of a shot that two others depend on."""
    path = film / "storyboard.yaml"
    before = path.read_text()
    path.write_text(before.replace("number 8 ", f"number 8{'!' * (n + 1)} "))
    try:
        return planned(film, stale=3)
    finally:
        path.write_text(before)


def planned(film: Path, *, stale: int | None = None) -> tuple[float, float]:
    """`stale`: how many takes have to be made again, where the film was built."""
    *times, said = measured([sys.executable, "-m", "reelmake", "plan", "--json"], film)
    plan = json.loads(said)
    if stale is not None and plan["reuse"] and plan["generate"] != stale:
        raise SystemExit(f"one edit should make {stale} takes again, not {plan['generate']}")
    return times[0], times[1]


def measured(command: list[str], folder: Path) -> tuple[float, float, str]:
    """Seconds of CPU and by the clock, and what was printed."""
    began, burnt = time.perf_counter(), _cpu_of_children()
    world = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}  # else this checkout is compiled anew at every start
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=True, env=world)
    return _cpu_of_children() - burnt, time.perf_counter() - began, ran.stdout


def _cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
