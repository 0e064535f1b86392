"""The vocabulary between the state machine and the world: what is asked for, and what is reported back.

`id` names a making: everything that is done for one key (or for one attempt of an earlier run). Plain data only;
knows nothing of how an order is carried out or of what follows from a report.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import PurePath

from reelmake.errors import StepError
from reelmake.model.events import Event
from reelmake.model.step import Step
from reelmake.model.take import Attempt, Facts, Manifest, Take
from reelmake.ports import Status

# What the world reports


@dataclass(frozen=True, slots=True)
class Began:
    """The run begins."""


@dataclass(frozen=True, slots=True)
class Ticked:
    """The time that was asked for has come."""


@dataclass(frozen=True, slots=True)
class Heard:
    """A provider told, unasked, that something became of a job: worth a look now, and nothing more is believed."""

    provider: str
    remote: str


@dataclass(frozen=True, slots=True)
class Interrupted:
    """Somebody asked to stop; the second time, at once."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the store has for the key, or None."""

    id: str
    take: Take | None


@dataclass(frozen=True, slots=True)
class Entered:
    """A place that other projects share is ours, in the name of this token."""

    id: str
    token: str


@dataclass(frozen=True, slots=True)
class Full:
    """No such place is free. `seconds`: after which to ask again; `why`: for people."""

    id: str
    seconds: float
    why: str


@dataclass(frozen=True, slots=True)
class Intended:
    """The intent is on disk; nothing is sent yet."""

    id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Sent:
    """The provider took the order and the journal knows its id. `cost`: USD, where it says."""

    id: str
    remote: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """The provider has the order of an earlier intent, or its list does not show it (None). `lag`: seconds after which
    its list would; None = nobody says."""

    id: str
    remote: str | None
    lag: float | None = None


@dataclass(frozen=True, slots=True)
class Polled:
    id: str
    status: Status


@dataclass(frozen=True, slots=True)
class Fetched:
    """The clip is on disk, whole, and waits to be kept."""

    id: str
    file: PurePath
    facts: Facts


@dataclass(frozen=True, slots=True)
class Made:
    """The take is in the store."""

    id: str
    take: Take


@dataclass(frozen=True, slots=True)
class Broke:
    """What was last asked for this making failed."""

    id: str
    error: StepError


Report = (
    Began
    | Ticked
    | Interrupted
    | Heard
    | Looked
    | Entered
    | Full
    | Intended
    | Sent
    | Found
    | Polled
    | Fetched
    | Made
    | Broke
)

# What is asked of the world


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the store. Answered by Looked."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Run:
    """Do local work and keep its artifact. Answered by Made or Broke."""

    id: str
    key: str
    step: Step
    manifest: Manifest


@dataclass(frozen=True, slots=True)
class Enter:
    """Ask for a place that other projects share. Answered by Entered, Full or Broke."""

    id: str
    key: str
    provider: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The request of this place was answered, or its answer was lost. Not answered."""

    provider: str
    token: str


@dataclass(frozen=True, slots=True)
class Leave:
    """Give the place back. Not answered."""

    provider: str
    token: str


@dataclass(frozen=True, slots=True)
class Intend:
    """Write the intent, synced. Answered by Intended or Broke. `bare`: the provider no longer has its source.

    `token`: that of the place which was taken for it; "" = a new one.
    """

    id: str
    key: str
    step: Step
    manifest: Manifest
    number: int
    bare: bool = False
    token: str = ""


@dataclass(frozen=True, slots=True)
class Submit:
    """Send the paid order once, and write the answer, synced, before anything else. Answered by Sent or Broke."""

    id: str
    attempt: Attempt
    step: Step


@dataclass(frozen=True, slots=True)
class Find:
    """Ask the provider for an order whose answer was lost. Answered by Found or Broke."""

    id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Poll:
    """Answered by Polled or Broke."""

    id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Fetch:
    """Load the clip and check that it is whole. Answered by Fetched or Broke."""

    id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Keep:
    """Put the paid clip into the store, durably, and say so in the journal. Answered by Made or Broke."""

    id: str
    attempt: Attempt
    file: PurePath
    facts: Facts
    cost: Decimal | None
    took: float
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """The clip of this attempt was in the store already: say so in the journal. Not answered."""

    attempt: Attempt
    take: Take


@dataclass(frozen=True, slots=True)
class Close:
    """The attempt ended without a clip: say so in the journal. Not answered. `cost`: as the provider says, if so."""

    attempt: Attempt
    outcome: str
    message: str
    cost: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop what is under way for this making; its answer is not waited for."""

    id: str


@dataclass(frozen=True, slots=True)
class Tell:
    event: Event


Command = (
    Look
    | Run
    | Enter
    | Answered
    | Leave
    | Intend
    | Submit
    | Find
    | Poll
    | Fetch
    | Keep
    | Settle
    | Close
    | Abandon
    | Tell
)
