"""The form in which a model is written down: a mapping of names to what each can do, costs, and until when.

The same in the catalog, in a vendor's file and in a storyboard's `providers.NAME.models`, where what is said wins over
what the catalog says, key by key. Knows the form only; what has the wrong form is left out (the schema has said so).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from reelmake.compile.node import Node
from reelmake.compile.values import Reader, dollars, nodes, numbers, one_of, said, whole, word
from reelmake.compile.values import number as amount
from reelmake.model.frame import Size
from reelmake.model.json_value import Json
from reelmake.model.medium import CLIP, MEDIA, UNITS
from reelmake.model.provider import OPERATIONS, Limits, Model

NEVER = "never"  # as a sunset: the catalog's date does not hold for this server


def read_models(node: Node | None, kind: str, known: Mapping[str, Model] = {}) -> dict[str, Model]:
    """`known` with every model of the mapping laid over it; `kind` is that of the provider."""
    found = dict(known)
    for name, _, child in node.entries() if node is not None else ():
        if child.kind == "map":
            found[name] = _model(child, found.get(name) or lookup(known, name) or Model(name, kind), name)
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
        "languages": list(model.languages),
        "operations": sorted(model.operations or ()),
        "image": "required" if model.needs_image else model.image,
        "last_image": model.last_image,
        "exact_image": model.exact_image,
        "references": model.references,
        "talks": model.talks,
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
    fields = said(node, Model, **_READERS)
    if "seconds" in node.value:
        fields |= {"shortest": amount(node.value["seconds"], "from"), "longest": amount(node.value["seconds"], "to")}
    if "image" in fields:
        fields |= {"needs_image": node.text("image") == "required"}
    if "price" in node.value:
        fields |= {"prices": _prices(node)}
    if node.text("sunset") == NEVER:
        fields |= {"sunset": ""}
    if known.source and "source" not in fields:
        fields |= {"source": f"the storyboard and {known.source}"}
    return replace(known, name=name, **fields)


def _prices(node: Node) -> dict[int, Decimal]:
    """By the shorter side; 0 = every other."""
    everywhere = dollars(node, "price")
    sides = {int(side): dollars(node.value["price"], side) for side, _, _ in node.entries("price") if side.isdecimal()}
    return {side: price for side, price in {0: everywhere, **sides}.items() if price is not None}


def _texts(node: Node, key: str) -> tuple[str, ...]:
    return tuple(child.value for child in nodes(node, key, "text"))


def _flag(node: Node, key: str) -> bool | None:
    found = node.get(key)
    return bool(found.value) if found is not None and found.kind == "bool" else None


_READERS: Mapping[str, Reader] = {
    **dict.fromkeys(("characters", "references", "free_images"), whole),
    **dict.fromkeys(("last_image", "exact_image", "talks"), _flag),
    **dict.fromkeys(("per_image", "per_clip", "least"), dollars),
    **dict.fromkeys(("voices", "languages", "instead"), _texts),
    **dict.fromkeys(("sunset", "source", "as_of"), word),
    "medium": one_of(*MEDIA),
    "per": one_of(*UNITS),
    "sizes": lambda node, key: tuple(filter(None, map(Size.read, _texts(node, key)))),
    "sides": lambda node, key: tuple(map(int, numbers(node, key))),
    "seconds": numbers,
    "operations": lambda node, key: frozenset(o for o in OPERATIONS if o in _texts(node, key)),
    "image": lambda node, key: node.text(key) == "required" or _flag(node, key),
    "limits": lambda node, key: Limits(**said(node.get(key), Limits)),
}
