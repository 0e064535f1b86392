"""Making: all that is done for one key, and who waits for it. State: how far a step or a making is. Result: its end.

Knows nothing of what happens next; that is plan/progress.py.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from enum import Enum

from reelmake.errors import ReelmakeError
from reelmake.model.step import Step
from reelmake.model.take import Attempt, Manifest, Take
from reelmake.plan.provider_queue import ProviderQueue
from reelmake.records import dataclass


class State(Enum):
    """The values are prose for people; the order is the order of the road."""

    WANTED = "waits for its inputs"
    READY = "its key is known, the store is asked"
    BRINGING = "is fetched from another shelf"
    QUEUED = "must be made, waits for a place"
    ENTERING = "must be made, asks for a place that other projects share"
    RUNNING = "is made on this machine"
    INTENDED = "its intent is being written, nothing is sent"
    SENDING = "is sent, the answer is awaited"
    FINDING = "was sent and no answer was heard; the provider is asked for it"
    SUBMITTED = "is made at the provider"
    FETCHING = "is being downloaded"
    FETCHED = "is on disk, checked, and goes into the store"
    DONE = "is in the store"
    FAILED = "could not be made"
    SKIPPED = "depends on something that could not be made"


@dataclass
class KeyTask:
    """`waiting`: the steps that get its take. `step` and `manifest` are the first waiting step's; an attempt of an
    earlier run that nobody wants any more has none. Times are the machine's."""

    id: str
    key: str
    state: State
    step: Step | None = None
    manifest: Manifest = ()
    rank: tuple[float, int] = (0.0, 0)
    waiting: list[str] = field(default_factory=list)
    lane: ProviderQueue | None = None
    attempt: Attempt | None = None
    token: str = ""  # of its place, where places are shared with other projects
    number: int = 0  # orders so far, those of earlier runs too
    orders: int = 0  # of this run
    sent: float = 0.0  # when the last of them was intended
    looked: float | None = None  # its age when the provider last said that it is still being made
    told: float | None = None  # when its provider said, unasked, that something became of it
    sought: float = 0.0  # since when it is looked for at the provider, in this run
    looks: int = 0  # for the last of them at the provider, in vain
    odd: set[str] = field(default_factory=set)  # states that it was in and nobody knows
    slow: bool = False  # the last of them may arrive late
    taken: bool = False  # it did arrive, as nobody knows which job
    bare: bool = False  # its source is not there: it is ordered without
    tries: int = 0  # failed tries of the present stage in a row
    gone: int = 0  # of them, the last ones that said that it is not there
    since: float = 0.0  # of the first of them
    began: float = 0.0  # when the present stage of the work began
    due: float | None = None  # when it wakes up, if it rests
    cost: Decimal | None = None  # ours, until the provider says another
    expires: str = ""  # UTC, as the provider says
    again: bool = False  # its clip was kept in an earlier run, is lost, and is only fetched

    @property
    def owed(self) -> Decimal | None:
        """USD that this run may have to pay for it."""
        return Decimal(0) if self.again else self.cost

    @property
    def name(self) -> str:
        """What events call it."""
        return self.waiting[0] if self.waiting else f"shot:{self.attempt.shot}" if self.attempt else self.id


@dataclass(frozen=True, slots=True)
class StepResult:
    """The end of one step, or where it stood when the run was interrupted.

    `made`: this step's own work made the take in this run. `error` if FAILED; `because`: the failed step, if SKIPPED.
    """

    step: Step
    state: State
    key: str = ""
    take: Take | None = None
    made: bool = False
    error: ReelmakeError | None = None
    because: str = ""
