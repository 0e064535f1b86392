"""The requests of one vendor, as its file has them: words filled in, and the id of a job taken apart and put together.

Knows nothing of what answers mean, or of orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from uuid import UUID

from reelmake.model.http import Request
from reelmake.model.vendor import Call, Listing, Places, Vendor
from reelmake.providers.json_jobs import job_id, writing
from reelmake.providers.json_jobs.json_path import own_path
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Asking:
    """`base_url`: where the vendor is, for what its replies say of addresses there."""

    vendor: Vendor
    base_url: str

    def request(self, call: Call, words: Mapping[str, object], headers: Mapping[str, str] = {}) -> Request:
        asked, address = writing.query(call.query, words), writing.address(call.path, words, self.vendor.slashes)
        body = writing.filled(call.body, words) if call.body is not None else None
        return Request(call.method, address, asked, {**self.vendor.headers, **headers}, json=body)

    def of_job(self, call: Call, remote: str, more: Mapping[str, object] = {}) -> Request:
        """One about a job. Raises Refused for an id that does not say enough."""
        words = job_id.words(self.vendor, remote)
        return self.request(call.of(words.get("model", "")), {**words, **more})

    def standing(self, remote: str) -> Request:
        """How a job stands. Raises Refused for an id that does not say enough."""
        return self.of_job(self.vendor.status.call, remote)

    def remote(self, said: object, places: Places, model: str, path: str) -> str:
        """The id of the job that a reply speaks of; "" if it names none. `model`, `path`: of its order."""
        return job_id.named(self.vendor, said, places, {"model": model, "path": path}, self.base_url)

    def page(self, listing: Listing, cursor: str = "") -> Request:
        """A page of a list; `cursor`: what the reply before calls the next, "" = the first."""
        call, turned = listing.call, listing.cursor or listing.page
        if cursor and not turned:
            return replace(self.request(call, {}), url=f"/{own_path(cursor, self.base_url)}", query=())
        return self.request(replace(call, query={**call.query, turned: cursor} if cursor else call.query), {})


def uuid(token: str) -> str:
    """A token of ours in the form of a UUID, always the same one."""
    return str(UUID(bytes=sha256(token.encode()).digest()[:16], version=4))
