"""reelmake.lock: reading, writing, merging; with git itself where git is what counts."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.errors import Mistake
from reelmake.model.take import Record
from reelmake.store import lockfile

words = st.text("abc123", min_size=1, max_size=3)
numbers = st.integers(1, 4)
records = st.builds(
    Record,
    shot=st.just("park"),
    order=words,
    picks=st.dictionaries(words, numbers, max_size=2),
    wishes=st.dictionaries(words, numbers, max_size=2),
    takes=st.dictionaries(numbers, st.tuples(words, words), max_size=3),
    provider=words,
)


def takes_of(*given: Record) -> set[tuple[str, str]]:
    return {take for r in given for take in (*r.takes.values(), *r.others)}


def record(shot: str, **fields: object) -> Record:
    return replace(Record(shot, order="o1", takes={1: (f"key of {shot}", "digest")}, provider="studio m1"), **fields)  # type: ignore[arg-type]


def test_one_line_a_shot_sorted_below_a_header() -> None:
    text = lockfile.write({"b": record("b"), "a": record("a", picks={"o1": 1})})
    header, first, second = text.splitlines()
    assert header.startswith("#")
    assert first == ('a {"order":"o1","picks":{"o1":1},"provider":"studio m1","takes":{"1":["key of a","digest"]}}')
    assert second.startswith("b {")


def test_a_line_separator_in_a_line_does_not_end_it() -> None:
    """A model's name may hold anything; places are those an editor shows."""
    text = lockfile.write({"a": record("a", provider="studio m\u20281\x85"), "b": record("b")})
    assert lockfile.read(text)[0]["a"].provider == "studio m\u20281\x85"
    (problem,) = lockfile.read(f"{text}c {{\n")[1]
    assert str(problem.span) == "reelmake.lock:4:1"


@given(st.dictionaries(words, records))
def test_what_is_written_is_read_back(given_records: dict[str, Record]) -> None:
    given_records = {shot: replace(r, shot=shot) for shot, r in given_records.items()}
    text = lockfile.write(given_records)
    back, problems = lockfile.read(text)
    assert (back, problems) == (given_records, [])
    assert lockfile.write(back) == text


@given(st.lists(records, min_size=1, max_size=4), st.randoms())
def test_merging_does_not_hang_on_the_order_of_the_lines(given_records: list[Record], chance) -> None:
    def merged(lines: list[str]) -> dict[str, Record]:
        return lockfile.read("\n".join(lines))[0]

    lines = [lockfile.draw(r) for r in given_records]
    shuffled = [*lines]
    chance.shuffle(shuffled)
    assert merged(lines) == merged(shuffled) == merged([*lines, *lines])
    park = merged(lines)["park"]
    for order in {order for each in given_records for order in each.picks}:
        said = {each.picks[order] for each in given_records if order in each.picks}
        assert said == ({park.picks[order]} if order in park.picks else {*park.rivals[order]})
    assert takes_of(park) == takes_of(*given_records)  # whatever was paid for stays pinned
    assert merged([*merged_text(park), *lines]) == merged(lines)  # and it is merged once more, elsewhere


def merged_text(park: Record) -> list[str]:
    return lockfile.write({"park": park}).splitlines()


def test_a_line_that_cannot_be_read_is_a_diagnostic_with_its_place() -> None:
    found, problems = lockfile.read('# x\na {"order":"o"}\nb {"order":\nc [1]\nd {"takes":{"x":["k","d"]}}\n')
    assert list(found) == ["a"]
    assert [str(p.span) for p in problems] == ["reelmake.lock:3:1", "reelmake.lock:4:1", "reelmake.lock:5:1"]


def test_loading_a_broken_file_raises_every_mistake(tmp_path: Path) -> None:
    file = tmp_path / "reelmake.lock"
    assert lockfile.load(file) == {}
    file.write_bytes(b"a {}\nb \xff\nc nonsense\n")
    with pytest.raises(Mistake) as caught:
        lockfile.load(file)
    assert len(caught.value.diagnostics) == 2


def test_both_sides_of_an_unresolved_conflict_count_and_their_past_does_not() -> None:
    text = "\n".join(
        [
            "<<<<<<< HEAD",
            lockfile.draw(record("park", picks={"o1": 1})),
            "||||||| 1234567",
            lockfile.draw(record("park", picks={"o0": 9})),
            "=======",
            lockfile.draw(record("park", picks={"o2": 2})),
            ">>>>>>> theirs",
        ]
    )
    found, problems = lockfile.read(text)
    assert problems == []
    assert found["park"].picks == {"o1": 1, "o2": 2}


def test_it_is_written_only_if_it_says_something_else(tmp_path: Path) -> None:
    file = tmp_path / "reelmake.lock"
    assert not lockfile.save(file, {})
    assert not file.exists()
    assert lockfile.save(file, {"a": record("a")})
    before = file.stat()
    assert not lockfile.save(file, {"a": record("a")})
    assert file.stat().st_mtime_ns == before.st_mtime_ns
    assert lockfile.save(file, {})
    assert lockfile.load(file) == {}


# With git


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *identity, *arguments], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def branch(folder: Path, name: str, records: dict[str, Record]) -> None:
    git(folder, "checkout", "-q", "-b", name, "main")
    lockfile.save(folder / "reelmake.lock", records)
    git(folder, "commit", "-q", "-am", name)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / ".gitattributes").write_bytes(b"*.mp4 binary")
    base = {"dawn": record("dawn"), "park": record("park"), "tram": record("tram")}
    lockfile.save(tmp_path / "reelmake.lock", base)
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "base")
    return tmp_path


def test_the_first_lock_in_a_work_tree_asks_git_for_a_union(repository: Path, tmp_path_factory) -> None:
    attributes = (repository / ".gitattributes").read_text()
    assert attributes == "*.mp4 binary\nreelmake.lock merge=union\n"
    lockfile.ask_for_union(repository)
    assert (repository / ".gitattributes").read_text() == attributes
    outside = tmp_path_factory.mktemp("outside")
    lockfile.save(outside / "reelmake.lock", {"a": record("a")})
    assert not (outside / ".gitattributes").exists()


@pytest.mark.parametrize("way", ["a link", "a link that leads nowhere", "a pipe"])
def test_attributes_that_are_no_file_are_let_be(tmp_path: Path, way: str) -> None:
    (tmp_path / "film/.git").mkdir(parents=True)
    file, outside = tmp_path / "film/.gitattributes", tmp_path / "outside"
    if way == "a link":
        outside.write_text("mine\n")
    if way == "a pipe":
        os.mkfifo(file)
    else:
        file.symlink_to(outside)
    lockfile.ask_for_union(tmp_path / "film")
    assert not outside.exists() or outside.read_text() == "mine\n"


def test_what_the_author_says_about_the_lock_in_gitattributes_stands(tmp_path: Path) -> None:
    git(tmp_path, "init", "-q")
    (tmp_path / ".gitattributes").write_text("reelmake.lock -merge\n")
    lockfile.save(tmp_path / "reelmake.lock", {"a": record("a")})
    assert (tmp_path / ".gitattributes").read_text() == "reelmake.lock -merge\n"


def test_two_branches_that_add_different_shots_merge_without_a_conflict(repository: Path) -> None:
    base = lockfile.load(repository / "reelmake.lock")
    branch(repository, "ada", base | {"park-dusk": record("park-dusk")})
    branch(repository, "bob", base | {"park-dawn": record("park-dawn")})
    git(repository, "merge", "-q", "ada", "-m", "both")
    found = lockfile.load(repository / "reelmake.lock")
    assert sorted(found) == ["dawn", "park", "park-dawn", "park-dusk", "tram"]
    assert lockfile.save(repository / "reelmake.lock", found) in (True, False)
    assert len((repository / "reelmake.lock").read_text().splitlines()) == 6


def test_the_same_shot_changed_on_both_sides_keeps_both_decisions(repository: Path) -> None:
    base = lockfile.load(repository / "reelmake.lock")
    old = base["park"]
    mine = replace(old, picks={"o1": 2}, takes={**old.takes, 2: ("key 2", "digest 2")}, wishes={"o1": 2})
    theirs = replace(old, picks={"o0": 1}, takes={**old.takes, 3: ("key 3", "digest 3")}, wishes={"o1": 3})
    branch(repository, "ada", base | {"park": mine})
    branch(repository, "bob", base | {"park": theirs, "new": record("new")})
    git(repository, "merge", "-q", "ada", "-m", "both")
    text = (repository / "reelmake.lock").read_text()
    assert sum(line.startswith("park {") for line in text.splitlines()) == 2
    park = lockfile.load(repository / "reelmake.lock")["park"]
    assert park.picks == {"o0": 1, "o1": 2}
    assert park.wishes == {"o1": 3}
    assert sorted(park.takes) == [1, 2, 3]
    git(repository, "checkout", "-q", "-b", "other-way", "ada")
    git(repository, "merge", "-q", "bob", "-m", "both")
    assert lockfile.load(repository / "reelmake.lock")["park"] == park
