"""The providers of a project that have jobs, each asked with its secret, one question at a time.

Knows nothing of what is asked, nor of terminals.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import TYPE_CHECKING, TypeVar

from reelmake import catalog
from reelmake.diagnostics import Diagnostic, did_you_mean
from reelmake.errors import Mistake, StepError
from reelmake.plan.reconcile import JobRow, joined
from reelmake.records import dataclass
from reelmake.world import secrets
from reelmake.world.connection import connect

if TYPE_CHECKING:
    from reelmake.model.storyboard import ProviderSpec
    from reelmake.model.take import LedgerEntry
    from reelmake.ports import Provider
    from reelmake.world.bindings import Bindings

T = TypeVar("T")


@dataclass(frozen=True)
class Accounts:
    """`specs`: every provider of the project, by name; `bindings`: where their secrets may be sent."""

    specs: Mapping[str, ProviderSpec]
    bindings: Bindings

    @property
    def remote(self) -> list[str]:
        """Names of the providers that are not this machine."""
        kinds = catalog.kinds()
        return [called for called, spec in self.specs.items() if not (spec.kind in kinds and kinds[spec.kind].local)]

    def spec(self, called: str) -> ProviderSpec:
        """A provider that has jobs. Raises Mistake."""
        remote = self.remote
        if called not in remote:
            hint = did_you_mean(called, remote) if remote else "this project has no provider with jobs"
            raise Mistake([Diagnostic("RM718", f'no provider with jobs is called "{called}"', None, hint=hint)])
        return self.specs[called]

    def ask(self, called: str, talk: Callable[[Provider], Awaitable[T]]) -> T:
        """One talk with a provider. Raises Mistake, Unwilling and what the talk raises."""
        spec = self.spec(called)
        secrets.demand(spec)

        async def talked() -> T:
            live = connect(spec, self.bindings)
            try:
                return await talk(live)
            finally:
                await live.close()

        return asyncio.run(talked())

    def jobs(self, names: Iterable[str], entries: list[LedgerEntry]) -> tuple[list[JobRow], dict[str, StepError]]:
        """What these providers have, held against the orders of the journal, and the errors of those that could not be
        asked. Raises Mistake, Unwilling."""
        rows: list[JobRow] = []
        problems: dict[str, StepError] = {}
        for called in names:
            try:
                rows += joined(called, entries, self.ask(called, lambda provider: provider.listing()))
            except StepError as error:
                problems[called] = error
        return rows, problems
