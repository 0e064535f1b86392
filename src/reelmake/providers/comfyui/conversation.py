"""The conversation with a ComfyUI: what is asked in which order. What answers mean is in standing.py.

The id of an execution is one that we give it, made from the order's token, so an order whose answer was lost is looked
for exactly. That it is neither queued nor in the history says that it does not run; that it never arrived is certain
only of a server that remembers something older than the order, for a restart forgets both (decision 084).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from pathlib import PurePath
from typing import TypeVar
from uuid import UUID

from reelmake.errors import Ambiguous, Gone, Refused, Transient
from reelmake.model.forms import SPELLED, Unspelled
from reelmake.model.http import Auth, File, Request, Response
from reelmake.model.json_value import Json, JsonObject
from reelmake.model.remote import Accepted, RemoteJob, Status, Submission
from reelmake.model.take import Attempt
from reelmake.model.workflow import Workflow, link
from reelmake.ports import Talk
from reelmake.providers._answers import after, complaint, path, refusal, tidy, unix, utc, withheld
from reelmake.providers.comfyui import standing
from reelmake.providers.openai_videos.search import MARGIN

LAG = 60.0  # seconds after which an order that was sent has been taken: a server that loads a model is deaf for a while
RECENT = 200  # entries of a history
_WHOLE = 64 << 20  # bytes of a history: each entry holds its workflow


class ComfyUI:
    """ports.Conversation."""

    auth = Auth()
    lag = LAG

    def submit(self, submission: Submission) -> Talk[Accepted]:
        flow = _workflow(submission)
        values = _values(flow, submission)
        for label, file in submission.inputs.items():
            values[label] = yield from self._uploaded(file)
        nodes = _changed(flow, flow.filled(values), submission.order.extras)
        told = {"token": submission.token, "result": flow.result, "titles": dict(flow.titles)}
        id = ours(submission.token)
        body = {"prompt": nodes, "prompt_id": id, "client_id": "reelmake", "extra_data": {standing.OURS: told}}
        reply = yield Request("POST", "/prompt", json=body, paid=True)
        said = reply.data if isinstance(reply.data, dict) else {}
        if wrong := _node_errors(flow, said):
            raise Refused(tidy(f"it answers {reply.status}: {wrong}"))
        if not reply.ok:
            raise refusal(reply, paid=True)
        named = said.get("prompt_id")
        if not isinstance(named, str) or not named:
            raise Ambiguous(tidy(f"it answers {reply.status} without a prompt_id: {complaint(reply)}"), taken=True)
        return Accepted(named)

    def poll(self, remote: str) -> Talk[Status]:
        """It goes from the queue into the history in one moment: so the queue is asked first, and what is in neither
        is nowhere."""
        running, waiting = yield from self._queue()
        if here := standing.waits(remote, running, waiting):
            return here
        if record := (yield from self._record(remote)):
            return standing.ended(record)
        raise Gone("it is neither queued nor in the history there: the server was started again, or it was deleted")

    def fetch(self, remote: str) -> Talk[bytes | None]:
        record = yield from self._record(remote)
        if not record:
            raise Gone("it is not in the history there: the server was started again, or it was deleted")
        where = standing.file(record)
        if where is None:
            raise Gone("completed without content: no node saved a file")
        reply = yield Request("GET", "/view", tuple(where.items()), {"accept": "*/*"}, save=True)
        if reply.status != 200 or reply.body:
            raise withheld(reply, None if reply.ok else refusal(reply, paid=False), linked=False)
        return None

    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]:
        """An older server gives an id of its own; then our token, which it keeps, tells."""
        id, entries = ours(attempt.token), list[standing.Execution]()
        for _ in range(2):  # what comes in behind the first look is seen by the second
            running, waiting = yield from self._queue()
            entries += running
            if found := _ids((*running, *waiting), id, attempt.token):
                return found
            if (yield from self._record(id)):
                return (id,)
        entries += yield from self._past()
        if found := _ids(entries, id, attempt.token):
            return found
        since = unix(attempt.theirs)
        if since is None or not any(one.created is not None and one.created < since - MARGIN for one in entries):
            raise Ambiguous(
                "it is neither queued nor in the history there, and nothing there is older than the order: "
                "the server may have been started again since"
            )
        return ()

    def clock(self) -> Talk[None]:
        """Asks something free, for the Date of its answer."""
        yield Request("GET", "/system_stats")

    def cancel(self, remote: str) -> Talk[None]:
        """What runs is interrupted only if it is this one."""
        running, waiting = yield from self._queue()
        if any(one.id == remote for one in running):
            yield from self._answered(Request("POST", "/interrupt", json={"prompt_id": remote}))
        elif any(one.id == remote for one in waiting):
            yield from self._answered(Request("POST", "/queue", json={"delete": [remote]}))
        else:
            raise Refused("it is neither running nor queued there")

    def remove(self, remote: str) -> Talk[None]:
        raise Refused("a ComfyUI deletes no files; they are in its output folder")

    def listing(self) -> Talk[tuple[RemoteJob, ...]]:
        running, waiting = yield from self._queue()
        past = yield from self._past()
        jobs = [
            RemoteJob(one.id, one.status, created=utc(one.created)) for one in (*running, *waiting, *past) if one.id
        ]
        return tuple(sorted(jobs, key=lambda job: job.created, reverse=True))

    # Requests

    def _uploaded(self, file: PurePath) -> Talk[str]:
        """Pictures, clips and sounds all go to its input folder; what it calls them is what a node is given."""
        reply = yield from self._answered(Request("POST", "/upload/image", form=(("image", File(file)),)))
        said = reply.data if isinstance(reply.data, dict) else {}
        name, folder = said.get("name"), said.get("subfolder")
        if not isinstance(name, str) or not name:
            raise Refused(tidy(f"it took a file but does not say what it calls it: {complaint(reply)}"))
        return f"{folder}/{name}" if isinstance(folder, str) and folder else name

    def _queue(self) -> Talk[tuple[list[standing.Execution], list[standing.Execution]]]:
        reply = yield from self._answered(Request("GET", "/queue", most=_WHOLE))
        return _known(standing.queue(reply), reply)

    def _past(self) -> Talk[list[standing.Execution]]:
        """The last entries of the history."""
        reply = yield from self._answered(Request("GET", "/history", (("max_items", str(RECENT)),), most=_WHOLE))
        return [
            standing.entry(record.get("prompt"), record) for record in _known(standing.history(reply), reply).values()
        ]

    def _record(self, remote: str) -> Talk[JsonObject]:
        """Its entry of the history; empty if there is none."""
        reply = yield from self._answered(Request("GET", f"/history{path(remote)}", most=_WHOLE))
        return _known(standing.history(reply), reply).get(remote, {})

    def _answered(self, request: Request) -> Talk[Response]:
        reply = yield request
        if not reply.ok:
            wrong = refusal(reply, paid=False)
            raise Refused(str(wrong)) if isinstance(wrong, Gone) else wrong
        return reply


T = TypeVar("T")


def ours(token: str) -> str:
    """The id of an order's execution: a UUID, always the same one."""
    return str(UUID(bytes=sha256(token.encode()).digest()[:16], version=4))


def _known(read: T | None, reply: Response) -> T:
    """Raises Transient for an answer that cannot be read: that nothing is there must be said."""
    if read is None:
        raise Transient(tidy(f"its answer cannot be read: {complaint(reply)}"), after=after(reply))
    return read


def _ids(entries: Iterable[standing.Execution], id: str, token: str) -> tuple[str, ...]:
    return tuple(one.id for one in entries if one.id and (one.id == id or one.token == token))


# An order


def _workflow(submission: Submission) -> Workflow:
    known = submission.order.known
    if known is None or known.workflow is None:
        raise Refused("its models are workflows: `model` is the path of a file that binds one")
    return known.workflow


def _values(flow: Workflow, submission: Submission) -> dict[str, Json]:
    """Of all words that are no files. Raises Refused for what the workflow would leave out, or would not be given."""
    order = submission.order
    wanted = {word for word in flow.places if word in ("image", "last_image", "source", "speech") or " " in word}
    if lacking := sorted(wanted - submission.inputs.keys()):
        raise Refused(f"its workflow takes a file that the order does not have: {', '.join(lacking)}")
    if left := sorted(submission.inputs.keys() - wanted):
        raise Refused(f"its workflow has no place for a file of the order: {', '.join(left)}")
    avoid = f" Avoid {order.avoid.rstrip('.')}." if order.avoid and "avoid" not in flow.places else ""
    rate = flow.forms.rate
    values: dict[str, Json] = {"prompt": order.prompt + avoid, "seed": submission.seed}
    values["fps"] = int(rate) if rate.denominator == 1 else float(rate)
    texts = {"avoid": order.avoid, "voice": order.voice, "style": order.style, "language": order.language}
    values |= {word: text for word, text in texts.items() if text}
    for word in SPELLED:
        if word in flow.places:
            try:
                value = flow.forms.spelled(word, order.seconds, order.size)
            except Unspelled as error:
                raise Refused(str(error)) from None
            values |= {} if value is None else {word: value}
    return values


def _changed(flow: Workflow, nodes: dict[str, JsonObject], extras: Mapping[str, object]) -> dict[str, JsonObject]:
    """`extras` are values of inputs that are not bound: {"3.steps": 30}. Raises Refused."""
    changed = dict(nodes)
    for name, value in extras.items():
        id, _, named = name.partition(".")
        inputs = changed.get(id, {}).get("inputs")
        if not isinstance(inputs, dict) or named not in inputs or link(inputs[named]):
            raise Refused(f'its workflow has no value at "{name}" that `extras` could replace')
        changed[id] = {**changed[id], "inputs": {**inputs, named: value}}  # type: ignore[dict-item]
    return changed


def _node_errors(flow: Workflow, said: JsonObject) -> str:
    """Which node does not take which input, as a sentence; "" if the result can be made. HTTP 200 may say so, too."""
    told = said.get("node_errors")
    for id, wrong in told.items() if isinstance(told, dict) else ():
        if not isinstance(wrong, dict):
            continue
        hit = wrong.get("dependent_outputs")
        if said.get("prompt_id") and isinstance(hit, list) and hit and flow.result not in map(str, hit):
            continue  # another output, which nobody has asked for
        listed = wrong.get("errors")
        first = listed[0] if isinstance(listed, list) and listed and isinstance(listed[0], dict) else {}
        extra = first.get("extra_info")
        at = extra.get("input_name") if isinstance(extra, dict) else None
        why = ": ".join(str(text) for text in (first.get("message"), first.get("details")) if text)
        return f"node {flow.called(str(id))}{f', input {at}' if at else ''}: {why or 'not valid'}"
    return ""
