"""`reelmake jobs` against a real server: what is there, whose it is, and what can be done without paying twice."""

from __future__ import annotations

import asyncio
import json
import shlex
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake.model.http import origin
from reelmake.model.provider import Limits
from reelmake.model.take import Attempt
from reelmake.store.journal import LocalJournal
from reelmake.store.limits import SharedLimits
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
shots:
  a: {prompt: A kite.}
  b: {prompt: A tram.}
"""


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, key="let-me-in")) as running:
        yield running


@pytest.fixture
def film(project: Folder, server: FakeServer) -> Folder:
    project.env |= {"STUDIO_KEY": "let-me-in", "XDG_STATE_HOME": str(project.root.parent / "state")}
    project.storyboard(FILM, head=head(server))
    return project


def head(server: FakeServer) -> str:
    return f"""\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}"}}
tiers:
  final: {{provider: studio, model: m1, price: 0.10}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
"""


def ordered_elsewhere(server: FakeServer, prompt: str, **fields: Any) -> str:
    """A job that somebody else ordered with the same key. Its id."""
    asked = {"prompt": prompt, "model": "m1", "size": "128x72", "seconds": "1", **fields}
    keyed = {"Authorization": "Bearer let-me-in", "Content-Type": "application/json"}
    request = urllib.request.Request(f"{server.base_url}/videos", json.dumps(asked).encode(), keyed)
    with urllib.request.urlopen(request, timeout=30) as reply:
        id: str = json.load(reply)["id"]
    return id


def standings(film: Folder, *args: str) -> dict[str, str]:
    """Id (or shot, where there is none) -> standing."""
    jobs = film.run("jobs", "ls", *args, "--json").expect().json["jobs"]
    return {j["remote"] or j["shot"]: j["standing"] for j in jobs}


def journal(film: Folder) -> LocalJournal:
    return LocalJournal(film.root / ".reelmake" / "journal")


def test_what_is_there_against_what_we_know(film: Folder, server: FakeServer) -> None:
    server.instruct("fail")
    film.run("build", "--yes", "b").expect(1)
    server.instruct()
    film.build("--yes", "a")
    stray = ordered_elsewhere(server, "A whale.")
    ours, theirs = ([line["id"] for line in server.bill if line["prompt"] == p] for p in ("A kite.", "A tram."))

    assert standings(film) == {}
    assert standings(film, "--remote") == {stray: "orphan", ours[0]: "kept", theirs[0]: "failed"}
    text = film.run("jobs", "ls", "studio").expect(stdout="A whale.")
    assert "let-me-in" not in text.stdout + text.stderr

    server.reset()
    assert standings(film, "studio") == {ours[0]: "gone"}
    film.run("jobs", "ls", "nobody").expect(2, stderr="RM718")
    film.env["STUDIO_KEY"] = "wrong"
    asked = film.run("jobs", "ls", "--remote", "--json").expect(1)
    assert [p["code"] for p in asked.json["problems"]] == ["RM940"]
    board = film.root / "storyboard.yaml"
    board.write_text(board.read_text().replace(server.base_url, "http://127.0.0.1:9/v1"))
    unheard = film.run("jobs", "ls", "--remote").expect(1)
    assert unheard.stderr.startswith("error[RM910]: studio: not sent: no connection to ")


def test_an_orphan_is_adopted_instead_of_paid_again(film: Folder, server: FakeServer) -> None:
    stray = ordered_elsewhere(server, "A kite.")
    wrong = ordered_elsewhere(server, "A whale.", size="72x128")

    refused = film.run("jobs", "adopt", wrong, "--shot", "a").expect(2, stderr="RM716")
    assert "A whale." in refused.stderr
    assert "72x128" in refused.stderr
    film.run("jobs", "adopt", "video_nobody", "--shot", "a").expect(1, stderr="RM950")
    assert journal(film).entries() == []

    film.run("jobs", "adopt", stray, "--shot", "a").expect(stderr="continues with")
    film.run("jobs", "adopt", stray, "--shot", "b").expect(2, stderr="already being followed")
    film.run("jobs", "adopt", wrong, "--shot", "a").expect(2, stderr="is already being made")
    assert standings(film) == {stray: "open"}
    assert [e.attempt.origin for e in journal(film).entries()] == [origin(server.base_url)]

    made = film.build("--yes")
    assert made["generated"] == 2
    assert sorted(line["prompt"] for line in server.bill) == ["A kite.", "A tram.", "A whale."]
    assert film.run("status", "--json").expect().json["ledger_usd"]["spent"] == pytest.approx(0.2)
    film.run("jobs", "adopt", wrong, "--shot", "a", "--force").expect(2, stderr="already made")

    film.storyboard(FILM.replace("A kite.", "A kite., takes: 2"), head=head(server))
    film.run("jobs", "adopt", wrong, "--shot", "a", "--take", "2", "--force").expect(stderr="A whale.")
    assert film.build()["generated"] == 1
    assert len(server.bill) == 3


def left_open(film: Folder, server: FakeServer) -> str:
    """Interrupts a build of shot a while its job runs. Its token."""
    server.instruct("poll:hold")
    run = film.start("build", "--yes", "a")
    server.until(lambda s: any("/videos/" in r["path"] for r in s.requests))
    run.terminate()
    run.communicate(timeout=60)
    server.release()
    server.instruct()
    (open_,) = film.run("jobs", "ls", "--json").expect().json["open"]
    token: str = open_["token"]
    return token


def test_a_job_that_cannot_be_cancelled_stays_open(film: Folder, server: FakeServer) -> None:
    token = left_open(film, server)
    film.run("jobs", "cancel", token).expect(1, stderr="RM920")
    assert film.run("status", "--json").json["ledger_usd"]["reserved"] == pytest.approx(0.1)
    plan = film.plan()
    assert [(j["ordered"], j["cost_usd"]) for j in plan["jobs"]] == [(server.bill[0]["id"], 0.1), (None, 0.1)]
    assert plan["cost_usd"] == 0.1
    film.run("build", "--budget", "0.15").expect(3, stderr="already ordered")

    film.run("build", "a").expect()  # nothing new is paid for, so nothing is asked
    assert len(server.bill) == 1


def test_a_job_that_is_cancelled_is_closed_with_what_it_costs(project: Folder) -> None:
    with FakeServer(ServerOptions(takes=0.05, key="let-me-in", dialect="vllm-omni")) as server:
        project.env |= {"STUDIO_KEY": "let-me-in"}
        project.storyboard(
            FILM,
            head=head(server).replace("kind: openai-videos,", "kind: openai-videos, options: {server: vllm-omni},"),
        )
        token = left_open(project, server)

        ended = project.run("jobs", "cancel", token[:10], "--json").expect()
        assert ended.json["became"] == "cancelled"
        (entry,) = journal(project).entries()
        assert (entry.standing, project.run("jobs", "ls", "--json").json["open"]) == ("cancelled", [])
        ledger = project.run("status", "--json").expect().json["ledger_usd"]
        assert ledger["reserved"] == 0
        assert ledger["maybe spent"] + ledger["refunded"] == pytest.approx(0.1)
        assert "cancelled" in project.plan()["jobs"][0]["reason"]
        project.build("--yes", "a")
        assert len(server.bill) == 2


def test_deleting_asks_and_never_throws_a_paid_clip_away(film: Folder, server: FakeServer) -> None:
    left_open(film, server)
    (id,) = (line["id"] for line in server.bill)

    film.run("jobs", "rm", id).expect(3, stderr="RM717")
    film.run("jobs", "rm", id, "--yes").expect(3, stderr="not in the store")
    assert list(standings(film, "studio")) == [id]
    film.run("jobs", "rm", id, "--yes", "--force").expect()
    assert standings(film, "studio") == {}

    film.build("--yes")
    kept = [line["id"] for line in server.bill if line["prompt"] == "A tram."]
    film.run("jobs", "rm", *kept).expect(3, stderr="not confirmed")
    film.run("jobs", "rm", *kept, "--yes").expect(stderr="deleted")
    assert film.build()["reused"] == 2


def test_what_a_refused_deletion_names_as_next_comes_to_an_end(film: Folder, server: FakeServer) -> None:
    """Each step keeps what was said before: asked for --force, then for --yes, it is done."""
    left_open(film, server)
    (id,) = (line["id"] for line in server.bill)
    words = ["jobs", "rm", id, "--provider", "studio"]
    for _ in range(2):
        refused = film.run(*words).expect(3, stderr="RM717").stderr.splitlines()
        step = [line.partition("= next: ")[2] for line in refused if "= next: " in line][-1]
        words = shlex.split(step)[1:]
    film.run(*words).expect(stderr="deleted")
    assert standings(film, "studio") == {}


def test_a_job_that_no_order_knows_is_deleted_only_with_its_provider_named(film: Folder, server: FakeServer) -> None:
    stray = ordered_elsewhere(server, "A whale.")
    film.run("jobs", "rm", stray, "--yes").expect(2, stderr="RM708")
    film.run("jobs", "rm", stray, "--yes", "--provider", "studio").expect()
    assert standings(film, "--remote") == {}
    film.run("jobs", "cancel", "nonsense").expect(2, stderr="RM708")


def test_an_order_without_an_answer_takes_the_job_it_is_told(film: Folder, server: FakeServer) -> None:
    server.instruct("create:drop")
    run = film.start("build", "--yes", "a")
    server.until(lambda s: len(s.bill) == 1)
    run.kill()
    run.communicate(timeout=60)
    (open_,) = film.run("jobs", "ls", "--json").expect().json["open"]
    assert (open_["remote"], film.run("jobs", "cancel", open_["token"]).code) == (None, 2)

    film.run("jobs", "adopt", open_["token"], server.bill[0]["id"]).expect()
    assert film.build("a")["generated"] == 1
    assert len(server.bill) == 1


def test_outside_a_project_it_speaks_of_loose_shots(film: Folder, server: FakeServer, tmp_path: Path) -> None:
    elsewhere = Folder(tmp_path / "elsewhere", film.env)
    elsewhere.root.mkdir()
    options = ("--base-url", server.base_url, "--api-key-env", "STUDIO_KEY", "--model", "m1", "--price", "0.1")
    shot = ("shoot", "A boat.", *options, "--size", "128x72", "--seconds", "1")
    server.instruct("poll:hold")
    run = elsewhere.start(*shot, "--yes")
    server.until(lambda s: any("/videos/" in r["path"] for r in s.requests))
    run.terminate()
    _, err = run.communicate(timeout=60)
    server.release()
    assert run.returncode == 130, err
    assert "the same command continues" in err

    assert list(standings(elsewhere)) == [server.bill[0]["id"]]
    assert standings(elsewhere, "--remote") == {server.bill[0]["id"]: "open"}
    server.instruct()
    done = elsewhere.run(*shot, "-o", "boat.mp4", "--json").expect().json
    assert (done["clips"][0]["path"], done["cost_usd"]) == ("boat.mp4", 0.1)
    assert len(server.bill) == 1
    assert standings(elsewhere, "--remote") == {server.bill[0]["id"]: "kept"}


def test_status_and_log_say_where_the_money_stands_and_why_a_shot_failed(film: Folder, server: FakeServer) -> None:
    server.instruct("fail:moderation_blocked")
    film.run("build", "--yes", "b").expect(1)
    server.instruct()
    film.build("--yes", "a")

    state = film.run("status", "--json").expect().json
    a, b = state["shots"]
    assert (a["state"], a["last_order"]["standing"], a["last_order"]["cost_usd"]) == ("fresh", "kept", 0.1)
    assert (b["state"], b["last_order"]["standing"]) == ("missing", "moderated")
    assert "moderation" in b["remark"]
    ledger = state["ledger_usd"]
    assert (ledger["spent"], ledger["reserved"], ledger["maybe spent"] + ledger["refunded"]) == (0.1, 0, 0.1)
    film.run("status").expect(stdout="spent $0.10")

    failed, made = film.run("log", "--json").expect().json["runs"]
    assert sum(failed["ledger_usd"].values()) == pytest.approx(0.1)
    assert "spent" not in failed["ledger_usd"]
    assert made["ledger_usd"] == {"spent": 0.1}
    assert film.run("log").expect().stdout.count("$0.10") == 2


def test_an_order_that_is_given_up_gives_its_shared_place_back_at_once(film: Folder, server: FakeServer) -> None:
    limits = "limits: {in_flight: 1, file: ./studio.limits}"
    film.storyboard(FILM, head=head(server).replace('STUDIO_KEY}"}', f'STUDIO_KEY}}", {limits}}}'))
    open_orders = [Attempt(f"key-{n}", f"token-{n}", "studio", "a", cost=None, at="2026-11-21T00:00:00Z") for n in "ab"]
    for order in open_orders:
        journal(film).intend(order)
    file = film.root / "studio.limits"
    here = SharedLimits(file, Limits(in_flight=2), str(film.root))
    other = SharedLimits(file, Limits(in_flight=2), "/other")
    asyncio.run(here.resume([order.token for order in open_orders]))
    assert asyncio.run(other.enter("theirs")) is not None
    film.run("jobs", "rm", "token-a", "--force").expect()
    assert asyncio.run(other.enter("theirs")) is None
    assert asyncio.run(other.enter("more")) is not None
