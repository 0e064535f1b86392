"""Orders of every medium by a vendor's file, and answers that come with the reply to the order itself."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake.compile.vendor_file import read_vendor
from reelmake.diagnostics import Report, Source
from reelmake.errors import Ambiguous, Gone, Moderated, Refused, StepError, Transient
from reelmake.media.examine import examine
from reelmake.model.http import File, Request, Response
from reelmake.model.medium import MediumName
from reelmake.model.remote import Accepted, Content, Submission
from reelmake.model.take import Attempt
from reelmake.providers.json_jobs import immediate
from tests.providers.test_json_jobs_any_reply import BODIES, HEADERS, STATUSES, VALUES
from tests.support import atelier
from tests.support.answers import picture, tone
from tests.support.exchange import answer, hold

PNG = picture()


def sent(medium: MediumName, *replies: Response, inputs: dict[str, str] | None = None, **rest: Any) -> Any:
    files = {label: Path(name) for label, name in (inputs or {}).items()}
    order = atelier.ordered(medium, rest.pop("prompt", "A kite."), **rest)
    return hold(atelier.talks().submit(Submission(order, files, "token-1", "", 7)), list(replies))


def reply(at: str = "b64", **rest: Any) -> Response:
    return answer(json={"data": [{at: base64.b64encode(PNG).decode()}], **rest})


def test_a_still_comes_as_base64() -> None:
    asked, end = sent("still", reply())
    assert end == Accepted("", None, Content(PNG))
    body = {"model": "pen", "text": "A kite.", "size": "64x48", "seed": 7, "tag": "token-1"}
    assert asked == [Request("POST", "/stills", json=body, paid=True, most=immediate.LARGEST)]


def test_a_reply_that_has_an_id_and_a_cost_is_believed() -> None:
    assert sent("still", reply(cents=4, request="r-1"))[1] == Accepted("r-1", Fraction(4, 100), Content(PNG))


def test_a_data_url_is_base64_too_and_lines_may_be_broken() -> None:
    text = base64.encodebytes(PNG).decode()
    _, end = sent("still", answer(json={"picture": f"data:image/png;base64,{text}"}))
    assert end.content == Content(PNG)


def test_a_still_that_starts_from_another_is_an_edit() -> None:
    asked, end = sent("still", reply(), inputs={"image": "a.png"})
    assert asked[0].url == "/edits"
    assert asked[0].json == {"text": "A kite.", "image": File(Path("a.png")), "tag": "token-1"}
    assert end.content == Content(PNG)
    asked, _ = sent("still", reply(), inputs={"reference 1": "a.png", "reference 2": "b.png"})
    assert (asked[0].url, len(asked[0].json["pictures"])) == ("/stills", 2)


def form(text: str) -> str:
    """The atelier's file whose edits go as a form with several pictures."""
    return text.replace(
        "    body: {text: $prompt, image: $image, tag: $token}",
        '    send: multipart\n    body: {text: $prompt, "image[]": [$image, $reference], n: 1, tag: {of: $token}}',
    )


def test_an_order_may_go_as_a_form_with_several_pictures() -> None:
    order = atelier.ordered("still", "At dusk.", operation="edit")
    inputs = {"source": Path("a.png"), "reference 1": Path("b.png"), "reference 2": Path("c.png")}
    talks = atelier.talks(form(atelier.FILE))
    asked, end = hold(talks.submit(Submission(order, inputs, "token-1", "", 7)), [reply()])
    pictures = [("image[]", File(Path(name))) for name in ("a.png", "b.png", "c.png")]
    parts = (("text", "At dusk."), *pictures, ("n", "1"), ("tag", '{"of": "token-1"}'))
    assert asked == [Request("POST", "/edits", form=parts, paid=True, most=immediate.LARGEST)]
    assert end.content == Content(PNG)


def test_a_new_still_with_pictures_is_an_edit_where_only_edits_take_them() -> None:
    text = form(atelier.FILE).replace(", pictures: [$reference]", "")
    submission = Submission(atelier.ordered("still", "Both."), {"reference 1": Path("b.png")}, "token-1", "", 7)
    asked, _ = hold(atelier.talks(text).submit(submission), [reply()])
    assert (asked[0].url, asked[0].form[1]) == ("/edits", ("image[]", File(Path("b.png"))))
    asked, _ = hold(atelier.talks(form(atelier.FILE)).submit(submission), [reply()])
    assert asked[0].url == "/stills"


def test_the_source_of_an_edit_is_sent_whatever_the_provider_knows() -> None:
    """Its id there is no help: a still is a file."""
    order = atelier.ordered("still", "At dusk.", operation="edit")
    asked, _ = hold(atelier.talks().submit(Submission(order, {"source": Path("a.png")}, "t", "their-id", 7)), [reply()])
    assert (asked[0].url, asked[0].json["image"]) == ("/edits", File(Path("a.png")))


def test_samples_alone_become_a_wave_file(tmp_path: Path) -> None:
    text = atelier.FILE.replace("answer: body", "answer: {base64: audio, pcm: 16000}")
    samples = tone()[44:]
    for sent_along in (samples, tone()):  # one that has a head already keeps it
        told = answer(json={"audio": base64.b64encode(sent_along).decode()})
        _, end = hold(atelier.talks(text).submit(Submission(atelier.ordered("speech", "a"), {}, "t", "", 7)), [told])
        assert end.content == Content(tone())
    (tmp_path / "a.wav").write_bytes(end.content.data)
    assert examine(tmp_path / "a.wav", "speech").seconds == Fraction(1, 2)


def test_speech_is_the_body_of_the_reply() -> None:
    asked, end = sent("speech", answer(body=tone(), headers={"content-type": "audio/wav"}), style="calm")
    assert end == Accepted("", None, Content(tone()))
    assert asked[0].url == "/voices/alloy/speech"
    assert asked[0].headers == {"accept": "audio/*, */*"}
    assert asked[0].json == {"model": "voice", "input": "A kite.", "how": "calm", "tag": "token-1"}


def test_music_and_clips_are_jobs() -> None:
    created = answer(json={"job": {"id": "m-1"}})
    asked, end = sent("music", created)
    assert (asked[0].json, end) == ({"text": "A kite.", "seconds": "1", "tag": "token-1"}, Accepted("m-1"))
    asked, end = sent("clip", created)
    assert (asked[0].url, asked[0].json["size"], end) == ("/clips", "64x36", Accepted("m-1"))
    assert asked[0].most < immediate.LARGEST


@pytest.mark.parametrize(
    "lost",
    [
        answer(json={}),
        answer(json={"data": []}),
        answer(json={"data": [{"b64": ""}]}),
        answer(json={"data": [{"b64": "not base64!"}]}),
        answer(json={"data": [{"b64": {"x": 1}}]}),
        answer(body=b"<html></html>"),
        answer(body=b""),
        answer(body=b"[" * 100_000),
    ],
)
def test_an_answer_without_the_file_is_lost_and_was_paid(lost: Response) -> None:
    for medium in ("still", "speech"):
        _, end = sent(medium, lost)  # type: ignore[arg-type]
        assert isinstance(end, Ambiguous)
        assert end.taken


def test_what_is_larger_than_we_hold_is_not_taken_for_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(immediate, "LARGEST", 1000)
    _, end = sent("speech", answer(body=tone()[:1000]))
    assert isinstance(end, Ambiguous)
    assert "cut off" in str(end)


def test_a_refusal_is_free() -> None:
    said = answer(400, json={"error": {"code": "blocked", "message": "no kites"}})
    assert isinstance(sent("still", said)[1], Moderated)


def test_what_it_does_not_make_is_refused_before_anything_is_sent() -> None:
    talks = atelier.talks(atelier.FILE.replace("  music: {path: /music", "  remix: {path: /m/$source"))
    for order in (atelier.ordered("music", "Strings."), atelier.ordered("clip", "x", operation="extend")):
        asked, end = hold(talks.submit(Submission(order, {}, "t")), [])
        assert not asked
        assert isinstance(end, Refused)


ALONE = """\
provider: 1
dialect: speaker/1
create: {speech: {path: /say, body: {input: $prompt, voice: $voice}, answer: body}}
"""


def read(text: str) -> list[str]:
    report = Report()
    read_vendor(Source("v.yaml", text), "v.yaml", report)
    return [f"{d.code} {d.message}" for d in report.items]


def test_a_vendor_of_answers_alone_has_no_jobs() -> None:
    talks = atelier.talks(ALONE)
    assert not talks.vendor.has_jobs
    assert talks.vendor.capabilities.media == {"speech"}
    for talk in (talks.poll("x"), talks.fetch("x")):
        asked, end = hold(talk, [])
        assert not asked
        assert isinstance(end, Gone)
    asked, end = hold(talks.find(Attempt("k", "t", "p", "s")), [])
    assert not asked
    assert isinstance(end, Ambiguous)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("answer: body", "answer: url"), 'RM207 "answer" cannot be "url"'),
        (("answer: body", "answer: {base64: $.x}"), 'RM528 "$.x" is not a place in a reply'),
        (("answer: body", "answer: {}"), 'RM206 "answer" is empty'),
        ((", answer: body", ""), 'RM202 the provider\'s file needs "accepted"'),
        (("$voice", "$source"), 'RM521 "speech" starts from no clip, so $source has no value'),
        (("$prompt", "$text"), 'RM520 "$text" means nothing here'),
        (
            ("{speech:", "{remix: {path: /i, body: {p: $prompt, s: $source}, answer: body}, speech:"),
            'RM202 "create" needs "text"',
        ),
        (
            ("create: {speech: {path: /say, body: {input: $prompt, voice: $voice}, answer: body}}", "create: {}"),
            "RM206",
        ),
    ],
)
def test_mistakes_in_such_a_file(change: tuple[str, str], said: str) -> None:
    assert read(ALONE) == []
    found = read(ALONE.replace(*change))
    assert [line for line in found if line.startswith(said)], found


def test_its_models_say_what_they_make() -> None:
    models = atelier.vendor().models
    assert {name: (m.medium, m.unit) for name, m in models.items()} == {
        "pen": ("still", "each"), "voice": ("speech", "1000 characters"), "band": ("music", "second"),
        "film": ("clip", "second"),
    }  # fmt: skip
    assert (models["voice"].characters, models["voice"].voices) == (4096, ("alloy",))
    price = models["voice"].priced(None, 0)
    assert price is not None
    assert price.of(None, "x" * 2000) == 1
    assert replace(models["band"], per="each").unit == "each"


@settings(max_examples=400, deadline=None)
@given(
    st.sampled_from(["still", "speech"]),
    STATUSES,
    HEADERS,
    BODIES | st.binary(max_size=40) | VALUES.map(lambda v: json.dumps({"data": [{"b64": v}], "picture": v}).encode()),
)
def test_whatever_it_answers_a_paid_order_is_kept_refused_or_open(
    medium: MediumName, status: int, headers: dict[str, str], body: bytes
) -> None:
    asked, end = sent(medium, Response(status, headers, body))
    assert [request.paid for request in asked] == [True]
    if isinstance(end, Accepted):
        assert 200 <= status < 300
        assert end.content
        assert end.content.data in body or base64.b64encode(end.content.data)[:-4] in body
        return
    assert isinstance(end, StepError)
    str(end).encode()
    if 200 <= status < 300:  # it may have been paid for
        assert isinstance(end, Ambiguous)
    elif isinstance(end, Transient):
        assert status in (425, 429, 503)
