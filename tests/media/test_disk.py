"""A disk that is full in the middle of any work: a sentence, and nothing half-written under the final name."""

import resource
import signal
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from reelmake.errors import LocalTool
from reelmake.media.ffmpeg import program
from reelmake.media.perform import perform
from reelmake.media.process_pool import ProcessPool
from reelmake.model.delivery import Cell, GifWork, LastFrame, SheetWork
from reelmake.model.frame import Size
from reelmake.model.mix import MixWork, SoundPlacement
from reelmake.model.order import ClipOrder
from reelmake.model.segment import BodyWork, Piece, ReelWork, VideoFormat
from reelmake.ports import Tell
from tests.support.film import footage

pytestmark = pytest.mark.slow
SIZE = Size(320, 180)
SKETCH = ClipOrder(
    dialect="sketch/1", model="", operation="generate", prompt="A hill.", avoid="", size=SIZE, seconds=Fraction(1),
    seed=1, shot="a", provider="sketch", tier="draft", maker="reelmake_sketch.paint.film:render",
)  # fmt: skip


def cramped(work: Any, inputs: dict[str, Path], into: Path, tell: Tell) -> str:
    """Does the work where no file may grow beyond 500 bytes; returns what is said."""
    sys.dont_write_bytecode = True  # what is imported from here on would be cut short as well
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (500, resource.getrlimit(resource.RLIMIT_FSIZE)[1]))
    try:
        perform("", work, inputs, into, tell)
    except LocalTool as error:
        return "; ".join([str(error), *error.next_steps])
    return "it was made"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("made")
    clip = footage(folder / "clip.mp4", 5, 24, size=SIZE, sound=lambda t: np.sin(3000 * t * t))
    still = folder / "still.png"
    perform("", LastFrame(), {"clip": clip}, still, lambda fraction, word: None)
    return {"clip": clip, "reel": clip, "segment 001": clip, "picture 001": still, "clip 001": clip}


@pytest.mark.parametrize(
    ("work", "suffix"),
    [
        (SKETCH, ".mp4"),
        (LastFrame(), ".png"),
        (BodyWork(Piece(0, 24, "pad"), VideoFormat(SIZE, Fraction(24), 1, "ultrafast")), ".mp4"),
        (MixWork(Fraction(24), 24, (SoundPlacement(0, 24),), None, None, Fraction(0), 192_000), ".m4a"),
        (ReelWork("", Fraction(24), 24), ".mp4"),
        (GifWork(320, Fraction(12), 256, True), ".gif"),
        (SheetWork("A sheet", "", (Cell("a", "0:01.0"),), 1, SIZE, "png"), ".png"),
    ],
)
def test_a_full_disk(made: dict[str, Path], tmp_path: Path, work: Any, suffix: str) -> None:
    crew = ProcessPool(1, {"REELMAKE_FFMPEG": program()}, program())
    try:
        said = crew.submit(cramped, work, made, tmp_path / f"out{suffix}").result(60)
    finally:
        crew.kill()
    assert "the disk is full" in said
    assert said.endswith("free some space; reelmake build")
    assert list(tmp_path.iterdir()) == []
