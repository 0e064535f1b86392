"""The workflows of a project: which tiers name one as their model, and what it can do. Each is read once.

Knows nothing of what stands in such a file (workflow_file), and loads nobody who does where there is none.
"""

from __future__ import annotations

import posixpath
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.compile.merge import ProjectTexts
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.model.forms import Forms
from reelmake.model.provider import Capabilities, Limits, Model
from reelmake.model.storyboard import Storyboard

if TYPE_CHECKING:
    from reelmake.model.workflow import Workflow

Read = dict[str, "Workflow | None"]
"""Binding files that were looked for, by their paths; each is opened and judged once."""
ONE = Limits(in_flight=1)  # one graphics card does one thing at a time


def with_workflows(
    root: Node, board: Storyboard, kinds: Mapping[str, Capabilities], texts: ProjectTexts, files: Read
) -> tuple[dict[str, Capabilities], dict[str, dict[str, Model]]]:
    """The kinds whose models are workflows of this board, with their forms, and the models, by kind and by what a tier
    calls them; what is wrong has been reported."""
    models: dict[str, dict[str, Model]] = {}
    for tier in board.tiers.values():
        spec, place = board.providers.get(tier.provider), root.get("tiers", tier.name, "model")
        kind = kinds.get(spec.kind) if spec is not None else None
        if kind is None or not kind.workflows or place is None or place.kind != "text":
            continue
        path = project_path(place.value, place.span, texts.report)
        if path is None:
            continue
        if path not in files:
            from reelmake.compile.workflow_file import read_workflow

            source = texts.open(path, place.span)
            files[path] = read_workflow(source, path, texts) if source is not None else None
        if (found := files[path]) is not None:
            models.setdefault(kind.kind, {})[tier.model] = _model(tier.model, kind.kind, found)
    return {name: _formed(kinds[name], known) for name, known in models.items()}, models


def _model(name: str, kind: str, workflow: Workflow) -> Model:
    clip = workflow.medium == "clip"
    return Model(
        name,
        kind,
        medium=workflow.medium,
        operations=frozenset({workflow.operation}),
        image="image" in workflow.places,
        needs_image=clip and "image" in workflow.places,
        last_image="last_image" in workflow.places,
        references=workflow.references,
        prices={0: Decimal(0)},
        limits=ONE,
        source=posixpath.basename(name),
        workflow=workflow,
    )


def _formed(kind: Capabilities, models: Mapping[str, Model]) -> Capabilities:
    """With how each of the workflows is told of lengths and sizes."""
    flows = {name: model.workflow for name, model in models.items() if model.workflow is not None}
    acts = ("text", "still", "edit", "lipsync", "upscale", "interpolate")
    asked = {(act, name): frozenset(flow.places) for name, flow in flows.items() for act in acts}
    return replace(kind, forms=Forms(models={name: flow.forms for name, flow in flows.items()}), asked=asked)
