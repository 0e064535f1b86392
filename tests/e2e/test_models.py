"""What is known of models, with the real command: prices, refusals in the plan, a model that ends."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.test_money import bill
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

HEAD = """\
reelmake: 1
providers:
  studio:
    kind: loop-vendor
    models:
      m1: {MODEL}
tiers:
  final: {provider: studio, model: m1}
defaults: {tier: final, size: 128x72, seconds: 0.5}
"""
FILM = """\
shots:
  a: {prompt: A kite.}
  b: {continue: a, prompt: It lands.}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    vendor = Path(__file__).parent.parent / "support" / "vendor"
    project.env |= {"PYTHONPATH": str(vendor), "VENDOR_WORLD": str(project.root.parent / "vendor")}
    return project


def head(model: str) -> str:
    return HEAD.replace("{MODEL}", "{" + model + "}")


def test_the_models_price_is_the_cost_until_the_tier_has_its_own(film: Folder) -> None:
    film.storyboard(FILM, head=head("price: {72: 0.4, 720: 9}, per_image: 0.01, per_clip: 0.05"))
    costs = {j["shot"]: j["cost_usd"] for j in film.plan()["jobs"]}
    assert costs == {"a": 0.25, "b": 0.26}  # half a second at 0.40, the clip, and the picture that b starts from

    film.storyboard(FILM, head=head("price: 0.4, per_image: 0.01, free_images: 1, least: 0.23"))
    assert {j["cost_usd"] for j in film.plan()["jobs"]} == {0.23}

    film.storyboard(FILM, head=head("price: 9, per_clip: 3").replace("model: m1}", "model: m1, price: 0.2}"))
    assert {j["cost_usd"] for j in film.plan()["jobs"]} == {0.1}


def test_prices_and_what_a_model_can_do_are_part_of_no_key(film: Folder) -> None:
    film.storyboard(FILM, head=head("price: 1"))
    before = film.plan()["jobs"][0]["key"]
    film.storyboard(FILM, head=head("price: 2, seconds: [0.5], limits: {in_flight: 1}, source: a guide, sunset: never"))
    assert film.plan()["jobs"][0]["key"] == before


@pytest.mark.parametrize("command", ["check", "plan", "build"])
def test_what_the_model_cannot_do_is_told_before_anything_is_sent(film: Folder, command: str) -> None:
    film.storyboard(FILM, head=head("price: 1, seconds: [1, 2]"))
    said = film.run(command).expect(2, stderr="RM431").stderr
    assert "nearest: 1; it makes 1 or 2 seconds" in said
    assert bill(film) == []


@pytest.mark.parametrize("command", [("plan",), ("build", "--yes")])
def test_nothing_new_is_ordered_from_a_model_that_has_ended(film: Folder, command: tuple[str, ...]) -> None:
    film.storyboard(
        FILM, head=head("price: 1, sunset: 2026-09-24, instead: [m2, m3], source: a page, as_of: 2026-10-01")
    )
    said = film.run(*command).expect(3, stderr="error[RM808]").stderr

    assert 'the model "m1" ended on 2026-09-24 (a page, as of 2026-10-01), and a, b would have to be made' in said
    assert "use m2 or m3 instead" in said
    assert "storyboard.yaml:8:36" in said  # where the tier names it
    assert bill(film) == []


def test_in_json_the_plan_and_its_refusal_are_one_object(film: Folder) -> None:
    film.storyboard(FILM, head=head("price: 1, sunset: 2026-09-24"))
    plan = film.run("plan", "--json").expect(3).json

    assert plan["error"]["code"] == "RM808"
    assert [j["ended"] for j in plan["jobs"]] == ["2026-09-24", "2026-09-24"]
    assert "ended on 2026-09-24" in plan["jobs"][0]["reason"]
    error = film.run("build", "--json", "--yes").expect(3).json["error"]
    assert error["code"] == "RM808"
    assert not any(step["costs_money"] for step in error["next"])


def test_takes_of_a_model_that_has_ended_stay_usable(film: Folder) -> None:
    film.storyboard(FILM, head=head("price: 1"))
    film.build("--yes")
    ended = head("price: 1, sunset: 2026-09-24")

    film.storyboard(FILM, head=ended)
    assert film.build()["generated"] == 0
    film.storyboard(FILM + "cut: [b, a]\n", head=ended)
    assert film.build()["generated"] == 0  # another cut of what is there
    film.run("check").expect(0, stderr="warning[RM436]")
    film.storyboard(FILM.replace("It lands.", "It lands softly."), head=ended)
    said = film.run("build", "--yes").expect(3, stderr="RM808").stderr
    assert "and b would have to be made" in said
    assert len(bill(film)) == 2
