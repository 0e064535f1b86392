"""Vendor: an API of the form "POST a job, poll, fetch a link", or one that answers with the file itself, as data.

Made by compile/vendor_file from a file, spoken by providers/json_jobs. A `$word` in a path, a query or body stands for
a part of the order (ORDER) or of the job (`$id`, and what was KEPT of its order). A place is where a value stands in a
JSON reply ("data.task_id", "videos.0.url", "output.type=video.uri"); of several the first that holds something counts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from reelmake.model.forms import Forms, Value, of_model
from reelmake.model.http import Auth
from reelmake.model.medium import MediumName
from reelmake.model.provider import Capabilities, Model
from reelmake.records import dataclass

Places = tuple[str, ...]
Outcome = Literal["moderated", "refused", "no_credit", "no_access", "busy", "gone", "failed"]
OUTCOMES: tuple[Outcome, ...] = ("moderated", "refused", "no_credit", "no_access", "busy", "gone", "failed")
Act = Literal[
    "text", "image", "remix", "extend", "lipsync", "upscale", "interpolate", "still", "edit", "speech", "music"
]
MAKES: Mapping[Act, MediumName] = {
    "text": "clip", "image": "clip", "remix": "clip", "extend": "clip",
    "lipsync": "clip", "upscale": "clip", "interpolate": "clip",
    "still": "still", "edit": "still", "speech": "speech", "music": "music",
}  # fmt: skip
ACTS: tuple[Act, ...] = tuple(MAKES)
WORDLESS: tuple[Act, ...] = ("lipsync", "upscale", "interpolate")
"""Those that need no words, only the clip that they change."""

PICTURES = ("image", "last_image", "reference")  # $reference: once for each picture, in an entry of a list
SPEECH = "speech"  # the sound of what is said in a clip
TYPES = tuple(f"{picture}_type" for picture in PICTURES)  # their media types: "image/png"
SOURCE = ("source", "source_url")  # of the clip that is remixed or extended: its id there, a link to it
ORDER = (
    "prompt", "avoid", "model", "seconds", "frames", "size", "width", "height", "ratio", "resolution", "seed", "token",
    "uuid", "callback", "voice", "style", "language", *PICTURES, *TYPES, SPEECH, *SOURCE,
)  # fmt: skip
KEPT = ("model", "path")  # what the id of a job can tell of its order: its model, the path that it was sent to
TOKENS = ("token", "uuid")  # ours, new for every order; the second is the first in the form of a UUID
SLASHED = ("id", "model")


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
    """One request. `path` is below the base_url; `body` is JSON with `$words`, None = no body. `bodies` and `paths`:
    those of models that are asked in another form or elsewhere, by name or pattern. `multipart`: it goes as a form,
    each entry of it (and of a list) as a part.

    Of an order: `answer` is how the reply has the file itself, None = it has none; `link`, where the reply has a link
    to the file, which is then the id of the job, () = it has none. A reply may have the one or the other."""

    path: str
    method: str = "GET"
    query: Mapping[str, str] = field(default_factory=dict)
    body: Mapping[str, object] | None = None
    bodies: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    paths: Mapping[str, str] = field(default_factory=dict)
    multipart: bool = False
    answer: Answer | None = None
    link: Places = ()

    def of(self, model: str) -> Call:
        """The request as it is for this model."""
        body, path = of_model(self.bodies, model), of_model(self.paths, model)
        return replace(self, body=self.body if body is None else body, path=path or self.path, bodies={}, paths={})


@dataclass(frozen=True, slots=True)
class Amount:
    """Money in a reply, or a part of it: USD = the value * `usd` / `per`."""

    at: Places
    per: Decimal = Decimal(1)
    usd: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a job is asked about, and what the answer means. Words are compared without regard to case ("true" is the
    value, "" = there is none); an unknown one means pending. `error`: what stands there when a job that is `ready` has
    failed all the same. `blocked`: place to the value that says that moderation has taken the finished result away, "*"
    = any."""

    call: Call
    word: Places = ()
    pending: frozenset[str] = frozenset()
    ready: frozenset[str] = frozenset()
    dead: Mapping[str, Outcome] = field(default_factory=dict)
    progress: Places = ()
    error: Places = ()
    code: Places = ()
    message: Places = ()
    cost: tuple[Amount, ...] = ()
    expires: Places = ()
    after: Places = ()
    blocked: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file goes up first, in a multipart form; `url` is where the answer says how the order calls it.

    `body`: JSON that asks for a place instead. Then `to` is where the answer has the address that the file goes to, by
    PUT, or by a form with the fields that stand at `fields`. `wait`: how one asks whether it may be used yet (`$file`).
    """

    path: str
    url: Places
    field: str = "file"
    body: Mapping[str, object] | None = None
    to: Places = ()
    fields: Places = ()
    wait: Standing | None = None


@dataclass(frozen=True, slots=True)
class ClipPlace:
    """Where a result is: `url` in the status reply; or an address of the API's own (`call`); or behind one more request
    (`retrieve`), whose reply has `url`; or in the status reply itself (`base64`). `files`: words for `call` and
    `retrieve` that stand in the status reply. `hours`: how long a link holds."""

    url: Places = ()
    base64: Places = ()
    call: Call | None = None
    files: Mapping[str, Places] = field(default_factory=dict)
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
class Lookup:
    """A job by a token of ours: `id` is where the answer has its id. An answer that it is not there says that the order
    never came, `lag` seconds after it was sent; None = nobody says when."""

    call: Call
    id: Places
    lag: float | None = None


@dataclass(frozen=True, slots=True)
class Listing:
    """The jobs that are there. All but `items` are places within one item. `next`: what `cursor`, a part of the query,
    must be for the next page, without `cursor` its address; or `page`, a part of the query, is its number. `total`: how
    many there are in all. `days`: for how long a job is in it, `lag`: seconds after which one that was taken is; None =
    not said."""

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

    `id`, `status` and `clip` are of jobs: where every order is answered at once, there are none. `keep`: what the id of
    a job has of its order, for it is asked about with it. `slashes`: words that are paths, and ids that may be whole
    addresses. `defaults`: values of words that an order does not have.
    """

    capabilities: Capabilities
    creates: Mapping[Act, Call]
    id: Places = ()
    keep: tuple[str, ...] = ()
    slashes: frozenset[str] = frozenset()
    defaults: Mapping[str, Value] = field(default_factory=dict)
    status: Standing = field(default_factory=lambda: Standing(Call("")))
    clip: ClipPlace = field(default_factory=ClipPlace)
    title: str = ""
    auth: Auth = field(default_factory=Auth)
    headers: Mapping[str, str] = field(default_factory=dict)
    idempotency: str = ""
    forms: Forms = field(default_factory=Forms)
    upload: Upload | None = None
    charged: tuple[Amount, ...] = ()
    envelope: Envelope | None = None
    errors: Mapping[str, Outcome] = field(default_factory=dict)
    cancel: Call | None = None
    remove: Call | None = None
    lookup: Lookup | None = None
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
        """Are orders for this medium, or some of them, answered with the file itself, or a link to it?"""
        at_once = [act for act, call in self.creates.items() if call.answer is not None or call.link]
        return any(MAKES[act] == medium for act in at_once)

    def queues(self, medium: MediumName) -> bool:
        """Are orders for this medium, or some of them, answered with a job?"""
        return any(MAKES[act] == medium for act, call in self.creates.items() if call.answer is None and not call.link)
