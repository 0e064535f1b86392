"""Whose turn it is: which fault meets the next request of a stage. Knows nothing of what a fault does."""

from __future__ import annotations

from collections.abc import Iterable

from reelmake_fake.faults import ENDS, STAGES, Fault, Stage, parse, rule


class Cues:
    """`words`: the script of jobs that bring none; `rules`: for whoever asks, by number. Raises ValueError."""

    def __init__(self, words: Iterable[str], rules: Iterable[str]) -> None:
        self.words = tuple(words)
        parse(self.words)
        self.rules = [rule(text) for text in rules]
        self._met: dict[Stage, int] = dict.fromkeys(STAGES, 0)

    def next(self, stage: Stage, words: tuple[str, ...], used: int) -> Fault | None:
        """The next of a job's own words for this stage, of which `used` are used up; else what the rules say."""
        self._met[stage] += 1
        own: list[Fault] = []
        for fault in parse(words):
            if fault.stage == stage and fault.name not in ENDS:
                own += [fault] * (int(fault.number(3)) if fault.name == "stall" else 1)
        if used < len(own):
            return own[used]
        return next((r.fault for r in self.rules if r.fault.stage == stage and r.meets(self._met[stage])), None)
