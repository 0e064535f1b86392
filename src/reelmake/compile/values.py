"""Values of a tree, typed, by the names of their keys; what has the wrong form is left out (the schema has said so)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Any, get_args

from reelmake.compile.node import Node, plain
from reelmake.diagnostics import Span
from reelmake.model.frame import CORNERS, MOVES, CameraMove, Fit, Focus, Size, Window
from reelmake.model.json_value import Json
from reelmake.model.order import IfGone
from reelmake.model.overlay import ALIGNS, POSITIONS

Reader = Callable[[Node, str], object]
"""The value of a key of a mapping; None or "" where there is none, or none of the right form."""


def said(node: Node | None, noun: type, **own: Reader) -> dict[str, Any]:
    """What a mapping says of a dataclass, by its fields: as READERS has the keys, but for its `own`. A field that is
    not said is not in it, and so is as the dataclass has it."""
    if node is None or node.kind != "map":
        return {}
    readers = {name: own.get(name) or READERS[name] for name in node.value if name in own or name in _known(noun)}
    found = {name: value for name, read in readers.items() if (value := read(node, name)) not in (None, "")}
    return {**found, "spans": spans(node)} if hasattr(noun, "spans") else found


@cache
def _known(noun: type) -> frozenset[str]:
    return frozenset(noun.__annotations__.keys() & READERS.keys())


def tidy(text: str) -> str:
    """Without space at the ends of the text and of its lines: it can be seen neither in an editor nor in a picture."""
    return "\n".join(line.rstrip() for line in text.strip().split("\n"))


def text(node: Node, key: str) -> str:
    return node.text(key)


def word(node: Node, key: str) -> str:
    return node.text(key).strip()


def tidied(node: Node, key: str) -> str:
    return tidy(node.text(key))


def one_of(*known: str) -> Reader:
    return lambda node, key: found if (found := node.text(key)) in known else None


def number(node: Node, key: str) -> Fraction | None:
    found = node.get(key)
    return Fraction(found.value) if found is not None and found.kind in ("int", "number") else None


def dollars(node: Node, key: str) -> Decimal | None:
    found = node.get(key)
    return Decimal(found.value) if found is not None and found.kind in ("int", "number") else None


def whole(node: Node, key: str) -> int | None:
    value = number(node, key)
    return int(value) if value is not None and value.denominator == 1 else None


def length(node: Node, key: str = "seconds") -> Fraction | None:
    value = number(node, key)
    return value if value is not None and value > 0 else None


def true(node: Node, key: str) -> bool:
    found = node.get(key)
    return found is not None and found.kind == "bool" and bool(found.value)


def nodes(node: Node, key: str, *kinds: str) -> list[Node]:
    """The entries of a list that are of these kinds."""
    found = node.get(key)
    return [n for n in found.value if n.kind in kinds] if found is not None and found.kind == "list" else []


def numbers(node: Node, key: str) -> tuple[Fraction, ...]:
    """Of a list of nothing else."""
    found = nodes(node, key, "int", "number")
    return tuple(Fraction(n.value) for n in found) if found and len(found) == len(node.value[key].value) else ()


def trim(node: Node, key: str) -> tuple[Fraction, Fraction | None] | None:
    """[from, to], or [from]."""
    values = numbers(node, key)
    return (values[0], values[1] if len(values) == 2 else None) if 1 <= len(values) <= 2 else None


def shape(node: Node, key: str) -> Fraction | None:
    """Width over height: 2.39, or "16:9"."""
    across, _, down = node.text(key).partition(":")
    if across.isdecimal() and down.isdecimal() and int(across) and int(down):
        return Fraction(int(across), int(down))
    return length(node, key)


def size(node: Node, key: str) -> Size | None:
    return Size.read(node.text(key))


def focus(node: Node, key: str) -> Focus | None:
    places = numbers(node, key)
    return (places[0], places[1]) if len(places) == 2 and all(0 <= p <= 1 for p in places) else None


def mapping(node: Node, key: str) -> Mapping[str, Json] | None:
    found = node.get(key)
    return plain(found) if found is not None and found.kind == "map" else None


def move(node: Node, key: str) -> CameraMove | None:
    found = node.get(key)
    if found is None or found.kind == "text":
        return MOVES.get(found.value) if found is not None else None
    begin, end = _window(found, "from"), _window(found, "to")
    return CameraMove(begin, end) if begin and end else None


def _window(node: Node, key: str) -> Window | None:
    values = numbers(node, key)
    return (values[0], values[1], values[2], values[3]) if len(values) == 4 else None


def spans(node: Node) -> dict[str, Span]:
    """Where each value of a mapping stands."""
    return {name: child.span for name, child in node.value.items()} if node.kind == "map" else {}


READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("file", "image", "look", "font", "logo", "shot", "tier", "notes"), text),
    **dict.fromkeys(("provider", "model", "kind", "still", "speech", "voice"), text),
    **dict.fromkeys(("base_url", "webhook_id", "color", "box", "outline_color", "language"), word),
    **dict.fromkeys(("gain", "duck", "at", "fade_in", "fade_out", "lead", "trail", "opacity"), number),
    **dict.fromkeys(("margin", "radius", "border", "outline", "logo_size"), number),
    **dict.fromkeys(("seed", "variation", "takes", "pick", "retry_moderation", "in_flight", "per_minute"), whole),
    **dict.fromkeys(("mute", "loop", "reverse", "burn", "soft"), true),
    **dict.fromkeys(("extras", "options"), mapping),
    **dict.fromkeys(("seconds", "speed"), length),
    "price": dollars,
    "size": size,
    "trim": trim,
    "shape": shape,
    "move": move,
    "caption": tidied,
    "focus": focus,
    "fit": one_of(*get_args(Fit)),
    "if_gone": one_of(*get_args(IfGone)),
    "corner": one_of(*CORNERS),
    "position": one_of(*POSITIONS),
    "align": one_of(*ALIGNS),
}
