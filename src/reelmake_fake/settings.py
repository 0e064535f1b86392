"""What a fake server is told when it starts. Knows nothing of how it is obeyed."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path


@dataclass(frozen=True, slots=True)
class ServerOptions:
    """`key`: the only key that is let in, "" = any. `price`: USD a second, also
    of music; `still_price`: a still; `speech_price`: 1,000 characters. `strict`: only what the contract lists.

    `takes`: seconds a job takes; `expires`: seconds a finished clip is kept, None = for ever; `list_lag`: seconds after
    which a job is in the list; `speed` divides all three.
    `poll_after`: milliseconds that clients are told to wait between polls, None = nothing is said.
    `deterministic`: the same order gives the same bytes every time; without it they also depend on how many such orders
    were paid before. `script`: for every job that brings none. `faults`: for the nth request of a stage, whoever sends
    it (both: script.py).
    `in_flight`, `per_minute`: more than that is answered with 429 and recorded.
    `bill`: a file with a line for every paid order; `state`: a folder that survives a restart (the bill too).
    `webhook`: where ends are told, `webhook_secret`: what they are signed with, `webhook_times`: how often each is.
    """

    host: str = "127.0.0.1"
    port: int = 0
    dialect: str = "openai"
    key: str = ""
    price: Decimal = Decimal("0.10")
    still_price: Decimal = Decimal("0.04")
    speech_price: Decimal = Decimal("0.015")
    strict: bool = False
    takes: float = 2.0
    speed: float = 1.0
    expires: float | None = 3600.0
    list_lag: float = 0.0
    poll_after: int | None = None
    deterministic: bool = False
    script: tuple[str, ...] = ()
    faults: tuple[str, ...] = ()
    in_flight: int | None = None
    per_minute: int | None = None
    bill: Path | None = None
    state: Path | None = None
    webhook: str = ""
    webhook_secret: str = ""
    webhook_times: int = 1
