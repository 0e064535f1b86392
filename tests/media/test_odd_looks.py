"""What odd pictures look like once they stand in a cut; and what is damaged is no picture."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.media.perform import perform
from reelmake.media.probe import probe
from reelmake.model.delivery import LastFrame, ThumbWork
from reelmake.model.storyboard import Output
from reelmake.outputs import mov
from reelmake.prep.materials import Footage
from reelmake.store.notes import Notes
from reelmake.store.premises import ProjectFiles
from tests.support.film import SMALL, Room, entry, packets, pictures, read
from tests.support.odd import X264, Odd, made, props, put
from tests.support.oddities import HDR, TABLE

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def given(tmp_path_factory: pytest.TempPathFactory) -> Path:
    room = Room(tmp_path_factory.mktemp("given"))
    props(room)
    return room.clips["plain"]


def alone(file: Path) -> Path:
    """A cut of this clip and nothing else."""
    return (room := Room(file.parent, {"x": file}, {"x": Fraction(1)})).build(room.board(), Output("cut.mp4"))


def first(file: Path) -> np.ndarray:
    return pictures(alone(file))[2].to_ndarray(format="gray").astype(float)


def odd(plain: Path, folder: Path, how: str, name: str = "x.mp4") -> Path:
    return put(plain, Odd(how), folder / name)


@pytest.mark.parametrize(("transfer", "signal"), [("smpte2084", 0.58), ("arib-std-b67", 0.75)])
def test_a_white_page_in_high_dynamic_range_is_light_in_standard_range(
    given: Path, tmp_path: Path, transfer: str, signal: float
) -> None:
    """203 nits, as ITU-R BT.2408 has it; left as it is, the signal would be a mid grey."""
    grey = f"geq=lum={round(64 + signal * 876)}:cb=512:cr=512"
    assert 195 <= first(odd(given, tmp_path, f"-vf {HDR.format(transfer)},{grey} -c:v libx265")).mean() <= 235


def test_fields_are_woven_into_whole_pictures(given: Path, tmp_path: Path) -> None:
    """Lines black and white, the next time white and black: as fields, they are no picture, but two."""
    combs = "geq='lum=235*mod(Y+N,2):cb=128:cr=128',setfield=tff"
    found = first(odd(given, tmp_path, f'-vf "{combs}" -c:v libx264 -qp 4 -flags +ildct+ilme'))
    assert np.abs(np.diff(found, axis=0)).mean() < 40


CLEAR = {
    "qtrle": ("-vf format=gbrap,geq=r=255:g=255:b=255:a=0 -c:v qtrle", "x.mov"),
    "ProRes": ("-vf format=yuva444p10le,geq=lum=940:cb=512:cr=512:a=0 -c:v prores_ks -profile:v 4", "x.mov"),
    "VP8": ("-vf format=yuva420p,geq=lum=235:cb=128:cr=128:a=0 -c:v libvpx -auto-alt-ref 0 -an", "x.webm"),
    "VP9": ("-vf format=yuva420p,geq=lum=235:cb=128:cr=128:a=0 -c:v libvpx-vp9 -deadline realtime -an", "x.webm"),
}


@pytest.mark.parametrize("name", CLEAR)
def test_what_is_transparent_is_black(given: Path, tmp_path: Path, name: str) -> None:
    assert first(odd(given, tmp_path, *CLEAR[name])).max() < 30


@pytest.mark.parametrize("name", ["qtrle", "ProRes"])
def test_words_over_what_is_transparent_are_white_on_black(given: Path, tmp_path: Path, name: str) -> None:
    """In ProRes too, where FFmpeg once took the card of the words for one multiplied by its alpha: all was magenta."""
    clip = odd(given, tmp_path, *CLEAR[name])
    room = Room(tmp_path, {"x": clip}, {"x": Fraction(1)})
    reel = room.build(room.board(entry("x", title="Words")), Output("x.mov", options={"profile": "proxy"}), by=mov)
    shown = pictures(reel)[12].to_ndarray(format="rgb24").astype(float)
    assert shown.max() > 180
    assert (shown.max(axis=2) - shown.min(axis=2)).mean() < 5


@pytest.mark.parametrize("how", ["hflip", "vflip"])
def test_a_mirrored_clip_is_seen_as_it_was_meant(given: Path, tmp_path: Path, how: str) -> None:
    """White at the top left. The film, a thumbnail and the frame that a shot would continue from show it so."""
    corner = f"geq='lum=if(lt(X,52)*lt(Y,24),235,16):cb=128:cr=128',{how}"
    stored = odd(given, tmp_path, f'-vf "{corner}" {X264}', "stored.mp4")
    clip = tmp_path / "x.mp4"
    made(f"-display_{how}", "-i", str(stored), "-c", "copy", str(clip))
    works = {"thumb.png": ThumbWork(2, Fraction(24), SMALL, "pad"), "last.png": LastFrame()}
    for name, work in works.items():
        perform("", work, {"clip": clip}, tmp_path / name, lambda fraction, word: None)
    seen = [first(clip)] + [np.asarray(Image.open(tmp_path / name).convert("L"), float) for name in works]
    for picture in seen:
        quarters = [picture[y : y + 24, x : x + 52].mean() for y in (0, 72) for x in (0, 156)]
        assert quarters[0] > 200
        assert max(quarters[1:]) < 40


@pytest.mark.parametrize("name", ["lying on its side", "upside down", "mirrored"])
def test_a_still_of_a_clip_that_is_stored_as_it_is_not_to_be_seen(given: Path, tmp_path: Path, name: str) -> None:
    clip = put(given, TABLE[name], tmp_path / "x.mp4")
    perform("", ThumbWork(7, Fraction(24), SMALL, "pad"), {"clip": clip}, tmp_path / "t.png", lambda f, w: None)
    assert read(av.VideoFrame.from_image(Image.open(tmp_path / "t.png"))) == (2, 7)


WRONG = {
    "cut off": lambda data: data[: len(data) * 2 // 3],
    "without its index": lambda data: data[: data.index(b"moov") - 4],
    "nothing in it": lambda data: b"",
    "a web page": lambda data: b"<html>503 Service Unavailable</html>" * 99,
    "zeroes": lambda data: bytes(len(data)),
}


def seconds(file: Path) -> Fraction:
    return Footage(ProjectFiles(file.parent), Notes(file.parent)).seconds(file.name)


@pytest.mark.parametrize("name", WRONG)
def test_broken_footage_is_refused_before_anything_is_made(given: Path, tmp_path: Path, name: str) -> None:
    (tmp_path / "x.mp4").write_bytes(WRONG[name](given.read_bytes()))
    with pytest.raises(LocalTool, match=r"x\.mp4"):
        seconds(tmp_path / "x.mp4")


def test_a_picture_that_is_damaged_in_the_middle(given: Path, tmp_path: Path) -> None:
    """Every box and every packet is whole; only what is in one of them is not."""
    broken, file = given.read_bytes(), tmp_path / "x.mp4"
    hurt = max(packets(given, "video")[4:], key=lambda packet: packet.size)
    middle = hurt.pos + hurt.size // 2
    file.write_bytes(broken[:middle] + bytes(b ^ 0x55 for b in broken[middle : middle + 40]) + broken[middle + 40 :])
    assert probe(file).frames == 48
    room = Room(tmp_path, {"x": file}, {"x": Fraction(2)})
    with pytest.raises(LocalTool, match=r"x.mp4 is damaged: the picture at \d"):
        room.build(room.board())


def test_sound_alone_is_no_footage(given: Path, tmp_path: Path) -> None:
    with pytest.raises(LocalTool, match="no picture"):
        seconds(odd(given, tmp_path, "-vn -c:a copy"))


GREY = np.tile(np.linspace(0, 255, 208).astype(np.uint8), (96, 1))
PHOTOS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "sixteen bits of grey": ("x.png", lambda file: Image.fromarray(GREY.astype(np.uint16) * 257).save(file)),
    "sixteen bits a colour": ("x.png", lambda file: made(*LAVFI, "-pix_fmt", "rgb48be", str(file))),
    "four inks": ("x.jpg", lambda file: Image.fromarray(GREY).convert("CMYK").save(file, quality=95)),
    "a palette": ("x.png", lambda file: Image.fromarray(GREY).convert("P").save(file)),
    "grey, partly clear": ("x.png", lambda file: Image.fromarray(GREY).convert("LA").save(file)),
    "turned by its EXIF": (
        "x.jpg",
        lambda file: Image.fromarray(GREY).rotate(90, expand=True).save(file, exif=turned()),
    ),
    "WebP": ("x.webp", lambda file: Image.fromarray(GREY).save(file, lossless=True)),
}
LAVFI = ("-f", "lavfi", "-i", "gradients=s=208x96:c0=black:c1=white:x0=0:x1=207:y0=0:y1=0:n=2", "-frames:v", "1")


def turned() -> Image.Exif:
    said = Image.Exif()
    said[0x112] = 6
    return said


@pytest.mark.parametrize("name", PHOTOS)
def test_a_photo_of_any_kind_is_as_light_as_it_is(tmp_path: Path, name: str) -> None:
    """From black at the left to white at the right."""
    file, write = tmp_path / PHOTOS[name][0], PHOTOS[name][1]
    write(file)
    shown = pictures(alone(file))[2].to_ndarray(format="rgb24").mean(axis=(0, 2))
    assert np.abs(shown - GREY[0]).max() < 14, shown
