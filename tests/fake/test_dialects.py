"""What other servers do differently, as it was measured at them or read in their sources."""

from __future__ import annotations

import json
from urllib.parse import quote

import httpx

from reelmake_fake import command
from reelmake_fake.dialects import DIALECTS
from tests.fake.conftest import SMALL, Serve


def at(id: str, rest: str = "") -> str:
    return f"/videos/{quote(id, safe='')}{rest}"


def test_openai_keeps_to_the_contract(serve: Serve) -> None:
    server, client = serve(takes=3600)
    id = client.made()

    assert server.base_url.endswith("/v1")
    assert httpx.get(f"{server.base_url}/videos").status_code == 401
    assert client.get("/nonsense").status_code == 404
    put = client.put(at(id))
    assert (put.status_code, put.headers["allow"]) == (405, "GET, DELETE")
    assert client.delete(at(id)).json()["error"]["code"] == "video_in_progress"
    assert client.get(at(id, "/content")).json()["error"]["code"] == "video_not_ready"
    remix = client.order(path=at(id, "/remix"))
    assert (remix.status_code, remix.json()["error"]["code"]) == (400, "video_not_completed")
    assert client.order(seconds=8).json()["error"]["message"] == (
        "Invalid type for 'seconds': expected a string, but got an integer instead."
    )
    assert client.post("/videos", content=b"{", headers={"content-type": "application/json"}).status_code == 400
    assert client.post("/videos", data={"prompt": "x"}).status_code == 415


def test_litellm_ids_change_and_hold_base64(serve: Serve) -> None:
    _, client = serve(dialect="litellm")
    made = client.order()
    id = made.json()["id"]

    assert float(made.headers["x-litellm-response-cost"]) == 0.05
    assert len(id) > 100
    assert set("+/=") & set(id)
    polled = client.get(at(id)).json()["id"]
    assert polled != id
    assert client.get(at(polled)).json()["status"] == "completed"
    assert client.get(at(id, "/content")).status_code == 200
    assert client.get(at(polled, "/content")).status_code == 404  # the deployment is lost with the model
    assert client.get(at(id, "/content"), params={"variant": "thumbnail"}).headers["content-type"] == "video/mp4"


def test_litellm_refuses_in_its_own_way(serve: Serve) -> None:
    server, client = serve(dialect="litellm", key="right")
    key = {"authorization": "Bearer right"}
    root = server.base_url.removesuffix("/v1")

    assert httpx.get(f"{server.base_url}/videos").status_code == 500
    assert client.get("/videos").json()["error"]["message"] == "No connected db."
    client.headers.update(key)
    assert client.get("/videos").status_code == 400
    assert client.get("/videos", headers={"custom-llm-provider": "openai"}).json()["data"] == []
    assert client.get("/videos", params={"custom-llm-provider": "openai"}).status_code == 200
    id = client.made()
    assert client.delete(at(id)).status_code == 405
    assert httpx.get(f"{root}/videos/{quote(id, safe='')}", headers=key).status_code == 200
    blocked = client.order("400-moderation").json()["error"]
    assert (blocked["type"], blocked["code"]) == ("invalid_request_error", "400")
    assert "moderation_blocked" in blocked["message"]
    busy = client.order("refuse-429:5")
    assert (busy.headers.get("retry-after"), busy.headers["llm_provider-retry-after"]) == (None, "5")
    by_url = client.order(input_reference={"image_url": "https://a.example/a.png"})
    assert (by_url.status_code, "AttributeError" in by_url.text or "attribute" in by_url.text) == (400, True)


def test_litellm_tells_little_of_veo(serve: Serve) -> None:
    _, client = serve(dialect="litellm", takes=3600)
    made = client.order("fail", "done", model="veo-3.1").json()

    assert made["status"] == "processing"
    assert [made[name] for name in ("progress", "created_at", "seconds", "size")] == [None] * 4
    failed = client.get(at(made["id"])).json()
    assert (failed["status"], failed["error"]) == ("completed", None)
    content = client.get(at(made["id"], "/content"))
    assert (content.status_code, "No response data" in content.text) == (500, True)


def test_vllm_omni_wants_forms_and_shows_failures_by_status(serve: Serve) -> None:
    _, client = serve(dialect="vllm-omni")

    refused = client.order()
    assert (refused.status_code, refused.json()["detail"][0]["loc"]) == (422, ["body", "prompt"])

    def order(*script: str, **fields: str) -> str:
        body = {**SMALL, **fields, "script": json.dumps(script)}
        return str(client.post("/videos", data=body, files={"none": b""}).json()["id"])

    id = order(seed="7", negative_prompt="text")
    assert id.startswith("video_gen_")
    shown = client.get(at(id)).json()
    assert (shown["status"], shown["fps"], shown["num_frames"]) == ("completed", 24, 12)
    failed = client.get(at(order("fail-http:422")))
    assert (failed.status_code, failed.json()["object"], failed.json()["status"]) == (422, "video", "failed")
    broken = order("fail:oom")
    assert client.get(at(broken)).status_code == 500
    assert client.get(at(broken, "/content")).status_code == 422
    assert client.get(at("nothing")).json() == {"detail": "Video with id 'nothing' not found."}
    assert client.post(at(id, "/remix"), json={"prompt": "x"}).status_code == 404


def test_vllm_omni_delete_cancels(serve: Serve) -> None:
    _, client = serve(dialect="vllm-omni", takes=3600)
    id = client.post("/videos", data=SMALL, files={"none": b""}).json()["id"]

    assert client.get(at(id, "/content")).status_code == 404
    assert client.delete(at(id)).json()["deleted"] is True
    assert client.get(at(id)).status_code == 404


def test_sglang_counts(serve: Serve) -> None:
    _, client = serve(dialect="sglang")
    id = client.made(seconds=1)

    shown = client.get(at(id)).json()
    assert (shown["seconds"], shown["quality"]) == (1, "standard")
    assert client.get(at(id, "/content"), params={"variant": "video"}).status_code == 404
    assert client.get(at(id, "/content"), params={"variant": "0"}).status_code == 200
    assert client.get(at(id, "/content")).status_code == 200
    assert client.get(at(client.made("fail"))).json()["error"] == {
        "message": "The server had an error while generating the video."
    }
    deleted = client.delete(at(id)).json()
    assert (deleted["object"], deleted["status"]) == ("video", "deleted")


def test_azure_has_its_own_place_and_key(serve: Serve) -> None:
    server, _ = serve(dialect="azure", key="right")

    assert server.base_url.endswith("/openai/v1")
    assert httpx.get(f"{server.base_url}/videos", headers={"api-key": "wrong"}).status_code == 401
    assert httpx.get(f"{server.base_url}/videos", headers={"api-key": "right"}).status_code == 200
    assert httpx.get(f"{server.base_url}/videos", headers={"authorization": "Bearer right"}).status_code == 200
    assert httpx.get(f"{server.address}/v1/videos", headers={"api-key": "right"}).status_code == 404


def test_azure_jobs_are_the_older_form(serve: Serve) -> None:
    server, client = serve(dialect="azure-jobs")
    jobs = "/video/generations/jobs"
    body = {"prompt": "A tram.", "model": "sora", "width": 64, "height": 64, "n_seconds": 1, "n_variants": 1}

    made = client.post(jobs, json=body, params={"api-version": "preview"})
    assert (made.status_code, made.json()["object"]) == (201, "video.generation.job")
    job = client.get(f"{jobs}/{made.json()['id']}").json()
    assert (job["status"], job["n_seconds"]) == ("succeeded", 1)
    clip = job["generations"][0]["id"]
    assert clip != job["id"]
    assert client.get(f"/video/generations/{clip}/content/video").content[4:8] == b"ftyp"
    failed = client.post(jobs, json={**body, "script": ["fail:moderation_blocked"]}).json()["id"]
    seen = client.get(f"{jobs}/{failed}").json()
    assert (seen["status"], seen["failure_reason"], seen["generations"]) == ("failed", "output_moderation", [])
    assert client.post(jobs, json={**body, "width": "64"}).status_code == 400
    assert [job["id"] for job in client.get(jobs).json()["data"]] == [failed, job["id"]]
    assert client.delete(f"{jobs}/{failed}").status_code == 204
    assert [line["seconds"] for line in server.bill] == ["1", "1"]


def test_every_dialect_says_where_it_is(serve: Serve) -> None:
    assert tuple(DIALECTS) == command.DIALECTS
    for name in DIALECTS:
        server, _ = serve(dialect=name)
        assert httpx.get(f"{server.base_url}/videos/none", headers={"authorization": "Bearer x"}).status_code == 404
