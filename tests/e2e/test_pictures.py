"""First frames with the real command, against a server that refuses pictures of another size than the clip's."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO

import pytest
from PIL import Image

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.pictures import png

pytestmark = pytest.mark.slow

HEAD = """\
reelmake: 1
providers:
  studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}"}
tiers:
  final: {provider: studio, model: reel-2, price: 0.10}
defaults: {tier: final, size: 128x72, seconds: 1}
"""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.1)) as server:
        yield server


@pytest.fixture
def film(project: Folder, server: FakeServer) -> Folder:
    project.env["STUDIO_KEY"] = "key-of-the-test"
    project.write("first.png", png(100, 100))
    return project


def write(film: Folder, server: FakeServer, text: str) -> None:
    film.storyboard(text, head=HEAD.replace("URL", server.base_url))


@pytest.mark.parametrize("command", ["check", "plan", "build"])
def test_another_size_is_refused_with_both_sizes_before_anything_is_sent(
    film: Folder, server: FakeServer, command: str
) -> None:
    write(film, server, "shots:\n  a: {prompt: A kite., image: first.png}\n")
    said = film.run(command).expect(2, stderr="error[RM434]").stderr

    assert "first.png has 100x100 pixels, the clip 128x72" in said
    assert "storyboard.yaml:8:31" in said
    assert server.requests == []


def test_a_gif_by_another_name_is_refused(film: Folder, server: FakeServer) -> None:
    gif = BytesIO()
    Image.new("RGB", (128, 72)).save(gif, "GIF")
    film.write("first.png", gif.getvalue())
    write(film, server, "shots:\n  a: {prompt: A kite., image: first.png}\n")

    assert "despite its name it is gif" in film.run("check").expect(2, stderr="error[RM435]").stderr
    assert server.requests == []


def test_with_a_fit_what_is_sent_has_the_clips_pixels(film: Folder, server: FakeServer) -> None:
    write(
        film,
        server,
        """\
        shots:
          a: {prompt: A kite., image: first.png, fit: crop}
          b: {prompt: It lands., continue: a}
          c: {prompt: It is tall., continue: b, size: 72x128, fit: pad}
        """,
    )
    assert film.build("--yes")["generated"] == 3
    assert len(server.bill) == 3
    assert film.build("--yes")["generated"] == 0
    assert len(server.bill) == 3


def test_another_fit_is_another_clip_and_the_same_one_is_there_again(film: Folder, server: FakeServer) -> None:
    for fit, paid in (("crop", 1), ("pad", 2), ("crop", 2)):
        write(film, server, f"shots:\n  a: {{prompt: A kite., image: first.png, fit: {fit}}}\n")
        film.build("--yes")
        assert len(server.bill) == paid
    write(film, server, "shots:\n  a: {prompt: A kite., image: first.png, fit: blur}\n")
    assert "fit image" in film.run("explain", "a").stdout


def test_the_derived_picture_may_vanish_without_cost(film: Folder, server: FakeServer) -> None:
    write(film, server, "shots:\n  a: {prompt: A kite., image: first.png, fit: crop}\n")
    film.build("--yes")
    film.run("cache", "gc", "--delete").expect(0)
    (film.root / "build" / "cut.mp4").unlink()
    film.build("--yes")

    assert len(server.bill) == 1
