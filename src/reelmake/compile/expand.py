"""${name} in texts: variables, the cast, and what only the environment may say. Knows nothing of shots.

A text that is `${name}` and nothing else, unquoted, takes the variable's own type: `seconds: ${length}` is a number.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from reelmake.compile.node import Node, with_entries
from reelmake.diagnostics import Report, Span

_REFERENCE = re.compile(r"(?<!\$)((?:\$\$)+)(?=\$?\{)|\$\{([^{}\n]*)(\}?)")  # two dollars before a brace are one
LONGEST = 100_000  # characters of an expanded text
DEEPEST = 64  # variables in variables
_NAMED = r"(?:env:[A-Za-z_][A-Za-z0-9_]*|keyring:[\w.@-]+)"
SECRETS = ("api_key", "webhook_secret")  # keys of a provider, the only places where a secret may be named

PLACEHOLDER = re.compile(rf"\$\{{{_NAMED}\}}")  # how the place of a secret is written

Place = tuple[str, ...]
"""The keys that lead to a node, from the top."""


class Names:
    """What `${…}` may name: variables by value, the cast by look. Each is expanded once, when first asked for."""

    def __init__(self, values: Mapping[str, Node], looks: Mapping[str, Node], report: Report) -> None:
        self.values, self.looks, self.report = values, looks, report
        self.known: dict[str, Node] = {}
        self.open: list[str] = []
        self.seen: dict[int, tuple[Node, Node]] = {}

    def expand(self, node: Node, place: Place = ()) -> Node:
        """The tree with every text expanded; the same node where nothing changed."""
        if node.kind == "text":
            return self._text(node, place) if "${" in node.value else node
        if node.kind not in ("map", "list") or not node.value:
            return node
        if place[:1] == ("providers",):  # where it stands decides what it may name
            return self._children(node, place)
        if done := self.seen.get(id(node)):
            return done[1]
        result = self._children(node, place)
        self.seen[id(node)] = (node, result)
        return result

    def _children(self, node: Node, place: Place) -> Node:
        if node.kind == "list":
            children = [self.expand(child, (*place, "")) for child in node.value]
            same = all(a is b for a, b in zip(children, node.value, strict=True))
            return node if same else node._replace(value=children)
        entries = {
            name: child if child.kind == "text" and "${" not in child.value else self.expand(child, (*place, name))
            for name, child in node.value.items()
        }
        return node if all(entries[n] is c for n, c in node.value.items()) else with_entries(node, entries, node.keys)

    def rename(self, node: Node) -> Node:
        """The map with its keys expanded (the paths of `outputs`)."""
        if node.kind != "map" or not any("${" in name for name in node.value):
            return node
        entries: dict[str, Node] = {}
        keys: dict[str, Node] = {}
        for _, key, value in node.entries():
            key = self._text(key, ())
            name = str(key.value)
            if name in entries:
                self.report.error("RM107", f'duplicate key "{name}"', key.span)
            entries[name], keys[name] = value, key
        return with_entries(node, entries, keys)

    def _text(self, node: Node, place: Place) -> Node:
        alone = _REFERENCE.fullmatch(node.value) if node.plain else None
        if alone and alone[3] and alone[2] in self.values and alone[2] not in self.looks:
            value = self._value(alone[2], node, alone)
            return value._replace(source=node.source, start=node.start, end=node.end) if value else node
        cast = list(node.cast)
        text = _REFERENCE.sub(lambda match: self._reference(node, match, place, cast), node.value)
        if len(text) > LONGEST:
            says = f"expanded, this text has more than {LONGEST:,} characters"
            self.report.error("RM219", says, node.span, hint="variables of variables multiply")
            return node
        return node._replace(value=text, cast=tuple(dict.fromkeys(cast)))

    def _reference(self, node: Node, match: re.Match[str], place: Place, cast: list[str]) -> str:
        if match[1]:
            return "$" * (len(match[1]) // 2)
        name = match[2].strip()
        if not match[3] or not name:
            hint = "write ${name}; for the characters themselves write $${, and a dollar before a value as $$${name}"
            self.report.error("RM213", "`${` without a name and its `}`", _place(node, match), hint=hint)
        elif name.startswith(("env:", "keyring:")):
            meant = len(place) == 3 and place[0] == "providers" and place[2] in SECRETS
            if not meant or not re.fullmatch(_NAMED, name):
                where = "environment" if name.startswith("env:") else "keyring"
                says = f"the {where} is read only for the api_key and the webhook_secret of a provider"
                elsewhere = "declare a variable in `vars:` and set it with `--set NAME=VALUE`"
                hint = "write ${env:NAME} or ${keyring:NAME}" if meant else elsewhere
                self.report.error("RM214", says, _place(node, match), hint=hint)
            return match[0]
        elif value := self._value(name, node, match):
            cast += [*([name] if name in self.looks else []), *value.cast]
            return _written(value)
        return match[0]

    def _value(self, name: str, node: Node, match: re.Match[str]) -> Node | None:
        """The expanded value of a name, or None and a diagnostic at the place that uses it."""
        if name in self.known:
            return self.known[name]
        found = self.values.get(name, self.looks.get(name))
        if found is None:
            near, hint = (name, (*self.values, *self.looks)), "add it to `vars:`, `characters:`, `places:` or `props:`"
            self.report.error("RM211", f'unknown variable "{name}"', _place(node, match), near=near, hint=hint)
            return None
        if name in self.open:
            way = " → ".join([*self.open[self.open.index(name) :], name])
            self.report.error("RM212", f"this variable refers to itself: {way}", found.span)
            return None
        if len(self.open) >= DEEPEST:
            self.report.error("RM212", f"variables nested more than {DEEPEST} deep", found.span)
            return None
        self.open.append(name)
        value = self.expand(found)
        self.open.pop()
        self.known[name] = value
        return value


def _written(value: Node) -> str:
    """A value inside a text: numbers as the author wrote them."""
    if value.kind == "bool":
        return str(value.value).lower()
    if value.kind == "number":
        return format(value.value, "f")
    return str(value.value).strip() if value.value is not None else ""


def _place(node: Node, match: re.Match[str]) -> Span:
    """Where in the source a reference stands: looked up from the start of its text, which escapes may have changed."""
    at = node.source.text.find(match[0], node.start, node.end)
    return Span(node.source, at, at + len(match[0])) if at >= 0 else node.span
