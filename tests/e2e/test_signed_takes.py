"""A shared store with signatures, by the command line: what somebody trusted has made costs nobody anything again, and
what a stranger puts there, or says in a branch, does not become the film of anybody else."""

from __future__ import annotations

import asyncio
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from reelmake.store.entry import offered, read
from reelmake.store.folder_shelf import SharedFolder
from reelmake.store.local import LocalStore
from reelmake.store.signing import SigningKey, signers
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.e2e.test_away import FILM
from tests.support.folder import Folder
from tests.support.moto import KEYS, S3
from tests.support.signer import made_key, public, put, share

pytestmark = pytest.mark.slow

TRUST = "cache: {trust: [maya]}\n"


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def maya(tmp_path: Path) -> Path:
    return made_key(tmp_path / "maya")


@pytest.fixture
def film(project: Folder, server: FakeServer, maya: Path) -> Folder:
    """Maya's, made and paid for."""
    project.env |= {"STUDIO_KEY": "sk-1"}
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url) + TRUST)
    project.write("reelmake.signers", f"maya {public(maya)}\n")
    project.run("build", "--yes").expect()
    return project


@pytest.fixture
def shared(film: Folder, maya: Path, tmp_path: Path) -> Path:
    """What she pushed."""
    store = LocalStore(film.root / ".reelmake")
    share(tmp_path / "shared", store, *(take for take in store.takes() if take.cost), key=maya)
    return tmp_path / "shared"


def colleague(film: Folder, shared: Path, name: str = "bob") -> Folder:
    """The same storyboard with no lock file, no state and no key to the provider."""
    mine = film.copy(film.root.parent / name)
    for folder in (".reelmake", "build"):
        shutil.rmtree(mine.root / folder)
    (mine.root / "reelmake.lock").unlink()
    mine.env = {"REELMAKE_CACHE": shared.as_uri()}
    return mine


def test_what_somebody_trusted_has_made_is_not_paid_again(film: Folder, shared: Path, server: FakeServer) -> None:
    mine, paid, asked = colleague(film, shared), len(server.bill), len(server.requests)
    mine.run("build", "free").expect()  # it is drawn here
    jobs = {job["shot"]: job for job in mine.plan()["jobs"]}
    assert {job["verdict"] for job in jobs.values()} == {"fresh"}
    said = f"made by maya, brought from file://{shared}"
    assert [jobs[shot]["reason"] for shot in ("a", "b", "more")] == [said] * 3  # b starts from a: a second question
    assert mine.plan()["cost_usd"] == 0
    assert "made by maya" in mine.run("plan").expect().stdout
    mine.run("build").expect(stderr="0 generated")
    assert (len(server.bill), len(server.requests)) == (paid, asked)
    assert mine.cut() == film.cut()
    assert (mine.root / "reelmake.lock").read_text() == (film.root / "reelmake.lock").read_text()  # and so it is pinned
    mine.write("reelmake.signers", "")
    mine.write("storyboard.yaml", (mine.root / "storyboard.yaml").read_text().replace(TRUST, ""))
    mine.env.clear()
    assert mine.plan()["generate"] == 0


def test_what_only_a_run_can_ask_for_is_asked_for_before_it_is_paid(
    film: Folder, shared: Path, server: FakeServer
) -> None:
    """`more` starts from a sketch that is not drawn yet, so that no plan knows its key."""
    mine, paid = colleague(film, shared), len(server.bill)
    mine.env["STUDIO_KEY"] = "sk-1"
    assert {job["shot"]: job["verdict"] for job in mine.plan()["jobs"]}["more"] == "undecided"
    mine.run("build", "--yes").expect()
    assert len(server.bill) == paid
    assert mine.cut() == film.cut()


def test_a_branch_that_trusts_itself_is_believed_there_alone(
    film: Folder, shared: Path, tmp_path: Path, server: FakeServer
) -> None:
    """Eve's pull request adds her to the signers, and she may write to the bucket. Bob builds her branch, goes back to
    main with the same `.reelmake`, and builds."""
    eve, store = made_key(tmp_path / "eve"), LocalStore(film.root / ".reelmake")
    takes = {dict(take.manifest)["prompt"]: take for take in store.takes() if take.cost}
    good, other = takes["A kite."], takes["It lands."]
    shutil.rmtree(shared)
    evil = replace(good, digest=other.digest, facts=other.facts, suffix=other.suffix)
    put(shared, SigningKey(str(eve)).sign([offered(evil)], tmp_path)[0], store.path(other).read_bytes())

    bob = colleague(film, shared)
    main = (bob.root / "storyboard.yaml").read_text()
    assert bob.plan("a")["jobs"][0]["verdict"] == "missing"
    bob.write("storyboard.yaml", main.replace("[maya]", "[maya, eve]"))
    bob.write("reelmake.signers", f"{(bob.root / 'reelmake.signers').read_text()}eve {public(eve)}\n")
    bob.run("build", "a").expect()
    assert other.digest in (bob.root / "reelmake.lock").read_text()
    bob.write("storyboard.yaml", main)
    (bob.root / "reelmake.lock").unlink()
    job = next(job for job in bob.plan("a")["jobs"])
    assert (job["verdict"], job["away"]) == ("missing", False)
    assert job["reason"].startswith("what is here of it is not believed")
    bob.env["STUDIO_KEY"] = "sk-1"
    paid = len(server.bill)
    bob.run("build", "a", "--yes").expect()
    assert len(server.bill) == paid + 1
    assert other.digest not in (bob.root / "reelmake.lock").read_text()


def test_what_a_build_pushes_is_signed_by_who_made_it_and_by_nobody_else(
    film: Folder, maya: Path, tmp_path: Path, server: FakeServer
) -> None:
    """Maya signs what she makes. Bob has her takes by his lock file, makes one of his own, signs that alone: what was
    pinned by some branch does not become his word by being pushed."""
    bob, first, second = made_key(tmp_path / "bob"), tmp_path / "first", tmp_path / "second"
    film.env |= {"REELMAKE_CACHE": first.as_uri(), "REELMAKE_SIGNING_KEY": str(maya)}
    board = (film.root / "storyboard.yaml").read_text()
    film.write("storyboard.yaml", board.replace(TRUST, "").replace("It lands.", "It falls."))
    film.run("build", "--yes").expect(stderr="pushed")
    assert {by for _, by in signed(first).values()} == {(public(maya),)}

    mine = film.copy(tmp_path / "bob's")
    for folder in (".reelmake", "build"):
        shutil.rmtree(mine.root / folder)
    mine.env |= {"REELMAKE_SIGNING_KEY": str(bob)}
    board = (mine.root / "storyboard.yaml").read_text()
    mine.write("storyboard.yaml", board.replace("It stops.", "It rings."))
    mine.run("build", "--yes").expect(stderr="1 pushed")
    rings = {by for prompt, by in signed(first).values() if prompt == "It rings."}
    assert rings == {(public(bob),)}
    assert {by for prompt, by in signed(first).values() if prompt != "It rings."} == {(public(maya),)}

    mine.env |= {"REELMAKE_CACHE": second.as_uri()}
    mine.write("storyboard.yaml", board)
    mine.run("build", "--yes").expect(stderr="pushed")
    theirs = dict(signed(second).values())
    assert theirs == {"A kite.": (), "It falls.": (), "A tram.": (), "It stops.": (public(bob),)}


def test_a_fork_reads_and_never_writes(film: Folder, maya: Path, server: FakeServer) -> None:
    """Its CI has no credentials of the bucket and no key. What it makes, and its own lock file, stay with it."""
    with S3() as s3:
        film.env |= {**s3.env, "REELMAKE_SIGNING_KEY": str(maya)}
        board = (film.root / "storyboard.yaml").read_text()
        film.write("storyboard.yaml", board.replace("It lands.", "It falls."))
        film.run("build", "--yes").expect(stderr="pushed")
        s3.publish()
        before = s3.objects()
        fork = film.copy(film.root.parent / "fork")
        for folder in (".reelmake", "build"):
            shutil.rmtree(fork.root / folder)
        (fork.root / "reelmake.lock").unlink()
        fork.env = {name: value for name, value in s3.env.items() if name not in KEYS}
        fork.run("build", "free", "a").expect(stderr="1 brought")
        ran = fork.run("build").expect(stderr="brought")
        assert "push" not in ran.stderr
        assert s3.objects() == before
        fork.run("cache", "push").expect(3)
        assert s3.objects() == before
        again = made_key(film.root.parent / "again")  # she has another key, and signs what is there with it as well
        film.env |= {"REELMAKE_SIGNING_KEY": str(again)}
        number = len([name for name in s3.names() if "/takes/" in name])
        film.run("cache", "push").expect(stderr=f"0 pushed, 0 there already, {number} signed")
        film.run("cache", "push").expect(stderr=f"0 pushed, {number} there already\n")
        entries = [read(data) for name, data in s3.objects().items() if "/takes/" in name]
        assert {tuple(each.key for each in offer.signatures) for offer in entries} == {(public(maya), public(again))}
        assert all(len(signers(offer, [public(maya), public(again)])) == 2 for offer in entries)


def test_a_push_without_a_key_is_told_of_once(film: Folder, tmp_path: Path) -> None:
    film.env |= {"REELMAKE_CACHE": (tmp_path / "team").as_uri()}
    told, board = "what is pushed is not signed", (film.root / "storyboard.yaml").read_text()
    for number, (said, silent) in enumerate(((told, ""), ("pushed", told))):
        film.write("storyboard.yaml", board.replace("A tram", f"A tram {number}"))
        ran = film.run("build", "free").expect(stderr=said)
        assert not silent or silent not in ran.stderr


def signed(folder: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What was asked for, and whose signatures hold, by digest."""
    offers = asyncio.run(SharedFolder(folder).entries()).values()
    found = {}
    for offer in filter(None, offers):
        keys = [each.key for each in offer.signatures]
        found[offer.take.digest] = dict(offer.take.manifest)["prompt"], tuple(signers(offer, keys))
    return found
