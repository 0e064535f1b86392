"""When: how long a reply asks us to wait, and moments as UTC text. Knows nothing of what was asked.

Spellings seen: retry-after-ms and openai-poll-after-ms (OpenAI), retry-after as seconds, fractions or a date (RFC
9110), the same behind `llm_provider-` (so LiteLLM passes an upstream's headers on), x-ratelimit-reset-* as "6m0s".
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from datetime import UTC, datetime

from reelmake.model.http import Response, moment

_UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}
_DURATION = re.compile(r"(?:\d+(?:\.\d+)?(?:ms|[smhd]))+")
_EPOCH = 1e9  # a number beyond this is a moment in unix seconds, not a wait
_YEAR_10000 = 253_402_300_800  # cannot be written
_UPSTREAM = "llm_provider-"


def after(reply: Response) -> float | None:
    """Seconds that the reply asks us to wait before the same is asked again; None = it does not say."""
    for prefix in ("", _UPSTREAM):
        wait = _number(reply.headers.get(f"{prefix}retry-after-ms", ""))
        if wait is not None:
            return wait / 1000
        wait = _wait(reply.headers.get(f"{prefix}retry-after", ""), reply)
        if wait is not None:
            return wait
    if reply.status != 429:  # elsewhere a reset speaks of the allowance, not of this request
        return None
    return max(_resets(reply), default=None)


def poll_after(reply: Response) -> float | None:
    """Seconds that the reply asks us to wait before the next look at a job; None = it does not say."""
    wait = _number(reply.headers.get("openai-poll-after-ms", ""))
    return wait / 1000 if wait is not None else after(reply)


def utc(when: object) -> str:
    """A moment as ISO 8601 UTC to the second; "" if it is none. Takes unix seconds or milliseconds, as number or text,
    and ISO 8601 text, which is UTC if it names no zone."""
    at = unix(when)
    return "" if at is None else datetime.fromtimestamp(at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def unix(moment: object) -> float | None:
    """A moment after 1970 as unix seconds, from what `utc` takes."""
    if isinstance(moment, bool) or not isinstance(moment, int | float | str):
        return None
    value = _number(str(moment))
    if value is not None:
        value = value / 1000 if value > 1e11 else value
    elif isinstance(moment, str):
        try:
            read = datetime.fromisoformat(moment.strip())
            value = (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()
        except (ValueError, OverflowError):
            return None
    return value if value is not None and 0 < value < _YEAR_10000 else None


def said_at(reply: Response) -> float | None:
    """The other side's clock, unix seconds, by its Date header; None = it does not say."""
    return reply.date


def _resets(reply: Response) -> Iterator[float]:
    """Waits for the allowances that are used up. One that has some left is not what we wait for."""
    for name, value in reply.headers.items():
        name = name.removeprefix(_UPSTREAM)
        if not name.startswith("x-ratelimit-reset"):
            continue
        left = _number(reply.headers.get(name.replace("-reset", "-remaining"), ""))
        wait = _wait(value, reply)
        if wait is not None and not left:
            yield wait


def _wait(text: str, reply: Response) -> float | None:
    """Seconds, from a number, a duration, a unix moment or a date. Nothing that has passed is a wait."""
    text = text.strip()
    number = _number(text)
    if number is not None and number < _EPOCH:
        return number
    if _DURATION.fullmatch(text):
        return sum(float(n) * _UNITS[u] for n, u in re.findall(r"(\d+(?:\.\d+)?)(ms|[smhd])", text))
    until = unix(text) if number is not None else moment(text)
    now = said_at(reply) or reply.at  # both by their clock, if they tell it
    return until - now if until is not None and now and until >= now else None


def _number(text: str) -> float | None:
    """A finite number that is not negative."""
    try:
        value = float(text) if len(text) < 40 else math.nan
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
