"""A film that takes several rounds (speech decides lengths, orders are refused and fall), killed between any two lines
of its journal or store: nothing is billed twice, nothing paid is lost, ledger and bill agree, the cut is the same.

What was answered at once and lost on its way to the disk is a question, and is not ordered again unasked.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from tests.support.desk import Post, post

pytestmark = pytest.mark.slow

KILLS = int(os.environ.get("REELMAKE_ROUND_KILLS", "24"))
BOOTH = """\
  pictures: {{kind: openai-images, base_url: "{url}", api_key: "${{env:STUDIO_KEY}}", options: {{allow_private: true}}}}
  booth: {{kind: openai-speech, base_url: "{url}", api_key: "${{env:STUDIO_KEY}}", options: {{allow_private: true}}}}
"""
TIERS = """\
  picture: {provider: pictures, model: gpt-image-2, size: 1024x1024, price: 0.04}
  voice: {provider: booth, model: tts-1, price: 0.015}
  gentle: {provider: studio, model: reel-9, price: 0.10}
"""
FILM = """\
voices: {teller: {voice: alloy, tier: voice}}
stills: {key: {prompt: A kite over roofs., tier: picture}}
shots:
  a:
    prompt: The kite climbs.
    image: {still: key}
    fit: crop
    extras: {script: ["400-moderation*9"]}
    fallback: [{tier: gentle, prompt: A kite.}]
  b: {continue: a, prompt: It falls., say: {teller: "Down it comes, down to the roofs."}, seconds: auto}
  c:
    prompt: The roofs.
    extras: {script: ["fail:moderation_blocked"]}
    fallback: [{tier: gentle, prompt: Roofs.}]
outputs: {cut.mp4: {}}
"""


class Dead(BaseException):
    """The process is gone."""


@contextmanager
def dying(patch: pytest.MonkeyPatch, at: int | None) -> Iterator[list[str]]:
    """Before and behind each line and each take that is kept is a moment; at this one, and ever after, all is over."""
    moments: list[str] = []

    def moment(what: str) -> None:
        moments.append(what)
        if at is not None and len(moments) >= at:
            raise Dead(what)

    def around(whole: Any, what: str) -> Any:
        def done(*args: Any, **named: Any) -> Any:
            moment(f"before {what}")
            found = whole(*args, **named)
            moment(f"behind {what}")
            return found

        return done

    with patch.context() as here:
        here.setattr(LocalJournal, "_append", around(LocalJournal._append, "a line"))
        here.setattr(LocalStore, "keep", around(LocalStore.keep, "a take"))
        yield moments


def board(desk: Post) -> None:
    desk.board(FILM)
    text = desk.root / "storyboard.yaml"
    booth = BOOTH.format(url=desk.server.base_url)
    said = text.read_text().replace("providers:\n", "providers:\n" + booth).replace("tiers:\n", "tiers:\n" + TIERS)
    text.write_text(said)


def cut(desk: Post) -> str:
    return hashlib.sha256((desk.root / "build" / "cut.mp4").read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, int, Counter[str]]:
    """Of an undisturbed build: its cut, its moments, what is on the bill."""
    folder = tmp_path_factory.mktemp("clean") / "film"
    with (
        pytest.MonkeyPatch.context() as patch,
        post(folder, patch, deterministic=True) as desk,
        dying(patch, None) as all_,
    ):
        board(desk)
        desk.build().expect()
        ledger = desk.journal.ledger()
        assert (ledger.spent + ledger.maybe, ledger.reserved) == (owed(desk), 0)
        return cut(desk), len(all_), billed(desk)


def billed(desk: Post) -> Counter[str]:
    return Counter(f"{line['operation']} {line['prompt']}" for line in desk.server.bill)


def owed(desk: Post) -> Decimal:
    return sum((Decimal(str(line["usd"])) for line in desk.server.bill), Decimal(0))


@pytest.fixture(scope="module")
def early(tmp_path_factory: pytest.TempPathFactory) -> int:
    """How many moments the film of stills has."""
    folder = tmp_path_factory.mktemp("early") / "film"
    with (
        pytest.MonkeyPatch.context() as patch,
        post(folder, patch, deterministic=True) as desk,
        dying(patch, None) as all_,
    ):
        board(desk)
        desk.build("--stills").expect()
        assert {what.split()[0] for what in billed(desk)} == {"image", "speech"}
        return len(all_)


@pytest.mark.parametrize("seed", range(KILLS))
def test_killed_at_any_moment_of_any_round(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: tuple[str, int, Counter[str]]
) -> None:
    at = random.Random(seed).randint(1, clean[1])
    with post(tmp_path / "film", monkeypatch, deterministic=True) as desk:
        board(desk)
        with dying(monkeypatch, at), suppress(Dead):
            desk.build()
        _nothing_is_lost(desk, clean)


@pytest.mark.parametrize("seed", range(KILLS // 3))
def test_killed_while_the_stills_are_made_and_again_in_the_film(
    seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, clean: tuple[str, int, Counter[str]], early: int
) -> None:
    """What the first stage has paid for is the second one's, whichever of them dies."""
    chance = random.Random(seed)
    with post(tmp_path / "film", monkeypatch, deterministic=True) as desk:
        board(desk)
        with dying(monkeypatch, chance.randint(1, early)), suppress(Dead):
            desk.build("--stills")
        with dying(monkeypatch, chance.randint(1, clean[1])), suppress(Dead):
            desk.build()
        _nothing_is_lost(desk, clean)


def _nothing_is_lost(desk: Post, clean: tuple[str, int, Counter[str]]) -> None:
    """The next build makes the very film, for what an undisturbed one costs."""
    (whole, _, bill), given_up = clean, Decimal(0)
    ran = desk.build()
    if ran.code:
        assert desk.error(ran) == "RM915", ran.stderr  # it was answered at once, and who was answered is gone
        assert not billed(desk) - bill
        for attempt in desk.journal.open():
            given_up += attempt.cost or 0
            desk.run("jobs", "rm", attempt.token, "--yes").expect()
        ran = desk.build()
    ran.expect()
    assert cut(desk) == whole
    again = billed(desk) - bill
    assert not given_up or all(what.startswith(("image", "speech")) for what in again), again
    assert given_up or not again
    ledger = desk.journal.ledger()
    assert ledger.reserved == 0
    assert owed(desk) <= ledger.spent + ledger.maybe <= owed(desk) + given_up
    desk.build().expect(0, stderr="nothing to do")
