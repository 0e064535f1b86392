"""How soon the program answers, against `python -c pass` of the same venv: medians of interleaved runs.

A wheel is built and installed into a venv of its own, compiled as an installer leaves it. The board of ten shots is
built in earnest, those for builds with nothing to do by seed.py. "edited": the storyboard is another one at each run,
so that nothing remembered of it helps. The ratios are of wall time; those of CPU time stand beside, for they are nearer
to the truth where the machine is busy. Ends with status 1 where a target is missed.
"""

from __future__ import annotations

import argparse
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

from seed import storyboard

HERE = Path(__file__).resolve().parent
BARE = "python -c pass"


@dataclass
class Contender:
    """One command line in a folder; `edited` in a storyboard that changes before each run. Times are in seconds."""

    name: str
    target: float
    command: list[str]
    folder: Path
    edited: bool = False
    wall: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def run(self) -> None:
        if self.edited:
            edit(self.folder / "storyboard.yaml")
        began, burnt = time.perf_counter(), _of_children()
        ran = subprocess.run(self.command, cwd=self.folder, capture_output=True, text=True, check=False)
        self.wall.append(time.perf_counter() - began)
        self.cpu.append(_of_children() - burnt)
        if ran.returncode or (self.name.startswith("build") and "nothing to do" not in ran.stderr):
            raise SystemExit(f"{self.name} did not end as it should:\n{ran.stdout}{ran.stderr}")


def edit(file: Path) -> None:
    """One more letter in the prompt of a shot that two others depend on."""
    file.write_text(file.read_text().replace("number 0", "number 0!", 1))


def _of_children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def installed(folder: Path) -> Path:
    """The folder of programs of a new venv with the wheel of this checkout in it."""
    bin_ = folder / "venv" / "bin"
    if uv := shutil.which("uv"):
        subprocess.run([uv, "build", "-q", "--wheel", "-o", folder, HERE.parent], check=True)
        subprocess.run([uv, "venv", "-q", "--python", sys.executable, folder / "venv"], check=True)
        # A file that is linked into the next venv as well gets a new ctime, and there is something to do
        install = [uv, "pip", "install", "-q", "--link-mode=copy", "--compile-bytecode", "-p", bin_ / "python"]
    else:
        subprocess.run([sys.executable, "-m", "venv", folder / "venv"], check=True)
        install = [bin_ / "python", "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*install[:3], "wheel", "-q", "--no-deps", "-w", folder, HERE.parent], check=True)
    subprocess.run([*install, *folder.glob("reelmake-*.whl")], check=True)
    return bin_


def contenders(bin_: Path, folder: Path, lengths: list[int]) -> list[Contender]:
    """What is measured, with its target; the bare interpreter first."""
    python, program = str(bin_ / "python"), str(bin_ / "reelmake")
    board, edited = folder / "board", folder / "edited"
    board.mkdir()
    (board / "storyboard.yaml").write_text(storyboard(10))
    subprocess.run([program, "build", "-q"], cwd=board, check=True)
    shutil.copytree(board, edited)
    films = {shots: folder / str(shots) for shots in lengths}
    for shots, film in films.items():
        began = time.perf_counter()
        seed = f"from pathlib import Path; from seed import built; built(Path({str(film)!r}), {shots})"
        subprocess.run([python, "-c", seed], cwd=HERE, check=True)
        print(f"{shots} shots seeded in {time.perf_counter() - began:.0f} s", flush=True)
    found = [Contender(BARE, 1, [python, "-c", "pass"], folder)]
    found += [Contender(word, 3, [program, word], folder) for word in ("--version", "--help")]
    for words, target in {"check": 12, "plan": 14, "status": 14, "takes": 14, "explain s1": 14}.items():
        command = [program, *words.split()]
        found.append(Contender(words, target, command, board))
        found.append(Contender(f"{words}, edited", target, command, edited, edited=True))
    for n in lengths:  # to ask the system for the size and times of 10,000 clips takes 2.5 alone
        found.append(Contender(f"build of {n}, nothing to do", 3 if n < 5000 else 5, [program, "build"], films[n]))
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=15)
    parser.add_argument("--shots", type=int, nargs="*", default=[10, 100, 1000, 10000], help="of the builds")
    wish = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="reelmake-startup-"))
    try:
        racing = contenders(installed(folder), folder, wish.shots)
        for _ in range(wish.runs):
            for one in racing:
                one.run()
    finally:
        shutil.rmtree(folder)
    return told(racing)


def told(racing: list[Contender]) -> int:
    """Prints the table; 1 if a target was missed."""
    bare = racing[0]
    print(f"{'':30} {'median':>10} {'ratio':>7} {'of CPU':>7} {'at most':>8}")
    missed = 0
    for one in racing:
        ratio = median(one.wall) / median(bare.wall)
        burnt = median(one.cpu) / median(bare.cpu)
        verdict = "" if ratio <= one.target else "  MISSED"
        missed += bool(verdict)
        print(f"{one.name:30} {median(one.wall) * 1000:7.1f} ms {ratio:7.2f} {burnt:7.2f} {one.target:8g}{verdict}")
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
