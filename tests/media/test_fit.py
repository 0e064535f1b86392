"""A picture is brought to the size of a clip: which part of it is where."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media.perform import perform
from reelmake.model.delivery import FitWork
from reelmake.model.frame import Fit, Size

SIZE = Size(80, 40)
RED, BLUE, BLACK = (255, 0, 0), (0, 0, 255), (0, 0, 0)


def halves(width: int, height: int) -> Image.Image:
    """Red above, blue below."""
    picture = Image.new("RGB", (width, height), RED)
    picture.paste(BLUE, (0, height // 2, width, height))
    return picture


def fitted(folder: Path, picture: Image.Image, fit: Fit, **options: object) -> Image.Image:
    given, into = folder / "given.png", folder / "fitted.png"
    picture.save(given, "PNG", **options)
    facts = perform("k", FitWork(SIZE, fit), {"picture": given}, into, lambda fraction, word: None)
    made = Image.open(into)
    assert (made.format, made.mode, made.size) == ("PNG", "RGB", (SIZE.width, SIZE.height))
    assert (facts.width, facts.height) == (SIZE.width, SIZE.height)
    return made


def test_crop_fills_the_frame_and_cuts_what_is_over(tmp_path: Path) -> None:
    made = fitted(tmp_path, halves(40, 80), "crop")  # twice as large, of which the middle quarter is seen

    assert [made.getpixel((x, y)) for x, y in ((0, 5), (79, 5), (0, 35))] == [RED, RED, BLUE]


def test_pad_shows_all_of_it_between_bars(tmp_path: Path) -> None:
    made = fitted(tmp_path, halves(40, 40), "pad")

    assert [made.getpixel((x, y)) for x, y in ((5, 5), (40, 5), (40, 35), (74, 35))] == [BLACK, RED, BLUE, BLACK]


def test_blur_has_no_bars(tmp_path: Path) -> None:
    made = fitted(tmp_path, halves(40, 40), "blur")

    assert [made.getpixel((x, y)) for x, y in ((40, 2), (40, 37))] == [RED, BLUE]
    assert made.getpixel((2, 2))[0] > 200
    assert made.getpixel((2, 37))[2] > 200


def test_stretch_distorts(tmp_path: Path) -> None:
    made = fitted(tmp_path, halves(10, 400), "stretch")

    assert [made.getpixel((x, y)) for x, y in ((0, 2), (79, 2), (0, 37))] == [RED, RED, BLUE]


def test_a_photo_that_lies_on_its_side_is_turned(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6  # to be shown turned clockwise: what is below comes to the left
    made = fitted(tmp_path, halves(40, 80), "crop", exif=exif)

    assert (made.getpixel((5, 20)), made.getpixel((74, 20))) == (BLUE, RED)


def test_what_is_transparent_becomes_black(tmp_path: Path) -> None:
    assert fitted(tmp_path, Image.new("RGBA", (80, 40), (255, 255, 255, 0)), "crop").getpixel((9, 9)) == BLACK
    assert fitted(tmp_path, halves(80, 40).convert("P"), "crop").getpixel((9, 9)) == RED
    assert fitted(tmp_path, Image.new("L", (80, 40), 9), "crop").getpixel((9, 9)) == (9, 9, 9)


def test_what_has_the_size_stays_as_it_is(tmp_path: Path) -> None:
    given = halves(80, 40)

    assert fitted(tmp_path, given, "crop").tobytes() == given.tobytes()


def test_a_phones_jpeg_with_more_pictures_behind_it_is_a_jpeg(tmp_path: Path) -> None:
    halves(80, 40).save(
        tmp_path / "x.jpg", "MPO", save_all=True, append_images=[halves(8, 8)], quality=100, subsampling=0
    )
    perform("k", FitWork(SIZE, "crop"), {"picture": tmp_path / "x.jpg"}, tmp_path / "y.png", lambda f, w: None)
    red, _, blue = Image.open(tmp_path / "y.png").getpixel((9, 5))
    assert (red > 240, blue < 15) == (True, True)


def test_a_broken_picture_is_said_to_be_one(tmp_path: Path) -> None:
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\nnothing")
    with pytest.raises(LocalTool, match="not a whole picture"):
        perform("k", FitWork(Size(8, 8), "crop"), {"picture": tmp_path / "x.png"}, tmp_path / "y.png", print)
