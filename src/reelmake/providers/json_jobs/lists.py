"""A vendor's list of jobs, page by page, each job in the one shape that a search understands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from reelmake.errors import Transient
from reelmake.model.http import Request, Response
from reelmake.model.vendor import Listing
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, tidy
from reelmake.providers.json_jobs.places import identity, look, word
from reelmake.providers.openai_videos.search import created
from reelmake.providers.openai_videos.video import Video

MOST = 50  # pages


def pages(
    listing: Listing, first: Response, ask: Callable[[str], Request], enough: Callable[[Video], bool]
) -> Talk[tuple[list[Video], bool]]:
    """The jobs, and whether these are all down to one that is `enough`.

    Without `next` there is one page, and it is all only if it reaches far enough back.
    """
    jobs: list[Video] = []
    seen: set[str] = set()
    reply = first
    for _ in range(MOST):
        page = _read(listing, reply)
        jobs += page
        if page and enough(page[-1]) and _sorted(page):
            return jobs, True
        cursor = identity(reply.data, listing.next)
        if not cursor or cursor in seen or not listing.cursor:
            return jobs, bool(listing.next and not cursor) or not page
        seen.add(cursor)
        reply = yield ask(cursor)
        if not reply.ok:
            return jobs, False
    return jobs, False


def _read(listing: Listing, reply: Response) -> list[Video]:
    found = look(reply.data, listing.items)
    if found is None and isinstance(reply.data, dict):
        found = []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Transient(tidy(f"its list of jobs cannot be read: {complaint(reply)}"), after=after(reply))
    return [_job(listing, item) for item in found]


def _job(listing: Listing, item: dict[str, Any]) -> Video:
    said = look(item, listing.prompt)
    return {
        "id": identity(item, listing.id),
        "status": word(item, listing.status),
        "prompt": said if isinstance(said, str) else "",
        "model": word(item, listing.model),
        "size": word(item, listing.size),
        "seconds": look(item, listing.seconds),
        "created_at": look(item, listing.created),
        "expires_at": look(item, listing.expires),
    }


def _sorted(page: list[Video]) -> bool:
    """Newest first, and every one says when it was made."""
    times = [at for job in page if (at := created(job)) is not None]
    return len(times) == len(page) and times == sorted(times, reverse=True)
