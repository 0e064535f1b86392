"""`sketch`, the provider that is always there: an animatic drawn on this machine, offline and free.

This half is pure: it reads a job's words into a scene as data. Painting it is media/sketch's work.
"""

from __future__ import annotations

from decimal import Decimal

from reelmake.model.provider import OPERATIONS, Capabilities
from reelmake.providers.sketch.reading import scene
from reelmake.providers.sketch.scenery import Scene

__all__ = ["CAPABILITIES", "Scene", "scene"]

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
