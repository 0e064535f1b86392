"""Vendor: an API of the form "POST a job, poll, fetch a link", or one that answers with the file itself, as data.

Made by compile/vendor_file from a file, spoken by providers/json_jobs. A `$word` in a path, a query or body stands for
a part of the order (ORDER) or of the job (`$id`). A place is where a value stands in a JSON reply ("data.task_id",
"videos.0.url"); of several places the first that holds something counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from reelmake.model.forms import Forms
from reelmake.model.http import Auth
from reelmake.model.medium import MediumName
from reelmake.model.provider import Capabilities, Model
from reelmake.records import dataclass

Places = tuple[str, ...]
Outcome = Literal["moderated", "refused", "no_credit", "no_access", "busy", "gone", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("moderated", "refused", "no_credit", "no_access", "busy", "gone", "failed")
Act = Literal["text", "image", "remix", "extend", "still", "edit", "speech", "music"]
MAKES: Mapping[Act, MediumName] = {
    "text": "clip", "image": "clip", "remix": "clip", "extend": "clip",
    "still": "still", "edit": "still", "speech": "speech", "music": "music",
}  # fmt: skip
ACTS: tuple[Act, ...] = tuple(MAKES)

PICTURES = ("image", "last_image", "reference")  # $reference: once for each picture, in an entry of a list
SOURCE = ("source", "source_url")  # of the clip that is remixed or extended: its id there, a link to it
ORDER = (
    "prompt", "avoid", "model", "seconds", "size", "width", "height", "ratio", "resolution", "seed", "token",
    "callback", "voice", "style", "language", *PICTURES, *SOURCE,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class WordTimes:
    """Where a reply says when what is spoken is said: a list of texts, whole `words` or single `characters`, and beside
    it lists of when each begins and ends. With `items`, a list of objects, all of these are places within one of them.
    Seconds = the value / `per`."""

    begin: Places
    end: Places
    words: Places = ()
    characters: Places = ()
    items: Places = ()
    per: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Answer:
    """How the reply to an order has the file itself: as base64 there, () = its body is the file. `pcm`: a sound comes
    as nothing but samples, so many a second (16 bits, one channel); 0 = it does not. `times`: of speech, where it says
    when each word is said."""

    base64: Places = ()
    pcm: int = 0
    times: WordTimes | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """One request. `path` is below the base_url; `body` is JSON with `$words`, None = no body. `bodies`: those of
    models that are asked in another form. `multipart`: it goes as a form, each entry of it (and of a list) as a part.
    `answer`: of an order whose reply has the file; None = it has none."""

    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    bodies: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    multipart: bool = False
    answer: Answer | None = None

    def of(self, model: str) -> Call:
        """The request as it is for this model."""
        return replace(self, body=self.bodies.get(model, self.body), bodies={})


@dataclass(frozen=True, slots=True)
class Upload:
    """A file goes up in a multipart form first; `url` is where the answer says how the order calls it."""

    path: str
    url: Places
    field: str = "file"


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a reply: USD = the value / `per`."""

    at: Places
    per: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job is asked about, and what the answer means. Words are compared without regard to case; an unknown one
    means pending. `blocked`: place to the value that says that moderation has taken the finished result away."""

    call: Call
    word: Places = ()
    pending: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    dead: Mapping[str, Outcome] = field(default_factory=dict)
    progress: Places = ()
    code: Places = ()
    message: Places = ()
    cost: Amount | None = None
    expires: Places = ()
    after: Places = ()
    blocked: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ClipPlace:
    """Where a result is: `url` in the status reply; or an address of the API's own (`call`); or behind one more request
    (`retrieve`, with `$file` from the status reply), whose reply has `url`. `hours`: how long a link holds."""

    url: Places = ()
    call: Call | None = None
    file: Places = ()
    retrieve: Call | None = None
    authenticated: bool = False
    hours: Fraction | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """An answer that says inside HTTP 200 whether it is an error: it is none if `code` holds one of `ok`."""

    code: Places
    ok: frozenset[str]
    message: Places = ()


@dataclass(frozen=True, slots=True)
class Listing:
    """The jobs that are there. All but `items` are places within one item. `next`: what `cursor`, a part of the query,
    must be for the next page; or `page`, a part of the query, is its number. `total`: how many there are in all.
    `days`: for how long a job is in it, `lag`: seconds after which one that was taken is; None = not said."""

    call: Call
    items: Places
    id: Places
    status: Places = ()
    prompt: Places = ()
    model: Places = ()
    size: Places = ()
    seconds: Places = ()
    created: Places = ()
    expires: Places = ()
    next: Places = ()
    cursor: str = ""
    page: str = ""
    total: Places = ()
    days: Fraction | None = None
    lag: float | None = None


@dataclass(frozen=True, slots=True)
class ModelListing:
    """What the API itself says of its models. `first` and `last`: (place, what it must hold) for pictures.

    `prices`: shorter side (0 = every other) to the place of the USD a second.
    """

    call: Call
    items: Places
    name: Places
    sizes: Places = ()
    seconds: Places = ()
    first: tuple[Places, str] = ((), "")
    last: tuple[Places, str] = ((), "")
    prices: Mapping[int, Places] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Vendor:
    """One file. `errors`: the vendor's codes (lower case) to what they mean; `idempotency`: a header for our token.

    `id`, `status` and `clip` are of jobs: where every order is answered at once, there are none.
    """

    capabilities: Capabilities
    creates: Mapping[Act, Call]
    id: Places = ()
    status: Standing = field(default_factory=lambda: Standing(Call("")))
    clip: ClipPlace = field(default_factory=ClipPlace)
    title: str = ""
    auth: Auth = field(default_factory=Auth)
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotency: str = ""
    forms: Forms = field(default_factory=Forms)
    upload: Upload | None = None
    charged: Amount | None = None
    envelope: Envelope | None = None
    errors: Mapping[str, Outcome] = field(default_factory=dict)
    cancel: Call | None = None
    remove: Call | None = None
    listing: Listing | None = None
    menu: ModelListing | None = None
    credit: tuple[Call, Places] | None = None
    models: Mapping[str, Model] = field(default_factory=dict)
    source: str = ""
    as_of: str = ""

    @property
    def has_jobs(self) -> bool:
        """Is an order something to be asked about later?"""
        return bool(self.status.call.path)

    def answers(self, medium: MediumName) -> bool:
        """Are orders for this medium, or some of them, answered with the file itself?"""
        return any(MAKES[act] == medium and call.answer is not None for act, call in self.creates.items())
