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
from reelmake.model.remote import Accepted, Content, Ready, RemoteJob, Status, Submission
from reelmake.model.take import Attempt
from reelmake.model.vendor import ORDER, PICTURES, SPEECH, Act, Call, ModelListing, Places, Vendor
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, tidy, withheld
from reelmake.providers.json_jobs import immediate, job_id, lists, lost, uploads, writing
from reelmake.providers.json_jobs.asking import Asking, uuid
from reelmake.providers.json_jobs.json_path import dollars_at, identity, link, look, token, word
from reelmake.providers.json_jobs.model_list import read_menu
from reelmake.providers.json_jobs.replies import failure, refused_result, standing
from reelmake.providers.json_jobs.spoken import spoken
from reelmake.providers.openai_videos.video import listed


class JsonJobs:
    """ports.Conversation. `callback`: where the vendor shall call when a job has ended; "" = nowhere. `base_url`: where
    the vendor is, for what its replies say of addresses there."""

    def __init__(self, vendor: Vendor, callback: str = "", base_url: str = "") -> None:
        self.vendor, self.callback = vendor, callback
        self.asking = Asking(vendor, base_url or vendor.capabilities.base_url or "")
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
        numbers = [name.removeprefix("reference ") for name in files if name.startswith("reference ")]
        references = [
            {"reference": files[f"reference {n}"], "reference_type": files[f"reference_type {n}"]} for n in numbers
        ]
        body = writing.laid_over(writing.filled(call.body or {}, words, references), submission.order.extras)
        once = (
            {self.vendor.idempotency: submission.token} if self.vendor.idempotency else {}
        )  # a repeated order counts once
        request = replace(self.asking.request(replace(call, body=None), words, once), paid=True)
        request = replace(request, form=writing.parts(body)) if call.multipart else replace(request, json=body)
        if call.answer is not None:
            request = immediate.asked(call.answer, request, MEDIA[submission.order.medium])
        lost.traced(self.vendor, request, submission.token)
        reply = yield from self._answer(request, source=bool(submission.source))
        cost = dollars_at(reply.data, self.vendor.charged)
        if call.link and (call.answer is None or link(reply.data, call.link)):
            return Accepted(immediate.address(call.link, reply), cost)
        remote = self.asking.remote(reply.data, self.vendor.id, submission.order.model, request.url)
        if call.answer is not None:
            spoke = spoken(call.answer.times, reply.data) if call.answer.times else ()
            return Accepted(remote, cost, Content(immediate.content(call.answer, reply), spoke))
        if not remote:
            said = tidy(f"it answers {reply.status} without the id of a job: {complaint(reply)}")
            raise Ambiguous(said, taken=True)
        return Accepted(remote, cost)

    def poll(self, remote: str) -> Talk[Status]:
        if self._is_link(remote):
            return Ready()
        self._needs_jobs()
        reply = yield self._look(remote)
        status, retrieve = standing(self.vendor, reply), self.vendor.clip.retrieve
        if isinstance(status, Ready) and retrieve is not None and not self.vendor.clip.files:
            reply = yield self.asking.of_job(retrieve, remote)  # only there some say that a job has failed
            return refused_result(self.vendor, reply, status.cost) or status
        return status

    def fetch(self, remote: str) -> Talk[bytes | None]:
        clip, linked = self.vendor.clip, self._is_link(remote)
        if clip.base64 and not linked:
            return (yield from self._within(remote, clip.base64))
        if clip.call is not None and not linked:
            words = yield from self._clip_words(remote)
            request = self.asking.of_job(clip.call, remote, words)
            reply = yield replace(request, headers={**request.headers, **self._accept}, save=True)
        else:
            found = remote if linked else (yield from self._link(remote))
            reply = yield Request("GET", found, headers=self._accept, save=True, open=not clip.authenticated)
        if reply.status != 200 or reply.body:  # something was sent instead of a clip
            raise withheld(reply, failure(self.vendor, reply, paid=False), linked=clip.call is None)
        return None

    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]:
        lookup, listing = self.vendor.lookup, self.vendor.listing
        if lookup is not None:
            return (yield from lost.looked_up(self.asking, lookup, attempt))
        medium = medium_of(attempt.manifest).name
        if not self.vendor.queues(medium):
            raise Ambiguous("it answers such orders at once, and makes no job of them", jobs=None)
        if listing is None:
            raise Ambiguous("it has no list of its jobs")
        if self.vendor.answers(medium):
            raise Ambiguous("it answers such orders at once, and they are not in its list of jobs")
        return (yield from lost.in_list(self.asking, listing, attempt))

    @property
    def lag(self) -> float | None:
        """See ports.Provider."""
        by = self.vendor.lookup or self.vendor.listing
        return by.lag if by else None

    def clock(self) -> Talk[None]:
        """Asks something free, for the Date of its answer."""
        if self.vendor.listing is not None:
            yield self.asking.page(self.vendor.listing)

    def cancel(self, remote: str) -> Talk[None]:
        yield from self._do(self.vendor.cancel, remote, "a job cannot be stopped there once it is ordered")

    def remove(self, remote: str) -> Talk[None]:
        yield from self._do(self.vendor.remove, remote, "a job cannot be deleted there")

    def listing(self) -> Talk[tuple[RemoteJob, ...]]:
        listing = self.vendor.listing
        if listing is None:
            raise Refused("it has no list of its jobs")
        first = yield from self._answer(self.asking.page(listing))
        jobs, _ = yield from lists.pages(listing, first, self.asking, lambda job: False)
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
        reply = yield from self._answer(self.asking.request(menu.call, {}))
        return read_menu(menu, reply, self.vendor.capabilities.kind)

    def _credit(self, call: Call, places: Places) -> Talk[str]:
        reply = yield from self._answer(self.asking.request(call, {}))
        if not (left := word(reply.data, places)):
            raise Refused(tidy(f"its answer does not say what is left: {complaint(reply)}"))
        return left

    @property
    def _accept(self) -> Mapping[str, str]:
        """What is asked for when a file is fetched: of which order it is, nobody says, only that it did not come at
        once."""
        media = sorted(self.vendor.capabilities.media)
        kinds = [MEDIA[name].accept for name in [name for name in media if self.vendor.queues(name)] or media]
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
            case "clip" if order.operation != "generate" and order.operation != "edit":
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
        order, forms = submission.order, self.vendor.forms.of(submission.order.model)
        avoid = f" Avoid {order.avoid.rstrip('.')}." if order.avoid and "avoid" not in asked else ""
        words: dict[str, object] = {**self.vendor.defaults, "prompt": order.prompt + avoid, "model": order.model}
        words |= {"seed": submission.seed, "token": submission.token, "uuid": uuid(submission.token)}
        optional = {"avoid": order.avoid, "callback": self.callback}
        optional |= {"source": job_id.words(self.vendor, submission.source)["id"] if submission.source else ""}
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
        """What a request says of pictures, speech and clips, by their labels: links, or the files themselves."""
        sent: dict[str, object] = {}
        for label, path in submission.inputs.items():
            name, _, number = label.partition(" ")
            if name in asked and name in PICTURES:
                sent[label] = yield from self._file(path, self.vendor.forms.pictures)
                sent[f"{name}_type {number}".strip()] = File(path, form="type")
            elif name in asked and name == SPEECH:
                sent[name] = yield from self._file(path, self.vendor.forms.pictures)
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
            if self.vendor.upload is None:
                raise RuntimeError("bug: a vendor's file whose files go up first says how")
            return (yield from uploads.up(self.vendor, self.vendor.upload, path))
        return File(path, form="base64" if way == "base64" else "data-url")

    # A clip

    def _link(self, remote: str) -> Talk[str]:
        """Where a finished clip is now; asked anew each time, for links expire. Raises Gone and Transient."""
        self._needs_jobs()
        clip = self.vendor.clip
        if clip.retrieve is None:
            reply = yield from self._answer(self._look(remote))
        else:
            words = yield from self._clip_words(remote)
            reply = yield from self._answer(self.asking.of_job(clip.retrieve, remote, words))
        found = link(reply.data, clip.url)
        if not found.startswith(("https://", "http://", "/" if clip.authenticated else "https://")):
            raise self._not_there(reply)
        return found

    def _clip_words(self, remote: str) -> Talk[Mapping[str, str]]:
        """What must be known of the answer about a job to ask for its clip. Raises Gone and Transient."""
        files = self.vendor.clip.files
        if not files:
            return {}
        reply = yield from self._answer(self._look(remote))
        found = {name: said for name, places in files.items() if (said := identity(reply.data, places))}
        if not found:
            raise self._not_there(reply)
        return found

    def _is_link(self, remote: str) -> bool:
        """Is the id of a job a link to what was ordered, which came with the answer?"""
        linked = any(call.link for call in self.vendor.creates.values())
        return linked and remote.startswith(("https://", "http://"))

    def _within(self, remote: str, places: Places) -> Talk[bytes]:
        """The clip, where the answer about a job holds it."""
        reply = yield from self._answer(self._look(remote))
        content = immediate.held(places, reply)
        if not content:
            raise self._not_there(reply)
        return content

    def _not_there(self, reply: Response) -> StepError:
        """A reply without a link: the job may not have ended yet, or has ended without one."""
        said = token(look(reply.data, self.vendor.status.word))
        if said and said not in self.vendor.status.ready and said not in self.vendor.status.dead:
            return Transient(f"it is {said} there, without a clip so far", after=after(reply))
        return Gone("completed without content: its answer has no link to a clip")

    # Requests

    def _look(self, remote: str) -> Request:
        """How a job stands; its clip may be in the answer."""
        request = self.asking.standing(remote)
        return replace(request, most=immediate.LARGEST) if self.vendor.clip.base64 else request

    def _answer(self, request: Request, *, source: bool = False) -> Talk[Response]:
        """The answer to a request. Raises what it says went wrong."""
        reply = yield request
        if wrong := failure(self.vendor, reply, paid=request.paid, source=source):
            raise wrong
        return reply

    def _do(self, call: Call | None, remote: str, cannot: str) -> Talk[None]:
        if call is None:
            raise Refused(cannot)
        reply = yield self.asking.of_job(call, remote)
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
