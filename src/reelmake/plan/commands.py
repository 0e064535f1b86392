"""What the state machine of a run asks of the world. Plain data; knows nothing of how a command is carried out.

`id` names a task: all that is done for one key, or for one open order of an earlier run.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath
from typing import TYPE_CHECKING

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.events import Event
    from reelmake.model.remote import Content
    from reelmake.model.step import Step
    from reelmake.model.take import Attempt, Facts, Manifest, Take


@dataclass(frozen=True, slots=True)
class Look:
    """Ask the store. Answered by Looked."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Inquire:
    """Ask further shelves for what is to be ordered, and whose key no plan knew. Answered by Offered or Broke."""

    id: str
    key: str


@dataclass(frozen=True, slots=True)
class Bring:
    """Fetch a take from a further shelf and keep it. Answered by Made or Broke."""

    id: str
    take: Take


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
class _OfPlace:
    """About a place that other projects share. Not answered."""

    provider: str
    token: str


class Answered(_OfPlace):
    """The request of this place was answered, or its answer was lost."""


class Leave(_OfPlace):
    """Give the place back."""


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
class _OfOrder:
    """About an order that is in the journal."""

    id: str
    attempt: Attempt


@dataclass(frozen=True, slots=True)
class Submit(_OfOrder):
    """Send the paid order once, and write the answer, synced, before anything else. Answered by Sent or Broke."""

    step: Step


class Find(_OfOrder):
    """Ask the provider for an order whose answer was lost. Answered by Found or Broke."""


class Poll(_OfOrder):
    """Answered by Polled or Broke."""


@dataclass(frozen=True, slots=True)
class Fetch(_OfOrder):
    """Load the result and check that it is whole; `content`: it came with the answer. Answered by Fetched or Broke."""

    content: Content | None = None


@dataclass(frozen=True, slots=True)
class Keep(_OfOrder):
    """Put the paid result into the store, durably, and say so in the journal. Answered by Made or Broke."""

    file: PurePath
    facts: Facts
    cost: Decimal | None
    took: float
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Settle:
    """The result of this attempt was in the store already: say so in the journal. Not answered."""

    attempt: Attempt
    take: Take


@dataclass(frozen=True, slots=True)
class Close:
    """The attempt ended without a result: say so in the journal. Not answered. `cost`: as the provider says, if so.
    `code`: of the error, if it is one."""

    attempt: Attempt
    outcome: str
    message: str
    cost: Decimal | None = None
    code: str = ""


@dataclass(frozen=True, slots=True)
class Abandon:
    """Stop what is under way for this task; its answer is not waited for."""

    id: str


@dataclass(frozen=True, slots=True)
class Tell:
    event: Event


Request = Inquire | Bring | Run | Enter | Intend | Submit | Find | Poll | Fetch | Keep
"""Takes its time, and is answered by a report."""

Statement = Answered | Leave | Settle | Close | Tell
"""Is not answered."""

Command = Look | Request | Statement | Abandon
