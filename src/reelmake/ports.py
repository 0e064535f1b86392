"""The ports: what execute/ needs of the world, each with the promise it makes.

Real ones are wired in app, fakes in tests. Knows no adapter.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection, Generator, Mapping
from dataclasses import field
from decimal import Decimal
from pathlib import Path
from typing import Any, Protocol, TypeVar

from reelmake.model.http import Auth, Request, Response
from reelmake.model.medium import MediumName
from reelmake.model.offer import Offer, Put
from reelmake.model.provider import Limits
from reelmake.model.remote import Accepted, Content, RemoteJob, Status, Submission
from reelmake.model.signer import Signers
from reelmake.model.take import Attempt, Ending, Facts, Take
from reelmake.model.work import Work
from reelmake.records import dataclass

Tell = Callable[[float | None, str], None]
"""Progress of one piece of work: fraction 0..1 (None = not known) and a word."""


class Maker(Protocol):
    """Who does a work: `inputs` are its files by label; the artifact is written to `into`, a path at which nothing is.

    Returns the artifact's facts, None = let a probe say. Raises errors.LocalTool. It is called in a worker process that
    has no network and no secret; the same work on the same inputs gives the same bytes.
    """

    def __call__(self, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell, /) -> Facts | None: ...


class Provider(Protocol):
    """A remote provider. Errors come out as errors.StepError branches and nothing else.

    submit:  exactly one paid request; if its answer is the result itself, that is `Accepted.content`. Raises Transient
             only if the request certainly was not accepted, Refused / NoCredit / NoAccess / Gone (the source is not
             there) if it certainly was refused, Ambiguous if nobody can know.
    poll:    free, may be repeated for ever. Raises Transient if the question could not be asked.
    fetch:   writes the whole result to `into` (a path that does not exist yet); a partial file may be left on error.
             Raises Gone if the provider says that there is no content, Endless if it sends more than `most` bytes.
    find:    ids of the jobs there that match this order and were made since it was intended, oldest first; () if there
             certainly is none. Raises Ambiguous if this provider cannot tell.
    cancel:  best effort. Raises Refused if it cannot be cancelled.
    listing: what is there, newest first. Raises Refused if this provider has no list.
    clock:   unix seconds by its own clock, now; None = it does not say. May ask something free.
    lag:     seconds after which a job that was taken is found; None = nobody says, and then that none is found proves
             nothing.
    remove:  deletes a job and its result there.
    close:   lets connections go.
    """

    name: str
    lag: float | None

    async def submit(self, submission: Submission) -> Accepted: ...
    async def poll(self, remote: str) -> Status: ...
    async def fetch(self, remote: str, into: Path, tell: Tell, most: int) -> None: ...
    async def find(self, attempt: Attempt) -> tuple[str, ...]: ...
    async def cancel(self, remote: str) -> None: ...
    async def clock(self) -> float | None: ...
    async def listing(self) -> tuple[RemoteJob, ...]: ...
    async def remove(self, remote: str) -> None: ...
    async def close(self) -> None: ...


Look = Callable[[Path], Awaitable[Facts]]
"""What a file is, as it is found to be. Raises errors.LocalTool if it is nothing that can be used."""

T = TypeVar("T")
Talk = Generator[Request, Response, T]


class Conversation(Protocol):
    """A provider as pure generators: requests out, responses in, an answer at the end. wire/ makes a Provider of it.

    What Provider's methods promise, these do, with two differences: lost connections never reach a conversation, and
    `fetch` names its result by a request with `save`, or returns its bytes. At most one request of a submit is `paid`,
    and it is the last.
    Raises errors.StepError branches.
    """

    auth: Auth

    def submit(self, submission: Submission) -> Talk[Accepted]: ...
    def poll(self, remote: str) -> Talk[Status]: ...
    def fetch(self, remote: str) -> Talk[bytes | None]: ...
    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]: ...
    def cancel(self, remote: str) -> Talk[None]: ...
    def listing(self) -> Talk[tuple[RemoteJob, ...]]: ...
    def remove(self, remote: str) -> Talk[None]: ...


class Shelf(Protocol):
    """Takes that stand somewhere else: another project's store, a drive, a bucket.

    What it says may be wrong or forged; what is believed of it, who asks decides. `name`: for people. `trouble`: why it
    could not be asked when it was asked last, "" = it could.

    records: what it offers, by key; of several for one key the order says nothing. {} if it cannot be reached.
             `wanted`: by key, the digests that would be believed; () = whatever there is, as far as that can be found
             out.
    fetch:   writes the bytes of a take to `into`, a path that does not exist yet; a part of them may be left on error.
             The sha256 of what was written, in hex, whatever that is. Raises Gone if it does not have them any more, or
             they cannot be read, and other StepError branches for what is no fault of the shelf.
    """

    name: str
    trouble: str

    def records(self, wanted: Mapping[str, Collection[str]]) -> Mapping[str, tuple[Offer, ...]]: ...
    async def fetch(self, take: Take, into: Path, tell: Tell) -> str: ...


class SharedStore(Shelf, Protocol):
    """A shelf that others push to as well; nobody waits for another. `writes`: may anything be pushed from here?

    put:     the bytes, then the entry that names them; "new" if there was none. What is there stays, but for bytes of
             another length; `again`: but for the bytes. Signatures are added to an entry that says the same, and one
             that nobody has signed gives way to one that somebody has: "signed". Killed on the way, it leaves bytes
             that no entry names. Raises StepError branches.
    entries: all entries, by name; None = it is none that can be read. Raises StepError branches.
    """

    writes: bool

    async def put(self, offer: Offer, file: Path, *, again: bool = False) -> Put: ...
    async def entries(self) -> Mapping[str, Offer | None]: ...


class Answers(Protocol):
    """Results that came with the answer to a paid order, by its token: from when they are here until the store has
    them.

    set_aside: survives as what the store keeps. Raises LocalTool.
    """

    def set_aside(self, token: str, content: Content) -> None: ...
    def find(self, token: str) -> Content | None: ...
    def drop(self, token: str) -> None: ...


class Store(Protocol):
    """Content by digest and takes by key. What `keep` returned survives kill -9 and power loss if `durable` was set.

    Nothing half-written is ever visible: temporary file, sync, rename. It is the nearest of several shelves: what
    stands on a further one is brought here first, and then used.
    """

    @property
    def answers(self) -> Answers: ...

    def find(self, key: str) -> Take | None:
        """The take of a key whose bytes are there; None otherwise. Its manifest may be left out: who has the key has
        it."""

    def record(self, key: str) -> Take | None:
        """The take's record even if its bytes are gone."""

    def keep(self, file: Path, take: Take, *, durable: bool) -> Take:
        """Moves `file` in; `take.digest` "" is filled in, any other must be that of the file, or Gone is raised.

        Of two of one key the first stays. What comes later is let go, unless it was fetched for an order (`durable`,
        its digest still open) and is something else: then it is kept as the take of another key, and returned."""

    def believe(self, pins: Mapping[str, Collection[str]], signers: Signers) -> None:
        """From now on this holds of takes that come, or came, from further shelves: what the lock file names (`pins`:
        by key, digests), and who is trusted to say it of other keys. Without it none of them is found."""

    def elsewhere(self, keys: Collection[str]) -> dict[str, Take]:
        """Which of these takes are not here but on a further shelf, and believed, by key."""

    def whence(self, take: Take) -> str:
        """Who has signed what `elsewhere` found, and where that stands, for people; "" = nobody who is trusted."""

    async def bring(self, take: Take, tell: Tell, look: Look | None = None) -> Take:
        """Fetches what `elsewhere` found and keeps it, with facts as `look` finds them: only key and digest of it are
        pinned. Raises Gone if no shelf has those very bytes, and other StepError branches for what is no fault of
        theirs."""

    def path(self, take: Take) -> Path: ...
    def whole(self, take: Take) -> bool:
        """Reads the bytes again: are they still those of its digest?"""

    def scratch(self, suffix: str) -> Path:
        """A fresh path on the store's file system for work in progress."""


class Journal(Protocol):
    """The money lines. Each call returns after the line is on disk."""

    def intend(self, attempt: Attempt) -> None: ...
    def submitted(self, token: str, remote: str, cost: Decimal | None = None) -> None:
        """`cost`: USD, what the provider says the order comes to, where it does. `remote` "" = it is taken, and nobody
        knows as which job."""

    def kept(self, token: str, key: str, digest: str, cost: Decimal | None) -> None: ...
    def closed(self, token: str, outcome: str, message: str, cost: Decimal | None = None, code: str = "") -> None:
        """Ended without a result. outcome: not-sent | refused | moderated | failed | cancelled | dismissed.

        `refused` is the order; `moderated` is the result that was made of it.
        `cost`: USD that the provider says it charges all the same; 0 = nothing, or it was given back; None = not said.
        `code`: of the error that it ended with, "" = there was none.
        """

    def open(self) -> list[Attempt]:
        """Attempts without an end, oldest first."""

    def endings(self) -> Mapping[str, tuple[Ending, ...]]:
        """By key, oldest first: orders that were sent and ended without a result, since one of that key was kept."""

    def delivered(self) -> Mapping[str, Attempt]:
        """By key: the last order of which a result was kept. Should it be lost, it is fetched again, not paid again."""

    def remotes(self) -> set[str]:
        """The ids of every job that is or was ours, whatever became of it."""

    def recent(self) -> list[tuple[str, str]]:
        """(provider, UTC) of the last requests that may still count in a limit by the minute."""


@dataclass(frozen=True, slots=True)
class Wait:
    """No place is free. `seconds`: after which to ask again. `why`: who has them, for people."""

    seconds: float
    why: str


class Gate(Protocol):
    """Places at a provider that several projects share, each in the name of an order's token.

    What was entered counts for everyone until it leaves, whatever becomes of this process. Raises LocalTool if the
    records cannot be read or written; then no place was taken.

    resume:   tokens of this project's open orders: they have places, and no others of this project have.
    enter:    None = the place is ours.
    answered: the provider has answered to its order: in the minute it counts from now on.
    leave:    its job is no longer there.
    """

    async def resume(self, tokens: Collection[str]) -> None: ...
    async def enter(self, token: str) -> Wait | None: ...
    async def answered(self, token: str) -> None: ...
    async def leave(self, token: str) -> None: ...


class WebhookInbox(Protocol):
    """What providers tell unasked, over webhooks: that a job is worth a look. Nothing else of it is believed.

    providers: those that tell.
    deliver:   from now on `hear` is called with (provider, remote), on this loop, and says whether that is a job of
               ours; `complain` with what should not have come, each sort once.
    """

    providers: Collection[str]

    def deliver(self, hear: Callable[[str, str], bool], complain: Callable[[str], None]) -> None: ...


class Media(Protocol):
    """Local work on the CPU pool. Raises errors.LocalTool.

    perform: `work` is a step's, `inputs` its files by label, `key` its key (a sketch draws its palette from it); writes
             the artifact to `into`, a path that does not exist yet.
    """

    async def perform(self, key: str, work: Work, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts: ...
    async def examine(self, file: Path, medium: MediumName) -> Facts:
        """Facts of the answer to an order; raises LocalTool if it is not of that medium, or not all can be decoded."""


class Clock(Protocol):
    """monotonic: seconds, for waits; utc: ISO 8601 to the second, for records."""

    def monotonic(self) -> float: ...
    def utc(self) -> str: ...
    def sleep(self, seconds: float) -> Awaitable[None]: ...


class Inputs(Protocol):
    """Files of the project by path."""

    def digest(self, path: str) -> str:
        """sha256 of the file's bytes now. Raises errors.LocalTool if it cannot be read."""

    def path(self, path: str) -> Path: ...


@dataclass(frozen=True, slots=True)
class World:
    """All that a run needs of the machine it is on."""

    store: Store
    journal: Journal
    media: Media
    clock: Clock
    inputs: Inputs


@dataclass(frozen=True, slots=True)
class Remotes:
    """Who is ordered from, by name. `limits` may name more than `providers`: those are not asked in this run. `gates`:
    where limits are shared with others. `inbox`: what providers tell unasked. `origins`: where they are, as in Take."""

    providers: Mapping[str, Provider]
    limits: Mapping[str, Limits] = field(default_factory=dict)
    gates: Mapping[str, Gate] = field(default_factory=dict)
    inbox: WebhookInbox | None = None
    origins: Mapping[str, str] = field(default_factory=dict)


class Terminal(Protocol):
    """What a command writes to. Control characters of somebody else's text are escaped there.

    json:   one object on stdout is all that may stand there.
    result: what was asked for, to stdout. object: the same, as JSON.
    say:    what is good to know, to stderr; nothing with --quiet.
    """

    json: bool

    def result(self, text: str) -> None: ...
    def object(self, value: object) -> None: ...
    def say(self, text: str) -> None: ...
