"""Files that others made are opened in few places, and never in the process that holds the keys."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.materials import content

SOURCES = Path(__file__).parents[2] / "src"
READ = {  # where a file is opened to be read, and why there
    "reelmake/media/probe.py",  # films and sounds, for everybody
    "reelmake/media/photo.py",  # pictures, for everybody
    "reelmake/media/whole/flac.py",  # of a kind that is named, from a file that is open
    "reelmake_fake/clip.py",  # the server of the tests: what it made, and uploads, of kinds that are named
    "reelmake_fake/piece.py",  # the same for pictures that are edited there
}


def test_there_is_one_place_for_films_and_one_for_pictures() -> None:
    found = set()
    for file in SOURCES.rglob("*.py"):
        text = file.read_text("utf-8")
        for match in re.finditer(r"\b(av|Image)\.open\(", text):
            call = text[match.start() : match.start() + 60]
            if '"w"' not in call:
                found.add(file.relative_to(SOURCES).as_posix())
    assert found == READ


BOARD = """\
reelmake: 1
defaults: {size: 128x72, seconds: 0.5}
shots:
  street: {file: street.mp4}
  photo: {file: photo.png, look: warm.cube}
  drawn: {prompt: A tower., image: first.png}
cut:
  - {shot: street, title: {text: Día, font: fonts/mine.ttf}}
  - photo
  - drawn
watermark: {image: logo.webp}
sound: {music: {file: bed.wav}, tracks: [{file: voice.flac, kind: narration}]}
outputs: {cut.mp4: {}, sheet.png: {}}
"""
CLOSED = """\
import sys
import av, av.filter, PIL.Image, PIL.ImageFont

def refuse(*given, **named):
    raise AssertionError(f"opened where the keys are: {given}")

av.open = PIL.Image.open = PIL.ImageFont.truetype = PIL.ImageFont.FreeTypeFont = av.filter.Graph = refuse
from reelmake.app import main
sys.exit(main(sys.argv[1:]))
"""
COUNTED = """\
from reelmake.media.process_pool import ProcessPool
hire = ProcessPool._hire

def counted(crew):
    print("started", file=sys.stderr)
    return hire(crew)

ProcessPool._hire = counted

"""


@pytest.mark.slow
@pytest.mark.parametrize("command", ["check", "plan", "build"])
def test_the_process_that_holds_the_keys_opens_none(project: Folder, command: str) -> None:
    project.write("storyboard.yaml", BOARD)
    footage(project.root / "street.mp4", 1, 12)
    for name in ("photo.png", "warm.cube", "first.png", "fonts/mine.ttf", "logo.webp", "bed.wav", "voice.flac"):
        project.write(name, content(name))
    ran = subprocess.run(
        [sys.executable, "-c", CLOSED, command],
        cwd=project.root,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr


@pytest.mark.slow
def test_a_plan_of_what_is_known_starts_nobody(project: Folder) -> None:
    project.write("storyboard.yaml", BOARD)
    footage(project.root / "street.mp4", 1, 12)
    for name in ("photo.png", "warm.cube", "first.png", "fonts/mine.ttf", "logo.webp", "bed.wav", "voice.flac"):
        project.write(name, content(name))
    counted = CLOSED.replace("def refuse", f"{COUNTED}def refuse")
    for command in ("check", "plan"):
        run = [sys.executable, "-c", counted, command]
        first = subprocess.run(run, cwd=project.root, capture_output=True, text=True, timeout=120, check=True)
        again = subprocess.run(run, cwd=project.root, capture_output=True, text=True, timeout=120, check=True)
        assert "started" in first.stderr or command == "plan"
        assert "started" not in again.stderr
