"""Any film of stills, lines and shots with rungs, at providers that do anything wrong, killed at any line of a journal:
no run pays more than its plan said, ledger and bill agree, and what is made is not ordered again.
"""

from __future__ import annotations

import os
import random
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.test_rounds_killed import BOOTH, Dead, billed, dying, owed
from tests.support.desk import Post, post

pytestmark = pytest.mark.slow

BOARDS = int(os.environ.get("REELMAKE_ANY_BOARDS", "12"))
TIERS = """\
  picture: {{provider: pictures, model: gpt-image-2, size: 1024x1024, price: 0.04}}
  voice: {{provider: booth, model: tts-1, price: 0.015}}
  gentle: {{provider: studio, model: reel-9, price: 0.10, extras: {{script: ["{gentle}"]}}}}
  other: {{provider: studio, model: reel-9, price: 0.10}}
"""
AT_ORDER = [
    "refuse-429",
    "500",
    "502-html",
    "400-moderation",
    "400-moderation*9",
    "drop",
    "drop-before",
    "half",
    "garbage",
    "no-id",
]
LATER = [
    "fail",
    "fail:moderation_blocked",
    "gone",
    "expired",
    "no-content",
    "content:cut",
    "content:404",
    "content:html",
]
WORDS = ["roof", "kite", "tram", "bell", "hill", "slow", "river", "dusk", "light", "wind", "far", "home"]
CENT = Decimal("0.0001")  # of a dollar: what plan and bill may differ by, for they are rounded


def wrong(dice: random.Random, often: float, words: list[str]) -> list[str]:
    return [f'extras: {{script: ["{dice.choice(words)}"]}}'] if dice.random() < often else []


def film(dice: random.Random) -> tuple[str, list[str]]:
    """A storyboard without its providers, and what it names."""
    often, stills, shots = dice.choice([0, 0.3, 0.6]), list[str](), list[str]()
    for n in range(dice.randint(1, 3)):
        said = [f"prompt: Still {n}.", "tier: picture", *wrong(dice, often, AT_ORDER)]
        said += [f"edit: s{dice.randrange(n)}"] if n and dice.random() < 0.5 else []
        stills.append(f"  s{n}: {{{', '.join(said)}}}")
    for n in range(dice.randint(1, 4)):
        said = [f"prompt: {dice.choice(['A kite.', f'Shot {n}.'])}", *wrong(dice, often, AT_ORDER + LATER)]
        how = dice.choice(["text", "image", "continue", "remix"] if n else ["text", "image"])
        said += [f"{how}: h{dice.randrange(n)}"] if how in ("continue", "remix") else []
        said += [f"image: {{still: s{dice.randrange(len(stills))}}}, fit: crop"] if how == "image" else []
        if dice.random() < 0.6:
            line = " ".join(dice.choice(WORDS) for _ in range(dice.randint(2, 14)))
            said += [f'say: {{teller: "{line}."}}'] + ["seconds: auto"] * (how != "remix" and dice.random() < 0.8)
        if how != "remix" and dice.random() < 0.5:
            rungs = [f"{{tier: {dice.choice(['gentle', 'other'])}, prompt: Rung {n} {k}.}}" for k in range(2)]
            said += [f"fallback: [{', '.join(rungs)}]"] + ["takes: 2"] * (dice.random() < 0.3)
        shots.append(f"  h{n}: {{{', '.join(said)}}}")
    lines = ["voices: {teller: {voice: alloy, tier: voice}}", "stills:", *stills, "shots:", *shots]
    names = [line.split(":")[0].strip() for line in (*stills, *shots)]
    return "\n".join([*lines, "outputs: {cut.mp4: {}}", ""]), names


def board(desk: Post, dice: random.Random) -> list[str]:
    shots, names = film(dice)
    desk.board(shots)
    text, booth = desk.root / "storyboard.yaml", BOOTH.format(url=desk.server.base_url)
    tiers = TIERS.format(gentle=dice.choice(["ok", "400-moderation", "fail:moderation_blocked", "drop"]))
    said = text.read_text().replace("providers:\n", "providers:\n" + booth)
    text.write_text(said.replace("tiers:\n", "tiers:\n" + tiers))
    return names


@pytest.mark.parametrize("seed", range(BOARDS))
def test_no_run_pays_more_than_its_plan_said(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dice = random.Random(seed)
    with post(tmp_path / "film", monkeypatch, deterministic=True) as desk:
        names, killed = board(desk, dice), dice.random() < 0.5
        for turn in range(6):
            planned = Decimal(str(desk.run("plan", "--json", *names).expect().json["cost_usd"]))
            before, budget = owed(desk), planned + desk.journal.ledger().reserved + CENT
            at, code = (dice.randint(1, 30) if killed and turn < 3 else None), None
            with dying(monkeypatch, at), suppress(Dead):
                code = desk.run("build", "-k", "--budget", f"{budget:.6f}", *names).code
            assert owed(desk) - before <= budget
            ledger = desk.journal.ledger()
            if at is None:
                assert ledger.spent <= owed(desk) + CENT
                assert owed(desk) <= ledger.spent + ledger.maybe + ledger.reserved + CENT
            if code == 0:
                break
            for attempt in desk.journal.open() if code is not None else ():
                if not attempt.remote:  # nobody knows: a person gives it up
                    desk.run("jobs", "rm", attempt.token, "--yes")
        if code == 0:
            bill = billed(desk)
            desk.build(*names).expect(0)
            assert billed(desk) == bill
