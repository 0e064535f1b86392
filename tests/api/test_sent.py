"""Shots that nobody waits for: sent, asked about and fetched by id, by whoever has it; paid for once, whatever dies."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reelmake
from reelmake import errors
from reelmake.media.probe import probe
from reelmake.store.hold import Hold
from reelmake.store.journal import LocalJournal
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.hurried import hurry
from tests.support.stepping import spent

ROOT = Path(__file__).resolve().parents[2]


SMALL: dict[str, Any] = {"size": "128x72", "seconds": 1}
QUICK = "{list_lag: 0, allow_private: true}"  # its list has an order as soon as it is taken
BLIND = "{list: false}"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is no project, and a state folder of our own."""
    hurry(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.3, key="let-me-in")) as running:
        yield running


def project(folder: Path, server: FakeServer, options: str = QUICK) -> dict[str, Any]:
    """Makes the folder a project whose default tier is the server; options of a shot in it."""
    (folder / "storyboard.yaml").write_text(f"""\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}", options: {options}}}
tiers:
  final: {{provider: studio, model: m, price: 0.1}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
shots:
  kite: {{prompt: A kite.}}
""")
    return dict(SMALL)


@pytest.fixture
def studio(here: Path, server: FakeServer) -> dict[str, Any]:
    """Options of a shot in this folder, which is a project."""
    return project(here, server)


def journal(here: Path) -> LocalJournal:
    return LocalJournal(here / ".reelmake" / "journal")


def settled(here: Path, server: FakeServer) -> None:
    """One order was paid for, and its clip is here."""
    assert len(server.bill) == 1
    assert not journal(here).open()
    ledger = journal(here).ledger()
    assert (ledger.spent, ledger.reserved, ledger.maybe) == (spent(server.bill), 0, 0)


def program(here: Path, text: str) -> subprocess.Popen[str]:
    """Another process; what it prints is JSON."""
    begins = "from tests.support import hurried\nhurried.now()\nimport json, reelmake\n"
    return subprocess.Popen(
        [sys.executable, "-c", begins + text],
        cwd=here,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def told(process: subprocess.Popen[str]) -> Any:
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, err
    return json.loads(out)


def kill(process: subprocess.Popen[str]) -> None:
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()


def sends(here: Path, studio: dict[str, Any], prompt: str = "A kite.") -> subprocess.Popen[str]:
    return program(here, f"print(json.dumps(reelmake.shoot({prompt!r}, wait=False, yes=True, **{studio!r})))")


def fetches(here: Path, id: str) -> subprocess.Popen[str]:
    return program(here, f"print(json.dumps(reelmake.download({id!r}, output='got.mp4').sha256))")


def test_it_is_sent_asked_about_and_fetched(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    server.instruct("pending", "pending")
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    assert len(server.bill) == 1
    seen = [reelmake.status(id)]
    clip = reelmake.download(id, output="kite.mp4", on_progress=seen.append)
    assert {s.id for s in seen} == {id}
    assert [s for s in ("making", "ready", "made") if s in {x.state for x in seen}] == ["making", "ready", "made"]
    assert all(s.progress is None or 0 <= s.progress <= 100 for s in seen)
    assert (clip.path, clip.new, clip.take) == (Path("kite.mp4"), True, 1)
    assert clip.read() == (here / "kite.mp4").read_bytes()
    assert probe(here / "kite.mp4").frames

    end = reelmake.status(id)
    assert (end.state, end.ended, end.progress) == ("made", True, 100.0)
    assert end.path
    assert end.path.read_bytes() == clip.read()
    assert not reelmake.download(id).new
    assert reelmake.shoot("A kite.", wait=False, **studio) == id
    assert not reelmake.shoot("A kite.", **studio).new
    settled(here, server)


def test_the_same_order_has_the_same_id_and_is_sent_once(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    server.instruct(*["pending"] * 3)
    first = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    assert reelmake.shoot("A kite.", wait=False, **studio) == first  # it is ordered: there is nothing to pay
    assert reelmake.shoot("A kite.", seed=7, wait=False, yes=True, **studio) != first
    assert len(server.bill) == 2
    assert reelmake.shoot("A kite.", **studio).new  # waits for the job that is there
    assert len(server.bill) == 2


def test_nothing_is_paid_unasked_and_nothing_is_sent_that_cannot_be(server: FakeServer, studio: dict[str, Any]) -> None:
    with pytest.raises(errors.Unwilling, match="not a terminal"):
        reelmake.shoot("A kite.", wait=False, **studio)
    with pytest.raises(errors.Unwilling, match="budget"):
        reelmake.shoot("A kite.", wait=False, budget="0.05", **studio)
    with pytest.raises(errors.Mistake, match="asks for one take"):
        reelmake.shoot("A kite.", wait=False, yes=True, takes=2, **studio)
    pro = {**studio, "provider": "studio", "model": "wan-ai/wan-2.6-t2v", "seconds": 4.5, "size": "1x1"}
    with pytest.raises(errors.Mistake):
        reelmake.shoot("A kite.", wait=False, yes=True, **pro)
    assert server.requests == []


def test_what_nobody_knows_is_a_mistake(server: FakeServer, studio: dict[str, Any]) -> None:
    reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    for wrong in ("0123456789abcdef", "", "../../etc/passwd", "*" * 16):
        with pytest.raises(errors.Mistake, match="no shot was asked for"):
            reelmake.status(wrong)
        with pytest.raises(errors.Mistake, match="no shot was asked for"):
            reelmake.download(wrong)


def test_what_is_refused_at_once_is_raised_and_what_fails_later_is_told(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    server.instruct("400-moderation")
    with pytest.raises(errors.Moderated):
        reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    assert server.bill == []

    server.instruct("poll:fail:moderation_blocked")
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    while not (seen := reelmake.status(id)).ended:
        time.sleep(0.05)
    assert (seen.state, seen.ended, seen.code) == ("failed", True, "RM921")
    assert journal(here).open()  # to look writes nothing down
    with pytest.raises(errors.Moderated):
        reelmake.download(id)
    assert not journal(here).open()
    again = reelmake.status(id)
    assert (again.state, again.error) != ("made", "")
    with pytest.raises(errors.StepError):
        reelmake.download(id)

    with pytest.raises(errors.Unwilling):
        reelmake.shoot("A kite.", wait=False, **studio)
    server.instruct()
    assert reelmake.shoot("A kite.", wait=False, yes=True, **studio) == id
    assert reelmake.download(id).new
    assert len(server.bill) == 2


def test_what_takes_too_long_goes_on(here: Path) -> None:
    told: list[Exception] = []
    with FakeServer(ServerOptions(takes=60, key="let-me-in")) as server:
        studio = project(here, server)
        with pytest.raises(TimeoutError, match="stays at its provider"):
            reelmake.shoot("A kite.", yes=True, timeout=1.0, on_error=told.append, **studio)
        assert [type(error) for error in told] == [TimeoutError]
        id = reelmake.shoot("A kite.", wait=False, **studio)
        with pytest.raises(TimeoutError):
            reelmake.download(id, timeout=0.2)
        with pytest.raises(TimeoutError):
            asyncio.run(reelmake.ashoot("A kite.", timeout=0.5, **studio))
        assert reelmake.status(id).state == "making"
        assert len(server.bill) == 1


def test_what_this_machine_makes_is_made_by_then(here: Path) -> None:
    id = reelmake.shoot("A kite.", size="64x64", seconds=1, wait=False)
    assert reelmake.status(id).state == "made"
    assert reelmake.download(id, output="a.mp4").cost == 0
    assert probe(here / "a.mp4").frames


def test_in_a_project_the_id_is_known_there_and_by_the_path_of_it(
    server: FakeServer, studio: dict[str, Any], here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    board = here / "storyboard.yaml"
    id = reelmake.shoot("A kite.", wait=False, yes=True)
    monkeypatch.chdir(tmp_path)
    with pytest.raises(errors.Mistake):
        reelmake.status(id)
    assert reelmake.status(id, storyboard=board).state in ("making", "ready")
    built = reelmake.build(board)  # the same order: it is waited for, and not paid again
    assert (built.generated, len(server.bill)) == (1, 1)
    assert reelmake.download(id, storyboard=board).sha256
    log = [json.loads(line) for line in (here / ".reelmake" / "runs.jsonl").read_text().splitlines()]
    assert [line["interrupted"] for line in log] == [False, False]


def test_what_was_sent_outside_of_projects_is_known_from_everywhere(
    server: FakeServer, here: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {"base_url": server.base_url, "api_key_env": "STUDIO_KEY", "model": "m", "price": "0.10"}
    id = reelmake.shoot("A kite.", wait=False, yes=True, **SMALL, **made)
    assert not list(here.iterdir())
    project(here, server)
    assert reelmake.status(id).state in ("making", "ready")
    assert reelmake.download(id).path.is_relative_to(tmp_path / "state")
    log = [json.loads(line) for line in (tmp_path / "state" / "reelmake" / "runs.jsonl").read_text().splitlines()]
    assert [(line["generated"], line["cost_usd"], line["ledger_usd"]) for line in log] == [
        (0, 0.0, {"reserved": 0.1}),
        (1, 0.1, {"spent": 0.1}),
    ]


def test_callbacks_come_from_a_thread_and_the_clip_is_in_its_place(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    over, seen, clips = threading.Event(), list[reelmake.ShotStatus](), list[bytes]()

    def complete(clip: reelmake.Clip) -> None:
        clips.append(clip.read())
        over.set()

    calls: dict[str, Any] = {"on_progress": seen.append, "on_complete": complete, "on_error": print}
    id = reelmake.shoot("A kite.", wait=False, yes=True, output="a.mp4", **calls, **studio)
    assert over.wait(30)
    assert clips == [(here / "a.mp4").read_bytes()]
    assert {status.id for status in seen} == {id}
    settled(here, server)


def test_an_error_comes_to_its_callback(server: FakeServer, studio: dict[str, Any]) -> None:
    over, heard = threading.Event(), list[Exception]()

    def failed(error: Exception) -> None:
        heard.append(error)
        over.set()

    server.instruct("poll:fail:moderation_blocked")
    reelmake.shoot("A kite.", wait=False, yes=True, on_error=failed, **studio)
    assert over.wait(30)
    assert [type(error) for error in heard] == [errors.Moderated]


@pytest.mark.slow
def test_jobs_know_the_id(here: Path) -> None:
    with FakeServer(ServerOptions(takes=60, key="let-me-in")) as server:
        studio = project(here, server)
        id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
        command = [sys.executable, "-m", "reelmake", "jobs", "rm", id, "--yes"]
        ran = subprocess.run(command, cwd=here, capture_output=True, text=True)
        assert ran.returncode == 0, ran.stderr
        seen = reelmake.status(id)
        assert (seen.state, "given up" in seen.error) == ("failed", True)
        with pytest.raises(errors.StepError, match="given up"):
            reelmake.download(id)
        with pytest.raises(errors.Unwilling):
            reelmake.shoot("A kite.", wait=False, **studio)


@pytest.mark.slow
def test_a_program_does_not_end_before_its_callbacks(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    says = "print(json.dumps([clip.sha256, len(clip.read())]))"
    text = f"def done(clip): {says}\nreelmake.shoot('A kite.', wait=False, yes=True, on_complete=done, **{studio!r})"
    digest, size = told(program(here, text))
    assert size > 1000
    assert reelmake.shoot("A kite.", **studio).sha256 == digest
    assert len(server.bill) == 1


def test_a_callback_that_breaks_costs_no_clip(
    server: FakeServer, studio: dict[str, Any], here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    raised, over = list[Any](), threading.Event()
    monkeypatch.setattr(threading, "excepthook", lambda what: (raised.append(what.exc_value), over.set()))

    def breaks(clip: reelmake.Clip) -> None:
        raise ZeroDivisionError("mine")

    reelmake.shoot("A kite.", wait=False, yes=True, output="a.mp4", on_complete=breaks, **studio)
    assert over.wait(30)
    assert isinstance(raised[0], ZeroDivisionError)
    assert probe(here / "a.mp4").frames
    assert not reelmake.shoot("A kite.", **studio).new


def test_only_what_is_asked_for_is_asked_about(server: FakeServer, studio: dict[str, Any]) -> None:
    ids = [reelmake.shoot(f"Shot {n}.", wait=False, yes=True, **studio) for n in range(2)]
    fetched = reelmake.status(ids[0]).state == "made"  # by the second order, if that took its time
    before = len(server.requests)
    assert reelmake.download(ids[1]).new
    asked = [line["path"] for line in server.requests[before:]]
    assert not [path for path in asked if server.bill[0]["id"] in path]
    assert [path for path in asked if server.bill[1]["id"] in path]
    assert (reelmake.status(ids[0]).state == "made") == fetched


def test_what_is_raised_while_it_is_followed_comes_after_the_clip(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    def breaks(status: reelmake.ShotStatus) -> None:
        raise ZeroDivisionError("mine")

    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    with pytest.raises(ZeroDivisionError) as raised:
        reelmake.download(id, output="a.mp4", on_progress=breaks)
    assert "a.mp4" in raised.value.__notes__[0]
    assert probe(here / "a.mp4").frames
    settled(here, server)


def test_it_is_told_for_whom_it_waits_and_looks_do_not_wait(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    waits, seen = threading.Event(), list[reelmake.ShotStatus]()

    def heard(status: reelmake.ShotStatus) -> None:
        seen.append(status)
        if "waits for" in status.note:
            waits.set()

    clips: list[reelmake.Clip] = []
    with Hold(here / ".reelmake" / "hold", command="reelmake build"):
        run = threading.Thread(target=lambda: clips.append(reelmake.download(id, on_progress=heard)))
        run.start()
        assert waits.wait(30)
        assert reelmake.status(id).state == "ready"
        with pytest.raises(TimeoutError):
            reelmake.download(id, timeout=0.3)
        with pytest.raises(TimeoutError):
            reelmake.shoot("Another.", wait=False, yes=True, timeout=0.3, **studio)
    run.join(30)
    assert clips[0].new
    assert any(status.note.startswith("waits for reelmake build (process") for status in seen)
    settled(here, server)


def test_what_it_may_be_is_known_to_a_type_checker(studio: dict[str, Any]) -> None:
    """Checked by mypy, and run so that it is true."""
    clip: reelmake.Clip = reelmake.shoot("A kite.", yes=True, **studio)
    id: str = reelmake.shoot("A kite.", wait=False, **studio)
    both: list[reelmake.Clip | str] = [reelmake.shoot("A kite.", wait=wait, **studio) for wait in (True, False)]
    assert [type(each) for each in both] == [type(clip), type(id)]


def test_in_an_event_loop(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    done: list[Path] = []

    async def main() -> list[str]:
        ids = [await reelmake.ashoot(f"Shot {n}.", wait=False, yes=True, output=f"{n}.mp4", **studio) for n in range(3)]
        last = await reelmake.ashoot("Last.", wait=False, yes=True, on_complete=lambda c: done.append(c.path), **studio)
        clips = await asyncio.gather(*(reelmake.adownload(id) for id in (*ids, last)))
        assert (await reelmake.astatus(last)).path == clips[-1].path
        while not (done and all((here / f"{n}.mp4").exists() for n in range(3))):
            await asyncio.sleep(0.01)
        return [clip.sha256 for clip in clips]

    assert len(set(asyncio.run(main()))) == 4
    assert len(server.bill) == 4


@pytest.mark.slow
@pytest.mark.parametrize("word", ["drop", "garbage", "no-id", "half"])
def test_a_lost_answer_is_found_before_it_returns(
    server: FakeServer, studio: dict[str, Any], word: str, here: Path
) -> None:
    server.instruct(f"create:{word}")
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    assert reelmake.download(id).new
    settled(here, server)
    assert sum(r["method"] == "POST" for r in server.requests) == 1


def test_an_order_whose_answer_nobody_can_find_is_not_sent_again(server: FakeServer, here: Path) -> None:
    studio = project(here, server, BLIND)
    server.instruct("create:drop")
    for _ in range(2):
        with pytest.raises(errors.Ambiguous):
            reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    (left,) = journal(here).open()
    with pytest.raises(errors.Ambiguous):
        reelmake.download(left.key[:16])
    assert reelmake.status(left.key[:16]).state == "sent"
    assert len(server.bill) == 1


HELD = {
    "it is not accepted yet": "create:hold-before",
    "it is accepted, and its answer on the way": "create:hold",
}


def held(server: FakeServer) -> bool:
    return any(line.get("held") or line.get("manner") == "half-held" for line in server.requests)


@pytest.mark.slow
@pytest.mark.parametrize("then", ["asks again", "fetches by its id"])
@pytest.mark.parametrize("stage", HELD)
def test_killed_while_it_sends(server: FakeServer, studio: dict[str, Any], here: Path, stage: str, then: str) -> None:
    server.instruct(faults=(HELD[stage],))
    process = sends(here, studio)
    server.until(held)
    kill(process)
    server.instruct()
    if then == "asks again":
        server.release()  # what was not accepted yet is accepted now, late
    (left,) = journal(here).open()
    id = left.key[:16]
    assert reelmake.status(id).state == "sent"
    if then == "asks again":
        assert told(sends(here, studio)) == id
    elif stage == "it is not accepted yet":
        with pytest.raises(errors.StepError, match="never had it"):
            reelmake.download(id)
        assert server.bill == []
        assert told(sends(here, studio)) == id
    assert told(fetches(here, id))
    settled(here, server)


@pytest.mark.slow
@pytest.mark.parametrize("stage", ["poll:hold", "content:hold"])
def test_killed_while_it_fetches(server: FakeServer, studio: dict[str, Any], here: Path, stage: str) -> None:
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    server.instruct(faults=(stage,))
    process = fetches(here, id)
    server.until(held)
    kill(process)
    server.instruct()
    server.release()
    assert not (here / "got.mp4").exists()
    assert told(fetches(here, id)) == reelmake.download(id).sha256
    settled(here, server)


@pytest.mark.parametrize("by_id", [True, False])
def test_who_died_between_the_clip_and_its_line_leaves_nothing_open(
    server: FakeServer, studio: dict[str, Any], here: Path, by_id: bool
) -> None:
    id = reelmake.shoot("A kite.", wait=False, yes=True, **studio)
    file = here / ".reelmake" / "journal"
    before = {name: name.read_bytes() for name in (file, file.with_name("journal.end"))}
    clip = reelmake.download(id)
    for name, content in before.items():
        name.write_bytes(content)
    assert journal(here).open()
    assert reelmake.status(id).state == "made"
    with Hold(here / ".reelmake" / "hold"):
        assert reelmake.download(id).sha256 == clip.sha256  # whoever holds it writes the line
    assert journal(here).open()
    assert not (reelmake.download(id) if by_id else reelmake.shoot("A kite.", **studio)).new
    settled(here, server)


@pytest.mark.slow
def test_processes_that_ask_for_the_same_at_once_pay_once(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    ids = {told(process) for process in [sends(here, studio) for _ in range(3)]}
    assert len(ids) == 1
    (id,) = ids
    assert len({told(process) for process in [fetches(here, id) for _ in range(3)]}) == 1
    settled(here, server)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(int(os.environ.get("REELMAKE_SENT_KILLS", "6"))))
def test_killed_at_any_moment(server: FakeServer, studio: dict[str, Any], here: Path, seed: int) -> None:
    for n in range(3):
        process = sends(here, studio)
        time.sleep(0.25 + (seed * 3 + n) * 0.05)
        kill(process)
    id = told(sends(here, studio))
    for n in range(3):
        process = fetches(here, id)
        time.sleep(0.25 + (seed * 3 + n) * 0.05)
        kill(process)
    assert told(fetches(here, id))
    settled(here, server)
