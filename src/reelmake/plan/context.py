"""Context: what the next step of a paid order depends on beside the order itself. Values to read; knows no step."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from reelmake.plan.provider_queue import ProviderQueue
from reelmake.plan.tasks import KeyTask
from reelmake.plan.waitlist import StepResult
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Context:
    """`now`: the machine's time; `at`: the same, as events count. `affordable`: may one more be ordered if this one is
    charged so many USD? `moderated`: how many finished results of its key were refused so far. `known`: is there a take
    of its key by now? `stopping`: was the run told to stop?"""

    now: float
    at: float
    task: KeyTask
    queue: ProviderQueue
    affordable: Callable[[Decimal | None], bool]
    results: Mapping[str, StepResult]
    moderated: int = 0
    known: bool = False
    stopping: bool = False
