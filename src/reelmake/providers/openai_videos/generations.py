"""Azure's older form: POST /video/generations/jobs, a clip by the id of a *generation* of the job.

Everything else is as with /videos. JSON only, no pictures, nothing is changed or lengthened (Capabilities say so).
"""

from __future__ import annotations

from reelmake.errors import Gone, Refused
from reelmake.model.http import Request
from reelmake.model.remote import Submission
from reelmake.ports import Talk
from reelmake.providers._answers import path, refusal
from reelmake.providers.openai_videos.conversation import CLIP, Videos
from reelmake.providers.openai_videos.orders import clip_of
from reelmake.providers.openai_videos.video import identity, video


class Generations(Videos):
    """ports.Conversation."""

    jobs = ("video", "generations", "jobs")

    def fetch(self, remote: str) -> Talk[None]:
        reply = yield self._ask("GET", self._job(remote))
        if not reply.ok:
            raise refusal(reply, paid=False)
        made = (video(reply.data) or {}).get("generations")
        named = (identity(part) for part in made if isinstance(part, dict)) if isinstance(made, list) else ()
        clip = next(filter(None, named), "")
        if not clip:
            raise Gone("completed without content: the job names no generation")
        content = path("video", "generations", clip, "content", "video")
        reply = yield self._file(content, CLIP)
        yield from self._saved(reply, remote)

    def _written(self, submission: Submission) -> Request:
        order = clip_of(submission)
        if order.operation != "generate" or "image" in submission.inputs or order.seconds.denominator != 1:
            raise Refused("this form of the service takes a prompt and whole seconds, and nothing else")
        body = {
            "prompt": order.prompt,
            "model": order.model,
            "width": order.size.width,
            "height": order.size.height,
            "n_seconds": int(order.seconds),
            "n_variants": 1,
            **order.extras,
        }
        return Request("POST", path(*self.jobs), json=body, paid=True)
