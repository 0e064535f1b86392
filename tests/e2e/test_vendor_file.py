"""A vendor of the project's own, with the real command: one file, a loopback server, a bill."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.acme_server import KEY, Acme, acme
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

VENDOR = """\
provider: 1
dialect: acme/1
auth: {header: x-api-key, prefix: ""}
forms: {pictures: upload}
upload: {path: /files, url: file.url}
create:
  text: {path: /jobs, body: {text: $prompt, model: $model, pixels: $size, length: $seconds, first: $image}}
accepted: {id: job.id}
status:
  path: /jobs/$id
  word: job.state
  ready: [done]
  dead: {failed: failed}
  progress: job.percent
  after: job.again_in
  cost: {at: job.cents, per: 100}
clip: {url: job.clips}
envelope: {code: err, ok: [0], message: why}
errors: {moderated: [E7], no_credit: [E8]}
list:
  {path: /jobs, query: {all: 1}, items: jobs, id: id, prompt: text, model: model, size: pixels, seconds: length,
   created: born}
models:
  m1: {price: 0.5}
"""
FILM = """\
reelmake: 1
providers:
  acme: {kind: vendors/acme.yaml, base_url: URL/v1, api_key: "${env:ACME_KEY}"}
tiers:
  final: {provider: acme, model: m1}
defaults: {tier: final, size: 128x72, seconds: 0.5}
shots:
  a: {prompt: A kite.}
  b: {continue: a, prompt: It lands.}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Acme]:
    with acme(tmp_path) as world:
        yield world


@pytest.fixture
def film(project: Folder, server: Acme) -> Folder:
    project.env["ACME_KEY"] = KEY
    project.write("vendors/acme.yaml", VENDOR)
    project.write("storyboard.yaml", FILM.replace("URL", server.url))
    return project


def test_two_shots_are_ordered_fetched_and_cut_once(film: Folder, server: Acme) -> None:
    assert [j["cost_usd"] for j in film.plan()["jobs"]] == [0.25, 0.25]
    made = film.build("--yes")
    assert (made["generated"], made["cost_usd"]) == (2, 0.5)
    assert [order["text"] for order in server.bill] == ["A kite.", "It lands."]
    assert "first" not in server.bill[0]
    assert server.bill[1]["first"].startswith(f"{server.url}/files/")
    assert film.build("--yes")["generated"] == 0
    assert len(server.bill) == 2
    clips = [headers for _, path, headers, _ in server.requests if path.startswith("/clips/")]
    assert clips
    assert not any("x-api-key" in headers for headers in clips)  # a link out of a reply never sees the key


def test_a_changed_file_is_noticed_and_makes_nothing_again_but_with_another_dialect(film: Folder, server: Acme) -> None:
    film.build("--yes")
    film.write("vendors/acme.yaml", VENDOR.replace("price: 0.5", "price: 2, note: x"))
    film.run("build", "--yes").expect(2, stderr='unknown key "note" in "m1"')
    film.write("vendors/acme.yaml", VENDOR.replace("/jobs, body", "/orders, body").replace("price: 0.5", "price: 2"))
    assert film.build("--yes")["generated"] == 0
    film.write("vendors/acme.yaml", VENDOR.replace("acme/1", "acme/2"))
    assert set(film.verdicts().values()) <= {"stale", "missing", "undecided"}
    assert len(server.bill) == 2


def test_the_same_kind_by_another_path_is_the_same_order(film: Folder, server: Acme) -> None:
    film.build("--yes")
    (film.root / "vendors/acme.yaml").rename(film.root / "here.yaml")
    film.write("storyboard.yaml", FILM.replace("URL", server.url).replace("vendors/acme.yaml", "here.yaml"))
    assert film.build("--yes")["generated"] == 0
    assert len(server.bill) == 2


def test_a_lost_answer_is_found_in_the_list_and_not_paid_again(film: Folder, server: Acme) -> None:
    server.faults = ["lost"]
    film.write("storyboard.yaml", FILM.replace("URL", server.url).partition("  b:")[0])
    assert film.build("--yes")["generated"] == 1
    assert len(server.bill) == 1


@pytest.mark.parametrize(("fault", "code"), [("broke", "RM930"), ("blocked", "RM921")])
def test_an_error_inside_200_is_what_it_is(film: Folder, server: Acme, fault: str, code: str) -> None:
    server.faults = [fault]
    ran = film.run("build", "--yes").expect(1, stderr=code)
    assert KEY not in ran.stderr + ran.stdout
    assert server.bill == []


def test_a_link_into_another_network_is_not_followed(film: Folder, server: Acme, tmp_path: Path) -> None:
    film.write("storyboard.yaml", FILM.replace("URL", server.url).partition("  b:")[0])
    with acme(tmp_path) as other:
        server.elsewhere = "http://10.255.255.1"
        film.run("build", "--yes").expect(1, stderr="allow_private")
        server.elsewhere = other.url  # on this machine, as the vendor is
        assert film.build("--yes")["generated"] == 1
        assert len(other.requests) == 1
    assert len(server.bill) == 1


def test_no_address_and_no_key_are_told_before_anything_is_sent(film: Folder, server: Acme) -> None:
    film.env["ACME_KEY"] = ""
    film.run("build", "--yes").expect(3, stderr="ACME_KEY")
    film.write("storyboard.yaml", FILM.replace("base_url: URL/v1, ", ""))
    film.run("build", "--yes").expect(2, stderr="RM522")
    assert server.requests == []


def test_a_kind_that_ships_is_used_by_its_name(project: Folder) -> None:
    board = FILM.replace("vendors/acme.yaml, base_url: URL/v1", "xai").replace("m1", "grok-imagine-video")
    project.write("storyboard.yaml", board.replace("size: 128x72, seconds: 0.5", "size: 1280x720, seconds: 4"))
    assert [j["cost_usd"] for j in project.plan()["jobs"]] == [0.28, 0.282]
    project.write("storyboard.yaml", board.replace("size: 128x72, seconds: 0.5", "size: 1280x720, seconds: 16"))
    project.run("check").expect(2, stderr="RM431")


def test_a_vendor_is_asked_what_it_makes_and_what_is_left(film: Folder, server: Acme) -> None:
    more = "menu: {path: /models, items: models, name: name, seconds: lengths}\ncredit: {path: /me, at: left}\n"
    film.write("vendors/acme.yaml", VENDOR + more)
    said = film.run("providers", "acme", "--refresh").expect(0, stdout="0.5/1 s")
    assert "acme: 120 left in the account" in said.stderr
    assert KEY not in said.stderr + said.stdout
    film.write("storyboard.yaml", FILM.replace("URL", server.url).replace("seconds: 0.5", "seconds: 2"))
    film.run("plan").expect(2, stderr="RM431")
