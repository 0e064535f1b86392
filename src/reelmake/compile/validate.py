"""The language's definition (language.json, a JSON Schema) held against a tree: Diagnostics at the right places.

A wrong value is shown at the value, an unexpected key at that key, a missing key at the first key of its parent.
Knows the form of a storyboard, nothing of its meaning.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from reelmake.compile.node import A, Node, plain, with_entries
from reelmake.compile.schema_rules import Breach, Rules, breaches
from reelmake.compile.synonyms import elsewhere, meant
from reelmake.diagnostics import Report, Span

FILE = "language.json"
VENDOR = "provider-1.schema.json"  # a vendor's file: see compile/vendor_file
WORKFLOW = "workflow-1.schema.json"  # the binding of a workflow: see compile/workflow_file
_TYPES = {"string": "text", "number": "a number", "integer": "a whole number", "boolean": "true or false",
          "array": "a list", "object": "a mapping", "null": "empty"}  # fmt: skip


_ONE_BY_ONE = {"shots": "shot", "stills": "still"}  # of which there may be thousands, alike in every variant


@cache
def schema(file: str = FILE) -> Rules:
    """A schema, from the wheel or from the checkout."""
    here = Path(__file__).resolve()
    for folder in (here.parent, here.parents[1] / "schemas", here.parents[3] / "schemas"):
        if (folder / file).is_file():
            loaded: Rules = json.loads((folder / file).read_text("utf-8"))
            return loaded
    raise FileNotFoundError(f"{file} is not installed")


class Validator:
    """Checks trees of one run; a shot that was checked once (in another variant or profile) is not checked again."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.part = "the storyboard"
        self.unread: set[tuple[str, int]] = set()
        self.broken: set[int] = set()  # shots with mistakes of form, by identity
        self.seen: dict[int, Node] = {}  # by identity; the node is kept so that its id stays its own

    def document(self, root: Node) -> None:
        """A whole storyboard, shot by shot."""
        self._begin("the storyboard")
        apart = {
            noun: node for noun in _ONE_BY_ONE if (node := root.value.get(noun)) is not None and node.kind == "map"
        }
        empty = {noun: node._replace(value={}) for noun, node in apart.items()}
        self._add(with_entries(root, {**root.value, **empty}, root.keys) if apart else root, schema(), schema())
        for noun, node in apart.items():
            self._shots(noun, node)

    def included(self, root: Node) -> None:
        """A file that is included."""
        self._begin("an included file")
        self._add(root, schema()["$defs"]["included"], schema())

    def vendor(self, root: Node) -> None:
        """A file that describes a provider."""
        self._begin("the provider's file")
        self._add(root, schema(VENDOR), schema(VENDOR))

    def workflow(self, root: Node) -> None:
        """A file that binds a workflow."""
        self._begin("the workflow's file")
        self._add(root, schema(WORKFLOW), schema(WORKFLOW))

    def options(self, node: Node, known: Mapping[str, Rules], *, more: bool) -> None:
        """The options of a provider, held against those that are `known`; `more`: may there be others?"""
        self._begin("options")
        self._add(node, {"type": "object", "properties": known, "additionalProperties": more}, {})

    def _begin(self, part: str) -> None:
        """Values that could not be read are not also of the wrong type."""
        self.part = part
        spans = (d.span for d in self.report.items if d.code.startswith("RM1"))
        self.unread |= {(span.source.name, span.start) for span in spans if span is not None}

    def _shots(self, noun: str, shots: Node) -> None:
        names = schema()["properties"][noun]["propertyNames"]
        word = _ONE_BY_ONE[noun]
        pattern, rules = re.compile(names["pattern"]), schema()["$defs"][word]
        for name, key, shot in shots.entries():
            if not pattern.fullmatch(name):
                self._name(name, key.span, names["patternErrorMessage"], f"a {word}'s id")
            if id(shot) in self.seen:
                continue
            self.seen[id(shot)] = shot
            before = self.report.count
            self._add(shot, rules, schema(), f'the {word} "{name}"')
            if self.report.count > before:
                self.broken.add(id(shot))

    def _name(self, name: str, span: Span, says: str, what: str) -> None:
        self.report.error("RM209", f'"{name}" cannot be {what}', span, hint=says)

    def _add(self, root: Node, rules: Rules, whole: Rules, part: str = "") -> None:
        for breach in breaches(root, rules, whole.get("$defs", {})):
            _explain(breach, self, part)


def _explain(breach: Breach, form: Validator, part: str) -> None:
    rule, node, rules, key, entry, named = breach
    if node.kind == "text" and "${" in node.value and named is None:
        return  # in a profile that is not used its type is not known yet; elsewhere the name has been reported
    if (node.source.name, node.start) in form.unread and rule in ("type", "pattern", "enum"):
        return
    whole = part or form.part
    what = f'an entry of "{key}"' if entry else f'"{key}"' if key else whole
    report, says, wanted = form.report, rules.get("patternErrorMessage", ""), rules[rule]
    if named is not None:
        place = node.keys[named].span if named in node.keys else node.span
        form._name(named, place, says, f"a name in {what}")
    elif rule == "additionalProperties":
        _unknown(node, rules, what if what != "the storyboard" else "", report)
    elif rule == "required":
        _missing(node, wanted, what, report)
    elif (rule == "type" and key != "reelmake") or (rule == "pattern" and _words(rules)):
        _type(node, rules, what, report)
    elif rule in ("const", "type"):
        _version(node, report)
    elif rule == "enum":
        known = (str(node.value), map(str, wanted))
        report.error("RM205", f"{what} cannot be {_shown(node)}", node.span, near=known)
    elif rule == "pattern":
        report.error("RM207", f"{what} cannot be {_shown(node)}", node.span, hint=f"write {says}")
    else:
        _range(node, wanted, what, rule, report)


def _shown(node: Node) -> str:
    text = str(node.value)
    if node.kind in ("map", "list", "null"):
        return A[node.kind]
    return f'"{text[:60]}{"…" if len(text) > 60 else ""}"' if node.kind == "text" else str(plain(node)).lower()


def _unknown(node: Node, rules: Rules, where: str, report: Report) -> None:
    known = rules.get("properties", {})
    own = rules.get("patternProperties", {})
    place, all_ = f" in {where}" if where else "", "known: " + ", ".join(known)
    for name, value in node.value.items():
        if name in known or any(re.search(p, name) for p in own):
            continue
        told = _split(value) or (meant(name, known, schema()) if known else "")
        near = None if told else (name, known)
        hint = told or elsewhere(name, known, schema()) or all_
        report.error("RM201", f'unknown key "{name}"{place}', node.keys[name].span, near=near, hint=hint)


def _split(value: Node) -> str:
    """A hint where a word in brackets has no value: a text with a comma in it ends there."""
    text = value.source.text
    ends = value.kind == "null" and value.start == value.end and text[value.end : value.end + 1] in (",", "}")
    return "inside brackets a comma ends a text: put the whole text in quotes" if ends else ""


def _missing(node: Node, wanted: list[str], what: str, report: Report) -> None:
    for name in wanted:
        if name not in node.value:
            first = next(iter(node.keys.values()), None)
            hint = "write `reelmake: 1` in the first line" if name == "reelmake" else f"add `{name}:`"
            report.error("RM202", f'{what} needs "{name}"', first.span if first else node.span, hint=hint)


def _type(node: Node, rules: Rules, what: str, report: Report) -> None:
    wanted = rules["type"] if isinstance(rules["type"], list) else [rules["type"]]
    words = [said for w in wanted if w != "null" or len(wanted) == 1 for said in _kind(w, rules)]
    kinds = " or ".join(words)
    if node.kind == "null":
        says, hint = f"{what} is empty; it must be {kinds}", "give it a value, or remove the key"
        report.error("RM204", says, node.span, hint=hint)
        return
    got = f"the text {_shown(node)}" if node.kind == "text" else _shown(node)
    report.error("RM204", f"{what} must be {kinds}, not {got}", node.span, hint=_type_hint(node, wanted, rules))


def _kind(kind: str, rules: Rules) -> list[str]:
    """What a value of a kind is called."""
    return _words(rules) or [_TYPES[kind]] if kind == "string" else [_TYPES[kind]]


def _words(rules: Rules) -> list[str]:
    """The few words that may stand in the place of a number."""
    found = (
        re.fullmatch(r"\^\(?([a-z|]+)\)?\$", rules.get("pattern", "")) if "number" in rules.get("type", ()) else None
    )
    return found[1].split("|") if found else []


def _listed(node: Node, rules: Rules) -> str:
    """A hint where a text stands in place of a list."""
    written = node.source.text[node.start : node.end].strip()
    numbers = re.findall(r"\d+(?:\.\d+)?|\.\d+", str(node.value))
    if (rules.get("items") or {}).get("type") != "number":
        return f"in brackets: [{written}]"
    if numbers and not re.sub(r"[\d.\s,:;/–—-]|to|s", "", str(node.value)):
        return f"write [{', '.join(numbers)}]"
    return "write " + ", or ".join(json.dumps(example) for example in rules.get("examples", [])[:2])


def _type_hint(node: Node, wanted: list[str], rules: Rules) -> str:
    if node.kind in ("int", "number", "bool") and "string" in wanted:
        return f'put it in quotes: "{node.source.text[node.start : node.end]}"'
    if node.kind == "text" and {"integer", "number"} & set(wanted):
        if not node.plain and re.fullmatch(r"-?\d+(\.\d+)?", node.value):
            return f"without quotes: {node.value}"
        unit = re.fullmatch(r"(-?\d+(\.\d+)?) ?(s|sec|secs|seconds?|db|lufs|fps|usd|px|%)", node.value, re.I)
        return f"without the unit: {unit[1]}" if unit else ""
    if "array" in wanted and node.kind in ("text", "int", "number"):
        return _listed(node, rules)
    if node.kind == "text" and "remote" in rules.get("properties", ()):  # the only key that most write
        return f'write {{remote: "{node.value}"}}'
    if node.kind == "list" and "object" in wanted:
        return "write `name: value` lines instead of `- ` lines"
    return ""


def _version(node: Node, report: Report) -> None:
    if node.kind == "text":
        report.error("RM208", "the language version is a number", node.span, hint="write `reelmake: 1`")
    else:
        says = f"this reelmake reads language version 1, not {_shown(node)}"
        report.error("RM208", says, node.span, hint="write `reelmake: 1`, or install a newer reelmake")


_LIMITS: Mapping[str, str] = {
    "minimum": "must be at least {}", "maximum": "must be at most {}", "exclusiveMinimum": "must be more than {}",
}  # fmt: skip
_COUNTS: Mapping[str, tuple[Literal["fewer", "more"], str]] = {
    "minItems": ("fewer", "entries"), "maxItems": ("more", "entries"), "minProperties": ("fewer", "keys"),
    "maxProperties": ("more", "keys"), "minLength": ("fewer", "characters"),
}  # fmt: skip


def _range(node: Node, wanted: int | float, what: str, rule: str, report: Report) -> None:
    if rule in _LIMITS:
        limit = _LIMITS[rule].format(wanted)
        report.error("RM206", f"{what} {limit}, not {_shown(node)}", node.span)
        return
    way, unit = _COUNTS[rule]
    if way == "fewer" and wanted == 1:
        report.error("RM206", f"{what} is empty", node.span, hint="give it a value, or remove the key")
    else:
        unit = unit if wanted != 1 else {"entries": "entry", "keys": "key"}.get(unit, unit)
        report.error("RM206", f"{what} cannot have {way} than {wanted} {unit}", node.span)
