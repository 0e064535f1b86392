"""Any film that was made and pushed: a clone without keys cuts the same bytes of it, nobody is asked for anything, and
who has no lock file but trusts whoever made it pays no more than a plan says."""

from __future__ import annotations

import os
import random
import shutil
from decimal import Decimal
from pathlib import Path

import pytest

from tests.e2e.test_any_board import CENT, TIERS, film
from tests.e2e.test_rounds_killed import BOOTH, owed
from tests.support.desk import Post, post
from tests.support.signer import made_key, public

pytestmark = pytest.mark.slow

BOARDS = int(os.environ.get("REELMAKE_ANY_BOARDS", "3"))


def further(dice: random.Random, shots: str) -> str:
    """With stills that are frames of shots, edits of them, and shots that are made of others here."""
    before, _, rest = shots.partition("shots:\n")
    body, _, after = rest.partition("outputs:")
    names = [line.split(":")[0].strip() for line in body.splitlines()]
    stills, more = "", ""
    for n in range(2):
        stills += f"  f{n}: {{frame: {{shot: {dice.choice(names)}, at: {dice.choice(['start', 'end'])}}}}}\n"
        stills += f"  g{n}: {{edit: f{n}, prompt: Edit {n}., tier: picture}}\n"
        shown = [f"file: {{still: g{n}}}, seconds: 1", f"prompt: From {n}., image: {{still: g{n}}}, fit: crop"]
        more += f"  k{n}: {{{dice.choice(shown)}}}\n"
        how = dice.choice(["size: 256x144, upscale", "interpolate"])
        more += f"  u{n}: {{{how}: {dice.choice(names)}, tier: sketch}}\n"
    return f"{before.rstrip()}\n{stills}shots:\n{body}{more}outputs:{after}"


def board(desk: Post, dice: random.Random, trusted: str) -> None:
    desk.board(further(dice, film(dice)[0]))
    text = desk.root / "storyboard.yaml"
    head = f"cache: {{trust: [{trusted}]}}\nproviders:\n" + BOOTH.format(url=desk.server.base_url)
    said = text.read_text().replace("providers:\n", head)
    text.write_text(said.replace("tiers:\n", "tiers:\n" + TIERS.format(gentle=dice.choice(["ok", "400-moderation"]))))


@pytest.mark.parametrize("seed", range(BOARDS))
def test_a_clone_has_what_was_made(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dice, key = random.Random(seed), made_key(tmp_path / "maya")
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    monkeypatch.setenv("REELMAKE_SIGNING_KEY", str(key))
    with post(tmp_path / "film", monkeypatch, deterministic=True) as desk:
        board(desk, dice, public(key))
        if not any(desk.build("-k").code == 0 for _ in range(4)):
            pytest.skip("its providers do too much wrong")
        cut, lock = desk.root / "build" / "cut.mp4", desk.root / "reelmake.lock"
        film, written, posts = cut.read_bytes(), lock.read_bytes(), desk.orders

        def cloned() -> None:
            for folder in (".reelmake", "build"):
                shutil.rmtree(desk.root / folder)

        monkeypatch.delenv("REELMAKE_SIGNING_KEY")
        with monkeypatch.context() as keyless:
            keyless.delenv("STUDIO_KEY")
            for words in (["--locked"], ["--locked", "--offline"], []):
                cloned()
                if "--offline" in words:
                    desk.run("cache", "pull").expect()
                desk.run("plan", "--locked").expect()
                desk.run("build", *words).expect(stderr="0 generated")
                assert (cut.read_bytes(), lock.read_bytes()) == (film, written)
        cloned()
        desk.build().expect()
        assert (desk.orders, lock.read_bytes()) == (posts, written)

        cloned()
        lock.unlink()
        planned, paid = Decimal(str(desk.run("plan", "--json").expect().json["cost_usd"])), owed(desk)
        desk.run("build", "-k", "--budget", f"{planned + CENT:.6f}")
        assert owed(desk) - paid <= planned + CENT
