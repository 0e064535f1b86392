"""The stage: a scene's layers, painted once, and how they lie in the frame at any moment of the clip.

Knows nothing of files, of captions or of how long a frame takes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from math import sin

import numpy as np
from PIL import Image, ImageChops

from reelmake_sketch.paint.brush import Sheet
from reelmake_sketch.paint.plate import Canvas, Plate
from reelmake_sketch.scenery import Scene, SceneMove

Pose = tuple[float, float, int, float]  # dx, dy in frame heights, which plate, share of its alpha
Path = Callable[[float, float], Pose]  # (share of the clip, seconds) -> pose
Drawing = Callable[[Canvas, float, float, float, float], None]  # (canvas, dx, dy in pixels, share, seconds)

NEARER = {"extreme wide": 0.72, "wide": 1.0, "full": 1.3, "medium": 1.7, "close": 2.2, "extreme close": 2.8}
SOFTER = {"extreme wide": 0.0, "wide": 0.0, "full": 0.0, "medium": 0.0035, "close": 0.009, "extreme close": 0.014}


class Poses:
    """The pictures of a cycle, each painted when it is first laid: a still needs one of twelve. Painters use no chance,
    or its order would hang on what is looked at."""

    def __init__(self, count: int, paint: Callable[[int], Plate]) -> None:
        self._count, self._paint = count, paint
        self._painted: dict[int, Plate] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, pose: int) -> Plate:
        if pose not in self._painted:
            self._painted[pose] = self._paint(pose)
        return self._painted[pose]


@dataclass(frozen=True, slots=True)
class StageLayer:
    """`depth`: 0 = at the end of the world, 1 = where the figures stand. `path` moves it on its own.

    `draw` is for what no plate can hold (a string, rain): it is called with the camera's shift at that depth.
    """

    plates: tuple[Plate, ...] | Poses
    depth: float
    path: Path | None = None
    draw: Drawing | None = None


@dataclass(slots=True)
class Setting:
    """What painters of layers share."""

    scene: Scene
    sheet: Sheet
    rng: np.random.Generator
    layers: list[StageLayer] = field(default_factory=list)

    @property
    def near(self) -> float:
        """How much larger things are than in a wide shot."""
        return NEARER[self.scene.view.distance]

    @property
    def blur(self) -> float:
        """How soft the background is, in frame heights."""
        return SOFTER[self.scene.view.distance]

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * float(self.rng.random())

    def add(self, plate: Plate, depth: float, path: Path | None = None) -> None:
        self.layers.append(StageLayer((plate,), depth, path))


def sheet(scene: Scene, width: int, height: int) -> Sheet:
    move = scene.move
    # half of the travel at the depth of the nearest layer, and room for shake and a tilted frame
    reach = 0.8 + 0.25 * bool(scene.view.roll)
    margin_x = abs(move.x) * reach + 2 * move.shake + 0.03 + (0.10 if scene.view.roll else 0)
    margin_y = abs(move.y) * reach + 2 * move.shake + 0.03 + (0.12 if scene.view.roll else 0)
    return Sheet(width, height, margin_x, margin_y, scene.seed & 0xFFFFFFFF, scene.view.roll)


def ease(share: float) -> float:
    """0..1 with a soft start and a soft stop, steady in between."""
    edge = 0.18
    speed = 1 / (1 - edge)
    if share < edge:
        return speed * share * share / (2 * edge)
    if share > 1 - edge:
        return 1 - speed * (1 - share) ** 2 / (2 * edge)
    return speed * (share - edge / 2)


def camera(move: SceneMove, share: float, seconds: float) -> tuple[float, float, float]:
    """Where the camera is, in frame heights off its middle, and its zoom."""
    gone = ease(share)
    x, y = move.x * (gone - 0.5), move.y * (gone - 0.5)
    if move.shake:
        x += move.shake * (sin(2.3 * seconds) + 0.6 * sin(5.9 * seconds + 1.0)) / 1.6
        y += move.shake * (sin(2.9 * seconds + 2.0) + 0.5 * sin(6.7 * seconds)) / 1.5
    return x, y, move.zoom[0] + (move.zoom[1] - move.zoom[0]) * gone


class Stage:
    """All layers of a scene, ready to be laid."""

    def __init__(self, scene: Scene, width: int, height: int, layers: list[StageLayer], *, still: bool = False) -> None:
        """`still`: the picture below has its own camera and vignette."""
        self._scene, self._unit = scene, height
        self._layers = layers if still else _seen(layers, scene.move, width, height)
        self._vignette = None if still else _vignette(width, height)
        self._base: Canvas | None = None
        if not still and not (scene.move.x or scene.move.y or scene.move.shake):
            self._bake(Canvas(width, height))

    def _bake(self, base: Canvas) -> None:
        """Where the camera only zooms, what lies still behind everything that moves is laid once."""
        fixed = 0
        for layer in self._layers:
            if layer.path or layer.draw:
                break
            base.lay(layer.plates[0])
            fixed += 1
        self._base, self._layers = base, self._layers[fixed:]

    def lay(self, canvas: Canvas, share: float, seconds: float) -> None:
        x, y, zoom = camera(self._scene.move, share, seconds)
        if self._base is not None:
            canvas.take(self._base)
        for layer in self._layers:
            if layer.draw:
                layer.draw(canvas, -x * layer.depth * self._unit, -y * layer.depth * self._unit, share, seconds)
                continue
            dx, dy, which, alpha = layer.path(share, seconds) if layer.path else (0.0, 0.0, 0, 1.0)
            plate = layer.plates[which % len(layer.plates)]
            canvas.lay(plate, (dx - x * layer.depth) * self._unit, (dy - y * layer.depth) * self._unit, alpha)
        if self._vignette is None:
            return
        canvas.zoom(zoom, 0.5, 0.46)
        canvas.luma = ImageChops.multiply(canvas.luma, self._vignette)


def _seen(layers: list[StageLayer], move: SceneMove, width: int, height: int) -> list[StageLayer]:
    """The layers without the rows that ground in front of them always hides."""
    travel = 2 * round(height * (abs(move.y) + 2 * move.shake)) + 4
    hidden = height + travel
    kept: list[StageLayer] = []
    for layer in reversed(layers):
        if layer.path or layer.draw:
            kept.append(layer)
            continue
        plate = layer.plates[0].above(hidden)
        kept.append(replace(layer, plates=(plate,)))
        hidden = min(hidden, (plate.solid_from(width, height) + travel + 1) // 2 * 2)
    return kept[::-1]


def _vignette(width: int, height: int) -> Image.Image:
    x = np.linspace(-1, 1, width, dtype=np.float32)[None, :]
    y = np.linspace(-1, 1, height, dtype=np.float32)[:, None]
    fall = np.clip(((x * 0.82) ** 2 + (y * 0.78) ** 2) - 0.35, 0, None)
    return Image.fromarray(np.clip(255 * (1 - 0.34 * fall), 0, 255).astype(np.uint8))
