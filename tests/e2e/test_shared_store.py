"""A shared store in S3, as moto serves it: what one has paid for is brought to the others, and what goes wrong on the
way costs nobody a take."""

from __future__ import annotations

import json
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.e2e.test_away import FILM, clone
from tests.support.folder import Folder
from tests.support.moto import KEYS, S3, Gate

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with S3() as found:
        yield found


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[FakeServer]:
    folder = tmp_path_factory.mktemp("server")
    with FakeServer(ServerOptions(takes=0.05, bill=folder / "bill", state=folder / "state")) as found:
        yield found


@pytest.fixture(scope="module")
def made(server: FakeServer, s3: S3, tmp_path_factory: pytest.TempPathFactory) -> tuple[Folder, dict[str, bytes]]:
    """A film that was made, paid for and pushed; and what is in the bucket then."""
    film = Folder(tmp_path_factory.mktemp("made") / "film", {"STUDIO_KEY": "sk-1234567890", **s3.env})
    film.root.mkdir()
    film.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    film.run("build", "--yes").expect(stderr="4 generated, 0 reused, 4 pushed")
    assert len([name for name in s3.names() if "/takes/" in name]) == 4
    return film, s3.objects()


@pytest.fixture
def film(made: tuple[Folder, dict[str, bytes]], s3: S3, tmp_path: Path) -> Folder:
    for name in s3.names():
        s3.remove(name)
    for name, data in made[1].items():
        s3.write(name, data)
    return made[0].copy(tmp_path / "film")


@pytest.fixture
def mine(film: Folder, s3: S3, tmp_path: Path) -> Folder:
    """A colleague's clone, without the key that pays."""
    copied = clone(film, tmp_path)
    copied.env = dict(s3.env)
    return copied


def test_what_one_has_paid_for_is_there_for_all(film: Folder, mine: Folder, server: FakeServer, s3: S3) -> None:
    asked, before = len(server.requests), s3.objects()
    assert {job["verdict"] for job in mine.plan()["jobs"]} == {"fresh"}
    mine.run("build", "--locked").expect(stderr="0 generated, 4 reused, 4 brought")
    assert mine.cut() == film.cut()
    assert len(server.requests) == asked
    assert s3.objects() == before
    secrets = [*film.env.values(), *(job["id"] for job in server.bill)]
    secrets = [secret for secret in secrets if secret != s3.env["REELMAKE_CACHE"] and len(secret) > 9]
    told = b"".join(data for name, data in before.items() if not name.endswith(".mp4"))
    assert not [secret for secret in secrets if secret.encode() in told]
    mine.env = {"REELMAKE_CACHE": "s3://films/team/film", **KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:9"}
    mine.run("build").expect(stderr="nothing to do")


def test_pushed_and_pulled_by_hand(film: Folder, mine: Folder, s3: S3) -> None:
    listed = mine.run("cache", "ls", "--remote", "--json").expect().json["takes"]
    assert len(listed) == 4
    mine.run("cache", "verify", "--remote").expect(stderr="4 entries read, 0 damaged")
    mine.run("cache", "pull").expect(stderr="4 brought, 0 here already")
    mine.run("cache", "pull").expect(stderr="0 brought, 4 here already")
    mine.run("build", "--locked", "--offline").expect()
    film.run("cache", "push").expect(stderr="0 pushed, 4 there already")
    for name in s3.names():
        s3.remove(name)
    film.run("build").expect(stderr="nothing to do")
    mine.run("cache", "push").expect(stderr="4 pushed, 0 there already")
    for env in ({}, {"REELMAKE_CACHE": s3.env["REELMAKE_CACHE"]}):
        mine.env = {**env, "AWS_ENDPOINT_URL": s3.url}
        mine.run("cache", "push").expect(3 if env else 2, stderr="RM973" if env else "RM971")
    mine.env = dict(s3.env)
    mine.run("cache", "push", "--offline").expect(2, stderr="--offline leaves the shared store alone")

    mine.env |= {"REELMAKE_CACHE": "s3://filmes/team/film"}  # mistyped
    nobody = "no such bucket"
    assert nobody in mine.run("cache", "push").expect(1, stderr="0 pushed, 0 there already, 4 left").stderr
    mine.run("cache", "ls", "--remote").expect(1, stderr=f"s3://filmes/team/film cannot be listed: there is {nobody}")
    shutil.rmtree(mine.root / ".reelmake")
    assert nobody in mine.run("plan").expect().stdout


def test_what_is_wrong_in_the_store_is_named_and_never_used(film: Folder, mine: Folder, s3: S3) -> None:
    """Poisoned, truncated, another's bytes, gone; and entries that are none, or another's."""
    clips = [name for name in s3.names() if "/store/" in name]
    whole = {name: s3.read(name) for name in s3.names()}
    entries = [name for name in whole if "/takes/" in name]
    a, b, c, d = sorted(clips)
    s3.write(a, whole[a][:-1] + bytes([whole[a][-1] ^ 1]))
    s3.write(b, whole[b][: len(whole[b]) // 2])
    s3.write(c, whole[a])
    s3.remove(d)
    told = mine.run("cache", "verify", "--remote").expect(1, stderr="4 entries read, 4 damaged").stderr
    assert "its bytes are others" in told
    assert told.count("bytes, not") == 2
    assert "it is gone" in told
    told = mine.run("cache", "pull").expect(1, stderr="0 brought").stderr
    assert told.count("not brought") == 4
    store = mine.root / ".reelmake" / "store"
    assert not [file for file in store.rglob("*") if file.is_file()]
    mine.run("build", "--yes").expect(3, stderr="RM823")

    film.run("cache", "push", "--again").expect(stderr="0 pushed, 4 sent again")
    assert s3.objects() == whole
    shutil.rmtree(mine.root / ".reelmake")
    s3.write(entries[0], b"{}")
    said = json.loads(whole[entries[1]])
    s3.write(entries[1], json.dumps({**said, "take": json.loads(whole[entries[2]])["take"]}).encode())
    told = mine.run("cache", "verify", "--remote").expect(1, stderr="4 entries read, 2 damaged").stderr
    assert "it cannot be read" in told
    assert "it is of another take" in told
    mine.run("cache", "pull").expect(1, stderr="2 brought, 0 here already, 2 neither here nor there")


def test_what_a_disk_has_damaged_comes_back_and_is_never_pushed(
    film: Folder, mine: Folder, server: FakeServer, s3: S3
) -> None:
    """A paid clip of the same length with another byte in it."""
    whole, paid = s3.objects(), len(server.bill)
    mine.run("cache", "pull").expect(stderr="4 brought")
    store = LocalStore(mine.root / ".reelmake")
    clip = next(store.path(take) for take in store.takes() if take.paid)
    clip.chmod(0o644)
    clip.write_bytes(clip.read_bytes()[::-1])
    told = mine.run("cache", "push", "--again").expect(1, stderr="0 pushed, 3 sent again, 1 left").stderr
    assert "1 take was not pushed to s3://films/team/film: what is here of it is damaged" in told
    assert s3.objects() == whole
    mine.run("cache", "verify").expect(1, stderr="1 paid, also in the shared store: reelmake")
    told = mine.run("cache", "verify", "--forget").expect(1, stderr="brings what is forgotten").stderr
    assert "a backup" not in told
    mine.run("build", "--locked").expect(stderr="1 brought")
    assert mine.cut() == film.cut()
    mine.run("cache", "verify").expect()
    assert len(server.bill) == paid


def test_a_storm_passes_and_a_dead_line_costs_nothing(film: Folder, mine: Folder, server: FakeServer, s3: S3) -> None:
    bill = len(server.bill)

    def storm(method: str, path: str, times: int) -> int | str | None:
        if "/store/" in path and method == "GET":
            return "cut" if times == 1 else 503 if times < 4 else None
        return 503 if times == 1 else None

    with Gate(s3.port, storm) as gate:
        mine.env["AWS_ENDPOINT_URL"] = gate.url
        mine.run("build", "--locked").expect(stderr="4 brought")
    assert mine.cut() == film.cut()
    shutil.rmtree(mine.root / ".reelmake")

    mine.hurried = True
    with Gate(s3.port, lambda method, path, times: 503) as gate:
        mine.env["AWS_ENDPOINT_URL"] = gate.url
        told = mine.run("build", "--yes").expect(3, stderr="RM823").stderr
        assert told.count("s3://films/team/film is left out: it answers 503") == 1
    with Gate(s3.port, lambda method, path, times: "hang" if "takes" in path else None) as gate:
        mine.env["AWS_ENDPOINT_URL"] = gate.url
        assert "it does not answer in time" in mine.run("plan", "--json").expect().json["unasked"][0]
    with Gate(s3.port, lambda method, path, times: "cut" if "/store/" in path else None) as gate:
        mine.env |= {"AWS_ENDPOINT_URL": gate.url, "STUDIO_KEY": "sk-1"}
        mine.run("build", "--yes").expect(1, stderr="RM910")
    assert len(server.bill) == bill
    mine.env["AWS_ENDPOINT_URL"] = s3.url  # a broken line is no fault of the store: nothing counts as not there
    mine.run("build", "--yes").expect(stderr="0 generated, 4 reused")
    assert len(server.bill) == bill


def test_a_push_that_fails_is_made_up_for(project: Folder, server: FakeServer, s3: S3) -> None:
    for name in s3.names():
        s3.remove(name)
    project.env |= {"STUDIO_KEY": "sk-1", **s3.env}
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    with Gate(s3.port, lambda method, path, times: 403 if method == "PUT" and "/takes/" in path else None) as gate:
        project.env["AWS_ENDPOINT_URL"] = gate.url
        told = project.run("build", "--yes").expect(stderr="4 generated, 0 reused").stderr
        assert "4 takes were not pushed to s3://films/team/film: it gives no access; the next build pushes" in told
    with Gate(s3.port, lambda method, path, times: "hang") as gate:
        project.env["AWS_ENDPOINT_URL"] = gate.url
        project.run("build").expect(
            stderr="4 takes were not pushed to s3://films/team/film: it does not answer in time"
        )
    project.env["AWS_ENDPOINT_URL"] = s3.url
    project.run("build").expect(stderr="nothing to do: 4 takes reused, every output is up to date, 4 pushed")
    assert len([name for name in s3.names() if "/takes/" in name]) == 4
    asked = project.run("build").expect(stderr="nothing to do").stderr
    assert "pushed" not in asked


def test_two_who_paid_for_one_order_are_two_entries(film: Folder, server: FakeServer, s3: S3, tmp_path: Path) -> None:
    other = Folder(tmp_path / "other", dict(film.env))
    other.root.mkdir()
    other.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    other.run("build", "--yes").expect(stderr="4 generated, 0 reused, 3 pushed")  # the sketch is the same
    keys = [name.split("/")[-2] for name in s3.names() if "/takes/" in name]
    assert (len(keys), len(set(keys))) == (7, 5)
    for each in (film, other):
        mine = clone(each, tmp_path / each.root.name / "..")
        mine.env = dict(s3.env)
        mine.run("build", "--locked").expect(stderr="4 brought")
        assert mine.cut() == each.cut()
        shutil.rmtree(mine.root)


def test_killed_while_it_pushes_or_pulls_the_next_one_does_the_rest(film: Folder, mine: Folder, s3: S3) -> None:
    whole = s3.objects()
    for name in s3.names():
        s3.remove(name)
    shutil.rmtree(film.root / ".reelmake" / "fresh", ignore_errors=True)
    (film.root / ".reelmake" / "shared.json").unlink()

    def killed(folder: Folder, verb: str, method: str, part: str) -> None:
        """While the second of its requests of that kind is not answered."""
        seen: set[str] = set()
        reached = threading.Event()

        def spoil(asked: str, path: str, times: int) -> str | None:
            if asked == method and part in path:
                seen.add(path)
                if len(seen) > 1:
                    reached.set()
                    return "hang"
            return None

        with Gate(s3.port, spoil) as gate:
            folder.env["AWS_ENDPOINT_URL"] = gate.url
            process = folder.start("cache", verb)
            assert reached.wait(60)
            process.kill()
            process.communicate()
        folder.env["AWS_ENDPOINT_URL"] = s3.url

    killed(film, "push", "PUT", "/takes/")
    assert len([name for name in s3.names() if "/takes/" in name]) < 4
    for name, data in s3.objects().items():
        assert data == whole[name]
    film.run("cache", "verify", "--remote").expect(stderr="0 damaged")
    film.run("cache", "push").expect(stderr="there already")
    assert s3.objects() == whole

    killed(mine, "pull", "GET", "/store/")
    mine.run("cache", "verify").expect(stderr="0 damaged")
    mine.run("build", "--locked").expect(stderr="0 generated, 4 reused")
    assert mine.cut() == film.cut()
    mine.run("cache", "verify").expect(stderr="0 damaged")


def test_two_who_push_at_once_make_each_entry_once(film: Folder, s3: S3, tmp_path: Path) -> None:
    whole = s3.objects()
    other = film.copy(tmp_path / "other")
    for name in s3.names():
        s3.remove(name)
    pushing = [each.start("cache", "push", "--json") for each in (film, other)]
    told = [json.loads(process.communicate(timeout=120)[0]) for process in pushing]
    assert sum(said["pushed"] for said in told) == 4
    assert [said["pushed"] + said["there"] for said in told] == [4, 4]
    assert s3.objects() == whole


@pytest.mark.parametrize("lost", ["lost", "done, and 503"])
def test_what_was_pushed_is_counted_where_the_answer_was_lost(film: Folder, s3: S3, tmp_path: Path, lost: str) -> None:
    """It is there when that is tried again, and so is what another has pushed meanwhile, of the same bytes."""
    whole, other = s3.objects(), film.copy(tmp_path / "other")
    for name in s3.names():
        s3.remove(name)

    def once(method: str, path: str, times: int) -> str | int | None:
        return lost if method == "PUT" and "/takes/" in path and times == 1 else None

    with Gate(s3.port, once) as gate:
        film.env["AWS_ENDPOINT_URL"] = gate.url
        film.run("cache", "push").expect(stderr="4 pushed, 0 there already")
    assert s3.objects() == whole

    def theirs(method: str, path: str, times: int) -> int | None:
        if method == "PUT" and "/takes/" in path and times == 1:
            s3.write(path.removeprefix("/films/"), whole[path.removeprefix("/films/")])
            return 503
        return None

    for name in s3.names():
        s3.remove(name)
    with Gate(s3.port, theirs) as gate:
        other.env["AWS_ENDPOINT_URL"] = gate.url
        other.run("cache", "push").expect(stderr="0 pushed, 4 there already")
    assert s3.objects() == whole
