"""`report`: what a change comes to, in a real repository, with takes that are here or not."""

from __future__ import annotations

import base64
import io
import json
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from reelmake.media.stills import glimpse
from reelmake.model.time import exact
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import TINY, Folder
from tests.support.repository import Repository

pytestmark = pytest.mark.slow
NAMES = [f"s{n:02}" for n in range(1, 21)]


class Page(HTMLParser):
    """`articles`: heading of each changed shot -> (alternative text, picture) of each image in it; `tags`: all tags
    with their attributes; `text`: what is read."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.articles: dict[str, list[tuple[str, np.ndarray]]] = {}
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.tags.append((tag, given))
        if tag == "article":
            self._inside = given["aria-labelledby"] or ""
            self.articles[self._inside] = []
        if tag == "img" and self._inside:
            kind, _, data = (given["src"] or "").partition(",")
            assert kind == "data:image/webp;base64"
            self.articles[self._inside].append((given["alt"] or "", pixels(base64.b64decode(data))))

    def handle_endtag(self, tag: str) -> None:
        if tag == "article":
            self._inside = ""

    def handle_data(self, data: str) -> None:
        self.text += data


def pixels(data: bytes) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(data)).convert("RGB").resize((32, 18)), dtype=float)


def board(prompts: dict[str, str]) -> str:
    shots = [f"  {name}: {{prompt: {json.dumps(words)}}}" for name, words in prompts.items()]
    shots[11] = f"  s12: {{continue: s11, prompt: {json.dumps(prompts['s12'])}}}"
    return "\n".join(["reelmake: 1", TINY.strip(), "shots:", *shots, ""])


@pytest.fixture
def film(project: Folder) -> Folder:
    """Twenty shots, the twelfth of which begins where the eleventh ends; built, and in git."""
    prompts = {name: f"A red kite over hill number {n}." for n, name in enumerate(NAMES, 1)}
    Repository.begin(project.root).write({"storyboard.yaml": board(prompts)})
    project.run("build").expect()
    Repository(project.root).commit()
    return project


def change(film: Folder) -> None:
    text = (film.root / "storyboard.yaml").read_text()
    film.write("storyboard.yaml", text.replace("A red kite over hill number 11.", "A lighthouse on a cliff at night."))


def test_one_shot_of_twenty_and_what_hangs_on_it(film: Folder, tmp_path: Path) -> None:
    """Named are exactly these two, with frames of before and after that are those of their takes."""
    jobs = {job["shot"]: job["key"] for job in film.plan()["jobs"]}
    change(film)
    said = film.run("report", "--json", "--base", "HEAD", "--html", "r.html", "--markdown", "r.md").expect().json

    assert [(s["shot"], s["kind"]) for s in said["changed"]] == [("s11", "changed"), ("s12", "follows")]
    page = Page((film.root / "r.html").read_text("utf-8"))
    assert len(page.articles) == 2
    for shot, pictures in zip(("s11", "s12"), page.articles.values(), strict=True):
        assert [alt for alt, _ in pictures[:3]] == [f"{shot} Before, at 0:00.{n}" for n in (0, 3, 4)]
        assert [alt for alt, _ in pictures[3:]] == [f"{shot} After, at 0:00.{n}" for n in (0, 3, 4)]
        old = clip(film, jobs[shot])
        new = clip(film, film.plan()["jobs"][int(shot[1:]) - 1]["key"])
        for take, shown in ((old, pictures[:3]), (new, pictures[3:])):
            for frame, (_, seen) in zip((1, 6, 10), shown, strict=True):
                assert np.abs(frame_of(take, frame) - seen).mean() < 6
    both = page.articles[next(iter(page.articles))]
    assert np.abs(both[1][1] - both[4][1]).mean() > 12
    assert "18 as before" in page.text
    for name in set(NAMES) - {"s11", "s12"}:
        assert f"| {name} |" not in (film.root / "r.md").read_text()
    assert said["generate"] == 0  # what is free was drawn for the page


def clip(film: Folder, key: str) -> Path:
    record = json.loads((film.root / ".reelmake/takes" / key[:2] / f"{key}.json").read_text())
    digest = record["digest"]
    return next((film.root / ".reelmake/store" / digest[:2]).glob(f"{digest}*"))


def frame_of(take: Path, frame: int) -> np.ndarray:
    file = io.BytesIO()
    glimpse(take, exact(f"{frame}/24")).save(file, "PNG")
    return pixels(file.getvalue())


PAID = """\
reelmake: 1
providers: {studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}"}}
tiers: {final: {provider: studio, model: m1, price: 0.4}}
defaults: {size: 128x72, seconds: 0.5, tier: final}
shots:
  a: {prompt: A kite., image: first.png}
  b: {continue: a, prompt: It lands.}
  c: {prompt: A tram.}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def paid(project: Folder, server: FakeServer) -> Folder:
    """A film that was paid for and is in git; then a prompt changed."""
    picture = io.BytesIO()
    Image.new("RGB", (128, 72), "#c03020").save(picture, "PNG")
    project.write("first.png", picture.getvalue())
    project.write("storyboard.yaml", PAID.replace("URL", server.base_url))
    project.env |= {"STUDIO_KEY": "sk-1"}
    project.run("build", "--yes").expect()
    Repository.begin(project.root).commit()
    text = (project.root / "storyboard.yaml").read_text().replace("A kite.", "A red kite.")
    project.write("storyboard.yaml", text)
    project.env.clear()
    return project


def reported(film: Folder, *args: str, code: int = 0) -> tuple[Any, Page]:
    said = film.run("report", "--json", "--base", "HEAD", "--html", "r.html", *args).expect(code).json
    return said, Page((film.root / "r.html").read_text("utf-8"))


def test_what_was_paid_for_is_shown_and_nobody_is_asked(paid: Folder, server: FakeServer) -> None:
    asked, bill = len(server.requests), len(server.bill)
    said, page = reported(paid, "--markdown", "r.md", "--strips", "strips", "--strips-at", "https://example.org/s")

    assert [(s["shot"], s["kind"], s["reason"]) for s in said["changed"]] == [
        ("a", "changed", "prompt changed"),
        ("b", "follows", "made from a, which changed"),
    ]
    assert said["cost_usd"] == 0.4 * 0.5 * 2
    first, second = page.articles.values()
    assert [alt for alt, _ in first] == [*(f"a Before, at 0:00.{n}" for n in (0, 3, 4)), "a After"]
    red = np.asarray([0xC0, 0x30, 0x20])
    assert np.abs(first[-1][1] - red).mean() < 8  # the picture that it starts from stands in for it
    assert "the clip itself is not here" in page.text
    assert "stale: prompt changed" in page.text
    assert [alt for alt, _ in second] == [f"b Before, at 0:00.{n}" for n in (0, 3, 4)]
    strips = sorted(file.name for file in (paid.root / "strips").iterdir())
    assert strips == sorted(s["strip"] for s in said["changed"])
    assert all(f"(https://example.org/s/{name})" in (paid.root / "r.md").read_text() for name in strips)
    assert (len(server.requests), len(server.bill)) == (asked, bill)


def test_in_a_clone_it_was_made_before_and_is_not_here(paid: Folder, server: FakeServer, tmp_path: Path) -> None:
    asked = len(server.requests)
    clone = paid.copy(tmp_path / "clone")
    shutil.rmtree(clone.root / ".reelmake")
    said, page = reported(clone)

    assert [s["shot"] for s in said["changed"]] == ["a", "b"]
    assert page.text.count("made before, not here") == 3  # a and b as they were, and c, which nothing changed of
    assert [alt for alt, _ in next(iter(page.articles.values()))] == ["a Before", "a After"]
    assert len(server.requests) == asked


def test_in_a_clone_it_is_brought_from_where_takes_are_shared(paid: Folder, server: FakeServer, tmp_path: Path) -> None:
    asked = len(server.requests)
    clone = paid.copy(tmp_path / "clone")
    shutil.rmtree(clone.root / ".reelmake")
    clone.env = {"REELMAKE_CACHE": paid.root.as_uri()}
    _, page = reported(clone)

    before = [[alt for alt, _ in pictures if "Before" in alt] for pictures in page.articles.values()]
    assert before == [[f"{shot} Before, at 0:00.{n}" for n in (0, 3, 4)] for shot in "ab"]
    assert len(server.requests) == asked


def test_in_a_draft_both_sides_are_drawn(paid: Folder, server: FakeServer, tmp_path: Path) -> None:
    asked = len(server.requests)
    clone = paid.copy(tmp_path / "clone")
    shutil.rmtree(clone.root / ".reelmake")
    lock = (clone.root / "reelmake.lock").read_bytes()
    said, page = reported(clone, "--draft")

    assert [(s["shot"], s["kind"]) for s in said["changed"]] == [("a", "changed"), ("b", "follows")]
    assert [len(pictures) for pictures in page.articles.values()] == [6, 6]
    assert said["cost_usd"] == 0
    assert len(server.requests) == asked
    assert (clone.root / "reelmake.lock").read_bytes() == lock
    assert (
        not (clone.root / "build").exists()
        or (clone.root / "build").stat().st_mtime < (clone.root / "r.html").stat().st_mtime
    )


def test_mistakes_are_told_in_all_forms(project: Folder) -> None:
    Repository.begin(project.root).commit({"film/storyboard.yaml": "reelmake: 1\nshots: {}\n"})
    text = 'reelmake: 1\nshots:\n  a: {prompt: "🪁🪁 up", tire: x}\n'
    project.write("film/storyboard.yaml", text)
    files = ("--markdown", "r.md", "--sarif", "r.sarif", "--html", "r.html")
    project.run("report", "--base", "HEAD", "-f", "film", *files).expect(2, stderr="RM201")

    log = json.loads((project.root / "r.sarif").read_text("utf-8"))["runs"][0]
    place = log["results"][0]["locations"][0]["physicalLocation"]
    assert log["columnKind"] == "unicodeCodePoints"
    assert place["artifactLocation"]["uri"] == "film/storyboard.yaml"
    line = text.splitlines()[2]
    assert place["region"] == {
        "startLine": 3, "startColumn": line.index("tire") + 1, "endLine": 3, "endColumn": line.index("tire") + 5
    }  # fmt: skip
    rule = log["tool"]["driver"]["rules"][log["results"][0]["ruleIndex"]]
    assert rule["id"] == log["results"][0]["ruleId"]
    assert rule["help"]["markdown"].startswith(f"# {rule['id']}: {rule['shortDescription']['text']}")
    assert "film/storyboard.yaml:3:" in (project.root / "r.md").read_text()
    assert "🪁🪁 up" in Page((project.root / "r.html").read_text("utf-8")).text


@pytest.mark.parametrize(
    ("base", "said"),
    [
        ({"README.md": "x"}, "there was no storyboard at HEAD: everything is new"),
        (
            {"storyboard.yaml": "reelmake: 1\nshots: 3\n"},
            "the storyboard at HEAD was wrong, so nothing can be compared",
        ),
    ],
)
def test_a_base_that_nothing_can_be_compared_with(project: Folder, base: dict[str, str | bytes], said: str) -> None:
    Repository.begin(project.root).commit(base)
    project.storyboard("shots: {a: {prompt: A kite.}}")
    found, page = reported(project)
    assert [(s["shot"], s["kind"]) for s in found["changed"]] == [("a", "added")]
    assert said in found["trouble"][0]
    assert said in page.text
    project.run("report", "--base", "nowhere").expect(2, stderr="RM741")
    project.run("report", "--strips-at", "x").expect(2, stderr="RM747")
