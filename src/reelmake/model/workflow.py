"""Workflow: a graph of nodes that a ComfyUI of one's own carries out, and where the values of an order go in it.

Made by compile/workflow_file from two files of a project, sent by providers/comfyui. Knows nothing of either.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import field

from reelmake.model.forms import Forms
from reelmake.model.json_value import Json, JsonObject
from reelmake.model.medium import MediumName, Operation
from reelmake.records import dataclass

TEXTS = ("prompt", "avoid", "voice", "style", "language")
NUMBERS = ("seed", "width", "height", "seconds", "frames", "fps")
PICTURES = ("image", "last_image")
FILES = (*PICTURES, "source", "speech")
WORDS = (*TEXTS, *NUMBERS, *FILES)
"""What a place may be for; beside them `reference 1`, `reference 2` …, which are pictures, too."""

Place = tuple[str, str]
"""A node, by its id, and one of its inputs."""


@dataclass(frozen=True, slots=True)
class Workflow:
    """`nodes`: by id, in ComfyUI's API format, those that the `result` hangs on: the node that saves what was ordered.
    `places`: where the value of each word goes. `titles`: what people call nodes. `forms`: frames a second.

    `digest`: sha256 (hex) of all that it says; it does not change with how that is written, or where.
    """

    medium: MediumName
    operation: Operation
    result: str
    nodes: Mapping[str, JsonObject]
    places: Mapping[str, tuple[Place, ...]]
    forms: Forms = field(default_factory=Forms)
    titles: Mapping[str, str] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        said = [self.medium, self.operation, self.result, self.nodes, self.places, self.forms.rate, self.forms.more]
        written = json.dumps(said, sort_keys=True, separators=(",", ":"), default=str)
        return hashlib.sha256(written.encode()).hexdigest()

    @property
    def name(self) -> str:
        """What an order calls it, in its key: what it is, not where it stands."""
        return f"workflow:{self.digest[:32]}"

    @property
    def references(self) -> int:
        """How many reference pictures it takes."""
        return sum(word.startswith("reference ") for word in self.places)

    def filled(self, values: Mapping[str, Json]) -> dict[str, JsonObject]:
        """The nodes with values for its words; what has none is as it was saved."""
        put = {place: value for word, value in values.items() for place in self.places.get(word, ())}
        return {
            id: _with(node, {name: v for (of, name), v in put.items() if of == id}) for id, node in self.nodes.items()
        }

    def called(self, id: str) -> str:
        """A node as people know it: 6 "Positive prompt"."""
        return f'{id} "{self.titles[id]}"' if self.titles.get(id) else id


def _with(node: JsonObject, values: Mapping[str, Json]) -> JsonObject:
    inputs = node.get("inputs")
    return {**node, "inputs": {**inputs, **values}} if values and isinstance(inputs, Mapping) else node


def link(value: object) -> str:
    """The node that an input comes from; "" if it has a value of its own."""
    linked = isinstance(value, list) and len(value) == 2 and isinstance(value[0], str) and isinstance(value[1], int)
    return str(value[0]) if linked and isinstance(value, list) else ""


def needed(nodes: Mapping[str, JsonObject], result: str) -> set[str]:
    """The nodes that a result hangs on, itself among them."""
    found: set[str] = set()
    open_ = [result]
    while open_:
        at = open_.pop()
        if at in nodes and at not in found:
            found.add(at)
            open_ += links(nodes[at])
    return found


def links(node: JsonObject) -> Iterable[str]:
    """The nodes that this one reads."""
    inputs = node.get("inputs")
    return filter(None, map(link, inputs.values())) if isinstance(inputs, Mapping) else ()
