"""One job at the fake server, and how it stands at a moment: a pure function of the time that has passed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from reelmake_fake import recipe as recipes
from reelmake_fake.faults import ENDS, Fault, parse
from reelmake_fake.recipe import Recipe

QUEUED = 0.1  # of its time a job waits before work begins


@dataclass(frozen=True, slots=True)
class Video:
    """`created`, `takes`, `kept`: unix seconds, and spans of them (`kept` None = for ever). `script`: all its words.

    `polls`, `downloads`: how many of its words of that stage are used up. `hurried`: finished early, at that time.
    """

    id: str
    recipe: Recipe
    created: float
    takes: float
    kept: float | None
    script: tuple[str, ...] = ()
    remixed_from: str = ""
    polls: int = 0
    downloads: int = 0
    hurried: float | None = None

    @property
    def faults(self) -> tuple[Fault, ...]:
        return parse(self.script)

    @property
    def end(self) -> Fault | None:
        """How it ends, if not well."""
        return next((fault for fault in self.faults if fault.name in ENDS), None)

    @property
    def ends(self) -> float:
        """When it is finished."""
        return self.created + self.takes if self.hurried is None else self.hurried

    @property
    def expires(self) -> float | None:
        return None if self.kept is None else self.ends + self.kept

    def status(self, now: float) -> str:
        """queued, in_progress, completed, failed, expired or cancelled."""
        if now < self.ends:
            return "queued" if now < self.created + self.takes * QUEUED else "in_progress"
        end = self.end.name if self.end else ""
        return {"fail": "failed", "fail-http": "failed", "expired": "expired", "cancelled": "cancelled"}.get(
            end, "completed"
        )

    def finished(self, now: float) -> bool:
        return now >= self.ends

    def progress(self, now: float) -> int:
        if self.status(now) == "completed":
            return 100
        return max(0, min(99, int(100 * (now - self.created) / self.takes))) if self.takes else 0

    def error(self, now: float) -> dict[str, str] | None:
        """Why it failed, as the dialect says it."""
        if self.status(now) != "failed" or self.end is None:
            return None
        code = self.end.argument if self.end.name == "fail" and self.end.argument else "server_error"
        return {"code": code, "message": _MESSAGES.get(code, f"The video could not be generated ({code}).")}


_MESSAGES = {
    "moderation_blocked": "Your request was blocked by our moderation system.",
    "server_error": "The server had an error while generating the video.",
}


def as_json(video: Video) -> dict[str, Any]:
    return {
        "id": video.id,
        "recipe": recipes.as_json(video.recipe),
        "created": video.created,
        "takes": video.takes,
        "kept": video.kept,
        "script": list(video.script),
        "remixed_from": video.remixed_from,
        "polls": video.polls,
        "downloads": video.downloads,
        "hurried": video.hurried,
    }


def from_json(value: Mapping[str, Any]) -> Video:
    return Video(**{**value, "recipe": recipes.from_json(value["recipe"]), "script": tuple(value["script"])})
