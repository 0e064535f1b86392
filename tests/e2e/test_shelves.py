"""A colleague's folder as a further shelf: a clone pays nothing again, and believes nothing that is not pinned."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.request import Request, urlopen

import pytest

from reelmake.store.journal import LocalJournal
from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.e2e.test_away import FILM, clone
from tests.support.folder import Folder

pytestmark = pytest.mark.slow


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


@pytest.fixture
def mine(film: Folder, tmp_path: Path) -> Folder:
    """What is in git of it, and where the rest stands; no key."""
    copied = clone(film, tmp_path)
    copied.env = {"REELMAKE_CACHE": film.root.as_uri()}
    return copied


def paid(film: Folder, shot: str) -> tuple[LocalStore, Any, Path]:
    """A colleague's store, the job of a shot there and its clip."""
    store = LocalStore(film.root / ".reelmake")
    job = next(job for job in film.plan()["jobs"] if job["shot"] == shot)
    take = store.find(job["key"])
    assert take
    file = store.path(take)
    file.chmod(0o644)
    return store, job, file


def test_a_clone_takes_what_a_colleague_has(film: Folder, mine: Folder, server: FakeServer) -> None:
    asked = len(server.requests)
    jobs = {job["shot"]: job for job in mine.plan()["jobs"]}
    assert {job["verdict"] for job in jobs.values()} == {"fresh"}  # also of what starts from another
    assert jobs["a"]["reason"] == "made before, fetched from another store"
    assert not [*(mine.root / ".reelmake").rglob("*.mp4")]  # a plan needs no bytes
    before = sorted((file, file.stat().st_mtime_ns) for file in (film.root / ".reelmake").rglob("*"))
    mine.run("build", "--locked", "--events", "events.jsonl").expect(stderr="0 generated, 4 reused")
    assert f"from {film.root}" in (mine.root / "events.jsonl").read_text()
    assert mine.cut() == film.cut()
    assert len(server.requests) == asked
    assert before == sorted((file, file.stat().st_mtime_ns) for file in (film.root / ".reelmake").rglob("*"))
    del mine.env["REELMAKE_CACHE"]  # it is all here now
    assert {(job["verdict"], job["reason"]) for job in mine.plan()["jobs"]} == {("fresh", None)}


def test_a_poisoned_clip_is_told_and_not_ordered_unasked(film: Folder, mine: Folder, server: FakeServer) -> None:
    bill = len(server.bill)
    _, _, file = paid(film, "a")
    whole = file.read_bytes()
    file.write_bytes(whole[:-1] + b"?")
    mine.env["STUDIO_KEY"] = "sk-1"

    ended = mine.run("build", "--yes")
    assert ended.code in (1, 3)
    assert "RM823" in ended.stderr
    assert "its bytes do not match" in ended.stderr
    mine.run("build", "--yes").expect(3, stderr="RM823")
    assert len(server.bill) == bill
    assert not [f for f in (mine.root / ".reelmake" / "store").rglob("*.mp4") if f.read_bytes().endswith(b"?")]
    mine.run("build", "--yes", "--remake").expect()
    assert len(server.bill) > bill


def test_a_forged_answer_is_not_believed(film: Folder, mine: Folder, server: FakeServer) -> None:
    """Whoever may write there says that other bytes are the answer to an order: the lock file says which are."""
    store, job, file = paid(film, "a")
    other = paid(film, "b")[2]
    record = store.record_file(job["key"])
    text = record.read_text().replace(file.stem, other.stem)
    record.chmod(0o644)
    record.write_text(text)
    jobs = {job["shot"]: job for job in mine.plan()["jobs"]}
    assert (jobs["a"]["verdict"], jobs["a"]["away"]) == ("missing", True)


def test_what_no_lock_file_names_is_not_taken(film: Folder, mine: Folder) -> None:
    (mine.root / "reelmake.lock").unlink()
    assert {job["verdict"] for job in mine.plan()["jobs"]} <= {"missing", "undecided"}
    assert not mine.plan("--draft")["jobs"][0]["away"]


def test_a_shelf_that_is_not_there_is_as_if_there_was_none(film: Folder, mine: Folder, tmp_path: Path) -> None:
    mine.env["REELMAKE_CACHE"] = (tmp_path / "unplugged").as_uri()
    mine.run("build", "--yes").expect(3, stderr="RM823")
    mine.env["REELMAKE_CACHE"] = "s3://bucket"
    mine.run("plan").expect(1, stderr="REELMAKE_CACHE")


def test_what_is_on_a_shelf_is_seen_by_every_command_that_only_looks(film: Folder, mine: Folder) -> None:
    mine.run("status").expect()
    mine.run("explain", "a").expect()
    takes = {take["shot"]: take for take in mine.run("takes", "--json").expect().json["takes"]}
    assert (takes["a"]["verdict"], takes["a"]["clip"]) == ("fresh", None)
    mine.run("export", "a", "-o", "a.mp4").expect(2, stderr="reelmake build a")
    mine.run("build", "a").expect()
    mine.run("export", "a", "-o", "a.mp4").expect()
    shutil.rmtree(film.root)
    mine.run("plan").expect()


def test_an_open_order_of_ours_for_what_a_colleague_has_makes_nothing_to_be_ordered(
    film: Folder, mine: Folder, server: FakeServer
) -> None:
    """Its clip is another one than theirs, so what starts from it would be another order: nobody agreed to that."""
    theirs = LocalJournal(film.root / ".reelmake" / "journal").delivered()
    (order,) = [attempt for attempt in theirs.values() if attempt.shot == "a"]
    said = {"model": "m1", "prompt": "A kite.", "size": "128x72", "seconds": "0.5"}
    asked = Request(
        f"{server.base_url}/videos", json.dumps(said).encode(),
        {"Content-Type": "application/json", "Authorization": "Bearer sk-1"},
    )  # fmt: skip
    with urlopen(asked) as answer:
        job = json.load(answer)["id"]
    journal = LocalJournal(mine.root / ".reelmake" / "journal")
    journal.intend(replace(order, token="ours", remote=""))
    journal.submitted("ours", job)
    mine.env["STUDIO_KEY"] = "sk-1"
    paid = len(server.bill)
    assert mine.plan()["cost_usd"] == 0

    mine.run("build").expect(1, stderr="RM803")

    assert len(server.bill) == paid
