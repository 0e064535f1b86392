"""Everything in a cast that is not a person, by name: who paints it, how tall it is, where it is at home.

Origin: the middle of the foot line (of a flying thing, its middle). Lengths are shares of `tall`. Facing right.
"""

from __future__ import annotations

from dataclasses import dataclass

from reelmake_sketch.paint import animals, objects, vehicles
from reelmake_sketch.paint.pen import Painter


@dataclass(frozen=True, slots=True)
class Thing:
    """`tall` is its height beside a person of 1.0; `wide` its sprite's width in its own heights.

    `poses` how many pictures its cycle needs; `home`: ground, air, water or table (things that are looked at alone).
    """

    paint: Painter
    tall: float
    wide: float
    poses: int
    home: str = "ground"


THINGS: dict[str, Thing] = {
    "dog": Thing(animals.quadruped(0.95, 0.14, 0.26, 0.24, 0.30), 0.36, 2.4, 8),
    "cat": Thing(animals.quadruped(0.95, 0.10, 0.20, 0.45, 0.24), 0.25, 2.6, 8),
    "horse": Thing(animals.quadruped(0.95, 0.38, 0.30, -0.35, 0.34, mane=True), 0.92, 2.4, 8),
    "bird": Thing(animals.bird, 0.22, 1.8, 8, "air"),
    "fish": Thing(animals.fish, 0.5, 2.4, 6, "water"),
    "tram": Thing(vehicles.tram, 1.75, 3.2, 1),
    "bus": Thing(vehicles.bus, 1.6, 2.7, 1),
    "car": Thing(vehicles.car, 0.82, 3.2, 1),
    "bike": Thing(vehicles.bike, 0.72, 1.8, 4),
    "boat": Thing(vehicles.boat, 1.0, 2.1, 1, "water"),
    "plane": Thing(vehicles.plane, 0.55, 2.6, 1, "air"),
    "drone": Thing(vehicles.drone, 0.32, 2.4, 4, "air"),
    "rocket": Thing(vehicles.rocket, 2.6, 0.9, 4, "air"),
    "robot": Thing(animals.robot, 1.0, 0.9, 8),
    "balloon": Thing(vehicles.balloon, 1.3, 1.0, 1, "air"),
    "cup": Thing(objects.cup, 1.0, 1.5, 1, "table"),
    "bottle": Thing(objects.bottle, 1.25, 0.7, 1, "table"),
    "phone": Thing(objects.phone, 1.1, 0.8, 1, "table"),
    "book": Thing(objects.book, 0.9, 1.7, 1, "table"),
    "flower": Thing(objects.flower, 1.25, 1.0, 8, "table"),
    "lamp": Thing(objects.lamp, 1.2, 0.9, 1, "table"),
    "object": Thing(objects.thing, 1.0, 1.1, 1, "table"),
}
