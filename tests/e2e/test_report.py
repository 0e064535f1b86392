"""`report`: what a change comes to, in a real repository, with takes that are here or not."""

from __future__ import annotations

import base64
import io
import json
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelmake.media.stills import glimpse
from reelmake.model.time import exact
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
    assert "18 that nothing changed of" in page.text
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
