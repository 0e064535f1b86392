"""How words stand over the picture, read from a tree. Knows nothing of what the words say and when they are seen."""

from __future__ import annotations

from fractions import Fraction

from reelmake.compile.node import Node
from reelmake.model.lettering import ALIGNS, POSITIONS, STYLES, Lettering, Style


def lettering(node: Node | None, style: Style = "lower-third") -> Lettering:
    """`style`: where the author names none. What has the wrong form is left out."""
    if node is None or node.kind != "map":
        return Lettering(style)
    named, position, align = node.text("style"), node.text("position"), node.text("align")
    size = node.get("size")
    return Lettering(
        style=named if named in STYLES else style,
        font=node.text("font"),
        size=Fraction(size.value) if size is not None and size.kind in ("int", "number") else None,
        color=node.text("color").strip(),
        box=node.text("box").strip(),
        position=position if position in POSITIONS else "",
        align=align if align in ALIGNS else "",
    )
