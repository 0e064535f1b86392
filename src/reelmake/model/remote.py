"""What goes to a provider and what it says of it, as values: an order as it is sent, and how a job stands there. Asked:
does what it says of a job agree with what was ordered? The one rule, for whoever has to tell.

What is not said agrees with everything, and is no proof. Knows nothing of how it is carried, or of what follows.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import field
from datetime import date
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from pathlib import Path

from reelmake.model.order import Order
from reelmake.model.take import SpokenWord
from reelmake.model.time import exact
from reelmake.records import dataclass

HERE = "kept answer of "
"""Begins the id of a result that came with the answer and is here, at no provider; the token of its order follows."""


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
class Content:
    """A whole result that came with the answer to its order. `words`: when its words are said, where that was told."""

    data: bytes = field(repr=False)
    words: tuple[SpokenWord, ...] = field(default=(), repr=False)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider has the order. `remote`: the create-time id, the only one ever used. `cost`: its own figure, USD.

    `content`: the whole result, from a provider that answers with it (speech, stills); None = it is polled for and
    fetched. With content, `remote` may be "": there is nothing more to ask for, and what is lost of it stays lost.
    """

    remote: str
    cost: Decimal | None = None
    content: Content | None = None


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


SHORTENED = 500  # characters from which a prompt may have been cut off without a mark
_MARKS = ("…", "...")
_TOLD = ("prompt", "model", "operation")


class PromptMatch(Enum):
    """What a prompt that was told is to the one that was sent."""

    SAME = "the same"
    BEGUN = "the beginning of it"
    UNSAID = "not said"
    OTHERS = "another one"


@dataclass(frozen=True, slots=True)
class Asked:
    """What was ordered, as Attempt.order has it. `size` "" and `seconds` None: what was ordered has none."""

    prompt: str
    model: str
    operation: str
    size: str
    seconds: Fraction | None

    @classmethod
    def of(cls, order: str) -> Asked | None:
        """None for an order that an earlier version wrote down without its text."""
        try:
            said = json.loads(order)
            prompt, model, operation = (str(said[name]) for name in _TOLD)
            seconds = exact(str(said["seconds"])) if "seconds" in said else None
            return cls(prompt, model, operation, str(said.get("size", "")), seconds)
        except (ValueError, TypeError, LookupError, AttributeError):
            return None

    @property
    def anew(self) -> bool:
        """Is it a clip of its own? Others have size and length of their source."""
        return self.operation == "generate"

    def words(self, prompt: str) -> PromptMatch:
        """Space is compared as a reader sees it: forms and lists write the ends of lines in other ways."""
        ours, theirs = " ".join(self.prompt.split()), " ".join(prompt.split())
        if not theirs:
            return PromptMatch.UNSAID
        if theirs == ours:
            return PromptMatch.SAME
        begun = next((theirs.removesuffix(mark).rstrip() for mark in _MARKS if theirs.endswith(mark)), "")
        if not begun and len(prompt) >= SHORTENED:
            begun = theirs
        return PromptMatch.BEGUN if begun and ours.startswith(begun) else PromptMatch.OTHERS

    def differences(
        self, *, prompt: str = "", model: str = "", size: str = "", seconds: Fraction | None = None
    ) -> list[str]:
        """As sentences; "" and None are not said."""
        found = []
        if self.words(prompt) is PromptMatch.OTHERS:
            found.append(f'its prompt is "{_short(prompt)}", not "{_short(self.prompt)}"')
        if model and self.model and not same_model(model, self.model):
            found.append(f"its model is {model}, not {self.model}")
        if self.anew and size and self.size and size != self.size:
            found.append(f"its size is {size}, not {self.size}")
        if self.anew and seconds is not None and self.seconds is not None and seconds != self.seconds:
            found.append(f"it is {float(seconds):g} s long, not {float(self.seconds):g}")
        return found


def same_model(theirs: str, ours: str) -> bool:
    """The same name, also behind a gateway's prefix (acme/…) or as the dated version of it (…-2025-10-06)."""
    name, wanted = (model.rpartition("/")[2].casefold() for model in (theirs, ours))
    return name == wanted or (name.startswith(f"{wanted}-") and _is_date(name.removeprefix(f"{wanted}-")))


def _is_date(text: str) -> bool:
    """2025-10-06 or 20251006: a real day, and no other number of as many digits."""
    if not (text.isascii() and len(text.replace("-", "")) == 8):
        return False
    try:
        return date.fromisoformat(text).isoformat() in (text, f"{text[:4]}-{text[4:6]}-{text[6:]}")
    except ValueError:
        return False


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "…"
