"""A clip that was paid for and is lost here, or was never whole, is fetched again where its provider still has it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reelmake.store.local import LocalStore
from reelmake_fake.mischief import _sound
from tests.support.desk import Post, post

pytestmark = pytest.mark.slow
SHOT = "shots:\n  a: {prompt: A kite.}\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Post]:
    """A film of one shot, made and paid for."""
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT)
        desk.build().expect()
        yield desk


def clip(desk: Post) -> Path:
    store = LocalStore(desk.root / ".reelmake")
    (take,) = [t for t in store.takes() if t.kind == "shot"]
    return store.path(take)


def planned(desk: Post) -> tuple[float, str]:
    plan = json.loads(desk.run("plan", "--json").expect().stdout)
    return plan["cost_usd"], plan["jobs"][0]["reason"]


def test_a_clip_that_was_deleted_is_fetched_again(desk: Post) -> None:
    paid = clip(desk)
    before = paid.read_bytes()
    paid.unlink()
    cost, reason = planned(desk)
    assert (cost, "is fetched again" in reason) == (0.0, True)
    desk.run("build", "--budget", "0").expect()
    assert paid.read_bytes() == before
    assert (len(desk.server.bill), desk.orders, desk.ledger) == (1, 1, {"spent": 0.1})


def test_a_clip_that_the_disk_has_damaged_is_fetched_again(desk: Post) -> None:
    paid = clip(desk)
    before = paid.read_bytes()
    paid.chmod(0o644)
    paid.write_bytes(before[:-9] + b"otherwise")
    desk.run("cache", "verify").expect(1, stderr="may still be at their providers: reelmake cache verify --forget")
    desk.run("cache", "verify", "--forget").expect(1, stderr="fetches what is forgotten from its provider again")
    assert planned(desk)[0] == 0.0
    desk.build().expect()
    assert paid.read_bytes() == before
    desk.run("cache", "verify").expect()
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


def test_what_an_earlier_version_kept_without_looking_is_told_and_fetched_again(desk: Post) -> None:
    store = LocalStore(desk.root / ".reelmake")
    good = clip(desk)
    before = good.read_bytes()
    (take,) = [t for t in store.takes() if t.kind == "shot"]
    sound = store.scratch(".mp4")
    sound.write_bytes(_sound())
    store.forget(take.key)
    good.unlink()
    store.keep(sound, replace(take, digest=""), durable=True)
    desk.board(SHOT + "cut: [{shot: a, title: Two}]\n")

    desk.run("plan").expect()
    told = desk.build().expect(1, stderr="the stored clip of a is unusable").stderr
    assert "reelmake cache verify --forget" in told
    desk.run("cache", "verify").expect(1, stderr="cannot be decoded")
    desk.run("cache", "verify", "--forget").expect(1)
    desk.build().expect()
    assert good.read_bytes() == before
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


def test_a_clip_that_its_provider_has_no_longer_is_not_paid_again_in_the_same_run(desk: Post) -> None:
    clip(desk).unlink()
    desk.server.reset()
    told = desk.build().expect(1, stderr="RM950").stderr
    assert "a backup of .reelmake/store may still have it" in told
    assert (desk.server.bill, desk.ledger) == ([], {"spent": 0.1})
    cost, reason = planned(desk)
    assert cost == 0.1
    assert reason == "made before, not here"
    desk.build().expect(3, stderr="RM823")
    assert desk.server.bill == []


def test_a_job_whose_clip_is_gone_can_be_adopted(desk: Post) -> None:
    job = desk.server.bill[0]["id"]
    desk.run("jobs", "adopt", job, "--shot", "a").expect(2, stderr="already made")
    clip(desk).unlink()
    desk.run("jobs", "adopt", job, "--shot", "a").expect(0, stderr="continues with")
    desk.build().expect()
    assert (len(desk.server.bill), desk.ledger) == (1, {"spent": 0.1})


def test_damage_that_stays_is_for_a_person_to_decide(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with post(tmp_path / "film", monkeypatch) as desk:
        desk.board(SHOT)
        desk.server.instruct("content:damaged*6")
        told = desk.build().expect(1, stderr="no usable clip").stderr
        (open_,) = desk.journal.open()
        assert f"reelmake jobs rm {open_.token}" in told
        desk.run("jobs", "rm", open_.token).expect(0, stderr="given up")
        assert desk.ledger == {"maybe spent": 0.1}
