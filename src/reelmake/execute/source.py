"""The clip that a remix or an extension starts from: named by its id there, or sent another way if it is gone.

Knows nothing of when an order is sent or of what is written about it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from reelmake.errors import Gone
from reelmake.model.delivery import FitWork, LastFrame
from reelmake.model.order import ClipOrder
from reelmake.model.step import Step
from reelmake.model.take import Via
from reelmake.plan import commands, refusals
from reelmake.plan.sources import absent
from reelmake.plan.waitlist import StepResult
from reelmake.ports import Tell, World
from reelmake.scratch import discard


class Sources:
    """`results`: the run's, by step id. `gone`: (provider, remote) of clips that are known not to be there any more;
    what a provider says of them in this run is added."""

    def __init__(self, results: Mapping[str, StepResult], world: World, gone: set[tuple[str, str]]) -> None:
        self._results, self._world = results, world
        self.gone = gone

    def via(self, step: Step, *, bare: bool) -> Via:
        """How this order gets its source. `bare`: the provider has just said that it is gone.

        Raises Gone if it is not there and the shot does not say how to do without it.
        """
        job = step.order
        if job is None or not job.names_source:
            return ""
        source = self._source(step)
        take, now = source.take if source else None, self._world.clock.utc()
        why = "the provider says so" if bare else absent(job.provider, take, now, self.gone)
        if not why:
            return ""
        if job.if_gone == "upload" or job.if_gone == "continue":
            return job.if_gone
        raise refusals.source_gone(step, why)

    @asynccontextmanager
    async def sent(
        self, order: commands.Submit, files: Mapping[str, Path], tell: Tell
    ) -> AsyncIterator[tuple[str, Mapping[str, Path]]]:
        """What goes with this order: (the source's id at the provider or "", files by label). Notes a Gone."""
        attempt, job = order.attempt, order.step.order
        source = self._source(order.step)
        take = source.take if source else None
        if attempt.via == "continue" and isinstance(job, ClipOrder):
            frame, still = self._world.store.scratch(".png"), self._world.store.scratch(".png")
            try:
                await self._world.media.perform(
                    attempt.key, self._last(order.step), {"clip": files["source"]}, frame, tell
                )
                fitting = FitWork(job.size, "crop")  # many models take no other; a clip may have come in another size
                await self._world.media.perform(attempt.key, fitting, {"picture": frame}, still, tell)
                yield "", {label: path for label, path in files.items() if label != "source"} | {"image": still}
            finally:
                discard(frame, still)
        elif attempt.via == "upload" or take is None or job is None or not job.names_source:
            yield "", files
        else:
            try:
                yield take.remote, files
            except Gone:
                self.gone.add((attempt.provider, take.remote))
                raise

    def _last(self, step: Step) -> LastFrame:
        """The last frame of the source, as the cut shows it."""
        source = self._source(step)
        job = source.step.order if source else None
        return LastFrame(job.seconds if job and job.operation != "extend" else None)

    def _source(self, step: Step) -> StepResult | None:
        return next((self._results[i.step] for i in step.inputs if i.label == "source" and i.step), None)
