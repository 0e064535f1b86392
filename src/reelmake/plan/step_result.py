"""StepResult: how a step of a run ended, or where it stood when the run was interrupted. State: which of these.

Knows nothing of what is done for a step.
"""

from __future__ import annotations

from enum import Enum

from reelmake.errors import ReelmakeError
from reelmake.model.step import Step
from reelmake.model.take import Take
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
