"""One run of stills, an edit, speech and music at the providers that come with reelmake, against `serve-fake`'s server;
also as a process, to be killed.

python -m tests.support.counter_run FOLDER ADDRESS
"""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

from reelmake import catalog
from reelmake.execute.caller import Caller
from reelmake.execute.runner import Outcome, run
from reelmake.model.frame import Size
from reelmake.model.http import Secret, origin
from reelmake.model.medium import MEDIA, MediumName, Price
from reelmake.model.order import Order
from reelmake.model.provider import Limits
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import ProviderSpec
from reelmake.plan.mandate import Goal, History, Policy
from reelmake.ports import Remotes, World
from reelmake.store.hold import Hold
from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake.store.premises import ProjectFiles
from reelmake.wire.carrier import HttpProvider
from reelmake.world.clock import SystemClock
from tests.support import studio_run
from tests.support.world import steps

KEY = "fake-key-of-the-counter"
BEHIND = {"openai-images": "/v1", "openai-speech": "/v1", "elevenlabs": "", "gemini": "/v1beta"}
PRICES = {"image": Price(Decimal("0.04"), "each"), "speech": Price(Decimal("0.015"), "1000 characters")}


def step(kind: str, medium: MediumName, prompt: str, *inputs: Input, **changes: Any) -> Step:
    """An order at the price of the fake server."""
    model = {
        "openai-images": "gpt-image-2",
        "openai-speech": "tts-1",
        "elevenlabs": "eleven_v3",
        "gemini": "gemini-3.8-flash-tts",
    }[kind]
    own = {"still": {"size": Size(64, 48)}, "speech": {"voice": "alloy"}, "music": {"seconds": Fraction(3)}, "clip": {}}
    price = {"still": PRICES["image"], "speech": PRICES["speech"]}.get(medium, Price(Decimal("0.10")))
    said = {"dialect": catalog.kinds()[kind].dialect, "model": model, "price": price, **own[medium], **changes}
    order = Order(medium=medium, prompt=prompt, provider=kind, shot=prompt.split()[0], tier="t", **said)
    return Step(f"{MEDIA[medium].kind}:{prompt}", MEDIA[medium].kind, order, inputs, pool=kind, shots=(order.shot,))


def board() -> dict[str, Step]:
    sheet = step("openai-images", "still", "sheet of Maya")
    key = step("openai-images", "still", "key with a kite", Input("reference 1", step=sheet.id))
    return steps(
        sheet,
        key,
        step("openai-images", "still", "dusk over it", Input("source", step=key.id), operation="edit"),
        *(step("openai-images", "still", f"plate {n}") for n in range(3)),
        *(step("openai-speech", "speech", f"line {n} is of the roof.") for n in range(5)),
        *(step("elevenlabs", "speech", f"verse {n}, a kite.") for n in range(4)),
        step("elevenlabs", "music", "strings, hopeful", model="music_v1"),
    )


def order(folder: Path, address: str, graph: Mapping[str, Step], at_once: int = 4) -> Outcome:
    """One run in a project's folder, with so many orders out at each provider."""

    async def whole() -> Outcome:
        providers = {}
        for kind, path in BEHIND.items():
            spec = ProviderSpec(kind, kind, base_url=address + path)
            providers[kind] = HttpProvider(catalog.module(spec).converse(spec), spec, Secret(KEY, origin(address)))
        try:
            return await run(
                Goal(graph, list(graph)),
                Remotes(providers, {kind: Limits(in_flight=at_once) for kind in providers}),
                World(
                    LocalStore(folder),
                    LocalJournal(folder / "journal"),
                    studio_run.Cell(),
                    SystemClock(),
                    ProjectFiles(folder),
                ),
                Caller(lambda event: None),
                Policy(workers=1),
                History(),
            )
        finally:
            for provider in providers.values():
                await provider.close()

    with Hold(folder / "hold"):
        LocalStore(folder).sweep()
        return asyncio.run(whole())


if __name__ == "__main__":
    studio_run.hurry()
    print("started", flush=True)
    ended = order(Path(sys.argv[1]), sys.argv[2], board(), at_once=1)
    print(json.dumps([len(ended.made), len(ended.reused), sorted(r.step.id for r in ended.failed)]))
