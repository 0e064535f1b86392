"""Turnaround: how long takes have taken so far, by provider and model, and what that lets one expect.

Remembered from run to run; newer takes count for more. Knows nothing of plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property

from reelmake.model.job import Job
from reelmake.plan.shots import EXPECTED
from reelmake.store.notes import Notes

LOCAL = 0.4  # seconds that a second of sketch takes, until we have learned better
_NOTE = "pace.json"


class Turnaround:
    """Of a project: seconds of waiting for a second of clip, as learned from its past runs."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def expected(self, job: Job) -> float:
        """Seconds a job will take: what takes of its provider and model took so far, or a guess."""
        learned = self._known.get(f"{job.provider} {job.model}")
        if learned is not None:
            return float(learned) * float(job.seconds)
        return float(job.seconds) * LOCAL if job.local else EXPECTED

    @property
    def usual(self) -> dict[str, dict[str, float]]:
        """By provider, then by model."""
        usual: dict[str, dict[str, float]] = {}
        for name, seconds in self._known.items():
            provider, _, model = name.partition(" ")
            usual.setdefault(provider, {})[model] = seconds
        return usual

    def learn(self, takes: Iterable[tuple[Job, float]], pace: Mapping[str, Mapping[str, float]]) -> None:
        """Remembers how long takes made here took (seconds), and the pace of providers, as in `usual`."""
        seen = [(f"{job.provider} {job.model}", took / max(0.1, float(job.seconds))) for job, took in takes]
        seen += [(f"{name} {model}", seconds) for name, models in pace.items() for model, seconds in models.items()]
        learned = dict(self._known)
        for name, seconds in seen:
            learned[name] = round(seconds if name not in learned else 0.7 * learned[name] + 0.3 * seconds, 3)
        if learned != self._known:
            self._notes.write(_NOTE, learned)

    @cached_property
    def _known(self) -> dict[str, float]:
        """By provider and model, with a space between."""
        noted = self._notes.read(_NOTE).items()
        return {name: float(seen) for name, seen in noted if isinstance(seen, int | float) and seen > 0}
