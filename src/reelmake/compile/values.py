"""Single values of a tree, typed; what has the wrong form is None (the schema has said so). Knows no noun."""

from __future__ import annotations

from fractions import Fraction
from typing import cast

from reelmake.compile.node import Node
from reelmake.diagnostics import Span
from reelmake.model.frame import MOVES, CameraMove, Fit, Window


def tidy(text: str) -> str:
    """Without space at the ends of the text and of its lines: it can be seen neither in an editor nor in a picture."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def number(node: Node, key: str) -> Fraction | None:
    found = node.get(key)
    return Fraction(found.value) if found is not None and found.kind in ("int", "number") else None


def length(node: Node, key: str = "seconds") -> Fraction | None:
    value = number(node, key)
    return value if value is not None and value > 0 else None


def true(node: Node, key: str) -> bool:
    found = node.get(key)
    return found is not None and found.kind == "bool" and bool(found.value)


def trim(node: Node | None) -> tuple[Fraction, Fraction | None] | None:
    """[from, to], or [from]."""
    if node is None or node.kind != "list" or not all(n.kind in ("int", "number") for n in node.value):
        return None
    values = [Fraction(n.value) for n in node.value]
    if not 1 <= len(values) <= 2:
        return None
    return values[0], values[1] if len(values) == 2 else None


def shape(node: Node | None) -> Fraction | None:
    """Width over height: 2.39, or "16:9"."""
    if node is not None and node.kind == "text":
        across, _, down = node.value.partition(":")
        if across.isdecimal() and down.isdecimal() and int(across) and int(down):
            return Fraction(int(across), int(down))
        return None
    return Fraction(node.value) if node is not None and node.kind in ("int", "number") and node.value > 0 else None


def spans(node: Node) -> dict[str, Span]:
    """Where each value of a mapping stands."""
    return {name: child.span for name, child in node.value.items()} if node.kind == "map" else {}


def fit(node: Node) -> Fit | None:
    said = node.text("fit")
    return cast(Fit, said) if said in ("crop", "pad", "blur", "stretch") else None


def move(node: Node | None) -> CameraMove | None:
    if node is None or node.kind == "text":
        return MOVES.get(node.value) if node is not None else None
    begin, end = _window(node.get("from")), _window(node.get("to"))
    return CameraMove(begin, end) if begin and end else None


def _window(node: Node | None) -> Window | None:
    if node is None or node.kind != "list" or not all(n.kind in ("int", "number") for n in node.value):
        return None
    values = [Fraction(n.value) for n in node.value]
    return (values[0], values[1], values[2], values[3]) if len(values) == 4 else None
