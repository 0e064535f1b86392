"""What a worker of a cluster believes, and what it can take on: without a cluster."""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import pytest

from reelmake.errors import Gone, Transient
from reelmake.media import cluster_worker
from reelmake.media.cluster_hand import Hand
from reelmake.media.cluster_worker import Bench, Needed
from reelmake.model.take import Take
from reelmake.ports import Tell


def needed(data: bytes, place: Path | str = "/nowhere/at/all.mp4") -> Needed:
    return Needed(sha256(data).hexdigest(), len(data), ".mp4", str(place))


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path / "bench", 1)


def test_a_file_is_its_bytes_wherever_it_is(bench: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "a.mp4").write_bytes(b"a clip")
    assert bench.find(needed(b"a clip", tmp_path / "a.mp4")) == tmp_path / "a.mp4"
    assert bench.find(needed(b"b clip", tmp_path / "a.mp4")) is None
    (tmp_path / "a.mp4").write_bytes(b"b clip")
    assert bench.find(needed(b"a clip", tmp_path / "a.mp4")) is None
    monkeypatch.setenv("REELMAKE_SHARED", f"/else=/there,/Users/ann={tmp_path}")
    assert bench.find(needed(b"b clip", "/Users/ann/a.mp4")) == tmp_path / "a.mp4"
    assert bench.find(needed(b"b clip", tmp_path / "a.mp4")) is None  # where else it is, nobody has said
    monkeypatch.setenv("REELMAKE_SHARED", "")
    assert bench.find(needed(b"b clip", "/Users/ann/a.mp4")) is None


def test_what_arrives_has_its_name_when_it_is_whole(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    file = needed(b"a whole clip")
    assert bench.take(file, "run", 0, b"a whole ")
    assert bench.find(file) is None
    assert bench.take(file, "run", 8, b"clip")
    found = bench.find(file)
    assert found
    assert found.name == file.name
    assert bench.give(file, 8) == b"clip"
    assert not bench.take(needed(b"another"), "run", 0, b"anothEr")
    assert bench.find(needed(b"another")) is None
    assert bench.take(needed(b""), "run", 0, b"")
    assert bench.find(needed(b""))
    monkeypatch.setattr(cluster_worker, "KEPT", -1.0)
    bench.sweep()
    assert bench.find(file) is None


class Shelf:
    """It has one take, or does not answer."""

    name, trouble = "shelf", ""

    def __init__(self, data: bytes | None) -> None:
        self._data, self.asked = data, 0

    def records(self, wanted: object) -> dict[str, tuple[()]]:
        return {}

    async def fetch(self, take: Take, into: Path, tell: Tell) -> str:
        self.asked += 1
        if self._data is None:
            raise Transient("no connection")
        if take.facts.bytes != len(self._data):
            raise Gone("not there")
        into.write_bytes(self._data)
        return sha256(self._data).hexdigest()


def test_a_shelf_gives_bytes_and_is_not_believed(bench: Bench) -> None:
    bench.shelf = shelf = Shelf(b"a clip")
    bring = lambda data: asyncio.run(bench.bring(needed(data), "run"))  # noqa: E731
    assert bring(b"a clip")
    assert not bring(b"b clip")  # it gives other bytes
    assert bench.find(needed(b"b clip")) is None
    assert not bring(b"longer clip")
    assert shelf.asked == 3
    bench.shelf = shelf = Shelf(None)
    assert not bring(b"c clip")
    assert not bring(b"c clip")
    assert shelf.asked == 1


def test_a_hand_takes_what_it_has_room_for() -> None:
    hand = Hand(None, "tcp://a:1", 2)  # type: ignore[arg-type]
    hand.memory = 100
    assert hand.room(500)  # alone
    hand.holds.append(500)
    assert not hand.room(1)
    hand.holds[:] = [60]
    assert hand.room(40)
    assert not hand.room(41)
    hand.holds.append(1)
    assert not hand.room(1)
    assert hand.leave()
    assert not hand.leave()
