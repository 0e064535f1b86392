"""How a server speaks: the contract, and one class for each server whose replies differ from it.

What differs was measured at LiteLLM 1.105.0 and read in the sources of vLLM-Omni 0.30.0 and SGLang-Diffusion 0.5.23 and
in the reference of Azure. Knows nothing of how jobs are kept.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from reelmake.fake import recipe as recipes
from reelmake.fake.complaint import Complaint
from reelmake.fake.form import Form
from reelmake.fake.http import Reply, Request, as_json
from reelmake.fake.video import Video

VARIANTS = ("video", "thumbnail", "spritesheet")


class Dialect:
    """The contract. `prefixes`: what stands before /videos. `operations`: what there is."""

    name = "openai"
    prefixes: tuple[str, ...] = ("/v1",)
    operations = frozenset({"list", "create", "get", "delete", "content", "remix", "edits", "extensions", "characters"})
    number_seconds = False

    def key(self, headers: Mapping[str, str]) -> str | None:
        """The key of a request, "" if it is empty, None if there is none."""
        scheme, _, key = headers.get("authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else None

    def locked(self, key: str | None) -> Complaint:
        """No key, or a wrong one."""
        if not key:
            return Complaint(401, "You didn't provide an API key.", code=None)
        return Complaint(401, "Incorrect API key provided.", code="invalid_api_key")

    def new_id(self, model: str) -> str:
        return f"video_{uuid.uuid4().hex}"

    def known_as(self, id: str, operation: str, ids: Iterable[str]) -> str:
        """The id that `create` gave, of `ids`, from the one that a client sends."""
        return id

    def body(self, form: Form) -> None:
        """Raises Complaint if this server reads no such bodies."""

    def listing(self, request: Request) -> None:
        """Raises Complaint if this server gives no list to such a request."""

    def variant(self, asked: str | None) -> str:
        if asked is not None and asked not in VARIANTS:
            raise Complaint(
                400, f"Invalid value: '{asked}'. Supported values are: {', '.join(VARIANTS)}.", param="variant"
            )
        return asked or "video"

    def complain(self, complaint: Complaint) -> Reply:
        error = {
            "message": str(complaint),
            "type": complaint.kind,
            "param": complaint.param,
            "code": complaint.code,
        }
        return as_json(complaint.status, {"error": error}, complaint.headers)

    def not_ready(self, video: Video, now: float) -> Complaint:
        """Content was asked for before there is any, or when there never will be."""
        return Complaint(404, f"The video has no content: it is {video.status(now)}.", code="video_not_ready")

    def shown(self, video: Video, now: float) -> dict[str, Any]:
        """The Video object."""
        done = video.status(now) == "completed"
        return {
            "id": video.id,
            "object": "video",
            "model": video.recipe.model,
            "status": video.status(now),
            "progress": video.progress(now),
            "created_at": int(video.created),
            "completed_at": int(video.ends) if done else None,
            "expires_at": int(video.expires) if done and video.expires is not None else None,
            "prompt": video.recipe.prompt,
            "size": video.recipe.size,
            "seconds": recipes.text(video.recipe.total),
            "remixed_from_video_id": video.remixed_from or None,
            "error": video.error(now),
        }

    def created(self, video: Video, now: float, usd: float) -> Reply:
        return as_json(200, self.shown(video, now))

    def polled(self, video: Video, now: float) -> Reply:
        return as_json(200, self.shown(video, now))

    def deleted(self, video: Video, now: float) -> Reply:
        """Raises Complaint if it may not be deleted now."""
        if not video.finished(now):
            raise Complaint(409, "Only a completed or failed video can be deleted.", code="video_in_progress")
        return as_json(200, {"id": video.id, "object": "video.deleted", "deleted": True})


class LiteLLM(Dialect):
    """Ids are long, hold base64, and change when polled; errors lose their codes; a list wants to know the vendor."""

    name = "litellm"
    prefixes = ("/v1", "")
    operations = Dialect.operations - {"delete"}

    def locked(self, key: str | None) -> Complaint:
        if not key:
            return Complaint(500, "Internal server error: no API key passed in.", kind="auth_error")
        return Complaint(400, "No connected db.", kind="no_db_connection")

    def new_id(self, model: str) -> str:
        text = f"litellm:custom_llm_provider:openai;model_id:{model}/?;video_id:video_{uuid.uuid4().hex[:20]}"
        return "video_" + base64.b64encode(text.encode()).decode()

    def polled_id(self, id: str) -> str:
        """What a poll answers with: the same without the model."""
        text = base64.b64decode(id.removeprefix("video_")).decode()
        vendor, _, rest = text.partition(";model_id:")
        return "video_" + base64.b64encode(f"{vendor};{rest.partition(';')[2]}".encode()).decode()

    def known_as(self, id: str, operation: str, ids: Iterable[str]) -> str:
        """A polled id still answers a poll; for all else its deployment is lost."""
        if operation != "get":
            return id
        return next((full for full in ids if id in (full, self.polled_id(full))), id)

    def listing(self, request: Request) -> None:
        if "custom-llm-provider" not in request.headers and request.asked("custom-llm-provider") is None:
            raise Complaint(400, "custom-llm-provider is required to list videos.", code="400")

    def variant(self, asked: str | None) -> str:
        return "video"  # whatever was asked

    def body(self, form: Form) -> None:
        if form.json and isinstance(form.fields.get("input_reference"), dict):
            raise Complaint(400, "litellm.APIConnectionError: 'dict' object has no attribute 'read'")

    def complain(self, complaint: Complaint) -> Reply:
        original = Dialect().complain(complaint)
        upstream = complaint.status in (400, 429) and complaint.code != "400"
        body = original.body
        assert isinstance(body, bytes)
        message = f"litellm.BadRequestError: OpenAIException - {body.decode()}" if upstream else str(complaint)
        error = {"message": message, "type": "invalid_request_error", "param": None, "code": str(complaint.status)}
        headers = {f"llm_provider-{name}": value for name, value in complaint.headers.items()}
        return as_json(complaint.status, {"error": error}, headers)

    def created(self, video: Video, now: float, usd: float) -> Reply:
        headers = {"x-litellm-response-cost": str(usd), "x-litellm-call-id": uuid.uuid4().hex}
        nulls = dict.fromkeys(("progress", "created_at", "seconds", "size"))
        return as_json(200, {**self.shown(video, now), "status": "processing", **nulls}, headers)

    def polled(self, video: Video, now: float) -> Reply:
        shown = self.shown(video, now)
        if shown["status"] in ("queued", "in_progress"):
            shown.update(status="processing", progress=None)
        if shown["status"] == "failed":  # told as it tells of a failed Veo operation
            shown.update(status="completed", error=None)
        return as_json(200, {**shown, "id": self.polled_id(video.id), "created_at": None})

    def not_ready(self, video: Video, now: float) -> Complaint:
        return Complaint(500, "No response data in completed operation.", kind="server_error")


class VllmOmni(Dialect):
    """Multipart only; a failed job is shown with the status of its failure; DELETE cancels; no edits."""

    name = "vllm-omni"
    operations = frozenset({"list", "create", "get", "delete", "content"})

    def new_id(self, model: str) -> str:
        return f"video_gen_{uuid.uuid4().hex}"

    def body(self, form: Form) -> None:
        if form.json:
            raise Complaint(422, "Field required: prompt", param="prompt", code="missing")

    def complain(self, complaint: Complaint) -> Reply:
        if complaint.status == 422:
            where = ["body", complaint.param or "body"]
            return as_json(422, {"detail": [{"type": complaint.code, "loc": where, "msg": str(complaint)}]})
        return as_json(complaint.status, {"detail": str(complaint)}, complaint.headers)

    def shown(self, video: Video, now: float) -> dict[str, Any]:
        recipe = video.recipe
        more = {"fps": recipes.FPS, "num_frames": recipe.frames, "media_type": "video/mp4", "file_name": "output.mp4"}
        return {**super().shown(video, now), **more}

    def polled(self, video: Video, now: float) -> Reply:
        failed = video.status(now) == "failed"
        status = int(video.end.number(500)) if failed and video.end and video.end.name == "fail-http" else 500
        return as_json(status if failed else 200, self.shown(video, now))

    def not_ready(self, video: Video, now: float) -> Complaint:
        failed = video.status(now) == "failed"
        return Complaint(422 if failed else 404, f"Video {video.id} has {'failed' if failed else 'no content yet'}.")

    def deleted(self, video: Video, now: float) -> Reply:
        return as_json(200, {"id": video.id, "object": "video.deleted", "deleted": True})


class Sglang(Dialect):
    """Seconds are numbers, errors have no code, variants are counted, what is deleted stays a Video."""

    name = "sglang"
    operations = frozenset({"list", "create", "get", "delete", "content"})
    number_seconds = True

    def variant(self, asked: str | None) -> str:
        if asked not in (None, "0"):
            raise Complaint(404, f"Variant {asked} not found.")
        return "video"

    def complain(self, complaint: Complaint) -> Reply:
        return as_json(complaint.status, {"detail": str(complaint)}, complaint.headers)

    def shown(self, video: Video, now: float) -> dict[str, Any]:
        shown = super().shown(video, now)
        if shown["error"]:
            shown["error"] = {"message": shown["error"]["message"]}
        seconds = video.recipe.total
        path = f"outputs/{video.id}.mp4" if shown["status"] == "completed" else None
        whole = int(seconds) if seconds.denominator == 1 else float(seconds)
        return {**shown, "seconds": whole, "quality": "standard", "url": None, "file_path": path, "num_outputs": 1}

    def deleted(self, video: Video, now: float) -> Reply:
        return as_json(200, {**self.shown(video, now), "status": "deleted"})


class Azure(Dialect):
    """Another prefix, and the key in a header of its own (or a Bearer token)."""

    name = "azure"
    prefixes = ("/openai/v1",)

    def key(self, headers: Mapping[str, str]) -> str | None:
        return headers.get("api-key") or super().key(headers)

    def locked(self, key: str | None) -> Complaint:
        return Complaint(401, "Access denied due to invalid subscription key or wrong API endpoint.", code="401")


DIALECTS: Mapping[str, type[Dialect]] = {d.name: d for d in (Dialect, LiteLLM, VllmOmni, Sglang, Azure)}
