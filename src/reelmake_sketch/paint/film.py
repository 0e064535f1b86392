"""render: one order drawn as one clip, or made of one: remixed, extended, treated. Pictures and clips are inputs.

Knows nothing of shots, tiers or stores: the same order gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

from reelmake.errors import LocalTool
from reelmake.model import time
from reelmake.model.order import ClipOrder
from reelmake.ports import Tell
from reelmake_sketch.paint import clip_writer, treated
from reelmake_sketch.paint.film_look import Grade, borrowed
from reelmake_sketch.paint.full_frame import Card, FullFrame, cards
from reelmake_sketch.paint.painting import paint, paint_weather
from reelmake_sketch.paint.plate import Bytes2D, Canvas
from reelmake_sketch.paint.slate_text import Hides, Room, RunningTime, strip
from reelmake_sketch.paint.tone import tone
from reelmake_sketch.prompt_reading import scene
from reelmake_sketch.scenery import Scene

Planes = tuple[Bytes2D, Bytes2D, Bytes2D]


def render(key: str, order: ClipOrder, inputs: Mapping[str, Path], into: Path, tell: Tell) -> None:
    """Writes an mp4 of exactly frames(seconds, fps) frames (extend: after all of the parent's; interpolate: twice as
    many in the same time) with room tone.

    `inputs` by label: "image" (the clip starts from it), "last_image" (and ends in it), "reference 1"... (shown as
    cards), "source" (the parent's clip), "speech" (what is said in it). Odd sizes lose a pixel: 4:2:0 has
    none. Raises errors.LocalTool if an input cannot be read.
    """
    tell(None, "painting")
    width, height = max(16, order.size.width // 2 * 2), max(16, order.size.height // 2 * 2)
    film = _Film(scene(key, order), order, width, height)
    source = inputs.get("source")
    treats = source is not None and order.operation in treated.TREATMENTS
    try:
        before = clip_writer.length(source, order.fps) if source and order.operation == "extend" else 0
        total = before + film.count
        with clip_writer.ClipWriter(into, width, height, treated.rate(order.operation, order.fps)) as writer:
            size = width, height
            shown = treated.pictures(order, inputs, size, film.count) if treats else film.pictures(inputs, before)
            for n, picture in enumerate(shown):
                writer.frame(*picture)
                if n % 12 == 0:
                    tell(n / total, "drawing")
            for samples in (
                film.sound(treated.heard(order, inputs), film.count, 0)
                if treats
                else film.sound(source, before, film.count)
            ):
                writer.sound(samples)
    except (av.FFmpegError, StopIteration) as error:
        raise LocalTool(f"sketch could not read or write a clip: {str(error) or 'it has no pictures'}") from error
    tell(1.0, "done")


class _Film:
    def __init__(self, drawn: Scene, order: ClipOrder, width: int, height: int) -> None:
        self.scene, self.order, self.width, self.height = drawn, order, width, height
        self.count = max(1, time.frames(order.seconds, order.fps))
        self.pace = float(order.fps) / 24  # what is counted in frames below is so at 24 a second
        self.room = Room.of(order.open, width, height, order.above)
        self._lean = 0.22 if drawn.seed >> 34 & 1 else -0.22  # where a picture's own slow move goes

    def pictures(self, inputs: Mapping[str, Path], before: int) -> Iterator[Planes]:
        source = inputs.get("source")
        if source is not None and self.order.operation == "remix":
            yield from self._remixed(source)
            return
        opening = FullFrame.open(inputs["image"], self.width, self.height) if "image" in inputs else None
        if source is not None:
            last: Planes | None = None
            for last in clip_writer.frames(source, self.width, self.height, before, self.order.fps):
                yield last
            opening = FullFrame(last) if last else opening
        ending = FullFrame.open(inputs["last_image"], self.width, self.height) if "last_image" in inputs else None
        shown = [path for label, path in inputs.items() if label.startswith("reference")]
        yield from self._drawn(opening, ending, cards(shown, self.width, self.height, low=self.room.high), before)

    def sound(self, source: Path | None, before: int, count: int) -> Iterator[NDArray[np.float32]]:
        """For `before` frames the parent's own sound where it has one, then for `count` the tone of this scene."""
        until, end = time.samples(before, self.order.fps), time.samples(before + count, self.order.fps)
        if source is not None and before:
            kept = clip_writer.sound(source, until)
            yield kept if kept is not None else tone(self.scene, until)
        yield tone(self.scene, end - until)

    def _clock(self, before: int) -> RunningTime:
        whole = Fraction(before + self.count) / self.order.fps
        return RunningTime(self.height, self.room, self.order.take, whole, self.scene.palette.accent)

    def _drawn(
        self, opening: FullFrame | None, ending: FullFrame | None, insets: list[Card], before: int
    ) -> Iterator[Planes]:
        if opening:
            self.scene = borrowed(self.scene, opening.pixels)
        # a picture whose words bring nothing new stays to the end; only what falls through the air is added
        stays = opening is not None and before == 0 and not self.scene.fresh
        stage = (paint_weather if stays else paint)(self.scene, self.width, self.height)
        hides: Hides = "" if opening is None else "band" if opening.bare else "both"
        words = strip(self.scene.caption, self.scene.palette, self.width, self.height, self.room, hides=hides)
        clock = self._clock(before)
        canvas, other = Canvas(self.width, self.height), Canvas(self.width, self.height)
        for n in range(self.count):
            share = n / max(1, self.count - 1)
            if stays and opening:
                first = 0.0
                opening.lay(canvas, 1 + 0.16 * _smooth(share), 0.5 + self._lean * _smooth(share))
                if "rain" in self.scene.weather or "snow" in self.scene.weather or "fog" in self.scene.weather:
                    other.take(canvas)
                    stage.lay(other, share, n / 24 / self.pace)
                    canvas.blend(other, min(1.0, n / 12 / self.pace))
            else:
                first = self._opening(n) if opening else 0.0
            last = self._ending(n) if ending else 0.0
            if first < 1 and last < 1 and not stays:
                stage.lay(canvas, share, n / 24 / self.pace)
            if opening and first > 0:
                opening.lay(other, 1 + 0.08 * share)
                canvas.blend(other, first)
            if ending and last > 0:
                ending.lay(other, 1 + 0.08 * (1 - share))
                canvas.blend(other, last)
            left = self.count - 1 - n
            said = min(1.0, n / 10 / self.pace if opening else 1.0, left / 6 / self.pace if ending else 1.0)
            for card in insets:
                card.lay(canvas, share, said)
            canvas.lay(words, share=said)
            clock.lay(canvas, Fraction(before + n + 1) / self.order.fps, said)
            yield canvas.arrays()

    def _opening(self, n: int) -> float:
        """How much of the first picture is seen: all of it for a third of the clip, then it gives way."""
        hold, fade = min(0.35 * self.count, 40 * self.pace), min(0.30 * self.count, 26 * self.pace)
        return 1.0 - _smooth((n - hold) / max(1.0, fade))

    def _ending(self, n: int) -> float:
        left, fade = self.count - 1 - n, min(0.40 * self.count, 32 * self.pace)
        return _smooth(1 - left / max(1.0, fade))

    def _remixed(self, source: Path) -> Iterator[Planes]:
        """The parent's own frames in this order's colours and weather; a line wipes from the old to the new."""
        length = clip_writer.length(source, self.order.fps)
        speed = min(Fraction(1), Fraction(length, self.count))
        above = paint_weather(self.scene, self.width, self.height)
        words = strip(
            self.scene.caption, self.scene.palette, self.width, self.height, self.room, note="Remix", hides="both"
        )
        clock, canvas = self._clock(0), Canvas(self.width, self.height)
        grade: Grade | None = None
        wipe = max(1.0, min(0.3 * self.count, 24 * self.pace))
        for n, old in enumerate(clip_writer.frames(source, self.width, self.height, self.count, self.order.fps, speed)):
            grade = grade or Grade(self.scene, old)
            canvas.put(*grade.apply(old))
            above.lay(canvas, n / max(1, self.count - 1), n / 24 / self.pace)
            _unwiped(canvas, old, _smooth(n / wipe))
            canvas.lay(words)
            clock.lay(canvas, Fraction(n + 1) / self.order.fps)
            yield canvas.arrays()


def _unwiped(canvas: Canvas, old: Planes, share: float) -> None:
    """The right part of the frame is still the old picture, behind a bright line."""
    at = round(canvas.width * share) // 2 * 2
    if at >= canvas.width:
        return
    kept = Canvas(canvas.width, canvas.height)
    kept.put(*old)
    thick = max(2, canvas.width // 500 * 2)
    for image, rest, x in ((canvas.luma, kept.luma, at), (canvas.u, kept.u, at // 2), (canvas.v, kept.v, at // 2)):
        image.paste(rest.crop((x, 0, image.width, image.height)), (x, 0))
    canvas.luma.paste(225, (at, 0, min(canvas.width, at + thick), canvas.height))


def _smooth(share: float) -> float:
    t = min(1.0, max(0.0, share))
    return t * t * (3 - 2 * t)
