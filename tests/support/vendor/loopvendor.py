"""A provider of another distribution, as a plug-in author would write one: its far side is a folder, with a bill.

Found through the entry point in loopvendor-1.0.dist-info when this folder is on PYTHONPATH. The folder that plays the
far side is named by VENDOR_WORLD; `bill` has a line for every order that was accepted. Faults are scripted in
`extras: {script: [...]}`: `lost` (accepted, the answer is lost), `refuse`, `busy` (not accepted, try again), `fail`
(the job ends without a clip), `moderate` (its first clip offends), `slow` (many polls), `expires:UTC`. A job whose
files are deleted from the folder is gone; with a file `amnesia` there, none can be remixed. With VENDOR_BLIND it cannot
say what it was sent; with VENDOR_AWAY it cannot be asked.
"""

from __future__ import annotations

import asyncio
import json
import os
import uuid
from pathlib import Path

from reelmake.errors import Ambiguous, Gone, Refused, Transient
from reelmake.model.provider import Capabilities
from reelmake.model.remote import Accepted, Dead, Pending, Ready, RemoteJob, Status, Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Attempt
from reelmake.ports import Tell
from reelmake_sketch.paint.film import render

CAPABILITIES = Capabilities(
    kind="loop-vendor",
    dialect="loop-vendor/1",
    operations=frozenset({"generate", "remix", "extend"}),
    last_image=True,
    uploads=True,
)


def connect(spec: ProviderSpec, secret: str) -> Vendor:
    return Vendor(spec.name, Path(os.environ["VENDOR_WORLD"]))


class Vendor:
    """ports.Provider."""

    def __init__(self, name: str, world: Path) -> None:
        self.name, self.lag = name, 0.0
        self.world = world
        world.mkdir(parents=True, exist_ok=True)

    async def submit(self, submission: Submission) -> Accepted:
        job, inputs, token = submission.order, submission.inputs, submission.token
        script = job.extras.get("script", [])
        assert isinstance(script, list)
        forgotten = (self.world / "amnesia").exists() or not (self.world / f"{submission.source}.json").exists()
        if submission.source and forgotten:
            raise Gone(f"no such video: {submission.source}")
        if "refuse" in script:
            raise Refused("the prompt was refused (moderation)", next_steps=("edit the prompt", "reelmake build"))
        if "busy" in script and not (self.world / f"busy-{job.prompt[:8]}").exists():
            (self.world / f"busy-{job.prompt[:8]}").touch()
            raise Transient("too many requests", after=0.1)
        remote = f"job_{uuid.uuid4().hex[:12]}"
        clip = self.world / f"{remote}.mp4"  # is there before the order is: the far side never dies half-way
        await asyncio.to_thread(render, token, job, inputs, clip, lambda fraction, note: None)
        (self.world / f"{remote}.json").write_text(json.dumps(script))
        line = {"remote": remote, "token": token, "prompt": job.prompt, "take": job.take, "operation": job.operation}
        with (self.world / "bill").open("a") as bill:
            bill.write(json.dumps({**line, "source": submission.source, "files": sorted(inputs)}) + "\n")
            bill.flush()
            os.fsync(bill.fileno())
        if "lost" in script:
            raise Ambiguous("the connection broke before the answer came")
        return Accepted(remote)

    async def poll(self, remote: str) -> Status:
        await asyncio.sleep(0)
        if os.environ.get("VENDOR_AWAY"):
            raise Transient("no route to the vendor")
        if not (self.world / f"{remote}.json").exists():
            raise Gone(f"no such video: {remote}")
        script = json.loads((self.world / f"{remote}.json").read_text())
        polls = self.world / f"{remote}.polls"
        count = int(polls.read_text() or 0) if polls.exists() else 0  # a build may have been killed as it wrote
        polls.write_text(str(count + 1))
        if count < (40 if "slow" in script else 2):
            return Pending(count / 40, after=0.05)
        if "moderate" in script and len(list(self.world.glob("job_*.json"))) == 1:
            return Dead("RM921", "the result was blocked")
        expires = next((word.partition(":")[2] for word in script if word.startswith("expires:")), "")
        return Dead("RM920", "the result was blocked") if "fail" in script else Ready(expires=expires)

    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None:
        await asyncio.to_thread(into.write_bytes, (self.world / f"{remote}.mp4").read_bytes())

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        if os.environ.get("VENDOR_BLIND"):
            raise Ambiguous("this provider has no list of its jobs")
        bill = self.world / "bill"
        lines = bill.read_text().splitlines() if bill.exists() else []
        found = [json.loads(line) for line in lines]
        return tuple(str(f["remote"]) for f in found if f["token"] == attempt.token)

    async def clock(self) -> float | None:
        return None

    async def cancel(self, remote: str) -> None:
        return None

    async def listing(self) -> tuple[RemoteJob, ...]:
        return ()

    async def remove(self, remote: str) -> None:
        return None

    async def close(self) -> None:
        return None
