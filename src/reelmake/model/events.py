"""Typed facts about progress: what the engine tells, what console, JSON lines and the Python API hear.

In Python they are `reelmake.events`.

Times are seconds since the run began (monotonic); costs are USD. `step` is an id, "" = none in particular; `shot`: the
one that it is about, "" = none or several; `name`: what people call the step. Knows nothing of who listens.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from decimal import Decimal
from typing import Any

from reelmake.records import dataclass

DOWNLOADING = "downloading"  # what StepProgressed notes of a clip that is on its way here


@dataclass(frozen=True, slots=True)
class Event:
    at: float


@dataclass(frozen=True, slots=True)
class RunStarted(Event):
    """`generate` takes will be asked for, `reuse` are there; `steps` is all that is in the graph of this run."""

    generate: int
    reuse: int
    steps: int
    cost: Decimal


@dataclass(frozen=True, slots=True)
class Waiting(Event):
    """Another run holds the project's lock."""

    holder: str


@dataclass(frozen=True, slots=True)
class StepStarted(Event):
    step: str
    kind: str
    shot: str
    pool: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class StepProgressed(Event):
    """`fraction` 0..1, or None where the provider does not say; `note` is its own word for the state."""

    step: str
    fraction: float | None
    note: str = ""
    shot: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StepRetrying(Event):
    step: str
    after: float
    reason: str
    attempt: int
    shot: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class StepDone(Event):
    """`made` False = reused (or the same bytes came from another step's work)."""

    step: str
    kind: str
    shot: str
    digest: str
    made: bool
    cost: Decimal | None
    took: float
    name: str = ""


@dataclass(frozen=True, slots=True)
class StepFailed(Event):
    step: str
    kind: str
    shot: str
    code: str
    message: str
    next_steps: tuple[str, ...] = ()
    name: str = ""


@dataclass(frozen=True, slots=True)
class StepSkipped(Event):
    step: str
    because: str
    kind: str = ""
    shot: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Adopted(Event):
    """A job that is there already is followed to its end: one that an earlier run left open, or (`found`) that of an
    order whose answer was lost, which the provider turned out to have. `wanted`: does a step of this run wait for it?
    """

    step: str
    remote: str
    found: bool = False
    wanted: bool = True
    shot: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class Noted(Event):
    """Something worth knowing that stops nothing and stays true: a clip shorter than ordered, a loudness that was not
    reached, a record that was not written. It is shown when the run has ended, and is in `Result.notes`."""

    step: str
    shot: str
    message: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Warned(Event):
    """Something worth knowing while the run goes on, of which nothing remains: places that are taken, a provider that
    does not answer at the moment."""

    step: str
    shot: str
    message: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class Stopping(Event):
    """Ctrl-C: nothing new is started; `running` steps are still under way."""

    running: int


@dataclass(frozen=True, slots=True)
class Published(Event):
    """An output was put in its place below the project."""

    path: str
    digest: str
    frames: int | None
    seconds: float | None


@dataclass(frozen=True, slots=True)
class Pushing(Event):
    """After a run: `done` of `total` takes are in the shared store `to`."""

    done: int
    total: int
    to: str


@dataclass(frozen=True, slots=True)
class RunFinished(Event):
    generated: int
    reused: int
    failed: int
    skipped: int
    cost: Decimal
    interrupted: bool


StepEvent = StepStarted | StepProgressed | StepRetrying | StepDone | StepFailed | StepSkipped | Adopted | Noted | Warned
Listener = Callable[[Event], None]


def as_json(event: Event) -> dict[str, Any]:
    """One flat object with an `event` key; decimals become numbers."""
    fields = {k: float(v) if isinstance(v, Decimal) else v for k, v in asdict(event).items()}
    return {"event": type(event).__name__, **fields}
