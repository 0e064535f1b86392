"""The interpreter of vendors' files, on a vendor that uses everything a file can say."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest

from reelmake import catalog
from reelmake.errors import Ambiguous, Gone, Moderated, NoAccess, NoCredit, Refused, StepError, Transient
from reelmake.model.forms import Forms, Spelling, Unspelled
from reelmake.model.frame import Size
from reelmake.model.http import File, Request, Response
from reelmake.model.remote import Accepted, Dead, Pending, Ready, RemoteJob
from reelmake.model.storyboard import ProviderSpec
from tests.support import acme
from tests.support.exchange import answer, attempt, hold, order

HD = Size(1280, 720)
CREATED = {"err": 0, "job": {"id": "j/1"}}


def submitted(*replies: Response, callback: str = "", **fields: Any) -> tuple[list[Request], Any]:
    told = {"model": "acme-1", **fields}
    return hold(acme.talks(callback=callback).submit(order(**told)), replies or [answer(json=CREATED)])


def test_an_order_says_everything_in_the_vendors_spelling() -> None:
    asked, end = submitted(avoid="text", model="a/b?", extras={"input": {"tone": "warm"}, "quality": "RAW"})
    assert end == Accepted("j/1")
    assert asked == [
        Request(
            "POST",
            "/models/a%2Fb%3F/jobs",
            (("tag", "token-1"),),
            {"X-Acme-Version": "3", "Idempotency-Key": "token-1"},
            json={
                "input": {"text": "A child flies a kite.", "not": "text", "tone": "warm"},
                "seconds": "8s",
                "pixels": "1280*720",
                "quality": "RAW",
                "price": "$5",
            },
            paid=True,
        )
    ]


def test_what_an_order_has_not_is_left_out_and_what_it_has_is_there() -> None:
    links = [answer(json={"file": {"url": f"https://f.example/{n}"}}) for n in range(3)]
    inputs = {"image": "first.png", "reference 1": "maya.png", "reference 2": "ben.png"}
    asked, _ = submitted(*links, answer(json=CREATED), inputs=inputs, callback="https://hook.example")
    assert [request.url for request in asked] == ["/files"] * 3 + ["/models/acme-1/jobs"]
    assert asked[0].form == (("blob", File(order(inputs).inputs["image"])),)
    assert not any(request.paid for request in asked[:-1])
    body = asked[-1].json
    assert body["first"] == {"picture": "https://f.example/0", "weight": 1}
    assert [face["picture"] for face in body["faces"]] == ["https://f.example/1", "https://f.example/2"]
    assert body["hook"] == "https://hook.example"
    assert "first" not in submitted()[0][0].json


def in_text(body: str, query: str = "{}", **fields: Any) -> Request:
    """The request that a body asks for, in a vendor's file."""
    text = acme.FILE.replace("      input: {text: $prompt, not: $avoid}\n", f"      {body}\n")
    text = text.replace("    query: {tag: $token}\n", f"    query: {query}\n")
    told = {"model": "acme-1", "prompt": "A kite.", **fields}
    asked, end = hold(acme.talks(text).submit(order(**told)), [answer(json=CREATED)])
    assert end == Accepted("j/1")
    return asked[0]


@pytest.mark.parametrize(
    ("text", "sent"),
    [
        ("Cinematic. $prompt", "Cinematic. A kite."),
        ("$prompt --duration $seconds --size $size", "A kite. --duration 8s --size 1280*720"),
        ("$$5: $prompt, $$prompt, $ 7", "$5: A kite., $prompt, $ 7"),
        ("$$$prompt", "$A kite."),
        ("$prompt$token", "A kite.token-1"),
        ("$prompt avoid: $avoid", "A kite. avoid: "),
    ],
)
def test_words_within_a_text(text: str, sent: str) -> None:
    assert in_text(f'ask: {{deep: ["{text}", {{er: "{text}"}}]}}').json["ask"] == {"deep": [sent, {"er": sent}]}
    assert in_text("input: $prompt", f'{{q: "{text}"}}').query == (("q", sent),)


def test_a_text_none_of_whose_words_has_a_value_is_left_out() -> None:
    body = in_text('input: {text: $prompt, not: "No $avoid.", list: ["to $callback", x, $seed, $avoid]}').json
    assert body["input"] == {"text": "A kite.", "list": ["x", 7]}
    assert in_text("input: {text: $prompt, not: 'No $avoid.'}", avoid="rain").json["input"]["not"] == "No rain."


def test_a_part_of_the_query_without_a_value_is_left_out() -> None:
    request = in_text("input: $prompt", '{hook: $callback, to: "/$callback", page: 1, tag: $token}')
    assert request.query == (("page", "1"), ("tag", "token-1"))


def test_every_picture_is_sent_wherever_its_list_is() -> None:
    links = [answer(json={"file": {"url": f"https://f.example/{n}"}}) for n in range(2)]
    text = acme.FILE.replace("faces: [{picture: $reference, kind: face}]", "faces: [{all: [$reference]}, [$reference]]")
    inputs = {"reference 1": "maya.png", "reference 2": "ben.png"}
    asked, _ = hold(acme.talks(text).submit(order(inputs, model="acme-1")), [*links, answer(json=CREATED)])
    first, second = "https://f.example/0", "https://f.example/1"
    assert asked[-1].json["faces"] == [{"all": [first, second]}, [first, second]]


def test_a_picture_without_a_place_is_never_left_out_in_silence() -> None:
    asked, end = submitted(inputs={"last_image": "end.png"})
    assert not asked
    assert isinstance(end, Refused)


@pytest.mark.parametrize(
    ("seconds", "written"), [(4, "4s"), (8, "8s"), ("5/2", "2.5s"), (5, None), ("1/3", None), (60, None)]
)
def test_lengths_are_refused_not_rounded(seconds: Any, written: str | None) -> None:
    asked, end = submitted(seconds=seconds)
    if written:
        assert asked[0].json["seconds"] == written
    else:
        assert not asked
        assert isinstance(end, Refused)
        assert "the nearest is" in str(end)


@pytest.mark.parametrize(
    ("like", "length", "written"),
    [(8, 8, 8), (8, "5/2", 2.5), ("8", 8, "8"), ("8s", "5/2", "2.5s"), ("8", "1/3", "0.333333")],
)
def test_lengths_by_example(like: Any, length: Any, written: Any) -> None:
    found = Forms(seconds=Spelling(like)).spelled("seconds", Fraction(length), HD)
    assert (found, type(found)) == (written, type(written))


@pytest.mark.parametrize(
    ("pixels", "ratio"),
    [((1280, 720), "16:9"), ((848, 480), "16:9"), ((854, 480), "16:9"), ((720, 1280), "9:16"), ((832, 480), None)],
)
def test_ratios_within_one_in_a_hundred_are_equal(pixels: tuple[int, int], ratio: str | None) -> None:
    forms = Forms(ratio=Spelling(only={"16:9": None, "9:16": None}))
    if ratio:
        assert forms.spelled("ratio", Fraction(1), Size(*pixels)) == ratio
    else:
        with pytest.raises(Unspelled, match="26:15"):
            forms.spelled("ratio", Fraction(1), Size(*pixels))
    assert Forms().spelled("ratio", Fraction(1), Size(1792, 1024)) == "7:4"


@pytest.mark.parametrize(
    ("id", "url"), [("a/b", "/jobs/a%2Fb"), ("..", "/jobs/%2E%2E"), ("a?b=1#c", "/jobs/a%3Fb%3D1%23c")]
)
def test_ids_are_opaque(id: str, url: str) -> None:
    asked, _ = hold(acme.talks().poll(id), [answer(json={"job": {"state": "waiting"}})])
    assert asked[0].url == url


def test_a_source_that_is_there_is_named_and_one_that_is_not_is_sent_or_gone() -> None:
    asked, _ = submitted(operation="extend", source="s 1")
    assert (asked[0].url, asked[0].json) == ("/jobs/s%201/longer", {"text": "A child flies a kite.", "add": "8s"})
    asked, end = submitted(operation="extend", inputs={"source": "a.mp4"})
    assert (asked, type(end)) == ([], Gone)
    asked, _ = submitted(
        answer(json={"file": {"id": "f1"}}), answer(json=CREATED), operation="remix", inputs={"source": "a.mp4"}
    )
    assert asked[0].form == (("blob", File(order({"source": "a.mp4"}).inputs["source"])),)
    assert asked[1].json["of"] == "f1"
    link = answer(json={"err": "OK", "job": {"state": "done", "clips": ["https://c.example/1.mp4"]}})
    asked, _ = submitted(link, answer(json=CREATED), operation="remix", source="s1")
    assert [request.url for request in asked] == ["/jobs/s1", "/remix"]
    assert asked[1].json["of"] == "https://c.example/1.mp4"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        ({"err": "E7", "why": "no"}, Moderated),
        ({"err": "e8"}, NoCredit),
        ({"err": "E9"}, NoAccess),
        ({"err": "E10"}, Transient),
        ({"err": "E11"}, Refused),
        ({"err": "E12"}, Refused),  # nothing that was there is named: it cannot be gone
        ({"err": "E13"}, Ambiguous),
        ({"err": "E99"}, Ambiguous),
        ({"err": 503}, Transient),
        ({"err": 500}, Ambiguous),
        ({"err": 422, "why": "size"}, Refused),
        ({"err": "E99", "why": "blocked by our content policy"}, Moderated),
        ({"err": False, "job": {}}, Ambiguous),
        ({"err": 0, "job": {"id": True}}, Ambiguous),
        ({"err": 0, "job": {"id": " "}}, Ambiguous),
        ([], Ambiguous),
    ],
)
def test_errors_inside_200_of_an_order(reply: Any, kind: type[StepError]) -> None:
    _, end = submitted(answer(json=reply))
    assert type(end) is kind


def test_codes_are_known_outside_200_too_and_of_a_source_gone_is_gone() -> None:
    assert type(submitted(answer(400, json={"error": {"code": "E8", "message": "x"}}))[1]) is NoCredit
    assert type(submitted(answer(json={"err": "E12"}), operation="extend", source="s")[1]) is Gone


@pytest.mark.parametrize(
    ("job", "status"),
    [
        ({"state": "waiting", "percent": "40%", "again_in": 12}, Pending(0.4, "waiting", 12.0)),
        ({"state": "WAITING", "again_in": -1}, Pending(None, "waiting")),
        ({"state": "odd"}, Pending(None, 'unknown status "odd"', odd=True)),
        ({"state": 3}, Pending(None, 'unknown status "3"', odd=True)),
        ({}, Pending(None, "no status", odd=True)),
        ({"clips": ["https://c.example/1.mp4"]}, Ready()),
        ({"state": "done", "cents": "125"}, Ready(Decimal("1.25"))),
        ({"state": "done", "until": "2026-12-01T00:00:00+01:00"}, Ready(None, "2026-11-30T23:00:00Z")),
        ({"state": "done", "flags": ["nsfw"]}, Dead("RM921", "moderation removed the clip (done)")),
        ({"state": "lost", "cents": 0}, Dead("RM950", "it is lost there", Decimal(0))),
        ({"state": "stopped"}, Dead("RM920", "it is stopped there")),
        ({"state": "failed"}, Dead("RM900", "it is failed there")),
        ({"state": "failed", "error": {"code": "E8", "text": "no money"}}, Dead("RM930", "E8: no money")),
        ({"state": "failed", "error": {"code": "E7"}}, Dead("RM921", "E7: it is failed there")),
        ({"state": "lost", "error": {"text": "nsfw content"}}, Dead("RM921", "nsfw content")),
    ],
)  # fmt: skip
def test_how_a_job_stands(job: dict[str, Any], status: Any) -> None:
    assert hold(acme.talks().poll("j1"), [answer(json={"err": 0, "job": job})])[1] == status


def test_only_what_is_answered_with_200_says_that_a_job_is_dead() -> None:
    for code in (401, 404, 500):
        said = answer(code, json={"err": 0, "job": {"state": "failed"}})
        assert isinstance(hold(acme.talks().poll("j1"), [said])[1], StepError)


def test_a_link_of_its_own_goes_with_the_key_and_a_path_is_below_the_base_url() -> None:
    for link in ("https://c.example/1.mp4", "/clips/1.mp4"):
        found = answer(json={"job": {"state": "done", "clips": [link, "https://c.example/2.mp4"]}})
        asked, end = hold(acme.talks().fetch("j1"), [found, answer(saved=True)])
        assert (asked[1].url, asked[1].save, asked[1].open, end) == (link, True, False, None)


# -- lost orders

BORN = 1_790_000_005
MINE = {
    "id": "mine",
    "text": "A child flies a kite.",
    "model": "acme-1",
    "pixels": "1280x720",
    "length": 8,
    "born": BORN,
}
OLD = {"id": "old", "text": "A child flies a kite.", "born": BORN - 90_000}
DATE = {"date": "Mon, 21 Sep 2026 14:13:20 GMT"}


def found(*pages: Any, text: str = acme.FILE, theirs: str = "2026-09-21T14:13:20Z") -> tuple[list[Request], Any]:
    asked = attempt("2026-09-21T14:13:20Z", {"model": "acme-1"}, theirs)
    return hold(
        acme.talks(text).find(asked), [p if isinstance(p, Response) else answer(headers=DATE, json=p) for p in pages]
    )


def test_a_lost_order_is_found_on_a_later_page() -> None:
    other = {**MINE, "id": "other", "text": "Else.", "born": BORN + 5}
    asked, end = found({"jobs": [other], "more": "p2"}, {"jobs": [MINE, OLD], "more": "p3"})
    assert end == ("mine",)
    assert [request.query for request in asked] == [(("limit", "50"),), (("limit", "50"), ("page", "p2"))]


def test_an_order_that_never_arrived() -> None:
    assert found({"jobs": [OLD]})[1] == ()
    assert found({"jobs": [{**MINE, "text": "Else."}], "more": None})[1] == ()
    assert found({"jobs": []})[1] == ()


@pytest.mark.parametrize(
    "pages",
    [
        ({"jobs": [{**MINE, "text": "Else."}], "more": "p2"}, answer(500)),
        ({"jobs": [{**MINE, "text": "Else."}], "more": "p2"}, {"jobs": [{**MINE, "text": "Else."}], "more": "p2"}),
        ({"jobs": [{"id": "mine", "born": BORN}]},),  # it does not say what was ordered
        (answer(404, json={"error": "not found"}),),
        ({"err": "E11", "why": "lists are not for you"},),
    ],
)
def test_what_a_list_cannot_tell_is_ambiguous(pages: Any) -> None:
    assert type(found(*pages)[1]) is Ambiguous


def test_a_list_without_pages_proves_only_as_far_as_it_reaches() -> None:
    text = acme.FILE.replace("  next: more\n  cursor: page\n", "")
    assert found({"jobs": [OLD]}, text=text)[1] == ()
    assert type(found({"jobs": [{**MINE, "text": "Else."}]}, text=text)[1]) is Ambiguous
    assert type(found({"jobs": [OLD]}, text=text, theirs="")[1]) is Ambiguous  # ours may have been wrong


def test_a_list_that_cannot_be_asked_now_is_asked_again() -> None:
    assert type(found(answer(503))[1]) is Transient
    assert type(found({"jobs": 7})[1]) is Transient


@pytest.mark.parametrize("reply", [{}, {"message": "come back later"}, {"data": {"jobs": []}}, {"job": []}, []])
def test_that_nothing_is_there_must_be_said(reply: Any) -> None:
    """An answer without a list proves nothing: else an order that is there would be paid for again."""
    assert type(found(reply)[1]) is Transient
    assert found({"jobs": None})[1] == ()


BY_NUMBER = acme.FILE.replace("  next: more\n  cursor: page\n", "  page: page\n  total: count\n  days: 7\n")
ELSE = [{**MINE, "id": f"e{n}", "text": "Else.", "born": BORN + 9 - n} for n in range(6)]


def test_pages_by_number_down_to_what_is_older() -> None:
    asked, end = found({"jobs": ELSE[:2], "count": 5}, {"jobs": [MINE, OLD], "count": 5}, text=BY_NUMBER)
    assert end == ("mine",)
    assert [dict(request.query).get("page") for request in asked] == [None, "2"]
    started = BY_NUMBER.replace("query: {limit: 50}", "query: {limit: 50, page: 0}")
    asked, _ = found({"jobs": ELSE[:2], "count": 5}, {"jobs": [OLD], "count": 5}, text=started)
    assert [dict(request.query)["page"] for request in asked] == ["0", "1"]


@pytest.mark.parametrize(
    "pages",
    [
        ({"jobs": ELSE[:2], "count": 3}, {"jobs": ELSE[2:3], "count": 3}),
        ({"jobs": ELSE[:2]}, {"jobs": []}),
        ({"jobs": ELSE[:2], "count": 2},),
        ({"jobs": [], "count": 0},),
        ({"count": 0},),
        (
            {"jobs": ELSE[:2], "count": 3},
            {"jobs": ELSE[1:3], "count": 4},
            {"jobs": [], "count": 4},
        ),  # one came meanwhile
    ],
)
def test_pages_by_number_to_the_end(pages: Any) -> None:
    asked, end = found(*pages, text=BY_NUMBER)
    assert end == ()
    assert len(asked) == len(pages)


@pytest.mark.parametrize(
    "pages",
    [
        ({"jobs": ELSE[:2], "count": 5}, {"jobs": ELSE[:2], "count": 5}),  # whatever number is asked for, the first
        ({"jobs": ELSE[:2], "count": 5}, {"jobs": ELSE[3:4], "count": 4}),  # one was deleted, and another moved up
        ({"jobs": ELSE[:2], "count": 5}, {"jobs": ELSE[2:4]}),
        ({"jobs": ELSE[:2], "count": 5}, answer(500)),
    ],
)
def test_pages_by_number_that_prove_nothing(pages: Any) -> None:
    assert type(found(*pages, text=BY_NUMBER)[1]) is Ambiguous


def test_a_list_that_forgets_proves_nothing_of_older_orders() -> None:
    for days, kind in ((6, tuple), (8, Ambiguous)):
        asked = attempt(f"2026-09-{21 - days}T14:13:20Z", {"model": "acme-1"})
        _, end = hold(acme.talks(BY_NUMBER).find(asked), [answer(headers=DATE, json={"jobs": [], "count": 0})])
        assert type(end) is kind


@pytest.mark.parametrize(
    ("vendor", "path", "items", "job"),
    [
        (
            "minimax-h3",
            "/query/video_generation",
            "items",
            {"id": "t", "model": "m", "duration": 8, "created_at": BORN},
        ),
        ("byteplus-ark", "/contents/generations/tasks", "items", {"id": "t", "model": "m", "created_at": BORN}),
        ("dashscope", "/tasks", "data", {"task_id": "t", "model_name": "m", "gmt_create": BORN * 1000}),
    ],
)
def test_a_list_without_prompts_proves_what_never_arrived_and_not_whose_a_job_is(
    vendor: str, path: str, items: str, job: dict[str, Any]
) -> None:
    def looked(*pages: Any, theirs: str = "") -> tuple[list[Request], Any]:
        conversation = catalog.module(ProviderSpec("studio", vendor)).converse(ProviderSpec("studio", vendor))
        asked = attempt("2026-09-21T14:13:20Z", {"model": "m"}, theirs)
        return hold(conversation.find(asked), [answer(headers=DATE, json=p) for p in pages])

    asked, end = looked({items: [], "total": 0})
    assert (end, asked[0].method, asked[0].url) == ((), "GET", path)
    _, end = looked({items: [job], "total": 1})
    assert type(end) is Ambiguous  # of that time, so it may be the order: a person decides
    assert end.jobs == ("t",)
    born, at = list(job.items())[-1]
    old = {**job, born: at - 3600 * at // BORN}
    assert looked({items: [old], "total": 300}, theirs="2026-09-21T14:13:20Z")[1] == ()  # it is older than the order
    assert type(looked({items: [old], "total": 1})[1]) is Ambiguous  # by our clock only
    assert type(looked({"message": "?"})[1]) is Transient


def test_the_list_as_the_provider_has_it() -> None:
    _, end = hold(acme.talks().listing(), [answer(json={"jobs": [OLD, {**MINE, "state": "done"}]})])
    assert [job.remote for job in end] == ["mine", "old"]
    assert end[0] == RemoteJob(
        "mine", "done", "A child flies a kite.", "acme-1", "1280x720", Fraction(8), "2026-09-21T14:13:25Z"
    )


# -- the rest


def test_stop_and_delete() -> None:
    asked, _ = hold(acme.talks().cancel("j1"), [answer()])
    assert (asked[0].method, asked[0].url) == ("POST", "/jobs/j1/stop")
    asked, _ = hold(acme.talks().remove("j1"), [answer(204)])
    assert (asked[0].method, asked[0].url) == ("DELETE", "/jobs/j1")
    assert (
        type(hold(acme.talks().remove("j1"), [answer(400, json={"error": "cannot be deleted: the job runs"})])[1])
        is Refused
    )


def test_models_and_credit() -> None:
    listed = [
        {
            "name": "a",
            "sizes": ["1280x720", "odd"],
            "lengths": ["8s", 4],
            "pictures": ["first"],
            "usd": "0.5",
            "usd_hd": 1,
        },
        {"name": "b", "usd": "free"},
    ]
    _, (one, two) = hold(acme.talks().models(), [answer(json={"models": listed})])
    assert (one.sizes, one.seconds, one.image, one.prices) == (
        (Size(1280, 720),),
        (4, 8),
        True,
        {0: Decimal("0.5"), 1080: 1},
    )
    assert (one.last_image, two.image, two.prices, two.sizes) == (None, None, {}, ())
    assert one.as_of == "2026-09-21"
    assert hold(acme.talks().credit(), [answer(json={"money": {"left": 12.5}})])[1] == "12.5"
    assert type(hold(acme.talks().credit(), [answer(json={"money": {}})])[1]) is Refused
