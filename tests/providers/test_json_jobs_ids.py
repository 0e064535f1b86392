"""Jobs that are asked about in the less usual ways: by addresses, paths and tokens; and words that are no words."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from reelmake.errors import Ambiguous, Gone, Refused, Transient
from reelmake.model.http import File, Request, Response
from reelmake.model.remote import Accepted, Dead, Pending, Ready
from reelmake.providers.json_jobs import uploads
from reelmake.providers.json_jobs.asking import uuid
from tests.support import acme, gadget
from tests.support.exchange import answer, attempt, hold, order

TAG = uuid("token-1")
JOB = "acme/fast/jobs/7#path=/acme/fast/jobs&model=acme/fast"


def submitted(reply: Any, **fields: Any) -> tuple[list[Request], Any]:
    told = {"model": "acme/fast", "seconds": 5, **fields}
    return hold(gadget.talks().submit(order(**told)), [answer(json=reply)])


def test_a_model_may_be_a_path_and_absent_words_have_their_default() -> None:
    asked, end = submitted({"job": {"address": "https://api.gadget.example/v1/acme/fast/jobs/7"}})
    assert asked[0].url == "/acme/fast/jobs"
    assert asked[0].json == {
        "text": "A child flies a kite.", "not": "", "frames": 81, "seconds": 5, "shape": "16:9", "tag": TAG,
    }  # fmt: skip
    assert end == Accepted(JOB)
    assert submitted({"job": {"id": 7}}, model="../x")[0][0].url == "/%2E%2E/x/jobs"


def test_an_id_that_is_an_address_leads_nowhere_else() -> None:
    for address in ("https://evil.example/acme/fast/jobs/7", "//169.254.169.254/acme/fast/jobs/7"):
        _, end = submitted({"job": {"address": address}})
        assert end == Accepted(JOB)
    behind = gadget.talks(base_url="http://gate.example/g")
    _, end = hold(
        behind.submit(order(model="acme/fast", seconds=5)),
        [answer(json={"job": {"address": "http://gate.example/g/acme/fast/jobs/7"}})],
    )
    assert end == Accepted(JOB)


def test_forms_paths_and_bodies_by_a_pattern_of_models() -> None:
    asked, end = submitted({"job": {"id": "o1"}}, model="omni-2")
    assert (asked[0].url, asked[0].json) == ("/omni", {"words": "A child flies a kite.", "tag": TAG})
    assert end == Accepted("o1#path=/omni&model=omni-2")
    asked, _ = submitted({"job": {"id": 1}}, model="long/1", seconds=10)
    assert (asked[0].json["seconds"], asked[0].json["frames"]) == ("10s", 241)
    asked, end = submitted({}, model="long/1", seconds=7)
    assert (asked, type(end)) == ([], Refused)


def test_a_length_that_is_no_whole_number_of_frames_is_refused() -> None:
    assert submitted({"job": {"id": 1}}, seconds="5/2")[0][0].json["frames"] == 41
    asked, end = submitted({}, seconds="1/3")
    assert (asked, type(end)) == ([], Refused)
    assert "whole frames" in str(end)


def test_pictures_say_their_type() -> None:
    asked, _ = submitted({"job": {"id": 1}}, inputs={"image": "a.png", "reference 2": "c.jpg", "reference 1": "b.png"})
    assert asked[0].json["picture"] == {
        "data": File(Path("a.png"), form="base64"), "type": File(Path("a.png"), form="type")
    }  # fmt: skip
    assert [face["data"].path.name for face in asked[0].json["faces"]] == ["c.jpg", "b.png"]
    assert [face["type"].path.name for face in asked[0].json["faces"]] == ["c.jpg", "b.png"]


@pytest.mark.parametrize(
    ("reply", "status"),
    [
        ({}, Pending(None, "")),
        ({"done": False}, Pending(None, "false")),
        ({"done": True, "result": {"file": {"name": "a.mp4"}}}, Ready()),
        ({"done": True, "error": {}}, Ready()),
        ({"done": True, "error": None}, Ready()),
        ({"done": True, "error": {"code": 3, "message": "bad prompt"}}, Dead("RM920", "3: bad prompt")),
        ({"done": True, "error": {"code": 13, "message": "internal"}}, Dead("RM900", "13: internal")),
        ({"error": {"code": 13, "message": "internal"}}, Dead("RM900", "13: internal")),
        ({"done": True, "error": "it broke"}, Dead("RM900", "it broke")),
        ({"done": False, "error": "tried again"}, Pending(None, "false")),
        ({"done": "stopped"}, Dead("RM920", "it is stopped there")),
        (
            {"done": True, "result": {"reasons": ["a face"]}},
            Dead("RM921", "moderation removed the clip (a face)"),
        ),
        ({"done": True, "result": {"reasons": []}}, Ready()),
    ],
)  # fmt: skip
def test_how_such_a_job_stands(reply: Any, status: Any) -> None:
    asked, end = hold(gadget.talks().poll(JOB), [answer(json=reply)])
    assert end == status
    assert (asked[0].method, asked[0].url) == ("POST", "/acme/fast/jobs/acme/fast/jobs/7")
    assert asked[0].json == {"operation": "acme/fast/jobs/7", "of": "acme/fast"}
    assert not asked[0].paid


@pytest.mark.parametrize("remote", ["7", "7#path=/x", "#path=/x&model=m", "7#model=m&path=http://evil.example/"])
def test_an_id_that_does_not_say_enough_is_not_asked_about(remote: str) -> None:
    for talk in (gadget.talks().poll(remote), gadget.talks().cancel(remote), gadget.talks().fetch(remote)):
        asked, end = hold(talk, [])
        assert not asked
        assert isinstance(end, Refused)
        assert "#path=…&model=…" in str(end)


def test_a_clip_is_asked_for_with_what_the_status_says() -> None:
    said = answer(json={"done": True, "result": {"file": {"name": "a b.mp4", "folder": ""}}})
    asked, end = hold(gadget.talks().fetch(JOB), [said, answer(saved=True)])
    assert end is None
    assert (asked[1].method, asked[1].url, asked[1].query, asked[1].save) == (
        "GET",
        "/view",
        (("name", "a b.mp4"),),
        True,
    )
    assert isinstance(hold(gadget.talks().fetch(JOB), [answer(json={"done": False})])[1], Transient)
    assert isinstance(hold(gadget.talks().fetch(JOB), [answer(json={"done": True})])[1], Gone)


def test_a_clip_within_the_answer() -> None:
    text = gadget.FILE.replace(
        gadget.FILE[gadget.FILE.index("clip:") : gadget.FILE.index("lookup:")], "clip: {base64: clips.0.data}\n"
    )
    film = b"\0\0\0\x18ftypmp42" + bytes(range(200))
    said = answer(json={"done": True, "clips": [{"data": base64.b64encode(film).decode()}]})
    asked, end = hold(gadget.talks(text).fetch(JOB), [said])
    assert end == film
    assert asked[0].most > len(film) > 0
    assert not asked[0].save
    assert asked[0].most == hold(gadget.talks(text).poll(JOB), [said])[0][0].most
    for lost in ("", "not base64!", 7):
        said = answer(json={"done": True, "clips": [{"data": lost}]})
        assert isinstance(hold(gadget.talks(text).fetch(JOB), [said])[1], Gone)


# -- lost orders


def lost(*replies: Response, **asked: Any) -> tuple[list[Request], Any]:
    told = {"model": "acme/fast", **asked}
    return hold(gadget.talks().find(attempt("2026-09-21T14:13:20Z", told)), list(replies))


def test_an_order_is_looked_up_by_the_token_that_it_had() -> None:
    asked, end = lost(answer(json={"job": {"id": 7}}))
    assert end == ("7#path=/acme/fast/jobs&model=acme/fast",)
    assert (asked[0].method, asked[0].url) == ("GET", f"/acme/fast/jobs/{TAG}")
    assert gadget.talks().lag == 3


def test_an_order_that_was_not_taken() -> None:
    missing = answer(404, json={"error": {"message": "no such job"}})
    asked, end = lost(missing)
    assert (end, len(asked)) == ((), 1)  # both kinds of order go to one path
    asked, end = lost(missing, missing, model="omni-2")
    assert [request.url for request in asked] == [f"/omni/{TAG}", f"/omni-2/jobs/{TAG}"]
    assert end == ()


def test_an_order_is_not_sent_without_the_token_by_which_it_is_found() -> None:
    asked, end = submitted({"job": {"id": 1}}, extras={"tag": "mine"})
    assert (asked, type(end)) == ([], Refused)
    assert "token" in str(end)


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (answer(json={}), Transient),
        (answer(json={"job": {}}), Transient),
        (answer(503), Transient),
        (answer(401), Ambiguous),
        (answer(400, json={"error": {"message": "bad id"}}), Ambiguous),
        (answer(404, json={"detail": "Not Found"}), Ambiguous),  # there is no such address: it proves nothing
        (answer(404, text="<html>"), Ambiguous),
    ],
)
def test_what_a_lookup_cannot_tell(reply: Response, kind: type[Exception]) -> None:
    assert type(lost(reply)[1]) is kind


def test_the_next_page_of_a_list_may_be_an_address() -> None:
    pages = [
        {"jobs": [{"id": "a", "model": "m/1"}], "links": {"next": "https://evil.example/v1/jobs?cursor=x%3D%3D&n=2"}},
        {"jobs": [{"id": "b"}], "links": {"next": None}},
    ]
    asked, end = hold(gadget.talks().listing(), [answer(json=page) for page in pages])
    assert [job.remote for job in end] == ["a#path=/jobs&model=m/1", "b#path=/jobs&model="]
    assert [(request.url, request.query) for request in asked] == [("/jobs", ()), ("/jobs?cursor=x%3D%3D&n=2", ())]


# -- an answer with a link

LINKED = """\
provider: 1
dialect: linked/1
base_url: https://api.linked.example
create: {still: {path: /stills, body: {text: $prompt}, answer: {url: data.0.url}}}
"""


def test_a_link_in_the_answer_is_the_id_of_a_job_that_is_done() -> None:
    talks = gadget.talks(LINKED)
    found = "https://files.example/1.png?sig=x"
    asked, end = hold(talks.submit(order(medium="still")), [answer(json={"data": [{"url": found}]})])
    assert (asked[0].paid, end) == (True, Accepted(found))
    assert hold(talks.poll(found), []) == ([], Ready())
    asked, end = hold(talks.fetch(found), [answer(saved=True)])
    assert (asked[0].url, asked[0].save, asked[0].open, end) == (found, True, True, None)
    assert isinstance(hold(talks.poll("j1"), [])[1], Gone)
    for said in ({}, {"data": []}, {"data": [{"url": "data:x"}]}, {"data": [{"url": "/x.png"}]}):
        end = hold(talks.submit(order(medium="still")), [answer(json=said)])[1]
        assert isinstance(end, Ambiguous)
        assert end.taken


# -- files that go up

UP = acme.FILE.replace("upload: {path: /files, field: blob, url: [file.url, file.id]}\n", "upload: UPLOAD\n")
CREATED = answer(json={"err": 0, "job": {"id": "j/1"}})


def uploaded(upload: str, *replies: Response) -> tuple[list[Request], Any]:
    talks = acme.talks(UP.replace("UPLOAD", upload))
    return hold(talks.submit(order({"image": "a.png"}, model="acme-1")), list(replies))


def test_a_file_is_waited_for() -> None:
    wait = "{path: /files, url: id, wait: {path: /files/$file, word: state, ready: [ready], dead: [bad]}}"
    busy = answer(json={"state": "pending"})
    asked, end = uploaded(wait, answer(json={"id": "f 1"}), busy, busy, answer(json={"state": "Ready"}), CREATED)
    assert [(request.url, request.wait) for request in asked[1:4]] == [
        ("/files/f%201", 0.0), ("/files/f%201", uploads.REST), ("/files/f%201", uploads.REST)
    ]  # fmt: skip
    assert asked[-1].json["first"]["picture"] == "f 1"
    assert end == Accepted("j/1")
    asked, end = uploaded(wait, answer(json={"id": "f"}), answer(json={"state": "bad"}))
    assert isinstance(end, Refused)
    asked, end = uploaded(wait, answer(json={"id": "f"}), *[busy] * uploads.LOOKS)
    assert isinstance(end, Transient)
    assert not any(request.paid for request in asked)


def test_a_file_goes_to_an_address_that_is_asked_for_first() -> None:
    put = "{path: /uploads, body: {filename: $name, kind: $type}, to: put_to, url: uri}"
    said = {"put_to": "https://bucket.example/1?sig=x", "uri": "acme://1"}
    asked, end = uploaded(put, answer(json=said), answer(), CREATED)
    assert asked[0].json == {"filename": File(Path("a.png"), form="name"), "kind": File(Path("a.png"), form="type")}
    assert asked[1] == Request("PUT", "https://bucket.example/1?sig=x", raw=File(Path("a.png")), open=True)
    assert asked[2].json["first"]["picture"] == "acme://1"
    assert end == Accepted("j/1")
    assert isinstance(uploaded(put, answer(json={"uri": "acme://1"}))[1], Refused)
    assert isinstance(uploaded(put, answer(json=said), answer(503))[1], Transient)


def test_a_file_goes_into_a_form_of_theirs() -> None:
    form = "{path: /uploads, body: {n: $name}, to: to, fields: fields, url: uri}"
    said = {"to": "https://bucket.example/", "fields": {"key": "k", "policy": "p"}, "uri": "acme://1"}
    asked, _ = uploaded(form, answer(json=said), answer(204), CREATED)
    assert asked[1].form == (("key", "k"), ("policy", "p"), ("file", File(Path("a.png"))))
    assert asked[1].open
    assert json.dumps(asked[2].json["first"]["picture"]) == '"acme://1"'
