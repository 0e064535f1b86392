"""`fallback:` through the real command: only what was refused for good falls, each order is paid once, and plan, lock
file and ledger say which rung it was."""

from __future__ import annotations

import asyncio
import json
import shutil
from collections.abc import Iterator
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from reelmake.errors import Unwilling
from reelmake.model.wish import Wish
from reelmake.plan.decide import Plan
from reelmake.session.building import build
from reelmake.session.project import Snapshot, look, read
from reelmake.session.run import BuildRun
from reelmake.session.workspace import Workspace
from reelmake_fake import mischief
from reelmake_fake.complaint import Complaint
from tests.support.desk import Post, post
from tests.support.signer import made_key, public

pytestmark = pytest.mark.slow

SHOTS = """\
shots:
  a: {{prompt: A kite.}}
  b:
    prompt: A tram in the rain.
    extras: {{script: [{script}]}}
    fallback:
      - {{tier: gentle, prompt: A tram.}}
      - {{tier: dear, prompt: A tram at rest.}}
outputs: {{cut.mp4: {{}}}}
"""
TIERS = "  gentle: {provider: studio, model: reel-9, price: 0.05, extras: {script: [%s]}}\n" \
        "  dear: {provider: studio, model: reel-9, price: 0.20}\n"  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    with post(tmp_path / "film", monkeypatch, deterministic=True) as open_:
        yield open_


def board(desk: Post, script: str, gentle: str = "") -> None:
    desk.board(SHOTS.format(script=script))
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("defaults:", TIERS % gentle + "defaults:"))


def lock(desk: Post) -> dict[str, dict[str, Any]]:
    lines = (desk.root / "reelmake.lock").read_text().splitlines()
    return {name: json.loads(rest) for name, _, rest in (line.partition(" ") for line in lines if line[:1].isalpha())}


def test_a_refused_order_goes_on_to_the_next_rung_in_the_same_build(desk: Post) -> None:
    board(desk, "400-moderation")
    planned = desk.run("plan", "--json").expect().json
    assert planned["cost_usd"] == pytest.approx(0.30)  # 0.10, and the dearest rung
    ran = desk.build("--json").expect()
    assert ran.json["generated"] == 2
    assert ran.json["cost_usd"] == pytest.approx(0.15)
    assert desk.orders == 3  # a, b, b on its second rung
    assert desk.ledger == {"spent": pytest.approx(0.15)}
    assert lock(desk)["b"]["rung"] == 2
    assert "rung" not in lock(desk)["a"]
    desk.build().expect(0, stderr="nothing to do")
    assert desk.orders == 3


def test_the_plan_says_which_rung_and_why(desk: Post) -> None:
    board(desk, "400-moderation")
    desk.build().expect()
    job = jobs(desk)["b"]
    assert job["verdict"] == "fresh"
    assert job["reason"].startswith("the 2nd of 3: the first was refused: studio answers 400")
    assert "the 2nd of 3" in desk.run("explain", "b").expect().stdout


def jobs(desk: Post) -> dict[str, dict[str, Any]]:
    return {job["shot"]: job for job in desk.run("plan", "--json").expect().json["jobs"]}


def test_a_rung_may_be_refused_in_its_turn(desk: Post) -> None:
    board(desk, "400-moderation", gentle="400-moderation")
    ran = desk.build("--json").expect()
    assert ran.json["cost_usd"] == pytest.approx(0.30)
    assert desk.orders == 4
    assert lock(desk)["b"]["rung"] == 3
    assert jobs(desk)["b"]["reason"].startswith("the 3rd of 3: the first was refused: studio answers 400")


def test_a_further_take_that_is_made_before_its_shot_falls_is_in_the_plan(desk: Post) -> None:
    """The first take decides: a second one may be paid for on the first rung, and again on the next."""
    board(desk, "400-moderation")
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("    fallback:", "    takes: 2\n    fallback:"))
    planned = desk.run("plan", "--json").expect().json
    assert planned["cost_usd"] == pytest.approx(0.1 + 0.2 + (0.1 + 0.05 + 0.2))
    desk.run("build", "--budget", "0.65").expect()
    assert desk.ledger == {"spent": pytest.approx(0.1 + 0.1 + 2 * 0.05)}  # a; b's second take; both on the next rung
    desk.build().expect(0, stderr="nothing to do")


@pytest.mark.parametrize("script", ["400-quota", "401", "429-quota", "drop", "fail", "lost", "garbage"])
def test_nothing_else_falls(desk: Post, script: str) -> None:
    """No credit, no access, and whatever may have been taken."""
    board(desk, script)
    assert desk.build("-k").code in (0, 1)
    planned = jobs(desk)["b"]
    assert "of 3" not in str(planned["reason"])
    asked = [line for line in desk.server.requests if line["method"] == "POST"]
    assert not any("at rest" in str(line) for line in asked)
    assert all(record.get("rung", 1) == 1 for record in lock(desk).values())


def test_a_finished_clip_that_is_refused_falls_when_its_retries_are_over(desk: Post) -> None:
    board(desk, "fail:moderation_blocked*2")
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("    fallback:", "    retry_moderation: 1\n    fallback:"))
    desk.build().expect()
    assert desk.orders == 4  # a, b twice, its second rung
    assert desk.ledger["spent"] == pytest.approx(0.15)


def test_more_than_was_agreed_to_is_asked_for_again(desk: Post) -> None:
    """A clip that was refused after it was made may be charged, and its next rung costs more on top."""
    board(desk, "fail:moderation_blocked")
    desk.run("build", "--budget", "0.30").expect()  # 0.10, maybe 0.10, and 0.05: as much as was agreed to
    assert desk.ledger == {"spent": pytest.approx(0.15), "maybe spent": pytest.approx(0.10)}


def test_what_was_not_agreed_to_is_not_paid_and_what_was_made_is_kept(desk: Post) -> None:
    board(desk, "fail:moderation_blocked", gentle="fail:moderation_blocked")
    ran = desk.run("build", "--budget", "0.30", "--json")
    ran.expect(3)
    assert ran.json["error"]["code"] == "RM825"
    assert "$0.10 is spent, and $0.15 may be charged" in ran.json["error"]["message"]
    assert desk.orders == 3
    assert lock(desk).keys() == {"a"}
    desk.build().expect()  # somebody says yes: the third rung, and nothing twice
    assert desk.orders == 4
    assert lock(desk)["b"]["rung"] == 3


def test_somebody_elses_lock_file_says_which_rung_it_was(desk: Post, tmp_path: Path) -> None:
    """Without our journal the first rung was never refused; what was made of the second is there all the same."""
    board(desk, "400-moderation")
    desk.build().expect()
    (desk.root / ".reelmake" / "journal").unlink()
    assert jobs(desk)["b"]["verdict"] == "fresh"
    desk.build("--json").expect()
    assert desk.orders == 3


def test_a_rung_that_a_colleague_is_on_is_brought_once_the_first_is_refused_here(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No lock file says so: it is found out. What failed on the first rung, also of a further take that nobody needs
    here, is no failure of the build."""
    key = made_key(tmp_path / "maya")
    monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    monkeypatch.setenv("REELMAKE_SIGNING_KEY", str(key))
    desk.board("shots: {b: {prompt: A tram., takes: 2, fallback: [{tier: gentle, prompt: A bus.}]}}")
    text = desk.root / "storyboard.yaml"
    tiers = "tiers:\n  gentle: {provider: studio, model: reel-9, price: 0.05}\n"
    trusting = f"cache: {{trust: [{public(key)}]}}\nproviders:\n"
    text.write_text(text.read_text().replace("tiers:\n", tiers).replace("providers:\n", trusting))
    for made in (2, 0):
        desk.server.instruct(faults=("400-moderation@1", "400-moderation@2"))
        posts = desk.orders
        ran = desk.build("--json").expect()
        assert ran.json["generated"] == made
        assert desk.orders == posts + 2 + made  # both takes on the first rung; and then
        assert lock(desk)["b"]["rung"] == 2
        for name in (".reelmake", "build"):
            shutil.rmtree(desk.root / name)
        (desk.root / "reelmake.lock").unlink()


@pytest.mark.parametrize("shared", [True, False])
def test_a_clone_stays_on_the_rung_where_only_a_run_can_know_the_key(
    desk: Post, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, shared: bool
) -> None:
    """It starts from a sketch that is neither drawn here nor shared any more: the first rung, which would be taken by
    now, is not ordered in the place of what was paid for."""
    if shared:
        monkeypatch.setenv("REELMAKE_CACHE", (tmp_path / "shared").as_uri())
    desk.board("""\
shots:
  free: {prompt: A kite., tier: free}
  b: {continue: free, tier: final, prompt: A tram in the rain., fallback: [{tier: gentle, prompt: A tram.}]}
""")
    text = desk.root / "storyboard.yaml"
    tiers = "  free: {provider: sketch}\n  gentle: {provider: studio, model: reel-9, price: 0.05}\n"
    text.write_text(text.read_text().replace("defaults:", f"{tiers}defaults:"))
    desk.server.instruct(faults=("400-moderation@1",))
    desk.build().expect()
    made = lock(desk)
    assert made["b"]["rung"] == 2
    shutil.rmtree(desk.root / ".reelmake")
    if shared:
        (entry,) = (tmp_path / "shared" / "takes").glob(f"??/{made['free']['takes']['1'][0]}/*.json")
        entry.unlink()
    planned = {job["shot"]: job for job in desk.run("plan", "--json").expect().json["jobs"]}
    assert planned["b"]["cost_usd"] == pytest.approx(0.05)
    desk.build().expect(0 if shared else 1)
    assert desk.orders == 2
    assert lock(desk)["b"] == made["b"]


def test_the_input_that_was_flagged_is_shown_at_its_line(desk: Post, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mischief, "Complaint", partial(Complaint, param="prompt"))
    desk.board("shots:\n  b:\n    prompt: A tram in the rain.\n    extras: {script: [400-moderation]}\n")
    failed = desk.build("--json").expect(1).json["error"]
    assert failed["message"].endswith("it complains of its prompt")
    text = (desk.root / "storyboard.yaml").read_text().splitlines()
    assert "A tram in the rain." in text[failed["span"]["line"] - 1]


def test_a_person_is_asked_again_for_what_goes_beyond(desk: Post) -> None:
    """Once for the plan, and once more when a clip that may be charged makes it dearer than that."""
    board(desk, "fail:moderation_blocked", gentle="fail:moderation_blocked")
    asked: list[tuple[Decimal, list[str]]] = []

    def confirm(seen: Snapshot, plan: Plan) -> bool:
        asked.append((plan.cost, [d.step.name for d in plan.todo if d.step.paid]))
        return len(asked) == 1

    run = BuildRun(look(read(Workspace(desk.root / "storyboard.yaml"))), Wish(), lambda event: None, confirm)
    with pytest.raises(Unwilling, match="not confirmed") as refused:
        asyncio.run(build(run))
    assert refused.value.code == "RM825"
    assert asked == [(Decimal("0.3"), ["a", "b"]), (Decimal("0.2"), ["b"])]
    assert desk.orders == 3


def test_ctrl_c_at_a_later_question_ends_a_run_that_is_on_record(desk: Post) -> None:
    board(desk, "fail:moderation_blocked", gentle="fail:moderation_blocked")
    asked, heard = list[Decimal](), list[str]()

    def confirm(seen: Snapshot, plan: Plan) -> bool:
        asked.append(plan.cost)
        if len(asked) > 1:
            raise KeyboardInterrupt
        return True

    seen = look(read(Workspace(desk.root / "storyboard.yaml")))
    ran = asyncio.run(build(BuildRun(seen, Wish(), lambda event: heard.append(type(event).__name__), confirm)))
    assert ran.status == 130
    assert (heard.count("RunStarted"), heard.count("RunFinished")) == (1, 1)
    assert lock(desk)["a"]["takes"]
    (run,) = (desk.root / ".reelmake" / "runs.jsonl").read_text().splitlines()
    assert json.loads(run)["cost_usd"] == pytest.approx(0.10)


OF_AN_END = """\
stills: {end: {frame: {shot: a, at: end}}}
shots:
  a: {prompt: A kite., seconds: 2}
  b: {prompt: A tram., image: {still: end}, fit: crop, fallback: [{tier: dear, prompt: A tram at rest.}]}
outputs: {cut.mp4: {}}
"""


def test_what_only_a_run_can_know_is_asked_for_with_all_its_rungs(desk: Post) -> None:
    """The lock file seemed to name the take; who is asked then has agreed to nothing yet, and hears the bound."""
    desk.board(OF_AN_END)
    text = desk.root / "storyboard.yaml"
    text.write_text(text.read_text().replace("defaults:", TIERS % "" + "defaults:"))
    desk.build().expect()
    text.write_text(text.read_text().replace("at: end", "at: start"))
    assert desk.run("plan", "--json").expect().json["cost_usd"] == pytest.approx(0.20)
    ran = desk.run("build", "--budget", "0.10").expect(3, stderr="RM825")
    assert "this run would cost up to $0.20" in ran.stderr
    assert desk.orders == 2
    desk.run("build", "--budget", "0.20").expect(stderr="1 generated")


def test_a_model_that_ended_is_passed_without_asking_it(desk: Post) -> None:
    """And what was made with it before it ended stays what it is."""
    desk.board("shots:\n  a: {prompt: A kite., tier: old}\n")
    text = desk.root / "storyboard.yaml"
    old = "  old: {provider: studio, model: reel-8, price: 0.10, fallback: [{tier: final}]}\n"
    living = text.read_text().replace("tiers:\n", f"tiers:\n{old}")
    ended = living.replace("    options:", '    models: {reel-8: {sunset: "2020-01-01"}}\n    options:')
    text.write_text(living)
    desk.build().expect()
    text.write_text(ended)
    assert jobs(desk)["a"]["verdict"] == "fresh"
    text.write_text(ended.replace("A kite.", "A red kite."))
    assert "the 2nd of 2: the first needs reel-8, which ended on 2020-01-01" in jobs(desk)["a"]["reason"]
    desk.build().expect()
    assert lock(desk)["a"]["provider"].endswith("reel-9")
    assert desk.orders == 2
