"""A paid order on its way, from its intent to its result, and the table of all that can become of it.

    queued ▶ entering ▶ intended ▶ sending ─┬─────▶ submitted ▶ fetching ▶ fetched ▶ done
                                            ├ finding ──▲          ▲
                                            └ answered at once ────┘

Money, places and the journal move as the table says and in no other way. Knows nothing of how news is recognized
(paid_step.py, failures.py) or of who acts on it (paid_road.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Literal

from reelmake.errors import StepError
from reelmake.model.events import Event
from reelmake.model.take import Attempt, Take
from reelmake.plan.commands import Close, Request, Statement, Tell
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.remote import Content


class OrderState(Enum):
    """The values are prose for people; the order is the order of the road."""

    LOOKING = "was ordered by an earlier run; the store is asked first"
    QUEUED = "must be made, waits for a place"
    ENTERING = "must be made, asks for a place that other projects share"
    INTENDED = "its intent is being written, nothing is sent"
    SENDING = "is sent, the answer is awaited"
    FINDING = "was sent and no answer was heard; the provider is asked for it"
    SUBMITTED = "is made at the provider"
    FETCHING = "is being downloaded"
    FETCHED = "is on disk, checked, and goes into the store"
    DONE = "is in the store"
    FAILED = "could not be made, or not be seen through in this run"
    DROPPED = "certainly costs nothing, and is no longer needed"


class News(Enum):
    """What a report comes to, for the order it is about."""

    WRITTEN = "its intent is on disk"
    UNWRITTEN = "its intent could not be written"
    RECALLED = "the run was told to stop before it was sent"
    ACCEPTED = "the provider has it"
    ANSWERED = "the provider answered with its result"
    UNANSWERED = "it is unknown whether it arrived"
    NOT_NOW = "not taken; it is sent again later"
    NEVER_SENT = "not taken, too often or for a reason here"
    SOURCE_GONE = "not taken, for its source is gone; it goes without"
    REFUSED = "refused"
    BARRED = "refused, as would be all others there: no credit, no access"
    ABSENT = "the provider never had it; it is ordered again"
    UNWANTED = "the provider never had it, and it is no longer needed"
    UNARRIVING = "the provider never had it, once too often"
    UNCLEAR = "it cannot be determined whether the provider has it"
    NOT_YET = "not yet; it is asked about again"
    READY = "its result can be fetched"
    FAILED = "it ended there without a result"
    MODERATED = "its finished result was refused"
    REPEATED = "its finished result was refused; it may be ordered once more"
    GONE = "the provider no longer has it"
    LEFT = "it is not finished; the next run continues from there"
    FETCHED = "its result is on disk and whole"
    UNKEPT = "its result could not be stored; the file is kept"
    KEPT = "its result is in the store, and the journal says so"


Place = Literal["stays", "answered", "unanswered", "free", "landed", "answered and landed"]
"""What becomes of its place at the provider. It counts as a request until it is answered, and for a minute then; and as
a job until it has landed. "free": as neither, for it was not taken. "unanswered": as a job, since it may be one."""

Money = Literal["stays", "reserved", "released", "risked", "paid"]
"""What becomes of its cost in the budget. "risked": it may be charged although there is no result."""

Ending = Literal["", "not-sent", "refused", "moderated", "failed"]
"""The outcome with which the journal closes its attempt; "" = it stays open, or `kept` is written with the result."""


@dataclass(frozen=True, slots=True)
class Turn:
    """One row: the next state, and what becomes of the place, the money and the journal. `shuts`: nothing more is sent
    to this provider in this run."""

    to: OrderState
    place: Place = "stays"
    money: Money = "stays"
    close: Ending = ""
    shuts: bool = False


S, N = OrderState, News

# fmt: off
TABLE: Mapping[tuple[OrderState, News], Turn] = {
    # state        news                   next state    place         money       journal
    (S.INTENDED,  N.WRITTEN):     Turn(S.SENDING),
    (S.INTENDED,  N.UNWRITTEN):   Turn(S.FAILED,    "free",       "released"),
    (S.INTENDED,  N.RECALLED):    Turn(S.DROPPED,   "free",       "released", "not-sent"),
    (S.SENDING,   N.ACCEPTED):    Turn(S.SUBMITTED, "answered",   "reserved"),
    (S.SENDING,   N.ANSWERED):    Turn(S.FETCHING,  "answered and landed", "reserved"),
    (S.SENDING,   N.UNANSWERED):  Turn(S.FINDING,   "unanswered"),
    (S.SENDING,   N.NOT_NOW):     Turn(S.QUEUED,    "free",       "released", "not-sent"),
    (S.SENDING,   N.NEVER_SENT):  Turn(S.FAILED,    "free",       "released", "not-sent"),
    (S.SENDING,   N.SOURCE_GONE): Turn(S.QUEUED,    "free",       "released", "refused"),
    (S.SENDING,   N.REFUSED):     Turn(S.FAILED,    "free",       "released", "refused"),
    (S.SENDING,   N.BARRED):      Turn(S.FAILED,    "free",       "released", "refused", shuts=True),
    (S.FINDING,   N.ACCEPTED):    Turn(S.SUBMITTED),
    (S.FINDING,   N.NOT_YET):     Turn(S.FINDING),
    (S.FINDING,   N.ABSENT):      Turn(S.QUEUED,    "landed",     "released", "not-sent"),
    (S.FINDING,   N.UNWANTED):    Turn(S.DROPPED,   "landed",     "released", "not-sent"),
    (S.FINDING,   N.UNARRIVING):  Turn(S.FAILED,    "landed",     "released", "not-sent"),
    (S.FINDING,   N.UNCLEAR):     Turn(S.FAILED,    "landed"),
    (S.SUBMITTED, N.NOT_YET):     Turn(S.SUBMITTED),
    (S.SUBMITTED, N.READY):       Turn(S.FETCHING,  "landed"),
    (S.SUBMITTED, N.FAILED):      Turn(S.FAILED,    "landed",     "risked",   "failed"),
    (S.SUBMITTED, N.REFUSED):     Turn(S.FAILED,    "landed",     "risked",   "refused"),
    (S.SUBMITTED, N.BARRED):      Turn(S.FAILED,    "landed",     "risked",   "failed", shuts=True),
    (S.SUBMITTED, N.MODERATED):   Turn(S.FAILED,    "landed",     "risked",   "moderated"),
    (S.SUBMITTED, N.REPEATED):    Turn(S.QUEUED,    "landed",     "risked",   "moderated"),
    (S.SUBMITTED, N.GONE):        Turn(S.FAILED,    "landed",     "risked",   "failed"),
    (S.SUBMITTED, N.LEFT):        Turn(S.FAILED,    "landed"),
    (S.FETCHING,  N.FETCHED):     Turn(S.FETCHED),
    (S.FETCHING,  N.NOT_YET):     Turn(S.FETCHING),
    (S.FETCHING,  N.GONE):        Turn(S.FAILED,    "stays",      "risked",   "failed"),
    (S.FETCHING,  N.LEFT):        Turn(S.FAILED),
    (S.FETCHED,   N.KEPT):        Turn(S.DONE,      "stays",      "paid"),
    (S.FETCHED,   N.UNKEPT):      Turn(S.FETCHING),
    (S.FETCHED,   N.LEFT):        Turn(S.FAILED),
}
# fmt: on


@dataclass(frozen=True, slots=True)
class Tries:
    """Failed tries of the present stage in a row: how many, since when; of them, the last `gone` ones said that it is
    not there."""

    count: int = 0
    since: float = 0.0
    gone: int = 0

    def failed(self, now: float, *, gone: bool = False) -> Tries:
        """One more."""
        return Tries(self.count + 1, self.since if self.count else now, self.gone + 1 if gone else 0)


@dataclass(frozen=True, slots=True)
class Search:
    """For an order whose answer was lost: since when it is looked for in this run, and in how many `looks` it was not
    found. `slow`: it may arrive late. `taken`: it did arrive, as nobody knows which job."""

    since: float = 0.0
    looks: int = 0
    slow: bool = False
    taken: bool = False


@dataclass(frozen=True, slots=True)
class PaidOrder:
    """`id` is that of its task; times are monotonic seconds, costs USD. `attempt`: as the journal knows it, None before
    its intent is written."""

    id: str
    key: str
    provider: str
    state: OrderState
    attempt: Attempt | None = None
    number: int = 0  # orders for its key so far, those of earlier runs too
    times: int = 0  # of them, those of this run
    bare: bool = False  # its source is not there: it is ordered without
    token: str = ""  # of its place, where places are shared with other projects
    cost: Decimal | None = None  # ours, until the provider says another; None = not known
    sent: float = 0.0  # when it was intended
    accepted: float = 0.0  # since when it is known to be there
    looked: float | None = None  # its age when the provider last said that it is still being made
    told: float | None = None  # when its provider said, unasked, that something became of it
    odd: frozenset[str] = frozenset()  # states that it was in and nobody knows
    tries: Tries = Tries()
    search: Search = Search()
    expires: str = ""  # UTC until which its result is there, as the provider says
    content: Content | None = None  # its result, if that came with the answer and is not on disk yet
    again: bool = False  # its result was kept in an earlier run, is lost, and is only fetched

    @classmethod
    def adopted(cls, id: str, attempt: Attempt, sent: float, *, lost: bool = False) -> PaidOrder:
        """One of an earlier run, intended at `sent`: an open one, or one of which the result was kept and is `lost`."""
        found = cls(id, attempt.key, attempt.provider, OrderState.LOOKING, attempt, attempt.number, sent=sent)
        found = replace(found, cost=attempt.cost, again=lost)
        return found if lost else replace(found, token=attempt.token, search=Search(taken=attempt.taken))

    @property
    def owed(self) -> Decimal | None:
        """USD that this run may have to pay for it."""
        return Decimal(0) if self.again else self.cost

    def gave(self, take: Take) -> bool:
        """Is this the result of that very order? One that came with its answer has no id at the provider.

        Neither has one that was brought from another shelf; so where no answer was heard it may not be ours."""
        attempt = self.placed
        if attempt.remote or take.remote:
            return take.remote == attempt.remote
        return attempt.taken and take.provider == attempt.provider and take.made >= attempt.at

    @property
    def placed(self) -> Attempt:
        """Its attempt, of an order whose intent is written."""
        if self.attempt is None:
            raise RuntimeError(f"bug: {self.id} is {self.state.name} and was never intended")
        return self.attempt


@dataclass(frozen=True, slots=True)
class Reaction:
    """What a report comes to: the news, the order with what it says in its old state, and what people hear.

    `asks`: what is asked now; `wait`: seconds until the next state's question is. `error`: with which the order fails.
    `pause`: seconds for which nothing is sent to its provider. `why`, `cost`: what the journal says of its end; USD
    that the provider charges all the same, None = not said. `take`: its result, in the store.
    """

    order: PaidOrder
    news: News
    told: tuple[Event, ...] = ()
    wait: float | None = None
    asks: Request | None = None
    error: StepError | None = None
    pause: float | None = None
    why: str = ""
    cost: Decimal | None = None
    take: Take | None = None

    @property
    def turn(self) -> Turn:
        return TABLE[self.order.state, self.news]

    @property
    def says(self) -> tuple[Statement, ...]:
        """The line that ends its attempt without a result, if this turn does; then what people hear."""
        tells, close = [Tell(event) for event in self.told], self.turn.close
        code = self.error.code if self.error else ""
        return (Close(self.order.placed, close, self.why, self.cost, code), *tells) if close else tuple(tells)

    @property
    def charged(self) -> Decimal | None:
        """USD that it is or may be charged for; None = not known."""
        return self.order.owed if self.cost is None else self.cost
