"""What is known of the lines of a storyboard: how long the picked take of each lasts, and when its words are said.

A line needs nothing that is made before it, so its key is known, and its take is looked for like a file. What is not
made yet is guessed. Knows nothing of shots.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Protocol

from reelmake.errors import LocalTool
from reelmake.model.compiled import Variant
from reelmake.model.medium import SPEECH
from reelmake.model.order import Order
from reelmake.model.speech import estimate
from reelmake.model.take import Record, SpokenWord, Take
from reelmake.plan.key import key
from reelmake.plan.shots import shot_steps
from reelmake.plan.spoken_lengths import Utterance
from reelmake.plan.spoken_words import by_pauses, evenly
from reelmake.ports import Store
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.prep.tools import made_with
from reelmake.store.notes import Notes


class Takes(Protocol):
    """Where takes are kept, as ports.Store has it. `ask`: keys that will be looked for, all that there are."""

    def ask(self, keys: Collection[str]) -> None: ...
    def find(self, key: str) -> Take | None: ...
    def path(self, take: Take) -> Path: ...


class Reachable:
    """What can be used: takes of this `store`, and those that a run brings from further shelves, whose bytes are not
    here yet. `pinned`: the keys that the lock file names."""

    def __init__(self, store: Store, pinned: Collection[str]) -> None:
        self._store, self._asked = store, set[str]()
        self._further: dict[str, Take] = {}
        self._pinned = pinned
        self.path = store.path

    def ask(self, keys: Collection[str]) -> None:
        """One question to further shelves, for these and, the first time, for what is pinned."""
        new = {*keys, *self._pinned} - self._asked
        self._asked |= new
        self._further |= self._store.elsewhere(new)

    def find(self, key: str) -> Take | None:
        return self._store.find(key) or self._further.get(key)


class SpokenLines:
    """`takes`: what is made. A sound is listened to once, and only for captions whose words have no times."""

    def __init__(self, takes: Takes, notes: Notes) -> None:
        self._takes = takes
        self._pauses = Findings(notes, "pauses.json", "1", ())

    def of(
        self, variants: Sequence[Variant], records: Mapping[str, Record], elsewhere: Mapping[str, tuple[int, int]]
    ) -> dict[str, Utterance]:
        """Every line of these variants, by address, with its words where captions are made of them.

        `records`, `elsewhere`: what people chose, as plan/shots has them.
        """
        wanted = [(v, *line) for v in variants if v.board.lines for line in _lines(v, records, elsewhere)]
        if wanted:
            self._takes.ask([made for *_, made, paid in wanted if paid])
        found = {}
        for variant, address, said, made, _ in wanted:
            take = self._takes.find(made)
            measured = take.facts.seconds if take is not None else None
            lasts = estimate(said.prompt, said.language) if measured is None else measured
            words: tuple[SpokenWord, ...] = ()
            if variant.board.captions.spoken:
                words = evenly(said.prompt, said.language, lasts) if take is None else self._words(take, said, lasts)
            found[address] = Utterance(lasts, words, measured is not None)
        return found

    def _words(self, take: Take, said: Order, lasts: Fraction) -> tuple[SpokenWord, ...]:
        if take.facts.words:
            return take.facts.words
        file = self._takes.path(take)
        try:
            edges = self._pauses.of(take.digest, Question(_pauses, file)) if file.exists() else ()
        except LocalTool:  # what cannot be heard is told where it is mixed
            edges = ()
        if len(edges) < 2:
            return evenly(said.prompt, said.language, lasts)
        return by_pauses(said.prompt, said.language, [Fraction(int(edge), 1000) for edge in edges])


def _lines(
    variant: Variant, records: Mapping[str, Record], elsewhere: Mapping[str, tuple[int, int]]
) -> Iterator[tuple[str, Order, str, bool]]:
    """The address of each line, what is ordered, the key of the take that is picked, and whether it is paid for."""
    lines = {address: slate for address, slate in variant.slates.items() if slate.medium == SPEECH.name}
    made = shot_steps(lines, records, elsewhere=elsewhere)
    steps = {step.id: step for step in made.steps}
    for address, slate in lines.items():
        step = steps[made.clips[address].step]
        yield address, slate.orders[0], key(replace(step, tool=made_with(step)), {}), step.paid


def _pauses(file: Path) -> Finding:
    from reelmake.media.pauses import pauses

    return pauses(file)
