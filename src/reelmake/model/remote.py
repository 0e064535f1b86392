"""What goes to a provider and what it says of it, as values: an order as it is sent, and how a job stands there.

Knows nothing of how it is carried, or of what follows.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from reelmake.model.order import Order
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Submission:
    """One paid order, as it is sent. `inputs`: files by label (image, last_image, source, reference 1 …).

    `token` is ours and new for every order. `seed`: the author's, else one derived from the key.
    `source`: for remix and extend the create-time id, at this very provider, of the clip they start from; "" = there is
    none (any more), so the file `inputs["source"]` must be sent.
    """

    order: Order
    inputs: Mapping[str, Path]
    token: str
    source: str = ""
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the order. `remote`: the create-time id, the only one ever used. `cost`: its own figure, USD.

    `content`: the whole result, from a provider that answers with it (speech, stills); None = it is polled for and
    fetched. With content, `remote` may be "": there is nothing more to ask for, and what is lost of it stays lost.
    """

    remote: str
    cost: Decimal | None = None
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Pending:
    """Still being made. `after`: seconds the provider asks us to wait before the next poll, None = our choice.

    `note`: its own word for the state; `odd`: it is none that we know, and was taken for "still being made".
    """

    fraction: float | None = None
    note: str = ""
    after: float | None = None
    odd: bool = False


@dataclass(frozen=True, slots=True)
class Ready:
    """Can be fetched. `cost` is the provider's own figure in USD where it gives one.

    `expires`: UTC until which the result is there, to fetch or to remix; "" = not said.
    """

    cost: Decimal | None = None
    expires: str = ""


@dataclass(frozen=True, slots=True)
class Dead:
    """Ended without a result. `code` as in errors.py; `message` in the provider's words.

    `cost`: what it says it charges all the same, 0 = it says nothing was or it was refunded; None = not said.
    """

    code: str
    message: str
    cost: Decimal | None = None


Status = Pending | Ready | Dead


@dataclass(frozen=True, slots=True)
class RemoteJob:
    """A job as a provider lists it; what it does not say is empty. `created`, `expires`: UTC, ISO 8601."""

    remote: str
    status: str = ""
    prompt: str = ""
    model: str = ""
    size: str = ""
    seconds: Fraction | None = None
    created: str = ""
    expires: str = ""
