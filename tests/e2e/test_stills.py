"""Stills with the real command: made before clips, sent along, shown, picked; and what changes with one of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.film import footage, pictures, read
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
characters:
  maya: {look: "Maya, nine, red raincoat", images: [{still: maya-sheet}]}
props: {kite: {look: a red paper kite}}
stills:
  maya-sheet: {prompt: "Character sheet of ${maya}: front, side", takes: 2}
  kite-key: {prompt: "${maya} flies ${kite}, wide"}
  kite-dusk: {edit: kite-key, prompt: Same frame at dusk.}
  last: {frame: {shot: park, at: end}}
shots:
  park: {prompt: The kite climbs., image: {still: kite-key}}
  home: {prompt: Home., image: {still: last}}
  far: {prompt: A far city.}
  card: {file: {still: kite-dusk}}
cut:
  - park
  - kite-dusk
  - {shot: card, into: {dissolve: 0.25}}
  - home
  - far
"""
ALL = {
    "maya-sheet": "fresh", "maya-sheet#2": "fresh", "kite-key": "fresh", "kite-dusk": "fresh",
    "park": "fresh", "home": "fresh", "far": "fresh",
}  # fmt: skip


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Folder:
    film = Folder(tmp_path_factory.mktemp("whole"))
    film.storyboard(FILM)
    film.build()
    return film


@pytest.fixture
def built(whole: Folder, tmp_path: Path) -> Folder:
    """The film, built: to be changed."""
    return whole.copy(tmp_path / "film")


def test_a_film_from_stills_is_as_long_as_it_says_and_is_made_once(built: Folder) -> None:
    made = built.build()
    assert (made["generated"], made["reused"]) == (0, 7)
    assert made["outputs"]["build/cut.mp4"]["frames"] == 12 + 12 + 12 - 6 + 12 + 12
    built.run("build").expect(0, stderr="nothing to do")


def test_takes_say_what_they_are(built: Folder) -> None:
    takes = built.run("takes", "--json").expect().json["takes"]
    assert {(take["shot"], take["medium"]) for take in takes} == {
        ("maya-sheet", "still"), ("kite-key", "still"), ("kite-dusk", "still"),
        ("park", "clip"), ("home", "clip"), ("far", "clip"),
    }  # fmt: skip
    built.run("status").expect(0, stdout="a frame of park")


def test_a_still_that_changes_makes_what_shows_it_stale_and_nothing_else(built: Folder) -> None:
    built.storyboard(FILM.replace("at dusk", "at night"))
    assert built.verdicts() == {**ALL, "kite-dusk": "stale"}  # the cut shows it; no order starts from it
    assert built.build()["generated"] == 1
    built.storyboard(FILM.replace("wide", "close"))
    found = {job["shot"]: (job["verdict"], job["reason"]) for job in built.plan()["jobs"]}
    assert found["kite-key"] == ("stale", "prompt changed")
    assert found["park"] == ("undecided", "waits for kite-key")
    assert found["home"] == ("undecided", "waits for the last frame of park")
    assert found["far"] == ("fresh", None)
    built.build()
    told = built.run("explain", "park").expect().stdout
    assert "the still kite-key" in told


def test_picking_is_approving(built: Folder) -> None:
    before = built.cut()
    built.run("pick", "maya-sheet", "2").expect()
    verdicts = built.verdicts()
    assert (verdicts["kite-key"], verdicts["park"], verdicts["far"]) == ("stale", "undecided", "fresh")
    built.run("explain", "kite-key").expect(0, stdout="reference 1  (the still maya-sheet, of maya)")
    built.run("pick", "maya-sheet", "1").expect()
    assert built.build()["generated"] == 0
    assert built.cut() == before


def test_a_retake_of_a_still_is_one_more_picture(built: Folder) -> None:
    built.run("retake", "kite-dusk").expect()
    assert built.verdicts() == {**ALL, "kite-dusk#2": "fresh"}
    assert built.build()["generated"] == 0


def test_renaming_a_still_makes_nothing_again(built: Folder) -> None:
    built.storyboard(FILM.replace("kite-key", "key-frame"))
    assert built.build()["generated"] == 0


def test_a_frame_of_a_clip_is_the_one_that_is_seen_then(project: Folder) -> None:
    """At its start, at a moment, at its end; told by the numbers that the footage's frames have."""
    footage(project.root / "x.mp4", 1, 24)
    frames = {"start": 0, 0.5: 12, 0.9: 21, "end": 23}
    stills = "".join(f"  f{n}: {{frame: {{shot: x, at: {at}}}, seconds: 0.25}}\n" for n, at in enumerate(frames))
    cut = ", ".join(f"f{n}" for n in range(len(frames)))
    head = "reelmake: 1\ndefaults: {size: 208x96}\n"
    project.storyboard(f"shots: {{x: {{file: x.mp4}}}}\nstills:\n{stills}cut: [{cut}]\n", head=head)
    project.build()
    seen = [read(picture) for picture in pictures(project.root / "build" / "cut.mp4")]
    assert seen == [(1, frame) for frame in frames.values() for _ in range(6)]


def test_a_still_is_made_alone_when_it_is_named(tmp_path: Path) -> None:
    film = Folder(tmp_path)
    film.storyboard(FILM)
    assert film.build("kite-dusk")["generated"] == 3  # with the picked sheet and the frame that it starts from
    assert not (film.root / "build/cut.mp4").exists()


def test_a_skipped_shot_is_in_nothing(built: Folder) -> None:
    built.storyboard(FILM.replace("far: {prompt: A far city.}", "far: {prompt: A far city., skip: true}"))
    assert "far" not in built.verdicts()
    assert built.build()["outputs"]["build/cut.mp4"]["frames"] == 12 + 12 + 12 - 6 + 12
    built.run("check").expect(0, stderr="3 shots, 4 stills (1 shot is skipped: far)")
