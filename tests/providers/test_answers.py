"""What replies mean, whoever sends them: complaints in every envelope, waits and moments in every spelling."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake import errors
from reelmake.model.http import Response
from reelmake.providers._answers import (
    after,
    complaint,
    dead,
    moderated,
    path,
    poll_after,
    refusal,
    tidy,
    utc,
)

AT = 1_790_000_000.0
DATE = "Mon, 21 Sep 2026 14:13:20 GMT"


def reply(status: int = 400, body: Any = b"", at: float = AT, **headers: str) -> Response:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    named = {name.replace("_", "-").replace("llm-provider", "llm_provider"): value for name, value in headers.items()}
    return Response(status, named, content, at)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ({"error": {"message": "m", "type": "t", "param": "p", "code": "c"}}, ("c", "m", "t", "p")),
        ({"error": {"message": "m", "code": 429}}, ("429", "m", "", "")),
        ({"error": "m"}, ("", "m", "", "")),
        ({"error": "m", "code": 7}, ("7", "m", "", "")),
        ({"error": {"error": {"message": "inner"}}}, ("", "inner", "", "")),
        ({"errors": [{"message": "first"}, {"message": "second"}]}, ("", "first", "", "")),
        ([{"error": {"code": 400, "message": "in a list"}}], ("400", "in a list", "", "")),
        ({"detail": "m"}, ("", "m", "", "")),
        ({"detail": {"message": "m", "code": "c"}}, ("c", "m", "", "")),
        ({"detail": [{"loc": ["body", "prompt"], "msg": "Field required", "type": "missing"}]},
         ("", "Field required", "missing", "body.prompt")),
        ({"code": 1001, "msg": "m", "data": None}, ("1001", "m", "", "")),
        ({"message": "m"}, ("", "m", "", "")),
        ({"object": "error", "message": "m", "type": "BadRequestError", "param": None, "code": 400},
         ("400", "m", "BadRequestError", "")),
        ({"base_resp": {"status_code": 1008, "status_msg": "no balance"}}, ("1008", "no balance", "", "")),
        ({"error": {"message": 'litellm.X: Y - {"error": {"message": "inner", "code": "c"}} tail', "code": "400"}},
         ("c", "inner", "", "")),
        ({"error": {"message": "not {json at all", "code": "c"}}, ("c", "not {json at all", "", "")),
        ({"status": "ok"}, ("", '{"status": "ok"}', "", "")),
        (b"<html><title> 502 Bad\n Gateway </title><body>x</body></html>", ("", "502 Bad Gateway", "", "")),
        (b"<p>Service <b>unavailable</b></p>", ("", "Service unavailable", "", "")),
        (b"", ("", "", "", "")),
        (b"\x1b[31mred\x00\xff", ("", "[31mred �", "", "")),
    ],
)  # fmt: skip
def test_a_complaint(body: Any, expected: tuple[str, str, str, str]) -> None:
    assert complaint(reply(body=body)) == expected


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None), ({"retry_after": "0"}, 0.0), ({"retry_after": "1.5"}, 1.5), ({"retry_after": " 7 "}, 7.0),
        ({"retry_after_ms": "250", "retry_after": "9"}, 0.25), ({"retry_after_ms": "x", "retry_after": "9"}, 9.0),
        ({"retry_after": "-1"}, None), ({"retry_after": "nan"}, None), ({"retry_after": "inf"}, None),
        ({"retry_after": "1e400"}, None), ({"retry_after": "later"}, None), ({"retry_after": "9" * 99}, None),
        ({"retry_after": "Mon, 21 Sep 2026 14:13:50 GMT"}, 30.0),
        ({"retry_after": "Mon, 21 Sep 2026 14:13:00 GMT"}, None),
        ({"retry_after": "Mon, 21 Sep 2026 15:13:50 GMT", "date": "Mon, 21 Sep 2026 15:13:20 GMT"}, 30.0),
        ({"retry_after": "2m30s"}, 150.0), ({"llm_provider_retry_after": "4"}, 4.0),
        ({"x_ratelimit_reset_requests": "1s"}, 1.0), ({"x_ratelimit_reset_requests": "20ms"}, 0.02),
        ({"x_ratelimit_reset_tokens": "6m0s", "x_ratelimit_reset_requests": "1s"}, 360.0),
        ({"x_ratelimit_reset_a": "6m0s", "x_ratelimit_remaining_a": "5", "x_ratelimit_reset_b": "1s"}, 1.0),
        ({"x_ratelimit_reset": "1790000012"}, 12.0), ({"x_ratelimit_reset": "1790000012000"}, 12.0),
        ({"x_ratelimit_reset": "1"}, 1.0), ({"retry_after": "3", "x_ratelimit_reset": "900"}, 3.0),
    ],
)  # fmt: skip
def test_how_long_to_wait(headers: dict[str, str], expected: float | None) -> None:
    told = reply(429, **headers)
    assert after(told) == pytest.approx(expected)


def test_a_reset_is_no_wait_unless_there_were_too_many() -> None:
    assert after(reply(503, x_ratelimit_reset_requests="6m0s")) is None
    assert poll_after(reply(200, x_ratelimit_reset_requests="6m0s")) is None
    assert poll_after(reply(200, openai_poll_after_ms="1500", retry_after="9")) == 1.5
    assert poll_after(reply(200, retry_after="9")) == 9
    assert after(reply(429, retry_after=DATE, at=0.0)) is None  # nobody knows what time it is


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (1_790_000_000, "2026-09-21T14:13:20Z"), ("1790000000", "2026-09-21T14:13:20Z"),
        (1_790_000_000_123, "2026-09-21T14:13:20Z"), (1_790_000_000.9, "2026-09-21T14:13:20Z"),
        ("2026-09-21T16:13:20+02:00", "2026-09-21T14:13:20Z"), ("2026-09-21T14:13:20", "2026-09-21T14:13:20Z"),
        ("2026-09-21T14:13:20.5Z", "2026-09-21T14:13:20Z"), ("2026-09-21", "2026-09-21T00:00:00Z"),
        (None, ""), ("", ""), (0, ""), (-5, ""), (True, ""), ("soon", ""), ([], ""), (10**300, ""), (float("nan"), ""),
        (float("inf"), ""), ("0001-01-01T00:00:00+23:59", ""), ("9999-12-31T23:59:59-23:59", ""),
    ],
)  # fmt: skip
def test_a_moment(moment: Any, expected: str) -> None:
    assert utc(moment) == expected


@given(st.lists(st.text(min_size=1, max_size=12), min_size=1, max_size=4))
def test_a_path_has_as_many_segments_as_were_given(segments: list[str]) -> None:
    """Whatever an id is, it is one segment, it comes back, and it does not climb."""
    made = path(*segments)
    parts = made.removeprefix("/").split("/")
    assert not {"", ".", ".."} & set(parts)
    assert not set("?#+= ") & set(made)
    assert [unquote(part) for part in parts] == segments


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("moderation_blocked", "", True), ("sentinel_block", "", True), ("content_policy_violation", "", True),
        ("OutputVideoSensitiveContentDetected", "", True), ("ResponsibleAIPolicyViolation", "", True),
        ("DataInspectionFailed", "", True), ("", "blocked by our safety system", True), ("NSFW", "", True),
        ("", "This request violates our usage policies", True), ("server_error", "The server had an error", False),
        ("invalid_request_error", "size must be one of 1280x720", False), ("", "", False),
        ("", "accommodation of the request failed", False),
    ],
)  # fmt: skip
def test_moderation(code: str, message: str, expected: bool) -> None:
    assert moderated(code, message) is expected


@pytest.mark.parametrize(
    ("code", "message", "expected"),
    [
        ("output_moderation", "", "RM921"), ("input_moderation", "", "RM920"), ("moderation_blocked", "", "RM921"),
        ("insufficient_quota", "", "RM930"), ("", "Insufficient balance", "RM930"), ("invalid_api_key", "", "RM940"),
        ("invalid_prompt", "", "RM920"), ("422", "bad", "RM920"), ("500", "bad", "RM900"), ("", "", "RM900"),
        ("server_error", "invalid response of a worker", "RM900"),
    ],
)  # fmt: skip
def test_the_end_of_a_job(code: str, message: str, expected: str) -> None:
    end = dead(code, message)
    assert end.code == expected
    assert end.message


@given(st.integers(100, 599), st.booleans(), st.booleans(), st.binary(max_size=40) | st.text().map(str.encode))
def test_a_refusal_of_something_paid_is_sure_or_ambiguous(status: int, paid: bool, source: bool, body: bytes) -> None:
    """What is sent again, or called not taken, was surely not taken; a question is never Ambiguous."""
    error = refusal(reply(status, body), paid=paid, source=source)
    if not paid:
        assert not isinstance(error, errors.Ambiguous)
    elif status >= 500 and status not in (501, 503):
        assert isinstance(error, errors.Ambiguous | errors.NoAccess)
    elif isinstance(error, errors.Transient):
        assert status in (425, 429, 503)
    assert not isinstance(error, errors.Gone) or source or not paid


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (400, "Video 'video_1' has been deleted", errors.Gone), (400, "The video has expired", errors.Gone),
        (400, "the task was deleted", errors.Gone), (400, "Only finished tasks can be deleted", errors.Refused),
        (400, "running tasks cannot be deleted", errors.Refused), (422, "this job must not be deleted", errors.Refused),
        (400, "Your API key has expired; no video was made", errors.NoAccess),
        (400, "the token expired before the video was made", errors.NoAccess),
    ],
)  # fmt: skip
def test_gone_is_what_is_not_there_and_not_what_may_not_go(
    status: int, said: str, expected: type[errors.StepError]
) -> None:
    """A job that is taken for gone is closed, and may be ordered again."""
    assert type(refusal(reply(status, {"error": {"message": said}}), paid=False)) is expected


@pytest.mark.parametrize(
    ("status", "said", "expected"),
    [
        (500, {"error": {"message": "Authentication Error, No api key passed in."}}, errors.NoAccess),
        (500, {"detail": "[Errno 13] Permission denied: '/clips/1.mp4'"}, errors.Ambiguous),
        (503, {"error": {"message": "The server is overloaded"}}, errors.Transient),
        (503, b"<html><title>503 Service Temporarily Unavailable</title>", errors.Transient),
        (503, b"upstream connect error or disconnect/reset before headers", errors.Ambiguous),
        (503, b"<html><title>Application Error</title>", errors.Ambiguous),
    ],
)  # fmt: skip
def test_a_server_that_may_have_taken_the_order_before_it_broke(
    status: int, said: Any, expected: type[errors.StepError]
) -> None:
    assert type(refusal(reply(status, said), paid=True)) is expected


def test_a_long_text_is_cut_and_kept_on_one_line() -> None:
    text = tidy("a\r\n\tb\u2028" + "c" * 9000)
    assert text.startswith("a b c")
    assert text.endswith("…")
    assert len(text) == 500
