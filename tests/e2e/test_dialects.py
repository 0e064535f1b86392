"""Kinds with ways of their own, with the real command on loopback: fal, Kling, Veo on both of Google's APIs, Omni,
Replicate, Luma, LTX. Whatever is lost or killed, nothing is paid for twice, and what can be found is found.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake import catalog
from reelmake.model.frame import Size
from reelmake.store.journal import LocalJournal
from tests.support.answers import picture
from tests.support.dialects import SECRET, Operations, Queue, Tasks, World, serving
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.further_dialects import Direct, Generations, Interactions, Predictions

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers:
  far: {{kind: {kind}, base_url: "{base}", api_key: "${{env:FAR_KEY}}", options: {{list_lag: 0.5}}}}
tiers:
  final: {{provider: far, model: {model}, size: {size}, seconds: {seconds}, price: 0.1}}
defaults: {{tier: final}}
shots:
  a: {{prompt: A kite.}}
"""
VEO = {"model": "veo-3.1-lite-generate-001", "size": "1280x720", "seconds": 4}
TINY = {"model": "acme/tiny", "size": "128x72", "seconds": 0.5}
CASES: dict[str, tuple[type[World], str, dict[str, Any]]] = {
    "fal": (Queue, "", {**TINY, "model": "acme/tiny/text-to-video"}),
    "kling": (Tasks, "/v1", {"model": "kling-v3", "size": "1280x720", "seconds": 4}),
    "gemini": (Operations, "/v1", {**VEO, "model": "veo-3.1-generate-001"}),
    "vertex": (Operations, "/v1", VEO),
    "omni": (
        Interactions,
        "/v1",
        {"kind": "gemini", "model": "gemini-omni-1.2-flash", "size": "1280x720", "seconds": 3},
    ),
    "replicate": (Predictions, "/v1", TINY),
    "luma": (Generations, "/v1", {"model": "ray-3.2", "size": "1280x720", "seconds": 5}),
    "ltx": (Direct, "/v1", TINY),
}
FOUND = {"kling", "replicate"}  # whose lost orders can be found


@pytest.fixture(params=CASES)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def world(kind: str, tmp_path: Path) -> Iterator[World]:
    made, _, says = CASES[kind]
    size = Size(*map(int, says["size"].split("x")))
    found = made(footage(tmp_path / "far.mp4", 1, int(12 * says["seconds"]), size=size).read_bytes())
    with serving(found):
        yield found


@pytest.fixture
def film(project: Folder, world: World, kind: str) -> Folder:
    project.hurried = True
    project.env["FAR_KEY"] = SECRET
    _, path, says = CASES[kind]
    project.write("storyboard.yaml", FILM.format(**{"kind": kind, "base": world.url + path, **says}))
    return project


def journal(film: Folder) -> LocalJournal:
    return LocalJournal(film.root / ".reelmake" / "journal")


def test_a_clip_is_ordered_fetched_and_cut_once(film: Folder, world: World, kind: str) -> None:
    assert film.build("--yes")["generated"] == 1
    assert film.build("--yes")["generated"] == 0
    assert [order["prompt"] for order in world.bill] == ["A kite."]
    ledger = journal(film).ledger()
    assert (float(ledger.spent), ledger.maybe) == (pytest.approx(0.1 * CASES[kind][2]["seconds"]), 0)
    said = "".join(f"{path}{headers}" for _, path, headers in world.requests if path.startswith("/files/"))
    ours = CASES[kind][2].get("kind", kind) == "gemini"  # a link of its own needs the key, and is at its own address
    assert SECRET not in said or ours
    assert "secret-4711" not in (film.root / ".reelmake" / "journal").read_text(errors="replace")


@pytest.mark.parametrize("fault", ["lost", "never"])
def test_an_answer_that_is_lost(film: Folder, world: World, kind: str, fault: str) -> None:
    """Where our token finds the order, it is made once, whether it had arrived or not. Elsewhere a person decides."""
    world.faults = [fault]
    if kind in FOUND:
        assert film.build("--yes")["generated"] == 1
        assert len(world.bill) == 1
        return
    taken = len(world.bill) + (fault == "lost")
    for _ in range(2):
        film.run("build", "--yes").expect(1, stderr="reelmake jobs rm")
    assert len(world.bill) == taken


def test_killed_while_an_order_is_out(film: Folder, world: World, kind: str) -> None:
    world.faults = ["held"]
    process = film.start("build", "--yes")
    assert world.held.wait(60)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    if kind in FOUND:
        assert film.build("--yes")["generated"] == 1
    else:
        film.run("build", "--yes").expect(1, stderr="reelmake jobs rm")
    assert len(world.bill) == 1


def test_killed_while_a_job_is_there_it_is_seen_through_by_its_id(film: Folder, world: World, kind: str) -> None:
    vendor = catalog.vendor(CASES[kind][2].get("kind", kind))
    if not vendor.has_jobs:
        return
    world.takes = 3600
    process = film.start("build", "--yes")
    while not world.polls:
        assert process.poll() is None
        time.sleep(0.02)
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=60)
    (left,) = journal(film).open()
    assert left.remote
    assert ("#" in left.remote) == bool(vendor.keep)
    world.takes = 0
    assert film.build("--yes")["generated"] == 1
    assert len(world.bill) == 1


def test_a_gateway_that_is_broken_may_have_passed_it_on(film: Folder, world: World, kind: str) -> None:
    world.faults = ["gateway"]
    if kind in FOUND:
        assert film.build("--yes")["generated"] == 1
        assert len(world.bill) == 1
    else:
        film.run("build", "--yes").expect(1)
        assert world.bill == []


# -- what each has of its own


@pytest.mark.parametrize(("kind", "fault", "said"), [
    ("fal", "failed", "runner_error: it broke"), ("fal", "empty", "content_policy_violation"),
    ("gemini", "failed", "13: internal"), ("gemini", "filtered", "the prompt names a person"),
])  # fmt: skip
def test_a_job_that_is_done_and_has_failed_is_over(
    film: Folder, world: World, kind: str, fault: str, said: str
) -> None:
    world.faults = [fault]
    film.run("build", "--yes").expect(1, stderr=said)
    assert len(world.bill) == 1
    assert journal(film).open() == []


@pytest.mark.parametrize("kind", ["kling"])
def test_a_token_that_runs_out_during_a_job_is_renewed(film: Folder, world: Tasks, kind: str) -> None:
    """The server takes none that is older than three seconds; a file of the project signs for so short a time."""
    vendor = Path(catalog.__file__).parents[1] / "providers" / "vendors" / "kling.yaml"
    film.write("kling.yaml", vendor.read_text("utf-8").replace("minutes: 30", "minutes: 2.02"))
    board = film.root / "storyboard.yaml"
    board.write_text(board.read_text().replace("kind: kling", "kind: kling.yaml"))
    world.holds, world.takes = 3.0, 5.0
    assert film.build("--yes")["generated"] == 1
    tokens = {headers["authorization"] for _, path, headers in world.requests if path.startswith("/v1")}
    assert len(tokens) > 1
    assert (len(world.bill), world.refusals) == (1, 0)


@pytest.mark.parametrize("kind", ["luma"])
def test_a_picture_is_waited_for_until_it_may_be_used(film: Folder, world: Generations, kind: str) -> None:
    film.write("first.png", picture())
    board = film.root / "storyboard.yaml"
    board.write_text(board.read_text().replace("A kite.", "A kite., image: first.png"))
    assert film.build("--yes")["generated"] == 1
    assert [order["start"] for order in world.bill] == [{"file_id": "f0"}]
    assert world.looks == {"f0": 2}


@pytest.mark.parametrize("kind", ["fal"])
def test_addresses_of_another_host_are_not_asked(film: Folder, world: World, kind: str) -> None:
    """The reply names a host that is not there: its path below the base_url is asked instead."""
    told, world.url = world.url, "http://192.0.2.1:9"
    world.link = lambda number: f"{told}/files/{number}.mp4"  # type: ignore[method-assign]
    assert film.build("--yes")["generated"] == 1
    assert len(world.bill) == 1
