"""A whole run as a process of its own, to be killed: real store, journal, hold and clock; the vendor is a bill on disk.

    python -m tests.support.victim FOLDER SEED

The vendor's file is outside the project and is appended to in one write a job, as if it stood on another machine.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import sys
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelmake.execute.caller import Caller
from reelmake.execute.runner import Outcome, run
from reelmake.model.medium import MediumName
from reelmake.model.provider import Limits
from reelmake.model.remote import Accepted, Ready, RemoteJob, Status, Submission
from reelmake.model.step import Input, Step
from reelmake.model.take import Attempt, Facts
from reelmake.plan import provider_queue
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.ports import Remotes, Tell, World
from reelmake.store.hold import Hold
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake.store.premises import ProjectFiles
from reelmake.world.clock import SystemClock
from tests.support.world import mix, shot, steps

provider_queue.SOONEST_POLL = 0.01
provider_queue.ARRIVED, provider_queue.LATE = 0.2, 1.0  # this vendor takes a hundredth of a second
CLIP = b"frame" * 20_000


class BilledVendor:
    """ports.Provider. The bill is the truth about what was ordered."""

    name = "studio"
    lag: float | None = 0.0

    def __init__(self, bill: Path) -> None:
        self.bill = bill

    def _lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.bill.read_text().splitlines()] if self.bill.exists() else []

    async def submit(self, submission: Submission) -> Accepted:
        job, token = submission.order, submission.token
        await asyncio.sleep(0.01)
        line = {"id": f"job-{os.urandom(6).hex()}", "token": token, "prompt": job.prompt}
        handle = os.open(self.bill, os.O_WRONLY | os.O_APPEND | os.O_CREAT)
        os.write(handle, json.dumps(line).encode() + b"\n")
        os.close(handle)
        await asyncio.sleep(0.01)
        return Accepted(line["id"])

    async def poll(self, remote: str) -> Status:
        await asyncio.sleep(0.005)
        return Ready()

    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None:
        with into.open("wb") as out:
            for part in range(4):
                out.write(CLIP[part::4])
                out.flush()
                await asyncio.sleep(0.005)
            out.write(f"{remote}|end".encode())

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        return tuple(line["id"] for line in self._lines() if line["token"] == attempt.token)

    async def clock(self) -> float | None:
        return None

    async def cancel(self, remote: str) -> None:
        return

    async def listing(self) -> tuple[RemoteJob, ...]:
        return ()

    async def remove(self, remote: str) -> None:
        return None

    async def close(self) -> None:
        return None


class Hands:
    """ports.Media without a pool."""

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        with into.open("wb") as out:
            for path in inputs.values():
                out.write(path.read_bytes()[-40:])
                out.flush()
                await asyncio.sleep(0.003)
            out.write(b"|end")
        return await self.examine(into, "clip")

    async def examine(self, file: Path, medium: MediumName) -> Facts:
        data = file.read_bytes()
        assert data.endswith(b"|end")
        return Facts(len(data), Fraction(4))


def board(seed: int) -> dict[str, Step]:
    """Twelve shots, some in chains, each with a segment, and a reel."""
    chance = random.Random(seed)
    made: list[Step] = []
    for n in range(12):
        parent = [Input("source", step=f"shot:s{chance.randrange(n)}")] if n and chance.random() < 0.4 else []
        made.append(shot(f"s{n}", f"shot {n}", *parent))
        made.append(mix(f"segment:{n}", f"body {n}", Input("clip", step=f"shot:s{n}")))
    made.append(mix("reel", "join", *(Input(f"{n}", step=f"segment:{n}") for n in range(12))))
    return steps(*made)


def main(folder: Path, seed: int) -> Outcome:
    state, graph = folder / ".reelmake", board(seed)
    print("started", flush=True)
    with Hold(state / "hold"):
        store = LocalStore(state)
        store.sweep()
        return asyncio.run(
            run(
                Goal(graph, ["reel"]),
                Remotes({"studio": BilledVendor(folder.parent / "bill")}, {"studio": Limits(in_flight=4)}),
                World(store, LocalJournal(state / "journal"), Hands(), SystemClock(), ProjectFiles(folder)),
                Caller(lambda event: None),
                Policy(workers=2),
                History(),
            )
        )


if __name__ == "__main__":
    outcome = main(Path(sys.argv[1]), int(sys.argv[2]))
    print(json.dumps([len(outcome.made), len(outcome.reused), len(outcome.failed)]))
