"""Streams that nobody can decode, and files that have no others: told in a sentence, and the next one is taken."""

from __future__ import annotations

import shlex
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.media.material import material, voice
from reelmake.media.probe import probe, sound
from reelmake.media.view import film
from tests.support.odd import made

FILM = "-f lavfi -i testsrc=s=64x48:r=24:d=1 -f lavfi -i sine=d=1 -c:v libvpx -deadline realtime -c:a libopus"


@pytest.fixture(scope="module")
def webm(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    file = tmp_path_factory.mktemp("streams") / "x.webm"
    made(*shlex.split(FILM), str(file))
    return file.read_bytes()


def put(folder: Path, data: bytes, name: str = "x.webm") -> Path:
    (folder / name).write_bytes(data)
    return folder / name


def test_a_picture_that_nobody_knows(tmp_path: Path, webm: bytes) -> None:
    file = put(tmp_path, webm.replace(b"V_VP8", b"V_XP8"))
    for look in (probe, material):
        with pytest.raises(LocalTool, match=r"cannot be decoded here|has no picture"):
            look(file)
    assert sound(file) > 0  # as music it will do


def test_a_sound_that_nobody_knows(tmp_path: Path, webm: bytes) -> None:
    file = put(tmp_path, webm.replace(b"A_OPUS", b"A_XPUS"))
    assert (probe(file).frames, probe(file).audio) == (24, False)
    found = voice(file)
    assert found is not None
    assert (found.track, found.tracks) == (0, 1)
    assert film(file, ".webm") == (str(probe(file).seconds), "")
    with pytest.raises(LocalTool, match=r"the sound of x\.webm is of a kind that cannot be decoded here"):
        sound(file)


def test_neither(tmp_path: Path, webm: bytes) -> None:
    file = put(tmp_path, webm.replace(b"A_OPUS", b"A_XPUS").replace(b"V_VP8", b"V_XP8"))
    for look in (probe, sound):
        with pytest.raises(LocalTool, match="cannot be decoded here"):
            look(file)


def test_subtitles_alone(tmp_path: Path) -> None:
    (tmp_path / "x.srt").write_text("1\n00:00:00,000 --> 00:00:01,000\nHello\n\n")
    made("-i", str(tmp_path / "x.srt"), str(tmp_path / "x.mkv"))
    for look in (probe, sound):
        with pytest.raises(LocalTool, match=r"neither picture nor sound|has no sound"):
            look(tmp_path / "x.mkv")


def test_a_cover_alone_is_no_film(tmp_path: Path) -> None:
    made("-f", "lavfi", "-i", "testsrc=s=32x32", "-frames:v", "1", str(tmp_path / "c.png"))
    tags = ["-map", "0", "-map", "1", "-c:a", "aac", "-c:v", "png", "-disposition:v", "attached_pic"]
    made("-f", "lavfi", "-i", "sine=d=1", "-i", str(tmp_path / "c.png"), *tags, str(tmp_path / "x.mp4"))
    assert probe(tmp_path / "x.mp4").frames is None
    with pytest.raises(LocalTool, match="it has sound, but no picture"):
        film(tmp_path / "x.mp4", ".mp4")


def test_no_channels(tmp_path: Path) -> None:
    made("-f", "lavfi", "-i", "sine=d=1", str(tmp_path / "x.wav"))
    data = bytearray((tmp_path / "x.wav").read_bytes())
    data[22:24] = bytes(2)
    with pytest.raises(LocalTool):
        sound(put(tmp_path, bytes(data), "y.wav"))
