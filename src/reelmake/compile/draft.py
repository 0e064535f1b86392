"""A draft: the document with the sketch in the place of every provider, whatever it says of them.

What shapes the film stays: shots, prompts, sizes, lengths, the cut. What is only a provider's business is gone, so none
of it can be asked, be read or be wrong. Knows nothing of why a draft is wanted.
"""

from __future__ import annotations

from reelmake.compile.build import SKETCH
from reelmake.compile.node import Node, with_entries

_OF_PROVIDERS = ("providers", "budget")
_OF_A_TIER = ("size", "seconds")  # the rest is its provider's
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
