"""A draft: the document with the sketch in the place of every provider, whatever it says of them; or of some shots'.

What shapes the film stays: shots, prompts, sizes, lengths, the cut. What is only a provider's business is gone, so none
of it can be asked, be read or be wrong. Knows nothing of why a draft is wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

from reelmake.compile.node import Node, with_entries
from reelmake.model.storyboard import SKETCH

_OF_PROVIDERS = ("providers", "budget")
_OF_A_TIER = ("size", "seconds")  # the rest is its provider's
_PLACEHOLDER = "placeholder"  # the tier of shots that are drawn in place of what could not be made
_NOT_OF_A_SHOT = ("extras", "if_gone", "retry_moderation", "takes", "pick")  # one take is drawn, and nobody picks


def drafted(root: Node) -> Node:
    """The document as a draft; what has not the form it should have is left for whoever judges that."""
    entries = {name: node for name, node in root.value.items() if name not in _OF_PROVIDERS}
    for name, change in (("tiers", _tier), ("shots", _shot)):
        if name in entries and entries[name].kind == "map":
            below = {each: change(node) for each, node in entries[name].value.items()}
            entries[name] = with_entries(entries[name], below, entries[name].keys)
    if "defaults" in entries:
        entries["defaults"] = _shot(entries["defaults"])
    return with_entries(root, entries, {name: root.keys[name] for name in entries})


def with_placeholders(root: Node, shots: Mapping[str, Fraction]) -> Node:
    """The document with some shots drawn by the sketch, each as many seconds long as its clip would have been."""
    tiers = root.get("tiers")
    name = _PLACEHOLDER
    while tiers is not None and tiers.get(name) is not None:
        name += "-"
    own = root._replace(kind="map", value={}, keys={})
    sketch = own._replace(kind="text", value=SKETCH, plain=True)
    root = _with(root, ("tiers", name), with_entries(own, {"provider": sketch}, {"provider": sketch}))
    for shot, seconds in shots.items():
        node = root.get("shots", shot)
        if node is not None and node.kind == "map":
            length = Decimal(seconds.numerator) / seconds.denominator
            change = {"tier": node._replace(kind="text", value=name, keys={}, plain=True)}
            change["seconds"] = node._replace(kind="number", value=length, keys={}, plain=True)
            bare = _shot(node)
            keys = {**bare.keys, **{each: bare.keys.get(each, value) for each, value in change.items()}}
            root = _with(root, ("shots", shot), with_entries(bare, {**bare.value, **change}, keys))
    return root


def _with(root: Node, path: tuple[str, str], value: Node) -> Node:
    """`value` in its place in a mapping of the document."""
    above, name = path
    found = root.value.get(above)
    below = found if found is not None and found.kind == "map" else value._replace(kind="map", value={}, keys={})
    key = below.keys.get(name) or value._replace(kind="text", value=name, keys={})
    below = with_entries(below, {**below.value, name: value}, {**below.keys, name: key})
    keys = {**root.keys, above: root.keys.get(above) or value._replace(kind="text", value=above, keys={})}
    return with_entries(root, {**root.value, above: below}, keys)


def _tier(node: Node) -> Node:
    if node.kind != "map":
        return node
    entries = {name: value for name, value in node.value.items() if name in _OF_A_TIER}
    keys = {name: node.keys[name] for name in entries}
    provider = node.value.get("provider", node)._replace(kind="text", value=SKETCH, keys={}, plain=True)
    return with_entries(node, {**entries, "provider": provider}, {**keys, "provider": node.keys.get("provider", node)})


def _shot(node: Node) -> Node:
    if node.kind != "map":
        return node
    entries = {name: value for name, value in node.value.items() if name not in _NOT_OF_A_SHOT}
    return with_entries(node, entries, {name: node.keys[name] for name in entries})
