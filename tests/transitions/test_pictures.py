"""Every transition, rendered: the first, middle and last frames look as its name promises; the count is exact."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake import catalog
from reelmake.media.perform import perform
from reelmake.model.cut import JoinWork, Picture, Piece
from reelmake.model.storyboard import Size
from tests.support.film import pictures

SIZE = Size(64, 48)


def plain(file: Path, grey: int, frames: int = 40) -> Path:
    """A clip of one grey."""
    with av.open(str(file), "w") as out:
        track = out.add_stream("libx264", rate=24, options={"preset": "ultrafast", "crf": "10"})
        track.width, track.height, track.pix_fmt = SIZE.width, SIZE.height, "yuv420p"
        for n in range(frames):
            frame = av.VideoFrame.from_ndarray(np.full((48, 64, 3), grey, np.uint8), format="rgb24")
            frame.pts = n
            out.mux(track.encode(frame.reformat(format="yuv420p")))
        out.mux(track.encode(None))
    return file


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {"leaving": plain(folder / "dark.mp4", 40), "entering": plain(folder / "light.mp4", 210)}


def joined(clips: dict[str, Path], tmp_path: Path, name: str, frames: int, **params: object) -> list[np.ndarray]:
    piece = Piece(4, frames, "stretch")
    work = JoinWork(name, params, piece, piece, Picture(SIZE, Fraction(24), 12, "ultrafast"))
    perform("", work, clips, tmp_path / "join.mp4", lambda fraction, word: None)
    return [f.to_ndarray(format="rgb24").astype(float).mean(axis=2) for f in pictures(tmp_path / "join.mp4")]


@pytest.mark.parametrize("frames", [1, 2, 3, 8, 31])
@pytest.mark.parametrize("name", catalog.names("transitions"))
def test_as_many_frames_as_ordered(clips: dict[str, Path], tmp_path: Path, name: str, frames: int) -> None:
    assert len(joined(clips, tmp_path, name, frames)) == frames


def test_dissolve_is_even(clips: dict[str, Path], tmp_path: Path) -> None:
    means = [f.mean() for f in joined(clips, tmp_path, "dissolve", 9)]
    assert means == pytest.approx([40 + 170 * k / 10 for k in range(1, 10)], abs=3)


def test_a_dissolve_of_one_frame_is_half_of_each(clips: dict[str, Path], tmp_path: Path) -> None:
    assert joined(clips, tmp_path, "dissolve", 1)[0].mean() == pytest.approx(125, abs=3)


@pytest.mark.parametrize(("color", "value"), [("black", 0), ("white", 255), ("#808080", 128)])
def test_dip_goes_through_its_color(clips: dict[str, Path], tmp_path: Path, color: str, value: int) -> None:
    means = [f.mean() for f in joined(clips, tmp_path, "dip", 12, color=color)]
    assert means[0] == pytest.approx(40, abs=4)
    assert min(abs(m - value) for m in means[5:7]) < 24
    down = [abs(m - value) for m in means[:6]]
    up = [abs(m - value) for m in means[6:]]
    assert down == sorted(down, reverse=True)
    assert up == sorted(up)


@pytest.mark.parametrize(
    ("direction", "light"),
    [("left", np.s_[:, 40:]), ("right", np.s_[:, :24]), ("up", np.s_[32:, :]), ("down", np.s_[:16, :])],
)
def test_wipe_moves_where_it_says(clips: dict[str, Path], tmp_path: Path, direction: str, light: object) -> None:
    """In the middle the entering picture has the side that the edge came from."""
    middle = joined(clips, tmp_path, "wipe", 9, direction=direction)[4]
    assert middle[light].mean() > 180  # type: ignore[index]
    assert middle.mean() == pytest.approx(125, abs=20)


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("wipe", {"direction": "sideways"}),
        ("wipe", {"soft": "very"}),
        ("dip", {"color": "blak"}),
        ("dip", {"color": "#12"}),
    ],
)
def test_wrong_parameters_have_a_sentence(name: str, params: dict[str, object]) -> None:
    shelf = catalog.load("transitions", name)
    assert str(next(iter(params.values()))) in shelf.complaint(params)
    assert shelf.complaint(shelf.PARAMS) == ""
