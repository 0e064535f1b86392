"""Jobs over time, lists, bills, limits, restarts: what a client of the fake can count on."""

from __future__ import annotations

import base64
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import httpx
import pytest
from PIL import Image

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.fake.conftest import SMALL, Client, Serve


def test_a_job_grows_with_time_and_ends_on_time(serve: Serve) -> None:
    server, client = serve(takes=100.0, expires=50.0)
    now = [1_000_000.0]
    server.service.clock = lambda: now[0]
    id = client.made()
    seen: list[tuple[Any, ...]] = []

    for later in (0, 9, 11, 50, 99.9, 100, 149, 151):
        now[0] = 1_000_000.0 + later
        shown = client.get(f"/videos/{id}").json()
        content = client.get(f"/videos/{id}/content").status_code
        seen.append((later, shown["status"], shown["progress"], shown["completed_at"], content))

    assert seen == [
        (0, "queued", 0, None, 404),
        (9, "queued", 9, None, 404),
        (11, "in_progress", 11, None, 404),
        (50, "in_progress", 50, None, 404),
        (99.9, "in_progress", 99, None, 404),
        (100, "completed", 100, 1_000_100, 200),
        (149, "completed", 100, 1_000_100, 200),
        (151, "completed", 100, 1_000_100, 404),  # the clip is gone, the job is remembered
    ]
    assert shown["expires_at"] == 1_000_150


def test_speed_divides_waits(serve: Serve) -> None:
    server, client = serve(takes=100.0, expires=50.0, speed=100.0)
    video = server.service.shelf.videos[client.made()]

    assert (video.ends - video.created, video.kept) == (1.0, 0.5)


def test_clients_are_told_when_to_ask_again(serve: Serve) -> None:
    _, client = serve(takes=3600, poll_after=1500)
    id = client.made("poll:ok", "done")

    assert client.get(f"/videos/{id}").headers["openai-poll-after-ms"] == "1500"
    assert "openai-poll-after-ms" not in client.get(f"/videos/{id}").headers


def test_lists_are_paged_in_both_orders(serve: Serve) -> None:
    _, client = serve()
    ids = [client.made() for _ in range(5)]

    def page(**asked: Any) -> tuple[list[str], bool]:
        found = client.get("/videos", params=asked).json()
        data = [video["id"] for video in found["data"]]
        assert (found["first_id"], found["last_id"]) == ((data[0], data[-1]) if data else (None, None))
        return data, found["has_more"]

    assert page() == (ids[::-1], False)
    assert page(limit=2) == (ids[:2:-1], True)
    assert page(limit=2, after=ids[3]) == ([ids[2], ids[1]], True)
    assert page(limit=3, after=ids[3]) == (ids[2::-1], False)
    assert page(order="asc", limit=2, after=ids[1]) == (ids[2:4], True)
    assert page(limit=0) == ([], True)
    assert client.get("/videos", params={"after": "nothing"}).status_code == 404
    assert [client.get("/videos", params={"limit": n}).status_code for n in ("101", "-1", "x", "")] == [400] * 4


def test_the_bill_has_what_was_paid_for_and_nothing_else(serve: Serve, tmp_path: Path) -> None:
    server, client = serve(bill=tmp_path / "sub" / "bill", price=Decimal("0.30"))
    first = client.made(model="sora-2-pro", seconds="1.5")
    client.order(size="63x64")
    client.order(path=f"/videos/{first}/remix", prompt="At dusk.")
    client.post("/videos/extensions", json={"prompt": "On.", "seconds": "2", "video": {"id": first}})
    client.post(
        "/videos/characters", data={"name": "M"}, files={"video": client.get(f"/videos/{first}/content").content}
    )

    told = httpx.get(f"{server.address}/_fake/bill").json()
    lines = [json.loads(line) for line in (tmp_path / "sub" / "bill").read_text().splitlines()]

    assert lines == told["bill"] == server.bill
    assert [(line["operation"], line["seconds"], line["usd"]) for line in lines] == [
        ("create", "1.5", 0.45),
        ("remix", "1.5", 0.45),
        ("extend", "2", 0.6),
    ]
    assert {key: lines[0][key] for key in ("id", "model", "prompt", "size", "source")} == {
        "id": first,
        "model": "sora-2-pro",
        "prompt": "A tram.",
        "size": "64x64",
        "source": "",
    }
    assert [line["source"] for line in lines[1:]] == [first, first]
    assert told["usd"] == 1.5


def test_a_bill_is_on_disk_before_the_answer_is_out(serve: Serve, tmp_path: Path) -> None:
    server, client = serve(bill=tmp_path / "bill")
    with pytest.raises(httpx.RemoteProtocolError):
        client.order("drop")

    assert [json.loads(line)["id"] for line in (tmp_path / "bill").read_text().splitlines()] == [server.bill[0]["id"]]


def test_state_survives_a_restart(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with FakeServer(ServerOptions(takes=0.0, state=state)) as server, Client(server) as client:
        kept, dropped = client.made("500*0", "poll:500*2"), client.made()
        later = client.post("/videos/extensions", json={"prompt": "On.", "seconds": "1", "video": {"id": kept}}).json()
        client.get(f"/videos/{kept}")
        client.delete(f"/videos/{dropped}")
        client.order("refuse-429", "busy-503", prompt="B")
        clip = client.get(f"/videos/{kept}/content").content
        bill = server.bill
    with (state / "state.jsonl").open("a") as file:
        file.write('{"video": {"id": "cut o')  # what a kill -9 can leave
    for painted in (state / "clips").iterdir():
        painted.unlink()

    with FakeServer(ServerOptions(takes=0.0, state=state)) as server, Client(server) as client:
        assert server.bill == bill
        assert [video["id"] for video in client.get("/videos").json()["data"]] == [later["id"], kept]
        assert [client.get(f"/videos/{kept}").status_code for _ in range(2)] == [500, 200]  # one was used up before
        assert client.get(f"/videos/{kept}/content").content == clip
        assert client.order("refuse-429", "busy-503", prompt="B").status_code == 503
        assert client.get(f"/videos/{later['id']}/content").status_code == 200


def test_the_same_order_again_gives_another_clip_unless_told_otherwise(serve: Serve) -> None:
    def clips(**options: Any) -> list[bytes]:
        _, client = serve(**options)
        return [client.get(f"/videos/{client.made(**more)}/content").content for more in ({}, {}, {"seed": "1"})]

    first, second, seeded = clips()
    again = clips()
    one, same, other = clips(deterministic=True)

    assert first != second
    assert seeded not in (first, second)
    assert again == [first, second, seeded]  # by order and number, not by chance
    assert one == same != other


def test_in_flight_is_held(serve: Serve) -> None:
    server, client = serve(takes=3600, in_flight=2)
    ids = [client.made(), client.made()]

    refused = client.order()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "1")
    server.service.shelf.put(replace(server.service.shelf.videos[ids[0]], hurried=0.0))
    assert client.order().status_code == 200
    assert server.peaks["in_flight"] == 2
    assert [(v["limit"], v["allowed"], v["seen"]) for v in server.violations] == [("in_flight", 2, 3)]
    assert len(server.bill) == 3


@pytest.mark.parametrize("word", ["hold-before", "hold"])
def test_an_order_that_nobody_answered_yet_is_in_flight_once(serve: Serve, word: str) -> None:
    server, client = serve(takes=3600, in_flight=2)
    with ThreadPoolExecutor(1) as other:
        waiting = other.submit(client.order, f"create:{word}")
        server.until(lambda s: any(line.get("held") for line in s.requests))
        assert [client.order().status_code for _ in range(2)] == [200, 429]
        server.release()
        assert waiting.result(20).status_code == 200


def test_per_minute_is_held(serve: Serve) -> None:
    server, client = serve(per_minute=2)
    now = [1_000.0]
    server.service.clock = lambda: now[0]
    client.made()
    now[0] += 10
    client.made()
    now[0] += 20

    refused = client.order()
    assert (refused.status_code, refused.headers["retry-after"]) == (429, "30")
    now[0] += 30.1
    assert client.order().status_code == 200
    assert client.order().status_code == 429
    assert server.peaks["per_minute"] == 2
    assert [v["limit"] for v in server.violations] == ["per_minute", "per_minute"]


def test_reference_pictures_must_fit(serve: Serve) -> None:
    server, client = serve()

    def order(image: bytes, **fields: str) -> httpx.Response:
        return client.post("/videos", data={**SMALL, **fields}, files={"input_reference": ("a", image)})

    assert order(picture(64, 64, "PNG")).status_code == 200
    assert order(picture(64, 64, "WEBP")).status_code == 200
    wrong = order(picture(64, 66, "JPEG")).json()["error"]
    assert wrong["message"] == "Inpaint image must match the requested width and height"
    assert order(picture(64, 64, "BMP")).json()["error"]["code"] == "invalid_image"
    assert order(b"no picture").json()["error"]["code"] == "invalid_image"
    as_text = client.post("/videos", data={**SMALL, "input_reference": "a.png"}, files={"x": b""}).json()["error"]
    assert (as_text["code"], as_text["param"]) == ("invalid_type", "input_reference")
    assert len(server.bill) == 2


def test_a_reference_may_be_a_data_url(serve: Serve) -> None:
    server, client = serve()
    image = picture(64, 64, "PNG")
    url = f"data:image/png;base64,{base64.b64encode(image).decode()}"

    by_file = client.post("/videos", data=SMALL, files={"input_reference": image}).json()["id"]
    by_url = client.made(input_reference={"image_url": url})

    recipes = [server.service.shelf.videos[id].recipe for id in (by_file, by_url)]
    assert recipes[0].image == recipes[1].image != ""
    assert client.order(input_reference={"image_url": url, "file_id": "f"}).status_code == 400
    assert client.order(input_reference={"image_url": "file:///etc/passwd"}).status_code == 400


def test_extensions_have_an_end(serve: Serve) -> None:
    _, client = serve()
    id = client.made(seconds="1")

    def longer(id: str, seconds: str) -> httpx.Response:
        return client.post("/videos/extensions", json={"prompt": "On.", "seconds": seconds, "video": {"id": id}})

    assert longer(id, "120").status_code == 400
    for added in range(1, 7):
        id = longer(id, "1").json()["id"]
        assert client.get(f"/videos/{id}").json()["seconds"] == str(added + 1)
    assert longer(id, "1").status_code == 400


def test_characters_are_known_before_they_play(serve: Serve) -> None:
    server, client = serve()
    clip = client.get(f"/videos/{client.made()}/content").content
    maya = client.post("/videos/characters", data={"name": "Maya"}, files={"video": clip}).json()

    assert client.get(f"/videos/characters/{maya['id']}").json() == maya
    assert client.order(characters=[{"id": maya["id"]}]).status_code == 200
    assert client.order(characters=[{"id": "char_0"}]).json()["error"]["code"] == "character_not_found"
    assert client.order(characters=[{"id": maya["id"]}] * 3).status_code == 400
    assert client.post("/videos/characters", data={"name": "Maya"}, files={"video": b"x"}).status_code == 400
    assert len(server.bill) == 2


def test_a_log_without_secrets(serve: Serve) -> None:
    server, client = serve()
    client.made()
    client.get("/videos", headers={"api-key": "sk-other", "cookie": "session=sk-third", "x-mine": "seen"})

    told = httpx.get(f"{server.address}/_fake/requests")
    lines = told.json()["requests"]

    assert "Bearer any" not in told.text
    assert "sk-" not in told.text
    assert lines[1]["headers"]["x-mine"] == "seen"
    assert [(line["method"], line["path"], line["status"], line["credentials"]) for line in lines[:2]] == [
        ("POST", "/v1/videos", 200, True),
        ("GET", "/v1/videos", 200, True),
    ]
    assert lines[0]["at"] <= lines[0]["ended"]


def test_a_server_can_be_told_otherwise_while_it_runs(serve: Serve) -> None:
    server, client = serve()
    fake = f"{server.address}/_fake"

    assert httpx.post(f"{fake}/script", json={"script": ["500"], "faults": ["poll:404"]}).status_code == 400
    assert httpx.post(f"{fake}/script", json={"script": ["500"], "faults": ["poll:gone@1"]}).status_code == 200
    assert [client.order().status_code for _ in range(2)] == [500, 200]
    assert [client.get(f"/videos/{server.bill[0]['id']}").status_code for _ in range(2)] == [404, 200]
    assert httpx.post(f"{fake}/reset").status_code == 200
    assert (server.bill, client.get("/videos").json()["data"]) == ([], [])
    assert client.order().status_code == 200  # the scripts of the start, and there were none
    assert httpx.get(f"{fake}/nothing").status_code == 404


def test_only_the_one_key_is_let_in(serve: Serve) -> None:
    _, client = serve(key="sk-the-one")

    assert client.get("/videos").json()["error"]["code"] == "invalid_api_key"
    assert client.get("/videos", headers={"authorization": "Bearer sk-the-one"}).status_code == 200


def test_words_of_a_start_are_checked() -> None:
    with pytest.raises(ValueError, match="no word of a script"):
        FakeServer(ServerOptions(script=("dorp",))).start()
    with pytest.raises(ValueError, match="should be 3, 3-5"):
        FakeServer(ServerOptions(faults=("500@soon",))).start()


def test_downloads_go_on_where_they_stopped(serve: Serve) -> None:
    _, client = serve()
    url = f"/videos/{client.made()}/content"
    whole = client.get(url)
    tag = whole.headers["etag"]

    rest = client.get(url, headers={"range": "bytes=100-", "if-range": tag})
    assert (rest.status_code, rest.content) == (206, whole.content[100:])
    assert rest.headers["content-range"] == f"bytes 100-{len(whole.content) - 1}/{len(whole.content)}"
    assert client.get(url, headers={"range": "bytes=100-", "if-range": '"other"'}).status_code == 200
    assert client.get(url, headers={"range": f"bytes={len(whole.content)}-"}).status_code == 416


def test_strict_lets_in_what_the_contract_lists(serve: Serve) -> None:
    _, client = serve(strict=True)

    assert client.order(size="1280x720", seconds="8").status_code == 200
    assert client.order(size="1920x1080", seconds="8").json()["error"]["param"] == "size"
    assert client.order(size="1280x720", seconds="16").json()["error"]["param"] == "seconds"


def picture(wide: int, high: int, kind: str) -> bytes:
    out = BytesIO()
    Image.new("RGB", (wide, high), "orange").save(out, kind)
    return out.getvalue()
