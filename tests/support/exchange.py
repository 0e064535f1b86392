"""Recorded exchanges: what a conversation is to ask, what it is answered, and how it must end. No network.

A file of tests/providers/exchanges/<kind>/ is an object: `about` (which fact it stands for), `options` of the provider,
and `exchanges`, each with `ask` (a method of the conversation), `with` (its arguments), `steps` and `ends`. A step has
`asks` (the request; what is at its default is left out) and `answers` (`status`, `headers`, and `json`, `text` or
`saved`). `ends` is what is returned, by the name of its type, or `raises` with a part of what is said.
"""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path, PurePath
from typing import Any

from reelmake.errors import StepError, Transient
from reelmake.model.frame import Size
from reelmake.model.http import File, Request, Response
from reelmake.model.order import ClipOrder, Order
from reelmake.model.remote import Content, Submission
from reelmake.model.take import Attempt
from reelmake.ports import Talk

AT = 1_790_000_000.0  # unix seconds: when answers come, by our clock


def job(**fields: Any) -> Order:
    """An order; `fields` as in Job, `size` as text and `seconds` as a number if that is handier. Of another `medium`
    than a clip it has only what it says."""
    known: dict[str, Any] = {
        "dialect": "any/1", "model": "sora-2", "operation": "generate", "prompt": "A child flies a kite.", "avoid": "",
        "size": "1280x720", "seconds": 8, "seed": None, "variation": 1, "take": 1, "extras": {}, "shot": "park",
        "provider": "studio", "tier": "final",
    }  # fmt: skip
    clip = fields.get("medium", "clip") == "clip"
    known |= fields if clip else {"size": None, "seconds": None, **fields}
    if isinstance(known["size"], str):
        known["size"] = Size(*map(int, known["size"].split("x")))
    if known["seconds"] is not None:
        known["seconds"] = Fraction(str(known["seconds"]))
    return ClipOrder(**known) if clip else Order(**known)


def order(inputs: Mapping[str, str] | None = None, source: str = "", seed: int = 7, **fields: Any) -> Submission:
    files = {label: Path(name) for label, name in (inputs or {}).items()}
    return Submission(job(**fields), files, "token-1", source, seed)


def attempt(at: str, asked: Mapping[str, Any] | None = None, theirs: str = "") -> Attempt:
    """An order whose answer was lost; `asked` as execute writes it down, over what `job` has. `theirs`: the provider's
    own time then, as far as it was known."""
    told = {"model": "sora-2", "operation": "generate", "prompt": "A child flies a kite.", "avoid": "",
            "size": "1280x720", "seconds": "8", "seed": "null"}  # fmt: skip
    return Attempt(
        "key", "token-1", "studio", "park", at=at, order=json.dumps({**told, **(asked or {})}), theirs=theirs
    )


def answer(status: int = 200, headers: Mapping[str, str] | None = None, at: float = AT, **body: Any) -> Response:
    """`json`, `text` or `body` (bytes); `saved`: a clip that went to the disk."""
    content = json.dumps(body["json"]) if "json" in body else body.get("text", "")
    return Response(status, headers or {}, body.get("body", content.encode()), at)


def hold(talk: Talk[Any], replies: Sequence[Response]) -> tuple[list[Request], Any]:
    """What is asked, and the end: a value, or the StepFailed that was raised."""
    asked: list[Request] = []
    waiting = iter(replies)
    try:
        asked.append(next(talk))
        while True:
            reply = next(waiting, None)
            assert reply is not None, f"it asks for more: {asked[-1]}"
            asked.append(talk.send(reply))
    except StopIteration as end:
        return asked, end.value
    except StepError as error:
        return asked, error


def shown(request: Request) -> dict[str, Any]:
    """A request as an exchange has it."""
    known = {f.name: f.default for f in dataclasses.fields(Request) if f.default is not dataclasses.MISSING}
    said = {f.name: getattr(request, f.name) for f in dataclasses.fields(Request)}
    told = {name: value for name, value in said.items() if value != known.get(name) and value != {}}
    return {name: _written(_named(v) if name in ("form", "query") else v) for name, v in told.items()}


def _named(parts: Sequence[tuple[str, Any]]) -> Any:
    """A mapping, unless a name stands there twice."""
    return dict(parts) if len(dict(parts)) == len(parts) else parts


def ended(end: Any) -> dict[str, Any]:
    """An end as an exchange has it."""
    if isinstance(end, StepError):
        after = {"after": end.after} if isinstance(end, Transient) and end.after is not None else {}
        return {"raises": type(end).__name__, "says": str(end), **after}
    if dataclasses.is_dataclass(end):
        defaults = {f.name: f.default for f in dataclasses.fields(end)}
        told = {name: value for name, value in vars_of(end).items() if value != defaults[name]}
        return {type(end).__name__: _written(told)}
    return {"returns": _written(end)}


def check(exchange: Mapping[str, Any], talk: Talk[Any]) -> None:
    """Holds an exchange and compares every request and the end."""
    asked, end = hold(talk, [answer(**step["answers"]) for step in exchange["steps"]])
    assert [shown(request) for request in asked] == [step["asks"] for step in exchange["steps"]]
    told, wanted = ended(end), dict(exchange["ends"])
    if "says" in wanted:
        assert wanted.pop("says") in told["says"]
    assert {name: value for name, value in told.items() if name != "says"} == wanted


def vars_of(value: Any) -> dict[str, Any]:
    return {f.name: getattr(value, f.name) for f in dataclasses.fields(value)}


def _written(value: Any) -> Any:
    if isinstance(value, File):
        return f"file:{value.path}" if value.form == "data-url" else f"{value.form}:{value.path}"
    if isinstance(value, Content):
        words = [[word.text, str(word.begin), str(word.end)] for word in value.words]
        return {"data": value.data.decode("latin-1"), **({"words": words} if words else {})}
    if dataclasses.is_dataclass(value):
        return _written({n: v for n, v in vars_of(value).items() if v not in ("", None)})
    if isinstance(value, Mapping):
        return {name: _written(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_written(part) for part in value]
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def load(folder: PurePath) -> list[tuple[str, dict[str, Any], dict[str, Any]]]:
    """(name, file, exchange) of every exchange in a folder."""
    found = []
    for file in sorted(Path(folder).glob("*.json")):
        whole = json.loads(file.read_text("utf-8"))
        assert whole["about"]
        for number, exchange in enumerate(whole["exchanges"], 1):
            found.append((f"{file.stem}-{number}", whole, exchange))
    return found
