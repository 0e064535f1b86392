"""`sample-videos`: orders from a server that takes POST /videos. A conversation is pure: it yields requests and is sent
answers, while reelmake sends them, adds the key, waits, downloads, and finds out what a lost connection means."""

from __future__ import annotations

from urllib.parse import quote

from reelmake.errors import Ambiguous, Refused, Transient
from reelmake.model.http import Auth, Request, Response
from reelmake.model.provider import Capabilities
from reelmake.model.remote import Accepted, Dead, Pending, Ready, RemoteJob, Status, Submission
from reelmake.model.storyboard import ProviderSpec
from reelmake.model.take import Attempt
from reelmake.ports import Conversation, Talk

CAPABILITIES = Capabilities(kind="sample-videos", dialect="sample-videos/1", image=False)


def converse(spec: ProviderSpec) -> Conversation:
    return SampleVideos()


class SampleVideos:
    """ports.Conversation."""

    auth = Auth()

    def submit(self, submission: Submission) -> Talk[Accepted]:
        order = submission.order
        said = {"prompt": order.prompt, "model": order.model, "size": str(order.size), "seconds": str(order.seconds)}
        answer = yield Request("POST", "/videos", json=said, paid=True)
        if answer.status in (429, 503):
            raise Transient("it is busy")  # certainly not accepted
        if answer.status >= 500:
            raise Ambiguous("it failed, and does not say whether it took the order")
        return Accepted(_read(answer)["id"])

    def poll(self, remote: str) -> Talk[Status]:
        job = _read((yield Request("GET", _job(remote))))
        if job["status"] == "completed":
            return Ready()
        return Dead("RM920", "it failed") if job["status"] == "failed" else Pending(note=job["status"])

    def fetch(self, remote: str) -> Talk[None]:
        yield Request("GET", f"{_job(remote)}/content", save=True)

    def find(self, attempt: Attempt) -> Talk[tuple[str, ...]]:
        yield from ()
        raise Ambiguous("it keeps no list")

    def cancel(self, remote: str) -> Talk[None]:
        yield from ()
        raise Refused("it cannot cancel")

    def listing(self) -> Talk[tuple[RemoteJob, ...]]:
        yield from ()
        raise Refused("it keeps no list")

    def remove(self, remote: str) -> Talk[None]:
        _read((yield Request("DELETE", _job(remote))))


def _job(remote: str) -> str:
    return f"/videos/{quote(remote, safe='')}"


def _read(answer: Response) -> dict[str, str]:
    if not answer.ok or not isinstance(answer.data, dict):
        raise Refused(f"it answered {answer.status}: {answer.text[:200]}")
    return answer.data
