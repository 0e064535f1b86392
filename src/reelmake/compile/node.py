"""Node: one value of a YAML text with its place, and the place of every key. Knows nothing of what the values mean.

Values keep their exact form: a number with a decimal point is a Decimal, never a float.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal, NamedTuple

from reelmake.diagnostics import Source, Span

Kind = Literal["map", "list", "text", "int", "number", "bool", "null"]

A: Mapping[Kind, str] = {
    "map": "a mapping",
    "list": "a list",
    "text": "text",
    "int": "a number",
    "number": "a number",
    "bool": "true or false",
    "null": "empty",
}


class Node(NamedTuple):
    """`value` is a dict of nodes (map), a list of nodes, a str, an int, a Decimal, a bool or None, after `kind`.

    `keys` has the key's own node for each entry of a map. `plain` is True for a scalar without quotes.
    `cast` are the characters, places and props whose looks were expanded into this text, in order of first appearance.
    """

    kind: Kind
    value: Any
    source: Source
    start: int
    end: int
    keys: Mapping[str, Node] = {}
    plain: bool = False
    cast: tuple[str, ...] = ()

    @property
    def span(self) -> Span:
        """Where it stands, without trailing line ends (block scalars end at the start of the next line)."""
        text = self.source.text
        end = self.end
        while end > self.start + 1 and text[end - 1] in "\n\r ":
            end -= 1
        return Span(self.source, self.start, end)

    def get(self, *path: str) -> Node | None:
        """The node below, key by key; None where the path ends early."""
        node: Node | None = self
        for name in path:
            node = node.value.get(name) if node is not None and node.kind == "map" else None
        return node

    def place(self, *path: str) -> Span | None:
        """Where the node below stands; None where the path ends early."""
        node = self.get(*path)
        return node.span if node is not None else None

    def entries(self, *path: str) -> Iterator[tuple[str, Node, Node]]:
        """(name, key node, value node) of the map below `path`; nothing where there is none."""
        node = self.get(*path)
        if node is not None and node.kind == "map":
            for name, value in node.value.items():
                yield name, node.keys[name], value

    def text(self, *path: str) -> str:
        """The text below `path`, "" where there is none."""
        node = self.get(*path)
        return node.value if node is not None and node.kind == "text" else ""


def plain(node: Node) -> Any:
    """Ordinary values, as JSON has them: Decimals become an int where they are whole, else a float."""
    kind, value = node.kind, node.value
    if kind == "map":
        return {name: plain(child) for name, child in value.items()}
    if kind == "list":
        return [plain(child) for child in value]
    if kind == "number":
        return int(value) if value == value.to_integral_value() else float(value)
    return value


def with_entries(node: Node, entries: Mapping[str, Node], keys: Mapping[str, Node] | None = None) -> Node:
    """The same map with other entries; without `keys` they are of those that it has."""
    return node._replace(value=entries, keys=keys if keys is not None else {name: node.keys[name] for name in entries})


def put(root: Node, path: Sequence[str], value: Node) -> Node:
    """The map with `value` in the place of what stands at the path."""
    name, *rest = path
    if rest:
        below = root.value.get(name)
        empty = value._replace(kind="map", value={}, keys={})
        value = put(below if below is not None and below.kind == "map" else empty, rest, value)
    key = root.keys.get(name) or value._replace(kind="text", value=name, keys={})
    return with_entries(root, {**root.value, name: value}, {**root.keys, name: key})
