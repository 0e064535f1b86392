"""How quickly the sketch works: clips of four seconds at several sizes, alone and two at once, as times real time;
stills, edits of stills, speech and music in seconds of CPU.

    python benchmarks/sketch.py [SECONDS]

CPU is the honest figure on a busy machine: seconds of film for each second of one core.
"""

from __future__ import annotations

import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from fractions import Fraction
from pathlib import Path

from reelmake.model.frame import Size
from reelmake.model.medium import MediumName, Operation
from reelmake.model.order import ClipOrder, Order
from reelmake_sketch.making import make
from reelmake_sketch.paint.film import render

PROMPTS = {
    "kite": "Medium tracking shot, a girl in a red raincoat flies a kite, rooftop park, golden hour, volumetric light",
    "city": "Wide shot of Lisbon at dawn, vertical farms on every tower",
    "rain": "Full shot, a woman in a yellow coat walks along a street in the rain at night, neon",
    "push": "Close-up of a red cup of coffee on a table in a cafe, morning light, push in",
}
LINE = "Long before the towers were green, they were grey. People walked quickly, and spoke of other places."


def draw(name: str, size: tuple[int, int], seconds: Fraction) -> tuple[float, float]:
    """Wall and CPU seconds of one render."""
    job = ClipOrder(
        dialect="sketch/1",
        model="",
        operation="generate",
        prompt=PROMPTS[name],
        avoid="",
        size=Size(*size),
        seconds=seconds,
        seed=None,
        variation=1,
        take=1,
        extras={},
        shot="bench",
        provider="sketch",
        tier="draft",
    )
    with tempfile.TemporaryDirectory() as folder:
        wall, cpu = time.perf_counter(), time.process_time()
        render("0" * 64, job, {}, Path(folder) / "clip.mp4", lambda fraction, word: None)
        return time.perf_counter() - wall, time.process_time() - cpu


def other(into: Path, medium: MediumName, words: str, source: Path | None = None) -> tuple[float, float]:
    """CPU seconds of a still of 1280x720, a line or half a minute of music; and for how long it is heard."""
    operation: Operation = "edit" if source else "generate"
    order = Order(
        dialect="sketch/1", model="", operation=operation, prompt=words, size=Size(1280, 720), seconds=Fraction(30),
        medium=medium, shot="bench", provider="sketch", tier="draft", voice="narrator",
    )  # fmt: skip
    cpu = time.process_time()
    facts = make("0" * 64, order, {"image": source} if source else {}, into, lambda fraction, word: None)
    return time.process_time() - cpu, float(facts.seconds or 0) if facts is not None else 0.0


def others(folder: Path) -> None:
    other(folder / "a.png", "still", PROMPTS["kite"])  # imports are no work
    for name, words in PROMPTS.items():
        drawn, _ = other(folder / "a.png", "still", words)
        edited, _ = other(folder / "b.png", "still", "Same frame at dusk", folder / "a.png")
        print(f"still  {name:6} {drawn:.2f} s, edited {edited:.2f} s")
    heard: tuple[tuple[MediumName, str], ...] = (
        ("speech", LINE),
        ("speech", LINE),
        ("music", "Hopeful strings, drums"),
    )
    for medium, words in heard:  # a real voice is loaded once
        took, seconds = other(folder / "a.wav", medium, words)
        print(f"{medium:6} {seconds:.1f} s in {took:.2f} s: {seconds / took:.0f} x real time")


def main() -> None:
    seconds = Fraction(sys.argv[1] if len(sys.argv) > 1 else 4)
    film = float(seconds)
    print(f"{'shot':6} {'size':>10} {'wall s':>8} {'x real time':>12} {'x per core':>11}")
    for name in PROMPTS:
        for size in ((640, 360), (1280, 720), (1920, 1080)):
            wall, cpu = draw(name, size, seconds)
            print(f"{name:6} {size[0]:>5}x{size[1]:<4} {wall:8.2f} {film / wall:12.2f} {film / cpu:11.2f}")
    with ProcessPoolExecutor(2) as pool:
        begun = time.perf_counter()
        list(pool.map(draw, ["kite", "rain"], [(1280, 720)] * 2, [seconds] * 2))
        wall = time.perf_counter() - begun
    print(f"two at once, 1280x720: each {film / wall:.2f} x real time")
    with tempfile.TemporaryDirectory() as folder:
        others(Path(folder))


if __name__ == "__main__":
    main()
