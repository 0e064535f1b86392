"""One run of orders of all media at an atelier, with what is real of the engine, as a process, to be killed.

python -m tests.support.studio_run FOLDER URL
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from reelmake.execute.caller import Caller
from reelmake.execute.outcome import Outcome
from reelmake.execute.runner import run
from reelmake.media.examine import examine
from reelmake.media.readers import ask
from reelmake.model.http import Secret
from reelmake.model.medium import MediumName
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Facts
from reelmake.plan import provider_queue
from reelmake.plan.goal import Goal
from reelmake.plan.history import History
from reelmake.plan.policy import Policy
from reelmake.ports import Remotes, Tell, World
from reelmake.store.hold import Hold
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake.store.stat import ProjectFiles
from reelmake.wire.carrier import HttpProvider
from reelmake.world.clock import SystemClock
from tests.support import atelier
from tests.support.world import steps


class Cell:
    """ports.Media of who orders everything: nothing is made here, all is looked at."""

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        raise AssertionError("nothing is made on this machine")

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        return await asyncio.to_thread(ask, examine, file, medium)


def board() -> dict[str, Step]:
    """Two stills, one of which is an edit of the other; a clip; two lines of speech; music."""
    key = atelier.step("still", "key of a kite")
    return steps(
        key,
        atelier.step("still", "dusk over it", Input("image", step=key.id)),
        atelier.step("clip", "park in motion"),
        atelier.step("speech", "first we planted a roof."),
        atelier.step("speech", "second, a kite."),
        atelier.step("music", "strings, hopeful"),
    )


def hurry() -> None:
    """This vendor takes a hundredth of a second."""
    provider_queue.SOONEST_POLL = 0.01
    provider_queue.ARRIVED, provider_queue.LATE = 0.2, 1.0


def order(folder: Path, url: str, graph: Mapping[str, Step], policy: Policy | None = None) -> Outcome:
    """One run in a project's folder."""

    async def whole() -> Outcome:
        spec = ProviderSpec("atelier", "atelier.yaml", base_url=url)
        provider = HttpProvider(atelier.talks(), spec, Secret())
        store, journal = LocalStore(folder), LocalJournal(folder / "journal")
        try:
            return await run(
                Goal(graph, list(graph)),
                Remotes({"atelier": provider}, {"atelier": Limits(in_flight=4)}),
                World(store, journal, Cell(), SystemClock(), ProjectFiles(folder)),
                Caller(lambda event: None),
                policy or Policy(workers=1),
                History(),
            )
        finally:
            await provider.close()

    with Hold(folder / "hold"):
        LocalStore(folder).sweep()
        return asyncio.run(whole())


if __name__ == "__main__":
    hurry()
    print("started", flush=True)
    ended = order(Path(sys.argv[1]), sys.argv[2], board())
    print(json.dumps([len(ended.made), len(ended.reused), sorted(r.step.id for r in ended.failed)]))
