"""A forge: the site that keeps a repository and runs its checks. What it tells of the change that a run is about, and
the one comment that stays up to date there.

    forge.change()                     what is to be merged, by whom, into what; None on other runs
    one_comment(forge, name, run, …)   written, or written over

Its own comment is known by a mark in its first line *and* by its author, for anybody may write the mark. Two runs that
write at once leave one comment, and a run that was overtaken leaves the newer one's alone. Knows no forge by name, and
nothing of what a comment says.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

import httpx

from reelmake.errors import NoAccess, ReelmakeError, StepError
from reelmake.records import dataclass

UNWRITTEN = "RM755"
Told = Mapping[str, Any]  # an object that a forge has sent
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,49}")  # of a comment, and of the files of a preview
PATIENCE = 90.0  # seconds that a forge may ask us to wait, all in all
_TRIES = 4
_COMMIT = re.compile(r"[0-9a-f]{40}([0-9a-f]{24})?")
_RUN = re.compile(r"<!-- reelmake:\S+ run=(\d+) -->")


@dataclass(frozen=True, slots=True)
class Proposal:
    """What somebody wants to be merged. `foreign`: out of another repository, whose people may not write to this one.
    `base`, `head`: commits, as the forge named them when the run began.."""

    number: int
    foreign: bool
    base: str
    head: str


@dataclass(frozen=True, slots=True)
class Comment:
    id: int
    author: str
    body: str


def commit(text: object) -> str:
    """What is a commit's name and nothing else: it becomes an argument of git. Raises ValueError."""
    if not isinstance(text, str) or not _COMMIT.fullmatch(text):
        raise ValueError(f"not the name of a commit: {text!r}")
    return text


class Forge(Protocol):
    """Raises NoAccess where this token may not do it, StepError where the forge cannot be asked (RM755)."""

    @property
    def most(self) -> int:
        """Characters that a comment may have."""

    @property
    def run(self) -> int:
        """The number of this run: a later one has a higher."""

    def change(self) -> Proposal | None: ...
    def myself(self) -> str:
        """Who the token belongs to, as the author of comments is called."""

    def comments(self) -> Iterable[Comment]:
        """All of the change, the oldest first."""

    def write(self, body: str) -> Comment: ...
    def rewrite(self, id: int, body: str) -> None: ...
    def remove(self, id: int) -> None: ...


def marked(name: str, run: int, body: str) -> str:
    """A body whose first line is the mark: it is in no rendered text."""
    return f"<!-- reelmake:{name} run={run} -->\n{body}"


def one_comment(forge: Forge, name: str, run: int, body: str) -> str:
    """The comment of this name says `body` from now on, and there is no second one: "written", "updated", or
    "overtaken" where a later run than `run` has written it already. Raises as the forge does."""
    text, me = marked(name, run, body), forge.myself()
    mine = _mine(forge, name, me)
    ended = "updated" if mine else "written"
    if not mine:
        made = forge.write(text)
        mine = _mine(forge, name, me) or [made]  # another run may have written one at the same time
    first, *others = mine
    if (found := _RUN.match(first.body)) and int(found[1]) > run:
        ended = "overtaken"
    elif first.body != text:
        forge.rewrite(first.id, text)
    for other in others:
        forge.remove(other.id)
    return ended


def _mine(forge: Forge, name: str, me: str) -> list[Comment]:
    mark = f"<!-- reelmake:{name} run="
    return sorted(
        (c for c in forge.comments() if c.author == me and c.body.startswith(mark)), key=lambda comment: comment.id
    )


class Api:
    """A forge's HTTP interface, asked with a token. What it says of waiting is obeyed, within PATIENCE."""

    def __init__(self, base: str, headers: Mapping[str, str]) -> None:
        self._base = base.rstrip("/")
        self._client = httpx.Client(headers=dict(headers), timeout=30, follow_redirects=False)
        self._patience = PATIENCE

    def ask(self, method: str, path: str, json: object = None, **params: str | int) -> Any:
        """What it answers, decoded; None if that is nothing. Raises NoAccess and StepError (RM755).

        What may have been done is not asked for again: only a `GET`, and what it was too busy for.
        """
        for turn in range(_TRIES):
            try:
                answer = self._client.request(method, self._base + path, json=json, params=params or None)
            except httpx.TransportError as error:
                if method != "GET" or not self._wait(2.0**turn):
                    raise _unwritten(f"{self._base} cannot be reached: {error}") from None
                continue
            if answer.is_success:
                return answer.json() if answer.content else None
            wait = _asked_to_wait(answer)
            if wait is None and method == "GET" and answer.status_code >= 500:
                wait = 2.0**turn
            if wait is None or turn == _TRIES - 1 or not self._wait(wait):
                raise _refusal(answer)
        raise _unwritten(f"{self._base} cannot be reached")

    def _wait(self, seconds: float) -> bool:
        if seconds > self._patience:
            return False
        self._patience -= seconds
        time.sleep(seconds)
        return True


def _asked_to_wait(answer: httpx.Response) -> float | None:
    """Seconds until it may be asked again, if it said no only because it is asked too much."""
    if answer.status_code not in (403, 429):
        return None
    for header, now in (("retry-after", 0.0), ("x-ratelimit-reset", time.time())):
        if header == "x-ratelimit-reset" and answer.headers.get("x-ratelimit-remaining") != "0":
            continue
        value = answer.headers.get(header, "")
        if value.isdecimal():
            return max(1.0, float(value) - now)
    return 5.0 if answer.status_code == 429 else None


def _refusal(answer: httpx.Response) -> ReelmakeError:
    try:
        said = str(answer.json()["message"])[:200]
    except (ValueError, KeyError, TypeError):
        said = answer.reason_phrase
    what = f"{answer.request.method} {answer.request.url.path}: {answer.status_code} {said}"
    if answer.status_code in (401, 403, 404) and _asked_to_wait(answer) is None:
        return NoAccess(what, code=UNWRITTEN)
    return _unwritten(what)


def _unwritten(said: str) -> StepError:
    return StepError(said, code=UNWRITTEN)
