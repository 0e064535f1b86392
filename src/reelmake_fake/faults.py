"""The words of a script: what goes wrong with a job, at which stage of it. Knows nothing of how it is brought about.

A word is `fault`, `fault:argument` or `stage:fault…`, and `*3` behind it stands for three of them. Without a stage it
belongs to that of the word before it, else to the first stage that knows it.

A script is read job by job: each `create` word spoils one attempt to place the order, each `poll` word one question for
its status, each `content` word one download; then all goes well. Ends (`fail`, `expired` …) say how the job ends,
a `webhook` word how that is told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Stage = Literal["create", "poll", "content", "webhook"]
STAGES: tuple[Stage, ...] = ("create", "poll", "content", "webhook")

WORDS: Mapping[Stage, Mapping[str, str]] = {
    "create": {
        "ok": "nothing goes wrong with this one",
        "refuse-429": "429, wait `:seconds` (1)",
        "busy-503": "503, wait `:seconds` (1)",
        "500": "500 with an error body",
        "502-html": "502 with a page of HTML, as proxies have it",
        "400-moderation": "400, code moderation_blocked",
        "400-quota": "400, code billing_hard_limit_reached",
        "429-quota": "429, code insufficient_quota",
        "401": "401",
        "403": "403",
        "slow": "answers after `:seconds` (1)",
        "drop-before": "closes the connection; nothing was accepted",
        "drop": "accepts, bills, and closes without an answer",
        "half": "accepts, bills, and sends half an answer",
        "garbage": "accepts, bills, and answers 200 with broken JSON",
        "no-id": "accepts, bills, and answers 200 without an id",
        "hold-before": "accepts nothing and says nothing until released",
        "hold": "accepts, bills, and says nothing until released",
    },
    "poll": {
        "ok": "nothing goes wrong with this one",
        "pending": "still in progress, whatever the time",
        "done": "completed now, whatever the time",
        "stall": "the next `:n` (3) answers show no progress",
        "429": "429, wait `:seconds` (1)",
        "500": "500 with an error body",
        "502-html": "502 with a page of HTML",
        "garbage": "200 with broken JSON",
        "drop": "closes the connection",
        "slow": "answers after `:seconds` (1)",
        "hold": "says nothing until released",
        "unknown-status": "status `:word` (processing)",
        "nulls": "progress, created_at, seconds and size are null",
        "id-changes": "the answer has another id",
        "gone": "404",
        "fail": "ends failed with the code `:code` (server_error)",
        "fail-http": "ends failed and is shown with the status `:status` (500)",
        "expired": "ends with the status `expired`",
        "cancelled": "ends with the status `cancelled`",
        "no-content": "ends completed, but there never is a clip",
        "lost": "the job is gone: 404 from then on",
    },
    "content": {
        "ok": "nothing goes wrong with this one",
        "404": "404",
        "429": "429, wait `:seconds` (1)",
        "500": "500 with an error body",
        "502-html": "502 with a page of HTML",
        "drop": "closes the connection",
        "cut": "half of the bytes, then the connection closes",
        "chunked": "the whole clip in chunks, no length announced",
        "chunked-cut": "half of the clip in chunks, then the connection closes",
        "too-long": "announces more than it sends",
        "too-short": "announces, and sends, less than there is",
        "redirect": "302 to `:url`",
        "redirect-self": "302 to the clip on another port of this server, where no key is needed",
        "redirect-private": "302 to an address of a private network",
        "redirect-loop": "302 to itself",
        "elsewhere": "400 with the place of the clip in the text",
        "html": "200 with a page of HTML",
        "empty": "200 with no bytes",
        "not-a-video": "200, video/mp4, and bytes that are not a video",
        "damaged": "the right number of bytes, some of them changed",
        "a-sound": "200, video/mp4, and a WAV file",
        "a-gif": "200, video/mp4, and an animated picture",
        "slow": "spreads the bytes over `:seconds` (1)",
        "hold": "half of the bytes, then nothing until released",
    },
    "webhook": {
        "never": "no webhook is sent",
        "twice": "sent twice, with the same id",
        "forged": "signed with another secret",
        "stale": "signed an hour ago",
    },
}
ENDS = ("fail", "fail-http", "expired", "cancelled", "no-content")
_ALIASES = {("create", "429"): "refuse-429", ("create", "503"): "busy-503", ("content", "wrong-length"): "too-long"}
_WORD = re.compile(r"(?:(create|poll|content|webhook):)?([a-z0-9-]+?)(?::(.*?))?(?:\*(\d{1,4}))?")


@dataclass(frozen=True, slots=True)
class Fault:
    """One word, understood."""

    stage: Stage
    name: str
    argument: str = ""

    def number(self, otherwise: float) -> float:
        try:
            return float(self.argument)
        except ValueError:
            return otherwise


@dataclass(frozen=True, slots=True)
class Rule:
    """A fault of the server as a whole: it comes with requests first, first + step … last of its stage, from 1 on."""

    fault: Fault
    first: int = 1
    last: int | None = None
    step: int = 1

    def meets(self, count: int) -> bool:
        within = self.first <= count and (self.last is None or count <= self.last)
        return within and (count - self.first) % self.step == 0


def parse(words: Iterable[str]) -> tuple[Fault, ...]:
    """Raises ValueError with a sentence that names the word and what is known."""
    found: list[Fault] = []
    for word in words:
        match = _WORD.fullmatch(word.strip())
        if not match:
            raise ValueError(f'"{word}" is no word of a script: [stage:]fault[:argument][*times]')
        stage, name, argument, times = match.groups()
        fault = _placed(word, stage, name, argument or "", found[-1].stage if found else None)
        found += [fault] * int(times or 1)
    return tuple(found)


def rule(text: str) -> Rule:
    """`FAULT` every time, `FAULT@3` the third, `FAULT@3-5`, `FAULT@3-`, `FAULT@/10` every tenth. Raises ValueError."""
    word, at, when = text.partition("@")
    (fault,) = parse([word])
    if not at:
        return Rule(fault)
    match = re.fullmatch(r"(\d+)(-)?(\d+)?|/(\d+)", when)
    if not match or (match[3] and not match[2]):
        raise ValueError(f'"{when}" in "{text}" should be 3, 3-5, 3- or /10')
    if match[4]:
        step = max(1, int(match[4]))
        return Rule(fault, step, None, step)
    first = int(match[1])
    return Rule(fault, first, int(match[3]) if match[3] else None if match[2] else first)


def words(value: Any) -> tuple[str, ...]:
    """The words that a body's `script` has: a list, JSON text of one, or words between spaces. Raises ValueError."""
    if value is None:
        return ()
    if isinstance(value, str):
        text = value.strip()
        if not text.startswith("["):
            return tuple(text.split())
        try:
            value = json.loads(text)
        except ValueError as error:
            raise ValueError("script is not a JSON list") from error
    if isinstance(value, list) and all(isinstance(word, str | int) for word in value):
        texts = [str(word) for word in value]
        return words(texts[0]) if len(texts) == 1 and texts[0].startswith("[") else tuple(texts)
    raise ValueError("script should be a list of words")


def _placed(word: str, stage: str | None, name: str, argument: str, before: Stage | None) -> Fault:
    order: list[Stage] = [s for s in STAGES if s == stage] if stage else [s for s in (before, *STAGES) if s]
    for candidate in order:
        known = _ALIASES.get((candidate, name), name)
        if known in WORDS[candidate]:
            return Fault(candidate, known, argument)
    known_words = sorted({w for s in order for w in WORDS[s]})
    raise ValueError(f'"{word}" is no word of a script; known: {", ".join(known_words)}')
