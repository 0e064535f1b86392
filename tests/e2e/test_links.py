"""A reply that leads into this network stops one shot, not the build, and costs nothing more once it is allowed."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelmake.fake.options import Options
from reelmake.fake.server import FakeServer
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{base_url}", api_key: "${{env:STUDIO_KEY}}", options: {{{options}}}}}
tiers: {{final: {{provider: studio, model: m1, price: 0.50}}}}
defaults: {{tier: final, size: 128x72, seconds: 0.5}}
shots:
  park: {{prompt: A kite., extras: {{script: ["content:redirect-self*99"]}}}}
"""


def test_a_link_into_this_network(project: Folder, tmp_path: Path) -> None:
    project.env["STUDIO_KEY"] = "any"
    with FakeServer(Options(takes=0.0)) as server:
        project.write("storyboard.yaml", FILM.format(base_url=server.base_url, options=""))

        refused = project.run("build", "--yes").expect(1, stderr="RM961")
        assert "allow_private" in refused.stderr
        assert sum("/content" in asked["path"] for asked in server.requests) == 1  # asking again would lead there again
        assert project.run("status", "--json").expect().json["open"]

        project.write("storyboard.yaml", FILM.format(base_url=server.base_url, options="allow_private: true"))
        assert project.build("--yes")["generated"] == 1
        assert len(server.bill) == 1
