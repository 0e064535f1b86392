"""What cannot be drawn, and what an ffmpeg cannot do, is said before anything is made."""

from __future__ import annotations

from pathlib import Path

import pytest

from reelmake.media import ffmpeg
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

WORDS = """\
shots:
  a: {prompt: A city., caption: "Καλημέρα 東京"}
cut:
  - {shot: a, title: {text: "Привет 水 火", style: title}}
  - {shot: a, title: "All is well — ça va"}
"""


def test_check_warns_of_characters_that_a_font_has_not_at_their_lines(project: Folder) -> None:
    project.storyboard(WORDS)
    said = project.run("check").expect(0, stderr="warning[RM483]").stderr
    assert said.count("RM483") == 1
    assert "the bundled Open Sans has no 水 火" in said
    assert "storyboard.yaml:6:22" in said

    project.storyboard(WORDS + "captions: {burn: true}\n")
    found = project.run("check", "--json").expect().json
    assert [d["message"] for d in found["diagnostics"]] == [
        "the bundled Open Sans has no 東 京",
        "the bundled Open Sans has no 水 火",
    ]
    assert found["ok"] is True


def test_check_warns_of_captions_at_their_lines_in_their_file(project: Folder) -> None:
    project.write("talk.srt", "1\n00:00:00,000 --> 00:00:00,200\nGood morning\n\n00:00:00,200 --> 00:00:00,400\n東京\n")
    project.storyboard(
        "shots:\n  a: {prompt: A city.}\ncaptions: {file: talk.srt}\noutputs: {a.mp4: {captions: true}}\n"
    )
    assert "talk.srt:6:1" in project.run("check").expect(0, stderr="has no 東 京").stderr


def test_a_font_of_ones_own_is_asked_for_its_own_characters(project: Folder) -> None:
    from reelmake.media.font import font

    project.write("fonts/mine.ttf", font().read_bytes())
    project.storyboard(WORDS.replace("style: title", "font: fonts/mine.ttf"))
    assert "mine.ttf has no 水 火" in project.run("check").expect(0).stderr


def without(project: Folder, *filters: str) -> None:
    """An ffmpeg that was built without some filters."""
    program, names = ffmpeg.program(), "|".join(filters)
    asked = f'case " $* " in *" -filters "*) {program} "$@" | grep -vE "\\b({names})\\b"; exit;; esac'
    lacking = project.write("lacking", f'#!/bin/sh\n{asked}\nexec {program} "$@"\n')
    lacking.chmod(0o755)
    project.env["REELMAKE_FFMPEG"] = str(lacking)


def footage(file: Path, *how: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    source = ["-f", "lavfi", "-t", "0.5", "-i", "testsrc2=size=128x72:rate=24"]
    ffmpeg.run([*source, "-c:v", "libx264", *how, "-f", "mp4", str(file)], file)


HDR = ("-pix_fmt", "yuv420p10le", "-x264-params", "colorprim=bt2020:transfer=smpte2084:colormatrix=bt2020nc")
FILM = """\
shots:
  street: {file: footage/street.mp4}
  tram: {prompt: A tram.}
"""


def test_footage_that_needs_a_filter_that_is_not_there_is_said_with_both_lines(project: Folder) -> None:
    without(project, "zscale", "perspective")
    footage(project.root / "footage/street.mp4")
    project.storyboard(FILM)
    project.run("plan").expect(0)

    footage(project.root / "footage/street.mp4", *HDR)
    said = project.run("build").expect(2, stderr="error[RM463]").stderr
    assert "cut.mp4 needs the filter zscale for footage in high dynamic range" in said
    assert "storyboard.yaml:4:18" in said
    assert not (project.root / ".reelmake" / "journal").exists()

    project.storyboard(
        FILM.replace("A tram.", "A tram., move: in").replace("{file: footage/street.mp4}", "{prompt: A.}")
    )
    assert "perspective for a camera that moves" in project.run("plan").expect(2, stderr="RM463").stderr


def test_doctor_says_what_it_lacks_and_what_for(project: Folder) -> None:
    without(project, "bwdif", "lut3d")
    project.storyboard(FILM.replace("{file: footage/street.mp4}", "{prompt: A street.}"))
    told = project.run("doctor").expect(1).stdout
    assert "no bwdif: interlaced footage; no lut3d: a look" in told
    assert "libx264" in told
    del project.env["REELMAKE_FFMPEG"]
    assert "all there" in project.run("doctor").expect(0).stdout


def test_a_package_that_an_output_needs_is_told_before_anything_is_made(project: Folder) -> None:
    hidden = project.write("hidden/sitecustomize.py", "import sys\nsys.modules['opentimelineio'] = None\n").parent
    project.storyboard("shots:\n  a: {prompt: A city.}\noutputs:\n  cut.mp4: {}\n  cut.otio: {}\n")
    project.run("check").expect(0)
    project.env["PYTHONPATH"] = str(hidden)

    for command in ("check", "plan", "build"):
        said = project.run(command).expect(2, stderr="error[RM469]").stderr
        assert "cut.otio needs the package opentimelineio, which is not installed" in said
        assert "storyboard.yaml:7:3" in said
        assert 'help: pip install "reelmake[otio]"' in said
    assert not (project.root / ".reelmake" / "takes").exists()
    told = project.run("doctor").stdout
    assert 'no opentimelineio, for .otio outputs: pip install "reelmake[otio]"' in " ".join(told.split())
