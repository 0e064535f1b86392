"""Reads a list of jobs page by page, newest first, as far as is wanted. Knows nothing of what is looked for."""

from __future__ import annotations

from collections.abc import Callable

from reelmake.errors import NoAccess, NoCredit, StepError, Transient
from reelmake.model.http import Request, Response
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, refusal, tidy
from reelmake.providers.openai_videos.search import newest_first
from reelmake.providers.openai_videos.video import Video, identity

MOST = 50  # pages


def pages(
    first: Response, ask: Callable[[str], Request], enough: Callable[[Video], bool]
) -> Talk[tuple[list[Video], bool]]:
    """The jobs, and whether these are all down to one that is `enough`. `ask`: the page after a job, by its id.

    A list that is not sorted is read to its end. One that gives the same page again, or refuses the next one, is not
    all there is. Raises Transient for an answer that is no list, NoAccess and NoCredit.
    """
    jobs: list[Video] = []
    seen: set[str] = set()
    reply = first
    for _ in range(MOST):
        page, more = _read(reply)
        new = [job for job in page if identity(job) not in seen]
        seen.update(identity(job) for job in new)
        jobs += new
        if more is False or (more is None and not page):
            return jobs, True
        if not new or not identity(page[-1]):
            return jobs, False
        if enough(page[-1]) and newest_first(page):
            return jobs, True
        reply = yield ask(identity(page[-1]))
        if no_list(reply):
            return jobs, False
    return jobs, False


def no_list(reply: Response) -> StepError | None:
    """Why there is no list at all; None if there is, or may be another time."""
    if reply.ok:
        return None
    error = refusal(reply, paid=False)
    return None if isinstance(error, Transient | NoAccess | NoCredit) else error


def _read(reply: Response) -> tuple[list[Video], bool | None]:
    """The jobs of a page, and is there another one; None = it does not say."""
    if not reply.ok:
        raise refusal(reply, paid=False)
    listed = reply.data.get("data") if isinstance(reply.data, dict) else reply.data
    if not isinstance(listed, list) or not all(isinstance(job, dict) for job in listed):
        raise Transient(tidy(f"its list of jobs cannot be read: {complaint(reply)}"), after=after(reply))
    more = reply.data.get("has_more") if isinstance(reply.data, dict) else None
    return listed, more if isinstance(more, bool) else None
