"""What the lock file names and is not here was paid for once: it is not ordered again unasked."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

import reelmake
from reelmake.errors import Unwilling
from reelmake.store.hold import Hold
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
vars: {look: A kite.}
providers: {studio: {kind: openai-videos, base_url: "URL", api_key: "${env:STUDIO_KEY}"}}
tiers: {final: {provider: studio, model: m1, price: 0.4}, draft: {provider: sketch}}
defaults: {size: 128x72, seconds: 0.5, tier: final}
shots:
  a: {prompt: "${look}"}
  b: {continue: a, prompt: It lands.}
  free: {prompt: A tram., tier: draft}
  more: {continue: free, prompt: It stops., tier: final}
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def film(project: Folder, server: FakeServer) -> Folder:
    """A film that is made and paid for."""
    project.env |= {"STUDIO_KEY": "sk-1"}
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    project.run("build", "--yes").expect()
    return project


def clone(film: Folder, tmp_path: Path) -> Folder:
    """What is in git of it."""
    copied = film.copy(tmp_path / "clone")
    shutil.rmtree(copied.root / ".reelmake")
    shutil.rmtree(copied.root / "build")
    return copied


def test_a_clone_pays_nothing_again(
    film: Folder, server: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)

    jobs = {job["shot"]: job for job in mine.plan()["jobs"]}
    assert (jobs["a"]["verdict"], jobs["a"]["reason"], jobs["a"]["away"]) == ("missing", "made before, not here", True)
    assert (jobs["free"]["verdict"], jobs["free"]["away"]) == ("missing", False)
    assert "except with --remake" in mine.run("plan").expect().stdout
    refused = mine.run("build", "--yes", "--budget", "9").expect(3, stderr="RM823")
    assert "next: reelmake build --remake" in refused.stderr
    error = mine.run("build", "--yes", "--json").expect(3).json["error"]
    assert [step["costs_money"] for step in error["next"]] == [False, True]
    locked = mine.run("build", "--locked").expect(3, stderr="made before, and not here: a\n").stderr
    assert "next: reelmake cache pull\n" in locked
    assert len(server.bill) == paid
    mine.run("build", "free").expect()  # what is free is drawn again, unasked
    monkeypatch.setenv("STUDIO_KEY", "sk-1")
    with pytest.raises(Unwilling) as unwilling:
        reelmake.build(mine.root, yes=True)
    assert unwilling.value.code == "RM823"


def test_a_remix_that_is_elsewhere_is_not_asked_for_its_source(
    film: Folder, server: FakeServer, tmp_path: Path
) -> None:
    """It would not be ordered: what to do if its source is gone costs money, and is no answer here."""
    film.write("storyboard.yaml", FILM.replace("URL", server.base_url) + "  c: {remix: a, prompt: At dusk.}\n")
    film.run("build", "--yes").expect()
    mine = clone(film, tmp_path)
    mine.env |= {"REELMAKE_CACHE": f"file://{film.root}"}
    mine.run("build", "a", "--yes").expect()  # brought: it was not made there by an order of ours
    del mine.env["REELMAKE_CACHE"]

    assert "RM810" not in mine.run("plan", "c").expect().stdout
    mine.run("build", "c", "--yes").expect(3, stderr="RM823")
    mine.run("build", "c", "--yes", "--remake").expect(3, stderr="RM810")


def test_who_means_it_orders_again(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)

    assert "except with" not in mine.run("plan", "--remake").expect().stdout
    mine.run("build", "--remake").expect(3, stderr="RM803")  # it still asks for the money
    mine.run("build", "--remake", "--yes").expect()
    assert len(server.bill) == 2 * paid


def test_a_loose_shot_is_what_the_storyboards_was(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    """The same order by hand, in a clone: as good as made on another shelf, and made once it is brought."""
    film.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    film.run("cache", "push").expect(stderr="4 pushed")
    mine, paid = clone(film, tmp_path), len(server.bill)
    lock = (mine.root / "reelmake.lock").read_bytes()
    mine.run("shoot", "A kite.", "--tier", "final").expect()
    mine.env = {"STUDIO_KEY": "sk-1"}
    mine.run("shoot", "A kite.", "--tier", "final", "-n").expect(stdout="already made; it costs nothing")
    mine.run("shoot", "A kite.", "--tier", "final", "--takes", "2", "-n").expect(stdout="1 take to make, up to $0.20")
    assert len(server.bill) == paid
    assert (mine.root / "reelmake.lock").read_bytes() == lock


def test_who_pulls_waits_for_a_run_and_says_so(film: Folder, tmp_path: Path) -> None:
    film.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    film.run("cache", "push").expect(stderr="4 pushed")
    with Hold(film.root / ".reelmake" / "hold", wait=False):
        pull = film.start("cache", "pull")
        assert pull.stderr
        assert pull.stderr.readline().startswith("waiting for ")
    assert "0 brought, 4 here already" in pull.communicate(timeout=60)[1]


def test_a_clone_takes_what_was_ordered_again_and_all_that_was_made_of_it(
    film: Folder, server: FakeServer, tmp_path: Path
) -> None:
    """Both clips of `a` are shared, and named by the lock file; `b` starts from the newer."""
    film.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    film.run("cache", "push").expect(stderr="4 pushed")
    again = clone(film, tmp_path)
    del again.env["REELMAKE_CACHE"]
    again.run("build", "--yes", "--remake").expect()
    again.env = dict(film.env)
    again.run("build").expect(stderr="pushed")
    paid = len(server.bill)
    for pulls in (False, True):
        mine = again.copy(tmp_path / f"mine{pulls}")
        shutil.rmtree(mine.root / ".reelmake")
        if pulls:
            mine.run("cache", "pull").expect()
        mine.run("build", "--locked").expect(stderr="0 generated")
        assert mine.cut() == again.cut()
    assert len(server.bill) == paid


def test_with_the_colleagues_store_all_is_there(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)
    for name in ("store", "takes"):
        shutil.copytree(film.root / ".reelmake" / name, mine.root / ".reelmake" / name)

    mine.run("build").expect()
    assert (mine.cut(), len(server.bill)) == (film.cut(), paid)


def test_what_hangs_on_a_sketch_is_not_ordered_either(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    """Its key is not known before the sketch is drawn again: the run itself must not order it."""
    mine, paid = clone(film, tmp_path), len(server.bill)

    assert {job["shot"]: job["verdict"] for job in mine.plan("more")["jobs"]}["more"] in ("undecided", "missing")
    ended = mine.run("build", "more", "--yes")
    assert ended.code in (1, 3)
    assert "RM823" in ended.stderr
    assert len(server.bill) == paid
    mine.run("build", "more", "--yes", "--remake").expect()
    assert len(server.bill) == paid + 1


def test_a_retake_of_what_hangs_on_it_is_refused_and_says_how_to_go_on(
    film: Folder, server: FakeServer, tmp_path: Path
) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)

    refused = mine.run("retake", "b", "--yes").expect(3, stderr="RM823")
    assert "next: reelmake retake b --remake" in refused.stderr
    assert len(server.bill) == paid
    mine.run("retake", "b", "--remake", "--yes").expect()
    assert len(server.bill) == paid + 3  # what it starts from, and two takes that start from the new clip


def test_what_was_changed_is_a_new_order(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)

    mine.run("build", "a", "--yes", "--set", "look=A dog.").expect()
    assert len(server.bill) == paid + 1


def test_a_shot_that_was_renamed_is_the_same_order(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    mine, paid = clone(film, tmp_path), len(server.bill)
    board = (mine.root / "storyboard.yaml").read_text()
    mine.write("storyboard.yaml", board.replace("  a:", "  kite:").replace("continue: a", "continue: kite"))

    mine.run("build", "kite", "--yes").expect(3, stderr="RM823")
    assert len(server.bill) == paid


def test_takes_that_nobody_picked_are_done_without(project: Folder, server: FakeServer, tmp_path: Path) -> None:
    """A colleague hands on only what the film shows; a retake needs none of the old ones."""
    project.env |= {"STUDIO_KEY": "sk-1"}
    board = FILM.replace("URL", server.base_url).replace('prompt: "${look}"', 'prompt: "${look}", takes: 3')
    project.write("storyboard.yaml", board)
    project.run("build", "--yes").expect()
    project.run("pick", "a", "2").expect()
    project.run("build", "--yes").expect()
    keys = {job["take"]: job["key"] for job in project.plan("a")["jobs"] if job["shot"] == "a"}
    theirs, project = project.root / ".reelmake", clone(project, tmp_path)
    for name in ("store", "takes"):
        shutil.copytree(theirs / name, project.root / ".reelmake" / name)
    for take in (1, 3):
        for record in (project.root / ".reelmake" / "takes").rglob(keys[take] + "*"):
            record.unlink()
    paid, lock = len(server.bill), (project.root / "reelmake.lock").read_bytes()

    built = project.run("build", "--json").expect().json
    assert (built["generated"], len(server.bill)) == (0, paid)
    told = {job["take"]: job["reason"] for job in project.plan("a")["jobs"] if job["shot"] == "a"}
    assert told == {1: "made before, not here", 2: None, 3: "made before, not here"}
    rows = [row for row in project.run("plan", "a").expect().stdout.splitlines() if row.startswith("a #")]
    assert (len(rows), [row for row in rows if "$" in row]) == (3, [])  # for nothing is ordered
    assert "not needed" in rows[0]
    assert project.run("status", "a").expect().stdout.startswith("✓ a  0:00.0  fresh\n")
    assert (project.root / "reelmake.lock").read_bytes() == lock
    project.run("build", "--locked").expect()
    project.run("pick", "a", "1").expect(2)
    project.run("retake", "a", "--yes").expect()
    assert len(server.bill) == paid + 1


def test_an_open_order_is_gone_on_with(project: Folder, server: FakeServer, tmp_path: Path) -> None:
    """The lock of a colleague names the take, and this machine ordered it as well: it is paid for, so it is fetched."""
    project.env |= {"STUDIO_KEY": "sk-1"}
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    mine = project.copy(tmp_path / "mine")
    project.run("build", "a", "--yes").expect()
    server.instruct("poll:hold")
    process = mine.start("build", "a", "--yes")
    server.until(lambda s: any(r.get("fault") == "poll:hold" for r in s.requests))  # or the next run would be held
    process.kill()
    process.communicate()
    server.instruct()
    shutil.copy(project.root / "reelmake.lock", mine.root / "reelmake.lock")

    mine.run("build", "a").expect()
    assert len(server.bill) == 2


def test_what_is_lost_here_is_fetched_before_it_is_refused(film: Folder, server: FakeServer) -> None:
    """The journal knows its job, so it costs nothing."""
    record = film.plan("b")["jobs"][1]["key"]
    for file in (film.root / ".reelmake" / "takes").rglob(record + "*"):
        file.unlink()
    shutil.rmtree(film.root / ".reelmake" / "fresh", ignore_errors=True)
    paid = len(server.bill)

    assert film.plan("b")["jobs"][1]["away"] is False
    film.run("build").expect()
    assert len(server.bill) == paid
