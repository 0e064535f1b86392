"""The file of docs/how-to/add-a-vendor.md, with the real command against a server that is as the page says."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.frame import Size
from tests.support.dialects import SECRET, Reply, World, serving
from tests.support.film import footage
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

PAGE = Path(__file__).parents[2] / "docs" / "how-to" / "add-a-vendor.md"
FILM = """\
reelmake: 1
providers:
  nimbus: {{kind: vendors/nimbus.yaml, base_url: "{url}/v2", api_key: "${{env:NIMBUS_KEY}}"}}
tiers:
  final: {{provider: nimbus, model: nimbus/cloud-2}}
defaults: {{tier: final, size: 1280x720, seconds: 3}}
shots:
  a: {{prompt: A kite.}}
"""


class Nimbus(World):
    """As the page has its documentation."""

    def barred(self, headers: dict[str, str]) -> Reply:
        return None if headers.get("authorization") == f"Bearer {SECRET}" else (401, {"problem": {"kind": "no_key"}})

    def asked(self, method: str, path: str, body: Any) -> Reply:
        if method == "POST":
            assert path == "/v2/nimbus/cloud-2/renders"
            number, fault = self.take(**body, fault=self.faults[0] if self.faults else "")
            return self.said(fault, (202, self._told(number)))
        last = path.rpartition("/")[2]
        ids = [n for n, o in enumerate(self.bill) if last == (o["external_ref"] if "/by-ref/" in path else f"r-{n}")]
        if not ids:
            return 404, {"problem": {"kind": "unknown", "text": "no such render"}}
        (number,) = ids
        if time.time() < self.bill[number]["born"] + self.takes:
            return 200, {**self._told(number), "finished": False}
        if self.bill[number]["fault"] == "unsafe":
            return 200, {**self._told(number), "finished": True, "problem": {"kind": "unsafe", "text": "a face"}}
        media = [{"role": "preview", "url": f"{self.url}/files/small.gif"}, {"role": "film", "url": self.link(number)}]
        return 200, {**self._told(number), "finished": True, "media": media}

    def _told(self, number: int) -> dict[str, Any]:
        return {"render": {"href": f"https://api.nimbus.example/v2/renders/r-{number}"}}


@pytest.fixture
def world(tmp_path: Path) -> Iterator[Nimbus]:
    found = Nimbus(footage(tmp_path / "nimbus.mp4", 1, 36, size=Size(1280, 720)).read_bytes())
    with serving(found):
        yield found


@pytest.fixture
def film(project: Folder, world: Nimbus) -> Folder:
    (file,) = [text for text in re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.S) if "nimbus/1" in text]
    project.hurried = True
    project.env["NIMBUS_KEY"] = SECRET
    project.write("vendors/nimbus.yaml", file)
    project.write("storyboard.yaml", FILM.format(url=world.url))
    return project


def test_the_file_of_the_page_orders_a_clip(film: Folder, world: Nimbus) -> None:
    assert film.plan()["cost_usd"] == 0.18
    made = film.build("--yes")
    assert (made["generated"], made["cost_usd"]) == (1, 0.18)
    (order,) = world.bill
    assert (order["prompt"], order["length"], order["frame"]) == ("A kite.", "3s", {"ratio": "16:9", "lines": 720})
    assert film.build("--yes")["generated"] == 0


def test_it_says_what_cannot_be_ordered(film: Folder) -> None:
    board = film.root / "storyboard.yaml"
    board.write_text(board.read_text().replace("seconds: 3", "seconds: 4"))
    film.run("check").expect(2, stderr="makes no clips of 4 seconds")


@pytest.mark.parametrize("fault", ["lost", "never"])
def test_an_answer_that_is_lost_is_found_or_known_to_have_never_come(film: Folder, world: Nimbus, fault: str) -> None:
    world.faults = [fault]
    file = film.root / "vendors" / "nimbus.yaml"
    file.write_text(file.read_text().replace("lag: 5", "lag: 0.5"))
    assert film.build("--yes")["generated"] == 1
    assert len(world.bill) == 1


def test_a_render_that_is_finished_and_no_film_is_over(film: Folder, world: Nimbus) -> None:
    world.faults = ["unsafe"]
    film.run("build", "--yes").expect(1, stderr="unsafe: a face")
    assert len(world.bill) == 1
