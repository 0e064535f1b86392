"""The Video object, read with tolerance: what a job's state, length, cost and end are in any server's spelling.

Every field may be missing, null, a number or text. Knows nothing of how it was asked for.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from reelmake.errors import Gone
from reelmake.model.http import Response
from reelmake.model.remote import Dead, Pending, Ready, RemoteJob, Status
from reelmake.providers._answers import dead, poll_after, reason, tidy, utc

Video = Mapping[str, object]

PENDING = frozenset({
    "queued", "in_progress", "processing", "pending", "preprocessing", "running", "submitted", "preparing", "queueing",
    "starting", "created", "waiting", "not_started", "throttled", "generating", "cancelling",
})  # fmt: skip
READY = frozenset(["completed", "succeeded", "success", "succeed", "complete", "done", "finished"])
FAILED = frozenset(["failed", "failure", "fail", "error", "rejected", "cancelled", "canceled"])
LOST = frozenset(["deleted", "expired"])

_NUMBER = re.compile(r"(\d{1,12}(?:\.\d{1,20})?)s?")


def video(data: object) -> Video | None:
    """The job in a reply's JSON, bare or in an envelope `data`; None if there is none."""
    inner = data.get("data") if isinstance(data, dict) else None
    found = [value for value in (data, inner) if isinstance(value, dict) and (identity(value) or "status" in value)]
    return next((value for value in found if "status" in value), found[0] if found else None)


def identity(job: Video) -> str:
    """Its id; "" if it has none that can be used."""
    for name in ("id", "task_id", "video_id"):
        value = job.get(name)
        text = str(value) if isinstance(value, str | int) and not isinstance(value, bool) else ""
        if text.strip() and text == plain(text):
            return text
    return ""


def status(job: Video, reply: Response) -> Status:
    """What its status word says; a word that nobody knows means that it is still being made."""
    word = _word(job)
    if word in READY:
        return Ready(cost(job), utc(job.get("expires_at")))
    if word in FAILED or word in LOST:
        return ended(job)
    note = word if word in PENDING else f'unknown status "{tidy(word)}"' if word else "no status"
    return Pending(fraction(job.get("progress")), note, poll_after(reply), odd=word not in PENDING)


def failed(job: Video, remote: str) -> bool:
    """Is it, in an answer that is not a 2xx, really the job, and has it ended? vLLM-Omni tells a failure so."""
    is_job = job.get("object") == "video" or identity(job) == remote
    return is_job and _word(job) in FAILED | LOST


def ended(job: Video) -> Dead:
    word = _word(job)
    why = reason(job.get("error") or job.get("failure_reason") or job.get("fail_reason"))
    if word in LOST:
        return Dead(Gone.code, str(why) or f"it is {word} there", cost(job))
    if not any(why) and word.startswith("cancel"):
        why = why._replace(message="it was cancelled there")
    end = dead(why.code or why.type, why.message)
    return Dead(end.code, end.message, cost(job))


def listed(job: Video) -> RemoteJob:
    """As a list shows it."""
    return RemoteJob(
        remote=identity(job),
        status=tidy(_word(job)),
        prompt=prompt(job),
        model=tidy(str(job.get("model") or "")),
        size=size(job),
        seconds=number(job.get("seconds", job.get("n_seconds"))),
        created=utc(job.get("created_at")),
        expires=utc(job.get("expires_at")),
    )


def prompt(job: Video) -> str:
    value = job.get("prompt")
    return plain(value) if isinstance(value, str) else ""


def size(job: Video) -> str:
    """WxH, also of a server that gives the two apart; "" if it does not say."""
    value = job.get("size")
    if isinstance(value, str) and value:
        return tidy(value.lower().replace("*", "x"))
    width, height = number(job.get("width")), number(job.get("height"))
    return f"{width}x{height}" if width and height else ""


def fraction(progress: object) -> float | None:
    """0..1 of a progress in per cent, "33%" too, or of a fraction below 1; None if it is neither."""
    value = number(progress.strip().removesuffix("%") if isinstance(progress, str) else progress)
    if value is None:
        return None
    part = value if value < 1 and value.denominator > 1 else value / 100
    return float(min(Fraction(1), part))


def cost(job: Video) -> Decimal | None:
    """USD, where it names one; None = not said."""
    usage = job.get("usage")
    return dollars(usage.get("cost")) if isinstance(usage, dict) else None


def dollars(value: object) -> Decimal | None:
    """An amount of zero or more, from a number or text."""
    try:
        amount = Decimal(str(value)) if isinstance(value, str | int | float) and not isinstance(value, bool) else None
    except InvalidOperation:
        return None
    if amount is None or not amount.is_finite() or not 0 <= amount < 10**9:
        return None
    return amount.quantize(Decimal("0.000001")).normalize()


def number(value: object) -> Fraction | None:
    """A number of zero or more, from a number or text like "8", "2.5" or "8s"."""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    written = _NUMBER.fullmatch(str(value).strip())
    return Fraction(written[1]) if written else None


def plain(text: str) -> str:
    """The text without what UTF-8 cannot write."""
    return text.encode("utf-8", "replace").decode()


def _word(job: Video) -> str:
    value = job.get("status")
    said = isinstance(value, str | int | float) and not isinstance(value, bool)
    return str(value)[:100].strip().lower().replace("-", "_").replace(" ", "_") if said else ""
