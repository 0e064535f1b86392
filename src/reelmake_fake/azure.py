"""Azure's two ways: today's, which is /v1/videos behind another key, and the older jobs of Sora 1.

Read in Azure's reference and in a client that was written for the older one.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from reelmake_fake.complaint import Complaint, wrong
from reelmake_fake.dialect import ServerDialect
from reelmake_fake.form import SentForm
from reelmake_fake.http11 import Reply, as_json
from reelmake_fake.job import Video

_STATUSES = {"in_progress": "running", "completed": "succeeded", "expired": "failed"}
_REASONS = {"moderation_blocked": "output_moderation"}


class Azure(ServerDialect):
    """Another prefix, and the key in a header of its own (or a Bearer token)."""

    name = "azure"
    prefixes = ("/openai/v1",)

    def key(self, headers: Mapping[str, str]) -> str | None:
        return headers.get("api-key") or super().key(headers)

    def locked(self, key: str | None) -> Complaint:
        return Complaint(401, "Access denied due to invalid subscription key or wrong API endpoint.", code="401")


class AzureJobs(Azure):
    """`/video/generations/jobs`: width, height and n_seconds are numbers, and a clip has an id of its own."""

    name = "azure-jobs"
    operations = frozenset({"list", "create", "get", "delete", "content"})

    def new_id(self, model: str) -> str:
        return f"task_{uuid.uuid4().hex}"

    def known_as(self, id: str, operation: str, ids: Iterable[str]) -> str:
        return f"task_{id.removeprefix('gen_')}" if operation == "content" and id.startswith("gen_") else id

    def below(self, segments: tuple[str, ...]) -> tuple[str, ...] | None:
        match segments:
            case ("openai", "v1", "video", "generations", "jobs", *rest):
                return tuple(rest)
            case ("openai", "v1", "video", "generations", id, "content", "video"):
                return (id, "content")
        return None

    def body(self, form: SentForm) -> SentForm:
        numbers = {}
        for name in ("width", "height", "n_seconds"):
            value = form.fields.get(name)
            if not isinstance(value, int) or isinstance(value, bool):
                raise wrong(f"'{name}' should be a number.", name, "invalid_type")
            numbers[name] = value
        if form.fields.get("n_variants", 1) != 1:
            raise wrong("This server makes one variant a job.", "n_variants")
        rest = {k: v for k, v in form.fields.items() if k not in (*numbers, "n_variants")}
        size, seconds = f"{numbers['width']}x{numbers['height']}", str(numbers["n_seconds"])
        return SentForm({**rest, "size": size, "seconds": seconds}, form.json)

    def shown(self, video: Video, now: float) -> dict[str, Any]:
        recipe, status = video.recipe, video.status(now)
        error = video.error(now)
        clip = {
            "object": "video.generation",
            "id": f"gen_{video.id.removeprefix('task_')}",
            "job_id": video.id,
            "created_at": int(video.ends),
            "width": recipe.width,
            "height": recipe.height,
            "n_seconds": int(recipe.seconds),
            "prompt": recipe.prompt,
        }
        return {
            "object": "video.generation.job",
            "id": video.id,
            "status": _STATUSES.get(status, status),
            "created_at": int(video.created),
            "finished_at": int(video.ends) if video.finished(now) else None,
            "expires_at": None if video.expires is None else int(video.expires),
            "generations": [clip] if status == "completed" else [],
            "prompt": recipe.prompt,
            "model": recipe.model,
            "n_variants": 1,
            "n_seconds": int(recipe.seconds),
            "height": recipe.height,
            "width": recipe.width,
            "failure_reason": _REASONS.get(error["code"], "internal_error") if error else None,
        }

    def created(self, video: Video, now: float, usd: float) -> Reply:
        return as_json(201, self.shown(video, now))

    def deleted(self, video: Video, now: float) -> Reply:
        super().deleted(video, now)
        return Reply(204)
