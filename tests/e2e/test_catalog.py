"""Models that ship, with the real command: what would fail at the vendor is refused before it is ordered."""

from __future__ import annotations

import pytest

from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers: {{runway: {{kind: runway, api_key: "${{env:RUNWAY_KEY}}"}}}}
tiers: {{final: {{provider: runway, model: {model}}}}}
defaults: {{tier: final, size: {size}, seconds: {seconds}}}
shots:
  park: {{prompt: A kite.}}
"""


@pytest.mark.parametrize(
    ("model", "size", "seconds", "code", "says"),
    [
        ("gen4_turbo", "1280x720", 5, "RM433", "only from a first image"),
        ("aleph2", "1280x720", 5, "RM432", "makes no clips from words alone"),
        ("veo3.1", "1280x720", 5, "RM431", "4, 6 or 8"),
        ("hailuo3", "1280x720", 5, "RM430", "the nearest is 768"),
    ],
)
def test_what_runway_does_not_make(project: Folder, model: str, size: str, seconds: int, code: str, says: str) -> None:
    project.write("storyboard.yaml", FILM.format(model=model, size=size, seconds=seconds))
    said = project.run("check").expect(2, stderr=code).stderr
    assert says in said


@pytest.mark.parametrize(
    ("model", "size", "seconds", "cost"),
    [("hailuo3", "1366x768", 5, 0.5), ("hailuo3", "2560x1440", 5, 0.75), ("veo3.1", "1280x720", 4, 1.6),
     ("seedance2_mini", "1280x720", 2, 0.64), ("seedance2", "2206x946", 5, 2.0)],
)  # fmt: skip
def test_what_it_makes_has_its_price(project: Folder, model: str, size: str, seconds: int, cost: float) -> None:
    project.write("storyboard.yaml", FILM.format(model=model, size=size, seconds=seconds))
    assert [job["cost_usd"] for job in project.plan()["jobs"]] == [cost]


def test_a_model_that_ends_in_days_is_told_with_what_to_use(project: Folder) -> None:
    board = FILM.replace("kind: runway", 'kind: openai-videos, base_url: "http://127.0.0.1:9/v1"')
    project.write("storyboard.yaml", board.format(model="gemini-omni-1.1-flash", size="1280x720", seconds=5))
    said = project.run("check").expect(0).stderr
    assert "2026-12-03" in said
    assert "gemini-omni-1.2-flash" in said
