"""A vendor's list of jobs, page by page, each job in the one shape that a search understands."""

from __future__ import annotations

from collections.abc import Callable

from reelmake.errors import Transient
from reelmake.model.http import Response
from reelmake.model.vendor import Listing
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, tidy
from reelmake.providers.json_jobs.asking import Asking
from reelmake.providers.json_jobs.json_path import holds, identity, look, word
from reelmake.providers.openai_videos.search import newest_first
from reelmake.providers.openai_videos.video import Video, number

MOST = 50  # pages


def pages(
    listing: Listing, first: Response, asking: Asking, enough: Callable[[Video], bool]
) -> Talk[tuple[list[Video], bool]]:
    """The jobs, and whether these are all down to one that is `enough`.

    Without a way to the next page there is one, and it is all only if it reaches far enough back.
    """
    jobs: list[Video] = []
    seen: set[str] = set()
    reply, total = first, _total(listing, first)
    for turn in range(_first(listing), _first(listing) + MOST):
        page = _read(listing, reply, asking)
        known = {job["id"] for job in jobs}
        fresh = [job for job in page if not job["id"] or job["id"] not in known]
        jobs += fresh  # one that came meanwhile moves the others on, to the next page
        if page and enough(page[-1]) and newest_first(page):
            return jobs, True
        here = _total(listing, reply)
        if total is not None and (here is None or here < total):
            return jobs, False  # some were deleted meanwhile, and those behind them have moved to a page that was read
        following = str(turn + 1) if listing.page else identity(reply.data, listing.next)
        if listing.page and (not page or (here is not None and len(jobs) >= here)):
            return jobs, True
        if not following or following in seen or (listing.page and not fresh):
            return jobs, bool(listing.next and not following) or not page
        seen.add(following)
        reply = yield asking.page(listing, following)
        if not reply.ok:
            return jobs, False
    return jobs, False


def _first(listing: Listing) -> int:
    """The number of the first page."""
    said = listing.call.query.get(listing.page, "")
    return int(said) if said.isdecimal() else 1


def _total(listing: Listing, reply: Response) -> int | None:
    said = number(look(reply.data, listing.total))
    return int(said) if said is not None else None


def _read(listing: Listing, reply: Response, asking: Asking) -> list[Video]:
    """Raises Transient for an answer that has no list: that nothing is there must be said."""
    found = look(reply.data, listing.items)
    if found is None and (_total(listing, reply) == 0 or any(holds(reply.data, place) for place in listing.items)):
        found = []
    if not isinstance(found, list) or not all(isinstance(item, dict) for item in found):
        raise Transient(tidy(f"its list of jobs cannot be read: {complaint(reply)}"), after=after(reply))
    return [_job(listing, item, asking) for item in found]


def _job(listing: Listing, item: dict[str, object], asking: Asking) -> Video:
    said = look(item, listing.prompt)
    return {
        "id": asking.remote(item, listing.id, word(item, listing.model), listing.call.path),
        "status": word(item, listing.status),
        "prompt": said if isinstance(said, str) else "",
        "model": word(item, listing.model),
        "size": word(item, listing.size),
        "seconds": look(item, listing.seconds),
        "created_at": look(item, listing.created),
        "expires_at": look(item, listing.expires),
    }
