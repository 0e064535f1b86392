"""`reelmake jobs picture` and `jobs character` against a real server: what it keeps beside clips, put to use."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PIL import Image

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

SHOT = "shots:\n  a: {{prompt: A kite.{extras}}}\n"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, key="let-me-in")) as running:
        yield running


@pytest.fixture
def film(project: Folder, server: FakeServer) -> Folder:
    project.env["STUDIO_KEY"] = "let-me-in"
    project.storyboard(SHOT.format(extras=""), head=head(server))
    project.build("--yes", "a")
    return project


def head(server: FakeServer) -> str:
    return f"""\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}"}}
  house: {{kind: xai, api_key: "${{env:STUDIO_KEY}}"}}
tiers:
  final: {{provider: studio, model: m1, price: 0.10}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
"""


def test_pictures_of_a_clip(film: Folder, server: FakeServer) -> None:
    (job,) = (line["id"] for line in server.bill)

    assert film.run("jobs", "picture", job, "thumbnail", "-o", "a.webp").expect().stdout == "a.webp\n"
    asked = film.run("jobs", "picture", job, "spritesheet", "-o", "sheet.jpg", "--json").expect()

    assert asked.json["picture"] == {"remote": job, "variant": "spritesheet", "path": "sheet.jpg"}
    assert [form(film.root / name) for name in ("a.webp", "sheet.jpg")] == ["WEBP", "JPEG"]


def test_a_picture_that_is_not_there_leaves_nothing(film: Folder, server: FakeServer) -> None:
    film.write("kept.webp", "before")

    gone = film.run("jobs", "picture", "video_0", "thumbnail", "-o", "kept.webp", "--provider", "studio").expect(1)

    assert "RM950" in gone.stderr
    assert (film.root / "kept.webp").read_text() == "before"
    assert list(film.root.glob("*.part")) == []
    film.env["REELMAKE_KEYS"] = "STUDIO_KEY=https://api.x.ai"
    film.run("jobs", "picture", "x", "thumbnail", "-o", "x.webp", "--provider", "house").expect(2, stderr="RM719")


def test_a_character_is_made_once_and_ordered_with(film: Folder, server: FakeServer) -> None:
    clip = Path(film.build("--yes", "a")["clips"]["a"])
    film.run("jobs", "character", "studio", f"maya={clip}").expect(3, stderr="nothing was sent")
    film.run("jobs", "character", "studio", "maya=nowhere.mp4", "--yes").expect(2, stderr="RM719")
    assert sent(server) == 0

    made = film.run("jobs", "character", "studio", f"maya={clip}", "--yes").expect()
    id = made.stdout.strip()

    assert f"extras: {{characters: [{{id: {id}}}]}}" in made.stderr
    assert sent(server) == 1
    known = film.run("jobs", "character", "studio", id, "--json").expect().json
    assert known["character"] == {"provider": "studio", "id": id, "name": "maya"}
    film.run("jobs", "character", "studio", "char_0").expect(1, stderr="RM950")

    film.storyboard(SHOT.format(extras=f", extras: {{characters: [{{id: {id}}}]}}"), head=head(server))
    assert film.build("--yes", "a")["generated"] == 1
    assert "let-me-in" not in made.stdout + made.stderr + json.dumps(known)


def form(picture: Path) -> str | None:
    with Image.open(picture) as opened:
        opened.load()
        return opened.format


def sent(server: FakeServer) -> int:
    """How many characters the server was asked to make."""
    return sum(r["method"] == "POST" and r["path"].endswith("/characters") for r in server.requests)
