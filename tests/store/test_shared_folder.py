"""A shared store in a folder: whoever pushes at the same moment loses nothing, and nothing that is there is changed."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from reelmake.errors import Gone, LocalTool
from reelmake.model.offer import Put
from reelmake.model.store_address import store_address
from reelmake.store import entry, folder_shelf
from reelmake.store.folder_shelf import SharedFolder
from reelmake.store.local import LocalStore
from tests.store.test_shelves import clip

WRITER = """
import asyncio, sys
from pathlib import Path
from reelmake.store import entry
from reelmake.store.folder_shelf import SharedFolder
from reelmake.store.local import LocalStore

store, shared = LocalStore(Path(sys.argv[1])), SharedFolder(Path(sys.argv[2]))

async def every():
    found = [await shared.put(entry.offered(take), store.path(take)) for take in store.takes()]
    print(found.count("new"))

sys.stdin.read()
asyncio.run(every())
"""


def contents(folder: Path) -> Mapping[str, bytes]:
    files = [file for file in folder.rglob("*") if file.is_file()]
    return {file.relative_to(folder).as_posix(): file.read_bytes() for file in files}


def test_four_who_push_the_same_at_once(tmp_path: Path) -> None:
    store, shared = LocalStore(tmp_path / "mine"), tmp_path / "shared"
    takes = [clip(store, str(n).encode() * 5000, str(n)) for n in range(25)]
    command = [sys.executable, "-c", WRITER, store.root, shared]
    writers = [subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) for _ in range(4)]
    for writer in writers:  # they are all there, and begin
        assert writer.stdin
        writer.stdin.close()
    new = []
    for writer in writers:
        assert writer.stdout
        new.append(int(writer.stdout.read()))
        writer.stdout.close()
        assert writer.wait() == 0
    assert sum(new) == 25  # each was new to one of them
    expected = {entry.bytes_of(take): store.path(take).read_bytes() for take in takes}
    expected |= {entry.entry_of(take): entry.written(entry.offered(take)) for take in takes}
    assert contents(shared) == expected | {entry.MARK: entry.MARKED}


def test_what_is_there_stays_but_for_bytes_that_are_cut_short(tmp_path: Path) -> None:
    store, shared = LocalStore(tmp_path / "mine"), SharedFolder(tmp_path / "shared")
    made = clip(store)
    offer = entry.offered(made)

    def put(*, again: bool = False) -> Put:
        return asyncio.run(shared.put(offer, store.path(made), again=again))

    assert [put(), put()] == ["new", "there"]
    file, said = tmp_path / "shared" / entry.bytes_of(made), tmp_path / "shared" / entry.entry_of(made)
    file.write_bytes(b"clop")
    said.write_bytes(b"other")
    assert (put(), file.read_bytes(), said.read_bytes()) == ("there", b"clop", b"other")
    assert (put(again=True), file.read_bytes()) == ("there", b"clip")
    file.write_bytes(b"cl")
    assert (put(), file.read_bytes(), said.read_bytes()) == ("there", b"clip", b"other")
    assert asyncio.run(shared.entries()) == {entry.entry_of(made): None}


def test_a_disk_without_links(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def none(*args: object) -> None:
        raise OSError("Operation not supported")

    monkeypatch.setattr(folder_shelf.os, "link", none)
    store, shared = LocalStore(tmp_path / "mine"), SharedFolder(tmp_path / "shared")
    made = clip(store)
    assert [asyncio.run(shared.put(entry.offered(made), store.path(made))) for _ in range(2)] == [
        "new",
        "there",
    ]
    assert not [*(tmp_path / "shared" / "tmp").iterdir()]


def test_a_newer_format_is_neither_read_nor_written(tmp_path: Path) -> None:
    store, shared = LocalStore(tmp_path / "mine"), SharedFolder(tmp_path / "shared")
    made = clip(store)
    (tmp_path / "shared").mkdir()
    (tmp_path / "shared" / entry.MARK).write_text('{"format": 2}')
    assert shared.records({made.key: (made.digest,)}) == {}
    assert "a newer reelmake is needed" in shared.trouble
    for act in (shared.put(entry.offered(made), store.path(made)), shared.entries()):
        with pytest.raises(LocalTool, match="a newer reelmake is needed"):
            asyncio.run(act)
    assert contents(tmp_path / "shared") == {entry.MARK: b'{"format": 2}'}


def test_a_drive_that_is_not_plugged_in_is_not_made_up(tmp_path: Path) -> None:
    store, shared = LocalStore(tmp_path / "mine"), SharedFolder(tmp_path / "mnt" / "team" / "film")
    made = clip(store)
    with pytest.raises(LocalTool, match="there is no folder"):
        asyncio.run(shared.put(entry.offered(made), store.path(made)))
    with pytest.raises(Gone):
        asyncio.run(shared.entries())
    assert not (tmp_path / "mnt").exists()


def test_what_an_entry_says_says_no_id(tmp_path: Path) -> None:
    made = clip(LocalStore(tmp_path / "mine"))
    offer = entry.offered(made)
    assert made.remote not in entry.written(offer).decode()
    assert made.expires not in entry.written(offer).decode()
    forged = entry.written(offer).replace(b'{\\"cost\\"', b'{\\"remote\\":\\"job/9\\",\\"cost\\"')
    assert forged != entry.written(offer)
    assert entry.read(forged).take == entry.read(entry.written(offer)).take == offer.take


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("s3://films", ("s3", "films", "")),
        ("s3://films/a/b/", ("s3", "films", "a/b")),
        ("gs://films/a%20b", ("gs", "films", "a b")),
        ("https://films.example:8443/x", ("https", "films.example:8443", "x")),
        ("file:///mnt/a%20film", ("file", "", "/mnt/a film")),
        ("file:///mnt//film/", ("file", "", "/mnt/film")),
        ("file://localhost/mnt", ("file", "", "/mnt")),
    ],
)
def test_an_address_has_parts(text: str, found: tuple[str, str, str]) -> None:
    address = store_address(text)
    assert (address.scheme, address.place, address.path) == found


@pytest.mark.parametrize(
    "text",
    [
        "films", "s3:films", "s3://", "s3://A_B!", "s3://films/../other", "s3://films?x=1", "s3://k:s@films/x",
        "http://films.example/x", "https:///x", "https://films.example:99999/x", "file://host/film", "file:film",
        "file:///mnt/../etc", "s3://films/\x1b[31m", "ftp://films/x", "",
    ],
)  # fmt: skip
def test_what_is_no_address(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        store_address(text)
