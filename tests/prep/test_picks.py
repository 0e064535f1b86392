"""Picks: what each storyboard and profile of a folder sees of one lock file, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.model.take import Record
from reelmake.prep.picks import Picks
from reelmake.store import lockfile

OLD = Record("park", order="o1", picks={"o1": 2}, takes={1: ("k1", "d1"), 2: ("k2", "d2")})
NEW = Record("park", order="o2", takes={1: ("k3", "d3")})


def picks(folder: Path, storyboard: str = "storyboard.yaml", profile: str = "", *, there: bool = True) -> Picks:
    if there:
        (folder / storyboard).touch()
    return Picks(folder / "reelmake.lock", "reelmake.lock", folder / "hold", storyboard, profile)


def write(one: Picks, *records: Record) -> None:
    """As a build does: what it says of its shots, and nothing of others."""
    one.update(lambda before: {record.shot: record for record in records})


def names(folder: Path) -> list[str]:
    return [*lockfile.load(folder / "reelmake.lock")]


def test_shots_of_one_name_in_two_storyboards_are_two(tmp_path: Path) -> None:
    film, teaser = picks(tmp_path), picks(tmp_path, "teaser one.yaml")
    write(film, OLD)
    write(teaser, NEW)
    write(film, OLD)
    assert names(tmp_path) == ["park", "teaser%20one.yaml:park"]
    assert (film.records(), teaser.records()) == ({"park": OLD}, {"park": NEW})
    assert film.made() == teaser.made() == {"k1": ("d1",), "k2": ("d2",), "k3": ("d3",)}
    write(teaser)
    assert names(tmp_path) == ["park"]


def test_a_profile_is_one_of_its_storyboard(tmp_path: Path) -> None:
    film, teaser = picks(tmp_path, profile="hd"), picks(tmp_path, "teaser.yaml", "hd")
    write(film, OLD)
    write(teaser, NEW)
    write(picks(tmp_path, "teaser.yaml"), OLD)
    assert names(tmp_path) == ["park@hd", "teaser.yaml:park", "teaser.yaml:park@hd"]
    assert (film.records(), teaser.records()) == ({"park": OLD}, {"park": NEW})
    assert picks(tmp_path).records() == {}


@pytest.mark.parametrize(("before", "after"), [("storyboard.yaml", "film.yaml"), ("film.yaml", "storyboard.yaml")])
def test_a_storyboard_that_is_renamed_keeps_what_was_chosen(tmp_path: Path, before: str, after: str) -> None:
    roof = replace(NEW, shot="roof")
    write(picks(tmp_path, before), OLD, roof)
    (tmp_path / before).rename(tmp_path / after)
    renamed = picks(tmp_path, after)
    assert renamed.records() == {"park": OLD, "roof": roof}
    assert names(tmp_path) == [name for name in names(tmp_path) if after not in name]  # nothing is written by looking
    write(renamed, *renamed.records().values())
    assert len(names(tmp_path)) == 2
    assert all(name.startswith("film.yaml:") == (after == "film.yaml") for name in names(tmp_path))


def test_of_a_storyboard_that_is_gone_nothing_is_lost(tmp_path: Path) -> None:
    """Another one that stands here now may be no successor of it."""
    write(picks(tmp_path, "film.yaml"), OLD)
    (tmp_path / "film.yaml").unlink()
    successor = picks(tmp_path, "a.yaml")
    for shorter in (NEW, replace(OLD, picks={}), replace(OLD, takes={1: ("k1", "d1")})):
        write(successor, shorter)
        assert names(tmp_path) == ["a.yaml:park", "film.yaml:park"]
        assert successor.records() == {"park": shorter}
    write(successor, replace(NEW, takes=OLD.takes, picks=OLD.picks))
    assert names(tmp_path) == ["a.yaml:park"]


def test_of_two_picks_for_one_order_each_storyboard_goes_by_its_own(tmp_path: Path) -> None:
    film, teaser = picks(tmp_path), picks(tmp_path, "a.yaml")
    write(film, OLD)
    write(teaser, replace(OLD, picks={"o1": 1}))
    assert film.by_order() == {"o1": (2, 0)}
    assert teaser.by_order() == {"o1": (1, 0)}
    assert picks(tmp_path, "b.yaml").by_order() == {"o1": (1, 0)}  # the first by name, where it has none


def test_whoever_has_picked_none_follows(tmp_path: Path) -> None:
    film, teaser, trailer = picks(tmp_path), picks(tmp_path, "a teaser.yaml"), picks(tmp_path, "trailer.yaml")
    write(film, OLD)
    write(teaser, replace(OLD, picks={}))
    write(trailer, replace(OLD, picks={"o1": 1}), replace(NEW, shot="roof"))
    assert film.followers(["o1"]) == ["a teaser.yaml"]
    assert teaser.followers(["o1", "o2"]) == ["trailer.yaml"]
    assert trailer.followers(["o1"]) == ["a teaser.yaml"]
    (tmp_path / "a teaser.yaml").unlink()
    assert film.followers(["o1"]) == []


boards = st.sampled_from(["storyboard.yaml", "film.yaml", "a b.yaml", "c%20:@.yaml"])
profiles = st.sampled_from(["", "hd"])
takes = st.dictionaries(st.integers(1, 3), st.tuples(st.text("ab", min_size=1, max_size=2), st.just("d")), max_size=2)
writings = st.lists(st.tuples(boards, profiles, st.dictionaries(st.sampled_from(["park", "roof"]), takes)), max_size=8)


@given(writings)
def test_each_reads_what_it_wrote_last_and_takes_nothing_from_others(
    tmp_path_factory: pytest.TempPathFactory,
    given_writings: list[tuple[str, str, Mapping[str, Mapping[int, tuple[str, str]]]]],
) -> None:
    folder, last = tmp_path_factory.mktemp("folder"), {}
    for board, profile, shots in given_writings:
        last[board, profile] = {shot: Record(shot, order="o", takes=dict(taken)) for shot, taken in shots.items()}
        picks(folder, board)
    for board, profile, shots in given_writings:
        write(
            picks(folder, board, profile),
            *(Record(shot, order="o", takes=dict(taken)) for shot, taken in shots.items()),
        )
    for (board, profile), records in last.items():
        assert picks(folder, board, profile).records() == records
