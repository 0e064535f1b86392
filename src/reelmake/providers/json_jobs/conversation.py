"""The conversation with a vendor, by its file: what is asked in which order. What answers mean is in reading.py.

An id is the one that the answer to the order gave, always.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import PurePath

from reelmake.errors import Ambiguous, Gone, Refused, StepError, Transient
from reelmake.model.forms import SPELLED, Unspelled, Way
from reelmake.model.http import File, Request, Response
from reelmake.model.medium import MEDIA, STILL, medium_of
from reelmake.model.provider import Model
from reelmake.model.remote import Accepted, RemoteJob, Status, Submission
from reelmake.model.take import Attempt
from reelmake.model.vendor import ORDER, Act, Call, Listing, ModelListing, Places, Vendor
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, tidy, withheld
from reelmake.providers.json_jobs import immediate, lists, writing
from reelmake.providers.json_jobs.json_path import dollars_at, identity, link, word
from reelmake.providers.json_jobs.model_list import read_menu
from reelmake.providers.json_jobs.replies import failure, standing
from reelmake.providers.openai_videos.search import SoughtOrder, pick
from reelmake.providers.openai_videos.video import listed


class JsonJobs:
    """ports.Conversation. `callback`: where the vendor shall call when a job has ended; "" = nowhere."""

    def __init__(self, vendor: Vendor, callback: str = "") -> None:
        self.vendor, self.callback = vendor, callback
        self.auth = vendor.auth

    # What ports.Conversation promises

    def submit(self, submission: Submission) -> Talk[Accepted]:
        submission = _as_it_is_sent(submission)
        call = self.vendor.creates[self._act(submission)].of(submission.order.model)
        asked = writing.named(call.path) | writing.named(call.body) | writing.named(list(call.query.values()))
        _all_have_a_place(submission, asked)
        words = self._words(submission, asked)  # may refuse: before anything goes up
        files = yield from self._files(submission, asked)
        words |= {name: sent for name, sent in files.items() if name in ORDER}
        references = [sent for name, sent in files.items() if name not in ORDER]
        body = writing.laid_over(writing.filled(call.body or {}, words, references), submission.order.extras)
        once = (
            {self.vendor.idempotency: submission.token} if self.vendor.idempotency else {}
        )  # a repeated order counts once
        request = replace(self._request(call, words, once), paid=True)
        request = replace(request, form=writing.parts(body)) if call.multipart else replace(request, json=body)
        if call.answer is not None:
            request = immediate.asked(call.answer, request, MEDIA[submission.order.medium])
        reply = yield from self._answer(request, source=bool(submission.source))
        remote, cost = identity(reply.data, self.vendor.id), dollars_at(reply.data, self.vendor.charged)
        if call.answer is not None:
            return Accepted(remote, cost, immediate.content(call.answer, reply))
        if not remote:
            said = tidy(f"it answers {reply.status} without the id of a job: {complaint(reply)}")
            raise Ambiguous(said, taken=True)
        return Accepted(remote, cost)

    def poll(self, remote: str) -> Talk[Status]:
        self._needs_jobs()
        reply = yield self._request(self.vendor.status.call, {"id": remote})
        return standing(self.vendor, reply)

    def fetch(self, remote: str) -> Talk[None]:
        clip, words = self.vendor.clip, {"id": remote}
        if clip.call is not None:
            reply = yield replace(self._request(clip.call, words, self._accept), save=True)
        else:
            found = yield from self._link(remote)
            reply = yield Request("GET", found, headers=self._accept, save=True, open=not clip.authenticated)
        if reply.status != 200 or reply.body:  # something was sent instead of a clip
            raise withheld(reply, failure(self.vendor, reply, paid=False), linked=clip.call is None)

    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]:
        listing = self.vendor.listing
        if listing is None:
            raise Ambiguous("it has no list of its jobs")
        if self.vendor.answers(medium_of(attempt.manifest).name):
            raise Ambiguous("it answers such orders at once, and they are not in its list of jobs")
        first = yield self._page(listing)
        if wrong := failure(self.vendor, first, paid=False):
            raise wrong if isinstance(wrong, Transient) else Ambiguous(f"it has no list of its jobs: {wrong}")
        wanted = SoughtOrder.of(attempt, first)
        jobs, whole = yield from lists.pages(listing, first, partial(self._page, listing), wanted.past)
        return pick(wanted, jobs, whole and not self._forgotten(wanted, first))

    @property
    def lag(self) -> float | None:
        """See ports.Provider."""
        return self.vendor.listing.lag if self.vendor.listing else None

    def clock(self) -> Talk[None]:
        """Asks something free, for the Date of its answer."""
        if self.vendor.listing is not None:
            yield self._page(self.vendor.listing)

    def cancel(self, remote: str) -> Talk[None]:
        yield from self._do(self.vendor.cancel, remote, "a job cannot be stopped there once it is ordered")

    def remove(self, remote: str) -> Talk[None]:
        yield from self._do(self.vendor.remove, remote, "a job cannot be deleted there")

    def listing(self) -> Talk[tuple[RemoteJob, ...]]:
        listing = self.vendor.listing
        if listing is None:
            raise Refused("it has no list of its jobs")
        first = yield from self._answer(self._page(listing))
        jobs, _ = yield from lists.pages(listing, first, partial(self._page, listing), lambda job: False)
        return tuple(sorted((listed(job) for job in jobs), key=lambda job: job.created, reverse=True))

    # What else some vendors have

    @property
    def models(self) -> Callable[[], Talk[tuple[Model, ...]]] | None:
        """Asks what the vendor itself says of its models; None if it has no such list."""
        return partial(self._models, self.vendor.menu) if self.vendor.menu else None

    @property
    def credit(self) -> Callable[[], Talk[str]] | None:
        """Asks what is left in the account, in the vendor's own unit; None if it does not say."""
        return partial(self._credit, *self.vendor.credit) if self.vendor.credit else None

    def _models(self, menu: ModelListing) -> Talk[tuple[Model, ...]]:
        reply = yield from self._answer(self._request(menu.call, {}))
        return read_menu(menu, reply, self.vendor.capabilities.kind)

    def _credit(self, call: Call, places: Places) -> Talk[str]:
        reply = yield from self._answer(self._request(call, {}))
        if not (left := word(reply.data, places)):
            raise Refused(tidy(f"its answer does not say what is left: {complaint(reply)}"))
        return left

    @property
    def _accept(self) -> Mapping[str, str]:
        """What is asked for when a file is fetched: of which order it is, nobody says."""
        kinds = [MEDIA[name].accept for name in sorted(self.vendor.capabilities.media)]
        return {"accept": kinds[0] if len(kinds) == 1 else "*/*"}

    def _needs_jobs(self) -> None:
        """Raises Gone."""
        if not self.vendor.has_jobs:
            raise Gone("it answers orders at once and keeps nothing: an answer that was lost here is lost")

    # An order

    def _only_edits(self, submission: Submission) -> bool:
        """Has the order pictures that go along with a changed still, but not with a new one?"""
        asks = partial(self.vendor.capabilities.asks, model=submission.order.model)
        along = any(label.startswith("reference") for label in submission.inputs)
        return along and "reference" in asks("edit") and "reference" not in asks("still")

    def _act(self, submission: Submission) -> Act:
        """Which of the vendor's requests this order is. Raises Refused if it has none."""
        order, pictured = submission.order, "image" in submission.inputs
        wanted: tuple[Act, ...]
        match order.medium:
            case "clip" if order.operation in ("remix", "extend"):
                wanted = (order.operation,)
            case "clip":
                wanted = ("image", "text") if pictured else ("text",)
            case "still":
                wanted = ("edit", "still") if pictured or self._only_edits(submission) else ("still",)
            case "speech" | "music":
                wanted = (order.medium,)
        for act in wanted:
            if act in self.vendor.creates:
                return act
        raise Refused(f"it cannot {order.operation} {MEDIA[order.medium].noun}")

    def _words(self, submission: Submission, asked: set[str]) -> dict[str, object]:
        """Values for the $words of a request, less those that are files. Raises Refused."""
        order, forms = submission.order, self.vendor.forms
        avoid = f" Avoid {order.avoid.rstrip('.')}." if order.avoid and "avoid" not in asked else ""
        words: dict[str, object] = {"prompt": order.prompt + avoid, "model": order.model, "seed": submission.seed}
        words |= {"token": submission.token}
        optional = {"avoid": order.avoid, "callback": self.callback, "source": submission.source}
        optional |= {"voice": order.voice, "style": order.style, "language": order.language}
        words |= {name: value for name, value in optional.items() if value}
        try:
            spelled = {word: forms.spelled(word, order.seconds, order.size) for word in SPELLED if word in asked}
        except Unspelled as error:
            raise Refused(str(error)) from None
        words |= {word: value for word, value in spelled.items() if value is not None}
        if "source" in asked and not submission.source:
            raise Gone("the clip to start from is not at the provider, and it takes only what it made itself")
        return words

    def _files(self, submission: Submission, asked: set[str]) -> Talk[dict[str, object]]:
        """What a request says of pictures and clips, by their labels: links, or the files themselves."""
        sent: dict[str, object] = {}
        for label, path in submission.inputs.items():
            if label.partition(" ")[0] in asked and label != "source":
                sent[label] = yield from self._file(path, self.vendor.forms.pictures)
        if "source_url" not in asked:
            return sent
        if submission.source:
            sent["source_url"] = yield from self._link(submission.source)
        elif not self.vendor.forms.clips or "source" not in submission.inputs:
            raise Gone("the clip to start from is not at the provider, and it takes only what it made itself")
        else:
            sent["source_url"] = yield from self._file(submission.inputs["source"], self.vendor.forms.clips)
        return sent

    def _file(self, path: PurePath, way: Way) -> Talk[object]:
        """A file as the order holds it."""
        if way == "upload":
            return (yield from self._up(File(path)))
        return File(path, form="base64" if way == "base64" else "data-url")

    def _up(self, file: File) -> Talk[str]:
        """Sends a file up; how the order must call it."""
        upload = self.vendor.upload
        if upload is None:
            raise RuntimeError("bug: a vendor's file whose files go up first says how")
        reply = yield Request("POST", upload.path, headers=self.vendor.headers, form=((upload.field, file),))
        if wrong := failure(self.vendor, reply, paid=False):
            raise Refused(str(wrong)) if isinstance(wrong, Gone) else wrong  # the file was here all the time
        if not (found := link(reply.data, upload.url)):
            raise Refused(tidy(f"it took a file but does not say where it is: {complaint(reply)}"))
        return found

    # A clip

    def _link(self, remote: str) -> Talk[str]:
        """Where a finished clip is now; asked anew each time, for links expire. Raises Gone and Transient."""
        self._needs_jobs()
        clip, words = self.vendor.clip, {"id": remote}
        reply = yield from self._answer(self._request(self.vendor.status.call, words))
        if clip.retrieve is not None:
            file = identity(reply.data, clip.file)
            if not file:
                raise self._not_there(reply)
            reply = yield from self._answer(self._request(clip.retrieve, {**words, "file": file}))
        found = link(reply.data, clip.url)
        if not found.startswith(("https://", "http://", "/" if clip.authenticated else "https://")):
            raise self._not_there(reply)
        return found

    def _not_there(self, reply: Response) -> StepError:
        """A reply without a link: the job may not have ended yet, or has ended without one."""
        said = word(reply.data, self.vendor.status.word).lower()
        if said and said not in self.vendor.status.ready and said not in self.vendor.status.dead:
            return Transient(f"it is {said} there, without a clip so far", after=after(reply))
        return Gone("completed without content: its answer has no link to a clip")

    # Requests

    def _answer(self, request: Request, *, source: bool = False) -> Talk[Response]:
        """The answer to a request. Raises what it says went wrong."""
        reply = yield request
        if wrong := failure(self.vendor, reply, paid=request.paid, source=source):
            raise wrong
        return reply

    def _request(self, call: Call, words: Mapping[str, object], headers: Mapping[str, str] = {}) -> Request:
        asked = writing.query(call.query, words)
        return Request(call.method, writing.address(call.path, words), asked, {**self.vendor.headers, **headers})

    def _page(self, listing: Listing, cursor: str = "") -> Request:
        call, turned = listing.call, listing.cursor or listing.page
        query = {**call.query, turned: cursor} if cursor else call.query
        return self._request(Call(call.path, call.method, query), {})

    def _forgotten(self, wanted: SoughtOrder, now: Response) -> bool:
        """Is the order older than what is still in the list?"""
        days = self.vendor.listing.days if self.vendor.listing else None
        return days is not None and (wanted.since is None or wanted.since < now.at - float(days) * 86400)

    def _do(self, call: Call | None, remote: str, cannot: str) -> Talk[None]:
        if call is None:
            raise Refused(cannot)
        reply = yield self._request(call, {"id": remote})
        if wrong := failure(self.vendor, reply, paid=False):
            raise wrong if reply.status in (404, 410) or not isinstance(wrong, Gone) else Refused(str(wrong))


def _as_it_is_sent(submission: Submission) -> Submission:
    """The still that another one is made from is a picture as any: it goes along as a file."""
    if submission.order.medium != STILL.name or "source" not in submission.inputs:
        return submission
    inputs = {"image" if label == "source" else label: path for label, path in submission.inputs.items()}
    return replace(submission, inputs=inputs, source="")


def _all_have_a_place(submission: Submission, asked: set[str]) -> None:
    """Raises Refused for a picture that this request would silently leave out."""
    for label in submission.inputs:
        if label != "source" and label.partition(" ")[0] not in asked:
            raise Refused(f"it takes no {label.partition(' ')[0].replace('_', ' ')} for this kind of order")
