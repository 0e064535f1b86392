"""Whose word a shared store is: a storyboard's own gets neither this machine's credentials, nor its folders, nor its
network, nor what was paid for here, until the owner has allowed that very address."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.e2e.test_away import FILM, clone
from tests.support.folder import Folder
from tests.support.moto import KEYS, Gate
from tests.support.terminal import typed
from tests.support.web import Web

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Folder]:
    """A film that was made and paid for, and is shared nowhere."""
    top = tmp_path_factory.mktemp("whose")
    with FakeServer(ServerOptions(takes=0.05, bill=top / "bill", state=top / "state")) as server:
        film = Folder(top / "film", {"STUDIO_KEY": "sk-1"})
        film.root.mkdir()
        film.write("storyboard.yaml", FILM.replace("URL", server.base_url))
        film.run("build", "--yes").expect()
        yield film


@pytest.fixture
def film(made: Folder, tmp_path: Path) -> Folder:
    return made.copy(tmp_path / "film")


def sharing(film: Folder, remote: str) -> None:
    text = (film.root / "storyboard.yaml").read_text()
    film.write("storyboard.yaml", text.replace("reelmake: 1\n", f'reelmake: 1\ncache: {{remote: "{remote}"}}\n'))


def test_a_storyboards_bucket_gets_no_credentials_and_is_asked_once_allowed(film: Folder) -> None:
    """The endpoint of the environment may be on this machine: it is the owner's, too."""
    with Gate(1, lambda method, path, times: 503) as gate:
        film.env |= {**KEYS, "AWS_ENDPOINT_URL": gate.url}
        sharing(film, "s3://films/team/film")
        film.run("build").expect()
        film.run("cache", "push").expect(3, stderr="RM972")
        mine = clone(film, film.root.parent)
        told = mine.run("plan").expect().stdout
        assert "it is on a server of your own, and not yet allowed: set REELMAKE_CACHE=s3://films/team/film" in told
        mine.run("plan", "--draft").expect()
        assert gate.asked == []

        question = "May s3://films/team/film be used with this machine's credentials, and takes be pushed to it? [y/N] "
        assert question in typed(film, "cache", "push").stderr
        assert gate.asked == []
        yes = typed(film, "cache", "push", answers=["y"])
        assert (yes.code, bool(gate.asked)) == (1, True)
        assert "it answers 503" in yes.stderr
        assert question not in typed(film, "build").stderr
        gate.asked.clear()
        text = (mine.root / "storyboard.yaml").read_text()
        mine.write("storyboard.yaml", text.replace("team/film", "team/other"))  # of the same bucket
        mine.run("plan").expect()
        assert gate.asked == []


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("AWS_ENDPOINT", "s3://films/team"),
        ("AZURE_ENDPOINT", "az://films/team"),
        ("GOOGLE_BASE_URL", "gs://films/team"),
    ],
)
def test_no_name_of_an_endpoint_is_forgotten(film: Folder, name: str, address: str) -> None:
    """obstore reads more names than the vendors' tools do."""
    mine = clone(film, film.root.parent)
    sharing(mine, address)
    mine.env |= {name: "https://127.0.0.1:9", "AZURE_STORAGE_ACCOUNT_NAME": "films"}
    assert "it is on a server of your own, and not yet allowed" in mine.run("plan").expect().stdout


def test_a_storyboards_folder_is_not_opened(film: Folder, tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    sharing(film, outside.as_uri())
    film.run("build").expect()
    film.run("cache", "push").expect(3, stderr="RM972")
    film.run("cache", "ls", "--remote").expect(3, stderr="RM972")
    assert not outside.exists()
    film.env["REELMAKE_CACHE"] = outside.as_uri()
    film.run("build").expect(stderr="4 pushed")
    film.run("cache", "verify", "--remote").expect(stderr="4 entries read, 0 damaged")

    mine = clone(film, tmp_path)
    del mine.env["REELMAKE_CACHE"]
    assert "it is a folder of this machine, and not yet allowed" in mine.run("plan").expect().stdout
    mine.run("build", "--yes").expect(3, stderr="RM823")
    mine.env["REELMAKE_CACHE"] = (tmp_path / "unplugged" / "film").as_uri()
    assert "no shared store is there yet" in mine.run("plan").expect().stdout
    mine.run("cache", "ls", "--remote").expect(1, stderr="no shared store is there yet")
    mine.env["REELMAKE_CACHE"] = outside.as_uri()
    mine.run("build", "--locked").expect(stderr="4 brought")
    assert mine.cut() == film.cut()


def test_a_web_server_is_read_and_one_of_this_machine_only_if_it_is_allowed(film: Folder, tmp_path: Path) -> None:
    film.env["REELMAKE_CACHE"] = (tmp_path / "shared").as_uri()
    film.run("cache", "push").expect(stderr="4 pushed")
    with Web(tmp_path / "shared", tmp_path / "ca.pem") as web:
        mine = clone(film, tmp_path)
        mine.env = {"SSL_CERT_FILE": str(tmp_path / "ca.pem")}
        sharing(mine, web.address)
        assert "it is on this machine or in its network, where no storyboard leads" in mine.run("plan").expect().stdout
        assert web.asked == []
        mine.env["REELMAKE_CACHE"] = web.address
        mine.run("build", "--locked").expect(stderr="4 brought")
        assert mine.cut() == film.cut()
        mine.run("cache", "push").expect(3, stderr="is only read")
        mine.run("cache", "ls", "--remote").expect(3, stderr="RM974")

        shutil.rmtree(mine.root / ".reelmake")
        clips = sorted((tmp_path / "shared" / "store").rglob("*.mp4"))
        for file, change in zip(
            clips, (lambda data: data[:-9], lambda data: data + b"?", lambda data: data[::-1]), strict=False
        ):
            file.write_bytes(change(file.read_bytes()))
        told = mine.run("cache", "pull").expect(1, stderr="1 brought").stderr
        assert told.count("bytes, not ") == 1
        assert told.count("it has more than") == 1
        assert told.count("its bytes do not match") == 1
    assert "no connection" in mine.run("plan").expect().stdout
    del mine.env["REELMAKE_CACHE"]
    text = (mine.root / "storyboard.yaml").read_text()
    mine.write("storyboard.yaml", text.replace(web.address, "https://xn--zz--/film"))
    mine.run("cache", "pull").expect(1, stderr="left out: xn--zz-- is not the name of a host")


def test_without_the_package_it_is_told_at_check_and_left_out(film: Folder) -> None:
    hidden = film.write("hidden/sitecustomize.py", "import sys\nsys.modules['obstore'] = None\n").parent
    sharing(film, "gs://films/team")
    film.run("check").expect(stderr="no errors")
    film.env["PYTHONPATH"] = str(hidden)
    told = film.run("check").expect(stderr="warning[RM321]").stderr
    assert "storyboard.yaml:2:17" in told
    assert 'help: pip install "reelmake[gcs]"' in told
    film.run("build").expect(stderr="nothing to do")
    assert 'needs the package obstore: pip install "reelmake[gcs]"' in clone(film, film.root.parent).run("plan").stdout
    film.env["REELMAKE_CACHE"] = "s3://films/others"  # which overrides the storyboard
    told = film.run("check").expect(stderr="s3://films/others needs the package obstore").stderr
    assert "[gcs]" not in told
    needs = '✗ shared store       s3://films/others needs the package obstore: pip install "reelmake[s3]"'
    assert needs in film.run("doctor").expect(1).stdout.splitlines()
    del film.env["PYTHONPATH"]
    film.run("doctor").expect(0, stdout="s3://films/others is only read: there is nothing here to write to it with")
    del film.env["REELMAKE_CACHE"]
    film.run("doctor").expect(0, stdout="gs://films/team is read at most as everybody may")
