"""How quickly sketches are drawn: clips of four seconds at several sizes, alone and two at once, as times real time.

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
from reelmake.model.order import ClipOrder
from reelmake_sketch.paint.film import render

PROMPTS = {
    "kite": "Medium tracking shot, a girl in a red raincoat flies a kite, rooftop park, golden hour, volumetric light",
    "city": "Wide shot of Lisbon at dawn, vertical farms on every tower",
    "rain": "Full shot, a woman in a yellow coat walks along a street in the rain at night, neon",
    "push": "Close-up of a red cup of coffee on a table in a cafe, morning light, push in",
}


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


if __name__ == "__main__":
    main()
