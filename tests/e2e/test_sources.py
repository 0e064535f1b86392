"""A remix needs its source alive at the provider: with the real command, what happens when it is gone."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from reelmake.store.local import LocalStore
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

HEAD = """\
reelmake: 1
providers:
  studio: {kind: loop-vendor}
tiers:
  final: {provider: studio, model: m1, price: 0.50}
defaults: {tier: final, size: 128x72, seconds: 0.5}
shots:
  park: {prompt: A kite.}
"""
DUSK = "  dusk: {remix: park, prompt: The kite at dusk.%s}\n"
BOTH = ("build", "--yes")


@pytest.fixture
def film(project: Folder) -> Folder:
    """The park is made; what remixes it is not."""
    vendor = Path(__file__).parent.parent / "support" / "vendor"
    project.env |= {"PYTHONPATH": str(vendor), "VENDOR_WORLD": str(project.root.parent / "vendor")}
    project.storyboard("", head=HEAD)
    project.run(*BOTH).expect()
    return project


def bill(film: Folder) -> list[dict[str, Any]]:
    lines = (Path(film.env["VENDOR_WORLD"]) / "bill").read_text().splitlines()
    return [json.loads(line) for line in lines]


def gone(film: Folder) -> None:
    """The vendor deletes everything."""
    for file in Path(film.env["VENDOR_WORLD"]).glob("job_*"):
        file.unlink()


def dusk(film: Folder, policy: str = "", *, head: str = HEAD) -> None:
    film.write("storyboard.yaml", head + DUSK % (f", if_gone: {policy}" if policy else ""))


def job(plan: Any, shot: str) -> Any:
    return [j for j in plan["jobs"] if j["shot"] == shot][-1]


def test_a_source_that_is_there_is_named_by_its_id(film: Folder) -> None:
    dusk(film)
    film.run(*BOTH).expect()
    assert [(b["operation"], bool(b["source"])) for b in bill(film)] == [("generate", False), ("remix", True)]


def test_stop_refuses_before_anything_is_spent_and_names_three_ways_with_their_prices(film: Folder) -> None:
    gone(film)
    dusk(film)
    ran = film.run(*BOTH).expect(3, stderr="RM810")
    assert "storyboard.yaml:9:17" in ran.stderr
    assert "`if_gone: upload` on dusk: send the clip itself, $0.25" in ran.stderr
    assert "`if_gone: continue` on dusk: start a new clip from its last frame, $0.25" in ran.stderr
    assert "`if_gone: regenerate` on dusk: make another take of park first, and use it, $0.50" in ran.stderr
    assert len(bill(film)) == 1
    plan = film.run("plan", "--json").expect(3)
    assert "its source is not available at studio (studio says so)" in job(plan.json, "dusk")["reason"]
    assert plan.json["error"]["code"] == "RM810"


def test_what_was_heard_once_is_known_offline_until_the_provider_says_otherwise(film: Folder) -> None:
    world = Path(film.env["VENDOR_WORLD"])
    kept = {file: file.read_bytes() for file in world.glob("job_*")}
    gone(film)
    dusk(film)
    film.run("plan").expect(3)
    film.env["VENDOR_AWAY"] = "1"
    film.run("plan").expect(3, stdout="its source is not available at studio")
    for file, data in kept.items():
        file.write_bytes(data)
    film.run("plan").expect(3)
    del film.env["VENDOR_AWAY"]
    assert "source" not in film.run("plan").expect(0).stdout


def test_a_provider_that_cannot_be_asked_is_believed(film: Folder) -> None:
    gone(film)
    dusk(film)
    film.env["VENDOR_AWAY"] = "1"
    assert "source" not in film.run("plan").expect(0).stdout
    film.run(*BOTH).expect(1, stderr="RM950")  # a surprise at the order itself, which is refused and free
    assert len(bill(film)) == 1
    film.run(*BOTH).expect(3, stderr="RM810")


def test_upload_sends_the_clip_itself(film: Folder) -> None:
    gone(film)
    dusk(film, "upload")
    assert "`if_gone: upload`: send the clip itself" in job(film.plan(), "dusk")["reason"]
    film.run(*BOTH).expect()
    assert (bill(film)[-1]["operation"], bill(film)[-1]["source"], bill(film)[-1]["files"]) == ("remix", "", ["source"])
    assert film.build()["generated"] == 0


def test_continue_starts_a_new_clip_from_the_last_frame_and_says_so_in_the_record(film: Folder) -> None:
    gone(film)
    dusk(film, "continue")
    film.run(*BOTH).expect()
    last = bill(film)[-1]
    assert (last["operation"], last["source"], last["files"]) == ("generate", "", ["image"])
    takes = {t.remote: t for t in LocalStore(film.root / ".reelmake").takes()}
    assert takes[last["remote"]].via == "continue"
    dusk(film)  # the policy is in no key: the take stays the remix's
    assert film.build()["generated"] == 0


@pytest.mark.parametrize("policy", ["upload", "continue"])
def test_a_surprise_at_the_order_follows_the_policy(film: Folder, policy: str) -> None:
    (Path(film.env["VENDOR_WORLD"]) / "amnesia").touch()
    dusk(film, policy)
    film.run("build", "--yes", "--events", "events.jsonl").expect()
    assert "is ordered without it" in (film.root / "events.jsonl").read_text()
    assert [b["operation"] for b in bill(film)] == ["generate", "remix" if policy == "upload" else "generate"]


def test_regenerate_makes_another_take_of_the_source_and_uses_it(film: Folder) -> None:
    gone(film)
    dusk(film, "regenerate")
    plan = film.plan()
    assert plan["cost_usd"] == 0.5
    assert (job(plan, "park")["take"], job(plan, "dusk")["verdict"]) == (2, "undecided")
    assert "park@" not in (film.root / "reelmake.lock").read_text()
    film.run("build", "--budget", "0.3").expect(3, stderr="RM801")
    film.run("build", "--budget", "0.5").expect()
    assert [(b["prompt"], b["take"], bool(b["source"])) for b in bill(film)[1:]] == [
        ("A kite.", 2, False),
        ("The kite at dusk.", 1, True),
    ]
    gone(film)
    assert film.build()["generated"] == 0


def test_a_source_that_the_storyboard_picks_is_not_made_again(film: Folder) -> None:
    gone(film)
    dusk(film, "regenerate", head=HEAD.replace("A kite.", "A kite., pick: 1"))
    film.run(*BOTH).expect(3, stderr="RM810")
    assert len(bill(film)) == 1


def test_a_source_whose_time_is_over_is_known_to_be_gone(project: Folder, film: Folder) -> None:
    timed = HEAD.replace("A kite.", "A red kite., extras: {script: ['expires:2026-01-01T00:00:00+00:00']}")
    film.storyboard("", head=timed)
    film.run(*BOTH).expect()
    film.env["VENDOR_AWAY"] = "1"
    dusk(film, head=timed)
    film.run(*BOTH).expect(3, stderr="it expired there on 2026-01-01")


def test_a_clip_of_another_provider_can_be_sent(film: Folder) -> None:
    other = HEAD.replace("  studio: {kind", "  lab: {kind: loop-vendor}\n  studio: {kind")
    other = other.replace("tiers:\n", "tiers:\n  lab: {provider: lab, model: m1, price: 0.50}\n")
    board = "  dusk: {remix: park, tier: lab, prompt: The kite at dusk.%s}\n"
    film.write("storyboard.yaml", other + board % "")
    film.run("check").expect(2, stderr="RM509")
    film.write("storyboard.yaml", other + board % ", if_gone: upload")
    assert "it was made at studio" in job(film.plan(), "dusk")["reason"]
    film.run(*BOTH).expect()
    assert bill(film)[-1]["files"] == ["source"]


# Moderation of what was made

KITE = HEAD.replace("A kite.", "A kite., extras: {script: [moderate]}%s")


@pytest.fixture
def strict(project: Folder) -> Folder:
    """A vendor that refuses the first clip it makes."""
    vendor = Path(__file__).parent.parent / "support" / "vendor"
    project.env |= {"PYTHONPATH": str(vendor), "VENDOR_WORLD": str(project.root.parent / "vendor")}
    return project


def test_a_moderated_clip_is_said_before_it_is_ordered_again(strict: Folder) -> None:
    strict.storyboard("", head=KITE % "")
    ran = strict.run("build", "--yes", "--json").expect(1)
    assert ran.json["error"]["code"] == "RM921"
    assert {"command": "reelmake build", "costs_money": True} in ran.json["error"]["next"]
    assert len(bill(strict)) == 1
    reason = job(strict.plan(), "park")["reason"]
    assert reason.startswith("its last order was refused by moderation on 20")
    assert "($0.25 maybe charged)" in reason
    strict.run(*BOTH).expect(0)
    assert len(bill(strict)) == 2


def test_a_moderated_clip_is_ordered_again_if_the_shot_says_so(strict: Folder) -> None:
    strict.storyboard("", head=KITE % ", retry_moderation: 1")
    strict.run("build", "--budget", "0.3", "--json").expect(1)  # two orders would be more
    assert len(bill(strict)) == 1
    for file in Path(strict.env["VENDOR_WORLD"]).glob("*"):
        file.unlink()
    for file in (strict.root / ".reelmake").glob("journal*"):
        file.unlink()
    strict.run("build", "--budget", "0.5").expect(0, stderr="0.25 maybe charged")
    assert len(bill(strict)) == 2
