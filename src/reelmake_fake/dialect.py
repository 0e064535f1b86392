"""How a server speaks: the contract of /v1/videos, in a class whose parts the deviations of others replace.

Knows nothing of how jobs are kept, and no other server.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from reelmake_fake import recipe as recipes
from reelmake_fake.complaint import Complaint
from reelmake_fake.form import SentForm
from reelmake_fake.http11 import ReceivedRequest, Reply, as_json
from reelmake_fake.job import Video

VARIANTS = ("video", "thumbnail", "spritesheet")


class ServerDialect:
    """The contract. `prefixes`: what stands before /videos. `operations`: what there is; `pieces`: stills
    and sounds, answered at once."""

    name = "openai"
    prefixes: tuple[str, ...] = ("/v1",)
    operations = frozenset(
        {"list", "create", "get", "delete", "content", "remix", "edits", "extensions", "characters", "pieces"}
    )
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

    def below(self, segments: tuple[str, ...]) -> tuple[str, ...] | None:
        """What of a path stands behind /videos; None if it is not there."""
        for prefix in self.prefixes:
            above = (*(part for part in prefix.split("/") if part), "videos")
            if segments[: len(above)] == above:
                return segments[len(above) :]
        return None

    def body(self, form: SentForm) -> SentForm:
        """The order in the words of the contract. Raises Complaint if this server reads no such bodies."""
        return form

    def listing(self, request: ReceivedRequest) -> None:
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
        return as_json(failure(video, now) or 200, self.shown(video, now))

    def deleted(self, video: Video, now: float) -> Reply:
        """Raises Complaint if it may not be deleted now."""
        if not video.finished(now):
            raise Complaint(409, "Only a completed or failed video can be deleted.", code="video_in_progress")
        return as_json(200, {"id": video.id, "object": "video.deleted", "deleted": True})


def failure(video: Video, now: float) -> int | None:
    """The HTTP status that a script wants its failure to be shown with."""
    if video.status(now) != "failed" or video.end is None or video.end.name != "fail-http":
        return None
    return int(video.end.number(500))
