"""A photo is shown in the colours that it says; and what would take all memory, or is no photo, is said to be so."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import zlib
from pathlib import Path

import av
import pytest
from PIL import Image, ImageCms

from reelmake.errors import LocalTool
from reelmake.media import photo, stills
from reelmake.media.material import material
from reelmake.media.perform import perform
from reelmake.media.probe import probe
from reelmake.model.delivery import FitWork
from reelmake.model.frame import Colors, Size
from tests.support import profiles

RED, GREEN = (200, 60, 60), (60, 180, 60)
SEEN = {RED: (217, 42, 52), GREEN: (0, 183, 30)}  # the same colours in sRGB


def near(one: object, other: tuple[int, ...], by: int = 3) -> bool:
    assert isinstance(one, tuple)
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def saved(file: Path, picture: Image.Image, **how: object) -> Path:
    picture.save(file, **how)
    return file


def shown(file: Path) -> Image.Image:
    with photo.opened(file) as given:
        return photo.seen(given)


@pytest.mark.parametrize("color", [RED, GREEN])
@pytest.mark.parametrize("suffix", ["jpg", "png", "webp"])
def test_a_wide_profile_becomes_srgb(tmp_path: Path, color: tuple[int, int, int], suffix: str) -> None:
    how = {"png": {}, "jpg": {"quality": 98, "subsampling": 0}, "webp": {"lossless": True}}[suffix]
    file = saved(tmp_path / f"x.{suffix}", Image.new("RGB", (32, 18), color), icc_profile=profiles.wide(), **how)
    assert photo.colors(file) == Colors("Display P3")
    assert near(shown(file).convert("RGB").getpixel((5, 5)), SEEN[color], 4)


def test_with_transparency_a_palette_or_a_turn(tmp_path: Path) -> None:
    clear = saved(tmp_path / "a.png", Image.new("RGBA", (32, 18), (*RED, 128)), icc_profile=profiles.wide())
    assert photo.colors(clear) == Colors("Display P3", clear=True)
    assert near(shown(clear).getpixel((5, 5)), (*SEEN[RED], 128))
    palette = Image.new("P", (32, 18), 3)
    palette.putpalette([*RED] * 256)
    few = saved(tmp_path / "p.png", palette, icc_profile=profiles.wide())
    assert near(shown(few).convert("RGB").getpixel((5, 5)), SEEN[RED])
    exif = Image.Exif()
    exif[0x112] = 6
    turned = saved(tmp_path / "t.jpg", Image.new("RGB", (32, 18), GREEN), icc_profile=profiles.wide(), exif=exif)
    assert shown(turned).size == (18, 32)
    assert near(shown(turned).getpixel((5, 5)), SEEN[GREEN], 4)


def test_greys_and_inks_have_profiles_as_well(tmp_path: Path) -> None:
    linear = saved(tmp_path / "g.png", Image.new("L", (9, 9), 55), icc_profile=profiles.grey())
    assert photo.colors(linear).profile == "Linear grey"
    assert near(shown(linear).convert("RGB").getpixel((5, 5)), (128, 128, 128))
    deep = saved(tmp_path / "d.png", Image.new("I;16", (9, 9), 55 * 257), icc_profile=profiles.grey())
    assert near(shown(deep).convert("RGB").getpixel((5, 5)), (128, 128, 128))
    ink = saved(tmp_path / "i.jpg", Image.new("CMYK", (16, 16), (0, 0, 0, 0)), icc_profile=profiles.inks(), quality=98)
    assert photo.colors(ink).profile == "Four inks"
    assert near(shown(ink).getpixel((5, 5)), (255, 255, 255))
    black = saved(tmp_path / "b.jpg", Image.new("CMYK", (16, 16), (0, 0, 0, 255)), icc_profile=profiles.inks())
    assert max(shown(black).getpixel((5, 5))) < 70  # type: ignore[arg-type]


def test_srgb_by_any_name_changes_nothing(tmp_path: Path) -> None:
    srgb = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    noise = Image.effect_noise((64, 36), 90).convert("RGB")
    plain, said = saved(tmp_path / "a.png", noise), saved(tmp_path / "b.png", noise, icc_profile=srgb)
    assert photo.colors(said) == photo.colors(plain) == Colors()
    assert shown(said).tobytes() == shown(plain).tobytes()


@pytest.mark.parametrize(
    "profile", [b"garbage" * 40, profiles.wide()[:300], profiles.grey(), profiles.inks(), bytes(128)]
)
def test_one_that_cannot_be_read_is_none(tmp_path: Path, profile: bytes) -> None:
    file = saved(tmp_path / "x.png", Image.new("RGB", (9, 9), RED), icc_profile=profile)
    assert photo.colors(file) == Colors(broken=True)
    assert shown(file).getpixel((5, 5)) == RED


def test_a_name_from_outside_is_words_and_no_commands(tmp_path: Path) -> None:
    name = "\x1b[2Jwide\u202e" + "x" * 99
    file = saved(tmp_path / "x.png", Image.new("RGB", (9, 9), RED), icc_profile=profiles.wide(name))
    assert photo.colors(file).profile == ("[2Jwide" + "x" * 99)[:40]


def test_what_is_fitted_is_in_srgb(tmp_path: Path) -> None:
    file = saved(tmp_path / "x.png", Image.new("RGB", (64, 36), RED), icc_profile=profiles.wide())
    into = tmp_path / "out.png"
    perform("k", FitWork(Size(40, 40), "crop"), {"picture": file}, into, lambda fraction, word: None)
    with Image.open(into) as made:
        assert near(made.getpixel((20, 20)), SEEN[RED])
        assert "icc_profile" not in made.info


def bomb(width: int, height: int) -> bytes:
    """A PNG that says so, and holds nothing."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(b"\0" * 1000)), (b"IEND", b"")]
    body = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    return b"\x89PNG\r\n\x1a\n" + b"".join(body)


@pytest.mark.parametrize(("width", "height"), [(13_000, 13_000), (20_000, 20_000), (60_000, 9), (65_535, 65_535)])
def test_too_large_is_said_before_it_is_decoded(tmp_path: Path, width: int, height: int) -> None:
    (tmp_path / "x.png").write_bytes(bomb(width, height))
    for look in (probe, stills.whole, material, photo.colors):
        with pytest.raises(LocalTool, match=r"x\.png has .*the limit"):
            look(tmp_path / "x.png")


def test_as_many_pixels_as_the_largest_phone_takes_are_read(tmp_path: Path) -> None:
    """Pillow itself would warn of them."""
    pixels = zlib.compress(bytes(9_000 * (1 + 12_000 // 8)), 9)
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", 12_000, 9_000, 1, 0, 0, 0, 0)), (b"IDAT", pixels), (b"IEND", b"")]
    body = [struct.pack(">I", len(d)) + k + d + struct.pack(">I", zlib.crc32(k + d)) for k, d in chunks]
    (tmp_path / "x.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"".join(body))
    assert probe(tmp_path / "x.png").width == 12_000
    assert photo.colors(tmp_path / "x.png") == Colors()


def test_a_gif_as_wide_as_its_second_picture(tmp_path: Path) -> None:
    """Its screen is small; a picture on it says that it lies far outside."""
    made = io.BytesIO()
    first, second = Image.new("P", (9, 9), 0), Image.new("P", (9, 9), 1)
    first.save(made, "GIF", save_all=True, append_images=[second], duration=100)
    data = bytearray(made.getvalue())
    at = data.rindex(b"\x2c") + 1
    data[at : at + 8] = struct.pack("<4H", 0, 0, 60_000, 60_000)
    wide = bytearray(data)
    wide[6:10] = struct.pack("<2H", 60_000, 9)
    for content in (data, wide):
        (tmp_path / "x.gif").write_bytes(content)
        with pytest.raises(LocalTool, match="pixels"):
            probe(tmp_path / "x.gif")


def test_what_swells_beside_the_pixels(tmp_path: Path) -> None:
    """Texts and profiles of a PNG are packed: 100 kB may be a hundred megabytes."""
    swollen = zlib.compress(bytes(100 << 20), 9)
    whole = io.BytesIO()
    Image.new("RGB", (9, 9)).save(whole, "PNG")
    head, tail = whole.getvalue()[:33], whole.getvalue()[33:]
    for kind, body in (
        (b"iCCP", b"x\0\0" + swollen),
        (b"zTXt", b"x\0\0" + swollen),
        (b"iTXt", b"x\0\1\0\0\0" + swollen),
    ):
        chunk = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        (tmp_path / "x.png").write_bytes(head + chunk + tail)
        with pytest.raises(LocalTool, match="not a whole picture"):
            stills.whole(tmp_path / "x.png")


def test_what_is_no_picture_is_told_without_its_path(tmp_path: Path) -> None:
    for data, said in ((b"", "x.png is empty"), (b"GIF", "x.png is not a whole picture that is PNG, JPEG or WEBP")):
        (tmp_path / "x.png").write_bytes(data)
        with pytest.raises(LocalTool) as raised, photo.opened(tmp_path / "x.png"):
            pass
        assert str(raised.value) == said


@pytest.mark.parametrize("name", ["x.png", "x.jpg", "x.gif", "x.webp"])
def test_a_program_is_no_picture_by_any_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\n%%EndComments\nshowpage\n")
    with pytest.raises(LocalTool, match="not a whole picture"):
        probe(tmp_path / name)


def test_a_profile_with_a_name_in_a_film(tmp_path: Path) -> None:
    """PyAV would give the memory of the name back twice, and the process would end some time later."""
    Image.new("RGB", (64, 36), RED).save(tmp_path / "x.png", icc_profile=profiles.wide())
    film = tmp_path / "x.mov"
    with av.open(str(tmp_path / "x.png")) as one, av.open(str(film), "w") as out:
        track = out.add_stream_from_template(one.streams.video[0])
        for packet in one.demux(video=0):
            if packet.size:
                packet.stream = track
                out.mux(packet)
    code = f"""
import gc, pathlib
from reelmake.media.material import material
for _ in range(40):
    for name in ("x.mov", "x.png"):
        material(pathlib.Path({str(tmp_path)!r}) / name)
    gc.collect()
"""
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120, check=False)
    assert ran.returncode == 0, ran.stderr
