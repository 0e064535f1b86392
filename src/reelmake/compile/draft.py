"""A draft: the document with the sketch in the place of every provider, whatever it says of them; or of some shots'.

What shapes the film stays: shots, prompts, sizes, lengths, the cut. What is only a provider's business is gone, so none
of it can be asked, be read or be wrong. Knows nothing of why a draft is wanted.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from reelmake.compile.node import Node, put, with_entries
from reelmake.model.storyboard import BED, SKETCH, Shot, Storyboard

_OF_PROVIDERS = ("providers", "budget", "cache")
_OF_A_TIER = ("size", "seconds")  # the rest is its provider's
_PLACEHOLDER = "placeholder"  # the tier of shots that are drawn in place of what could not be made
_NOT_OF_A_SHOT = (
    "extras",
    "if_gone",
    "retry_moderation",
    "takes",
    "pick",
    "fallback",
)  # one take is drawn, and nobody picks


def drafted(root: Node) -> Node:
    """The document as a draft; what has not the form it should have is left for whoever judges that."""
    entries = {name: node for name, node in root.value.items() if name not in _OF_PROVIDERS}
    for name, change in (("tiers", _tier), ("shots", _shot), ("stills", _shot), ("voices", _shot)):
        if name in entries and entries[name].kind == "map":
            below = {each: change(node) for each, node in entries[name].value.items()}
            entries[name] = with_entries(entries[name], below)
    if "defaults" in entries:
        entries["defaults"] = _shot(entries["defaults"])
    music = root.get("sound", "music")
    if music is not None and music.kind == "map":
        entries["sound"] = put(entries["sound"], ["music"], _shot(music))
    return with_entries(root, entries)


def with_placeholders(root: Node, missing: Mapping[str, Fraction]) -> Node:
    """The document with some shots and stills drawn by the sketch, and its music played; a shot as many seconds long as
    its clip would have been. What is said has no place of its own here: see `silent`."""
    tiers = root.get("tiers")
    name = _PLACEHOLDER
    while tiers is not None and tiers.get(name) is not None:
        name += "-"
    root = put(root, ["tiers", name, "provider"], root._replace(kind="text", value=SKETCH, keys={}, plain=True))
    for id, seconds in missing.items():
        for place in (["sound", "music"],) if id == BED else (["shots", id], ["stills", id]):
            node = root.get(*place)
            if node is None or node.kind != "map":
                continue
            drawn = put(_shot(node), ["tier"], node._replace(kind="text", value=name, keys={}, plain=True))
            if place[0] == "shots":
                length = Decimal(seconds.numerator) / seconds.denominator
                drawn = put(drawn, ["seconds"], node._replace(kind="number", value=length, keys={}, plain=True))
            root = put(root, place, drawn)
    return root


def silent(board: Storyboard, missing: Collection[str]) -> Storyboard:
    """Without the lines that could not be spoken."""

    def left(shot: Shot) -> Shot:
        return replace(shot, say=tuple(line for line in shot.say if line.id not in missing))

    return replace(board, shots={id: left(shot) for id, shot in board.shots.items()})


def _tier(node: Node) -> Node:
    if node.kind != "map":
        return node
    provider = node.value.get("provider", node)._replace(kind="text", value=SKETCH, keys={}, plain=True)
    tier = with_entries(node, {name: value for name, value in node.value.items() if name in _OF_A_TIER})
    return put(tier, ["provider"], provider)


def _shot(node: Node) -> Node:
    if node.kind != "map":
        return node
    return with_entries(node, {name: value for name, value in node.value.items() if name not in _NOT_OF_A_SHOT})
