"""Scene: what a sketch shows, as data. Lengths are in frame heights, angles in degrees, colours 0..255 RGB.

Knows nothing of words (prompt_reading) or of pixels (paint).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

RGB = tuple[int, int, int]
Time = Literal["dawn", "day", "golden", "dusk", "night"]
Angle = Literal["eye", "low", "high", "overhead"]

DISTANCES = ("extreme wide", "wide", "full", "medium", "close", "extreme close")


@dataclass(frozen=True, slots=True)
class Caption:
    """The strip under the picture, in the author's words; any part may be empty."""

    framing: str = ""
    subject: str = ""
    action: str = ""
    setting: str = ""
    light: str = ""
    camera: str = ""
    avoid: str = ""


@dataclass(frozen=True, slots=True)
class Palette:
    """`top`, `middle`, `low`: the sky from zenith to horizon; `haze`: what distance fades to; `far`, `mid`, `near`:
    the ground and its masses by depth; `accent`: the one strong colour; `glow`: the light's own colour.
    """

    top: RGB
    middle: RGB
    low: RGB
    haze: RGB
    far: RGB
    mid: RGB
    near: RGB
    accent: RGB
    glow: RGB


@dataclass(frozen=True, slots=True)
class View:
    """`distance` is one of DISTANCES; `horizon` its height from the top, 0..1; `roll` tips the frame (dutch)."""

    distance: str
    angle: Angle
    horizon: float
    roll: float = 0.0
    shoulder: bool = False


@dataclass(frozen=True, slots=True)
class SceneMove:
    """How the camera travels over the whole clip: by `x`, `y` frame heights (of the nearest layer; right and down are
    positive), from `zoom[0]` to `zoom[1]` (>= 1); `shake` in frame heights; `follow` keeps the subject in its place.
    """

    name: str
    x: float = 0.0
    y: float = 0.0
    zoom: tuple[float, float] = (1.0, 1.0)
    shake: float = 0.0
    follow: bool = False


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the cast. `kind`: person, child, or the name of an animal, a vehicle, a thing. `action`: see lexicon.

    `hat`: cap, knit, brim, toque, bubble, hard, helm, crown, point, or "" for none.
    """

    kind: str
    action: str
    coat: RGB
    hair: RGB
    skin: RGB
    prop: str = ""
    prop_colour: RGB = (0, 0, 0)
    long_hair: bool = False
    hat: str = ""
    hat_colour: RGB = (0, 0, 0)
    beard: bool = False


@dataclass(frozen=True, slots=True)
class Crowd:
    """More people than can be told apart: what they wear or, with the prop "umbrella", hold up."""

    count: int
    colours: tuple[RGB, ...]
    prop: str = ""


@dataclass(frozen=True, slots=True)
class Light:
    """`x`, `y`: where the sun, moon or lamp is, in frame widths and heights; `kind`: sun, moon, none."""

    time: Time
    kind: str
    x: float
    y: float
    beams: bool = False


@dataclass(frozen=True, slots=True)
class Scene:
    """`place` names the ground (lexicon.PLACES), `beyond` what stands behind it ("" = nothing); `weather` a set of
    rain, snow, fog, clouds, stars, wind, steam; `marks` are what stands at the horizon or is lit in the sky by name
    (lexicon.MARKS); `seed` decides everything the words leave open. `told`: the words say what
    the light or the colours are; where they do not, a picture that the clip starts from may. `fresh`: they name a
    place or a subject that such a picture would not hold already.
    """

    caption: Caption
    palette: Palette
    view: View
    move: SceneMove
    light: Light
    place: str
    beyond: str
    cast: tuple[Figure, ...]
    weather: frozenset[str]
    seed: int
    told: bool = True
    fresh: bool = True
    crowd: Crowd | None = None
    marks: tuple[str, ...] = ()
