"""The operations of /v1/videos: a request in, a reply out, the faults that a script asks for in between.

Knows nothing of sockets; what a reply does to a connection is in its manner.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from email.utils import formatdate
from functools import partial
from typing import Any, TypeVar
from urllib.parse import quote

from reelmake_fake import characters, form, mischief
from reelmake_fake.complaint import Complaint, no_video, wrong
from reelmake_fake.cues import Cues
from reelmake_fake.dialects import DIALECTS
from reelmake_fake.faults import Fault, Stage
from reelmake_fake.form import Unreadable
from reelmake_fake.http11 import ReceivedRequest, Reply, as_file, as_json
from reelmake_fake.instant import Counter
from reelmake_fake.job import Video
from reelmake_fake.order import FakeOrder, OrderReader
from reelmake_fake.piece import Piece
from reelmake_fake.settings import ServerOptions
from reelmake_fake.shelf import Shelf
from reelmake_fake.studio import KINDS, Painter
from reelmake_fake.traffic import Traffic

Line = dict[str, Any]
T = TypeVar("T", FakeOrder, Piece)
_SIGNED = "?Expires=4102444800&Signature=loopback-only"  # looks like what storage providers sign


class Service:
    """All state of a server.

    `stirred` is called with each video whose end was fixed, `dropped` with the id of one that is there no longer;
    `noted` after a line of the log has changed. `elsewhere`: where clips are without a key.
    """

    def __init__(self, options: ServerOptions, *, clock: Callable[[], float] = time.time) -> None:
        self.options = options
        self.clock = clock
        self.instruct(options.script, options.faults)
        self.dialect = DIALECTS[options.dialect]()
        self.shelf = Shelf(options.state, options.bill)
        self.desk = OrderReader(self.shelf, options.strict, self.dialect.number_seconds)
        self.traffic = Traffic(options.in_flight, options.per_minute)
        self.stirred: Callable[[Video], None] = lambda video: None
        self.dropped: Callable[[str], None] = lambda id: None
        self.noted: Callable[[], None] = lambda: None
        self.elsewhere = ""
        self._undecided = 0  # orders that are neither accepted nor refused yet
        self.released = asyncio.Event()
        self.studio = Painter(self.shelf)
        self.counter = Counter(self.shelf, self.studio, options)

    def instruct(self, words: Iterable[str], faults: Iterable[str]) -> None:
        """The script of jobs that bring none, and the rules of the server. Raises ValueError."""
        self.cues = Cues(words, faults)

    @property
    def in_flight(self) -> int:
        """Jobs that are not finished, and orders that nobody answered yet."""
        now = self.clock()
        return self._undecided + sum(not video.finished(now) for video in self.shelf.videos.values())

    def release(self) -> None:
        """Whoever is on hold goes on."""
        self.released.set()
        self.released = asyncio.Event()

    async def answer(self, request: ReceivedRequest, line: Line) -> Reply:
        """Dated, as every server's. Never raises but for our own bugs."""
        reply = await self._answered(request, line)
        return replace(reply, headers={"date": formatdate(self.clock(), usegmt=True), **reply.headers})

    async def _answered(self, request: ReceivedRequest, line: Line) -> Reply:
        try:
            return await self._routed(request, line)
        except Unreadable as error:
            return self.dialect.complain(Complaint(error.status, str(error), code=None))
        except Complaint as complaint:
            return self.dialect.complain(complaint)

    async def _routed(self, request: ReceivedRequest, line: Line) -> Reply:
        rest = self.dialect.below(request.segments)
        pieces = "pieces" in self.dialect.operations
        read = self.counter.reader(request, self.dialect.prefixes) if pieces else None
        if rest is None and read is None:
            raise Complaint(404, f"Invalid URL ({request.method} {request.path})", code=None)
        key = self.dialect.key(request.headers) or (request.headers.get("xi-api-key") if read else None)
        if not key or (self.options.key and key != self.options.key):
            raise self.dialect.locked(key)
        routes: dict[tuple[str, str], Callable[[], Any]] = {}
        match rest:
            case None if read is not None:
                routes = {("POST", "pieces"): lambda: self._at_once(request, line, read)}
            case ():
                routes = {
                    ("POST", "create"): lambda: self._order(request, line, self.desk.creation),
                    ("GET", "list"): lambda: self._list(request),
                }
            case ("edits",):
                routes = {("POST", "edits"): lambda: self._order(request, line, self._from(self.desk.edit, "edits"))}
            case ("extensions",):
                routes = {
                    ("POST", "extensions"): lambda: self._order(
                        request, line, self._from(self.desk.extension, "extensions")
                    )
                }
            case ("characters",):
                routes = {("POST", "characters"): lambda: self._new_character(request)}
            case ("characters", id):
                routes = {("GET", "characters"): lambda: self._character(id)}
            case (id,):
                routes = {
                    ("GET", "get"): lambda: self._poll(id, line),
                    ("DELETE", "delete"): lambda: self._delete(id),
                }
            case (id, "content"):
                routes = {("GET", "content"): lambda: self._content(request, id, line)}
            case (id, "remix"):
                remix = lambda f: self.desk.remix(f, self._finished(self._found(id, "remix")))  # noqa: E731
                routes = {("POST", "remix"): lambda: self._order(request, line, remix)}
        served = {method: act for (method, operation), act in routes.items() if operation in self.dialect.operations}
        if not served:
            raise Complaint(404, f"Invalid URL ({request.method} {request.path})", code=None)
        if request.method not in served:
            allow = {"allow": ", ".join(served)}
            raise Complaint(405, f"Not allowed to {request.method} on {request.path}", code=None, headers=allow)
        reply: Reply = await served[request.method]()
        return reply

    # -- what is paid

    async def _order(self, request: ReceivedRequest, line: Line, read: Callable[[form.SentForm], FakeOrder]) -> Reply:
        async def accept(order: FakeOrder) -> Reply:
            video = self._accept(order)
            line["video"] = video.id
            return self.dialect.created(video, self.clock(), float(video.recipe.cost(self.options.price)))

        return await self._placed(request, line, read, accept)

    async def _at_once(self, request: ReceivedRequest, line: Line, read: Callable[[form.SentForm], Piece]) -> Reply:
        """A still or a sound: the answer to the order is the file, so what goes wrong with downloads meets it too."""

        def spoil(piece: Piece, paid: int, file: Reply) -> Reply:
            fault = self._fault("content", piece.script, paid, line)
            return mischief.content(fault, request, file, self.elsewhere) if fault else file

        sell = partial(self.counter.sell, request, spoil, int(self.clock()))
        return await self._placed(request, line, read, sell)

    async def _placed(
        self,
        request: ReceivedRequest,
        line: Line,
        read: Callable[[form.SentForm], T],
        accept: Callable[[T], Awaitable[Reply]],
    ) -> Reply:
        """An order let in, read, accepted and answered, with what goes wrong on the way."""
        after = self.traffic.order(self.clock(), self.in_flight)
        if after is not None:
            raise mischief.too_many(after)
        self._undecided += 1
        try:
            order = read(self.dialect.body(form.read(request)))
            words = order.script or self.cues.words
            attempt = self.shelf.attempt(order.kind + " ".join(words))
            fault = self._fault("create", words, attempt, line)
            if fault and fault.name in ("slow", "hold-before"):
                await self._wait(fault, line)
            spoilt = mischief.before(fault) if fault else None
            if spoilt:
                return spoilt
            reply = await accept(replace(order, script=words))
        finally:
            self._undecided -= 1
        if fault and fault.name == "hold":
            await self._wait(fault, line)
        return mischief.after(fault, reply) if fault else reply

    def _accept(self, order: FakeOrder) -> Video:
        """From here on it is paid for: the bill is on disk before anything is said."""
        options, recipe = self.options, order.recipe
        if not options.deterministic:
            recipe = replace(recipe, number=self.shelf.paid(recipe.kind) + 1)
        kept = None if options.expires is None else options.expires / options.speed
        video = Video(
            self.dialect.new_id(recipe.model),
            recipe,
            created=self.clock(),
            takes=options.takes / options.speed,
            kept=kept,
            script=order.script,
            remixed_from=order.source if recipe.operation == "remix" else "",
        )
        self.shelf.charge(video.id, recipe, order.source, options.price)
        self.shelf.put(video)
        self.stirred(video)
        return video

    def _from(self, read: Callable[..., FakeOrder], operation: str) -> Callable[[form.SentForm], FakeOrder]:
        return partial(read, find=partial(self._source, operation=operation))

    def _source(self, id: str, operation: str) -> Video:
        return self._finished(self._found(id, operation))

    # -- what is free

    async def _poll(self, id: str, line: Line) -> Reply:
        video = self._found(id, "get")
        fault = self._fault("poll", video.script, video.polls, line)
        if fault:
            video = replace(video, polls=video.polls + 1)
            if fault.name == "done":
                video = replace(video, hurried=min(self.clock(), video.ends))
                self.stirred(video)
            self.shelf.put(video)
            if fault.name == "lost":
                self._drop(video)
            if fault.name in ("slow", "hold"):
                await self._wait(fault, line)
        now = self.clock()
        reply = self.dialect.polled(video, now)
        if self.options.poll_after is not None and not video.finished(now):
            reply = replace(reply, headers={**reply.headers, "openai-poll-after-ms": str(self.options.poll_after)})
        return mischief.polled(fault, video, reply) if fault else reply

    async def _content(self, request: ReceivedRequest, id: str, line: Line) -> Reply:
        variant = self.dialect.variant(request.asked("variant"))
        video = self._found(id, "content")
        now = self.clock()
        if video.status(now) != "completed" or (video.end and video.end.name == "no-content"):
            raise self.dialect.not_ready(video, now)
        if video.expires is not None and now >= video.expires:
            raise Complaint(404, "The content of this video has expired.", code="video_expired")
        fault = self._fault("content", video.script, video.downloads, line)
        if fault:
            self.shelf.put(replace(video, downloads=video.downloads + 1))
        reply = as_file(request, await self.studio.variant(video.recipe, variant), KINDS[variant])
        place = f"{self.elsewhere}/clips/{quote(video.id, safe='')}.mp4{_SIGNED}"
        return mischief.content(fault, request, reply, place) if fault else reply

    async def open_content(self, request: ReceivedRequest, id: str) -> Reply:
        """The clip at the other port, where no key is needed."""
        video = self.shelf.videos.get(id)
        if video is None or video.status(self.clock()) != "completed":
            return Reply(404, b"not found", {"content-type": "text/plain"})
        return as_file(request, await self.studio.clip(video.recipe), KINDS["video"])

    async def _list(self, request: ReceivedRequest) -> Reply:
        self.dialect.listing(request)
        asked = dict(request.query)
        limit, order = asked.get("limit", "20"), asked.get("order", "desc")
        if not (limit.isascii() and limit.isdigit() and int(limit) <= 100):
            raise wrong("'limit' should be a number from 0 to 100.", "limit")
        if order not in ("asc", "desc"):
            raise wrong("'order' should be 'asc' or 'desc'.", "order")
        since = self.clock() - self.options.list_lag / self.options.speed
        found = [video for video in self.shelf.videos.values() if video.created <= since]
        if order == "desc":
            found.reverse()
        if "after" in asked:
            after = asked["after"]
            at = next((i for i, video in enumerate(found) if video.id == self._known(after, "list")), None)
            if at is None:
                raise no_video(after)
            found = found[at + 1 :]
        page, now = found[: int(limit)], self.clock()
        ends = {"first_id": page[0].id, "last_id": page[-1].id} if page else {"first_id": None, "last_id": None}
        shown = [self.dialect.shown(video, now) for video in page]
        return as_json(200, {"object": "list", "data": shown, **ends, "has_more": len(found) > len(page)})

    async def _delete(self, id: str) -> Reply:
        video = self._found(id, "delete")
        reply = self.dialect.deleted(video, self.clock())
        self._drop(video)
        return reply

    async def _new_character(self, request: ReceivedRequest) -> Reply:
        return characters.keep(self.shelf, self.desk, form.read(request), int(self.clock()))

    async def _character(self, id: str) -> Reply:
        return characters.shown(self.shelf, id)

    # -- parts

    def _drop(self, video: Video) -> None:
        self.shelf.drop(video.id)
        self.dropped(video.id)

    def _found(self, id: str, operation: str) -> Video:
        video = self.shelf.videos.get(self._known(id, operation))
        if video is None:
            raise no_video(id)
        return video

    def _known(self, id: str, operation: str) -> str:
        return self.dialect.known_as(id, operation, self.shelf.videos)

    def _finished(self, video: Video) -> Video:
        status = video.status(self.clock())
        if status != "completed":
            raise wrong(f"Video '{video.id}' is not completed: it is {status}.", "video", "video_not_completed")
        return video

    def _fault(self, stage: Stage, words: tuple[str, ...], used: int, line: Line) -> Fault | None:
        """Whose turn it is, written into the log."""
        fault = self.cues.next(stage, words, used)
        if fault and fault.name != "ok":
            line["fault"] = f"{fault.stage}:{fault.name}"
        return fault

    async def _wait(self, fault: Fault, line: Line) -> None:
        if fault.name == "slow":
            await asyncio.sleep(fault.number(1) / self.options.speed)
        else:
            line["held"] = True
            self.noted()
            await self.released.wait()
