"""Whatever a ComfyUI says, a conversation ends in one of the agreed ways, and never claims what was not said."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelmake import errors
from reelmake.model.http import Response
from reelmake.model.remote import Accepted, Dead, Pending, Ready
from reelmake.providers.comfyui.conversation import ComfyUI, ours
from tests.providers.test_comfyui_exchanges import submission
from tests.support import exchange as record

ID = ours("token-1")
THEN = "2026-09-21T14:10:00+00:00"
WORDS = ["p", ID, "9", "success", "error", "execution_error", "execution_start", "output", "temp", "a.mp4", "token-1"]
KEYS = [
    "queue_running", "queue_pending", "p", ID, "prompt", "outputs", "status", "status_str", "messages", "9", "images",
    "gifs", "filename", "subfolder", "type", "prompt_id", "node_errors", "error", "errors", "details", "message",
    "name", "dependent_outputs", "extra_info", "input_name", "reelmake", "token", "result", "titles", "create_time",
    "node_id",
]  # fmt: skip
VALUES = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 600), st.sampled_from([10**400, 1_789_000_000_000]),
    st.just("\ud800"),
    st.floats(), st.sampled_from(WORDS), st.text(max_size=5),
)  # fmt: skip
JSON = st.recursive(
    VALUES,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(KEYS), inner, max_size=6),
    max_leaves=20,
)
NUMBERS = st.sampled_from([0, -1, 2.5, 10**400, 10**14, 1_789_000_000_000, "1", None])
EXTRA = st.fixed_dictionaries({}, optional={"create_time": NUMBERS, "reelmake": JSON, "client_id": VALUES})
ENTRY = st.tuples(NUMBERS, st.sampled_from(["p", ID, "x"]), JSON, EXTRA | JSON, JSON).map(list)
QUEUES = st.fixed_dictionaries(
    {"queue_running": st.lists(ENTRY, max_size=2), "queue_pending": st.lists(ENTRY, max_size=2)}
)
RECORDS = st.fixed_dictionaries({"prompt": ENTRY}, optional={"outputs": JSON, "status": JSON})
HISTORIES = st.dictionaries(st.sampled_from(["p", ID, "x"]), RECORDS, max_size=2)
EMPTY = st.sampled_from([{}, {"queue_running": [], "queue_pending": []}])
BODIES = st.one_of(JSON, QUEUES, HISTORIES, EMPTY).map(lambda value: json.dumps(value).encode())
STATUSES = st.sampled_from([200, 200, 200, 200, 302, 400, 401, 404, 429, 500, 503])
REPLIES = st.builds(
    Response, STATUSES, st.just({}), BODIES | st.sampled_from([b"", b"<html>", b"[" * 5000]), st.just(record.AT)
)


def end(talk: Any, replies: list[Response]) -> tuple[list[Response], Any]:
    """The replies that were used (the last one again and again), and the end."""
    used: list[Response] = []
    try:
        talk.send(None)
        while True:
            used.append(replies[min(len(used), len(replies) - 1)])
            talk.send(used[-1])
    except StopIteration as ended:
        return used, ended.value
    except errors.StepError as error:
        return used, error


@given(st.lists(REPLIES, min_size=1, max_size=3))
def test_submit(replies: list[Response]) -> None:
    used, ended = end(ComfyUI().submit(submission(model="w")), replies)
    agreed = (Accepted, errors.Refused, errors.Ambiguous, errors.Transient, errors.NoAccess, errors.NoCredit)
    assert isinstance(ended, agreed)
    if isinstance(ended, Accepted):
        assert used[-1].ok
        assert isinstance(used[-1].data, dict)
        assert ended.remote == used[-1].data["prompt_id"]
    if isinstance(ended, errors.Refused):  # then it is ended for good: a bare 200 never says so
        assert not used[-1].ok or "node_errors" in used[-1].text


@given(st.lists(REPLIES, min_size=1, max_size=3))
def test_poll(replies: list[Response]) -> None:
    used, ended = end(ComfyUI().poll("p"), replies)
    assert isinstance(ended, Pending | Ready | Dead | errors.StepError)
    if isinstance(ended, Ready | Dead):
        assert isinstance(used[-1].data, dict)
        assert "p" in used[-1].data
    if isinstance(ended, errors.Gone):  # both have answered, and neither has it
        assert len(used) == 2
        assert all(reply.ok and isinstance(reply.data, dict) for reply in used)


@given(st.lists(REPLIES, min_size=1, max_size=3))
def test_fetch_cancel_and_listing(replies: list[Response]) -> None:
    for talk in (ComfyUI().fetch("p"), ComfyUI().cancel("p"), ComfyUI().listing()):
        _, ended = end(talk, replies)
        assert ended is None or isinstance(ended, tuple | errors.StepError)


@given(st.lists(REPLIES, min_size=1, max_size=5), st.sampled_from([THEN, ""]))
def test_find(replies: list[Response], theirs: str) -> None:
    used, ended = end(ComfyUI().find(record.attempt("2026-09-21T14:10:00Z", theirs=theirs)), replies)
    assert isinstance(ended, tuple | errors.StepError)
    if ended == ():  # only of a server that remembers something older
        assert theirs
        assert all(reply.ok for reply in used)
    elif isinstance(ended, tuple):
        assert ID in used[-1].text or "token-1" in used[-1].text
