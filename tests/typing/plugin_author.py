"""What an author of plug-ins writes: a provider, a transition, an output, and a program on the Python API.

Only type-checked, never run: if this file has a type error, so have theirs. In a distribution of its own each of the
three is a module named by an entry point: groups `reelmake.providers`, `reelmake.transitions`, `reelmake.outputs`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import reelmake
from reelmake.assemble.output_options import Number, Option, chosen
from reelmake.errors import Ambiguous, Mistake, Refused, Transient, Unwilling
from reelmake.execute.caller import Stop
from reelmake.model.cut import Cut
from reelmake.model.events import Event, Published, StepDone, StepFailed
from reelmake.model.provider import Capabilities
from reelmake.model.remote import Accepted, Dead, Pending, Ready, RemoteJob, Status, Submission
from reelmake.model.segment import ReelWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, ProviderSpec, Storyboard
from reelmake.model.take import Attempt
from reelmake.ports import Provider, Tell

# -- a provider

CAPABILITIES = Capabilities(
    kind="paint-house",
    dialect="paint-house/1",
    operations=frozenset({"generate", "remix"}),
    negative=True,
    price=Decimal("0.05"),
    extras=frozenset({"brush"}),
)


def connect(spec: ProviderSpec, secret: str) -> Provider:
    return PaintHouse(spec.name, spec.base_url, secret)


class PaintHouse:
    """Satisfies ports.Provider by its shape; it inherits nothing."""

    def __init__(self, name: str, address: str, secret: str) -> None:
        self.name = name
        self.lag: float | None = None
        self._address, self._secret = address, secret

    async def submit(self, submission: Submission) -> Accepted:
        job, inputs, token = submission.order, submission.inputs, submission.token
        if not job.prompt:
            raise Refused("an empty prompt", next_steps=("reelmake check",))
        if "image" in inputs and not inputs["image"].is_file():
            raise Transient("not now", after=2.0)
        return Accepted(f"{token}:{job.take}")

    async def poll(self, remote: str) -> Status:
        await asyncio.sleep(0)
        if remote.endswith(":1"):
            return Pending(fraction=0.5, after=5.0)
        return Ready(cost=Decimal("0.20")) if remote else Dead("RM920", "blocked")

    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None:
        tell(1.0, "fetched")
        into.write_bytes(b"")

    async def find(self, attempt: Attempt) -> tuple[str, ...]:
        if not attempt.remote:
            raise Ambiguous("this house keeps no list")
        return (attempt.remote,)

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


# -- a transition

NAME = "iris"
PARAMS: Mapping[str, object] = {"shape": "round"}


def complaint(params: Mapping[str, object]) -> str:
    return "" if params.get("shape", "round") in ("round", "square") else "an iris is round or square"


def fragment(leaving: Any, entering: Any, frames: int, fps: Fraction, params: Mapping[str, object]) -> Any:
    return leaving.xfade(entering, transition="circleopen", duration=float(frames / fps), offset=0)


# -- an output

SUFFIXES = (".mkv",)
OPTIONS: Mapping[str, Option] = {"crf": Option(18, "quality", Number(1, 51))}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    quality: int = chosen(OPTIONS, output, "crf")
    work = ReelWork(title=f"{board.title} at {quality}", fps=cut.fps, frames=cut.frames)
    inputs = tuple(clips[entry.shot] for entry in cut.entries)
    return [Step(id=f"reel:{output.path}", kind="reel", work=work, inputs=inputs, output=f"{root}/{output.path}")]


# -- a program


def listen(event: Event) -> None:
    match event:
        case StepDone(shot=shot, cost=Decimal() as cost):
            print(shot, cost)
        case StepFailed(message=message, next_steps=next_steps):
            print(message, *next_steps)
        case Published(path=path):
            print(path)
        case _:
            pass


def program() -> int:
    try:
        film: reelmake.Project = reelmake.load("storyboard.yaml", profile="ci", settings={"city": "Oslo"})
        plan: reelmake.Plan = reelmake.plan(film, shots=["park"])
        cost: Decimal = plan.cost
        result: reelmake.Result = reelmake.build(film, budget=cost, on_event=listen)
    except Mistake as mistake:
        print(*(d.message for d in mistake.diagnostics))
        return mistake.exit_status
    except Unwilling as unwilling:
        print(unwilling, *unwilling.next_steps)
        return unwilling.exit_status
    frames: int | None = result.outputs[0].frames
    print(frames, [failure.message for failure in result.failures])
    return result.status


async def within_a_loop(stop: Stop) -> int:
    film = await reelmake.aload()
    plan = await reelmake.aplan(film)
    result = await reelmake.abuild(film, yes=plan.cost < 5, on_event=listen, stop=stop)
    return result.generated
