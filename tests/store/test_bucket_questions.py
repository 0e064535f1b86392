"""What a plan asks a bucket of orders that no lock file names: few keys one by one, many by folder, never endlessly."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from reelmake.model.store_address import store_address
from reelmake.store import entry
from reelmake.store.bucket import HOLDS, Bucket
from reelmake.store.folder_shelf import SharedFolder
from reelmake.store.local import LocalStore
from tests.store.test_shelves import clip
from tests.support.moto import S3
from tests.support.signer import put


@pytest.mark.slow
def test_many_keys_are_found_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(tmp_path / "store")
    takes = [clip(store, f"{n}".encode(), f"{n}") for n in range(6)]
    with S3() as s3:
        for name, value in s3.env.items():
            monkeypatch.setenv(name, value)

        def bucket() -> Bucket:
            return Bucket(store_address(s3.env["REELMAKE_CACHE"]), own=True, writes=True)

        for take in takes:
            assert asyncio.run(bucket().put(entry.offered(take), store.path(take))) == "new"
        few_bucket = bucket()
        few = few_bucket.records({take.key: () for take in takes})
        listed: list[str] = []
        many, plain = bucket(), Bucket._list
        monkeypatch.setattr(Bucket, "_list", lambda self, prefix: listed.append(prefix) or plain(self, prefix))
        others = {hashlib.sha256(f"{n}".encode()).hexdigest(): () for n in range(2000)}
        found = many.records({**others, **{take.key: () for take in takes}})
        assert len(listed) <= 256
        late = clip(store, b"late", "late")  # while somebody thinks about what it would cost
        asked = {late.key: ()}
        assert not few_bucket.records(asked)
        assert asyncio.run(bucket().put(entry.offered(late), store.path(late))) == "new"
        assert not few_bucket.records(asked)
        few_bucket._since -= HOLDS
        assert few_bucket.records(asked)
    assert many.trouble == ""
    assert found == few
    assert {offer.take.digest for (offer,) in found.values()} == {take.digest for take in takes}


def test_of_one_key_no_more_entries_are_read_than_people_pay_for(tmp_path: Path) -> None:
    made, folder = clip(LocalStore(tmp_path / "store")), tmp_path / "shared"
    for n in range(150):
        put(folder, entry.offered(replace(made, digest=f"{n:064}")), b"")
    assert len(SharedFolder(folder).records({made.key: ()})[made.key]) == entry.MOST_OF_A_KEY
