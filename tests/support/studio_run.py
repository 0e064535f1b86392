"""One run of orders of all media at an atelier, with what is real of the engine; also as a process, to be killed.

python -m tests.support.studio_run FOLDER URL
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from reelmake.execute.caller import Caller
from reelmake.execute.runner import Outcome, run
from reelmake.media.examine import examine
from reelmake.media.readers import ask
from reelmake.model.http import Secret
from reelmake.model.json_value import JsonObject
from reelmake.model.medium import MediumName
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Facts, Take
from reelmake.plan import provider_queue
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.ports import Remotes, Tell, World
from reelmake.store.hold import Hold
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake.store.premises import ProjectFiles
from reelmake.wire.carrier import HttpProvider
from reelmake.world.clock import SystemClock
from tests.support import atelier
from tests.support.world import Crash, steps


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
        atelier.step("still", "dusk over it", Input("source", step=key.id), operation="edit"),
        atelier.step("clip", "park in motion"),
        atelier.step("speech", "first we planted a roof."),
        atelier.step("speech", "second, a kite."),
        atelier.step("music", "strings, hopeful"),
    )


def hurry() -> None:
    """This vendor takes a hundredth of a second."""
    provider_queue.SOONEST_POLL = 0.01
    provider_queue.ARRIVED, provider_queue.LATE = 0.2, 1.0


@dataclass
class Fate:
    """When the process is gone: at its moment number `die_at`, and from then on. None = never."""

    die_at: int | None = None
    moments: int = 0

    def moment(self) -> None:
        self.moments += 1
        if self.die_at is not None and self.moments >= self.die_at:
            raise Crash


class Books(LocalJournal):
    """A journal that may be the last thing a process sees: before each line, and behind it."""

    def __init__(self, file: Path, fate: Fate) -> None:
        super().__init__(file)
        self.fate = fate

    def _append(self, record: JsonObject) -> None:
        self.fate.moment()
        super()._append(record)
        self.fate.moment()


class Shelf(LocalStore):
    """The same of a store."""

    def __init__(self, root: Path, fate: Fate) -> None:
        super().__init__(root)
        self.fate = fate

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        self.fate.moment()
        kept = super().keep(file, take, durable=durable)
        self.fate.moment()
        return kept


def order(
    folder: Path, url: str, graph: Mapping[str, Step], fate: Fate | None = None, form: str = atelier.FILE
) -> Outcome:
    """One run in a project's folder, at a vendor of this form. Raises Crash if it dies."""
    fate = fate or Fate()

    async def whole() -> Outcome:
        spec = ProviderSpec("atelier", "atelier.yaml", base_url=url)
        provider = HttpProvider(atelier.talks(form), spec, Secret())
        store, journal = Shelf(folder, fate), Books(folder / "journal", fate)
        try:
            return await run(
                Goal(graph, list(graph)),
                Remotes({"atelier": provider}, {"atelier": Limits(in_flight=4)}),
                World(store, journal, Cell(), SystemClock(), ProjectFiles(folder)),
                Caller(lambda event: None),
                Policy(workers=1),
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
