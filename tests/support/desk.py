"""The real command in this very process, on a clock that runs sixty times as fast, at a fake server: a test of what a
fault costs takes a second, not a minute. What is shortened are the engine's waits; sockets and files are real.
"""

from __future__ import annotations

import asyncio
import contextlib
import io
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from reelmake import app
from reelmake.plan import provider_queue
from reelmake.store.journal import LocalJournal
from reelmake.world.clock import SystemClock
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.building import stay
from tests.support.folder import Ran

FASTER = 60.0
KEY = "sk-let-me-in-0123456789"
BEGAN = time.monotonic()

BOARD = """\
reelmake: 1
providers:
  studio:
    kind: openai-videos
    base_url: {url}
    api_key: "${{env:STUDIO_KEY}}"
    options: {options}
tiers:
  final: {{provider: studio, model: reel-9, price: 0.10}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
{shots}
"""


class Hurried(SystemClock):
    """Its hours are our minutes. Dates stay what they are, unless it is `off` by some hours."""

    off = 0.0

    def utc(self) -> str:
        now = datetime.fromisoformat(super().utc()) + timedelta(hours=self.off)
        return now.isoformat(timespec="seconds")

    def monotonic(self) -> float:
        return BEGAN + (time.monotonic() - BEGAN) * FASTER

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds / FASTER)


@dataclass
class Post:
    """A project folder and the server that its provider names."""

    root: Path
    server: FakeServer

    def board(self, shots: str, options: str = "{allow_private: true, list_lag: 0}") -> None:
        text = BOARD.format(url=self.server.base_url, options=options, shots=shots)
        (self.root / "storyboard.yaml").write_text(text)

    def run(self, *words: str) -> Ran:
        """A command, to its end."""
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = app.main([*words, "-f", str(self.root)])
            except SystemExit as end:
                code = int(end.code or 0)
        return Ran(code, out.getvalue(), err.getvalue())

    def build(self, *words: str) -> Ran:
        return self.run("build", "--yes", *words)

    def error(self, ran: Ran) -> str:
        """The code of the one thing that went wrong, "" for nothing."""
        codes = {word[6:11] for word in ran.stderr.split() if word.startswith("error[RM")}
        assert len(codes) <= 1, ran.stderr
        return codes.pop() if codes else ""

    @property
    def journal(self) -> LocalJournal:
        return LocalJournal(self.root / ".reelmake" / "journal")

    @property
    def ledger(self) -> dict[str, float]:
        """The columns that are not zero, as `status --json` has them."""
        columns: dict[str, Any] = json.loads(self.run("status", "--json").expect().stdout)["ledger_usd"]
        return {name: amount for name, amount in columns.items() if amount and name in _COLUMNS}

    @property
    def orders(self) -> int:
        """Requests that could have been paid."""
        return sum(line["method"] == "POST" for line in self.server.requests)


_COLUMNS = ("reserved", "spent", "maybe spent", "refunded")


@contextlib.contextmanager
def post(root: Path, patch: pytest.MonkeyPatch, **options: Any) -> Iterator[Post]:
    """A server, an empty project below `root`, the fast clock, and hands that stay from build to build."""
    stay(patch)
    patch.setattr("reelmake.world.clock.SystemClock", Hurried)
    patch.setattr(provider_queue, "LATE", 120.0)
    patch.setenv("STUDIO_KEY", KEY)
    patch.setenv("NO_COLOR", "1")
    root.mkdir(exist_ok=True)
    with FakeServer(ServerOptions(**{"takes": 0.02, "key": KEY, **options})) as server:
        yield Post(root, server)
