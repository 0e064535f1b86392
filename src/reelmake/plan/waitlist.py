"""Waitlist: the steps of a run, who waits for whom, and how each ended. Knows nothing of how a step is made."""

from __future__ import annotations

import copy
from collections import deque
from collections.abc import Iterator, Mapping
from enum import Enum

from reelmake.errors import ReelmakeError, StepError
from reelmake.model.step import Input, Step
from reelmake.model.take import Manifest, Take
from reelmake.plan.key import manifest
from reelmake.plan.mandate import Goal, parents
from reelmake.plan.provider_queue import Rank
from reelmake.records import dataclass


class State(Enum):
    """The values are prose for people."""

    WANTED = "waits for its inputs"
    READY = "its key is known; it is looked for, or made"
    DONE = "is in the store"
    FAILED = "could not be made"
    SKIPPED = "depends on something that could not be made"


@dataclass(frozen=True, slots=True)
class StepResult:
    """`made`: this step's own work made the take in this run. `error` if FAILED; `because`: what failed, if SKIPPED."""

    step: Step
    state: State
    key: str = ""
    take: Take | None = None
    made: bool = False
    error: ReelmakeError | None = None
    because: str = ""


class Waitlist:
    """`ready`: steps whose inputs are all there and which nobody has judged yet.

    `files`: sha256 of every project file by path, or the error that came instead.
    """

    def __init__(self, goal: Goal, files: Mapping[str, str | StepError]) -> None:
        self.steps = goal.wanted()
        self.order = {id: n for n, id in enumerate(self.steps)}
        self.results = {id: StepResult(step, State.WANTED) for id, step in self.steps.items()}
        self._files, self._priority = files, goal.priority
        self._missing = {id: len(parents(step)) for id, step in self.steps.items()}
        self._users: dict[str, list[str]] = {id: [] for id in self.steps}
        for id, step in self.steps.items():
            for parent in parents(step):
                self._users[parent].append(id)
        self.ready = deque(id for id, missing in self._missing.items() if not missing)

    def rank(self, id: str) -> Rank:
        """How urgent it is: who has the most depending on it goes first."""
        return -self._priority.get(id, 0.0), self.order[id]

    def manifest(self, id: str) -> Manifest:
        """Of a ready step. Raises StepError if one of its files could not be read."""
        step = self.steps[id]
        return manifest(step, {i.label: self._digest(i.keyed) for i in step.inputs})

    def _digest(self, given: Input) -> str:
        if given.step:
            if take := self.results[given.step].take:
                return take.digest
            raise RuntimeError(f"bug: {given.step} has no take yet")
        found = self._files[given.file]
        if isinstance(found, StepError):
            raise found
        return found

    def judged(self, id: str, key: str) -> None:
        self.results[id] = StepResult(self.steps[id], State.READY, key)

    def done(self, id: str, take: Take, *, made: bool) -> None:
        """Its users may be ready now."""
        self.results[id] = StepResult(self.steps[id], State.DONE, take.key, take, made)
        for user in self._users[id]:
            self._missing[user] -= 1
            if not self._missing[user] and self.results[user].state is State.WANTED:
                self.ready.append(user)

    def heirs(self, id: str) -> Iterator[str]:
        """The orders that wait for nothing but this step, or work of this machine on it."""
        for user in self._users[id]:
            if self._missing[user] == 1 and self.results[user].state is State.WANTED:
                if self.steps[user].paid:
                    yield user
                else:
                    yield from self.heirs(user)

    def failed(self, id: str, error: ReelmakeError) -> Iterator[str]:
        """Notes the failure; yields everything that depends on it and is skipped, each once."""
        step = self.steps[id]
        if error.span is None and step.span is not None:
            error = copy.copy(error)  # others may fail for the same reason in another place
            error.span = step.span
        self.results[id] = StepResult(step, State.FAILED, self.results[id].key, error=error)
        below = deque(self._users[id])
        while below:
            user = below.popleft()
            if self.results[user].state is State.WANTED:
                self.results[user] = StepResult(self.steps[user], State.SKIPPED, because=id)
                below.extend(self._users[user])
                yield user
