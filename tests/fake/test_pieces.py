"""Stills and sounds, which are answered at once: what they are, what they cost, and all the ways to go wrong."""

from __future__ import annotations

import base64
import json
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from reelmake.media.examine import examine
from tests.fake.conftest import Client, Serve
from tests.support.answers import picture

STILL: dict[str, Any] = {"model": "gpt-image-2", "prompt": "A kite.", "size": "64x48"}
LINE: dict[str, Any] = {"model": "tts-1", "input": "A kite climbs.", "voice": "alloy", "response_format": "wav"}


def still(client: Client, *script: str, **changes: Any) -> httpx.Response:
    return client.post("/images/generations", json={**STILL, **changes, **({"script": list(script)} if script else {})})


def line(client: Client, *script: str, **changes: Any) -> httpx.Response:
    return client.post("/audio/speech", json={**LINE, **changes, **({"script": list(script)} if script else {})})


def opened(reply: httpx.Response) -> Image.Image:
    assert reply.is_success, reply.text
    return Image.open(BytesIO(base64.b64decode(reply.json()["data"][0]["b64_json"])))


def test_a_still_has_the_size_and_the_form_of_its_order(serve: Serve) -> None:
    server, client = serve()
    first, second = opened(still(client)), opened(still(client, output_format="webp", size="320x180"))
    assert (first.format, first.size) == ("PNG", (64, 48))
    assert (second.format, second.size) == ("WEBP", (320, 180))
    assert [(bill["operation"], bill["size"], bill["usd"]) for bill in server.bill] == [
        ("image", "64x48", 0.04),
        ("image", "320x180", 0.04),
    ]


def test_an_edit_shows_what_it_was_made_from_and_another_prompt_another_one(serve: Serve) -> None:
    server, client = serve(deterministic=True)
    files = [("image[]", ("a.png", picture(), "image/png")), ("image[]", ("b.png", picture(), "image/png"))]

    def edit(prompt: str) -> Image.Image:
        return opened(client.post("/images/edits", data={"prompt": prompt, "size": "64x48"}, files=files))

    dusk, night = edit("dusk"), edit("night")
    assert dusk.tobytes() != night.tobytes()
    assert dusk.tobytes() == edit("dusk").tobytes()
    assert len(dusk.getcolors(64 * 48) or ()) > 200  # the noise of the picture that was sent, and no flat colours
    assert [bill["operation"] for bill in server.bill] == ["image-edit"] * 3
    assert client.post("/images/edits", json={**STILL, "image": "a"}).status_code == 400
    assert client.post("/images/edits", data={"prompt": "x"}, files={"image": b"words"}).status_code == 400
    assert len(server.bill) == 3


@pytest.mark.parametrize("form", ["wav", "mp3", "flac"])
def test_speech_lasts_a_sixteenth_of_a_second_a_character(form: str, serve: Serve, tmp_path: Path) -> None:
    server, client = serve()
    reply = line(client, response_format=form)
    (tmp_path / f"a.{form}").write_bytes(reply.content)
    assert examine(tmp_path / f"a.{form}", "speech").seconds == Fraction(14, 16)
    assert reply.headers["content-type"] == {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac"}[form]
    assert server.bill[0]["usd"] == 0.00021


def test_samples_are_those_of_the_file(serve: Serve) -> None:
    _, client = serve(deterministic=True)
    samples = line(client, response_format="pcm").content
    assert line(client).content[44:] == samples
    assert len(samples) == 14 * 1500 * 2


def test_the_other_ones_speech_comes_with_its_times(serve: Serve) -> None:
    server, client = serve()
    with httpx.Client(base_url=server.address, headers={"xi-api-key": "any"}, trust_env=False) as theirs:
        body = {"text": "A kite.", "model_id": "eleven_v3"}
        told = theirs.post("/v1/text-to-speech/george/with-timestamps?output_format=wav_24000", json=body).json()
        assert base64.b64decode(told["audio_base64"]).startswith(b"RIFF")
        assert "".join(told["alignment"]["characters"]) == "A kite."
        assert told["alignment"]["character_end_times_seconds"][-1] == 7 / 16
        plain = theirs.post("/v1/text-to-speech/george?output_format=mp3_44100_128", json=body)
        assert plain.headers["content-type"] == "audio/mpeg"
        asked = {"prompt": "Strings.", "music_length_ms": 3001}
        assert theirs.post("/v1/music", json=asked).is_success
        assert theirs.post("/v1/sound-generation", json={"text": "Wind.", "duration_seconds": 0.5}).is_success
        assert theirs.post("/v1/music", json={"prompt": "x", "music_length_ms": 2999}).status_code == 400
    assert [(bill["operation"], bill["seconds"], bill["usd"]) for bill in server.bill] == [
        ("speech", "0", 0.000105),
        ("speech", "0", 0.000105),
        ("music", "3.001", 0.3001),
        ("sound", "0.5", 0.05),
    ]
    assert {name for asked in server.requests for name in asked["headers"].items()} >= {("xi-api-key", "(kept out)")}
    assert client.get("/videos").is_success


def test_only_the_one_key_is_let_in(serve: Serve) -> None:
    server, client = serve(key="k")
    assert still(client).status_code == 401
    assert httpx.post(f"{server.address}/v1/music", json={"prompt": "x"}, headers={"xi-api-key": "k"}).is_success
    assert len(server.bill) == 1


REFUSED = {"400-moderation": 400, "400-quota": 400, "429-quota": 429, "401": 401, "refuse-429": 429, "busy-503": 503}


@pytest.mark.parametrize("word", [*REFUSED, "500", "502-html", "drop-before"])
@pytest.mark.parametrize("order", [still, line])
def test_what_is_refused_costs_nothing_and_comes_next_time(order: Any, word: str, serve: Serve) -> None:
    server, client = serve()
    if word == "drop-before":
        with pytest.raises(httpx.RemoteProtocolError):
            order(client, word)
    else:
        assert order(client, word).status_code == REFUSED.get(word, int(word[:3]) if word[0].isdigit() else 0)
    assert not server.bill
    assert order(client, word).is_success
    assert len(server.bill) == 1


def whole(order: Any, reply: httpx.Response, tmp_path: Path) -> bool:
    """Is this the file that was ordered?"""
    try:
        body = base64.b64decode(reply.json()["data"][0]["b64_json"]) if order is still else reply.content
        (tmp_path / "file").write_bytes(body)
        examine(tmp_path / "file", "still" if order is still else "speech")
    except Exception:
        return False
    return True


LOST = ("drop", "half", "garbage", "no-id", "content:cut", "content:html", "content:empty", "content:not-a-video",
        "content:damaged", "content:chunked-cut", "content:404", "content:500", "content:too-short")  # fmt: skip


@pytest.mark.parametrize("word", LOST)
@pytest.mark.parametrize("order", [still, line])
def test_what_is_lost_on_the_way_was_billed(order: Any, word: str, serve: Serve, tmp_path: Path) -> None:
    server, client = serve()
    try:
        arrived = whole(order, order(client, word), tmp_path)
    except httpx.TransportError:
        arrived = False
    assert arrived is (order is line and word == "content:damaged")  # silence is a sound too
    assert len(server.bill) == 1
    assert whole(order, order(client, word), tmp_path)
    assert len(server.bill) == 2


def test_what_arrives_in_another_way_is_whole(serve: Serve, tmp_path: Path) -> None:
    _, client = serve()
    assert whole(still, still(client, "content:chunked"), tmp_path)
    assert whole(line, line(client, "content:chunked"), tmp_path)


def test_the_same_order_again_is_another_file_unless_told_otherwise(serve: Serve) -> None:
    _, client = serve()
    assert still(client).content != still(client).content
    assert line(client).content != line(client).content
    _, client = serve(deterministic=True)
    assert line(client).content == line(client).content


def test_limits_and_the_bill_are_those_of_videos(serve: Serve, tmp_path: Path) -> None:
    server, client = serve(per_minute=2, bill=tmp_path / "bill")
    assert [still(client).status_code, line(client).status_code, line(client).status_code] == [200, 200, 429]
    assert [json.loads(text)["operation"] for text in (tmp_path / "bill").read_text().splitlines()] == [
        "image",
        "speech",
    ]
    assert [violation["limit"] for violation in server.violations] == ["per_minute"]


@pytest.mark.parametrize("dialect", ["vllm-omni", "sglang", "azure-jobs"])
def test_servers_of_videos_alone_have_none(dialect: str, serve: Serve) -> None:
    server, _ = serve(dialect=dialect)
    headers = {"authorization": "Bearer any", "api-key": "any"}
    assert httpx.post(f"{server.address}/v1/images/generations", json=STILL, headers=headers).status_code == 404


@pytest.mark.parametrize("changes", [{"size": "big"}, {"size": "9999x64"}, {"n": 2}, {"output_format": "tiff"}])
def test_stills_that_cannot_be_ordered(changes: dict[str, Any], serve: Serve) -> None:
    server, client = serve()
    assert still(client, **changes).status_code == 400
    assert not server.bill


@pytest.mark.parametrize("changes", [{"input": ""}, {"input": "x" * 4097}, {"voice": 3}, {"response_format": "ogg"}])
def test_lines_that_cannot_be_ordered(changes: dict[str, Any], serve: Serve) -> None:
    server, client = serve()
    assert line(client, **changes).status_code == 400
    assert not server.bill
