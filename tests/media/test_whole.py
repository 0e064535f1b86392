"""A file that says where it ends is refused when it is cut off anywhere, and taken with something behind its end."""

from __future__ import annotations

import shlex
import subprocess
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, stills
from reelmake.media.probe import probe, sound
from reelmake.media.whole import lacks
from tests.support.odd import made

FILM = "-f lavfi -i testsrc=s=160x90:r=24:d=2 -f lavfi -i sine=d=2"
HEARD = "-f lavfi -i sine=d=2"
LEFT = (0.1, 0.5, 0.6, 0.9, 0.99, -1)  # shares of a file that are there; -1: all but one byte
TRAILER = b"\x0f\x01\xfe\x1brecords of a camera, and its mark: 8f3a91"


@dataclass(frozen=True)
class Kind:
    """How ffmpeg makes it. `tells`: does it say where it ends? `tail`: what may lie behind that end."""

    how: str
    tells: bool = True
    tail: bytes = TRAILER


X264 = f"{FILM} -c:v libx264 -preset ultrafast -g 12 -pix_fmt yuv420p -c:a"
FILMS = {
    "plain.mp4": Kind(f"{X264} aac"),
    "front.mp4": Kind(f"{X264} aac -movflags +faststart"),
    "fragments.mp4": Kind(f"{X264} aac -movflags +frag_keyframe+empty_moov"),
    "plain.mov": Kind(f"{X264} pcm_s16le"),
    "plain.mkv": Kind(f"{X264} aac"),
    "plain.webm": Kind(f"{FILM} -c:v libvpx -deadline realtime -c:a libopus"),
    "live.webm": Kind(f"{FILM} -c:v libvpx -deadline realtime -c:a libopus -live 1", tells=False),
    "live.mkv": Kind(f"{X264} aac -live 1", tells=False),
    "plain.avi": Kind(f"{FILM} -c:v mpeg4 -c:a pcm_s16le"),
    "plain.ts": Kind(f"{X264} aac", tells=False),
    "plain.m2ts": Kind(f"{X264} aac", tells=False),
    "plain.mpg": Kind(f"{FILM} -c:v mpeg2video -c:a mp2", tells=False),
    "plain.flv": Kind(f"{X264} aac"),
    "plain.ogv": Kind(f"{FILM} -c:v libtheora -c:a libvorbis"),
    "plain.mxf": Kind(f"{FILM} -c:v mpeg2video -r 24 -ar 48000 -c:a pcm_s16le"),
    "plain.gif": Kind("-f lavfi -i testsrc=s=160x90:r=10:d=1"),
}
SOUNDS = {
    "plain.wav": Kind(HEARD),
    "long.wav": Kind(f"{HEARD} -rf64 always"),
    "plain.aiff": Kind(HEARD),
    "plain.flac": Kind(HEARD, tail=b"TAG" + bytes(125)),
    "plain.ogg": Kind(f"{HEARD} -c:a libvorbis"),
    "plain.opus": Kind(f"{HEARD} -c:a libopus"),
    "plain.mp3": Kind(f"{HEARD} -id3v2_version 0", tail=b"TAG" + bytes(125)),
    "tagged.mp3": Kind(f"{HEARD} -metadata title=hum", tail=b"TAG" + bytes(125)),
    "plain.m4a": Kind(f"{HEARD} -c:a aac"),
    "plain.aac": Kind(f"{HEARD} -c:a aac", tells=False, tail=b""),
}
PIPED = ("wav", "avi", "flac", "mp3", "matroska")  # whoever writes to a pipe cannot go back to say how long
PICTURES = ("plain.png", "plain.jpg", "progressive.jpg", "plain.webp")
TABLE = {**FILMS, **SOUNDS}


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("whole")
    picture = Image.effect_noise((64, 48), 60).convert("RGB")
    for name in PICTURES:
        picture.save(folder / name, **({"progressive": True} if name.startswith("progressive") else {}))
    return folder


@cache
def whole(folder: Path, name: str) -> bytes:
    file = folder / name
    if not file.exists():
        made(*shlex.split(TABLE[name].how), str(file))
    return file.read_bytes()


def looked_at(file: Path) -> None:
    if file.name in SOUNDS or file.name.partition("-")[2] in SOUNDS:
        sound(file)
    elif file.suffix in (".png", ".jpg", ".webp"):
        stills.whole(file)
        probe(file)
    else:
        probe(file)


def altered(folder: Path, name: str, data: bytes) -> Path:
    file = folder / f"altered-{name}"
    file.write_bytes(data)
    return file


@pytest.mark.parametrize("name", [*(name for name, kind in TABLE.items() if kind.tells), *PICTURES])
def test_cut_off_anywhere(shelf: Path, name: str) -> None:
    data = whole(shelf, name)
    taken = []
    for left in LEFT:
        part = data[: len(data) - 1 if left < 0 else int(len(data) * left)]
        try:
            looked_at(altered(shelf, name, part))
            taken.append(left)
        except LocalTool:
            continue
    assert taken == []


@pytest.mark.parametrize("name", [*TABLE, *PICTURES])
def test_whole_with_something_behind_it(shelf: Path, name: str) -> None:
    data = whole(shelf, name)
    looked_at(altered(shelf, name, data))
    tail = TABLE[name].tail if name in TABLE else TRAILER
    for behind in (tail, bytes(7), bytes(600)) if tail == TRAILER else (tail,):
        looked_at(altered(shelf, name, data + behind))


@pytest.mark.parametrize("name", [name for name, kind in TABLE.items() if not kind.tells])
def test_what_cannot_be_told_is_taken(shelf: Path, name: str) -> None:
    data = whole(shelf, name)
    for left in (0.6, 0.9, 0.99, -1):
        looked_at(altered(shelf, name, data[: len(data) - 1 if left < 0 else int(len(data) * left)]))


@pytest.mark.parametrize("form", PIPED)
def test_what_was_written_to_a_pipe(tmp_path: Path, form: str) -> None:
    arguments = [ffmpeg.program(), "-loglevel", "error", *shlex.split(HEARD), "-f", form, "pipe:1"]
    (tmp_path / "x").write_bytes(subprocess.run(arguments, check=True, capture_output=True).stdout)
    assert lacks(tmp_path / "x") == ""
    assert abs(sound(tmp_path / "x") - 2) < Fraction(1, 10)


@pytest.mark.parametrize("name", ["plain.ogg", "plain.flv", "plain.mkv"])
def test_one_behind_the_other_in_a_file(shelf: Path, name: str) -> None:
    data = whole(shelf, name)
    assert lacks(altered(shelf, name, 2 * data)) == ""
    assert "bytes long" in lacks(altered(shelf, name, (2 * data)[:-1]))


def test_names_do_not_matter(shelf: Path) -> None:
    data = whole(shelf, "plain.mkv")
    with pytest.raises(LocalTool, match="is cut off: it is"):
        probe(altered(shelf, "cut.mp4", data[: len(data) * 6 // 10]))


def test_a_box_of_an_unknown_kind_is_no_box(shelf: Path) -> None:
    data = whole(shelf, "plain.mp4")
    for tail in (b"\xff\xff\xff\xffcam0" + bytes(40), bytes([0, 0, 0, 1]) + b"cam0" + bytes(40), b"\0\0\0\x03abcd"):
        assert probe(altered(shelf, "plain.mp4", data + tail)).seconds == 2
    assert "should be" in lacks(altered(shelf, "plain.mp4", data + (100).to_bytes(4) + b"free" + bytes(40)))


def test_a_last_box_that_goes_on_to_the_end(shelf: Path) -> None:
    data = whole(shelf, "front.mp4")
    at = data.rindex(b"mdat") - 4
    open_ended = bytes(4) + data[at + 4 :]
    assert probe(altered(shelf, "front.mp4", data[:at] + open_ended)).frames == 48
    with pytest.raises(LocalTool, match="damaged: packet"):
        probe(altered(shelf, "front.mp4", (data[:at] + open_ended)[: len(data) * 9 // 10]))


def test_a_film_of_several_riffs(shelf: Path) -> None:
    data = whole(shelf, "plain.avi")
    more = b"RIFF" + (20).to_bytes(4, "little") + b"AVIX" + b"JUNK" + (8).to_bytes(4, "little") + bytes(8)
    assert lacks(altered(shelf, "plain.avi", data + more)) == ""
    assert "should be" in lacks(altered(shelf, "plain.avi", data + more[:-1]))


def test_an_index_that_stands_again_among_fragments(shelf: Path) -> None:
    """As when somebody puts the initialization in front of every part; two films are another matter."""
    data = whole(shelf, "fragments.mp4")
    moov = data.index(b"moov") - 4
    index = data[moov : moov + int.from_bytes(data[moov : moov + 4])]
    places = [at - 4 for at in range(len(data)) if data[at : at + 4] == b"moof"]
    again = data[: places[2]] + index + data[places[2] :]
    assert probe(altered(shelf, "fragments.mp4", again)) == replace(
        probe(altered(shelf, "fragments.mp4", data)), bytes=len(again)
    )
    with pytest.raises(LocalTool, match="films one after another"):
        probe(altered(shelf, "fragments.mp4", 2 * data))
