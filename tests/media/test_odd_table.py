"""The table of odd footage: whatever stands in the middle of a cut, every frame is where it belongs, with its sound.

What is asked of a row follows one another, so that its clip is made once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

import pytest
from av import VideoFrame
from PIL import Image

from reelmake.assemble import conform
from reelmake.errors import LocalTool
from reelmake.media.material import told, voice
from reelmake.media.perform import perform
from reelmake.model.delivery import LastFrame, ThumbWork
from reelmake.model.mix import SoundPlacement
from reelmake.model.segment import VideoFormat
from reelmake.model.storyboard import Output
from reelmake.model.time import frames, samples
from reelmake.prep.materials import Footage
from reelmake.store.notes import Notes
from reelmake.store.premises import ProjectFiles
from tests.support.film import SMALL, Room, entry, heard, into, pictures, read
from tests.support.odd import BEEPS, due, offset, props, put
from tests.support.oddities import TABLE

pytestmark = pytest.mark.slow
FPS = Fraction(24)
EXACT = 0.001  # seconds that a sound may be off
CLEAR = 0.8  # how much of what is heard then is the beep


@dataclass
class Studio:
    """Plain clips a and c, and every odd one that was asked for; what was rendered for one row serves the others."""

    room: Room
    made: dict[str, Path] = field(default_factory=dict)

    def clip(self, name: str) -> Path:
        if name not in self.made:
            odd = TABLE[name]
            file = self.room.folder / f"{len(self.made)}{Path(odd.name).suffix}"
            self.made[name] = put(self.room.folder / "plain.mp4", odd, file)
        return self.made[name]

    def cut(self, x: Path, seconds: Fraction, *, joined: bool) -> Path:
        """a, the odd clip and c, with dissolves of six frames between them or none."""
        a, c = (self.room.folder / f"{id}.mp4" for id in "ac")
        lengths = {"a": Fraction(1), "x": seconds, "c": Fraction(1)}
        room = Room(self.room.folder, {"a": a, "x": x, "c": c}, lengths, self.room.done)
        over = into("dissolve", "0.25") if joined else None
        return room.build(room.board(entry("a", into=over), entry("x", into=over), entry("c")), Output("cut.mp4"))


@pytest.fixture(scope="module")
def studio(tmp_path_factory: pytest.TempPathFactory) -> Studio:
    room = Room(tmp_path_factory.mktemp("odd"))
    props(room)
    return Studio(room)


def silent(fraction: float | None, word: str) -> None:
    """Nobody listens."""


def length(file: Path) -> Fraction:
    return Footage(ProjectFiles(file.parent), Notes(file.parent / "notes")).seconds(file.name)


@pytest.fixture(scope="module", params=[name for name, odd in TABLE.items() if not odd.refused])
def row(request: pytest.FixtureRequest) -> str:
    """The name of a row; pytest runs the tests of one after another."""
    name: str = request.param
    return name


@pytest.mark.parametrize("joined", [False, True], ids=["hard cuts", "dissolves"])
def test_right(studio: Studio, row: str, joined: bool) -> None:
    odd, clip = TABLE[row], studio.clip(row)
    seconds = length(clip)
    count, overlap = frames(seconds, FPS), 6 if joined else 0
    assert abs(count - (48 - odd.begins)) <= (1 if odd.drift else 0)
    reel = studio.cut(clip, seconds, joined=joined)

    shown = [read(frame) for frame in pictures(reel)]
    assert len(shown) == 48 + count - 2 * overlap
    alone = 24 - overlap
    assert shown[:alone] == [(1, n) for n in range(alone)]
    assert shown[-alone:] == [(3, n) for n in range(overlap, 24)]
    seen = dict(enumerate(shown[24 : 24 + count - 2 * overlap], overlap))
    assert {clip for clip, _ in seen.values()} == {2}
    if not odd.turned:
        times = due(clip, count, FPS)
        assert {n: shows for n, (_, shows) in seen.items() if shows not in times[n]} == {}
    off = {n: shows - n - odd.begins for n, (_, shows) in seen.items()}
    assert max(map(abs, off.values())) <= odd.drift, off

    wave, x = heard(reel), Fraction(24 - overlap, 24)
    assert wave.shape[1] == samples(len(shown), FPS)
    places = [BEEPS[0], x + Fraction(count - overlap, 24) + BEEPS[0]]
    sounds = [x + at - odd.begins / FPS + late for at, late in zip(BEEPS, odd.late, strict=True)]
    for at in places + sounds * odd.sound:
        late, clear = offset(wave, at)
        assert abs(late) <= EXACT, (at, late)
        assert clear >= CLEAR, (at, clear)
    for at in sounds * (not odd.sound):
        assert offset(wave, at)[1] < 0.1


def test_a_plan_says_what_is_conformed(studio: Studio, row: str) -> None:
    clip = studio.clip(row)
    whole = SoundPlacement(0, frames(length(clip), FPS))
    said = [*conform.said(told(clip), VideoFormat(SMALL, FPS, 18, "medium")), *conform.heard(voice(clip), whole, FPS)]
    assert ", ".join(said) == TABLE[row].says


def test_single_frames(studio: Studio, row: str, tmp_path: Path) -> None:
    odd, clip = TABLE[row], studio.clip(row)
    between = odd.says.endswith("deinterlaced") or bool(odd.then and not odd.apart)  # two fields; times off the grid
    perform("", LastFrame(), {"clip": clip}, tmp_path / "last.png", silent)
    perform("", ThumbWork(30, FPS, SMALL, "stretch"), {"clip": clip}, tmp_path / "small.png", silent)
    last, small = (read(VideoFrame.from_image(Image.open(tmp_path / f"{name}.png"))) for name in ("last", "small"))
    assert (last[0], small[0]) == (2, 2)
    assert abs(last[1] - 47) <= odd.drift + (odd.drift > 0)
    assert abs(small[1] - 30 - odd.begins) <= odd.drift + between


@pytest.mark.parametrize("name", [name for name, odd in TABLE.items() if odd.refused])
def test_refused(studio: Studio, name: str) -> None:
    clip = studio.clip(name)
    with pytest.raises(LocalTool, match=TABLE[name].refused):
        studio.cut(clip, length(clip), joined=False)
