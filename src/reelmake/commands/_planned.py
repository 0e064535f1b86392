"""A plan for commands that show one: with what the providers say of the clips that shots start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.errors import Unwilling
    from reelmake.plan.decide import Plan
    from reelmake.session.project import Project

PATIENCE = 3.0  # seconds in which a provider is asked; a plan is shown all the same


def planned(project: Project, shots: Sequence[str], *, remake: bool = False) -> tuple[Plan, Unwilling | None]:
    """The plan, and why a build would refuse it (a model or a source that is gone); None = nothing is in its way.

    `remake`: what was made before and is not here is to be ordered again."""
    from reelmake.plan.sources import sources

    plan, barred = project.plan(shots), None
    if sources(plan, project.clock.utc(), ()):
        import asyncio

        from reelmake.session.gone_sources import settled

        plan, barred = asyncio.run(settled(project, plan, shots, PATIENCE, strangers=False))
    return plan.remade if remake else plan, project.ended(plan) or barred
