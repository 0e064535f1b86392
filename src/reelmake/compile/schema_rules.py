"""A JSON Schema held against a tree: which rule is broken at which node. Knows no words for it.

The part of JSON Schema 2020-12 that our schemas use, which is less than a third of its rules; a schema with another is
a bug, and is refused. The tests hold it against the jsonschema library (decision 053).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, NamedTuple

from reelmake.compile.node import Node, plain

Rules = Mapping[str, Any]
"""A schema, or a part of one."""
Check = Callable[[Node, Any], bool]
"""Does a node keep a rule, whose value is the second?"""


class Breach(NamedTuple):
    """A `rule` of `rules` that `node` breaks. `key`: the last key on the way to it, "" at the root; `entry`: is it an
    entry of a list there? `name`: the key of `node` that cannot be one, None if it is about the value."""

    rule: str
    node: Node
    rules: Rules
    key: str
    entry: bool
    name: str | None


def breaches(
    node: Node, rules: Rules, defs: Rules, key: str = "", *, entry: bool = False, name: str | None = None
) -> Iterator[Breach]:
    """In the order of the rules. `defs`: what `$ref` refers to. With `name`, that key of `node` is what is judged."""
    judged = node if name is None else Node("text", name, node.source, node.start, node.end)
    for rule, wanted in rules.items():
        if rule in _ANNOTATIONS:
            continue
        if rule in _HOLDS:
            if not _HOLDS[rule](judged, wanted):
                yield Breach(rule, node, rules, key, entry, name)
        elif rule == "$ref":
            yield from breaches(node, defs[wanted.removeprefix("#/$defs/")], defs, key, entry=entry, name=name)
        elif rule == "items":
            for child in node.value if node.kind == "list" else ():
                yield from breaches(child, wanted, defs, key, entry=True)
        elif rule in _BELOW:
            if node.kind == "map":
                yield from _below(rule, node, rules, defs, key, entry=entry)
        else:
            raise ValueError(f"no rule of schemas that is known here: {rule}")


def _below(rule: str, node: Node, rules: Rules, defs: Rules, key: str, *, entry: bool) -> Iterator[Breach]:
    """Of the entries of a map."""
    wanted = rules[rule]
    if rule == "properties":
        for name in wanted if len(wanted) < len(node.value) else node.value:
            if name in wanted and name in node.value:
                yield from breaches(node.value[name], wanted[name], defs, name)
    elif rule == "patternProperties":
        for pattern, below in wanted.items():
            for name in filter(_pattern(pattern).search, node.value):
                yield from breaches(node.value[name], below, defs, name)
    elif rule == "propertyNames":
        for name in node.value:
            yield from breaches(node, wanted, defs, key, entry=entry, name=name)
    elif wanted is not True and (others := _others(node, rules)):
        if wanted is False:
            yield Breach(rule, node, rules, key, entry, None)
        else:
            for name in others:
                yield from breaches(node.value[name], wanted, defs, name)


def _others(node: Node, rules: Rules) -> list[str]:
    """Keys that the rules do not know."""
    known, patterns = rules.get("properties", {}), [_pattern(p) for p in rules.get("patternProperties", {})]
    return [name for name in node.value if name not in known and not any(p.search(name) for p in patterns)]


@cache
def _pattern(pattern: str) -> re.Pattern[str]:
    """With an end that is the end: Python's $ would let a line end pass."""
    return re.compile(re.sub(r"\$\Z", r"\\Z", pattern))


_KINDS = {"object": "map", "array": "list", "string": "text", "boolean": "bool", "null": "null"}


def _is(node: Node, kind: str) -> bool:
    if kind in _KINDS:
        return node.kind == _KINDS[kind]
    return node.kind == "int" or (node.kind == "number" and (kind == "number" or isinstance(plain(node), int)))


def _same(node: Node, value: object) -> bool:
    """JSON has no true that equals 1."""
    found = plain(node)
    return bool(found == value) and isinstance(found, bool) == isinstance(value, bool)


def _amount(limit: Callable[[float, float], bool]) -> Check:
    return lambda node, wanted: node.kind not in ("int", "number") or limit(plain(node), wanted)


def _size(kind: str, limit: Callable[[int, int], bool]) -> Check:
    return lambda node, wanted: node.kind != kind or limit(len(node.value), wanted)


_ANNOTATIONS = frozenset(
    {"title", "description", "default", "examples", "patternErrorMessage", "$schema", "$id", "$defs"}
)
_BELOW = frozenset({"properties", "patternProperties", "propertyNames", "additionalProperties"})
_HOLDS: Mapping[str, Check] = {
    "type": lambda node, wanted: any(_is(node, kind) for kind in ([wanted] if isinstance(wanted, str) else wanted)),
    "const": _same,
    "enum": lambda node, wanted: any(_same(node, value) for value in wanted),
    "required": lambda node, wanted: node.kind != "map" or node.value.keys() >= set(wanted),
    "pattern": lambda node, wanted: node.kind != "text" or _pattern(wanted).search(node.value) is not None,
    "minimum": _amount(lambda found, limit: found >= limit),
    "maximum": _amount(lambda found, limit: found <= limit),
    "exclusiveMinimum": _amount(lambda found, limit: found > limit),
    "minLength": _size("text", lambda found, limit: found >= limit),
    "minItems": _size("list", lambda found, limit: found >= limit),
    "maxItems": _size("list", lambda found, limit: found <= limit),
    "minProperties": _size("map", lambda found, limit: found >= limit),
    "maxProperties": _size("map", lambda found, limit: found <= limit),
}
