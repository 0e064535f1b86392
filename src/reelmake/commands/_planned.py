"""A plan for commands that show one: with what the providers say of the clips that shots start from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.errors import Unwilling
    from reelmake.plan.decide import Plan
    from reelmake.session.project import Snapshot

PATIENCE = 3.0  # seconds in which a provider is asked; a plan is shown all the same


def planned(seen: Snapshot, shots: Sequence[str], *, remake: bool = False) -> tuple[Snapshot, Plan, Unwilling | None]:
    """The plan, of which snapshot, and why a build would refuse it (a model or a source that is gone); None = nothing
    is in its way. `remake`: what was made before and is not here is to be ordered again."""
    from reelmake.plan.sources import sources
    from reelmake.session.approval import ended
    from reelmake.session.project import plan

    found, barred = plan(seen, shots), None
    if sources(found, seen.workspace.clock.utc(), ()):
        import asyncio

        from reelmake.session.gone_sources import settled

        seen, found, barred = asyncio.run(settled(seen, found, shots, PATIENCE, strangers=False))
    return seen, found.remade if remake else found, ended(seen.project.script, found) or barred
