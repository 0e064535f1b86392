"""Every kind of output of one storyboard, by the real command: made at once, and not made again."""

from __future__ import annotations

from typing import Any

import av
import pytest
from PIL import Image

from reelmake.media import ffmpeg
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

FILM = """\
title: Two shots
shots:
  skyline: {prompt: A wide shot of a city at dawn., caption: "Lisbon, five in the morning.", focus: [0.2, 0.5]}
  park: {prompt: A child flies a red kite in a park.}
cut:
  - {shot: skyline, into: {dissolve: 0.25}}
  - {shot: park, title: Later}
outputs:
  cut.mp4: {chapters: true}
  shapes/tall.mp4: {size: 72x128}
  shapes/square.mp4: {size: 96x96, codec: hevc, preset: ultrafast}
  cut.webm: {preset: ultrafast}
  cut.mov: {profile: proxy}
  cut.mkv: {sound: aac}
  cut.srt:
  cut.vtt:
  cut.webp: {width: 64}
  poster.jpg: {at: 0.6}
  live/cut.m3u8:
"""
ALL = {
    "cut.mp4", "shapes/tall.mp4", "shapes/square.mp4", "cut.webm", "cut.mov", "cut.mkv", "cut.srt", "cut.vtt",
    "cut.webp", "poster.jpg", "live/cut.m3u8", "live/cut.m4s",
}  # fmt: skip


def test_all_of_them_at_once_and_nothing_the_second_time(project: Folder) -> None:
    project.storyboard(FILM)
    made = project.run("build", "--json").expect().json["outputs"]
    assert {path.removeprefix("build/") for path in made} == ALL
    for path, facts in made.items():
        file = project.root / path
        if file.suffix in (".mp4", ".webm", ".mov", ".mkv", ".m3u8"):
            with av.open(str(file), options={"allowed_extensions": "ALL"}) as container:
                assert sum(1 for _ in container.decode(video=0)) == 18, path
        assert facts["sha256"]
    sizes = {}
    for name in ("cut", "shapes/tall", "shapes/square"):
        with av.open(str(project.root / f"build/{name}.mp4")) as container:
            sizes[name] = (container.streams.video[0].width, container.streams.video[0].height)
    assert sizes == {"cut": (128, 72), "shapes/tall": (72, 128), "shapes/square": (96, 96)}
    assert (project.root / "build/cut.srt").read_text("utf-8") == (
        "1\n00:00:00,000 --> 00:00:00,375\nLisbon, five in the morning.\n"
    )
    with Image.open(project.root / "build/cut.webp") as picture:
        assert picture.size == (64, 36)
    plan = project.run("plan", "--json").expect().json
    assert (plan["generate"], plan["reuse"]) == (0, 2)
    before = {path: (project.root / path).stat().st_mtime_ns for path in made}
    project.run("build").expect()
    assert before == {path: (project.root / path).stat().st_mtime_ns for path in made}


def test_a_plan_says_the_frames_and_lengths_that_a_build_makes(project: Folder) -> None:
    outputs = ["cut.mp4", "cut.webm", "cut.gif", "at7.gif", "cut.wav", "cut.m4a", "cut.srt", "cut.vtt", "sheet.png"]
    said = {"at7.gif": "{fps: 7}"}
    board = FILM.partition("outputs:")[0] + "outputs:\n" + "".join(f"  {o}: {said.get(o, '')}\n" for o in outputs)
    project.storyboard(board + "  live/cut.m3u8: {qualities: [72, 64], captions: soft}\n")

    def told(outputs: dict[str, Any]) -> dict[str, tuple[int | None, float | None]]:
        return {path: (facts["frames"], facts["seconds"]) for path, facts in outputs.items()}

    before, lines = told(project.plan()["outputs"]), project.run("plan").expect().stdout.splitlines()
    made = told(project.build()["outputs"])

    assert before == made == told(project.plan()["outputs"])
    assert made["build/cut.gif"][0] == 9
    assert made["build/live/cut.m3u8"] == (None, 0.75)
    assert {"build/cut.gif  0:00.8  9 frames", "build/cut.wav  0:00.8", "build/sheet.png"} <= set(lines)


def test_another_focus_changes_what_is_cropped_and_nothing_else(project: Folder) -> None:
    project.storyboard(FILM)
    project.run("build", "skyline").expect()
    project.run("export", "skyline", "-o", "city.mp4").expect()
    film = FILM.replace("prompt: A wide shot of a city at dawn.", "file: city.mp4")  # a sketch is drawn for its crops
    project.storyboard(film)
    before = project.run("build", "--json").expect().json["outputs"]
    project.storyboard(film.replace("[0.2, 0.5]", "[0.9, 0.5]"))
    after = project.run("build", "--json").expect().json["outputs"]
    changed = {path for path in before if before[path]["sha256"] != after[path]["sha256"]}
    assert changed == {"build/shapes/tall.mp4", "build/shapes/square.mp4"}


def test_a_wrong_focus_is_shown_where_it_stands(project: Folder) -> None:
    project.storyboard(FILM.replace("[0.2, 0.5]", "[20, 50]"))
    project.run("check").expect(2, stderr='an entry of "focus" must be at most 1, not 20')


def test_an_encoder_that_is_not_there_is_said_before_anything_is_made(project: Folder) -> None:
    without = 'case " $* " in *" libx265 "*) exit 1;; esac'
    lacking = project.write("lacking", f'#!/bin/sh\n{without}\nexec {ffmpeg.program()} "$@"\n')
    lacking.chmod(0o755)
    project.env["REELMAKE_FFMPEG"] = str(lacking)
    project.storyboard(FILM)
    said = project.run("build").expect(2, stderr="RM462").stderr
    assert "shapes/square.mp4 needs libx265" in said
    assert not (project.root / "build").exists()
    project.storyboard(FILM.replace("codec: hevc", "codec: h264"))
    project.run("plan").expect()


def test_subtitles_of_nothing_are_said_at_the_output(project: Folder) -> None:
    project.storyboard(FILM.replace('caption: "Lisbon, five in the morning.", ', ""))
    said = project.run("plan").expect(2, stderr="RM461").stderr
    assert "cut.srt would be empty" in said


def test_hardware_that_is_not_there_is_said_before_anything_is_made(project: Folder) -> None:
    without = 'case " $* " in *" h264_nvenc "*) exit 1;; esac'  # even where the tests run on a machine that has it
    lacking = project.write("lacking", f'#!/bin/sh\n{without}\nexec {ffmpeg.program()} "$@"\n')
    lacking.chmod(0o755)
    project.env["REELMAKE_FFMPEG"] = str(lacking)
    project.storyboard(FILM.replace("{chapters: true}", "{encoder: nvenc}"))
    assert "cut.mp4 needs h264_nvenc" in project.run("build").expect(2, stderr="RM462").stderr
