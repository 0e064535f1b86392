"""`sketch`, the provider that comes with reelmake: an animatic drawn on this machine, offline and free.

Every build asks what it can do; whoever paints is imported only when a clip is drawn.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from reelmake.model.order import Order
from reelmake.model.provider import OPERATIONS, Capabilities
from reelmake.ports import Tell

CAPABILITIES = Capabilities(
    kind="sketch",
    dialect="sketch/1",
    local=True,
    operations=frozenset(OPERATIONS),
    negative=True,
    image=True,
    last_image=True,
    references=True,
    price=Decimal(0),
)


def render(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> None:
    """Writes an order's clip; see paint.film."""
    from reelmake_sketch.paint import film

    film.render(key, order, inputs, into, tell)
