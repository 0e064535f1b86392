"""Likeness: does what a provider says of a job agree with what was ordered? The one rule, for whoever has to tell.

What is not said agrees with everything, and is no proof. Knows nothing of lists, of times, or of who owns a job.
"""

from __future__ import annotations

import json
from datetime import date
from enum import Enum
from fractions import Fraction

from reelmake.model.time import exact
from reelmake.records import dataclass

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
