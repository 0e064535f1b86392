"""What a project remembers from run to run, and could do without: how long work took (newer work counts for more),
which clips a provider no longer has, what vendors say of their models. Knows nothing of plans, nor of who asks.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from functools import cached_property

from reelmake import catalog
from reelmake.diagnostics import Report, Source
from reelmake.model.medium import MEDIA
from reelmake.model.order import Order
from reelmake.model.provider import Model
from reelmake.plan.provider_queue import sort_of
from reelmake.store.notes import Notes

LOCAL = 0.4  # seconds that a second of sketch takes, until we have learned better
ENOUGH = 1.0  # expected seconds of local work from which it tells something
_ENDLESS = 1e9  # seconds
_TAKES, _LOCAL, _GONE, _MODELS = "pace.json", "local-pace.json", "gone.json", "models.json"


class Durations:
    """Of a project: seconds of waiting for a second of clip, as learned from its past runs.

    `crowd`: how many times slower this machine is now for what else it does, as far as that is known."""

    def __init__(self, notes: Notes, crowd: float = 1.0) -> None:
        self._notes, self._crowd = notes, crowd

    def expected(self, job: Order) -> float:
        """Seconds a job will take: what its like took so far, or a guess."""
        learned = self._known.get(_sort(job))
        if learned is not None:
            return float(learned) * _length(job)
        return _length(job) * LOCAL * self._crowd if job.local else MEDIA[job.medium].takes

    @property
    def pace(self) -> float:
        """How many times as long as expected a local step takes here, sharing this machine with others as it must."""
        return self._local or self._crowd

    @cached_property
    def _local(self) -> float:
        """0 = nothing is known."""
        return _seconds(self._notes.read(_LOCAL).get("pace"))

    def learn_local(self, steps: Iterable[tuple[float, float]]) -> None:
        """Remembers how long local steps were expected to take, and took."""
        expected, took = map(sum, zip(*steps, strict=True)) if (steps := list(steps)) else (0.0, 0.0)
        if expected < ENOUGH:
            return
        before, now = self._local, took / expected
        pace = 0.5 * before + 0.5 * now if before else now
        self._notes.write(_LOCAL, {"pace": round(pace, 3)})

    @property
    def usual(self) -> dict[str, dict[str, float]]:
        """By provider, then by the sort of job."""
        usual: dict[str, dict[str, float]] = {}
        for name, seconds in self._known.items():
            provider, _, sort = name.partition(" ")
            usual.setdefault(provider, {})[sort] = seconds
        return usual

    def learn(self, takes: Iterable[tuple[Order, float]], pace: Mapping[str, Mapping[str, float]]) -> None:
        """Remembers how long takes made here took (seconds), and the pace of providers, as in `usual`."""
        seen = [(_sort(job), took / max(0.1, _length(job))) for job, took in takes]
        seen += [(f"{name} {sort}", seconds) for name, sorts in pace.items() for sort, seconds in sorts.items()]
        learned = dict(self._known)
        for name, seconds in seen:
            learned[name] = round(seconds if name not in learned else 0.7 * learned[name] + 0.3 * seconds, 3)
        if learned != self._known:
            self._notes.write(_TAKES, learned)

    @cached_property
    def _known(self) -> dict[str, float]:
        """By provider and sort of job, with a space between."""
        noted = self._notes.read(_TAKES).items()
        return {name: seconds for name, seen in noted if (seconds := _seconds(seen))}


def _seconds(noted: object) -> float:
    """What something may have taken; 0 = nothing that it can have. Notes may have been edited."""
    return float(noted) if isinstance(noted, int | float) and 0 < noted < _ENDLESS else 0.0


def _sort(order: Order) -> str:
    return f"{order.provider} {sort_of(order.model, order.medium, order.operation)}"


def _length(order: Order) -> float:
    """Seconds; 1 for what has no length."""
    return float(order.seconds) if order.seconds is not None else 1.0


class GoneClips:
    """Of a project; a clip is known by (provider, remote)."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    @property
    def known(self) -> set[tuple[str, str]]:
        noted = self._notes.read(_GONE)
        return {(provider, remote) for provider, ids in noted.items() if isinstance(ids, list) for remote in ids}

    def update(self, answers: Mapping[tuple[str, str], bool]) -> None:
        """Notes which clips are there (True) and which are not."""
        known = self.known
        now = (known - answers.keys()) | {pair for pair, there in answers.items() if not there}
        if now != known:
            providers = sorted({provider for provider, _ in now})
            self._notes.write(_GONE, {name: sorted(r for p, r in now if p == name) for name in providers})


class ModelCatalog:
    """Of a project, by kind of provider."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def models(self, kind: str) -> Mapping[str, Model]:
        """By name."""
        from reelmake.compile.models import read_models
        from reelmake.compile.read import read

        known, told = catalog.models(kind), self._notes.read(_MODELS).get(kind)
        if not told:
            return known
        return read_models(read(Source(_MODELS, json.dumps(told)), Report()), kind, known)

    def update(self, said: Mapping[str, Iterable[Model]]) -> None:
        """Notes what vendors say of their own models; of other kinds it stays as it was."""
        from reelmake.compile.models import form

        told = {kind: {model.name: form(model) for model in models} for kind, models in said.items()}
        self._notes.write(_MODELS, self._notes.read(_MODELS) | told)
