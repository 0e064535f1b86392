"""Which input of an order was flagged: told by the provider's own name of it, and said where the storyboard has it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from reelmake.errors import Moderated, Refused
from reelmake.model.http import Response
from reelmake.plan.flagged import flagged
from reelmake.plan.layout import Layout
from reelmake.providers._answers import refusal
from reelmake.session.project import look, read
from reelmake.session.workspace import Workspace

BOARD = """\
reelmake: 1
providers: {studio: {kind: openai-images, base_url: "http://localhost:1/v1"}}
tiers: {pen: {provider: studio, model: gpt-image-2, size: 64x48, price: 1}}
defaults: {tier: pen, still: pen}
stills:
  key: {prompt: A kite.}
  both: {prompt: Two of them., references: [key, refs/a.png]}
  dusk: {edit: key, prompt: At dusk.}
shots:
  card: {file: {still: both}}
  other: {file: {still: dusk}}
"""


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    from PIL import Image

    (tmp_path / "refs").mkdir()
    Image.new("RGB", (64, 48)).save(tmp_path / "refs" / "a.png")
    (tmp_path / "storyboard.yaml").write_text(BOARD)
    project = read(Workspace(tmp_path / "storyboard.yaml"))
    assert project.script.ok, project.script.diagnostics
    return look(project).layout


@pytest.mark.parametrize(
    ("still", "field", "said", "line"),
    [
        ("key", "prompt", "its prompt", 6),
        ("key", "body.prompt", "its prompt", 6),
        ("both", "images[1]", "reference 2, refs/a.png", 7),
        ("both", "reference_images.0", "reference 1, the still key", 7),
        ("both", "image", "", None),
        ("both", "images[7]", "", None),
        ("both", "size", "", None),
        ("dusk", "image", "its first picture, the still key", 8),
        ("key", "image", "", None),
        ("key", "", "", None),
    ],
)
def test_what_is_plain_is_said_and_the_rest_is_not_guessed(
    layout: Layout, still: str, field: str, said: str, line: int | None
) -> None:
    step = layout.graph.steps[f"still:{still}#1"]
    what, span = flagged(step, layout.slates[still], field)
    assert what == said
    assert (span.source.text[: span.start].count("\n") + 1 if span else None) == line


def test_a_line_is_called_what_is_said(layout: Layout) -> None:
    step = layout.graph.steps["still:key#1"]
    assert step.order
    spoken = replace(step, work=replace(step.order, medium="speech"))
    assert flagged(spoken, layout.slates["key"], "input")[0] == "what is said"


@pytest.mark.parametrize(
    ("body", "kind", "field"),
    [
        ({"error": {"message": "no", "code": "moderation_blocked", "param": "prompt"}}, Moderated, "prompt"),
        ({"error": {"message": "no", "code": "invalid_value", "param": "image[1]"}}, Refused, "image[1]"),
        (
            {"detail": [{"loc": ["body", "image_url"], "msg": "flagged", "type": "value_error"}]},
            Refused,
            "body.image_url",
        ),
        ({"error": {"message": "no", "code": "invalid_value"}}, Refused, ""),
    ],
)
def test_what_a_reply_names_goes_along_with_the_error(body: object, kind: type[Refused], field: str) -> None:
    error = refusal(Response(400, {}, json.dumps(body).encode()), paid=True)
    assert type(error) is kind
    assert error.field == field
