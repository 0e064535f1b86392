"""The conversation with a server of the /v1/videos shape: what is asked in which order, and what answers mean.

Orders are written in orders.py, jobs are read in video.py, servers' ways are data in dialect.py. An id is the one that
create gave, always: gateways give another one in later answers that does not work.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePath
from typing import Literal

from reelmake.errors import Ambiguous, Gone, Refused, Transient
from reelmake.model.http import Auth, File, Request, Response
from reelmake.model.remote import Accepted, RemoteJob, Status, Submission
from reelmake.model.take import Attempt
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, no_route, path, reason, refusal, tidy, withheld
from reelmake.providers.openai_videos import video
from reelmake.providers.openai_videos.deployment import completed
from reelmake.providers.openai_videos.dialect import Dialect
from reelmake.providers.openai_videos.orders import written
from reelmake.providers.openai_videos.pages import no_list, pages
from reelmake.providers.openai_videos.search import SoughtOrder, pick

CLIP = "video/mp4, */*"
_EMPTY = (404, 409, 410, 422, 500)  # of the content of a job that is said to be completed
_PASSING = re.compile(r"try again|temporar|overload|internal server error|server had an error", re.I)
_LINK = re.compile(r"https?://[^\s\"'<>]+[^\s\"'<>.,;:)\]}]")


class Videos:
    """ports.Conversation."""

    jobs: tuple[str, ...] = ("videos",)

    def __init__(self, dialect: Dialect) -> None:
        self.dialect = dialect
        self.auth = Auth(dialect.auth, dialect.prefix)

    # What ports.Conversation promises

    def submit(self, submission: Submission) -> Talk[Accepted]:
        reply = yield self._with_ways(self._written(submission))
        if not reply.ok:
            raise refusal(reply, paid=True, source=bool(submission.source))
        job = video.video(reply.data)
        remote = video.identity(job) if job else ""
        if not remote:
            said = tidy(f"it answers {reply.status} without the id of a job: {complaint(reply)}")
            raise Ambiguous(said, taken=True)
        booked = video.dollars(reply.headers.get("x-litellm-response-cost")) or None  # 0: it has no price for it
        return Accepted(completed(remote, submission.source), booked)

    def poll(self, remote: str) -> Talk[Status]:
        reply = yield self._ask("GET", self._job(remote))
        job = video.video(reply.data)
        if not reply.ok:
            if job is not None and video.failed(job, remote):
                return video.ended(job)
            raise refusal(reply, paid=False)
        if job is None:
            raise Transient(tidy(f"its answer says nothing about the job: {complaint(reply)}"), after=after(reply))
        return video.status(job, reply)

    def fetch(self, remote: str) -> Talk[None]:
        asked = (("variant", "video"),) if self.dialect.variant == "video" else ()
        reply = yield self._file(self._content(remote), CLIP, asked)
        yield from self._saved(reply, remote)

    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]:
        if not self.dialect.list:
            raise Ambiguous("it has no list of its jobs")
        first = yield self._page("")
        if why := no_list(first):
            raise Ambiguous(f"it has no list of its jobs: {why}")
        wanted = SoughtOrder.of(attempt, first)
        jobs, whole = yield from pages(first, self._page, wanted.past)
        return pick(wanted, jobs, whole)

    @property
    def lag(self) -> float | None:
        """See ports.Provider."""
        return self.dialect.lag

    def clock(self) -> Talk[None]:
        """Asks something free, for the Date of its answer."""
        if self.dialect.list:
            yield self._page("")

    def cancel(self, remote: str) -> Talk[None]:
        if not self.dialect.cancel:
            raise Refused("a job cannot be stopped there once it is ordered")
        reply = yield self._ask("DELETE", self._job(remote))
        if not reply.ok and reply.status != 409:  # vLLM-Omni: it is being stopped already
            raise refusal(reply, paid=False)

    def listing(self) -> Talk[tuple[RemoteJob, ...]]:
        first = yield self._page("")
        if why := no_list(first):
            raise Refused(f"it has no list of its jobs: {why}")
        jobs, _ = yield from pages(first, self._page, lambda job: False)
        found = [video.listed(job) for job in jobs if video.identity(job)]
        return tuple(sorted(found, key=lambda job: job.created, reverse=True))

    def remove(self, remote: str) -> Talk[None]:
        reply = yield self._ask("DELETE", self._job(remote))
        if not reply.ok:
            raise refusal(reply, paid=False)
        if isinstance(reply.data, dict) and reply.data.get("deleted") is False:
            raise Refused("it says that it has not deleted the job")

    # What else the shape has

    def picture(self, remote: str, variant: Literal["thumbnail", "spritesheet"]) -> Talk[None]:
        """A still of a finished clip (WebP), or a sheet of them (JPEG), by a request with `save`. Raises Gone where
        the server has none."""
        query = (("variant", variant),)
        reply = yield self._file(self._content(remote), "image/*", query)
        if not _is_saved(reply):
            raise self._no_content(reply)

    def character(self, name: str, clip: PurePath) -> Talk[str]:
        """Makes a character of a short clip; its id goes into `extras: {characters: [{id: …}]}`."""
        form: tuple[tuple[str, str | File], ...] = (("name", name), ("video", File(clip)))
        reply = yield self._with_ways(Request("POST", path(*self.jobs, "characters"), form=form, paid=True))
        if not reply.ok:
            raise refusal(reply, paid=True)
        if not isinstance(reply.data, dict) or not video.identity(reply.data):
            raise Ambiguous("it answers without the id of a character")
        return video.identity(reply.data)

    def known_character(self, id: str) -> Talk[str]:
        """The name of a character. Raises Gone if there is none of this id."""
        reply = yield self._ask("GET", path(*self.jobs, "characters", id))
        if not reply.ok or not isinstance(reply.data, dict):
            raise refusal(reply, paid=False)
        return tidy(str(reply.data.get("name") or ""))

    # Parts

    def _written(self, submission: Submission) -> Request:
        return written(self.dialect, submission)

    def _job(self, remote: str) -> str:
        return path(*self.jobs, remote)

    def _content(self, remote: str) -> str:
        return self.dialect.content.replace("{id}", path(remote).removeprefix("/"))

    def _page(self, after: str) -> Request:
        query = (("limit", "100"), ("order", "desc"), *((("after", after),) if after else ()))
        return self._ask("GET", path(*self.jobs), query)

    def _saved(self, reply: Response, remote: str) -> Talk[None]:
        """The clip is on the disk, or at a place that the answer (or the job) names, or not there."""
        if _is_saved(reply):
            return
        link = _link(reply)
        if not link and reply.status in (400, 404, 405):  # SGLang with clips kept elsewhere; servers without content
            link = _link((yield self._ask("GET", self._job(remote))))
        if not link.startswith(("http://", "https://")):
            raise self._no_content(reply)
        reply = yield Request("GET", link, headers={"accept": CLIP}, save=True, open=True)
        if not _is_saved(reply):
            raise self._no_content(reply, linked=True)

    def _no_content(self, reply: Response, *, linked: bool = False) -> Exception:
        """Why there is no clip behind a finished job: for now, or for good."""
        wrong = reason(reply.data)
        error = None if reply.ok and not any(wrong) else refusal(reply, paid=False)
        empty = (reply.status in _EMPTY or reply.ok) and any(wrong) and not no_route(reply)
        if empty and not _PASSING.search(wrong.message):
            error = Gone(tidy(f"completed without content: it answers {reply.status} ({wrong})"))
        return withheld(reply, error, linked=linked)

    def _ask(self, method: str, url: str, query: tuple[tuple[str, str], ...] = ()) -> Request:
        return self._with_ways(Request(method, url, query))

    def _file(self, url: str, accept: str, query: tuple[tuple[str, str], ...] = ()) -> Request:
        return replace(self._ask("GET", url, query), headers={**self.dialect.headers, "accept": accept}, save=True)

    def _with_ways(self, request: Request) -> Request:
        """With what this server wants to see on every request."""
        version = (("api-version", self.dialect.api_version),) if self.dialect.api_version else ()
        headers: Mapping[str, str] = {**self.dialect.headers, **request.headers}
        return replace(request, query=(*version, *request.query), headers=headers)


def _is_saved(reply: Response) -> bool:
    """A 200 whose body went to the disk. One that still has a body is no clip."""
    return reply.status == 200 and not reply.body


def _link(reply: Response) -> str:
    """Where else the clip is, if the answer to the request for it, or the job, says so; "" if it does not."""
    if reply.ok and isinstance(reply.data, dict):
        job = video.video(reply.data) or reply.data
        return next((str(u) for n in ("url", "video_url", "download_url") if (u := job.get(n))), "")
    said = reply.data.get("detail") if reply.status == 400 and isinstance(reply.data, dict) else ""
    found = _LINK.search(said) if isinstance(said, str) else None
    return found[0] if found else ""
