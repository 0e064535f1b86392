"""One run: what is to be built, how it was asked for, who hears of it, who may say no. Knows nothing of how it goes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import field
from time import monotonic
from typing import TYPE_CHECKING

from reelmake.execute.caller import Stop
from reelmake.model.events import Listener, Warned
from reelmake.plan.decide import Plan
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.wish import Wish
    from reelmake.session.project import Snapshot
    from reelmake.session.workspace import Workspace

Confirm = Callable[["Snapshot", Plan], bool | None]
"""Asked before a run that would pay: True = go on, False = the person said no, None = there is nobody to ask."""


@dataclass(frozen=True)
class BuildRun:
    """`seen`: the project as it was when the run was asked for. `began`: of the monotonic clock, which events count
    from."""

    seen: Snapshot
    wish: Wish
    listen: Listener
    confirm: Confirm
    stop: Stop = field(default_factory=Stop)
    began: float = field(default_factory=monotonic)

    @property
    def workspace(self) -> Workspace:
        return self.seen.workspace

    @property
    def offline(self) -> bool:
        """Is nobody to be asked for anything, not even for what earlier runs ordered?"""
        return self.wish.locked or self.workspace.overrides.offline

    @property
    def elapsed(self) -> float:
        """Seconds."""
        return monotonic() - self.began

    def warn(self, message: str) -> None:
        self.listen(Warned(self.elapsed, "", "", message))
