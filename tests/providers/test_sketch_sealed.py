"""The sketch works where it really does: in a worker that reaches no network and starts no program."""

from __future__ import annotations

import asyncio
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.media.pool import Pool
from reelmake.model.frame import Size
from reelmake.model.medium import MediumName
from reelmake.model.order import ClipOrder, Order
from reelmake.model.take import Facts
from reelmake_sketch.making import make
from reelmake_sketch.provider import CAPABILITIES
from tests.providers.test_sketch_scene import KEY

pytestmark = pytest.mark.slow


def order(medium: MediumName) -> Order:
    kind = ClipOrder if medium == "clip" else Order
    told = {"operation": "generate", "avoid": ""} if medium == "clip" else {}
    return kind(
        dialect="sketch/1", model="", prompt="She flies a kite.", medium=medium, size=Size(192, 108), shot="a",
        seconds=Fraction(1), provider="sketch", tier="draft", maker=CAPABILITIES.maker, **told,
    )  # fmt: skip


def test_all_media_are_made_in_a_worker_with_the_same_bytes(tmp_path: Path) -> None:
    pool = Pool(1)
    made: dict[str, Facts] = {}

    async def run() -> None:
        for medium in CAPABILITIES.media:
            work = order(medium)
            made[medium] = await pool.perform(KEY, work, {}, tmp_path / f"{medium}{work.suffix}", lambda f, w: None)

    try:
        asyncio.run(run())
    finally:
        pool.close()
    assert made.keys() == {"clip", "still", "speech", "music"}
    assert {medium: (facts.width, facts.audio) for medium, facts in made.items()} == {
        "clip": (192, True), "still": (192, False), "speech": (None, True), "music": (None, True),
    }  # fmt: skip
    assert made["speech"].words
    for medium in made:
        file = tmp_path / f"{medium}{order(medium).suffix}"
        make(KEY, order(medium), {}, tmp_path / f"again{file.suffix}", lambda fraction, word: None)
        assert (tmp_path / f"again{file.suffix}").read_bytes() == file.read_bytes(), medium
