"""A file that cannot be used is told at the line that names it, before anything is made or paid for."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from fractions import Fraction

import pytest
from PIL import Image

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.session.project import read
from reelmake.session.workspace import Workspace
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.materials import LUT, content, picture, sound

BOARD = """\
reelmake: 1
defaults: {size: 128x72, seconds: 0.5}
shots:
  kite: {prompt: A child flies a kite.}
  street:
    file: street.mp4
  photo:
    file: photo.png
    look: warm.cube
  drawn:
    prompt: A tower.
    image: first.png
cut:
  - shot: kite
    title:
      text: One day
      font: fonts/mine.ttf
  - street
  - photo
  - drawn
watermark:
  image: logo.png
captions:
  font: fonts/mine.ttf
sound:
  music:
    file: bed.wav
  tracks:
    - file: voice.wav
      kind: narration
"""
LINE = {
    "street.mp4": 6,
    "photo.png": 8,
    "warm.cube": 9,
    "first.png": 12,
    "fonts/mine.ttf": 17,
    "logo.png": 22,
    "bed.wav": 27,
    "voice.wav": 29,
}
PAGE = b"<html>503 Service Unavailable</html>" * 99


def avif(folder: Folder) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(into, "avif")
    return into.getvalue()


def instant(folder: Folder) -> bytes:
    return footage(folder.root / "instant.mp4", 1, 1, fps=Fraction(1000)).read_bytes()


@pytest.fixture
def film(project: Folder) -> Folder:
    """In which nothing is broken."""
    project.write("storyboard.yaml", BOARD)
    footage(project.root / "street.mp4", 1, 12)
    for name in LINE:
        if name != "street.mp4":
            project.write(name, content(name))
    return project


def complaints(folder: Folder) -> list[Diagnostic]:
    try:
        _ = read(Workspace(folder.root / "storyboard.yaml")).layout
    except Mistake as error:
        return list(error.diagnostics)
    return []


def at(found: Diagnostic) -> int:
    assert found.span is not None
    return found.span.at[0]


def test_nothing_is_said_of_files_that_are_whole(film: Folder) -> None:
    assert complaints(film) == []


def silent(folder: Folder) -> bytes:
    return footage(folder.root / "silent.mp4", 1, 12).read_bytes()


def moving(folder: Folder) -> bytes:
    return picture(save_all=True, append_images=[Image.new("RGB", (64, 36), "blue")])


Content = bytes | Callable[[Folder], bytes]
BROKEN: dict[str, tuple[str, Content, str]] = {
    "footage that is a web page": ("street.mp4", PAGE, "RM610"),
    "footage without a byte": ("street.mp4", b"", "RM610"),
    "footage that is a playlist": ("street.mp4", b"#EXTM3U\n#EXTINF:1,\nother.ts\n", "RM610"),
    "footage that is a list of files": ("street.mp4", b"ffconcat version 1.0\nfile other.mp4\n", "RM610"),
    "footage that is a picture": ("street.mp4", picture(), "RM610"),
    "footage that is a photo of a phone": ("street.mp4", avif, "RM610"),
    "footage of a thousandth of a second": ("street.mp4", instant, "RM610"),
    "footage that is sound": ("street.mp4", sound(), "RM610"),
    "footage that is subtitles": ("street.mp4", b"1\n00:00:00,000 --> 00:00:01,000\nHello\n\n", "RM610"),
    "a photo without a byte": ("photo.png", b"", "RM612"),
    "a photo that is cut off": ("photo.png", picture()[:-40], "RM612"),
    "a photo that moves": ("photo.png", moving, "RM612"),
    "a first picture without a byte": ("first.png", b"", "RM612"),
    "a LUT that is a web page": ("warm.cube", PAGE, "RM612"),
    "a LUT that is cut off": ("warm.cube", LUT[:-12].encode(), "RM612"),
    "a font that is none": ("fonts/mine.ttf", PAGE, "RM612"),
    "a logo that is none": ("logo.png", PAGE, "RM612"),
    "music without a byte": ("bed.wav", b"", "RM611"),
    "music that is a web page": ("bed.wav", PAGE, "RM611"),
    "music that is silent film": ("bed.wav", silent, "RM611"),
    "narration that is a picture": ("voice.wav", picture(), "RM611"),
    "narration without a sample": ("voice.wav", sound(seconds=0), "RM611"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_broken_is_told_at_its_line(film: Folder, name: str) -> None:
    file, content, code = BROKEN[name]
    film.write(file, content if isinstance(content, bytes) else content(film))
    found = complaints(film)
    assert [(d.code, at(d)) for d in found][:1] == [(code, LINE[file])]
    assert file in found[0].message


def test_a_build_of_it_spends_nothing(film: Folder) -> None:
    film.write("voice.wav", PAGE)
    film.run("build").expect(2, stderr="voice.wav is not sound that can be used")
    assert not (film.root / "build").exists()
    assert not list((film.root / ".reelmake").glob("takes/*"))


@pytest.mark.parametrize("file", LINE)
def test_a_folder_in_the_place_of_a_file(film: Folder, file: str) -> None:
    (film.root / file).unlink()
    (film.root / file).mkdir()
    assert [at(d) for d in complaints(film)][:1] == [LINE[file]]


@pytest.mark.skipif(sys.platform != "linux", reason="a file that gives an error to whoever reads it")
@pytest.mark.parametrize("file", LINE)
def test_a_file_that_cannot_be_read(film: Folder, file: str) -> None:
    (film.root / file).unlink()
    (film.root / file).symlink_to("/proc/self/mem")
    assert [at(d) for d in complaints(film)][:1] == [LINE[file]]


def test_a_track_of_which_nothing_is_left(film: Folder) -> None:
    film.write("storyboard.yaml", BOARD + f"      trim: [{float(Fraction(3, 2))}, 2]\n")
    (found,) = complaints(film)
    assert (found.code, at(found)) == ("RM472", 31)
    assert "voice.wav is 1.00 s long" in found.message
