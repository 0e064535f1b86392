"""render: one order drawn as one clip. Generate, remix and extend; pictures and the parent's clip as inputs.

Knows nothing of shots, tiers or stores: the same order gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

from reelmake.media.sketch import reel
from reelmake.media.sketch.lettering import Clock, strip
from reelmake.media.sketch.painting import paint
from reelmake.media.sketch.plate import Bytes2D, Canvas
from reelmake.media.sketch.tone import tone
from reelmake.model import time
from reelmake.model.job import Job
from reelmake.ports import Tell
from reelmake.providers.sketch import Scene, scene

Planes = tuple[Bytes2D, Bytes2D, Bytes2D]


def render(key: str, job: Job, inputs: Mapping[str, Path], into: Path, tell: Tell) -> None:
    """Writes an mp4 of exactly frames(job.seconds, 24) frames (extend: after all of the parent's) with room tone.

    `inputs` by label: "image" (the first frame), "last_image", "reference 1"..., "source" (the parent's clip).
    Odd sizes lose a pixel: 4:2:0 has none.
    """
    tell(None, "painting")
    width, height = max(16, job.size.width // 2 * 2), max(16, job.size.height // 2 * 2)
    drawn = scene(key, job)
    count = max(1, time.frames(job.seconds, reel.FPS))
    with reel.Writer(into, width, height) as writer:
        shots = _pictures(drawn, job, inputs, width, height, count, tell)
        for n, picture in enumerate(shots):
            writer.frame(*picture)
            if n % 12 == 0:
                tell(n / count, "drawing")
        writer.sound(tone(drawn, time.samples(count, reel.FPS)))
    tell(1.0, "done")


def _pictures(
    drawn: Scene, job: Job, inputs: Mapping[str, Path], width: int, height: int, count: int, tell: Tell
) -> Iterator[Planes]:
    stage = paint(drawn, width, height)
    overlay = strip(drawn.caption, drawn.palette, width, height)
    clock = Clock(width, height, job.take, Fraction(count) / reel.FPS, drawn.palette.accent)
    canvas = Canvas(width, height)
    for n in range(count):
        stage.lay(canvas, n / max(1, count - 1), float(n / reel.FPS))
        canvas.lay(overlay)
        clock.lay(canvas, Fraction(n + 1) / reel.FPS)
        yield canvas.arrays()
