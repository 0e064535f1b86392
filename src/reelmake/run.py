"""A run: one build of a project, from the plan to outputs in their places and an updated lock file.

Refuses before anything is spent; holds the project while it works. Knows nothing of terminals: it asks through `confirm`
and tells through events.
"""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelmake import catalog
from reelmake.errors import LocalTool, Unwilling
from reelmake.model.events import Event, Listener, Published, RunFinished, RunStarted, StepDone, Waiting
from reelmake.model.lock import Record
from reelmake.model.storyboard import Limits, ProviderSpec
from reelmake.plan.decide import Plan, Verdict, name
from reelmake.project import BUILD, LOCK, STATE, Project

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome, Stop
    from reelmake.ports import Provider

Confirm = Callable[[Plan], bool | None]
"""Asked before a run that would pay: True = go on, False = the person said no, None = there is nobody to ask."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a build was asked for. `shots` narrows it; `budget` in USD; `wait` False = do not wait for another run."""

    shots: tuple[str, ...] = ()
    budget: Decimal | None = None
    locked: bool = False
    yes: bool = False
    workers: int = 0  # of the CPU pool; 0 = as many as there are cores
    wait: bool = True
    keep_going: bool = True


@dataclass(frozen=True, slots=True)
class OutputFile:
    """An output in its place: `path` below the project."""

    path: str
    sha256: str
    frames: int | None
    seconds: float | None


@dataclass(frozen=True)
class Result:
    """What a build ended with. `failed`: step id -> (code, message, next steps). Costs in USD."""

    outputs: tuple[OutputFile, ...]
    generated: int
    reused: int
    cost: Decimal
    failed: Mapping[str, tuple[str, str, tuple[str, ...]]] = field(default_factory=dict)
    skipped: int = 0
    interrupted: bool = False
    plan: Plan | None = None
    clips: Mapping[str, Path] = field(default_factory=dict)  # of a narrowed build: shot -> its clip in the store

    @property
    def status(self) -> int:
        """The exit status this result deserves."""
        return 130 if self.interrupted else 1 if self.failed else 0

    @property
    def idle(self) -> bool:
        """Was there nothing to make?"""
        return self.plan is not None and not self.plan.todo

    def as_json(self) -> dict[str, Any]:
        return {
            "outputs": {o.path: {"sha256": o.sha256, "frames": o.frames, "seconds": o.seconds} for o in self.outputs},
            "generated": self.generated,
            "reused": self.reused,
            "cost_usd": float(self.cost),
            "skipped": self.skipped,
            "failed": {id: {"code": code, "message": said} for id, (code, said, _) in self.failed.items()},
        }


def refuse(project: Project, plan: Plan, wish: Wish, confirm: Confirm) -> None:
    """Raises Unwilling if this plan must not be carried out as it was asked for."""
    if wish.locked and plan.generate:
        names = ", ".join(name(d.step) for d in plan.jobs if d.verdict is not Verdict.FRESH)
        raise Unwilling(
            f"--locked, and {plan.generate} shot(s) would have to be made: {names}",
            code="RM802",
            next_steps=("reelmake plan", "reelmake build"),
        )
    if not plan.pays:
        return
    budget = budget_of(project, wish)
    for spec in _specs_needed(project, plan):
        if not hasattr(_module(spec.kind), "connect"):
            raise Unwilling(
                f'this reelmake can plan but not run providers of kind "{spec.kind}"', code="RM805", span=spec.span
            )
        if spec.api_key and not os.environ.get(spec.api_key):
            raise Unwilling(
                f'provider "{spec.name}" needs the environment variable {spec.api_key}, which is not set',
                code="RM804",
                span=spec.span,
                next_steps=(f"export {spec.api_key}=…",),
            )
    if budget is not None and plan.unpriced:
        names = ", ".join(name(d.step) for d in plan.unpriced[:5])
        raise Unwilling(
            f"there is a budget, but the price of {names} is not known: set `price:` on its tier", code="RM807"
        )
    if budget is not None and plan.cost > budget:
        raise Unwilling(
            f"this build would cost up to ${plan.cost:.2f}; the budget is ${budget:.2f}",
            code="RM801",
            next_steps=("reelmake plan", f"reelmake build --budget {plan.cost:.2f}"),
        )
    if wish.yes:
        return
    answer = confirm(plan)
    if answer is False:
        raise Unwilling("not confirmed; nothing was spent", code="RM803", next_steps=("reelmake plan",))
    if answer is None and budget is None:
        raise Unwilling(
            f"this build would pay up to ${plan.cost:.2f} and there is no terminal to ask on",
            code="RM803",
            next_steps=("reelmake plan", "reelmake build --yes", f"reelmake build --budget {plan.cost:.2f}"),
        )


def budget_of(project: Project, wish: Wish) -> Decimal | None:
    """The smaller of --budget and the storyboard's own."""
    caps = [v.board.budget for v in project.script.variants if v.board.budget is not None]
    caps += [wish.budget] if wish.budget is not None else []
    return min(caps, default=None)


async def build(project: Project, wish: Wish, listen: Listener, confirm: Confirm, stop: Stop) -> Result:
    """Makes what is not fresh. Raises Mistake, Unwilling or Busy before anything is made, and nothing after."""
    from reelmake.store.hold import hold

    plan = project.plan(wish.shots)
    if not plan.todo and not project.journal.open():
        return _finish(project, plan, wish, _Idle(plan))
    refuse(project, plan, wish, confirm)
    loop = asyncio.get_running_loop()
    began = loop.time()
    with hold(
        project.root / STATE, wait=wish.wait, waiting=lambda holder: listen(Waiting(loop.time() - began, holder))
    ):
        plan = project.again(wish.shots)  # another run may have made some of it while we waited
        return await _carry_out(project, plan, wish, listen, stop)
