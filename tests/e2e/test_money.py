"""Paid shots with the real command: nothing is ordered twice, whatever happens; nothing is spent unasked."""

from __future__ import annotations

import json
import os
import random
import signal
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.support.folder import Folder

pytestmark = pytest.mark.slow

HEAD = """\
reelmake: 1
providers:
  studio: {kind: loop-vendor, limits: {in_flight: 2}}
tiers:
  final: {provider: studio, model: m1, price: 0.50}
defaults: {tier: final, size: 128x72, seconds: 0.5}
"""
FILM = """\
shots:
  a: {prompt: A kite.}
  b: {prompt: A tram.}
  c: {remix: a, prompt: The kite at dusk.}
  d: {continue: c, prompt: It lands.}
  e: {prompt: The sea.}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    vendor = Path(__file__).parent.parent / "support" / "vendor"
    project.env |= {"PYTHONPATH": str(vendor), "VENDOR_WORLD": str(project.root.parent / "vendor")}
    project.storyboard(FILM, head=HEAD)
    return project


def bill(project: Folder) -> list[str]:
    """The prompts that were ordered, in order."""
    path = Path(project.env["VENDOR_WORLD"]) / "bill"
    return [json.loads(line)["prompt"] for line in path.read_text().splitlines()] if path.exists() else []


def test_a_plan_says_what_it_would_cost(film: Folder) -> None:
    plan = film.plan()

    assert plan["cost_usd"] == 1.25
    assert {j["cost_usd"] for j in plan["jobs"]} == {0.25}
    assert bill(film) == []


def test_without_a_terminal_it_needs_yes_or_a_budget(film: Folder) -> None:
    refused = film.run("build").expect(3, stderr="RM803")
    assert "--yes" in refused.stderr
    film.run("build", "--budget", "1").expect(3, stderr="RM801")
    assert bill(film) == []
    film.run("build", "--budget", "1.25").expect(0)
    assert len(bill(film)) == 5


def test_a_refusal_in_json_says_what_is_safe_to_do(film: Folder) -> None:
    error = film.run("build", "--json").expect(3).json["error"]

    assert error["code"] == "RM803"
    assert {"command": "reelmake plan", "costs_money": False} in error["next"]
    assert {"command": "reelmake build --yes", "costs_money": True} in error["next"]


def test_the_storyboards_own_budget_holds(film: Folder) -> None:
    film.storyboard(FILM, head=HEAD + "budget: 1\n")
    film.run("build", "--yes").expect(3, stderr="RM801")
    assert bill(film) == []


def test_an_unknown_price_is_said_and_a_budget_refuses_it(film: Folder) -> None:
    film.storyboard(FILM, head=HEAD.replace(", price: 0.50", ""))
    assert film.plan()["unpriced"]
    film.run("build", "--budget", "5").expect(3, stderr="RM807")
    film.run("build", "--yes").expect(0)


def test_everything_is_ordered_once_and_never_again(film: Folder) -> None:
    film.build("--yes")
    assert sorted(bill(film)) == ["A kite.", "A tram.", "It lands.", "The kite at dusk.", "The sea."]
    film.build("--yes")
    film.storyboard(FILM.replace("a:", "kite:").replace("remix: a", "remix: kite"), head=HEAD)
    film.build("--yes")
    assert len(bill(film)) == 5
    assert film.run("status", "--json").expect().json["ledger_usd"]["spent"] == 1.25


@pytest.mark.parametrize("seed", range(6))
def test_kill_9_at_any_moment_and_the_next_run_goes_on(film: Folder, seed: int) -> None:
    film.hurried = True
    chance = random.Random(seed)
    for _ in range(3):
        run = film.start("build", "--yes", "--json")
        time.sleep(chance.uniform(0.3, 3.0))
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
    film.build("--yes")

    assert Counter(bill(film)) == Counter(["A kite.", "A tram.", "It lands.", "The kite at dusk.", "The sea."])
    assert film.build("--yes")["generated"] == 0


def test_ctrl_c_keeps_what_was_paid_and_the_next_run_goes_on(film: Folder) -> None:
    film.storyboard(FILM.replace("prompt: The sea.", "prompt: The sea., extras: {script: [slow]}"), head=HEAD)
    run = film.start("build", "--yes")
    while "The sea." not in bill(film):
        time.sleep(0.05)
    time.sleep(0.3)
    run.send_signal(signal.SIGINT)
    _, err = run.communicate(timeout=30)

    assert run.returncode == 130, err
    assert "Traceback" not in err
    film.build("--yes")
    assert len(bill(film)) == len(set(bill(film))) == 5


def test_a_lost_answer_is_never_ordered_again(film: Folder) -> None:
    film.hurried = True
    film.storyboard(FILM.replace("prompt: The sea.", "prompt: The sea., extras: {script: [lost]}"), head=HEAD)
    film.run("build", "--yes")
    film.run("build", "--yes").expect(0)

    assert bill(film).count("The sea.") == 1


def test_a_refused_shot_skips_its_children_and_says_what_was_kept(film: Folder) -> None:
    film.storyboard(FILM.replace("prompt: A kite.", "prompt: A kite., extras: {script: [refuse]}"), head=HEAD)
    ran = film.run("build", "--yes").expect(1, stderr="refused (moderation)")

    assert "storyboard.yaml:" in ran.stderr
    assert "will not be paid for again" in ran.stderr
    assert sorted(bill(film)) == ["A tram.", "The sea."]


def test_a_busy_provider_is_asked_again(film: Folder) -> None:
    film.storyboard(FILM.replace("prompt: A kite.", "prompt: A kite., extras: {script: [busy]}"), head=HEAD)
    film.run("build", "--yes").expect(0)

    assert bill(film).count("A kite.") == 1


def test_missing_credentials_are_refused_before_anything_is_sent(film: Folder) -> None:
    film.storyboard(FILM, head=HEAD.replace("loop-vendor,", "loop-vendor, api_key: '${env:NO_SUCH_KEY}',"))
    film.run("build", "--yes").expect(3, stderr="NO_SUCH_KEY")
    assert bill(film) == []


def test_an_order_that_nobody_can_tell_of_is_settled_by_hand(film: Folder) -> None:
    film.env["VENDOR_BLIND"] = "1"  # it cannot list its jobs
    film.hurried = True
    film.storyboard(FILM.replace("prompt: The sea.", "prompt: The sea., extras: {script: [lost]}"), head=HEAD)
    first = film.run("build", "--yes").expect(1, stderr="RM915")
    assert "reelmake jobs adopt" in first.stderr
    (open_,) = film.run("jobs", "ls", "--json").expect().json["open"]
    assert (open_["shot"], open_["remote"], open_["cost_usd"]) == ("e", None, 0.25)
    assert film.run("status", "--json").expect().json["ledger_usd"]["maybe spent"] == 0.25
    film.run("build", "--yes").expect(1)  # and again: it is not sent a second time
    assert bill(film).count("The sea.") == 1

    film.run("jobs", "rm", "nonsense").expect(2, stderr="RM708")
    line = next(json.loads(x) for x in (Path(film.env["VENDOR_WORLD"]) / "bill").read_text().splitlines() if "sea" in x)
    film.run("jobs", "adopt", open_["token"][:10], line["remote"]).expect()
    film.run("build", "--yes").expect(0)
    assert bill(film).count("The sea.") == 1


def test_an_order_that_is_given_up_may_be_sent_again(film: Folder) -> None:
    film.env["VENDOR_BLIND"] = "1"
    film.hurried = True
    board = FILM.replace("prompt: The sea.", "prompt: The sea., extras: {script: [lost]}")
    film.storyboard(board, head=HEAD)
    film.run("build", "--yes").expect(1)
    (open_,) = film.run("jobs", "ls", "--json").expect().json["open"]
    film.run("jobs", "rm", open_["token"]).expect()

    film.run("build", "--yes").expect(1, stderr="RM915")
    assert bill(film).count("The sea.") == 2


def test_pick_says_what_follows_and_its_cost_before_it_writes(film: Folder) -> None:
    film.storyboard(FILM.replace("A kite.}", "A kite., takes: 2}"), head=HEAD)
    film.run("build", "--yes").expect()

    picked = film.run("pick", "a", "2", "--json").expect()

    assert picked.json["follows"] == {"takes": ["c", "d"], "cost_usd": 0.5}
    said = picked.stderr.splitlines()
    assert said[0] == "The next build makes 2 takes that depend on a again, for up to $0.50: c, d"
    assert said[1] == "Picked take 2 of a. Run `reelmake build` to update the cut"
    plan = film.plan()
    assert sorted(j["shot"] for j in plan["jobs"] if j["verdict"] != "fresh") == picked.json["follows"]["takes"]
    assert plan["cost_usd"] == picked.json["follows"]["cost_usd"]
    back = film.run("pick", "a", "1", "--json").expect()
    assert back.json["follows"] == {"takes": [], "cost_usd": 0.0}
    assert back.stderr.startswith("Picked take 1")


def test_retake_says_what_follows_before_it_asks_for_money(film: Folder) -> None:
    film.run("build", "--yes").expect()
    paid = bill(film)

    refused = film.run("retake", "a").expect(3, stderr="RM803")
    dry = film.run("retake", "a", "-n", "--json").expect().json
    made = film.run("retake", "a", "--yes", "--json").expect()

    line = "The next build makes 2 takes that depend on the new take of a again, for up to $0.50: c, d"
    assert refused.stderr.startswith(line)
    assert (dry["generate"], dry["cost_usd"]) == (1, 0.25)
    assert made.json["follows"] == {"takes": ["c", "d"], "cost_usd": 0.5}
    assert bill(film)[len(paid) :] == ["A kite."]
    plan = film.plan()
    assert sorted(j["shot"] for j in plan["jobs"] if j["verdict"] != "fresh") == ["c", "d"]
    assert film.run("retake", "a", "--keep-pick", "--yes", "--json").expect().json["follows"]["takes"] == []
