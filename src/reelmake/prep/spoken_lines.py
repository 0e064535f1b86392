"""What is known of the lines of a storyboard: how long the picked take of each lasts, and when its words are said.

A line needs nothing that is made before it, so its key is known, and its take is looked for like a file. What is not
made yet is guessed. Knows nothing of shots.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from reelmake.errors import LocalTool
from reelmake.model.compiled import Variant
from reelmake.model.medium import SPEECH
from reelmake.model.speech import estimate
from reelmake.model.take import Record, SpokenWord, Take
from reelmake.plan.key import key
from reelmake.plan.shots import shot_steps
from reelmake.plan.spoken_lengths import Utterance
from reelmake.plan.spoken_words import by_pauses, evenly
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.prep.tools import made_with
from reelmake.store.notes import Notes


class Takes(Protocol):
    """Where takes are kept, as ports.Store has it."""

    def find(self, key: str) -> Take | None: ...
    def path(self, take: Take) -> Path: ...


class SpokenLines:
    """`takes`: what is made. A sound is listened to once, and only for captions whose words have no times."""

    def __init__(self, takes: Takes, notes: Notes) -> None:
        self._takes = takes
        self._pauses = Findings(notes, "pauses.json", "1", ())

    def of(
        self, variant: Variant, records: Mapping[str, Record], elsewhere: Mapping[str, tuple[int, int]]
    ) -> dict[str, Utterance]:
        """Every line of one variant, by address. `records`, `elsewhere`: what people chose, as plan/shots has them."""
        lines = {address: slate for address, slate in variant.slates.items() if slate.medium == SPEECH.name}
        made = shot_steps(lines, records, elsewhere=elsewhere)
        steps = {step.id: step for step in made.steps}
        found = {}
        for address, slate in lines.items():
            step, said = steps[made.clips[address].step], slate.orders[0]
            take = self._takes.find(key(replace(step, tool=made_with(step)), {}))
            if take is None or take.facts.seconds is None:
                lasts = estimate(said.prompt, said.language)
                found[address] = Utterance(lasts, evenly(said.prompt, said.language, lasts), measured=False)
            else:
                words = take.facts.words or (
                    self._measured(take, said.prompt, said.language)
                    if variant.board.captions.spoken
                    else evenly(said.prompt, said.language, take.facts.seconds)
                )
                found[address] = Utterance(take.facts.seconds, words, measured=True)
        return found

    def _measured(self, take: Take, text: str, language: str) -> tuple[SpokenWord, ...]:
        try:
            edges = self._pauses.of(take.digest, Question(_pauses, self._takes.path(take)))
        except LocalTool:  # what cannot be heard is told where it is mixed
            edges = ()
        if len(edges) < 2:
            return evenly(text, language, take.facts.seconds or Fraction(0))
        return by_pauses(text, language, [Fraction(int(edge), 1000) for edge in edges])


def _pauses(file: Path) -> Finding:
    from reelmake.media.pauses import pauses

    return pauses(file)
