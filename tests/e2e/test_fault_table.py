"""The fault table: every way in which a vendor was seen to fail, against what it may cost, what is told, and what the
next build does. One row a fact, read of vendors' pages, their clients' sources and threads of those who paid twice.

Each row is two builds of one shot with the real command at the fake server: the first meets the fault, the second
meets a server that is well again. Between them the plan is asked, and the second build orders exactly what it said.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from reelmake_fake.complaint import Complaint
from reelmake_fake.http11 import as_json
from reelmake_fake.server import FakeServer
from reelmake_fake.service import Service
from tests.support.desk import Hurried, Post, post

pytestmark = pytest.mark.slow

SHOT = "shots:\n  a: {prompt: A kite.}\n"
USD = 0.1


@dataclass(frozen=True)
class Outcome:
    """How a build ends: exit status, what was billed, how the ledger stands, what the plan says then, and how the
    next build ends. `says`: a part of the plan's reason."""

    exit: int
    bill: int
    ledger: dict[str, float]
    says: str
    cost: float
    exit_then: int
    bill_then: int
    ledger_then: dict[str, float] = field(default_factory=lambda: {"spent": USD})


MADE = Outcome(0, 1, {"spent": USD}, "", 0.0, 0, 1)
FREE = Outcome(1, 0, {}, "was refused", USD, 0, 1)
NEVER_SENT = Outcome(1, 0, {}, "never made", USD, 0, 1)
DIED = Outcome(1, 1, {"maybe spent": USD}, "its last order", USD, 0, 2, {"spent": USD, "maybe spent": USD})
OPEN = Outcome(1, 1, {"reserved": USD}, "already ordered", 0.0, 0, 1)
LOST_TAKEN = Outcome(1, 1, {"maybe spent": USD}, "its answer was lost", USD, 1, 1, {"maybe spent": USD})
LOST_NOT_TAKEN = Outcome(1, 0, {"maybe spent": USD}, "its answer was lost", USD, 1, 0, {"maybe spent": USD})


@dataclass(frozen=True)
class Row:
    """A script for the job, what it comes to, the code and words that the first build tells, how many orders it sends.

    `options` are those of the provider, `server` those of the fake.
    """

    script: str
    outcome: Outcome
    code: str = ""
    told: str = ""
    orders: int = 1
    options: str = "{allow_private: true, list_lag: 0}"
    server: dict[str, Any] = field(default_factory=dict)


HOME = "{}"  # links into this machine are not followed
BLIND = "{list: false}"  # a server that cannot list its jobs
IMPATIENT = "{create_timeout: 0.3, read_timeout: 0.3, list_lag: 0}"

ERRORS = {  # the codes that the shape has
    "moderation of the prompt": Row("create:400-moderation", FREE, "RM921", "moderation_blocked"),
    "quota, as 429": Row("create:429-quota", FREE, "RM930", "insufficient_quota"),
    "quota, as 400": Row("create:400-quota", FREE, "RM930", "billing_hard_limit_reached"),
    "a wrong key": Row("create:401", FREE, "RM940", "Incorrect API key"),
    "an organisation that is not verified": Row("create:403", FREE, "RM940", "must be verified"),
    "too many requests": Row("create:refuse-429", MADE, orders=2),
    "too many requests, for too long": Row("create:refuse-429*6", NEVER_SENT, "RM910", "Rate limit", orders=6),
    "overloaded": Row("create:busy-503", MADE, orders=2),
    "an error at create, nothing taken": Row("create:500", MADE, "", "", orders=2),
    "a page of a proxy at create": Row("create:502-html", MADE, orders=2),
    "errors at create without end": Row("create:500*6", NEVER_SENT, "RM910", "does not have it afterwards", orders=6),
    "errors while it is made": Row("poll:500*3", MADE),
    "a job that failed, with HTTP 200": Row("poll:fail", DIED, "RM900", "$0.10 maybe charged"),
    "moderation of the clip": Row("poll:fail:moderation_blocked", DIED, "RM921", "refused the finished clip"),
    "quota found out late": Row("poll:fail:insufficient_quota", DIED, "RM930", "maybe charged"),
    "an id that is not known for a while": Row("poll:gone*3", MADE),
    "an id that is known no more": Row("poll:lost", DIED, "RM950", "jobs adopt"),
    "no content for a while": Row("content:404*2", MADE),
    "no content ever": Row("poll:no-content", DIED, "RM950", "completed"),
}
WAITS = {  # how waits are said, and what ends nothing
    "Retry-After in seconds": Row("create:refuse-429:2", MADE, orders=2),
    "retry-after-ms": Row("create:refuse-429:500ms", MADE, orders=2),
    "Retry-After as a date": Row("create:refuse-429:date", MADE, orders=2),
    "no wait is said": Row("create:refuse-429:none", MADE, orders=2),
    "a poll that may not be now": Row("poll:429", MADE),
    "openai-poll-after-ms": Row("poll:pending*2", MADE, server={"poll_after": 2000}),
    "an unknown status": Row("poll:unknown-status*2", MADE),
    "progress that stands still": Row("poll:stall", MADE),
    "an order that is answered late": Row("create:slow:0.2", MADE),
    "an order that is never answered, taken": Row("create:hold", MADE, told="it did arrive", options=IMPATIENT),
    "an order that is never answered, not taken": Row("create:hold-before", MADE, orders=2, options=IMPATIENT),
    "a poll that is never answered": Row("poll:hold", MADE, options=IMPATIENT),
    "a download that stops": Row("content:hold", MADE, options=IMPATIENT),
}


def spoken(dialect: str, script: str, outcome: Outcome, code: str = "", told: str = "", **more: Any) -> Row:
    options = f"{{allow_private: true, server: {dialect}}}"
    return Row(script, outcome, code, told, options=options, server={"dialect": dialect}, **more)


DIALECTS = {  # what servers of the shape do otherwise
    "LiteLLM: all is well": spoken("litellm", "ok", MADE),
    "LiteLLM: a poll answers with an id that does not work": spoken("litellm", "poll:id-changes*2", MADE),
    "LiteLLM: nothing is said of the job": spoken("litellm", "poll:nulls", MADE),
    "LiteLLM: completed, and failed in truth": spoken("litellm", "poll:no-content", DIED, "RM950", "completed"),
    "LiteLLM: moderation inside a message": spoken("litellm", "create:400-moderation", FREE, "RM921"),
    "LiteLLM: no list, the answer is lost": spoken("litellm", "create:drop", LOST_TAKEN, "RM915", "jobs adopt"),
    "vLLM-Omni: all is well": spoken("vllm-omni", "ok", MADE),
    "vLLM-Omni: a failed job is a 500": spoken("vllm-omni", "poll:fail-http", DIED, "RM900"),
    "vLLM-Omni: a failed job is a 400": spoken("vllm-omni", "poll:fail-http:400", DIED, "RM900"),
    "vLLM-Omni: the answer is lost": spoken("vllm-omni", "create:drop", MADE, told="it did arrive"),
    "SGLang: all is well": spoken("sglang", "ok", MADE),
    "SGLang: an error without a code": spoken("sglang", "poll:fail", DIED, "RM900"),
    "SGLang: the clip is in a cloud, 400 says where": spoken("sglang", "content:elsewhere", MADE),
    "SGLang: the answer is lost": spoken("sglang", "create:drop", MADE, told="it did arrive"),
    "Azure: all is well": spoken("azure", "ok", MADE),
    "Azure, older: all is well": spoken("azure-jobs", "ok", MADE),
    "Azure, older: the answer is lost": spoken("azure-jobs", "create:drop", MADE, told="it did arrive"),
    "Azure, older: a job fails": spoken("azure-jobs", "poll:fail", DIED, "RM900", "internal_error"),
    "cancelled there": Row("poll:cancelled", DIED, "RM900", "cancelled there"),
    "expired there": Row("poll:expired", DIED, "RM950", "expired there"),
    "a redirect to another host": Row("content:redirect-self", MADE),
}
PAIN = {  # what others paid for
    "the answer is lost, the job is there": Row("create:drop", MADE, told="it did arrive"),
    "half of the answer is lost": Row("create:half", MADE, told="it did arrive"),
    "an answer of garbage": Row("create:garbage", MADE, told="it did arrive"),
    "an answer without an id": Row("create:no-id", MADE, told="it did arrive"),
    "the connection is lost, nothing was taken": Row("create:drop-before", MADE, orders=2),
    "the answer is lost, no list": Row("create:drop", LOST_TAKEN, "RM915", "not sent again", options=BLIND),
    "the connection is lost, no list": Row("create:drop-before", LOST_NOT_TAKEN, "RM915", "jobs rm", options=BLIND),
    "its list is late, as is known": Row(
        "create:drop", MADE, told="it did arrive", options="{list_lag: 90}", server={"list_lag": 1.0}
    ),
    "its list is late, which nobody said": Row(
        "create:drop", MADE, told="it did arrive", options=HOME, server={"list_lag": 1.0}
    ),
    "its list is very late, which nobody said": Row(
        "create:drop", LOST_TAKEN, "RM915", "not known how late", options=HOME, server={"list_lag": 900.0}
    ),
    "nothing was taken, and the list may be late": Row("create:drop-before", MADE, orders=2, options="{list_lag: 90}"),
    "nothing was taken, and not known how late the list is": Row(
        "create:drop-before", LOST_NOT_TAKEN, "RM915", "list_lag", options=HOME
    ),
    "an error at create, no list": Row("create:500", LOST_NOT_TAKEN, "RM915", options=BLIND),
    "garbage while it is made": Row("poll:garbage*2", MADE),
    "a page of a proxy while it is made": Row("poll:502-html*2", MADE),
    "connections lost while it is made": Row("poll:drop*2", MADE),
    "a download that breaks": Row("content:cut", MADE),
    "chunks that break": Row("content:chunked-cut", MADE),
    "fewer bytes than announced": Row("content:too-long", MADE),
    "fewer bytes than there are": Row("content:too-short", MADE),
    "a page instead of a clip": Row("content:html", MADE),
    "nothing instead of a clip": Row("content:empty", MADE),
    "no clip at all": Row("content:not-a-video", MADE),
    "wrong bytes, as many as announced": Row("content:damaged", MADE),
    "a sound instead of a clip": Row("content:a-sound", MADE),
    "an animated picture instead of a clip": Row("content:a-gif", MADE),
    "never the right bytes": Row("content:damaged*6", OPEN, "RM960", "jobs rm"),
    "always a sound": Row("content:a-sound*6", OPEN, "RM960", "no picture"),
    "never a whole clip": Row("content:cut*12", OPEN, "RM910", "stays open"),
    "never a clip": Row("content:not-a-video*6", OPEN, "RM960", "stays open"),
    "errors instead of a clip": Row("content:500*6", OPEN, "RM910", "stays open"),
    "a link that goes round": Row("content:redirect-loop*70", OPEN, "RM910", "redirects"),
    "a link into this network": Row("content:redirect-private", OPEN, "RM961", "allow_private", options=HOME),
    "a link to another scheme": Row("content:redirect:ftp://x/y", OPEN, "RM961", "ftp", options=HOME),
}  # fmt: skip
TABLE = {**ERRORS, **WAITS, **DIALECTS, **PAIN}


@pytest.mark.parametrize("fact", TABLE)
def test_a_fault_costs_what_the_table_says(fact: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    row = TABLE[fact]
    with post(tmp_path / "film", monkeypatch, **row.server) as desk:
        desk.board(SHOT, row.options)
        desk.server.instruct(*row.script.split())
        first = desk.build("a").expect(row.outcome.exit, stderr=row.told)
        assert desk.error(first) == row.code
        assert (len(desk.server.bill), desk.orders, desk.ledger) == (row.outcome.bill, row.orders, row.outcome.ledger)

        desk.server.instruct()
        judge(desk, row.outcome)


def judge(desk: Post, outcome: Outcome) -> None:
    """What the plan says next, and the next build, which keeps to it."""
    plan = json.loads(desk.run("plan", "--json").expect().stdout)
    (job,) = plan["jobs"]
    assert outcome.says in (job["reason"] or "")
    assert plan["cost_usd"] == outcome.cost
    budget = ("--budget", str(outcome.cost + outcome.bill * USD)) if plan["generate"] else ()
    desk.run("build", "a", *budget).expect(outcome.exit_then)
    assert (len(desk.server.bill), desk.ledger) == (outcome.bill_then, outcome.ledger_then)
    assert (len(desk.server.bill) - outcome.bill) * USD <= plan["cost_usd"]
    if outcome.exit_then == 0:
        orders = desk.orders
        assert desk.build("a").expect().code == 0
        assert desk.orders == orders
        assert not desk.journal.open()


def test_an_order_that_arrives_long_after_we_gave_up_waiting_for_its_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that is slow to answer may be slow to take it, too: that its list does not show it proves nothing."""
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT, IMPATIENT)
        desk.server.instruct("create:hold-before")

        def late() -> None:
            desk.server.until(looked_for(4))
            desk.server.release()

        taken = threading.Thread(target=late)
        taken.start()
        desk.build("a").expect(0, stderr="it did arrive")
        taken.join()
        assert (len(desk.server.bill), desk.orders, desk.ledger) == (1, 1, {"spent": USD})


@pytest.mark.parametrize("fault", ["create:garbage", "create:no-id"])
def test_an_order_that_was_said_yes_to_is_not_sent_again_because_a_list_does_not_show_it(
    fault: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT)
        desk.server.instruct(fault)
        monkeypatch.setattr(Service, "_list", shows_nothing)
        for _ in range(2):  # in this run, and in any later one
            told = desk.build("a").expect(1, stderr="RM915").stderr
            assert "its list does not show it" in told
            assert (desk.orders, desk.ledger) == (1, {"reserved": USD})
        (open_,) = desk.journal.open()
        desk.run("jobs", "adopt", open_.token, desk.server.bill[0]["id"]).expect()
        desk.build("a").expect()
        assert (len(desk.server.bill), desk.ledger) == (1, {"spent": USD})


@pytest.mark.parametrize("off", [-7.0, 7.0, 100.0])
@pytest.mark.parametrize("options", ["{list_lag: 0}", "{}"])
def test_a_clock_that_was_wrong_when_the_order_was_sent_has_it_paid_once(
    off: float, options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The answer is lost and the list cannot be asked; then somebody sets the clock."""
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT, options)
        desk.server.instruct("create:drop")
        with monkeypatch.context() as wrong:
            wrong.setattr(Hurried, "off", off)
            wrong.setattr(Service, "_list", refused)
            desk.build("a").expect(1, stderr="RM915")
        assert (len(desk.server.bill), desk.orders) == (1, 1)

        known = options != "{}" or off < 0  # the provider's own time was asked for; or nothing seems to be too old
        desk.build("a").expect(0 if known else 1)
        assert (len(desk.server.bill), desk.orders) == (1, 1)
        if not known:
            (open_,) = desk.journal.open()
            desk.run("jobs", "adopt", open_.token, desk.server.bill[0]["id"]).expect()
            desk.build("a").expect()
        assert (len(desk.server.bill), desk.ledger) == (1, {"spent": USD})


def looked_for(times: int) -> Callable[[FakeServer], bool]:
    def met(server: FakeServer) -> bool:
        return sum((r["method"], r["path"]) == ("GET", "/v1/videos") for r in server.requests) >= times

    return met


async def refused(service: Service, request: Any) -> Any:
    """A list that cannot be asked; the answer is dated, as every one is."""
    raise Complaint(503, "no list today", code=None)


async def shows_nothing(service: Service, request: Any) -> Any:
    """A list that is late, or another account's."""
    return as_json(200, {"object": "list", "data": [], "first_id": None, "last_id": None, "has_more": False})
