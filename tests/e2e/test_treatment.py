"""A plan says which clips are copied as they are, which are encoded and why, and what is conformed."""

from __future__ import annotations

from fractions import Fraction
from textwrap import dedent

import pytest

from tests.support.film import footage, packets
from tests.support.folder import Folder
from tests.support.odd import beep

BOARD = """
    defaults: {size: 208x96}
    shots:
      street: {file: street.mp4}
      river: {file: river.mp4}
      tower: {file: tower.mp4}
      dream: {prompt: A kite., seconds: 0.5}
    cut:
      - street
      - {shot: river}
      - {shot: tower, title: Later}
      - dream
    """


@pytest.fixture
def film(project: Folder) -> Folder:
    project.storyboard(BOARD, head="reelmake: 1\n")
    footage(project.root / "street.mp4", 1, 24, sound=beep)
    footage(project.root / "river.mp4", 2, 30, fps=Fraction(30), sar=Fraction(4, 3))
    footage(project.root / "tower.mp4", 3, 48)
    return project


def test_a_plan_says_what_becomes_of_every_clip(film: Folder) -> None:
    entries = film.run("plan", "--json").expect().json["entries"]

    assert [(e["output"], e["shot"], e["how"], e["why"]) for e in entries] == [
        ("cut.mp4", "street", "copied", ""),
        ("cut.mp4", "river", "encoded", "its pixels are not square"),
        ("cut.mp4", "tower", "encoded", "a title is over it"),
        ("cut.mp4", "dream", "undecided", "the clip is not made yet"),
    ]
    assert [e["conformed"] for e in entries] == [
        [],
        ["30 → 24 fps", "square pixels", "no audio, silence added"],
        ["no audio, silence added"],
        [],
    ]
    assert [(e["copied"], e["frames"]) for e in entries] == [(24, 24), (0, 24), (0, 48), (0, 12)]


def test_the_table_says_it_in_a_line(film: Folder) -> None:
    film.run("plan").expect(
        stdout="river: conformed for cut.mp4: 30 → 24 fps, square pixels, no audio, silence added\n"
    )
    why = "its pixels are not square (river), a title is over it (tower)"
    told = f"cut.mp4: 1 of 3 clips copied as they are, 2 encoded: {why}\n"
    film.run("plan").expect(stdout=told)  # from what is remembered


def test_a_clip_between_joins_is_copied_in_part(project: Folder) -> None:
    """Of the first all but what hangs on the join, of the second from its next keyframe on, of the third nothing."""
    groups = {"g": "24", "keyint_min": "24", "sc_threshold": "0", "bf": "0"}
    for number, (name, options) in enumerate({"one": groups, "two": groups, "three": {"g": "250", "bf": "0"}}.items()):
        footage(project.root / f"{name}.mp4", number, 96, options=options)
    text = "defaults: {size: 208x96, into: {dissolve: 0.5}}\nshots:\n"
    shots = "".join(f"  {name}: {{file: {name}.mp4}}\n" for name in ("one", "two", "three"))
    project.storyboard(text + shots, head="reelmake: 1\n")

    entries = project.run("plan", "--json").expect().json["entries"]
    hangs = "the first frame shown depends on others"
    assert [(e["shot"], e["how"], e["why"], e["copied"], e["frames"]) for e in entries] == [
        ("one", "copied", "", 84, 84),
        ("two", "partly copied", hangs, 60, 72),
        ("three", "encoded", hangs, 0, 84),
    ]
    told = f"cut.mp4: 1 of 3 clips copied as they are, 1 in part (60 of 72 frames), 1 encoded: {hangs} (three)\n"
    project.run("plan").expect(stdout=told)
    made = project.run("build", "--json").expect().json["outputs"]["build/cut.mp4"]
    assert made["frames"] == 3 * 96 - 2 * 12


def test_an_output_may_ask_for_an_encoding(film: Folder) -> None:
    film.storyboard(dedent(BOARD) + "outputs: {cut.mp4: {copy: never}}\n", head="reelmake: 1\n")
    entries = film.run("plan", "--json").expect().json["entries"]

    assert {e["how"] for e in entries} == {"encoded", "undecided"}


def test_damaged_footage_is_refused_at_its_line(film: Folder) -> None:
    file = film.root / "river.mp4"
    data = file.read_bytes()
    file.write_bytes(data[: len(data) // 2])

    film.run("plan").expect(2, stderr="river.mp4 is not footage that can be used")
    film.run("build").expect(2, stderr="--> storyboard.yaml:6:17")


def test_of_a_clip_that_is_not_heard_no_sound_is_told(film: Folder) -> None:
    film.storyboard(dedent(BOARD) + "sound: {clips: {mute: true}}\n", head="reelmake: 1\n")
    entries = film.run("plan", "--json").expect().json["entries"]

    assert [e["conformed"] for e in entries] == [[], ["30 → 24 fps", "square pixels"], [], []]


def test_footage_that_is_damaged_inside_is_told_at_its_line(film: Folder) -> None:
    file = film.root / "tower.mp4"
    hurt = max(packets(file, "video")[4:], key=lambda packet: packet.size)
    data, middle = bytearray(file.read_bytes()), hurt.pos + hurt.size // 2
    data[middle : middle + 40] = bytes(b ^ 0x55 for b in data[middle : middle + 40])
    file.write_bytes(data)

    ran = film.run("build").expect(1, stderr="tower.mp4 is damaged: the picture at ")
    ran.expect(1, stderr="--> storyboard.yaml:7:17")


def test_what_is_encoded_in_parts_for_a_title_is_one_clip(project: Folder) -> None:
    groups = {"g": "24", "keyint_min": "24", "sc_threshold": "0", "bf": "0"}
    footage(project.root / "one.mp4", 1, 144, options=groups)
    text = "defaults: {size: 208x96}\nshots: {one: {file: one.mp4}}\n"
    project.storyboard(text + "cut: [{shot: one, title: {text: Hello, at: 2, seconds: 2}}]\n", head="reelmake: 1\n")

    (entry,) = project.run("plan", "--json").expect().json["entries"]
    assert (entry["how"], entry["why"], entry["copied"], entry["frames"]) == (
        "partly copied",
        "a title is over it",
        96,
        144,
    )
    project.run("plan").expect(stdout="cut.mp4: 1 of 1 clips copied in part (96 of 144 frames)\n")
    assert project.run("build", "--json").expect().json["outputs"]["build/cut.mp4"]["frames"] == 144
