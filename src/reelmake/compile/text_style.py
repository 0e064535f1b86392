"""How words stand over the picture, and the titles of an entry, read from a tree. Knows nothing of frames."""

from __future__ import annotations

from reelmake.compile.node import Node
from reelmake.compile.values import nodes, number, one_of, said, tidied, tidy, word
from reelmake.model.overlay import STYLES, EntryTitle, Lettering, Style


def lettering(node: Node, style: Style = "lower-third") -> Lettering:
    """`style`: where the author names none. What has the wrong form is left out."""
    below = node.get("below") or node._replace(value={})
    smaller = {"below_size": number(below, "size"), "below_color": word(below, "color")}
    return Lettering(**{"style": style, **smaller, **said(node, Lettering, style=one_of(*STYLES), size=number)})


def titles(entry: Node) -> tuple[EntryTitle, ...]:
    """Those of an entry of the cut: `title:`, then `titles:`."""
    one = entry.get("title")
    several = nodes(entry, "titles", "text", "map")
    return tuple(map(_title, [one, *several] if one is not None and one.kind in ("text", "map") else several))


def _title(node: Node) -> EntryTitle:
    if node.kind == "text":
        return EntryTitle(tidy(node.value), span=node.span)
    below = tidy(node.text("below") or node.text("below", "text"))
    told = said(node, EntryTitle)
    return EntryTitle(text=tidied(node, "text"), lettering=lettering(node), below=below, **told, span=node.span)
