"""What there is to note about a build: by its takes, whenever they were made, and by what its run came upon.

Knows nothing of where takes are kept and of how notes are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.plan.result import BuildNote

if TYPE_CHECKING:
    from reelmake.model.events import Noted
    from reelmake.model.step import Step
    from reelmake.model.take import Take


def notes(steps: Mapping[str, Step], takes: Mapping[str, Take], heard: Iterable[Noted] = ()) -> tuple[BuildNote, ...]:
    """In the order of `steps`, which has every input before its user; then what is of no take. What several steps say
    of one shot is one note."""
    found: dict[tuple[str, str], BuildNote] = {}
    for id, step in steps.items():
        for words in takes[id].facts.notes if id in takes else ():
            note = found.get((step.noted_of, words)) or BuildNote(words, id, step.noted_of)
            outputs = dict.fromkeys((*note.outputs, *_outputs(steps, id)))
            found[note.shot, words] = replace(note, outputs=tuple(outputs))
    for event in heard:
        passing = BuildNote(event.message, event.step, event.shot, lasting=False)
        found.setdefault((event.shot, event.message), passing)
    return tuple(found.values())


def _outputs(steps: Mapping[str, Step], id: str) -> list[str]:
    """The outputs that a step leads to."""
    reached = {id}
    for step in steps.values():
        if any(given.step in reached for given in step.inputs):
            reached.add(step.id)
    return [steps[step].output for step in steps if step in reached and steps[step].output]
