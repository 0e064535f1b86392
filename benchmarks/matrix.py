"""A matrix of many rows of which one changes, beside Snakemake and DVC: seconds by the clock and of CPU, and memory.

    python benchmarks/matrix.py [--rows 1000] [--runs 3] [--alone]

The same graph for each: a shot of every row, one shot that all share, a film of every row made of both. reelmake draws
and cuts real films, and has four steps a row; the others copy texts, and have two. So the first build tells nothing;
what is compared is what each needs to find that nothing has changed, to say what it would do, and to make that one row.

The peers are installed into a folder that is thrown away. Ends with status 1 if more than the row was made, or if a row
costs much more time or memory in a long matrix than in a short one.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

PEERS = ("snakemake==9.27.*", "dvc==3.67.*")
STEEPEST = 1.3  # how much more a row may cost in the longest matrix than in the shortest, the start of Python aside
BOARD = """\
reelmake: 1
title: Ride, ${city}
matrix: {csv: cities.csv}
fps: 8
defaults: {size: 128x72, seconds: 0.5}
shots:
  arrival: {prompt: "A tram arrives in ${city}, ${light}."}
  ticket: {prompt: A hand holds a ticket.}
outputs: {"${city}.mp4": {}}
"""
SNAKEFILE = """\
ROWS = open("rows").read().split()
rule all:
    input: expand("film/{row}", row=ROWS)
rule ticket:
    output: "ticket"
    shell: "echo ticket > {output}"
rule shot:
    input: "given/{row}"
    output: "shot/{row}"
    shell: "cat {input} > {output}"
rule film:
    input: "shot/{row}", "ticket"
    output: "film/{row}"
    shell: "cat {input} > {output}"
"""
DVC = """\
stages:
  ticket: {cmd: echo ticket > ticket, outs: [ticket]}
  shot:
    foreach: [ROWS]
    do: {cmd: "cat given/${item} > shot/${item}", deps: ["given/${item}"], outs: ["shot/${item}"]}
  film:
    foreach: [ROWS]
    do: {cmd: "cat shot/${item} ticket > film/${item}", deps: ["shot/${item}", ticket], outs: ["film/${item}"]}
"""


@dataclass(frozen=True)
class Cost:
    """Of one process and its children: seconds by the clock and of CPU, MB of the largest."""

    clock: float
    cpu: float
    memory: float

    def __str__(self) -> str:
        return f"{self.clock:8.2f} s {self.cpu:8.2f} s {self.memory:6.0f} MB"


@dataclass(frozen=True)
class Tool:
    """`films`: where what it makes stands; `begin` makes everything once; `same`, `told` and `made` are its commands;
    `change` gives a row another text. `runs`: how often each is measured."""

    name: str
    root: Path
    films: str
    begin: Callable[[], Cost]
    same: Sequence[str]
    told: Sequence[str]
    change: Callable[[int, int], str]
    runs: int


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--alone", action="store_true", help="without the peers")
    wish = parser.parse_args()
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores; {wish.rows} rows", flush=True)
    with tempfile.TemporaryDirectory(prefix="reelmake-matrix-") as folder:
        root = Path(folder)
        steep = _growth(root, wish.rows)
        tools = [_reelmake(root / "reelmake", wish.rows, wish.runs)]
        tools += [] if wish.alone else _peers(root, wish.rows, wish.runs)
        costs = {tool.name: _measured(tool, wish.rows) for tool in tools}
    for name, cost in costs.items():
        print(f"one row changed, with {name}: {cost.clock:.2f} s, {cost.cpu:.2f} s of CPU")
    checks = [
        (f"a row costs {by:.2f} times as much {what} as in a quarter of it", by <= STEEPEST) for what, by in steep
    ]
    for says, met in checks:
        print(f"{says}: {'met' if met else 'MISSED'}")
    return int(not all(met for _, met in checks))


def _measured(tool: Tool, rows: int) -> Cost:
    """Prints a line for each question; what one changed row costs. Ends the program if anything else was made."""
    print(f"{tool.name:10} {'first build':24} {tool.begin()}", flush=True)
    questions: dict[str, list[Cost]] = {"nothing changed": [], "what would be done": [], "one row changed": []}
    for n in range(tool.runs):
        questions["nothing changed"].append(_run(tool.same, tool.root))
        before = _standing(tool)
        row = tool.change(n * 7 % rows, n)
        questions["what would be done"].append(_run(tool.told, tool.root))
        questions["one row changed"].append(_run(tool.same, tool.root))
        after = _standing(tool)
        made = [name for name, stamp in after.items() if before.get(name) != stamp]
        if made != [row] or len(after) != rows:
            sys.exit(f"{tool.name}: {row} was changed, and {made} made")
    found = {what: _middle(costs) for what, costs in questions.items()}
    for what, cost in found.items():
        print(f"{tool.name:10} {what:24} {cost}", flush=True)
    return found["one row changed"]


def _standing(tool: Tool) -> dict[str, int]:
    """When each film was written, ns."""
    films = (file for file in (tool.root / tool.films).iterdir() if file.suffix in ("", ".mp4"))
    return {file.stem: file.stat().st_mtime_ns for file in films}


def _middle(costs: Sequence[Cost]) -> Cost:
    return Cost(*(median(getattr(cost, part) for cost in costs) for part in ("clock", "cpu", "memory")))


def _run(words: Sequence[str], root: Path) -> Cost:
    """Ends the program if the command fails."""
    quiet = {**os.environ, "DVC_NO_ANALYTICS": "1", "NO_COLOR": "1"}
    began = time.monotonic()
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(words, cwd=root, env=quiet, stdout=said, stderr=said, stdin=subprocess.DEVNULL)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            sys.exit(f"{' '.join(words)}: {process.returncode}\n{said.read().decode()[-2000:]}")
    return Cost(time.monotonic() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _board(root: Path, rows: int) -> None:
    root.mkdir(parents=True)
    (root / "storyboard.yaml").write_text(BOARD)
    (root / "cities.csv").write_text("city,light\n" + "".join(f"{_row(n)},by day\n" for n in range(rows)))


def _row(n: int) -> str:
    return f"row{n:05}"


def _reelmake(root: Path, rows: int, runs: int) -> Tool:
    _board(root, rows)
    command = [sys.executable, "-m", "reelmake"]

    def change(n: int, to: int) -> str:
        lines = (root / "cities.csv").read_text().splitlines()
        lines[n + 1] = f"{_row(n)},by night {to}"
        (root / "cities.csv").write_text("\n".join([*lines, ""]))
        return _row(n)

    build = [*command, "build", "--quiet"]
    return Tool("reelmake", root, "build", lambda: _run(build, root), build, [*command, "plan"], change, runs)


def _growth(root: Path, rows: int) -> list[tuple[str, float]]:
    """How much more a row costs to plan than in a matrix of a quarter of the rows: of time, of memory."""
    command = [sys.executable, "-m", "reelmake", "plan"]
    costs: dict[int, Cost] = {}
    for many in (1, rows // 4, rows):
        _board(root / f"plan-{many}", many)
        costs[many] = _middle([_run(command, root / f"plan-{many}") for _ in range(3)])
        print(f"reelmake   {f'first plan of {many} rows':24} {costs[many]}", flush=True)
    bare, quarter, whole = costs.values()

    def steep(part: str) -> float:
        least, some, all_ = (getattr(cost, part) for cost in (bare, quarter, whole))
        return float((all_ - least) / (some - least) / (rows / (rows // 4)))

    return [("time", steep("cpu")), ("memory", steep("memory"))]


def _peers(root: Path, rows: int, runs: int) -> list[Tool]:
    subprocess.run([sys.executable, "-m", "venv", root / "peers"], check=True)
    pip = [str(root / "peers" / "bin" / "python"), "-m", "pip", "install", "-qq", "--disable-pip-version-check", *PEERS]
    subprocess.run(pip, check=True)
    snakemake, dvc = (str(root / "peers" / "bin" / name) for name in ("snakemake", "dvc"))
    build = [snakemake, "-c", str(os.cpu_count() or 1), "--quiet", "all"]
    snakes, sheets = root / "snakemake", root / "dvc"
    for folder in (snakes, sheets):
        for name in ("given", "shot", "film"):
            (folder / name).mkdir(parents=True)
        for n in range(rows):
            (folder / "given" / _row(n)).write_text("by day\n")
    names = [_row(n) for n in range(rows)]
    (snakes / "Snakefile").write_text(SNAKEFILE)
    (snakes / "rows").write_text("\n".join(names))
    (sheets / "dvc.yaml").write_text(DVC.replace("ROWS", ", ".join(names)))

    def changed(folder: Path) -> Callable[[int, int], str]:
        def change(n: int, to: int) -> str:
            (folder / "given" / _row(n)).write_text(f"by night {to}\n")
            return _row(n)

        return change

    def committed() -> Cost:
        """DVC writes its whole lock after each stage, so a first run takes hours: what it would have made is given."""
        (sheets / "ticket").write_text("ticket\n")
        for name in names:
            (sheets / "shot" / name).write_text("by day\n")
            (sheets / "film" / name).write_text("by day\nticket\n")
        _run([dvc, "init", "-q", "--no-scm"], sheets)
        return _run([dvc, "commit", "-q", "-f"], sheets)

    return [
        Tool("snakemake", snakes, "film", lambda: _run(build, snakes), build, [*build, "-n"], changed(snakes), runs),
        Tool("dvc", sheets, "film", committed, [dvc, "repro", "-q"], [dvc, "status"], changed(sheets), 1),
    ]


if __name__ == "__main__":
    sys.exit(main())
