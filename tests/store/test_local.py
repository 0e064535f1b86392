"""The store on disk: whole or not at all, found fast, verified when asked."""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.model.take import Facts, SpokenWord, Take
from reelmake.plan.key import digest as key_of
from reelmake.store.local import LocalStore
from reelmake.store.record import from_take, to_take

FACTS = Facts(0, Fraction(96, 24), 96, Fraction(24000, 1001), 64, 36, True)


def take(n: int = 0, **fields: object) -> Take:
    key = hashlib.sha256(f"key {n}".encode()).hexdigest()
    made = Take(key, "", "shot", ".mp4", FACTS, (("prompt", "é"), ("size", "64x36")), Decimal("0.48"), "studio", "m1")
    return replace(made, remote="job/1?", made="2026-11-21T00:00:00+00:00", took=1.5, **fields)  # type: ignore[arg-type]


def keep(store: LocalStore, data: bytes = b"clip", n: int = 0, *, durable: bool = True) -> Take:
    file = store.scratch(".mp4")
    file.write_bytes(data)
    return store.keep(file, take(n), durable=durable)


def test_what_was_kept_is_found_by_another_process(tmp_path: Path) -> None:
    kept = keep(LocalStore(tmp_path))
    found = LocalStore(tmp_path).find(kept.key)
    assert found == kept
    assert kept == take(digest=hashlib.sha256(b"clip").hexdigest(), facts=replace(FACTS, bytes=4))
    assert LocalStore(tmp_path).path(kept).read_bytes() == b"clip"
    assert not list((tmp_path / "tmp").iterdir())


def test_when_words_are_said_is_in_the_record(tmp_path: Path) -> None:
    """And a record that says nothing of it is as it was."""
    words = (SpokenWord("dôme,", Fraction(1, 3), Fraction(1, 2)), SpokenWord('"7', Fraction(1, 2), Fraction(2, 3)))
    spoken = replace(take(digest="ab" * 32), facts=replace(FACTS, words=words))
    said = json.dumps(from_take(spoken))
    assert to_take(json.loads(said)) == spoken
    assert json.loads(said)["facts"]["words"][0] == ["dôme,", "1/3", "1/2"]
    assert "words" not in json.loads(json.dumps(from_take(take())))["facts"]


def test_the_first_take_of_a_key_stays_and_nothing_that_was_paid_for_is_thrown_away(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    first = keep(store, b"one")
    assert keep(store, b"two", durable=False) == first
    assert keep(store, b"one") == first
    assert [*store.takes()] == [first]
    beside = keep(store, b"two")
    assert (store.find(first.key), store.record(beside.key)) == (first, beside)
    assert store.path(beside).read_bytes() == b"two"
    assert key_of(beside.manifest) == beside.key != first.key
    assert keep(store, b"two") == beside  # fetched once more after a crash
    assert len([*store.takes()]) == len([*store.artifacts()]) == 2
    assert not list((tmp_path / "tmp").iterdir())


def test_two_keys_may_share_bytes(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    one, two = keep(store, n=1, durable=False), keep(store, n=2)
    assert store.path(one) == store.path(two)
    assert [t.key for t in store.takes()] == sorted([one.key, two.key])


def test_artifacts_are_read_only(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    assert store.path(keep(store)).stat().st_mode & 0o222 == 0


def test_bytes_that_are_gone_or_cut_off_are_not_found_but_remembered(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    file = store.path(kept)
    file.chmod(0o644)
    file.write_bytes(b"cli")
    assert store.find(kept.key) is None
    file.unlink()
    assert store.find(kept.key) is None
    assert store.record(kept.key) == kept
    again = keep(store)
    assert store.find(kept.key) == again


def test_altered_bytes_are_found_out_when_asked(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    store.path(kept).chmod(0o644)
    store.path(kept).write_bytes(b"clop")
    assert store.find(kept.key) == kept
    assert not store.whole(kept)


def test_what_was_damaged_is_made_good_by_keeping_it_again(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    store.path(kept).chmod(0o644)
    store.path(kept).write_bytes(b"clop")
    store.forget(kept.key)
    assert store.whole(keep(store))


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"key": 3}', "\0\0\0\0", "null"])
def test_a_torn_record_is_no_record(tmp_path: Path, text: str) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    (tmp_path / "takes" / kept.key[:2] / f"{kept.key}.json").write_text(text)
    assert store.find(kept.key) is None
    assert list(store.takes()) == []
    assert keep(store) == kept


def test_a_record_under_another_key_is_no_record(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    other = take(5).key
    (tmp_path / "takes" / other[:2]).mkdir(exist_ok=True)
    (tmp_path / "takes" / kept.key[:2] / f"{kept.key}.json").rename(tmp_path / "takes" / other[:2] / f"{other}.json")
    assert store.find(other) is None


def test_paid_clips_are_synced_before_they_are_named_and_local_work_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)
    calls: list[str] = []
    real_sync, real_replace = os.fsync, Path.replace

    def sync(handle: int) -> None:
        calls.append("sync " + Path(f"/proc/self/fd/{handle}").readlink().suffix)
        real_sync(handle)

    def rename(self: Path, target: Path) -> Path:
        calls.append("rename " + Path(target).suffix)
        return real_replace(self, target)

    monkeypatch.setattr(os, "fsync", sync)
    monkeypatch.setattr(Path, "replace", rename)
    keep(store, n=1, durable=True)
    assert [c for c in calls if c != "sync "] == ["sync .mp4", "rename .mp4", "sync .tmp", "rename .json"]
    assert "sync " in calls[calls.index("rename .mp4") : calls.index("sync .tmp")]
    assert calls[-1] == "sync "
    calls.clear()
    keep(store, b"other", n=2, durable=False)
    assert calls == ["rename .mp4", "rename .json"]


def test_a_file_from_another_file_system_is_moved_too(tmp_path: Path) -> None:
    others = (Path("/dev/shm"), Path(tempfile.gettempdir()))
    elsewhere = next((p for p in others if p.is_dir() and p.stat().st_dev != tmp_path.stat().st_dev), None)
    if elsewhere is None:
        pytest.skip("there is no second file system here")
    store = LocalStore(tmp_path)
    file = elsewhere / f"reelmake-test-{os.getpid()}.mp4"
    file.write_bytes(b"clip")
    kept = store.keep(file, take(), durable=True)
    assert store.path(kept).read_bytes() == b"clip"
    assert not file.exists()


FULL = """
import resource, signal, sys
from pathlib import Path
from reelmake.errors import LocalTool
from reelmake.store.local import LocalStore
from tests.store.test_local import keep, take
sys.dont_write_bytecode = True  # what is imported from here on would be cut short as well
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = LocalStore(Path(sys.argv[1]))
first = keep(store, b"safe", n=1)
file = store.scratch(".mp4")
file.write_bytes(b"x" * 200)
resource.setrlimit(resource.RLIMIT_FSIZE, (100, resource.RLIM_INFINITY))
try:
    store.keep(file, take(2), durable=True)
except LocalTool as error:
    print(error)
    print(error.next_steps)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
print(store.find(first.key) == first, store.find(take(2).key))
print([f.name for f in Path(sys.argv[1]).rglob("*.tmp")])
"""


def test_a_full_disk_loses_nothing_that_was_kept(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path)],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    said, steps, found, left = done.stdout.splitlines()
    assert "the disk is full; what was kept before is safe" in said
    assert "reelmake build" in steps
    assert (found, left) == ("True None", "[]")


def test_a_folder_that_must_not_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "tmp").write_text("in the way")
    with pytest.raises(LocalTool, match="cannot write"):
        LocalStore(tmp_path).scratch(".mp4")


def test_forgetting_and_sweeping(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    kept = keep(store)
    store.scratch(".mp4").write_bytes(b"left behind")
    store.sweep()
    assert not (tmp_path / "tmp").exists()
    store.forget(kept.key)
    store.forget(kept.key)
    assert store.record(kept.key) is None
    assert len(list(store.artifacts())) == 1


@pytest.mark.slow
def test_ten_thousand_finds_take_less_than_a_second(tmp_path: Path) -> None:
    store = LocalStore(tmp_path)
    keys = [keep(store, n=n, durable=False).key for n in range(10_000)]
    began = time.process_time()
    assert all(store.find(key) for key in keys)
    assert time.process_time() - began < 1.0


def test_a_run_that_is_killed_while_it_notes_a_take_leaves_nothing_that_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = LocalStore(tmp_path)

    def killed(*args: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("reelmake.store.disk.discard", lambda *files: None)  # nobody tidies up after kill -9
        patched.setattr(Path, "replace", killed)
        with pytest.raises(KeyboardInterrupt):
            keep(store)
    with monkeypatch.context() as patched:
        patched.setattr("reelmake.store.disk.discard", lambda *files: None)
        rename, count = Path.replace, iter(range(9))
        patched.setattr(Path, "replace", lambda a, b: rename(a, b) if next(count) == 0 else killed())
        with pytest.raises(KeyboardInterrupt):
            keep(store, b"another")
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.parent.name != "tmp"]

    assert [path.parent.parent.name for path in left] == ["store"]  # the bytes of a clip that is fetched again
    store.sweep()
    assert not (tmp_path / "tmp").exists()


@pytest.mark.parametrize(
    ("field", "text"),
    [("digest", "../../../outside"), ("digest", "0" * 63 + "/"), ("suffix", "/../../../outside"), ("suffix", "\0")],
)
def test_a_record_that_leads_out_of_the_store_is_none(tmp_path: Path, field: str, text: str) -> None:
    """What is kept is deleted by its record too; who wrote it may have been somebody else."""
    store = LocalStore(tmp_path / "film/.reelmake")
    kept = keep(store)
    (tmp_path / "outside").write_text("mine")
    record = store.record_file(kept.key)
    told = json.loads(record.read_text())
    record.write_text(json.dumps({**told, field: text}))
    assert store.record(kept.key) is None
    assert list(store.takes()) == []


def test_a_clip_that_is_a_link_is_not_there(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "film/.reelmake")
    kept = keep(store)
    outside = tmp_path / "outside"
    store.path(kept).rename(outside)
    store.path(kept).symlink_to(outside)
    assert store.find(kept.key) is None
