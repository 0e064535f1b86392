"""Clips made of clips by the sketch: larger, smoother, with a mouth that moves; the same film and the same sound."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.model.frame import Size
from reelmake_sketch.provider import CAPABILITIES
from tests.providers.test_sketch_render import SMALL, film, pictures, psnr
from tests.providers.test_sketch_speech import heard, said


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("source") / "source.mp4", seconds=Fraction(3, 2))


def treated(into: Path, operation: str, inputs: Mapping[str, Path], size: Size = SMALL, **changes: object) -> Path:
    return film(into, "", inputs, operation=operation, size=size, seconds=Fraction(3, 2), **changes)


def sound(clip: Path) -> np.ndarray:
    with av.open(str(clip)) as file:
        return np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], axis=1)


def test_it_can_do_all_that_the_language_has() -> None:
    assert {"lipsync", "upscale", "interpolate"} <= CAPABILITIES.operations


@pytest.mark.parametrize(
    ("operation", "count", "rate"), [("upscale", 36, 24), ("interpolate", 72, 48), ("lipsync", 36, 24)]
)
def test_it_is_as_long_as_its_source_and_sounds_like_it(
    operation: str, count: int, rate: int, source: Path, tmp_path: Path
) -> None:
    clip = treated(tmp_path / "a.mp4", operation, {"source": source})
    assert len(pictures(clip)) == count
    with av.open(str(clip)) as file:
        assert file.streams.video[0].average_rate == rate
        assert file.streams.audio[0].duration * file.streams.audio[0].time_base == Fraction(3, 2)
    ours, theirs = sound(clip)[:, 4800:-4800], sound(source)[:, 4800:-4800]
    assert np.corrcoef(ours.ravel(), theirs.ravel())[0, 1] > 0.9


def test_what_is_scaled_up_is_the_same_picture_and_crisp(source: Path, tmp_path: Path) -> None:
    large = pictures(treated(tmp_path / "a.mp4", "upscale", {"source": source}, Size(384, 216)))
    for before, after in zip(pictures(source)[::12], large[::12], strict=True):
        assert after.shape == (216, 384, 3)
        assert psnr(after.reshape(108, 2, 192, 2, 3).mean(axis=(1, 3)), before) > 27


def test_what_is_set_between_is_half_way(source: Path, tmp_path: Path) -> None:
    before = pictures(source)
    after = pictures(treated(tmp_path / "a.mp4", "interpolate", {"source": source}))
    for n in (0, 9, 20):
        assert psnr(after[2 * n], before[n]) > 32
        between = after[2 * n + 1]
        assert psnr(between, (before[n] + before[n + 1]) / 2) > max(
            psnr(between, before[n]), psnr(between, before[n + 1])
        )
    assert psnr(after[-1], after[-2]) > 40


def test_a_mouth_moves_to_what_is_said(source: Path, tmp_path: Path) -> None:
    def mouth(inputs: Mapping[str, Path]) -> np.ndarray:
        shown = pictures(treated(tmp_path / "a.mp4", "lipsync", inputs, Size(640, 360)))
        return np.array([picture[:22, 290:350].mean() for picture in shown])

    line = tmp_path / "line.wav"
    first, second = said(line, "Go! <break time='0.4s'/> Now.", voice="nova").words
    opened = mouth({"source": source, "speech": line})
    begin, end = (round(float(first.begin + at) * 24) for at in (Fraction(1, 10), Fraction(1, 5)))
    pause = round(float((first.end + second.begin) / 2) * 24)
    assert opened[begin:end].max() > opened[pause] + 10
    ours = sound(tmp_path / "a.mp4").mean(axis=0)
    theirs, _ = heard(line)
    assert np.abs(ours).max() == pytest.approx(np.abs(theirs).max(), rel=0.15)  # and it is what is heard, as loud
    assert np.abs(ours[int(first.begin * 48_000) : int(first.end * 48_000)]).max() > 0.1
    assert np.ptp(mouth({"source": source})) < 10  # whose sound is a quiet room


def test_all_but_the_mouth_is_as_it_was(source: Path, tmp_path: Path) -> None:
    after, before = pictures(treated(tmp_path / "a.mp4", "lipsync", {"source": source})), pictures(source)
    assert psnr(after[5][10:], before[5][10:]) > 32


def test_the_same_bytes_every_time(source: Path, tmp_path: Path) -> None:
    for operation in ("upscale", "interpolate", "lipsync"):
        clips = [treated(tmp_path / f"{n}.mp4", operation, {"source": source}, shot=f"s{n}") for n in (1, 2)]
        assert len({hashlib.sha256(clip.read_bytes()).hexdigest() for clip in clips}) == 1
