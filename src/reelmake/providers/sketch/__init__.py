"""`sketch`, the provider that is always there: an animatic drawn on this machine, offline and free.

This half is pure: `reading` reads a job's words into a scene as data, and is imported only by whoever paints one,
media/sketch. Here is what every build asks for: what it can do.
"""

from __future__ import annotations

from decimal import Decimal

from reelmake.model.provider import OPERATIONS, Capabilities

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
