"""The language as editors are told it: its schema, with what this installation adds and what can be inserted.

Editors complete a mapping from `defaultSnippets`; of an example that is no plain value they would show
"[object Object]". Transitions and outputs are what stands on the shelves, those of plug-ins too. Knows nothing of
storyboards.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

from reelmake import catalog
from reelmake.assemble.output_options import Ladder, Number, OneOf, Option, Seconds, TextMap
from reelmake.compile.validate import schema as language

Schema = dict[str, Any]
HARD = "cut"  # what stands where a transition is named, for none


def installed() -> Schema:
    """With what stands on the shelves of this installation."""
    params = {module.NAME: module.PARAMS for module in catalog.members("transitions").values()}
    shelf = catalog.members("outputs").values()
    options = {suffix: module.OPTIONS for module in shelf for suffix in module.SUFFIXES}
    return for_editors(language(), params, options)


def written(schema: Schema) -> str:
    """As a file."""
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"


def for_editors(
    form: Mapping[str, Any],
    transitions: Mapping[str, Mapping[str, object]],
    outputs: Mapping[str, Mapping[str, Option]],
) -> Schema:
    """`form`: the language's own schema. `transitions`: parameters with their defaults, by name; `outputs`: options by
    suffix."""
    schema: Schema = {"$comment": "made from src/reelmake/compile/language.json: `make docs`, or `reelmake schema`"}
    schema |= copy.deepcopy(dict(form))
    _name_transitions(schema["$defs"]["into"], transitions)
    places = [schema["properties"]["outputs"], schema["$defs"]["profile"]["properties"]["outputs"]]
    for place in places:
        _name_outputs(place, schema["$defs"]["output"], outputs)
    for node in list(_nodes(schema)):
        _offer(node)
    return schema


def _name_transitions(into: Schema, transitions: Mapping[str, Mapping[str, object]]) -> None:
    length, what = into["additionalProperties"], "A parameter of this transition."
    into["properties"] = {}
    for name, params in sorted(transitions.items()):
        rules = copy.deepcopy(length)
        rules |= {"title": name, "description": f"The transition {name}: seconds of overlap, or a mapping."}
        rules["default"] = 0.5
        rules["properties"] |= {
            param: {"title": param.capitalize(), "description": what, "default": default, "examples": [default]}
            for param, default in params.items()
        }
        rules |= {"additionalProperties": False, "examples": [0.5, {"seconds": 0.5, **params}]}
        into["properties"][name] = rules
    into["additionalProperties"] = False
    into["anyOf"] = [{"type": "object"}, {"enum": [*sorted(transitions), HARD]}]


def _name_outputs(place: Schema, common: Schema, outputs: Mapping[str, Mapping[str, Option]]) -> None:
    place["patternProperties"] = {}
    for suffix, options in sorted(outputs.items()):
        rules = copy.deepcopy(common)
        rules["title"] = f"Output {suffix}"
        own = {name: _option(name, option) for name, option in options.items() if option.rule is not None}
        rules["properties"] = {**rules["properties"], **own} if "size" in options else own
        rules |= {"additionalProperties": False, "examples": [{}]}
        place["patternProperties"][rf"\{suffix}$"] = rules
    place["additionalProperties"] = False


def _option(name: str, option: Option) -> Schema:
    rules: Schema = {"title": name.capitalize(), "description": option.meaning[:1].upper() + option.meaning[1:] + "."}
    rules |= {"default": option.default, "examples": [option.default]}
    match option.rule:
        case Number(low=low, high=high):
            rules |= {"type": "integer", "minimum": low, "maximum": high}
            rules["examples"] = [option.default] if isinstance(option.default, int) else [low]
        case Seconds():
            rules |= {"type": "number", "minimum": 0, "examples": [0.5]}
        case OneOf(values=values):
            rules["enum"] = list(values)
        case TextMap(names=names):
            rules |= {"type": "object", "properties": {each: {"type": "string"} for each in names}}
            rules |= {"additionalProperties": False, "examples": [{names[0]: "…"}]}
        case Ladder():
            rules |= {"type": ["array", "object"], "examples": [[360, 720, 1080]]}
    return rules


def _offer(node: Schema) -> None:
    """What can be inserted: examples, and no default of every key there is. A default is told instead."""
    default = node.pop("default", None)
    if "description" in node and isinstance(default, str | int | float) and default != "":
        node["description"] += f" Default: {json.dumps(default, ensure_ascii=False)}."
    examples, kinds = node.pop("examples", []), node.get("type", [])
    mixed = "object" in kinds and kinds != "object"  # of a mapping that may be a text, editors offer that inside it too
    plain = [each for each in examples if not isinstance(each, dict | list) and each != ""]
    if plain and not mixed:
        node["examples"] = plain
    items = node.get("items")
    numbers = isinstance(items, dict) and items.get("type") == "number"
    if items is None or numbers:  # a list is offered among its own items, too
        whole = [each for each in examples if isinstance(each, dict | list) and each]
        node["defaultSnippets"] = [{"label": json.dumps(e, ensure_ascii=False), "body": _literal(e)} for e in whole]
    if not node.get("defaultSnippets", True):
        del node["defaultSnippets"]
    if numbers:
        node["allOf"] = [*node.get("allOf", []), {"items": node.pop("items")}]  # whole lists are inserted


def _literal(value: Any) -> Any:
    """As a snippet that inserts just this: a dollar begins a field to fill in."""
    if isinstance(value, dict):
        return {name: _literal(below) for name, below in value.items()}
    if isinstance(value, list):
        return [_literal(below) for below in value]
    return value.replace("$", "\\$") if isinstance(value, str) else value


def _nodes(node: Any) -> Iterator[Schema]:
    if isinstance(node, dict):
        yield node
        for name, value in node.items():
            if name not in ("examples", "default", "enum", "const"):
                yield from _nodes(value)
    elif isinstance(node, list):
        for value in node:
            yield from _nodes(value)
