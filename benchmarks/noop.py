"""A build with nothing to do, of a film of 1,000 shots, against `python -c pass`: medians of interleaved runs.

The film was built with fake pixels (see seed.py); everything that the second build looks at is real. Ends with status
1 if the ratio is above the target.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from statistics import median

from seed import built

TARGET = 4.0


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--shots", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=21)
    wish = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelmake-noop-"))
    try:
        began = time.perf_counter()
        film = built(folder / "film", wish.shots)
        print(f"{wish.shots} shots seeded in {time.perf_counter() - began:.0f} s")
        return measure(film, wish.runs)
    finally:
        shutil.rmtree(folder)


def measure(film: Path, runs: int) -> int:
    program = Path(sysconfig.get_path("scripts")) / "reelmake"
    contenders = {
        "python -c pass": [sys.executable, "-c", "pass"],
        "reelmake build": [str(program), "build"],
        "reelmake --version": [str(program), "--version"],
    }
    times: dict[str, list[float]] = {name: [] for name in contenders}
    for _ in range(runs):
        for name, command in contenders.items():
            began = time.perf_counter()
            ran = subprocess.run(command, cwd=film, capture_output=True, text=True, check=False)
            times[name].append(time.perf_counter() - began)
            if ran.returncode or (name == "reelmake build" and "nothing to do" not in ran.stderr):
                print(f"{name} did not end as it should:\n{ran.stderr}")
                return 1
    base = median(times["python -c pass"])
    print(f"{'':20} {'median':>9} {'best':>9} {'ratio':>7}")
    for name, found in times.items():
        print(f"{name:20} {median(found) * 1000:6.1f} ms {min(found) * 1000:6.1f} ms {median(found) / base:7.2f}")
    ratio = median(times["reelmake build"]) / base
    print(f"target: at most {TARGET:g}, {'met' if ratio <= TARGET else 'MISSED'}")
    return int(ratio > TARGET)


if __name__ == "__main__":
    sys.exit(main())
