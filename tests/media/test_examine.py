"""What a whole answer is, by medium: stills decoded by Pillow, sounds to the last sample, clips by picture."""

from __future__ import annotations

import io
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media.examine import examine
from reelmake.media.readers import ask
from reelmake.model.medium import MediumName
from tests.support.answers import picture, tone
from tests.support.film import footage


def mp3(file: Path, seconds: int = 2) -> bytes:
    with av.open(str(file), "w") as out:
        stream = out.add_stream("mp3", rate=44_100)
        for at in range(0, seconds * 44_100, 1152):
            block = 8000 * np.sin(np.arange(at, at + 1152) / 20)
            frame = av.AudioFrame.from_ndarray(block.astype("<i2").reshape(1, -1), format="s16", layout="mono")
            frame.sample_rate, frame.pts = 44_100, at
            out.mux(stream.encode(frame))
        out.mux(stream.encode())
    return file.read_bytes()


def facts(folder: Path, name: str, content: bytes, medium: MediumName) -> tuple[object, ...]:
    file = folder / name
    file.write_bytes(content)
    found = ask(examine, file, medium)
    assert found.bytes == len(content)
    return found.width, found.height, found.seconds, found.audio


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_still_has_pixels_and_no_length(kind: str, tmp_path: Path) -> None:
    assert facts(tmp_path, f"a.{kind.lower()}", picture(kind), "still") == (64, 48, None, False)


def test_a_still_is_known_by_its_bytes_and_not_by_its_name(tmp_path: Path) -> None:
    assert facts(tmp_path, "a.png", picture("WEBP"), "still") == (64, 48, None, False)


@pytest.mark.parametrize("medium", ["speech", "music"])
def test_a_sound_is_as_long_as_its_samples(medium: MediumName, tmp_path: Path) -> None:
    assert facts(tmp_path, "a.wav", tone(), medium) == (None, None, Fraction(1, 2), True)


def test_the_length_of_an_mp3_is_that_of_what_is_heard(tmp_path: Path) -> None:
    _, _, seconds, audio = facts(tmp_path, "b.mp3", mp3(tmp_path / "a.mp3"), "speech")
    assert isinstance(seconds, Fraction)
    assert audio
    assert abs(seconds - 2) < Fraction(1, 10)


def _cut(content: bytes) -> bytes:
    return content[: len(content) * 2 // 3]


def _spoiled(content: bytes) -> bytes:
    half = len(content) // 2
    return content[:half] + bytes(range(256)) * 2 + content[half + 512 :]


def _moving() -> bytes:
    out = io.BytesIO()
    first, *rest = (Image.effect_noise((32, 32), n).convert("RGB") for n in (20, 60, 90))
    first.save(out, "PNG", save_all=True, append_images=rest, duration=100)
    return out.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "medium", "said"),
    [
        ("a.png", lambda: _cut(picture()), "still", "cut off"),
        ("a.png", lambda: _spoiled(picture()), "still", "not a whole picture"),
        ("a.jpg", lambda: _cut(picture("JPEG")), "still", "cut off"),
        ("a.png", _moving, "still", "animated"),
        ("a.png", tone, "still", "not a whole picture"),
        ("a.png", lambda: b"<html>no</html>", "still", "not a whole picture"),
        ("a.wav", lambda: _cut(tone()), "speech", "cut off"),
        ("a.mp3", lambda: b"{}", "speech", r"cannot be|not a"),
        ("a.mp3", picture, "speech", r"not a sound|no sound"),
        ("a.wav", lambda: tone(0.0), "music", "no sound"),
        ("a.mp3", lambda: b"", "music", "empty"),
    ],
)
def test_what_is_no_whole_answer(
    name: str, content: Callable[[], bytes], medium: MediumName, said: str, tmp_path: Path
) -> None:
    file = tmp_path / name
    file.write_bytes(content())
    with pytest.raises(LocalTool, match=said):
        ask(examine, file, medium)


def test_a_clip_is_neither_speech_nor_a_still(tmp_path: Path) -> None:
    clip = footage(tmp_path / "a.mp4", 1, 12)
    assert examine(clip, "clip").frames == 12
    for medium in ("speech", "still"):
        with pytest.raises(LocalTool, match=r"clip, not a sound|not a whole picture"):
            examine(clip, medium)
