"""A shared store in Google's Cloud Storage, as far as its own documentation tells what it answers."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from reelmake.model.store_address import store_address
from reelmake.store import entry
from reelmake.store.bucket import Bucket
from reelmake.store.local import LocalStore
from tests.store.test_shelves import clip
from tests.support.gcs import GCS


def bucket() -> Bucket:
    return Bucket(store_address("gs://films/team/film"), own=True, writes=True)


def test_pushed_found_and_brought(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hers, his = LocalStore(tmp_path / "hers"), LocalStore(tmp_path / "his", further=[bucket()])
    made = clip(hers, b"a kite" * 1000)
    offer, file = entry.offered(made), hers.path(made)
    with GCS() as gcs:
        for name, value in gcs.env.items():
            monkeypatch.setenv(name, value)
        assert not bucket().records({made.key: ()})
        gcs.spoiled.append(503)  # of what is done: the second try finds its own
        assert [asyncio.run(bucket().put(offer, file)) for _ in range(2)] == ["new", "there"]
        assert {name.removeprefix("team/film/") for name in gcs.objects} == {
            entry.MARK,
            entry.entry_of(made),
            entry.bytes_of(made),
        }
        assert bucket().records({made.key: ()}) == bucket().records({made.key: (made.digest,)}) == {made.key: (offer,)}
        assert asyncio.run(bucket().entries()) == {entry.entry_of(made): offer}
        his.believe({made.key: [made.digest]}, {})
        (found,) = his.elsewhere([made.key]).values()
        kept = asyncio.run(his.bring(found, lambda part, said: None))
        assert his.path(kept).read_bytes() == file.read_bytes()
