"""Planning long films after one edit: wall time of the whole `reelmake plan`, at three lengths.

The films were built with fake pixels (see seed.py). Ends with status 1 if the longest takes more than the target, or if
the time grows clearly faster than the film.
"""

from __future__ import annotations

import argparse
import json
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

from seed import built

TARGET = 5.0  # seconds for the longest
STEEPEST = 1.3  # how much more a shot may cost in the longest film than in the shortest


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, nargs="+", default=[2500, 5000, 10000])
    parser.add_argument("--runs", type=int, default=3)
    wish = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelmake-plan-"))
    found: dict[int, float] = {}
    try:
        print(f"{'shots':>6} {'seeding':>9} {'plan':>8} {'of CPU':>8} {'a shot':>9}")
        for shots in wish.shots:
            began = time.perf_counter()
            film = built(folder / str(shots), shots)
            seeded = time.perf_counter() - began
            times = [planned(film, n) for n in range(wish.runs)]
            found[shots], cpu = (median(column) for column in zip(*times, strict=True))
            print(f"{shots:6} {seeded:7.0f} s {found[shots]:6.2f} s {cpu:6.2f} s {found[shots] / shots * 1e6:6.0f} µs")
            shutil.rmtree(film)
    finally:
        shutil.rmtree(folder)
    shortest, longest = min(found), max(found)
    quick = found[longest] <= TARGET
    steep = found[longest] / longest / (found[shortest] / shortest)
    print(f"target: {longest} shots in at most {TARGET:g} s, {'met' if quick else 'MISSED'}")
    print(f"a shot costs {steep:.2f} times as much as in the shortest, {'met' if steep <= STEEPEST else 'MISSED'}")
    return int(not (quick and steep <= STEEPEST))


def planned(film: Path, n: int) -> tuple[float, float]:
    """Seconds of wall and of CPU for a plan after one more letter in the prompt of a shot that two others hang on."""
    path = film / "storyboard.yaml"
    path.write_text(path.read_text().replace("number 8 ", f"number 8{'!' * (n + 1)} "))
    command = [sys.executable, "-m", "reelmake", "plan", "--json"]
    began, burnt = time.perf_counter(), cpu_of_children()
    ran = subprocess.run(command, cwd=film, capture_output=True, text=True, check=False)
    took = time.perf_counter() - began, cpu_of_children() - burnt
    plan = json.loads(ran.stdout)
    if plan["generate"] != 3:
        raise SystemExit(f"one edit should make the shot and the two that hang on it, not {plan['generate']}")
    path.write_text(path.read_text().replace(f"number 8{'!' * (n + 1)} ", "number 8 "))
    return took


def cpu_of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    sys.exit(main())
