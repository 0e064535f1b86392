"""The id of a job, as the journal has it: what the vendor calls it, and what it must be told of its order.

"8127#path=/videos/image2video" is the job 8127, whose order went to that path. Knows nothing of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import parse_qsl, quote, urlencode

from reelmake.errors import Refused
from reelmake.model.vendor import Vendor
from reelmake.providers.json_jobs.json_path import identity, own_path


def named(vendor: Vendor, said: object, places: tuple[str, ...], order: Mapping[str, str], base_url: str) -> str:
    """The id of a job that a reply speaks of; "" if it has none. `order`: values of the words that are kept."""
    id = identity(said, places)
    if "id" in vendor.slashes and id:
        id = own_path(id, base_url).partition("?")[0]
    if not id or not vendor.keep:
        return id
    return f"{id}#{urlencode({name: order.get(name, '') for name in vendor.keep}, safe='/', quote_via=quote)}"


def words(vendor: Vendor, remote: str) -> dict[str, str]:
    """The $words for a request about a job. Raises Refused for an id that does not say enough."""
    if not vendor.keep:
        return {"id": remote}
    id, _, told = remote.rpartition("#")
    kept = {name: value for name, value in parse_qsl(told) if name in vendor.keep}
    if not id or kept.keys() != set(vendor.keep) or not kept.get("path", "/").startswith("/"):
        form = "&".join(f"{name}=…" for name in vendor.keep)
        raise Refused(f"it is asked about a job by more than its id: write {remote.partition('#')[0]}#{form}")
    return {"id": id, **kept}
