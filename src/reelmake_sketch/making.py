"""make: one order, made by whoever makes its medium. Each is imported when an order for it comes: who speaks needs no
paint, and a clip no voice.
"""

from __future__ import annotations

import importlib
from collections.abc import Mapping
from pathlib import Path

from reelmake.model.medium import MediumName
from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake.ports import Tell

_MAKERS: Mapping[MediumName, str] = {
    "clip": "reelmake_sketch.paint.film",
    "still": "reelmake_sketch.paint.still",
    "speech": "reelmake_sketch.speak.spoken",
    "music": "reelmake_sketch.play.bed",
}


def make(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts | None:
    """Writes it to `into` and returns its facts, None = whoever wants to know may look. The same order gives the same
    bytes. Raises errors.LocalTool."""
    facts: Facts | None = importlib.import_module(_MAKERS[order.medium]).render(key, order, inputs, into, tell)
    return facts
