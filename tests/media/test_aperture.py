"""What a file says is to be seen of its picture: read by ourselves, and cropped whatever the ffmpeg in use does."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import ffmpeg as graphs
import pytest

from reelmake.assemble.conform import opened
from reelmake.media import ffmpeg
from reelmake.media.material import material
from reelmake.media.probe import probe
from reelmake.model.frame import Size
from tests.support.bytes_of import clean
from tests.support.film import SMALL, footage, pictures, read
from tests.support.odd import X264, made

pytestmark = pytest.mark.slow
PLACES = {"middle": (16, 16, 0, 0), "left": (0, 16, -16, 0), "corner": (31, 1, 15, -15)}


def film(folder: Path, place: str, turn: int = 0) -> Path:
    """A clip with a red rim around it, of which all but the rim is to be seen."""
    plain = footage(folder / "plain.mp4", 2, 12)
    x, y, right, down = PLACES[place]
    pad = ["-vf", f"format=yuv444p,pad=240:128:{x}:{y}:red", *X264.split(), "-pix_fmt", "yuv444p"]
    made("-i", str(plain), *pad, str(folder / "rim.mp4"))
    made("-display_rotation", str(turn), "-i", str(folder / "rim.mp4"), "-c", "copy", str(folder / "x.mp4"))
    (folder / "x.mp4").write_bytes(clean(208, 96, right, down)((folder / "x.mp4").read_bytes()))
    return folder / "x.mp4"


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("cropped", ["all", "none"])
def test_the_same_is_seen_whether_ffmpeg_crops_or_not(tmp_path: Path, place: str, cropped: str) -> None:
    """Before version 7.1 it did not: "none" is what it showed then."""
    file = film(tmp_path, place)
    found = material(file)
    assert (found.size, probe(file).width, probe(file).height) == (SMALL, 208, 96)
    stream: Any = graphs.input(str(file), apply_cropping=cropped)["v"]
    out = graphs.output(opened(stream, found), str(tmp_path / "out.mkv"), **{"c:v": "ffv1", "f": "matroska"})
    ffmpeg.run(graphs.get_args(out), tmp_path / "out.mkv")
    shown = pictures(tmp_path / "out.mkv")
    assert {(frame.width, frame.height) for frame in shown} == {(208, 96)}
    assert [read(frame) for frame in shown] == [(2, n) for n in range(12)]
    pixels = shown[0].to_ndarray(format="rgb24")
    assert not ((pixels[..., 0] > 150) & (pixels[..., 1] < 60)).any()  # red


@pytest.mark.parametrize("turn", [90, 180, -90])
def test_turned(tmp_path: Path, turn: int) -> None:
    found = material(film(tmp_path, "corner", turn))
    across = turn != 180
    assert found.size == (Size(96, 208) if across else Size(208, 96))
    wide, high = (128, 240) if across else (240, 128)
    assert found.aperture is not None
    width, height, left, top = found.aperture
    assert (width, height) == (found.size.width, found.size.height)
    assert (left, top, wide - left - width, high - top - height) == {
        90: (1, 1, 31, 31),
        180: (1, 31, 31, 1),
        -90: (31, 31, 1, 1),
    }[turn]
