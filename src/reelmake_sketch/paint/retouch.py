"""An edit: a picture that is there, changed by the words. Its composition stays, or what the words say of it changes.

Hour, weather and colours are graded in as a remix does it; the camera comes closer or goes back; what is added is drawn
into it. Words of which none is understood change it all the same, each text in a way of its own. Knows no files.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from reelmake_sketch import lexicon
from reelmake_sketch.paint import bystanders, cast, marks, weather
from reelmake_sketch.paint.film_look import Grade
from reelmake_sketch.paint.plate import Bytes2D, Canvas, plate
from reelmake_sketch.paint.stage import Setting, Stage, StageLayer, sheet
from reelmake_sketch.scenery import RGB, Scene

Planes = tuple[Bytes2D, Bytes2D, Bytes2D]
_SEEN = (0.06, 1.0)  # the rows of a still of ours that its band does not cover, shares of the height
_BACK = 1.35  # how much more is seen from farther away
_ADDS = (
    r"add(?:s|ed|ing)?\b|put(?:s|ting)?\b|insert|appear|join|enter|place an?\b|with an?\b|now an?\b|there is|there are"
)
_LOOKS: tuple[tuple[RGB, RGB], ...] = (  # shadows and lights, for words that say nothing that is understood
    ((22, 58, 74), (250, 206, 150)),
    ((58, 30, 66), (255, 190, 170)),
    ((24, 48, 40), (236, 226, 170)),
    ((40, 34, 92), (190, 222, 240)),
    ((70, 34, 24), (250, 226, 196)),
    ((18, 40, 84), (230, 214, 236)),
)


def retouched(drawn: Scene, words: str, pixels: Planes, canvas: Canvas, moment: float) -> None:
    """Lays the picture `pixels` on the canvas, changed by `words` (lower case), of which `drawn` is the scene, at a
    `moment` in seconds."""
    canvas.put(*pixels)
    done = [change(canvas) for pattern, change in _CHANGES.items() if lexicon.says(pattern, words)]
    if drawn.told:
        canvas.put(*Grade(drawn, canvas.arrays()).apply(canvas.arrays()))
        if drawn.light.time == "night":  # as a clip's grade leaves it, a sunlit picture stays one
            _bright(1.5)(canvas)
    layers = _added(drawn, words, canvas)
    if layers:
        Stage(drawn, canvas.width, canvas.height, layers, still=True).lay(canvas, 0.5, moment)
    if not (done or drawn.told or layers):
        _otherwise(canvas, hashlib.sha256(words.encode("utf-8", "replace")).digest())


def _added(drawn: Scene, words: str, canvas: Canvas) -> list[StageLayer]:
    """What falls through the air, and what the words bring into the picture."""
    setting = Setting(drawn, sheet(drawn, canvas.width, canvas.height), np.random.default_rng(drawn.seed))
    weather.paint_light(setting)
    if drawn.fresh and lexicon.says(_ADDS, words):
        marks.paint(setting)
        bystanders.paint(setting)
        cast.paint(setting)
    weather.paint(setting)
    return setting.layers


def _closer(canvas: Canvas) -> None:
    canvas.zoom(1.55, 0.5, 0.35)


def _much_closer(canvas: Canvas) -> None:
    canvas.zoom(1.4, 0.5, 0.28)  # on top of _closer


def _wider(canvas: Canvas) -> None:
    """What lies beyond the edges goes on as they end, out of focus."""
    first, last = (round(share * canvas.height / 2) * 2 for share in _SEEN)
    for name, half in (("luma", 1), ("u", 2), ("v", 2)):
        plane = np.asarray(getattr(canvas, name))[first // half : last // half]
        height, width = canvas.height // half, canvas.width // half
        sides = round(width * (_BACK - 1) / 2)
        above = round((height * _BACK - len(plane)) * 0.6)
        below = max(0, round(height * _BACK) - len(plane) - above)
        grown = np.pad(np.pad(plane, ((0, 0), (sides, sides)), mode="reflect"), ((above, below), (0, 0)), mode="edge")
        far = Image.fromarray(grown)
        near = far.crop((sides, above, sides + width, above + len(plane)))
        far = far.filter(ImageFilter.GaussianBlur(height * 0.025))
        far.paste(near, (sides, above), _feathered(*near.size))
        setattr(canvas, name, far.resize((width, height), Image.Resampling.BICUBIC))


def _feathered(width: int, height: int) -> Image.Image:
    edge = max(1.0, height * 0.06)
    x, y = (np.minimum(np.arange(n), np.arange(n)[::-1]) / edge for n in (width, height))
    return Image.fromarray((np.clip(np.minimum.outer(y, x), 0, 1) * 255).astype(np.uint8))


def _each(canvas: Canvas, change: Callable[[Image.Image], Image.Image], *names: str) -> None:
    for name in names:
        setattr(canvas, name, change(getattr(canvas, name)))


def _mirrored(canvas: Canvas) -> None:
    _each(canvas, ImageOps.mirror, "luma", "u", "v")


def _soft(canvas: Canvas) -> None:
    blurred = canvas.luma.filter(ImageFilter.GaussianBlur(canvas.height * 0.004))
    canvas.luma = Image.blend(canvas.luma, blurred, 0.75)


def _chroma(scale: float, blue: float = 0.0, red: float = 0.0) -> Callable[[Canvas], None]:
    """Colours made stronger or weaker and shifted."""

    def change(canvas: Canvas) -> None:
        for name, shift in (("u", blue), ("v", red)):
            table = [min(240, max(16, round(128 + shift + (level - 128) * scale))) for level in range(256)]
            _each(canvas, lambda plane, table=table: plane.point(table), name)  # type: ignore[misc]

    return change


def _bright(power: float) -> Callable[[Canvas], None]:
    table = [round(16 + 219 * min(1.0, max(0.0, (level - 16) / 219)) ** power) for level in range(256)]
    return lambda canvas: _each(canvas, lambda plane: plane.point(table), "luma")


def _crisp(canvas: Canvas) -> None:
    share = [min(1.0, max(0.0, (level - 16) / 219)) for level in range(256)]
    _each(canvas, lambda plane: plane.point([round(16 + 219 * s * s * (3 - 2 * s)) for s in share]), "luma")


_CHANGES: Mapping[str, Callable[[Canvas], None]] = {
    r"mirror|flip|other (?:side|direction|way)|revers": _mirrored,
    r"clos(?:er|e[- ]?up)|tighter|zoom(?:ed)? in|push in|detail of": _closer,
    r"extreme close|macro|much closer": _much_closer,
    r"wider|wide shot|zoom(?:ed)? out|pull(?:ed)? back|farther|further (?:away|back)|from afar": _wider,
    r"black[- ]and[- ]white|monochrom|b ?& ?w\b|gr[ea]y ?scale|noir": _chroma(0.0),
    r"sepia|vintage|faded photo|old photo": _chroma(0.25, -14, 9),
    r"vivid|saturated|colou?rful|more colou?r|vibrant": _chroma(1.55),
    r"muted|desaturat|faded|pale|pastel|washed[- ]out|less colou?r": _chroma(0.5),
    r"warm": _chroma(1.0, -11, 9),
    r"cool(?:er)?\b|colder|\bcold": _chroma(1.0, 12, -8),
    r"bright|lighter|sunnier": _bright(0.72),
    r"dark(?:er)?\b|dimmer|moody|gloom": _bright(1.55),
    r"contrast|dramatic|crisp|punch": _crisp,
    r"soft|blur|dream|bokeh|out of focus|shallow": _soft,
}


def _otherwise(canvas: Canvas, chance: bytes) -> None:
    """Other colours, a light from a corner, the camera a little nearer and to one side."""
    canvas.zoom(1.08 + chance[0] / 255 * 0.10, 0.25 + 0.5 * (chance[1] & 1), 0.3)
    shadow, light = (np.array(colour, np.float32) for colour in _LOOKS[chance[2] % len(_LOOKS)])
    level = np.clip((np.arange(256, dtype=np.float32) - 16) / 219, 0, 1)[:, None]
    tone = shadow + (light - shadow) * level
    grey = 0.2126 * tone[:, 0] + 0.7152 * tone[:, 1] + 0.0722 * tone[:, 2]
    small = np.asarray(canvas.luma.reduce(2))[: canvas.u.height, : canvas.u.width]
    for name, other, scale in (("u", tone[:, 2], 0.473), ("v", tone[:, 0], 0.558)):
        old = np.asarray(getattr(canvas, name), np.float32) - 128
        new = 128 + old * 0.45 + ((other - grey) * scale)[small]
        setattr(canvas, name, Image.fromarray(np.clip(np.rint(new), 16, 240).astype(np.uint8)))
    _leak(canvas, (float(chance[3] & 1), float(chance[3] >> 1 & 1) * 0.7), _LOOKS[chance[2] % len(_LOOKS)][1])


def _leak(canvas: Canvas, corner: tuple[float, float], colour: RGB) -> None:
    x = np.linspace(0, 1, canvas.width, dtype=np.float32)[None, :] - corner[0]
    y = np.linspace(0, 1, canvas.height, dtype=np.float32)[:, None] - corner[1]
    rgb = np.empty((canvas.height, canvas.width, 3), np.float32)
    rgb[:] = colour
    canvas.lay(plate(rgb, np.exp(-(x * x + y * y) / 0.16) * 120 + 1, 0, 0))
