"""Sketched stills: exact size, same bytes, quick; an edit is seen to come from its source, and to differ from it."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.model.frame import Size
from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake_sketch.making import make
from tests.providers.test_sketch_render import PROMPTS, film, psnr
from tests.providers.test_sketch_scene import KEY, PARK

SMALL = Size(320, 180)


def still(into: Path, prompt: str = PARK, inputs: Mapping[str, Path] | None = None, **changes: Any) -> Facts | None:
    order = Order(**{
        "dialect": "sketch/1", "model": "", "prompt": prompt, "size": SMALL, "medium": "still", "shot": "key",
        "provider": "sketch", "tier": "draft", **changes,
    })  # fmt: skip
    return make(changes.pop("key", KEY), order, inputs or {}, into, lambda fraction, word: None)


def pixels(file: Path) -> np.ndarray:
    with Image.open(file) as picture:
        assert picture.format == "PNG"
        return np.asarray(picture.convert("RGB"), float)


def scenery(file: Path) -> np.ndarray:
    """What the band above does not cover."""
    picture = pixels(file)
    return picture[len(picture) // 12 :]


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


@pytest.fixture(scope="module")
def key_frame(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("stills") / "key.png"
    still(file)
    return file


@pytest.mark.parametrize("size", [(320, 180), (101, 77), (7, 5), (90, 160), (500, 40), None])
def test_it_has_exactly_the_size(size: tuple[int, int] | None, tmp_path: Path) -> None:
    facts = still(tmp_path / "a.png", size=Size(*size) if size else None)
    high, wide, _ = pixels(tmp_path / "a.png").shape
    assert (wide, high) == (size or (1280, 720))
    assert facts == Facts(bytes=(tmp_path / "a.png").stat().st_size, width=wide, height=high)


@pytest.mark.parametrize("name", PROMPTS)
def test_any_words_make_a_picture(name: str, tmp_path: Path) -> None:
    still(tmp_path / "a.png", PROMPTS[name])
    assert scenery(tmp_path / "a.png").std() > 4


_AGAIN = """
import sys
from pathlib import Path
from tests.providers.test_sketch_stills import still
still(Path(sys.argv[1]))
still(Path(sys.argv[2]), "At dusk, add a dog", {"image": Path(sys.argv[1])}, operation="edit")
"""


@pytest.mark.slow
def test_the_same_order_is_the_same_bytes_in_another_process(key_frame: Path, tmp_path: Path) -> None:
    edit = tmp_path / "edit.png"
    still(edit, "At dusk, add a dog", {"image": key_frame}, operation="edit")
    again = [str(tmp_path / name) for name in ("c.png", "d.png")]
    subprocess.run([sys.executable, "-c", _AGAIN, *again], check=True, timeout=120)
    assert [digest(Path(file)) for file in again] == [digest(key_frame), digest(edit)]


def test_another_take_is_another_picture(key_frame: Path, tmp_path: Path) -> None:
    order = {"prompt": PARK, "take": 2}
    still(tmp_path / "a.png", **order)
    assert digest(tmp_path / "a.png") == digest(key_frame)  # the key alone says which take it is
    still(tmp_path / "b.png", seed=7)
    assert psnr(scenery(tmp_path / "b.png"), scenery(key_frame)) < 25


EDITS = (
    "Same frame at dusk.", "At night", "Make it rain", "Heavy snow", "Palette of teal, sand and rust", "Closer on her",
    "Wider", "Black and white", "Warmer", "Mirror it", "Add a rainbow", "Add a dog", "Now with more confidence",
    "Fix the left hand",
)  # fmt: skip

MOVED = ("Closer on her", "Wider", "Mirror it", "Now with more confidence", "Fix the left hand")


@pytest.fixture(scope="module")
def edits(key_frame: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, np.ndarray]:
    folder, made = tmp_path_factory.mktemp("edits"), {}
    for words in EDITS:
        still(folder / "edit.png", words, {"image": key_frame}, operation="edit")
        made[words] = scenery(folder / "edit.png")
    return made


@pytest.mark.parametrize("words", EDITS)
def test_an_edit_is_seen_to_differ(words: str, key_frame: Path, edits: dict[str, np.ndarray]) -> None:
    assert psnr(edits[words], scenery(key_frame)) < (36 if words.startswith("Add") else 27)  # it is added at one place
    assert min(np.abs(edits[words] - edits[other]).mean() for other in EDITS if other != words) > 1


@pytest.mark.parametrize("words", [w for w in EDITS if w not in MOVED])
def test_an_edit_keeps_the_composition(words: str, key_frame: Path, edits: dict[str, np.ndarray]) -> None:
    def edges(picture: np.ndarray) -> np.ndarray:
        grey = picture.mean(axis=2)
        return np.abs(np.diff(grey, axis=0)[:, 1:]) + np.abs(np.diff(grey, axis=1)[1:])

    ours, source = edges(edits[words]), edges(scenery(key_frame))
    assert np.corrcoef(ours.ravel(), source.ravel())[0, 1] > 0.5


def test_what_an_edit_says_is_what_it_does(key_frame: Path, edits: dict[str, np.ndarray]) -> None:
    before = scenery(key_frame)
    assert edits["At night"].mean() < 0.75 * before.mean()
    grey = edits["Black and white"]
    assert np.abs(grey - grey.mean(axis=2, keepdims=True)).max() < 6
    assert psnr(edits["Mirror it"][:, ::-1], before) > 30
    red = edits["Warmer"].mean(axis=(0, 1)) - before.mean(axis=(0, 1))
    assert red[0] > red[2]
    near = edits["Closer on her"]
    assert psnr(near, before) < 20


def test_an_edit_of_an_edit_goes_on(key_frame: Path, tmp_path: Path) -> None:
    still(tmp_path / "1.png", "At dusk", {"image": key_frame}, operation="edit")
    still(tmp_path / "2.png", "Mirror it", {"image": tmp_path / "1.png"}, operation="edit")
    assert psnr(scenery(tmp_path / "2.png")[:, ::-1], scenery(tmp_path / "1.png")) > 27


def test_a_reference_is_shown_and_lends_its_colours(tmp_path: Path) -> None:
    for name, colour in (("green", (40, 150, 60)), ("pink", (230, 120, 170))):
        Image.new("RGB", (64, 36), colour).save(tmp_path / f"{name}.png")
        still(tmp_path / f"with-{name}.png", "A woman waits", {"reference 1": tmp_path / f"{name}.png"})
    green, pink = (scenery(tmp_path / f"with-{n}.png").mean(axis=(0, 1)) for n in ("green", "pink"))
    assert green[1] - green[0] > 5
    assert pink[0] - pink[1] > 5
    corner = pixels(tmp_path / "with-pink.png")[2:6, 307:314].mean(axis=(0, 1))
    assert np.abs(corner - (230, 120, 170)).max() < 12


def test_a_sheet_lends_no_colours(tmp_path: Path) -> None:
    still(tmp_path / "sheet.png", "Character sheet of Maya, nine, red raincoat")
    still(tmp_path / "a.png", "Maya waits", {"reference 1": tmp_path / "sheet.png"})
    still(tmp_path / "b.png", "Maya waits")
    assert (scenery(tmp_path / "a.png") == scenery(tmp_path / "b.png")).all()
    assert (pixels(tmp_path / "a.png") != pixels(tmp_path / "b.png")).any()  # the sheet is seen all the same


def test_a_sheet_shows_one_of_the_cast_on_paper(tmp_path: Path) -> None:
    still(tmp_path / "a.png", "Character sheet of Maya, nine, red raincoat: front, side, back, close-up")
    picture = scenery(tmp_path / "a.png")
    assert picture[:, :8].min() > 170  # paper, to the edge
    red = (picture[..., 0] > 150) & (picture[..., 1] < 80)
    columns = np.nonzero(red.any(axis=0))[0]
    assert len(np.nonzero(np.diff(columns) > 12)[0]) == 3  # four of her, apart


def shown(clip: Path, number: int) -> np.ndarray:
    with av.open(str(clip)) as file:
        return [frame.to_ndarray(format="rgb24").astype(float) for frame in file.decode(video=0)][number]


def test_a_clip_begins_with_the_still(key_frame: Path, tmp_path: Path) -> None:
    clip = film(tmp_path / "a.mp4", "She runs", {"image": key_frame}, size=SMALL)
    assert psnr(shown(clip, 0)[15:], scenery(key_frame)) > 30


def test_its_words_are_over_the_still_and_hide_no_picture_of_it(key_frame: Path, tmp_path: Path) -> None:
    photo = tmp_path / "photo.png"
    Image.open(key_frame).convert("RGB").save(photo)  # as anybody's, with words below for all that is known
    over_still, over_photo = (
        shown(film(tmp_path / "a.mp4", "She runs", {"image": image}, size=SMALL), 11) for image in (key_frame, photo)
    )
    right = (slice(150, 180), slice(240, 320))  # beside the words, below
    assert over_still[right].mean() > over_photo[right].mean() + 3
    assert over_still[right].std() > 2 > over_photo[right].std()
    assert over_still[:9, 80:140].mean() < 40  # the still's own line is hidden


def test_a_source_that_is_no_picture_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(LocalTool, match="not a whole picture"):
        still(tmp_path / "b.png", "dusk", {"image": tmp_path / "a.png"}, operation="edit")


@pytest.mark.slow
def test_a_still_of_full_size_takes_half_a_second(tmp_path: Path) -> None:
    still(tmp_path / "warm.png")
    begun = time.process_time()
    names = ("overhead", "shoulder", "things", "woods", "sits")
    for name in names:
        still(tmp_path / "a.png", PROMPTS[name], size=Size(1280, 720))
    assert (time.process_time() - begun) / len(names) < 0.5
