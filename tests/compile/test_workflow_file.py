"""Workflows and their bindings, whatever stands in them: a workflow, or diagnostics; the same one however written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.diagnostics import draw
from tests.compile.casebook import Case

BOARD = """\
reelmake: 1
providers:
  gpu: {kind: comfyui}
tiers:
  final: {provider: gpu, model: w.yaml}
shots:
  park: {prompt: A park., tier: final}
"""
NODES: dict[str, Any] = {
    "2": {
        "class_type": "CLIPTextEncode",
        "inputs": {"text": "a cat", "clip": ["4", 0]},
        "_meta": {"title": "Positive"},
    },
    "4": {"class_type": "CLIPLoader", "inputs": {"clip_name": "umt5.safetensors"}},
    "6": {"class_type": "KSampler", "inputs": {"seed": 1, "steps": 20, "seconds": 3.5, "positive": ["2", 0]}},
    "9": {"class_type": "SaveVideo", "inputs": {"video": ["6", 0]}},
}
BINDING: dict[str, Any] = {
    "binding": 1,
    "workflow": "w.json",
    "makes": "clip",
    "result": "9",
    "inputs": {"prompt": "2.text", "seed": "6.seed", "seconds": "6.seconds"},
}
names = st.sampled_from(["2", "4", "6", "9", "text", "seed", "clip", "", "a.b", "\u202e", "é", '"'])
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | names | st.lists(names, max_size=2),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(names, inner, max_size=3),
    max_leaves=6,
)
places = st.builds("{}.{}".format, names, names) | st.sampled_from(["2.text", "6.seed", "6.seconds"])


def model(nodes: str, binding: str) -> str:
    script = Case(BOARD, {"w.json": nodes, "w.yaml": binding}).compile()
    assert script.variants, [d.message for d in script.diagnostics]
    return script.variants[0].slates["park"].orders[0].model


def test_a_workflow_is_the_same_however_it_is_written() -> None:
    usual = model(json.dumps(NODES), json.dumps(BINDING))
    others = {**NODES, "12": {"class_type": "Note", "inputs": {"text": "x"}}}
    untitled = {id: {"inputs": node["inputs"], "class_type": node["class_type"]} for id, node in NODES.items()}
    for nodes in (dict(reversed(NODES.items())), others, untitled):
        assert model(json.dumps(nodes, indent=4), json.dumps(BINDING)) == usual
    lines = 'inputs:\n  seconds: 6.seconds\n  seed: [6.seed]\n  prompt: "2.text"\n'
    assert model(json.dumps(NODES), f"# ours\nbinding: 1\n{lines}result: 9\nmakes: clip\nworkflow: ./w.json\n") == usual
    more = {**NODES, "6": {**NODES["6"], "inputs": {**NODES["6"]["inputs"], "steps": 21}}}
    assert model(json.dumps(more), json.dumps(BINDING)) != usual


bound = st.dictionaries(st.sampled_from(["prompt", "image", "avoid", "seed"]), places | st.lists(places, max_size=2))


@given(st.dictionaries(names, values, max_size=4), bound, names)
def test_whatever_stands_there_is_said(nodes: dict[str, Any], inputs: dict[str, Any], result: str) -> None:
    for written in (nodes, NODES | nodes, {id: {"class_type": "SaveVideo", "inputs": v} for id, v in nodes.items()}):
        binding = {**BINDING, "inputs": inputs or BINDING["inputs"], "result": result}
        script = Case(BOARD, {"w.json": json.dumps(written), "w.yaml": json.dumps(binding)}).compile()
        assert script.ok == bool(script.variants)
        assert all(draw(d) for d in script.diagnostics)


@pytest.mark.parametrize(
    "text",
    ["[" * 100_000, '{"1": ' + "[" * 900 + "]" * 900 + "}", '{"1": 1e999}', '{"1": NaN}', '{"\\ud800": 1}', "", "[]",
     '{"1": {"class_type": "X", "inputs": []}}', '{"prompt": {}}', '{"1": ' + "9" * 5000 + "}"],
    ids=range(10),
)  # fmt: skip
def test_what_is_no_workflow(text: str) -> None:
    script = Case(BOARD, {"w.json": text, "w.yaml": json.dumps(BINDING)}).compile()
    assert [d.code for d in script.diagnostics if d.severity == "error"] == ["RM580"]
