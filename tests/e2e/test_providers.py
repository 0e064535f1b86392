"""`reelmake providers`: what is known, shown to people and programs; vendors that list their models are asked."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.support import atelier
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

BOARD = """\
reelmake: 1
providers:
  studio:
    kind: openai-videos
    base_url: http://127.0.0.1:9/v1
    api_key: ${env:STUDIO_KEY}
    limits: {in_flight: 8}
    models:
      wan: {seconds: [5, 10], exact_image: false, price: 0.5, limits: {per_minute: 3}}
tiers:
  final: {provider: studio, model: wan, price: 0.12}
  old: {provider: studio, model: sora-2-pro}
  mine: {provider: studio, model: nobody-knows}
shots:
  a: {prompt: A kite.}
"""
SECRET = "key-that-must-not-be-seen"


def test_a_storyboards_providers_with_the_models_that_its_tiers_name(project: Folder) -> None:
    project.storyboard(BOARD, head="")
    project.env["STUDIO_KEY"] = SECRET
    said = project.run("providers").expect().stdout

    assert "studio  openai-videos  http://127.0.0.1:9/v1  ✓ STUDIO_KEY is set" in said
    assert "8 at once" in " ".join(said.split())
    rows = {line.split()[1]: line for line in said.splitlines() if line.startswith(("final ", "old ", "mine "))}
    assert "5/10 s; pictures of any size" in rows["wan"]
    assert "3 a minute" in " ".join(said.split())
    assert "0.12 (tier)" in rows["wan"]
    assert "ended 2026-09-24" in rows["sora-2-pro"]
    assert "anything" in rows["nobody-knows"]
    assert "not known" in rows["nobody-knows"]
    assert "[1] OpenAI model page" in said
    assert "as of 2026-11-30" in said
    assert "more known: reelmake providers studio" in said
    assert "\x1b" not in said
    assert SECRET not in said
    project.env["STUDIO_KEY"] = ""
    assert "✗ STUDIO_KEY is not set" in project.run("providers").expect().stdout


def test_what_makes_no_clips_says_what_it_makes_and_by_which_unit_it_counts(project: Folder) -> None:
    project.write("vendors/at.yaml", atelier.FILE)
    tiers = "  t: {provider: at, model: film}\n"
    project.storyboard(
        f"reelmake: 1\nproviders:\n  at: {{kind: vendors/at.yaml, base_url: http://localhost:1}}\ntiers:\n{tiers}"
        "shots:\n  a: {prompt: A kite., tier: t}\n",
        head="",
    )
    said = project.run("providers", "at").expect().stdout
    assert "makes clips, stills, speech, music" in said
    rows = {line.split()[0]: " ".join(line.split()) for line in said.splitlines() if line.startswith("   ")}
    assert rows["pen"] == "pen still; 64x48 0.04 each"
    assert rows["voice"] == "voice speech of up to 4,096 characters 0.50 for 1,000 characters"
    assert rows["band"] == "band music 0.01 a second"
    (told,) = json.loads(project.run("providers", "at", "--json").expect().stdout)["providers"]
    assert told["media"] == ["clip", "music", "speech", "still"]
    assert [model.get("medium") for model in told["models"]] == [None, "still", "speech", "music"]


def test_for_programs_the_whole_form(project: Folder) -> None:
    project.storyboard(BOARD, head="")
    project.env["STUDIO_KEY"] = SECRET
    ran = project.run("providers", "--json").expect()
    studio = next(p for p in ran.json["providers"] if p["name"] == "studio")
    models = {m["name"]: m for m in studio["models"]}

    assert SECRET not in ran.stdout
    assert studio["secrets"] == [{"place": "STUDIO_KEY", "present": True}]
    assert models["wan"]["seconds"] == [5, 10]
    assert models["wan"]["tiers"] == ["final"]
    pro = models["sora-2-pro"]
    assert (pro["ended"], pro["sunset"]) == (True, "2026-09-24")
    assert pro["price"] == {"720": 0.3, "1024": 0.5, "1080": 0.7}
    everything = project.run("providers", "--json", "--all").expect().json["providers"]
    assert len(next(p for p in everything if p["name"] == "studio")["models"]) > 40


def test_without_a_storyboard_every_kind(project: Folder) -> None:
    said = project.run("providers").expect().stdout

    for kind in ("sketch", "openai-videos", "xai"):
        assert f"\n{kind}" in f"\n{said}"
    assert "free, on this machine" in said
    assert "sora-2-pro" not in said
    assert "sora-2-pro" in project.run("providers", "--all").expect().stdout


def test_what_a_variable_puts_into_the_address_is_not_shown(project: Folder) -> None:
    project.storyboard(BOARD.replace("http://127.0.0.1:9/v1", "http://127.0.0.1:9/${env:STUDIO_PASS}/v1"), head="")
    project.env["STUDIO_PASS"] = SECRET
    for form in ((), ("--json",)):
        ran = project.run("providers", *form).expect()
        assert SECRET not in ran.stdout + ran.stderr
    said = project.run("check").expect(2, stderr="RM214").stderr  # nor is it ever read: it may not stand there
    assert "${env:STUDIO_PASS}" in said
    assert SECRET not in said


def test_one_provider_kind_or_model(project: Folder) -> None:
    project.storyboard(BOARD, head="")
    assert "azure/sora-2" in project.run("providers", "studio").expect().stdout
    assert "grok-imagine-video" in project.run("providers", "xai").expect().stdout
    said = project.run("providers", "sora-2-pro").expect().stdout
    assert "sora-2-pro" in said
    assert "sora-2-2025-10-06" not in said
    assert "did you mean" in project.run("providers", "sora-2-prp").expect(2, stderr="RM713").stderr


@pytest.mark.parametrize("columns", ["80", "120"])
def test_no_line_is_wider_than_the_terminal(project: Folder, columns: str) -> None:
    from reelmake import catalog
    from reelmake.report.offers import ProviderOffer, text

    offers = [
        ProviderOffer(kind, can, models=tuple(catalog.models(kind).values())) for kind, can in catalog.kinds().items()
    ]
    drawn = text(offers, "2026-11-21", int(columns), colour=False).splitlines()

    assert max(map(len, drawn)) <= int(columns)
    assert len(drawn) > 100
    whole = " ".join(" ".join(line.split()) for line in drawn)
    for model in (m for kind in catalog.kinds() for m in catalog.models(kind).values() if len(m.name) < 20):
        assert model.name in whole


# -- a vendor that lists its models


class Router(BaseHTTPRequestHandler):
    """The list of models of the OpenRouter shape."""

    def do_GET(self) -> None:
        wrong = self.path != "/v1/videos/models" or self.headers["Authorization"] != f"Bearer {SECRET}"
        model = {"id": "acme/reel", "supported_sizes": ["1280x720"], "supported_durations": [4, 6]}
        body = json.dumps({"data": [model]}).encode()
        self.send_response(404 if wrong else 200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args: object) -> None:
        return None


@pytest.fixture
def router() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Router)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/v1"
    server.shutdown()
    server.server_close()


ROUTED = """\
reelmake: 1
providers:
  router: {kind: openrouter, base_url: "URL", api_key: "${env:ROUTER_KEY}"}
tiers:
  final: {provider: router, model: acme/reel, size: 1280x720, price: 0.1}
shots:
  a: {prompt: A kite., tier: final, seconds: SECONDS}
"""


def test_refresh_asks_remembers_and_the_plan_holds_to_it(project: Folder, router: str) -> None:
    def write(seconds: int) -> None:
        project.storyboard(ROUTED.replace("URL", router).replace("SECONDS", str(seconds)), head="")

    write(5)
    project.run("check").expect(0)
    write(4)
    assert "router: not asked" in project.run("providers", "--refresh").expect(0).stderr
    project.env["ROUTER_KEY"] = SECRET
    ran = project.run("providers", "--refresh").expect(0, stderr="router: 1 model")
    assert "1280x720; 4/6 s" in ran.stdout
    assert SECRET not in ran.stdout + ran.stderr
    write(5)
    said = project.run("check").expect(2, stderr="RM431").stderr
    assert "nearest: 4; it makes 4 or 6 seconds" in said
    assert "the vendor's own list of models" in said
    assert "has errors" in project.run("providers", "xai").expect(0, stdout="grok-imagine-video").stderr
