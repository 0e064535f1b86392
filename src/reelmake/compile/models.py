"""The form in which a model is written down: a mapping of names to what each can do, costs, and until when.

The same in the catalog, in a vendor's file and in a storyboard's `providers.NAME.models`, where what is said wins over
what the catalog says, key by key. Knows the form only; what has the wrong form is left out (the schema has said so).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from typing import Any

from reelmake.compile.node import Node
from reelmake.model.frame import Size
from reelmake.model.json_value import Json
from reelmake.model.medium import CLIP, MEDIA, UNITS
from reelmake.model.provider import OPERATIONS, Limits, Model

Fields = dict[str, Any]
"""Some of the fields of a Model, by their names."""
NEVER = "never"  # as a sunset: the catalog's date does not hold for this server


def read_models(node: Node | None, kind: str, known: Mapping[str, Model] = {}) -> dict[str, Model]:
    """`known` with every model of the mapping laid over it; `kind` is that of the provider."""
    found = dict(known)
    for name, _, said in node.entries() if node is not None else ():
        if said.kind == "map":
            found[name] = _model(said, found.get(name) or lookup(known, name) or Model(name, kind), name)
    return found


def lookup(models: Mapping[str, Model], name: str) -> Model | None:
    """What is known of a model: by its name, else by the name less a gateway's prefix ("openai/sora-2")."""
    return models.get(name) or models.get(name.rpartition("/")[2])


def form(model: Model) -> dict[str, Json]:
    """What is known of a model, as it would be written down: `read_models` gives the same model for it."""
    said: dict[str, Json] = {
        "medium": "" if model.medium == CLIP.name else model.medium,
        "sizes": [str(size) for size in model.sizes],
        "sides": list(model.sides),
        "seconds": _span(model),
        "characters": model.characters,
        "voices": list(model.voices),
        "operations": sorted(model.operations or ()),
        "image": "required" if model.needs_image else model.image,
        "last_image": model.last_image,
        "exact_image": model.exact_image,
        "references": model.references,
        "price": {str(side): float(price) for side, price in sorted(model.prices.items())},
        "per": model.per,
        "per_image": float(model.per_image) or None,
        "free_images": model.free_images or None,
        "per_clip": float(model.per_clip) or None,
        "least": float(model.least) or None,
        "limits": {key: n for key in ("in_flight", "per_minute") if (n := getattr(model.limits, key)) is not None},
        "sunset": model.sunset,
        "instead": list(model.instead),
        "source": model.source,
        "as_of": model.as_of,
    }
    return {key: value for key, value in said.items() if value not in (None, "", [], {})}


def _span(model: Model) -> Json:
    if model.seconds:
        return [float(s) for s in model.seconds]
    ends = (("from", model.shortest), ("to", model.longest))
    return {word: float(end) for word, end in ends if end is not None}


def said_lengths(model: Model) -> str:
    """ "4, 8 or 12", "3 to 10"; "" if nothing is known."""
    if model.seconds:
        return listed([number(s) for s in sorted(model.seconds)])
    if model.shortest is not None and model.longest is not None:
        return f"{number(model.shortest)} to {number(model.longest)}"
    if model.longest is not None:
        return f"up to {number(model.longest)}"
    return f"at least {number(model.shortest)}" if model.shortest is not None else ""


def listed(values: Sequence[object]) -> str:
    """ "a", "a or b", "a, b or c"."""
    words = [str(value) for value in values]
    return " or ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else words[0]


def number(value: Fraction) -> str:
    """As people write it."""
    return f"{float(value):g}"


def _model(node: Node, known: Model, name: str) -> Model:
    fields: Fields = {}
    for key, _, value in node.entries():
        fields |= _READ[key](value) if key in _READ else {}
    if known.source and "source" not in fields:
        fields["source"] = f"the storyboard and {known.source}"
    return replace(known, name=name, **fields)


def _numbers(node: Node) -> list[Decimal]:
    children = node.value if node.kind == "list" else [node]
    return [Decimal(child.value) for child in children if child.kind in ("int", "number")]


def _texts(node: Node) -> list[str]:
    return [child.value for child in node.value if child.kind == "text"] if node.kind == "list" else []


def _seconds(node: Node) -> Fields:
    if node.kind == "map":
        ends = {key: Fraction(value.value) for key, _, value in node.entries() if value.kind in ("int", "number")}
        return {"seconds": (), "shortest": ends.get("from"), "longest": ends.get("to")}
    return {"seconds": tuple(map(Fraction, _numbers(node))), "shortest": None, "longest": None}


def _price(node: Node) -> Fields:
    if node.kind == "map":
        sides = {int(key): _numbers(value) for key, _, value in node.entries() if key.isdecimal()}
        return {"prices": {side: numbers[0] for side, numbers in sides.items() if numbers}}
    return {"prices": dict.fromkeys((0,), *_numbers(node))} if node.kind in ("int", "number") else {}


def _limits(node: Node) -> Fields:
    found = {key: value.value for key, _, value in node.entries() if value.kind == "int"}
    return {"limits": Limits(found.get("in_flight"), found.get("per_minute"))}


def _image(node: Node) -> Fields:
    needed = node.kind == "text" and node.value == "required"
    return {"image": needed or node.value, "needs_image": needed} if needed or node.kind == "bool" else {}


def _flag(field: str) -> Callable[[Node], Fields]:
    return lambda node: {field: node.value} if node.kind == "bool" else {}


def _count(field: str) -> Callable[[Node], Fields]:
    return lambda node: {field: node.value} if node.kind == "int" else {}


def _text(field: str) -> Callable[[Node], Fields]:
    return lambda node: {field: node.value.strip()} if node.kind == "text" else {}


def _one_of(field: str, known: Sequence[str]) -> Callable[[Node], Fields]:
    return lambda node: {field: node.value} if node.kind == "text" and node.value in known else {}


def _amount(field: str) -> Callable[[Node], Fields]:
    return lambda node: dict.fromkeys((field,), *_numbers(node)) if node.kind in ("int", "number") else {}


_READ: Mapping[str, Callable[[Node], Fields]] = {
    "medium": _one_of("medium", tuple(MEDIA)),
    "characters": _count("characters"),
    "voices": lambda node: {"voices": tuple(_texts(node))},
    "per": _one_of("per", UNITS),
    "sizes": lambda node: {"sizes": tuple(filter(None, map(Size.read, _texts(node))))},
    "sides": lambda node: {"sides": tuple(map(int, _numbers(node)))},
    "seconds": _seconds,
    "operations": lambda node: {"operations": frozenset(o for o in OPERATIONS if o in _texts(node))},
    "image": _image,
    "last_image": _flag("last_image"),
    "exact_image": _flag("exact_image"),
    "references": _count("references"),
    "price": _price,
    "per_image": _amount("per_image"),
    "free_images": _count("free_images"),
    "per_clip": _amount("per_clip"),
    "least": _amount("least"),
    "limits": _limits,
    "sunset": lambda node: {"sunset": "" if node.value == NEVER else node.value} if node.kind == "text" else {},
    "instead": lambda node: {"instead": tuple(_texts(node))},
    "source": _text("source"),
    "as_of": _text("as_of"),
}
