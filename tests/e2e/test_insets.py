"""A shot that is seen only as an inset is planned, priced, made and kept like every other."""

from __future__ import annotations

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
shots:
  sky: {prompt: A sky.}
  maya: {prompt: A girl.}
cut:
  - {shot: sky, insets: [{shot: maya, trim: [0.1, 0.4], size: 40}]}
"""


def test_it_is_made_once_and_the_cut_follows_it(project: Folder) -> None:
    project.storyboard(FILM)
    assert project.verdicts() == {"sky": "missing", "maya": "missing"}
    assert project.build()["generated"] == 2
    first = project.cut()
    assert project.build()["generated"] == 0
    assert "maya" in (project.root / "reelmake.lock").read_text()

    project.storyboard(FILM.replace("A girl.", "A dog."))
    assert project.verdicts() == {"sky": "fresh", "maya": "stale"}
    assert project.build()["generated"] == 1
    assert project.cut() != first

    project.storyboard(FILM.replace("[0.1, 0.4]", "[0.2, 0.4]"))
    moved = project.build()
    assert moved["generated"] == 0
    assert project.cut() != first

    project.storyboard(FILM.replace(", insets: [{shot: maya, trim: [0.1, 0.4], size: 40}]", ""))
    assert project.verdicts() == {"sky": "fresh"}


def test_a_profile_that_makes_shots_shorter_shortens_its_trim(project: Folder) -> None:
    project.storyboard(FILM + "profiles:\n  ci: {defaults: {seconds: 0.25}}\n")
    assert project.build("--profile", "ci")["outputs"]["build/cut.mp4"]["frames"] == 6


def test_what_only_lengths_tell_is_told_at_its_line(project: Folder) -> None:
    project.storyboard(FILM.replace("trim: [0.1, 0.4]", "at: 0.5"))
    said = project.run("check").expect(2, stderr="error[RM455]").stderr
    assert "storyboard.yaml:7:43" in said
    assert 'after the end of "sky", which is shown for 0:00.5 (12 frames)' in said


def test_its_price_counts(project: Folder) -> None:
    head = """\
reelmake: 1
providers: {studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}"}}
tiers: {final: {provider: studio, model: reel-2, price: 0.10}}
defaults: {tier: final, size: 128x72, seconds: 1}
"""
    project.env["STUDIO_KEY"] = "key-of-the-test"
    with FakeServer(ServerOptions(takes=0.1)) as server:
        project.storyboard(FILM, head=head.replace("URL", server.base_url))
        assert project.plan()["cost_usd"] == 0.2
        project.run("build", "--budget", "0.15").expect(3, stderr="RM801")
        assert server.bill == []
        project.build("--budget", "0.20")
        assert len(server.bill) == 2
