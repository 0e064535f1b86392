"""Records of takes that were read before: a shortcut that never says anything else than the records themselves."""

import json
from pathlib import Path

import pytest

from reelmake.model.take import Facts, Take
from reelmake.store import notes
from reelmake.store.local import LocalStore

KEYS = [f"{n:x}" * 64 for n in range(1, 5)]


@pytest.fixture(autouse=True)
def believed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "GRAIN", -(1 << 62))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    store = LocalStore(tmp_path / ".reelmake")
    for n, key in enumerate(KEYS):
        _keep(store, key, f"clip {n}")
    assert all(map(store.find, KEYS))
    store.save()
    return store.root


def _keep(store: LocalStore, key: str, text: str) -> None:
    file = store.scratch(".mp4")
    file.write_text(text)
    store.keep(file, Take(key, "", "shot", ".mp4", Facts(0), (("prompt", text),)), durable=False)


def _alike(store: LocalStore) -> None:
    """Whatever is found is what the record says, less its manifest."""
    plain = LocalStore(store.root)
    (store.root / "takes.json").rename(store.root / "aside")
    said = [plain.find(key) for key in KEYS]
    (store.root / "aside").rename(store.root / "takes.json")
    for found, take in zip(map(store.find, KEYS), said, strict=True):
        assert (found and found.digest, found and found.facts) == (take and take.digest, take and take.facts)


def test_all_records_are_one_read(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = LocalStore(root)
    monkeypatch.setattr(store, "_read", None)  # no file of a record is opened
    assert [take and take.key for take in map(store.find, KEYS)] == KEYS


def test_what_is_not_remembered_is_still_a_record_with_its_manifest(root: Path) -> None:
    store = LocalStore(root)
    record = store.record(KEYS[1])
    assert record is not None
    assert record.manifest == (("prompt", "clip 1"),)


def test_a_record_that_was_changed_is_read_again(root: Path) -> None:
    store = LocalStore(root)
    store.forget(KEYS[0])
    _keep(store, KEYS[0], "another clip")
    place = store.record_file(KEYS[1])
    given = json.loads(place.read_text())
    given["digest"] = store.record(KEYS[2]).digest  # type: ignore[union-attr]
    place.write_text(json.dumps(given))  # in its place, as an editor does
    store.record_file(KEYS[2]).write_text("torn")
    store.forget(KEYS[3])
    _alike(LocalStore(root))
    assert LocalStore(root).find(KEYS[2]) is None
    assert LocalStore(root).find(KEYS[3]) is None


def test_a_clip_that_is_gone_is_not_found(root: Path) -> None:
    store = LocalStore(root)
    store.path(store.find(KEYS[0])).unlink()  # type: ignore[arg-type]
    assert store.find(KEYS[0]) is None


@pytest.mark.parametrize(
    "text",
    ["", "{", "[]", "null", '{"format":"1"}', '{"format":"1","takes":[]}', '{"format":"0","takes":{}}', "[" * 10_000],
)
def test_a_damaged_index_is_none(root: Path, text: str) -> None:
    (root / "takes.json").write_text(text)
    _alike(LocalStore(root))


@pytest.mark.parametrize("said", [None, [], {}, {"digest": "../../etc"}, {"digest": 3}, "take"])
def test_an_entry_that_is_no_record_is_ignored(root: Path, said: object) -> None:
    takes = {}
    for key in KEYS:
        found = LocalStore(root).record_file(key).stat()
        takes[key] = [[found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino], said]
    takes[KEYS[0]] = takes[KEYS[0]][:1]
    (root / "takes.json").write_text(json.dumps(takes))
    _alike(LocalStore(root))


def test_what_was_written_just_now_is_not_believed(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(notes, "GRAIN", 1 << 62)
    (root / "takes.json").unlink()
    store = LocalStore(root)
    assert store.find(KEYS[0])
    store.save()
    assert not (root / "takes.json").exists()
