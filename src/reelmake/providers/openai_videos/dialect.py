"""How servers of the /v1/videos shape differ, as data: single options, and for each known server those that fit it.

Sources, read or measured in November 2026: OpenAI's contract 2.3.0, LiteLLM proxy 1.105.0, vLLM-Omni 0.30.0,
SGLang-Diffusion 0.5.23, Azure OpenAI's pages, new-api. Knows nothing of requests.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from typing import Any

from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Dialect:
    """One server's ways; OPTIONS says what each means."""

    server: str = "openai"
    body: str = "multipart"
    seconds: str = "text"
    image: str = "file"
    content: str = "/videos/{id}/content"
    variant: str = "omit"
    remix: str = "edits"
    uploads: bool = True
    list: bool = True
    lag: float | None = None  # seconds after which a job is in its list; None = nobody says. An option of every kind
    cancel: bool = False
    seed: str = ""
    negative: str = ""
    auth: str = "Authorization"
    prefix: str = "Bearer "
    api_version: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)


# Both put a job into the list, which is their own memory, before they answer.
_VLLM = Dialect("vllm-omni", uploads=False, seed="seed", negative="negative_prompt", lag=0.0, cancel=True)  # forms only
_SGLANG = Dialect("sglang", uploads=False, seed="seed", negative="negative_prompt", lag=0.0, seconds="number")
_KNOWN = (
    Dialect(),
    # Its list asks another server unless a header says which, and ids in it are not those that create gave.
    Dialect("litellm", list=False),
    _VLLM,
    _SGLANG,
    Dialect("azure", auth="api-key", prefix=""),
    Dialect("azure-jobs", auth="api-key", prefix="", api_version="preview", uploads=False),  # the older form
    Dialect("new-api", remix="remix", uploads=False, list=False),
)
SERVERS: Mapping[str, Dialect] = {known.server: known for known in _KNOWN}


def dialect(options: Mapping[str, object]) -> Dialect:
    """The ways of a server by the `options` of a provider, which may hold others; what they leave out is as the server
    has it."""
    server = str(options.get("server", "openai"))
    said: dict[str, Any] = {name: options[name] for name in OPTIONS if name in options}
    return replace(SERVERS.get(server) or Dialect(server), **said)


def _word(title: str, description: str, *words: str) -> dict[str, object]:
    return {"title": title, "description": description, "enum": list(words), "examples": [words[-1]]}


def _text(title: str, description: str, example: str, **rest: object) -> dict[str, object]:
    return {"title": title, "description": description, "type": "string", "examples": [example], **rest}


def _flag(title: str, description: str, example: bool) -> dict[str, object]:
    return {"title": title, "description": description, "type": "boolean", "examples": [example]}


OPTIONS: Mapping[str, Mapping[str, object]] = {
    "server": _word("Server", "Which server it is; sets the other options as they fit it.", *SERVERS),
    "body": _word("Body", "How an order is written, where it has no picture.", "multipart", "json"),
    "seconds": _word("Seconds", "A length in JSON is a text or a number.", "text", "number"),
    "image": _word("First image", "A picture is a file of a form, or a data URL in JSON.", "file", "data-url"),
    "content": _text(
        "Content", "Where a clip is; {id} is its id.", "/videos/{id}/download",
        pattern=r"^/.*\{id\}", patternErrorMessage="a path that begins with / and holds {id}",
    ),
    "variant": _word("Variant", "Leave the kind of content out of the request, or ask for `video`.", "omit", "video"),
    "remix": _word("Remix", "A clip is changed by /videos/edits, or by /videos/{id}/remix.", "edits", "remix"),
    "uploads": _flag("Uploads", "Does it change or lengthen a clip that is sent to it?", False),
    "list": _flag("List", "Can it list all its jobs? Lost answers are looked for there.", False),
    "cancel": _flag("Cancel", "Does deleting a job stop it?", True),
    "seed": _text("Seed", "The field for a seed; empty = it has none.", "seed"),
    "negative": _text("Negative prompt", "The field for a negative prompt; empty = it has none.", "negative_prompt"),
    "auth": _text("Header of the key", "The header that holds the key.", "api-key"),
    "prefix": _text("Before the key", "What comes before the key in that header.", "Bearer "),
    "api_version": _text("Version", "Sent with every request as `api-version`.", "preview"),
    "headers": {
        "title": "Headers",
        "description": "Sent with every request. No secrets: they would be readable in the storyboard.",
        "type": "object",
        "additionalProperties": {"type": "string"},
        "examples": [{"custom-llm-provider": "openai"}],
    },
}  # fmt: skip
"""Every option as JSON Schema has a property."""
