"""A file goes up before the order that names it: as a form, or to an address that is asked for first.

Where it may not be used at once, that is waited for. Nothing here is paid for. Knows nothing of orders.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import PurePath

from reelmake.errors import Gone, Refused, Transient
from reelmake.model.http import File, Request, Response
from reelmake.model.vendor import Upload, Vendor
from reelmake.ports import Talk
from reelmake.providers._answers import complaint, tidy
from reelmake.providers.json_jobs import writing
from reelmake.providers.json_jobs.json_path import link, look, token
from reelmake.providers.json_jobs.replies import failure

LOOKS = 40  # at a file that may not be used yet
REST = 1.5  # seconds between two of them


def up(vendor: Vendor, upload: Upload, path: PurePath) -> Talk[str]:
    """How the order must call the file. Raises Refused and what a request may."""
    form = ((upload.field, File(path)),)
    if upload.body is None:
        asked = Request("POST", upload.path, headers=vendor.headers, form=form)
    else:
        told = {"name": File(path, form="name"), "type": File(path, form="type")}
        asked = Request("POST", upload.path, headers=vendor.headers, json=writing.filled(upload.body, told))
    reply = yield from _answered(vendor, asked)
    if not (found := link(reply.data, upload.url)):
        raise Refused(tidy(f"it took a file but does not say where it is: {complaint(reply)}"))
    if upload.to:
        yield from _sent(vendor, upload, reply, path)
    if upload.wait is not None:
        yield from _usable(vendor, upload, {"file": found})
    return found


def _sent(vendor: Vendor, upload: Upload, reply: Response, path: PurePath) -> Talk[None]:
    """Sends it to where the reply says, without the key."""
    to, fields = link(reply.data, upload.to), look(reply.data, upload.fields)
    if not to.startswith(("https://", "http://")):
        raise Refused(tidy(f"it does not say where a file goes: {complaint(reply)}"))
    if upload.fields:
        said = fields.items() if isinstance(fields, Mapping) else ()
        parts: list[tuple[str, str | File]] = [(str(name), str(value)) for name, value in said]
        form = (*parts, (upload.field, File(path)))
        yield from _answered(vendor, Request("POST", to, form=form, open=True))
    else:
        yield from _answered(vendor, Request("PUT", to, raw=File(path), open=True))


def _usable(vendor: Vendor, upload: Upload, words: Mapping[str, str]) -> Talk[None]:
    wait = upload.wait
    if wait is None:
        return
    address, pause = writing.address(wait.call.path, words, vendor.slashes), 0.0
    for _ in range(LOOKS):
        asked = Request("GET", address, headers=vendor.headers, wait=pause)
        reply = yield from _answered(vendor, asked)
        said = token(look(reply.data, wait.word))
        if said in wait.ready:
            return
        if said in wait.dead:
            raise Refused(tidy(f"it did not take a file that was sent ({said}): {complaint(reply)}"))
        pause = REST
    raise Transient("a file that was sent cannot be used there yet")


def _answered(vendor: Vendor, request: Request) -> Talk[Response]:
    reply = yield request
    if wrong := failure(vendor, reply, paid=False):
        raise Refused(str(wrong)) if isinstance(wrong, Gone) else wrong  # the file was here all the time
    return reply
