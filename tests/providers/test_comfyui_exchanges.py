"""Recorded exchanges with a ComfyUI: one file a fact, from its server.py and execution.py as they are remembered."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.forms import Forms
from reelmake.model.provider import Model
from reelmake.model.remote import Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.workflow import Workflow
from reelmake.providers.comfyui import converse
from reelmake.providers.comfyui.conversation import ComfyUI, ours
from tests.support import exchange as record

EXCHANGES = record.load(Path(__file__).parent / "exchanges" / "comfyui")
NODES: dict[str, Any] = {
    "2": {"class_type": "CLIPTextEncode", "inputs": {"text": "a cat", "clip": ["4", 0]}},
    "4": {"class_type": "CLIPLoader", "inputs": {"clip_name": "umt5.safetensors"}},
    "5": {"class_type": "LoadImage", "inputs": {"image": "example.png"}},
    "6": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "length": 33, "positive": ["2", 0]}},
    "9": {"class_type": "SaveVideo", "inputs": {"video": ["6", 0]}},
}
PLACES = {"prompt": (("2", "text"),), "seed": (("6", "seed"),), "frames": (("6", "length"),)}
TITLES = {"2": "Positive", "6": "Sampler"}
FLOW = Workflow("clip", "generate", "9", NODES, PLACES, Forms(rate=Fraction(16), more=1), TITLES)


def submission(**told: Any) -> Submission:
    places = {**PLACES, **dict.fromkeys(told.get("inputs", ()), (("5", "image"),))}
    flow = replace(FLOW, places=places) if told.pop("placed", True) else FLOW
    made = record.order(**told)
    return replace(made, order=replace(made.order, known=Model("wan.yaml", "comfyui", workflow=flow)))


def talk(conversation: ComfyUI, ask: str, told: dict[str, Any]) -> Any:
    if ask == "submit":
        return conversation.submit(submission(**told))
    if ask == "find":
        return conversation.find(record.attempt(**told))
    return getattr(conversation, ask)(**told)


@pytest.mark.parametrize("exchange", [e[2] for e in EXCHANGES], ids=[e[0] for e in EXCHANGES])
def test_an_exchange(exchange: dict[str, Any]) -> None:
    conversation = converse(ProviderSpec("gpu", "comfyui"))
    record.check(exchange, talk(conversation, exchange["ask"], exchange["with"]))


def test_an_id_is_a_uuid_and_always_the_same() -> None:
    assert ours("token-1") == ours("token-1") == "3f08aace-122e-4236-8432-c1ca23a049bc"
    assert ours("token-2") != ours("token-1")


def test_a_workflow_is_known_by_what_it_says() -> None:
    again = Workflow("clip", "generate", "9", dict(reversed(NODES.items())), dict(reversed(PLACES.items())), FLOW.forms)
    assert again.name == FLOW.name
    others = (
        replace(FLOW, result="6"),
        replace(FLOW, forms=Forms(rate=Fraction(24), more=1)),
        replace(FLOW, places={**PLACES, "seed": (("6", "steps"),)}),
        replace(FLOW, nodes={**NODES, "5": {"class_type": "LoadImage", "inputs": {"image": "other.png"}}}),
    )
    assert len({FLOW.name, *(flow.name for flow in others)}) == 5
