"""Is a job on a provider's list the order whose answer was lost? Yes, no, or perhaps.

What a server echoes is compared (model/remote), what it leaves out cannot be: a job that may be ours is never called
not ours, for then it would be paid again. Age speaks against a job only by the provider's own clock, as it was known
when the order was sent: ours may have been wrong then. Knows nothing of pages and requests.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum

from reelmake.errors import Ambiguous
from reelmake.model.http import Response
from reelmake.model.remote import Asked, PromptMatch
from reelmake.model.take import Attempt
from reelmake.providers._answers import said_at, unix
from reelmake.providers.openai_videos.video import Video, identity, number, prompt, size
from reelmake.records import dataclass

MARGIN = 5.0  # seconds between two clocks that a Date header does not tell
BLIND_MARGIN = 600.0  # the same where there is no Date header
DRIFT = 120.0  # seconds by which the clocks of one provider's machines may differ


class Match(Enum):
    YES = "yes"
    NO = "no"
    PERHAPS = "perhaps"


@dataclass(frozen=True, slots=True)
class SoughtOrder:
    """An order as a list may show it.

    `since`: unix seconds by the provider's clock, None = it cannot be told. `certain`: that clock was known when the
    order was intended; else ours was believed. `odd`: why a list that does not show it proves nothing, "" = it does.
    """

    asked: Asked
    since: float | None
    certain: bool
    odd: str = ""

    @classmethod
    def of(cls, attempt: Attempt, reply: Response) -> SoughtOrder:
        """What to look for in the list that `reply` begins.

        Raises Ambiguous for an order that an earlier version wrote down without its text.
        """
        asked = Asked.of(attempt.order)
        if asked is None:
            raise Ambiguous("what was ordered is not on record")
        theirs = said_at(reply)
        if (known := unix(attempt.theirs)) is not None:
            since, now = known - MARGIN, theirs
        elif (intended := unix(attempt.at)) is None:
            return cls(asked, None, certain=False)
        elif theirs is not None and reply.at:
            since, now = intended + theirs - reply.at - MARGIN, theirs
        else:
            since, now = intended - BLIND_MARGIN, reply.at or None
        odd = ""
        if now is not None and since > now:
            odd = "its clock is behind the time of the order, so its list proves nothing"
        return cls(asked, since, certain=bool(attempt.theirs), odd=odd)

    def judge(self, job: Video) -> Match:
        """Is it this order? One with another prompt is not, nor one made from a clip where none was named, nor one
        that was there before by the provider's own clock. What else does not agree, or is not said, leaves it open."""
        if self.asked.anew and job.get("remixed_from_video_id"):
            return Match.NO
        words = self.asked.words(prompt(job))
        if words is PromptMatch.OTHERS or self.past(job):
            return Match.NO
        at = created(job)
        young = at is not None and self.since is not None and at >= self.since
        return Match.YES if words is PromptMatch.SAME and young and not self._differs(job) else Match.PERHAPS

    def past(self, job: Video) -> bool:
        """Was it there before the order was intended, and everything that is older?"""
        at = created(job)
        return self.certain and at is not None and self.since is not None and at < self.since - DRIFT

    def _differs(self, job: Video) -> bool:
        length = number(job.get("seconds", job.get("n_seconds")))
        return bool(self.asked.differences(model=str(job.get("model") or ""), size=size(job), seconds=length))


def pick(wanted: SoughtOrder, jobs: Iterable[Video], whole: bool) -> tuple[str, ...]:
    """Ids of the jobs that are this order, oldest first; () if it certainly never arrived.

    `whole`: are these all the jobs since the order was intended? Raises Ambiguous, with the ids of the jobs that may
    be this order, where none surely is.
    """
    sure: list[Video] = []
    open_: list[Video] = []
    for job in jobs:
        verdict = wanted.judge(job)
        if verdict is not Match.NO and identity(job):
            (sure if verdict is Match.YES else open_).append(job)
        elif verdict is not Match.NO:
            whole = False
    if sure:
        return tuple(identity(job) for job in sorted(sure, key=lambda job: created(job) or 0.0))
    if not whole or wanted.odd:
        raise Ambiguous(wanted.odd or "its list of jobs cannot be read to the end")
    if open_:
        ids = tuple(identity(job) for job in open_)
        raise Ambiguous(f"its list says too little about its jobs to tell: {', '.join(ids[:5])}", jobs=ids)
    return ()


def created(job: Video) -> float | None:
    """Unix seconds; None if it does not say."""
    return unix(job.get("created_at"))


def newest_first(page: Sequence[Video]) -> bool:
    """Is a page in that order, and does every job say when it was made?"""
    times = [at for job in page if (at := created(job)) is not None]
    return len(times) == len(page) and times == sorted(times, reverse=True)
