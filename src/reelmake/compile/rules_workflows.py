"""Rules about workflows of the project (RM581 to RM586): what a shot has, the workflow takes, and the other way round.

What a first image is to a model holds for them as for others (rules_models). Know nothing of how a workflow is sent.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.compile.given import Given, Rule
from reelmake.compile.node import Node
from reelmake.compile.reference_images import NONE
from reelmake.compile.settle import Settled
from reelmake.compile.speaking import speaking
from reelmake.diagnostics import Note, Report
from reelmake.model.storyboard import Shot
from reelmake.model.workflow import Workflow, link

_OF_VOICES = ("voice", "style", "language")


def files(given: Given, report: Report) -> None:
    """A place for a file that a shot does not have would show the one that the workflow was saved with."""
    spoken = speaking(given.board, given.settled)
    for shot in given.generated:
        settled = given.settled[shot.id]
        flow = _flow(settled)
        if flow is None or shot.id in given.broken or flow.medium != shot.medium:
            continue
        along = len(given.images.get(shot.id, NONE).along)
        if "last_image" in flow.places and not shot.last_image:
            _lacks(f'takes a last image, and "{shot.id}" has none', shot, settled, report)
        if along < flow.references:
            pictures = f"{flow.references} reference picture{'s' * (flow.references > 1)}"
            _lacks(f'takes {pictures}, and "{shot.id}" has {along or "none"}', shot, settled, report)

        if "speech" in flow.places and not (shot.id in spoken and spoken[shot.id].sent):
            _lacks(f'is sent what a character says, and none says anything in "{shot.id}"', shot, settled, report)


def _lacks(says: str, shot: Shot, settled: Settled, report: Report) -> None:
    span = settled.tier.spans.get("model") if settled.tier is not None else None
    hint = "give it that, or bind the workflow without it in another file, for a tier of its own"
    notes = [Note("its tier names the workflow here", span)] if span is not None else []
    report.error("RM586", f'the workflow "{settled.called}" {says}', shot.span, notes=notes, hint=hint)


def voices(given: Given, report: Report) -> None:
    """How a line is spoken has a place in the workflow that speaks it."""
    seen = set[str]()
    for line in given.board.lines:
        voice, flow = given.board.voice(line), _flow(given.settled[line.id])
        if voice is None or flow is None or voice.name in seen:
            continue
        seen.add(voice.name)
        for word in _OF_VOICES:
            if getattr(voice, word) and word not in flow.places:
                called = given.settled[line.id].called
                says = f'the workflow "{called}" has no place for the {word} of "{voice.name}"'
                hint = f"bind an input to it: `{word}: NODE.INPUT`"
                report.error("RM586", says, voice.spans.get(word, voice.span), hint=hint)


def extras(given: Given, report: Report) -> None:
    """Extras are values of inputs: {"6.steps": 30}."""
    for shot in given.generated:
        settled = given.settled[shot.id]
        flow, tier = _flow(settled), settled.tier
        if flow is None:
            continue
        noun = "shots" if shot.id in given.board.shots else "stills"
        said = [(name, key) for name, key, _ in given.root.entries(noun, shot.id, "extras")]
        said += [(name, key) for name, key, _ in given.root.entries("tiers", tier.name, "extras")] if tier else []
        for name, key in said:
            _extra(name, key, flow, settled.called, report)


def _extra(name: str, key: Node, flow: Workflow, called: str, report: Report) -> None:
    id, _, named = name.partition(".")
    inputs = flow.nodes.get(id, {}).get("inputs")
    held: Mapping[str, object] = inputs if isinstance(inputs, dict) else {}
    near = [f"{of}.{one}" for of, node in flow.nodes.items() for one in _values(node.get("inputs"))]
    if named not in held or link(held[named]):
        says = f'the workflow "{called}" has no value at "{name}" that could be another'
        report.error("RM582", says, key.span, near=(name, near))
    elif bound := next((word for word, places in flow.places.items() if (id, named) in places), ""):
        report.error("RM585", f'"{name}" is bound already, for {bound}', key.span)


def _values(inputs: object) -> list[str]:
    return [name for name, value in inputs.items() if not link(value)] if isinstance(inputs, dict) else []


def _flow(settled: Settled) -> Workflow | None:
    return settled.model.workflow if settled.model is not None else None


RULES: tuple[Rule, ...] = (files, voices, extras)
