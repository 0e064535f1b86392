"""How words stand over the picture, and the titles of an entry, read from a tree. Knows nothing of frames."""

from __future__ import annotations

from reelmake.compile.node import Node
from reelmake.compile.values import length, number, spans, tidy
from reelmake.model.lettering import ALIGNS, POSITIONS, STYLES, EntryTitle, Lettering, Style


def lettering(node: Node | None, style: Style = "lower-third") -> Lettering:
    """`style`: where the author names none. What has the wrong form is left out."""
    if node is None or node.kind != "map":
        return Lettering(style)
    named, position, align = node.text("style"), node.text("position"), node.text("align")
    below = node.get("below")
    return Lettering(
        style=named if named in STYLES else style,
        font=node.text("font"),
        size=number(node, "size"),
        color=node.text("color").strip(),
        box=node.text("box").strip(),
        position=position if position in POSITIONS else "",
        align=align if align in ALIGNS else "",
        outline=number(node, "outline"),
        outline_color=node.text("outline_color").strip(),
        margin=number(node, "margin"),
        below_size=number(below, "size") if below is not None else None,
        below_color=below.text("color").strip() if below is not None else "",
        logo=node.text("logo"),
        logo_size=number(node, "logo_size"),
    )


def titles(entry: Node) -> tuple[EntryTitle, ...]:
    """Those of an entry of the cut: `title:`, then `titles:`."""
    one, several = entry.get("title"), entry.get("titles")
    said = [one] if one is not None else []
    said += several.value if several is not None and several.kind == "list" else []
    return tuple(_title(node) for node in said if node.kind in ("text", "map"))


def _title(node: Node) -> EntryTitle:
    if node.kind == "text":
        return EntryTitle(tidy(node.value), span=node.span)
    below = node.get("below")
    return EntryTitle(
        text=tidy(node.text("text")),
        lettering=lettering(node),
        at=number(node, "at"),
        seconds=length(node),
        below=tidy(node.text("below") or (below.text("text") if below is not None else "")),
        span=node.span,
        spans=spans(node),
    )
