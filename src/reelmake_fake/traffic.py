"""Who asked for what and when: a log of requests without secrets, and the limits as the server sees them.

Knows nothing of what is answered.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from reelmake_fake.http11 import ReceivedRequest

_SECRET = ("authorization", "api-key", "x-api-key", "xi-api-key", "cookie", "proxy-authorization")
MINUTE = 60.0


class Traffic:
    """`requests`: a mapping each, oldest first. `peaks`: the most jobs in flight and orders a minute that were seen.

    `violations`: a mapping for each order that came when no more were allowed.
    """

    def __init__(self, in_flight: int | None, per_minute: int | None) -> None:
        self.in_flight = in_flight
        self.per_minute = per_minute
        self.clear()

    def clear(self) -> None:
        self.requests: deque[dict[str, Any]] = deque(maxlen=100_000)
        self.peaks = {"in_flight": 0, "per_minute": 0}
        self.violations: list[dict[str, Any]] = []
        self._orders: deque[float] = deque()

    def arrived(self, request: ReceivedRequest, now: float, port: int) -> dict[str, Any]:
        """The line of this request; what comes of it is added as it happens."""
        line: dict[str, Any] = {
            "at": now,
            "method": request.method,
            "path": request.path,
            "query": dict(request.query),
            "headers": without_secrets(request.headers),
            "credentials": any(name in request.headers for name in _SECRET),
            "bytes": len(request.body),
            "port": port,
            "status": None,
        }
        self.requests.append(line)
        return line

    def order(self, now: float, running: int) -> float | None:
        """An order came while `running` jobs are unfinished. None = let in; else seconds after which to come again."""
        while self._orders and self._orders[0] <= now - MINUTE:
            self._orders.popleft()
        lately = len(self._orders)
        for limit, count, name in (
            (self.in_flight, running, "in_flight"),
            (self.per_minute, lately, "per_minute"),
        ):
            if limit is not None and count >= limit:
                self.violations.append({"at": now, "limit": name, "allowed": limit, "seen": count + 1})
                return 1.0 if name == "in_flight" else self._orders[0] + MINUTE - now
        self._orders.append(now)
        self.peaks["in_flight"] = max(self.peaks["in_flight"], running + 1)
        self.peaks["per_minute"] = max(self.peaks["per_minute"], lately + 1)
        return None


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    return {name: "(kept out)" if name in _SECRET else value for name, value in headers.items()}
