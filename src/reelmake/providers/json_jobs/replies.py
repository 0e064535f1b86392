"""What a vendor's replies mean: errors of HTTP, errors inside HTTP 200, the standing of a job.

Knows nothing of what was asked, but for: may it have been billed?
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal

from reelmake import errors
from reelmake.model.http import Response
from reelmake.model.remote import Dead, Pending, Ready, Status
from reelmake.model.vendor import Outcome, Vendor
from reelmake.providers._answers import (
    ReplyError,
    after,
    complaint,
    dead,
    moderated,
    poll_after,
    reason,
    refusal,
    tidy,
    utc,
)
from reelmake.providers.json_jobs.json_path import dollars_at, link, look, token, word
from reelmake.providers.openai_videos.video import fraction, plain

_KINDS: Mapping[Outcome, type[errors.StepError]] = {
    "moderated": errors.Moderated,
    "refused": errors.Refused,
    "no_credit": errors.NoCredit,
    "no_access": errors.NoAccess,
    "gone": errors.Gone,
    "busy": errors.StepError,  # of a dead job; a request that meets it is Transient
    "failed": errors.StepError,
}


def failure(vendor: Vendor, reply: Response, *, paid: bool, source: bool = False) -> errors.StepError | None:
    """What a reply says went wrong; None if it is an answer.

    An error inside HTTP 200 whose code is neither listed nor a status is Ambiguous for what may have been billed: that
    a server complains does not say that it has not begun.
    """
    code, message = _enveloped(vendor, reply)
    wrong = complaint(reply)
    if reply.ok and not code:
        return None
    named = map(str.lower, (code, wrong.code, wrong.type))
    listed = next((vendor.errors[name] for name in named if name in vendor.errors), None)
    said = tidy(f"it answers {reply.status} ({ReplyError(code or wrong.code, message or wrong.message)})")
    if listed is not None:
        return _named(_listed(listed, said, reply, paid=paid, source=source), wrong)
    if not reply.ok:
        return refusal(reply, paid=paid, source=source)
    if code.isdecimal() and 400 <= int(code) <= 599:
        return refusal(replace(reply, status=int(code)), paid=paid, source=source)
    if moderated(code, message):
        return _named(errors.Moderated(said, next_steps=("edit the prompt", "reelmake build")), wrong)
    return errors.Ambiguous(said) if paid else errors.Transient(said, after=after(reply))


def _named(error: errors.StepError, wrong: ReplyError) -> errors.StepError:
    """With the part of the order that it complains of."""
    if isinstance(error, errors.Refused):
        error.field = wrong.param
    return error


def _listed(outcome: Outcome, said: str, reply: Response, *, paid: bool, source: bool) -> errors.StepError:
    if outcome == "busy" or (outcome == "failed" and not paid):
        return errors.Transient(said, after=after(reply))
    if outcome == "failed":
        return errors.Ambiguous(said)
    if outcome == "moderated":
        return errors.Moderated(said, next_steps=("edit the prompt", "reelmake build"))
    if outcome == "gone" and paid and not source:
        return errors.Refused(said)  # nothing that was there before is named in such an order
    return _KINDS[outcome](said)


def _enveloped(vendor: Vendor, reply: Response) -> tuple[str, str]:
    """Code and message of the envelope if it holds an error; two empty texts if not, or if there is no envelope."""
    if vendor.envelope is None or not isinstance(reply.data, dict):
        return "", ""
    found = look(reply.data, vendor.envelope.code)
    if not token(found) or token(found) in vendor.envelope.ok:
        return "", ""
    return tidy(plain(str(found))), word(reply.data, vendor.envelope.message) or complaint(reply).message


def standing(vendor: Vendor, reply: Response) -> Status:
    """How a job stands. Raises Transient where the reply does not tell: that says nothing about the job."""
    ways, data = vendor.status, reply.data
    said = token(look(data, ways.word)) if reply.ok else ""
    if said in ways.dead:
        return _ended(vendor, reply, said)
    if wrong := failure(vendor, reply, paid=False):
        raise wrong
    if any(_is(look(data, (place,)), value) for place, value in ways.blocked.items()):
        text = f"moderation removed the clip ({word(data, ways.message) or said or 'no status'})"
        return Dead(errors.Moderated.code, text, dollars_at(data, ways.cost))
    if (not said or said in ways.ready) and look(data, ways.error):
        return _ended(vendor, reply, said)
    if said in ways.ready or (not said and link(data, vendor.clip.url) and vendor.clip.retrieve is None):
        return Ready(dollars_at(data, ways.cost), _until(vendor, reply))
    if not isinstance(data, dict) or (not said and any(_reason(vendor, data))):
        raise errors.Transient(tidy(f"its answer says nothing about the job: {complaint(reply)}"), after=after(reply))
    wait = look(data, ways.after)
    asked = float(wait) if isinstance(wait, int | float) and not isinstance(wait, bool) and 0 <= wait < 1e6 else None
    note = said if said in ways.pending else f'unknown status "{said}"' if said else "no status"
    rest = asked if asked is not None else poll_after(reply)
    return Pending(fraction(look(data, ways.progress)), note, rest, odd=said not in ways.pending)


def _is(found: object, value: object) -> bool:
    """The same value of the same type: 0 is not false. "*" is any."""
    return bool(found) if value == "*" else type(found) is type(value) and bool(found == value)


def _reason(vendor: Vendor, data: object) -> ReplyError:
    code, message = word(data, vendor.status.code), word(data, vendor.status.message)
    places = (*vendor.status.error, "error", "failure_reason")
    return ReplyError(code, message) if code or message else reason(look(data, places))


def _ended(vendor: Vendor, reply: Response, said: str) -> Dead:
    """A job that ended without a clip: by its code if that is known, else by its words, else by its status word."""
    code, message = _enveloped(vendor, reply)
    why = _reason(vendor, reply.data)
    code, message = why.code or code or why.type, why.message or message
    cost = dollars_at(reply.data, vendor.status.cost)
    meaning = vendor.errors.get(code.lower(), vendor.status.dead.get(said, "failed"))
    end = dead(code, message or (f"it is {said} there" if said in vendor.status.dead else ""))
    if meaning == "failed" or (end.code == errors.Moderated.code and code.lower() not in vendor.errors):
        return replace(end, cost=cost)
    return Dead(_KINDS[meaning].code, end.message, cost)


def refused_result(vendor: Vendor, reply: Response, cost: Decimal | None) -> Dead | None:
    """The end of a job that is done and has no result: it is asked for, and that is answered as a bad order is."""
    wrong = failure(vendor, reply, paid=False) if reply.status in (400, 422) else None
    if not isinstance(wrong, errors.Refused | errors.Moderated):
        return None
    return replace(dead("", str(complaint(reply))), code=wrong.code, cost=cost)


def _until(vendor: Vendor, reply: Response) -> str:
    said = utc(look(reply.data, vendor.status.expires))
    hours = vendor.clip.hours
    return said or (utc(int(reply.at + float(hours * 3600))) if hours and reply.at else "")
