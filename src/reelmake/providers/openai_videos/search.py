"""Is a job on a provider's list the order whose answer was lost? Yes, no, or perhaps.

What a server echoes is compared, what it leaves out cannot be: a job that may be ours is never called not ours, for
then it would be paid again. Knows nothing of pages and requests.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from reelmake.errors import Ambiguous
from reelmake.model.http import Response
from reelmake.model.take import Attempt
from reelmake.model.time import exact
from reelmake.providers._answers import said_at, unix
from reelmake.providers.openai_videos.video import Video, identity, number, prompt, size

MARGIN = 5.0  # seconds between our clock and theirs that a Date header does not tell
BLIND_MARGIN = 600.0  # the same where there is no Date header
DAY = 86400.0  # seconds by which our clock may have been wrong when the order was intended: it was set since
SHORTENED = 500  # characters from which a prompt may have been cut off without a mark


class Verdict(Enum):
    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class Wanted:
    """An order as a list may show it. `since`: unix seconds by the provider's clock, None = it cannot be told.
    `size`, `seconds`: only of what is made anew; the other operations have those of their source."""

    prompt: str
    model: str
    size: str
    seconds: Fraction | None
    anew: bool
    since: float | None

    @classmethod
    def of(cls, attempt: Attempt, reply: Response) -> Wanted:
        """What to look for in the list that `reply` begins, with the provider's clock as its Date header tells it.

        Raises Ambiguous for an order that an earlier version wrote down without its text.
        """
        try:
            asked = json.loads(attempt.order)
            texts = {name: str(asked[name]) for name in ("prompt", "model", "operation", "size", "seconds")}
            length = exact(texts["seconds"])
        except (ValueError, TypeError, LookupError):
            raise Ambiguous("what was ordered is not on record") from None
        anew, intended, theirs = texts["operation"] == "generate", unix(attempt.at), said_at(reply)
        ahead, margin = (theirs - reply.at, MARGIN) if theirs and reply.at else (0.0, BLIND_MARGIN)
        return cls(
            texts["prompt"],
            texts["model"],
            texts["size"] if anew else "",
            length if anew else None,
            anew,
            None if intended is None else intended + ahead - margin,
        )

    def judge(self, job: Video) -> Verdict:
        """Is it this order? An older job is not, nor one with another prompt, nor one made from a clip where none was
        named; what else does not agree, or is not said, leaves it open. So does a job that agrees in everything and is
        older by hours only, for our clock may have been set since."""
        if self.anew and job.get("remixed_from_video_id"):
            return Verdict.NO
        said = prompt(job)
        if said and not self._same_words(said):
            return Verdict.NO
        at = created(job)
        agrees = bool(said) and said.strip() == self.prompt.strip() and at is not None
        agrees = agrees and self.since is not None and all(self._agreements(job))
        if self.older(job):
            return Verdict.PERHAPS if agrees and not self.older(job, DAY) else Verdict.NO
        return Verdict.YES if agrees else Verdict.PERHAPS

    def older(self, job: Video, by: float = 0.0) -> bool:
        """Was it made before the order was intended, by so many seconds at least?"""
        at = created(job)
        return at is not None and self.since is not None and at < self.since - by

    def _agreements(self, job: Video) -> Iterable[bool]:
        """Of each thing that it says besides the prompt: is it as ordered?"""
        if model := job.get("model"):
            yield _same_model(str(model), self.model)
        if self.size and (pixels := size(job)):
            yield pixels == self.size
        if self.seconds is not None and (length := number(job.get("seconds", job.get("n_seconds")))) is not None:
            yield length == self.seconds

    def _same_words(self, said: str) -> bool:
        """The same prompt, or the beginning of it, cut off."""
        said, ours = said.strip(), self.prompt.strip()
        begun = said.removesuffix("…").removesuffix("...")
        return said == ours or ((begun != said or len(said) >= SHORTENED) and ours.startswith(begun.rstrip()))


def pick(wanted: Wanted, jobs: Iterable[Video], whole: bool) -> tuple[str, ...]:
    """Ids of the jobs that are this order, oldest first; () if it certainly never arrived.

    `whole`: are these all the jobs since the order was intended? Raises Ambiguous, with the ids of the jobs that may
    be this order, where none surely is.
    """
    sure: list[Video] = []
    open_: list[Video] = []
    for job in jobs:
        verdict = wanted.judge(job)
        if verdict is not Verdict.NO and identity(job):
            (sure if verdict is Verdict.YES else open_).append(job)
        elif verdict is not Verdict.NO:
            whole = False
    if sure:
        return tuple(identity(job) for job in sorted(sure, key=lambda job: created(job) or 0.0))
    if not whole:
        raise Ambiguous("its list of jobs cannot be read to the end")
    if open_:
        ids = tuple(identity(job) for job in open_)
        raise Ambiguous(f"its list does not say enough of its jobs to tell: {', '.join(ids[:5])}", jobs=ids)
    return ()


def created(job: Video) -> float | None:
    """Unix seconds; None if it does not say."""
    return unix(job.get("created_at"))


def _same_model(theirs: str, ours: str) -> bool:
    """The same name, also behind a gateway's prefix (openai/…) or as the dated version of it (…-2025-10-06)."""
    theirs, ours = theirs.rsplit("/", 1)[-1].lower(), ours.rsplit("/", 1)[-1].lower()
    return theirs == ours or (theirs.startswith(f"{ours}-") and theirs[len(ours) + 1 :][:2].isdigit())
