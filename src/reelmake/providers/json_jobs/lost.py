"""An order whose answer was lost: looked for by the token that it had, or in the vendor's list of its jobs.

Knows nothing of when, or how often, that is asked.
"""

from __future__ import annotations

from collections.abc import Iterator

from reelmake.errors import Ambiguous, Gone, Refused, Transient
from reelmake.model.http import Request, Response
from reelmake.model.medium import medium_of
from reelmake.model.remote import Asked
from reelmake.model.take import Attempt
from reelmake.model.vendor import MAKES, WORDLESS, Listing, Lookup, Vendor
from reelmake.ports import Talk
from reelmake.providers._answers import complaint, tidy
from reelmake.providers.json_jobs import lists, writing
from reelmake.providers.json_jobs.asking import Asking, uuid
from reelmake.providers.json_jobs.replies import failure
from reelmake.providers.openai_videos.search import SoughtOrder, pick

_FROM_A_CLIP = ("remix", "extend", *WORDLESS)


def traced(vendor: Vendor, request: Request, token: str) -> None:
    """Raises Refused for an order that would not be found again: an extra has taken the place of its token."""
    said = repr((request.url, request.query, request.json, request.form))
    if vendor.lookup is not None and token not in said and uuid(token) not in said:
        raise Refused("an extra takes the place of the token by which an order is found again; leave it out")


def looked_up(asking: Asking, lookup: Lookup, attempt: Attempt) -> Talk[tuple[str, ...]]:
    """By its token: it is there, or it is not. Raises Ambiguous and Transient."""
    asked = Asked.of(attempt.order)
    if asked is None:
        raise Ambiguous("what was ordered is not on record")
    seen: list[Request] = []
    for path in _paths(asking, attempt, asked):
        words = {"token": attempt.token, "uuid": uuid(attempt.token), "path": path, "model": asked.model}
        request = asking.request(lookup.call, words)
        if request in seen:
            continue
        seen.append(request)
        reply = yield request
        wrong = failure(asking.vendor, reply, paid=False)
        if wrong is None:
            if found := asking.remote(reply.data, lookup.id, asked.model, path):
                return (found,)
            raise Transient(tidy(f"its answer does not say whether the order is there: {complaint(reply)}"))
        if not isinstance(wrong, Gone):
            raise wrong if isinstance(wrong, Transient) else Ambiguous(f"its jobs cannot be looked up: {wrong}")
    return ()


def _paths(asking: Asking, attempt: Attempt, asked: Asked) -> Iterator[str]:
    """Where the order may have been sent: with a picture or without one, that nobody wrote down."""
    for act, call in asking.vendor.creates.items():
        is_it = asked.operation == act if asked.operation in _FROM_A_CLIP else act not in _FROM_A_CLIP
        if MAKES[act] == medium_of(attempt.manifest).name and is_it:
            yield writing.address(call.of(asked.model).path, {"model": asked.model}, asking.vendor.slashes)


def in_list(asking: Asking, listing: Listing, attempt: Attempt) -> Talk[tuple[str, ...]]:
    """By what it was. Raises Ambiguous and Transient."""
    first = yield asking.page(listing)
    if wrong := failure(asking.vendor, first, paid=False):
        raise wrong if isinstance(wrong, Transient) else Ambiguous(f"it has no list of its jobs: {wrong}")
    wanted = SoughtOrder.of(attempt, first)
    jobs, whole = yield from lists.pages(listing, first, asking, wanted.past)
    return pick(wanted, jobs, whole and not _forgotten(listing, wanted, first))


def _forgotten(listing: Listing, wanted: SoughtOrder, now: Response) -> bool:
    """Is the order older than what is still in the list?"""
    days = listing.days
    return days is not None and (wanted.since is None or wanted.since < now.at - float(days) * 86400)
