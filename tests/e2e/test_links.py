"""A reply that leads into a network stops one shot, not the build, unless the provider itself is in that network."""

from __future__ import annotations

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{base_url}", api_key: "${{env:STUDIO_KEY}}"}}
tiers: {{final: {{provider: studio, model: m1, price: 0.50}}}}
defaults: {{tier: final, size: 128x72, seconds: 0.5}}
shots:
  park: {{prompt: A kite., extras: {{script: ["content:{fault}"]}}}}
"""


def test_a_link_into_another_network(project: Folder) -> None:
    project.env["STUDIO_KEY"] = "any"
    with FakeServer(ServerOptions(takes=0.0)) as server:
        project.write("storyboard.yaml", FILM.format(base_url=server.base_url, fault="redirect-private"))

        refused = project.run("build", "--yes").expect(1, stderr="RM961")
        assert "allow_private" in refused.stderr
        assert sum("/content" in asked["path"] for asked in server.requests) == 1  # asking again would lead there again
        assert project.run("status", "--json").expect().json["open"]

        assert project.build("--yes")["generated"] == 1  # the fault is over
        assert len(server.bill) == 1


def test_a_server_on_this_machine_leads_to_another_port_of_it(project: Folder) -> None:
    project.env["STUDIO_KEY"] = "any"
    with FakeServer(ServerOptions(takes=0.0)) as server:
        home = server.base_url.replace("127.0.0.1", "localhost")
        project.write("storyboard.yaml", FILM.format(base_url=home, fault="redirect-self"))

        assert project.build("--yes")["generated"] == 1
        assert len(server.bill) == 1
