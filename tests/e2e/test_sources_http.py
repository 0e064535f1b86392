"""The same over HTTP, with the /v1/videos shape and the fake server: a source that was deleted there."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

KEY = "let-me-in-please"
HEAD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "%s", api_key: "${env:STUDIO_KEY}"}
tiers:
  final: {provider: studio, model: reel-9, price: 0.50}
defaults: {tier: final, size: 128x72, seconds: 1}
shots:
  park: {prompt: A kite.}
"""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.0, key=KEY)) as running:
        yield running


@pytest.fixture
def film(project: Folder, server: FakeServer) -> Folder:
    """The park is made; then its job is deleted at the server."""
    project.env["STUDIO_KEY"] = KEY
    project.write("storyboard.yaml", HEAD % server.base_url)
    project.run("build", "--yes").expect()
    made = server.bill[0]["id"]
    reply = httpx.delete(
        f"{server.base_url}/videos/{made}", headers={"authorization": f"Bearer {KEY}"}, trust_env=False
    )
    assert reply.is_success
    return project


def dusk(film: Folder, server: FakeServer, policy: str) -> None:
    said = f", if_gone: {policy}" if policy else ""
    film.write("storyboard.yaml", HEAD % server.base_url + f"  dusk: {{remix: park, prompt: At dusk.{said}}}\n")


def test_stop_is_refused_before_anything_is_spent(film: Folder, server: FakeServer) -> None:
    dusk(film, server, "")
    ran = film.run("build", "--yes").expect(3, stderr="RM810")
    assert "`if_gone: upload` on dusk: send the clip itself, $0.50" in ran.stderr
    assert len(server.bill) == 1


@pytest.mark.parametrize(("policy", "orders"), [("upload", 2), ("continue", 2), ("regenerate", 3)])
def test_each_way_makes_the_shot_and_pays_what_it_says(
    film: Folder, server: FakeServer, policy: str, orders: int
) -> None:
    dusk(film, server, policy)
    cost = film.plan()["cost_usd"]
    assert cost == 0.5 * (orders - 1)
    film.run("build", "--budget", str(cost)).expect()
    assert len(server.bill) == orders
    assert film.build()["generated"] == 0


def test_a_clip_that_moderation_refuses_is_ordered_once_more_if_asked(project: Folder, server: FakeServer) -> None:
    project.env["STUDIO_KEY"] = KEY
    park = "A kite., retry_moderation: 1"
    server.instruct("poll:hold", "fail:moderation_blocked")
    project.write("storyboard.yaml", HEAD.replace("A kite.", park) % server.base_url)
    with project.start("build", "--yes") as run:
        server.until(lambda s: any(line["method"] == "GET" for line in s.requests))
        server.instruct()  # the next job goes well
        server.release()
        _, said = run.communicate(timeout=120)
    assert run.returncode == 0, said
    assert "$0.50 maybe charged" in said
    assert len(server.bill) == 2
    assert "its last order" not in project.run("plan").expect().stdout
