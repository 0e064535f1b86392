"""What the world reports to the state machine of a run. Plain data; knows nothing of what follows from a report.

`id` names a task: all that is done for one key, or for one open order of an earlier run.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import PurePath

from reelmake.errors import StepError
from reelmake.model.remote import Content, Status
from reelmake.model.take import Attempt, Facts, Take
from reelmake.records import dataclass


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
class Offered:
    """What a further shelf has for the key and is believed, or None."""

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
    """The provider took the order and the journal knows its id. `cost`: USD, where it says. `content`: its result, from
    a provider that answers with it."""

    id: str
    remote: str
    cost: Decimal | None = None
    content: Content | None = None


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
    """The result is on disk, whole, and waits to be kept."""

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
    """What was last asked for this task failed."""

    id: str
    error: StepError


Answer = Looked | Offered | Entered | Full | Intended | Sent | Found | Polled | Fetched | Made | Broke
"""To what was asked for the task that it names."""

Report = Began | Ticked | Interrupted | Heard | Answer
