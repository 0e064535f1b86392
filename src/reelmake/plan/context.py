"""Context: what the next step of a paid order depends on beside the order itself. Values to read; knows no step."""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.plan.budget import Budget
from reelmake.plan.key_task import KeyTask
from reelmake.plan.provider_queue import ProviderQueue
from reelmake.plan.step_result import StepResult
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """Read, and never changed. `now`: the machine's time; `at`:
    the same, as events count. `moderated`: how many finished results of its key were refused so far. `known`: is there
    a take of its key by now? `stopping`: was the run told to stop?"""

    now: float
    at: float
    task: KeyTask
    queue: ProviderQueue
    budget: Budget
    results: Mapping[str, StepResult]
    moderated: int = 0
    known: bool = False
    stopping: bool = False
