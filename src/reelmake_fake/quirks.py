"""Servers that speak /v1/videos with a twist of their own.

Measured at LiteLLM 1.105.0, read in the sources of vLLM-Omni 0.30.0 and SGLang-Diffusion 0.5.23.
"""

from __future__ import annotations

import base64
import uuid
from collections.abc import Iterable
from typing import Any

from reelmake_fake import recipe as recipes
from reelmake_fake.complaint import Complaint
from reelmake_fake.dialect import ServerDialect, failure
from reelmake_fake.form import SentForm
from reelmake_fake.http11 import ReceivedRequest, Reply, as_json
from reelmake_fake.job import Video


class _Own(Complaint):
    """Of LiteLLM itself, not of the server behind it."""


class LiteLLM(ServerDialect):
    """Ids are long, hold base64, and change when polled; errors lose their codes; a list wants to know the vendor."""

    name = "litellm"
    prefixes = ("/v1", "")
    operations = ServerDialect.operations - {"delete"}

    def locked(self, key: str | None) -> Complaint:
        if not key:
            return _Own(500, "Internal server error: no API key passed in.", kind="auth_error")
        return _Own(400, "No connected db.", kind="no_db_connection")

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

    def listing(self, request: ReceivedRequest) -> None:
        if "custom-llm-provider" not in request.headers and request.asked("custom-llm-provider") is None:
            raise _Own(400, "custom-llm-provider is required to list videos.")

    def variant(self, asked: str | None) -> str:
        return "video"  # whatever was asked

    def body(self, form: SentForm) -> SentForm:
        if form.json and isinstance(form.fields.get("input_reference"), dict):
            raise _Own(400, "litellm.APIConnectionError: 'dict' object has no attribute 'read'")
        return form

    def complain(self, complaint: Complaint) -> Reply:
        """What the server behind it says stands as text in the message, and its headers get another name."""
        message, status = str(complaint), str(complaint.status)
        if not isinstance(complaint, _Own):
            behind = super().complain(complaint).body
            assert isinstance(behind, bytes)
            message = f"litellm.APIError: OpenAIException - {behind.decode()}"
        error = {"message": message, "type": complaint.kind, "param": None, "code": status}
        if complaint.status < 500:
            error["type"] = "invalid_request_error"
        headers = {f"llm_provider-{name}": value for name, value in complaint.headers.items()}
        return as_json(complaint.status, {"error": error}, headers)

    def created(self, video: Video, now: float, usd: float) -> Reply:
        headers = {"x-litellm-response-cost": str(usd), "x-litellm-call-id": uuid.uuid4().hex}
        return as_json(200, self.shown(video, now), headers)

    def polled(self, video: Video, now: float) -> Reply:
        return as_json(failure(video, now) or 200, {**self.shown(video, now), "id": self.polled_id(video.id)})

    def shown(self, video: Video, now: float) -> dict[str, Any]:
        """A model with "veo" in its name is told of as an operation of Google's: little is known, and nothing fails."""
        shown = super().shown(video, now)
        if "veo" not in video.recipe.model:
            return shown
        status = "completed" if video.finished(now) else "processing"
        nulls = dict.fromkeys(("progress", "created_at", "seconds", "size", "error"))
        return {**shown, **nulls, "status": status}

    def not_ready(self, video: Video, now: float) -> Complaint:
        if "veo" in video.recipe.model:
            return _Own(500, "No response data in completed operation.", kind="server_error")
        return super().not_ready(video, now)


class VllmOmni(ServerDialect):
    """Multipart only; a failed job is shown with the status of its failure; DELETE cancels; no edits."""

    name = "vllm-omni"
    operations = frozenset({"list", "create", "get", "delete", "content"})

    def new_id(self, model: str) -> str:
        return f"video_gen_{uuid.uuid4().hex}"

    def body(self, form: SentForm) -> SentForm:
        if form.json:
            raise Complaint(422, "Field required: prompt", param="prompt", code="missing")
        return form

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
        return as_json((failure(video, now) or 500) if failed else 200, self.shown(video, now))

    def not_ready(self, video: Video, now: float) -> Complaint:
        failed = video.status(now) == "failed"
        return Complaint(422 if failed else 404, f"Video {video.id} has {'failed' if failed else 'no content yet'}.")

    def deleted(self, video: Video, now: float) -> Reply:
        return as_json(200, {"id": video.id, "object": "video.deleted", "deleted": True})


class Sglang(ServerDialect):
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
