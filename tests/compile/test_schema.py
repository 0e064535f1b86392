"""The schema is the reference: every key has a title, a description, a default and examples, and those are valid."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from reelmake.compile import rules_shots, typed_shots
from reelmake.compile.validate import schema
from reelmake.model.order import RELATIONS
from tests.compile.casebook import Case

SCHEMA = schema()


def keys(node: Any, where: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every key that an author may write, and every named shape, with the place of its definition."""
    if not isinstance(node, dict):
        return
    for group in ("properties", "patternProperties", "$defs"):
        for name, child in node.get(group, {}).items():
            yield f"{where}/{group}/{name}", child
            yield from keys(child, f"{where}/{group}/{name}")
    for group in ("additionalProperties", "items"):
        if isinstance(node.get(group), dict):
            yield f"{where}/{group}", node[group]
            yield from keys(node[group], f"{where}/{group}")


KEYS = dict(keys(SCHEMA, ""))


def test_it_is_json_schema_2020_12() -> None:
    assert SCHEMA["$schema"].endswith("2020-12/schema")
    Draft202012Validator.check_schema(SCHEMA)


@pytest.mark.parametrize("where", KEYS)
def test_editors_can_explain_and_complete(where: str) -> None:
    node = KEYS[where]
    if "$ref" in node:
        name = node["$ref"].removeprefix("#/$defs/")
        assert name in SCHEMA["$defs"]
        return
    assert node["title"]
    assert node["description"].endswith(".")
    assert "default" in node
    assert node["examples"]
    for example in node["examples"]:
        assert not list(Draft202012Validator({**node, "$defs": SCHEMA["$defs"]}).iter_errors(example)), example


@pytest.mark.parametrize("where", [w for w, node in KEYS.items() if "pattern" in node])
def test_a_pattern_says_what_it_means(where: str) -> None:
    assert KEYS[where]["patternErrorMessage"]


def test_defaults_are_what_the_code_does() -> None:
    script = Case("reelmake: 1\nshots:\n  a: {prompt: A city}\n").compile()
    (variant,) = script.variants
    (job,) = variant.slates["a"].orders
    shot = SCHEMA["$defs"]["shot"]["properties"]
    assert job.tier == shot["tier"]["default"]
    assert str(job.size) == shot["size"]["default"]
    assert job.seconds == shot["seconds"]["default"]
    assert job.variation == shot["variation"]["default"]
    assert variant.board.fps == SCHEMA["properties"]["fps"]["default"]
    assert {o.path: {} for o in variant.board.outputs} == SCHEMA["properties"]["outputs"]["default"]


def test_what_the_code_lists_is_in_the_schema() -> None:
    shot = SCHEMA["$defs"]["shot"]["properties"].keys()
    assert set(typed_shots.PARTS) | {"avoid"} == SCHEMA["$defs"]["prompt"]["properties"].keys()
    assert set(RELATIONS) <= shot
    assert set(rules_shots.NOT_FOR_FOOTAGE) <= shot
