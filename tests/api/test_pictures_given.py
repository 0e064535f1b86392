"""Pictures that a loose shot is given as content: the same picture is the same order, however it comes."""

from __future__ import annotations

import io
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import reelmake
from reelmake import errors
from reelmake.session.pictures import FOLDER
from reelmake.store.collect import collect
from reelmake.store.local import LocalStore
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.hurried import hurry
from tests.support.pictures import png

PICTURE = png(128, 72)


def saved(color: str) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (128, 72), color).save(into, format="PNG")
    return into.getvalue()


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hurry(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "state" / "reelmake"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, key="let-me-in")) as running:
        yield running


@pytest.fixture
def studio(server: FakeServer) -> dict[str, Any]:
    made: dict[str, Any] = {"base_url": server.base_url, "api_key_env": "STUDIO_KEY", "model": "m", "price": "0.10"}
    return {"size": "128x72", "seconds": 1, "yes": True, **made}


class Mine:
    """What is read like a file, and is none."""

    def read(self) -> bytes:
        return PICTURE


def test_the_same_picture_is_the_same_order_however_it_comes(
    server: FakeServer, studio: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "photo.png").write_bytes(PICTURE)
    first = reelmake.shoot("It waves.", image="photo.png", **studio)
    at_its_end = io.BytesIO(PICTURE)
    at_its_end.seek(0, os.SEEK_END)
    with Path("photo.png").open("rb") as opened, tempfile.SpooledTemporaryFile() as spooled:
        spooled.write(PICTURE)
        for given in (PICTURE, bytearray(PICTURE), io.BytesIO(PICTURE), at_its_end, opened, spooled, Mine()):
            again = reelmake.shoot("It waves.", image=given, **studio)  # type: ignore[arg-type]
            assert (again.sha256, again.new) == (first.sha256, False), given
    assert len(server.bill) == 1
    assert reelmake.shoot("It waves.", image=saved("navy"), **studio).new
    assert len(server.bill) == 2


def test_an_image_of_another_library_goes_as_png(server: FakeServer, studio: dict[str, Any]) -> None:
    first = reelmake.shoot("It waves.", image=Image.new("RGB", (128, 72), "coral"), **studio)
    assert reelmake.shoot("It waves.", image=saved("coral"), **studio).sha256 == first.sha256
    assert len(server.bill) == 1


def test_a_picture_that_was_read_is_there_until_it_is_sent(server: FakeServer, studio: dict[str, Any]) -> None:
    """Also where several ask at once, of whom each reads its own."""
    import asyncio

    async def both() -> list[reelmake.Clip]:
        asks = (reelmake.ashoot(f"Shot {n}.", image=io.BytesIO(PICTURE), **studio) for n in range(3))
        return list(await asyncio.gather(*asks))

    assert all(clip.new for clip in asyncio.run(both()))
    id = reelmake.shoot("Sent.", image=io.BytesIO(PICTURE), wait=False, **studio)
    assert reelmake.download(id).new
    assert len(server.bill) == 4


def test_what_is_no_picture_is_told_before_anything_is_sent(server: FakeServer, studio: dict[str, Any]) -> None:
    for wrong, said in ((b"", "empty"), (b"hello", "not a whole picture"), (PICTURE[:200], "not a whole picture")):
        with pytest.raises(errors.Mistake, match=said):
            reelmake.shoot("It waves.", image=wrong, **studio)
    with pytest.raises(errors.Mistake, match="100x100"):
        reelmake.shoot("It waves.", image=png(100, 100), **studio)
    for odd in (7, io.StringIO("text"), ["photo.png"]):
        with pytest.raises(TypeError, match="picture"):
            reelmake.shoot("It waves.", image=odd, **studio)  # type: ignore[arg-type]
    assert server.requests == []


def test_what_lies_in_its_place_is_not_believed(
    server: FakeServer, studio: dict[str, Any], state: Path, tmp_path: Path
) -> None:
    """A file or a link under the name of a picture's content may be anybody's."""
    with pytest.raises(errors.Unwilling):
        reelmake.shoot("It waves.", image=PICTURE, **{**studio, "yes": False})
    (file,) = (state / FOLDER).iterdir()
    other = saved("navy")
    (tmp_path / "secret.png").write_bytes(other)
    file.unlink()
    file.symlink_to(tmp_path / "secret.png")
    first = reelmake.shoot("It waves.", image=PICTURE, **studio)
    file.write_bytes(other)
    assert reelmake.shoot("It waves.", image=PICTURE, **studio).sha256 == first.sha256
    assert (tmp_path / "secret.png").read_bytes() == other
    (tmp_path / "own.png").write_bytes(PICTURE)
    assert not reelmake.shoot("It waves.", image=tmp_path / "own.png", **studio).new
    assert len(server.bill) == 1


def test_they_are_garbage_when_they_were_sent(studio: dict[str, Any], state: Path) -> None:
    clip = reelmake.shoot("It waves.", image=PICTURE, **studio)
    store = LocalStore(state)
    assert [file.read_bytes() for file in store.pictures()] == [PICTURE]
    collect(store, (), store.pictures())
    assert not list((state / FOLDER).iterdir())
    assert reelmake.shoot("It waves.", image=PICTURE, **studio).sha256 == clip.sha256
