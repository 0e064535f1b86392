"""A shared store in S3, as moto serves it: what one has paid for is brought to the others, and what goes wrong on the
way costs nobody a take."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.e2e.test_away import FILM, clone
from tests.support.folder import Folder
from tests.support.moto import KEYS, S3

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def s3() -> Iterator[S3]:
    with S3() as found:
        yield found


@pytest.fixture
def server(tmp_path: Path) -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, bill=tmp_path / "bill", state=tmp_path / "state")) as found:
        yield found


@pytest.fixture
def film(project: Folder, server: FakeServer, s3: S3) -> Folder:
    """A film that was made, paid for and pushed."""
    for name in s3.names():
        s3.remove(name)
    project.env |= {"STUDIO_KEY": "sk-1234567890", **s3.env}
    project.write("storyboard.yaml", FILM.replace("URL", server.base_url))
    project.run("build", "--yes").expect(stderr="4 generated, 0 reused, 4 pushed")
    return project


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
