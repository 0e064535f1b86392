"""Every transition, rendered: the first, middle and last frames look as its name promises; the count is exact."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake import catalog
from reelmake.media.perform import perform
from reelmake.model.frame import Size
from reelmake.model.segment import JoinWork, Piece, VideoFormat
from tests.support.film import pictures

SIZE = Size(64, 48)


CLIPS = {"libx264": ("yuv420p", {"preset": "ultrafast", "crf": "10"}), "prores_ks": ("yuv444p10le", {"profile": "4"})}


def still(file: Path, picture: np.ndarray, codec: str = "libx264") -> Path:
    """A clip that shows one picture."""
    pixels, options = CLIPS[codec]
    with av.open(str(file), "w") as out:
        track = out.add_stream(codec, rate=24, options=options)
        track.width, track.height, track.pix_fmt = SIZE.width, SIZE.height, pixels
        for n in range(40):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format=pixels)
            frame.pts = n
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return file


def plain(file: Path, grey: int) -> Path:
    """A clip of one grey."""
    return still(file, np.full((48, 64, 3), grey, np.uint8))


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("clips")
    return {"leaving": plain(folder / "dark.mp4", 40), "entering": plain(folder / "light.mp4", 210)}


def joined(clips: dict[str, Path], tmp_path: Path, name: str, frames: int, **params: object) -> list[np.ndarray]:
    piece = Piece(4, frames, "stretch")
    work = JoinWork(name, params, piece, piece, VideoFormat(SIZE, Fraction(24), 12, "ultrafast"))
    perform("", work, clips, tmp_path / "join.mp4", lambda fraction, word: None)
    return [f.to_ndarray(format="rgb24").astype(float).mean(axis=2) for f in pictures(tmp_path / "join.mp4")]


@pytest.mark.parametrize("frames", [1, 2, 3, 8, 31])
@pytest.mark.parametrize("name", catalog.names("transitions"))
def test_as_many_frames_as_ordered(clips: dict[str, Path], tmp_path: Path, name: str, frames: int) -> None:
    assert len(joined(clips, tmp_path, name, frames)) == frames


@pytest.mark.parametrize("name", catalog.names("transitions"))
def test_it_begins_with_the_one_and_ends_with_the_other(clips: dict[str, Path], tmp_path: Path, name: str) -> None:
    frames = joined(clips, tmp_path, name, 31)
    assert np.abs(frames[0] - 40).mean() < 30
    assert np.abs(frames[-1] - 210).mean() < 30


@pytest.mark.parametrize("name", ["cover", "uncover", "zoom", "push", "dissolve"])
def test_all_colour_is_kept_where_the_output_keeps_it(tmp_path: Path, name: str) -> None:
    """Red and blue stripes a pixel wide, in ProRes 4444: colours at half the size would run into each other."""
    stripes = np.zeros((48, 64, 3), np.uint8)
    stripes[:, ::2, 0] = stripes[:, 1::2, 2] = 255
    file = still(tmp_path / "stripes.mov", stripes, "prores_ks")
    piece = Piece(4, 12, "stretch")
    work = JoinWork(name, {}, piece, piece, VideoFormat(SIZE, Fraction(24), 0, "4444", codec="prores"))
    perform("", work, {"leaving": file, "entering": file}, tmp_path / "join.mov", lambda fraction, word: None)
    for frame in pictures(tmp_path / "join.mov")[:: 11 if name == "zoom" else 1]:
        red = frame.to_ndarray(format="rgb24")[24, :, 0].astype(float)
        assert np.median(np.abs(np.diff(red))) > 200


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


@pytest.mark.parametrize("name", ["push", "cover", "uncover", "blinds", "whip", "wind"])
@pytest.mark.parametrize(
    ("direction", "axis", "from_"), [("left", 1, -1), ("right", 1, 0), ("up", 0, -1), ("down", 0, 0)]
)
def test_what_moves_moves_where_it_says(
    clips: dict[str, Path], tmp_path: Path, name: str, direction: str, axis: int, from_: int
) -> None:
    """The entering picture comes in at the side that is left behind, and half of it is there in the middle."""
    middle = joined(clips, tmp_path, name, 9, direction=direction)[4]
    rows = middle.mean(axis=1 - axis)
    assert rows[from_] > 115
    assert rows[from_] > rows[-1 - from_] + 10
    assert middle.mean() == pytest.approx(125, abs=25)


@pytest.mark.parametrize("name", ["push", "cover", "uncover"])
def test_what_slides_goes_evenly(clips: dict[str, Path], tmp_path: Path, name: str) -> None:
    """Frame k of n shows k / (n + 1) of the entering picture."""
    means = [f.mean() for f in joined(clips, tmp_path, name, 7)]
    assert means == pytest.approx([40 + 170 * k / 8 for k in range(1, 8)], abs=7)


def striped(file: Path) -> Path:
    """A clip of blue whose left and right thirds are red."""
    with av.open(str(file), "w") as out:
        track = out.add_stream("libx264", rate=24, options={"preset": "ultrafast", "crf": "10"})
        track.width, track.height, track.pix_fmt = SIZE.width, SIZE.height, "yuv420p"
        picture = np.zeros((48, 64, 3), np.uint8)
        picture[:, :, 2] = 255
        picture[:, :20] = picture[:, 44:] = (255, 0, 0)
        for n in range(40):
            frame = av.VideoFrame.from_ndarray(picture, format="rgb24").reformat(format="yuv420p")
            frame.pts = n
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return file


def coloured(clips: dict[str, Path], tmp_path: Path, name: str, frames: int, **params: object) -> list[np.ndarray]:
    joined(clips, tmp_path, name, frames, **params)
    return [f.to_ndarray(format="rgb24").astype(float) for f in pictures(tmp_path / "join.mp4")]


def red(frame: np.ndarray) -> float:
    """The share of a picture that is red."""
    return float(((frame[:, :, 0] > 128) & (frame[:, :, 2] < 128)).mean())


@pytest.mark.parametrize(("direction", "side"), [("in", "leaving"), ("out", "entering")])
def test_a_zoom_goes_into_this_picture_or_out_of_the_next(
    clips: dict[str, Path], tmp_path: Path, direction: str, side: str
) -> None:
    """Of the picture that is zoomed, its middle alone is seen in the middle, and more of it further away from there."""
    frames = coloured({**clips, side: striped(tmp_path / "stripes.mp4")}, tmp_path, "zoom", 23, direction=direction)
    shares = [red(f) for f in (frames[:12] if direction == "in" else frames[:10:-1])]
    assert shares[0] == pytest.approx(40 / 64, abs=0.05)
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0


def test_a_clip_may_give_way_to_itself(clips: dict[str, Path], tmp_path: Path) -> None:
    """The same frames of the same clip on both sides are two streams nevertheless."""
    both = {"leaving": clips["leaving"], "entering": clips["leaving"]}
    assert [f.mean() for f in joined(both, tmp_path, "dissolve", 8)] == pytest.approx([40] * 8, abs=3)


def test_an_iris_closes_and_opens_with_black_between(clips: dict[str, Path], tmp_path: Path) -> None:
    frames = joined(clips, tmp_path, "iris", 23, direction="both")
    assert frames[11].mean() < 12
    assert frames[5][1, 1] < 12
    assert frames[5][24, 32] == pytest.approx(40, abs=8)
    assert frames[17][1, 1] < 12
    assert frames[17][24, 32] == pytest.approx(210, abs=8)


@pytest.mark.parametrize(
    ("name", "params", "light", "dark"),
    [
        ("wipe", {"direction": "up-left"}, (40, 56), (4, 4)),
        ("wipe", {"direction": "down-right", "soft": True}, (2, 2), (46, 62)),
        ("iris", {"direction": "open"}, (24, 32), (1, 1)),
        ("iris", {"direction": "close"}, (1, 1), (24, 32)),
        ("clock", {}, (12, 62), (36, 2)),
        ("clock", {"direction": "counterclockwise"}, (12, 2), (36, 62)),
        ("doors", {}, (4, 32), (4, 1)),
        ("doors", {"axis": "vertical"}, (24, 2), (1, 2)),
        ("doors", {"direction": "close"}, (4, 1), (4, 32)),
        ("squeeze", {}, (24, 1), (24, 32)),
        ("squeeze", {"axis": "vertical"}, (1, 32), (24, 32)),
    ],
)
def test_shapes_in_the_middle(
    clips: dict[str, Path],
    tmp_path: Path,
    name: str,
    params: dict[str, object],
    light: tuple[int, int],
    dark: tuple[int, int],
) -> None:
    """(row, column) of a place that the entering picture has taken, and of one that it has not."""
    middle = joined(clips, tmp_path, name, 9, **params)[4]
    assert middle[light] > 170
    assert middle[dark] < 90


@pytest.mark.parametrize(
    ("name", "params"),
    [
        ("wipe", {"direction": "sideways"}),
        ("push", {"direction": "up-left"}),
        ("iris", {"direction": "left"}),
        ("zoom", {"direction": "up"}),
        ("wind", {"direction": "up-left"}),
        ("clock", {"direction": "back"}),
        ("doors", {"axis": "z"}),
        ("squeeze", {"axis": "open"}),
        ("dissolve", {"curve": "steep"}),
        ("wipe", {"soft": "very"}),
        ("dip", {"color": "blak"}),
        ("dip", {"color": "#12"}),
    ],
)
def test_wrong_parameters_have_a_sentence(name: str, params: dict[str, object]) -> None:
    shelf = catalog.load("transitions", name)
    assert str(next(iter(params.values()))) in shelf.complaint(params)
    assert shelf.complaint(shelf.PARAMS) == ""
