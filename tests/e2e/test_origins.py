"""Where a take was made: what a stranger's branch had made by a server of its own is used on main, for nothing is paid
twice, but it is told, and it does not become our word by being pushed."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake.model.http import origin
from reelmake.store.folder_shelf import SharedFolder
from reelmake.store.journal import LocalJournal
from reelmake_fake.dialect import ServerDialect
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.foreign import NAMES
from tests.support.signer import made_key, public

pytestmark = pytest.mark.slow

FILM = """\
reelmake: 1
providers: {studio: {kind: openai-videos, base_url: "URL"KEY}}
tiers: {final: {provider: studio, model: m1, price: 0.4}}
defaults: {size: 128x72, seconds: 0.5, tier: final}
shots: {a: {prompt: A kite.}}
"""
EVIL = "evil.example"


@pytest.fixture
def ours(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05)) as found:
        yield found


def board(url: str, *, key: bool = True) -> str:
    return FILM.replace("URL", url).replace("KEY", ', api_key: "${env:STUDIO_KEY}"' if key else "")


def signers(team: Path) -> list[list[str]]:
    """Who has signed each of the takes that are shared, the oldest first."""
    offers = filter(None, asyncio.run(SharedFolder(team).entries()).values())
    return [[each.key for each in offer.signatures] for offer in sorted(offers, key=lambda offer: offer.take.made)]


def test_what_a_strangers_server_made_is_told_of_and_not_signed(
    project: Folder, ours: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ServerDialect, "key", lambda self, headers: "any")  # so nobody is asked whether he may have one
    maya, team = made_key(tmp_path / "maya"), tmp_path / "team"
    project.env |= {"STUDIO_KEY": "sk-1", "PYTHONPATH": str(NAMES), "FOREIGN_NAMES": EVIL, "no_proxy": EVIL}
    project.env |= {"REELMAKE_CACHE": team.as_uri(), "REELMAKE_SIGNING_KEY": str(maya)}
    with FakeServer(ServerOptions(takes=0.05)) as theirs:
        there = origin(theirs.base_url).replace("127.0.0.1", EVIL)
        branch, main = board(f"{there}/v1", key=False), board(ours.base_url)
        project.write("storyboard.yaml", branch)
        built = project.run("build", "--yes").expect(stderr=f"a (made at {there}) is not signed")
        assert "note:" not in built.stderr  # it is where the branch has it
        assert signers(team) == [[]]

    (project.root / "reelmake.lock").unlink()  # as main has it
    project.write("storyboard.yaml", main)
    why = f"made at {there}, but studio is at {origin(ours.base_url)} now"
    assert [(job["verdict"], job["reason"]) for job in project.plan()["jobs"]] == [("fresh", why)]
    for command in ("explain a", "takes", "status"):
        project.run(*command.split()).expect(stdout=why)
    (take,) = project.run("takes", "--json").expect().json["takes"]
    assert (take["origin"], take["reason"]) == (there, why)

    team = tmp_path / "another"
    project.env |= {"REELMAKE_CACHE": team.as_uri()}
    built = project.run("build", "--yes").expect(
        stderr=f'note: shot "a": take 1 was {why}; if you do not know why, `ree'
    )
    assert built.stderr.count(there) == 2
    assert f"a (made at {there}) is not signed" in built.stderr
    assert ours.bill == []
    assert signers(team) == [[]]
    texts = [*team.glob("takes/*/*/*"), project.root / "build/cut.mp4.lineage.json", project.root / "reelmake.lock"]
    assert len(texts) == 3
    assert not [file for file in texts if EVIL in file.read_text()]  # it may be an address of somebody's own network

    quiet = project.run("build").expect()  # the lock file names it now, where everybody may read it
    assert there not in quiet.stderr + json.dumps(project.plan())
    project.run("retake", "a", "--yes").expect()
    project.run("build", "--yes").expect()
    assert len(ours.bill) == 1
    assert signers(team) == [[], [public(maya)]]

    project.write("storyboard.yaml", branch)
    project.env |= {"REELMAKE_KEYS": f"ANY={there}"}  # its owner knows that address, though no secret is sent there
    project.run("cache", "push").expect()
    assert signers(team) == [[public(maya)], [public(maya)]]


def test_of_an_order_that_moved_on_its_way_both_addresses_are_told(project: Folder, tmp_path: Path) -> None:
    """Killed while its job is made; when it goes on, the provider has another address, and what either of them says is
    in the clip."""
    options = ServerOptions(takes=2, state=tmp_path / "state")
    project.env |= {"STUDIO_KEY": "sk-1"}
    with FakeServer(options) as before:
        then = origin(before.base_url)
        project.write("storyboard.yaml", board(before.base_url))
        run = project.start("build", "--yes")
        journal, until = project.root / ".reelmake" / "journal", time.monotonic() + 60
        while not (journal.exists() and any(e.attempt.remote for e in LocalJournal(journal).entries())):
            assert time.monotonic() < until
            time.sleep(0.05)
        os.kill(run.pid, signal.SIGKILL)
        run.communicate()
    with FakeServer(options) as after:
        project.write("storyboard.yaml", board(after.base_url))
        now = origin(after.base_url)
        both = f"{then} and {now}"
        assert then != now
        built = project.run("build", "--json").expect()
        assert len(after.bill) == 1
        (note,) = built.json["notes"]
        assert f"take 1 was made at {both}, but studio is at {now} now" in note["message"]
        assert project.run("takes", "--json").json["takes"][0]["origin"] == both
