"""A colleague's folder as a further shelf: a clone pays nothing again, and believes nothing that is not pinned."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reelmake
from reelmake.model.events import RunStarted
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
    assert jobs["a"]["reason"] == "made before, brought from another store"
    assert "in another store" in mine.run("takes", "a").expect().stdout
    assert not [*(mine.root / ".reelmake").rglob("*.mp4")]  # a plan needs no bytes
    before = sorted((file, file.stat().st_mtime_ns) for file in (film.root / ".reelmake").rglob("*"))
    mine.run("build", "--locked", "--events", "events.jsonl").expect(stderr="0 generated, 4 reused")
    assert f"from file://{film.root}" in (mine.root / "events.jsonl").read_text()
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
    assert 'error[RM823]: shot "a" was made before, and it could not be fetched' in ended.stderr
    assert "0 generated, 2 reused, 2 brought, 1 failed" in ended.stderr  # a and b are not here
    mine.run("build", "--yes").expect(3, stderr="RM823")
    assert len(server.bill) == bill
    assert not [f for f in (mine.root / ".reelmake" / "store").rglob("*.mp4") if f.read_bytes().endswith(b"?")]
    mine.run("build", "--yes", "--remake").expect()
    assert len(server.bill) > bill


def test_what_vanishes_from_a_shelf_is_not_ordered_by_the_build_that_was_to_bring_it(
    film: Folder, mine: Folder, server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even by one that may order again: its plan said that it costs nothing. The next one says what it costs."""
    bill = len(server.bill)
    for name, value in {**mine.env, "STUDIO_KEY": "sk-1"}.items():
        monkeypatch.setenv(name, value)

    def unplug(event: reelmake.Event) -> None:
        if isinstance(event, RunStarted):
            shutil.rmtree(film.root / ".reelmake")

    result = reelmake.build(mine.root, yes=True, remake=True, on_event=unplug)
    assert "RM823" in {failure.code for failure in result.failures}
    assert (len(server.bill), result.generated) == (bill, 1)  # what is free was drawn
    assert mine.plan("--remake")["cost_usd"] > 0
    reelmake.build(mine.root, yes=True, remake=True)
    assert len(server.bill) > bill


def test_what_was_ordered_here_is_kept_beside_what_a_shelf_had(film: Folder, mine: Folder, server: FakeServer) -> None:
    """Both were paid for. The film is made of what the lock file names."""
    shelf = mine.env.pop("REELMAKE_CACHE")
    mine.env["STUDIO_KEY"] = "sk-1"
    server.instruct("content:500*6")
    mine.run("build", "a", "--yes", "--remake").expect(1, stderr="stays open")
    server.instruct()
    _, job, theirs = paid(film, "a")
    mine.env["REELMAKE_CACHE"] = shelf

    ordered = len(server.bill)
    told = mine.run("build").expect().stderr
    assert "both are kept" in told
    assert len(server.bill) == ordered  # what starts from it starts from theirs, and is here
    store, journal = LocalStore(mine.root / ".reelmake"), LocalJournal(mine.root / ".reelmake" / "journal")
    assert mine.cut() == film.cut()
    (entry,) = journal.entries()
    (beside,) = [take for take in store.takes() if dict(take.manifest).get("beside")]
    assert entry.digest == beside.digest != theirs.stem
    assert store.whole(beside)
    found = store.there(job["key"])
    assert found is not None
    assert found.digest == theirs.stem
    mine.run("cache", "gc", "--delete").expect()
    assert store.whole(beside)
    assert mine.plan()["generate"] == 0


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
    mine.env["REELMAKE_CACHE"] = "s3:bucket"
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
