"""What replies mean, whoever sends them: what it complains of, and which branch of errors.StepError that is.

Shared by the kinds of provider that speak HTTP. Knows no vendor's paths; the words it looks for are data at the top,
each seen at a vendor or in the source of a server.
"""

from __future__ import annotations

import json
import re
from typing import NamedTuple
from urllib.parse import quote

from reelmake import errors
from reelmake.model.http import Response
from reelmake.model.remote import Dead
from reelmake.providers._times import after, poll_after, said_at, unix, utc

__all__ = [
    "ReplyError", "after", "complaint", "dead", "moderated", "no_route", "path", "poll_after", "reason", "refusal",
    "said_at", "tidy", "unix", "utc", "withheld",
]  # fmt: skip

LONGEST = 500  # characters of a stranger's message that we pass on

# Words are compared as the last function of this file reads texts: small letters, one space between words.
_MODERATION = (
    "moderation", "sentinel block", "content policy", "content filter", "policy violation", "usage polic", "safety",
    "sensitive content", "responsible ai", "data inspection", "nsfw", "guardrail", "prohibited content",
)  # fmt: skip
_INPUT = ("input", "the prompt", "your prompt")
_MONEY = (
    "insufficient quota", "insufficient user quota", "exceeded your current quota", "billing hard limit",
    "billing not active", "insufficient credit", "insufficient balance", "insufficient fund", "not enough credit",
    "out of credit", "balance is insufficient", "balance not enough", "budget exceeded", "budget has been exceeded",
    "payment required", "arrearage",
)  # fmt: skip
_ACCESS = (
    "invalid api key", "incorrect api key", "no api key", "missing api key", "auth error", "authentication error",
    "authentication fails", "unauthorized", "permission denied", "no connected db", "key expired", "key has expired",
    "token expired", "token has expired", "subscription expired", "subscription has expired",
)  # fmt: skip
_OWN_DISK = ("permission denied",)  # in a 500, what a server says that could not write the clip it had made
_FAULTY = (
    "invalid request", "invalid input", "invalid prompt", "invalid parameter", "invalid image", "invalid value",
    "invalid argument", "unsupported", "not supported", "must match", "bad request", "too long", "too large",
)  # fmt: skip
_FAULTY_NUMBERS = ("400", "413", "415", "422")  # vLLM gives a status as the reason of a failed job
# A proxy's 503 after it had sent it on; "application error" is the page of a platform whose service took too long.
_LOST = ("upstream", "reset before", "disconnect", "timed out", "timeout", "application error")
_GIVEN_UP = (408, 504, 524)  # a gateway that would not wait any longer: who stands behind it may be at it still
_TOO_LONG = ("timed out", "timeout", "application error")
_MISSING = (
    "not found", "does not exist", "no such", "expired", "no longer",
    "been deleted", "was deleted", "is deleted", "already deleted",  # and not "cannot be deleted"
)  # fmt: skip
_NOT_YET = (
    "not completed", "not complete", "not finished", "not ready", "not available yet", "not yet", "in progress",
    "still processing", "still running", "still being", "is processing", "is running", "is queued", "is pending",
    "status queued", "status pending", "status processing", "status running",
)  # fmt: skip
_LOCKED = (423, 425)
_CLIP = ("video", "job", "generation", "task", "clip", "id")


class ReplyError(NamedTuple):
    """What a reply says is wrong, as texts; what it does not say is ""."""

    code: str = ""
    message: str = ""
    type: str = ""
    param: str = ""

    def __str__(self) -> str:
        named = self.code or self.type
        said = f"{named}: {self.message}" if named and self.message else named or self.message
        return f"{said} [{self.param}]" if self.param and self.param not in said else said


def complaint(reply: Response) -> ReplyError:
    """What is wrong, from every envelope that was seen; of a page or of garbage, its first words.

    A gateway's complaint that quotes its upstream's as JSON inside the message is read through to the upstream's.
    """
    found = reason(reply.data)
    return found if any(found) else ReplyError(message=_page(reply.text))


def refusal(reply: Response, *, paid: bool, source: bool = False) -> errors.StepError:
    """The class of an answer that is not what was asked for.

    paid: it answers a request that may be billed, so what does not surely say no is Ambiguous. `source`: the order
    names a clip there, so a "not found" speaks of that clip (Gone).
    """
    wrong = complaint(reply)
    kind = _class(reply, wrong, paid=paid, source=source)
    said = tidy(f"it answers {reply.status}{f' ({wrong})' if any(wrong) else ''}{_place(reply)}")
    if kind is errors.Transient:
        return errors.Transient(said, after=after(reply))
    if kind is errors.Refused and no_route(reply):
        return kind(said, next_steps=("check its `base_url`, and whether the server can do this", "reelmake build"))
    if issubclass(kind, errors.Refused):
        return kind(said, field=wrong.param)
    if kind is errors.Ambiguous:
        return errors.Ambiguous(said, slow=reply.status in _GIVEN_UP or _speaks(wrong.message, _TOO_LONG))
    return kind(said)  # what to do next is said where the shot is known


def _class(reply: Response, wrong: ReplyError, *, paid: bool, source: bool) -> type[errors.StepError]:
    status, named = reply.status, f"{wrong.code} {wrong.type}"
    if status in (401, 407):
        return errors.NoAccess
    if 400 <= status < 500 and status != 404:
        if status == 402 or _speaks(f"{named} {wrong.message}", _MONEY):
            return errors.NoCredit
        if status not in (408, 425, 429) and moderated(named, wrong.message):
            return errors.Moderated
    if status == 403 or (status in (400, 500) and _speaks(f"{named} {wrong.message}", _ACCESS)):
        if status == 500 and paid and _speaks(wrong.message, _OWN_DISK):
            return errors.Ambiguous
        return errors.NoAccess  # LiteLLM: no key is a 500, a wrong one without a database a 400
    if status in (425, 429):
        return errors.Transient
    if status == 503:
        return errors.Ambiguous if paid and _speaks(wrong.message, _LOST) else errors.Transient
    if status == 408 or (status >= 500 and status != 501) or status < 300:
        return errors.Ambiguous if paid else errors.Transient
    if (source or not paid) and _missing(reply, wrong):
        return errors.Gone
    return errors.Transient if status == 409 and not paid else errors.Refused


def _missing(reply: Response, wrong: ReplyError) -> bool:
    """Does it say that the job or clip, whose id was in the request, is not there? LiteLLM says so with a 400."""
    if reply.status in (404, 410):
        return not no_route(reply)
    return reply.status in (400, 422) and _speaks(wrong.message, _MISSING) and _speaks(wrong.message, _CLIP)


def withheld(reply: Response, error: errors.StepError | None, *, linked: bool) -> errors.StepError:
    """What an answer means that was to be the clip of a finished job: not yet, or not at all. `error`: its class as of
    any other answer, None for one that complains of nothing. `linked`: it came from a link, which may have expired and
    is asked for anew.

    A clip is not refused as an order is: the job stays open, and what was paid for is asked for again.
    """
    wrong = complaint(reply)
    known = isinstance(error, errors.NoCredit | errors.Moderated) or reply.status in (401, 407)
    waits = reply.status in _LOCKED or (not known and _speaks(wrong.message or wrong.code, _NOT_YET))
    closed = type(error) is errors.Refused and (linked or not no_route(reply))
    if error is None or waits or closed or (linked and reply.status in (401, 403)):
        said = tidy(f"what it sent is not a clip: it answers {reply.status}{f' ({wrong})' if any(wrong) else ''}")
        return errors.Transient(said, after=after(reply))
    return error


def moderated(code: str, message: str) -> bool:
    """Is this a rule of what may be shown?"""
    return _speaks(code, _MODERATION) or _speaks(message, _MODERATION)


def dead(code: str, message: str) -> Dead:
    """The end of a job, by what the provider gives as its reason.

    Moderated is what was made; an order that offends by itself is Refused, for it would be refused again.
    """
    said = tidy(str(ReplyError(code, message))) or "it failed there without a reason"
    for is_so, ours in (
        (moderated(code, message) and not _speaks(f"{code} {message}", _INPUT), errors.Moderated.code),
        (moderated(code, message), errors.Refused.code),
        (_speaks(code, _MONEY) or _speaks(message, _MONEY), errors.NoCredit.code),
        (_speaks(code, _ACCESS), errors.NoAccess.code),
        (code in _FAULTY_NUMBERS or _speaks(f"{code} {message}", _FAULTY), errors.Refused.code),
    ):
        if is_so:
            return Dead(ours, said)
    return Dead(errors.StepError.code, said)


def no_route(reply: Response) -> bool:
    """Does a 404 say that there is no such address at all (a wrong base_url, a server without this operation)?

    The forms of OpenAI, of FastAPI and Starlette, and of every web server that answers with a page. What is merely
    not found there is said in other words, so that a wrong address never passes for a lost clip.
    """
    if reply.status != 404:
        return False
    if reply.data == {"detail": "Not Found"} or complaint(reply).message.lower().startswith("invalid url"):
        return True
    return bool(re.match(r"\s*<(!doctype\s+)?html", reply.text, re.I))


def path(*segments: str) -> str:
    """A path of these segments, each percent-encoded whole: an id may hold "/", "+", "=", "?" or be ".."."""
    return "".join(
        f"/{quote(s, safe='', errors='surrogatepass') if s.strip('.') else s.replace('.', '%2E')}" for s in segments
    )


def tidy(text: str) -> str:
    """A stranger's text on one line, without control characters, and not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * LONGEST]).split())
    return line if len(line) <= LONGEST else line[: LONGEST - 1] + "…"


# Reading


def reason(value: object, depth: int = 4) -> ReplyError:
    """The complaint in a JSON value (an object in any envelope, a list, a text), the innermost that says something."""
    if depth == 0:
        return ReplyError()
    if isinstance(value, list):
        return next((found for part in value[:20] if any(found := reason(part, depth - 1))), ReplyError())
    if isinstance(value, str):
        inner = _quoted(value, depth)
        return inner if any(inner) else ReplyError(message=tidy(value))
    if not isinstance(value, dict):
        return ReplyError()
    for name in ("error", "errors", "detail", "base_resp"):
        inner = reason(value.get(name), depth - 1)
        if any(inner):
            return inner._replace(code=inner.code or _word(value.get("code")))
    message = next((m for n in ("message", "msg", "status_msg", "reason") if (m := value.get(n))), "")
    code = next((c for n in ("code", "status_code", "error_code") if (c := _word(value.get(n)))), "")
    place = value.get("param") or value.get("loc")
    where = ".".join(map(_word, place)) if isinstance(place, list) else _word(place)
    quoted = _quoted(message, depth) if isinstance(message, str) else reason(message, depth - 1)
    if any(quoted):
        return quoted
    text = tidy(message) if isinstance(message, str) else ""
    return ReplyError(code, text, _word(value.get("type")), where)


def _quoted(message: str, depth: int) -> ReplyError:
    """The complaint that a message quotes as JSON."""
    start = message.find("{")
    if start < 0:
        return ReplyError()
    try:
        value, _ = json.JSONDecoder().raw_decode(message, start)
    except (ValueError, RecursionError):
        return ReplyError()
    return reason(value, depth - 1)


def _word(value: object) -> str:
    return tidy(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _page(text: str) -> str:
    """The first words of something that is no JSON; of a page, its title."""
    title = re.search(r"<title[^>]*>(.*?)</title", text[:20_000], re.I | re.S)
    return tidy(title[1] if title else re.sub(r"<[^>]{0,500}>", " ", text[:4_000]))[:120]


def _place(reply: Response) -> str:
    """Where a redirect points, without its query, which may be a signature."""
    place = reply.headers.get("location", "") if 300 <= reply.status < 400 else ""
    return f": it is at {place.partition('?')[0]}" if place else ""


def _speaks(text: str, words: tuple[str, ...]) -> bool:
    """One of `words` in `text`, whatever the spelling: insufficient_quota, InsufficientQuota, Insufficient quota."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])|[^A-Za-z0-9]+", " ", text).lower()
    return any(f" {word}" in f" {apart}" for word in words)
