"""Our part of JSON Schema against the whole of it: the same rules are broken in the same places of any text."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

from reelmake.compile.node import Node, plain
from reelmake.compile.read import read
from reelmake.compile.schema_rules import breaches
from reelmake.compile.validate import VENDOR, schema
from reelmake.diagnostics import Report, Source

Broken = set[tuple[tuple[str | int, ...], str, str | None]]
JUNK = [
    None,
    True,
    False,
    0,
    1,
    -1,
    1.0,
    0.1,
    2.5,
    1e9,
    "",
    "a",
    "a\n",
    "${x}",
    "1280x720",
    [],
    [[]],
    [1, "a"],
    {},
    {"a": 1},
]
FORMS = {"storyboard": schema(), "vendor": schema(VENDOR), **schema()["$defs"]}


def whole_end(_: Any, pattern: str, instance: Any, __: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not re.search(re.sub(r"\$\Z", r"\\Z", pattern), instance):
        yield ValidationError("no")


ORACLE: Any = extend(Draft202012Validator, {"pattern": whole_end})  # type: ignore[no-untyped-call]


def broken_for_the_oracle(value: Any, rules: Mapping[str, Any], defs: Mapping[str, Any]) -> Broken:
    found: Broken = set()
    for error in ORACLE({**rules, "$defs": defs}).iter_errors(value):
        named = str(error.instance) if "propertyNames" in error.absolute_schema_path else None
        found.add((tuple(error.absolute_path), str(error.validator), named))
    return found


def paths(node: Node, way: tuple[str | int, ...] = ()) -> Iterator[tuple[int, tuple[str | int, ...]]]:
    yield id(node), way
    for step, child in (
        node.value.items() if node.kind == "map" else enumerate(node.value if node.kind == "list" else ())
    ):
        yield from paths(child, (*way, step))


def broken(tree: Node, rules: Mapping[str, Any], defs: Mapping[str, Any]) -> Broken:
    where = dict(paths(tree))
    return {(where[id(b.node)], b.rule, b.name) for b in breaches(tree, rules, defs)}


def written(rules: Mapping[str, Any], defs: Mapping[str, Any], chance: random.Random) -> Any:
    """A value that often is what the rules ask for."""
    if "$ref" in rules and chance.random() < 0.9:
        rules = {**defs[rules["$ref"].removeprefix("#/$defs/")], **rules}
    if chance.random() < 0.1:
        return chance.choice(JUNK)
    if "items" in rules and chance.random() < 0.8:
        return [written(rules["items"], defs, chance) for _ in range(chance.randrange(4))]
    if "properties" not in rules and not isinstance(rules.get("additionalProperties"), dict):
        return chance.choice([*rules.get("examples", []), *rules.get("enum", []), chance.choice(JUNK)])
    known = rules.get("properties", {})
    names = [name for name in known if name in rules.get("required", ()) or chance.random() < 0.2]
    value = {name: written(known[name], defs, chance) for name in names}
    others = rules.get("additionalProperties")
    for name in chance.sample(["a", "b-1", "x-note", "no name", "9", "", "é\n"], chance.choice([0, 0, 1, 2])):
        value[name] = written(others, defs, chance) if isinstance(others, dict) else chance.choice(JUNK)
    return value


@pytest.mark.parametrize("form", FORMS)
def test_the_same_rules_are_broken_in_the_same_places(form: str) -> None:
    rules = FORMS[form]
    defs = (schema(VENDOR) if form == "vendor" else schema())["$defs"]
    seen = set()
    for seed in range(60):
        text = json.dumps(written(rules, defs, random.Random(seed)))
        tree = read(Source("board.yaml", text), Report())
        if tree is None:  # it is no map
            continue
        expected = broken_for_the_oracle(plain(tree), rules, defs)
        assert broken(tree, rules, defs) == expected, text
        seen |= {rule for _, rule, _ in expected}
    assert seen


def test_true_is_not_one_and_a_whole_number_is_one() -> None:
    rules = {"properties": {"a": {"enum": [1, "x"]}, "b": {"type": "integer"}, "c": {"const": True}}}
    for text in ("a: true", "a: 1", "a: 1.0", "b: 2.0", "b: 2.5", "b: true", "c: 1", "c: true", "a: [1]"):
        tree = read(Source("board.yaml", text), Report())
        assert tree is not None
        assert broken(tree, rules, {}) == broken_for_the_oracle(plain(tree), rules, {}), text


def test_a_rule_that_is_not_known_is_not_passed_over() -> None:
    tree = read(Source("board.yaml", "a: 1"), Report())
    assert tree is not None
    with pytest.raises(ValueError, match="no rule of schemas that is known here: oneOf"):
        list(breaches(tree, {"oneOf": []}, {}))
