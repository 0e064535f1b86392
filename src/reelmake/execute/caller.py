"""Caller: who started a run, hears of it and may stop it. Knows nothing of what the run does."""

from __future__ import annotations

from dataclasses import field

from reelmake.execute.stop import Stop
from reelmake.model.events import Listener
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Caller:
    """`began`: the clock's monotonic time that events count from, None = the beginning of the run itself."""

    listen: Listener
    stop: Stop = field(default_factory=Stop)
    began: float | None = None
