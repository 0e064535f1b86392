"""What a file is, and that broken ones are found before anything is made of them."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media.material import material
from reelmake.media.perform import perform
from reelmake.media.probe import probe
from reelmake.model.delivery import LastFrame, ThumbWork
from reelmake.model.frame import Size
from tests.support.film import SMALL, footage, pictures, read


def silent(fraction: float | None, word: str) -> None:
    """Nobody listens."""


def test_facts_of_a_clip(tmp_path: Path) -> None:
    file = footage(tmp_path / "a.mp4", 1, 30, fps=Fraction(24000, 1001), sound=np.sin)
    facts = probe(file)
    assert (facts.frames, facts.fps, facts.seconds) == (30, Fraction(24000, 1001), Fraction(30 * 1001, 24000))
    assert (facts.width, facts.height, facts.audio, facts.bytes) == (208, 96, True, file.stat().st_size)


@pytest.mark.parametrize("faststart", [True, False])
@pytest.mark.parametrize("share", [0.2, 0.5, 0.9, 0.999])
def test_a_download_that_was_cut_off(tmp_path: Path, faststart: bool, share: float) -> None:
    whole = footage(tmp_path / "a.mp4", 1, 48)
    if faststart:
        moved = tmp_path / "b.mp4"
        with av.open(str(whole)) as source, av.open(str(moved), "w", options={"movflags": "faststart"}) as out:
            track = out.add_stream_from_template(source.streams.video[0])
            for packet in source.demux(video=0):
                if packet.size:
                    packet.stream = track
                    out.mux(packet)
        whole = moved
    data = whole.read_bytes()
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(data[: int(len(data) * share)])
    with pytest.raises(LocalTool) as caught:
        probe(cut)
    assert "cut.mp4" in str(caught.value)


def test_every_length_of_a_cut_off_clip_is_refused(tmp_path: Path) -> None:
    data = footage(tmp_path / "a.mp4", 1, 24, options={"bf": "2"}).read_bytes()
    for size in range(0, len(data), max(1, len(data) // 60)):
        (tmp_path / "cut.mp4").write_bytes(data[:size])
        with pytest.raises(LocalTool):
            probe(tmp_path / "cut.mp4")


@pytest.mark.parametrize(
    ("content", "said"),
    [(b"", "is empty"), (b"<html>503</html>" * 30, "not a video"), (bytes(4000), "not a video")],
)
def test_what_is_no_clip_at_all(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "x.mp4").write_bytes(content)
    with pytest.raises(LocalTool, match=said):
        probe(tmp_path / "x.mp4")


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(LocalTool, match=r"x\.mp4 is not there"):
        probe(tmp_path / "x.mp4")


def test_stills(tmp_path: Path) -> None:
    Image.new("RGB", (40, 30)).save(tmp_path / "a.png")
    assert (probe(tmp_path / "a.png").width, probe(tmp_path / "a.png").height) == (40, 30)
    (tmp_path / "b.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    with pytest.raises(LocalTool, match="not a whole picture"):
        probe(tmp_path / "b.png")


def test_the_last_frame_is_the_last_one_shown(tmp_path: Path) -> None:
    clip = footage(tmp_path / "a.mp4", 3, 50, options={"bf": "3", "preset": "veryfast"})
    perform("", LastFrame(), {"clip": clip}, tmp_path / "last.png", silent)
    still = np.asarray(Image.open(tmp_path / "last.png").convert("RGB"))
    assert np.abs(still.astype(int) - pictures(clip)[-1].to_ndarray(format="rgb24")).max() <= 2


def test_the_last_frame_of_a_long_clip(tmp_path: Path) -> None:
    clip = footage(tmp_path / "a.mp4", 3, 300, options={"bf": "3", "preset": "veryfast", "g": "40"})
    perform("", LastFrame(), {"clip": clip}, tmp_path / "last.png", silent)
    still = av.VideoFrame.from_image(Image.open(tmp_path / "last.png"))
    assert read(still) == (3, 299)


@pytest.mark.parametrize(("ordered", "last"), [(Fraction(4), 95), (Fraction(2), 47), (Fraction(9), 99)])
def test_the_last_frame_of_what_was_ordered(tmp_path: Path, ordered: Fraction, last: int) -> None:
    clip = footage(tmp_path / "a.mp4", 3, 100, options={"bf": "3", "preset": "veryfast", "g": "40"})
    perform("", LastFrame(ordered), {"clip": clip}, tmp_path / "last.png", silent)
    assert read(av.VideoFrame.from_image(Image.open(tmp_path / "last.png"))) == (3, last)


@pytest.mark.parametrize("frame", [0, 1, 17, 120, 199, 400])
def test_a_thumb_is_the_frame_that_was_asked_for(tmp_path: Path, frame: int) -> None:
    clip = footage(tmp_path / "a.mp4", 3, 200, options={"bf": "2", "preset": "veryfast", "g": "48"})
    perform("", ThumbWork(frame, Fraction(24), SMALL, "pad"), {"clip": clip}, tmp_path / "t.png", silent)
    assert read(av.VideoFrame.from_image(Image.open(tmp_path / "t.png"))) == (3, min(frame, 199))


def test_material_of_pixels_that_are_not_square(tmp_path: Path) -> None:
    found = material(footage(tmp_path / "a.mp4", 1, 5, sar=Fraction(4, 3)))
    assert (found.size, found.sar, found.seconds) == (Size(208, 96), Fraction(4, 3), Fraction(5, 24))
