"""What the pictures of a project are, by their content."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.model.frame import PictureFacts, Size
from reelmake.prep.materials import Pictures
from reelmake.store.notes import Notes
from reelmake.store.premises import ProjectFiles
from tests.support.pictures import png


@pytest.fixture
def pictures(tmp_path: Path) -> Pictures:
    return Pictures(ProjectFiles(tmp_path), Notes(tmp_path / ".reelmake"))


def encoded(kind: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (20, 10), "red").save(buffer, kind)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF"])
def test_the_content_counts_not_the_name(tmp_path: Path, pictures: Pictures, kind: str) -> None:
    (tmp_path / "x.png").write_bytes(encoded(kind))

    found = pictures.look("x.png")
    assert (found.format, found.size, found.bytes) == (kind.lower(), Size(20, 10), len(encoded(kind)))


def test_a_program_that_draws_is_no_picture(tmp_path: Path, pictures: Pictures) -> None:
    (tmp_path / "x.png").write_bytes(b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 20 10\n%%EndComments\n(no) show\n")
    with pytest.raises(
        LocalTool, match=r"^x\.png is not a whole picture that is PNG, "
    ):  # whoever the provider is, the sketch too
        pictures.look("x.png")


def test_what_is_never_sent_is_not_decoded(tmp_path: Path, pictures: Pictures) -> None:
    (tmp_path / "x.png").write_bytes(encoded("GIF")[:-4])
    assert pictures.look("x.png").format == "gif"


def test_a_picture_is_decoded_to_its_end(tmp_path: Path, pictures: Pictures) -> None:
    for name, content, said in (
        ("cut.png", png(64, 36)[:-2000], "cut.png is not a whole picture: "),
        ("text.png", b"hello", "text.png is not a whole picture that is "),
        ("empty.png", b"", "empty.png is empty"),
    ):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(LocalTool, match=f"^{said}"):
            pictures.look(name)


@pytest.mark.parametrize("side", [10_000, 60_000])
def test_a_bomb_is_not_decoded(tmp_path: Path, pictures: Pictures, side: int) -> None:
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    crc = zlib.crc32(b"IHDR" + header)
    bomb = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + b"IHDR" + header + struct.pack(">I", crc)
    (tmp_path / "bomb.png").write_bytes(bomb + struct.pack(">I", 0) + b"IDAT" + struct.pack(">I", zlib.crc32(b"IDAT")))
    with pytest.raises(LocalTool, match="80 million"):
        pictures.look("bomb.png")


def test_it_is_looked_at_once_and_again_when_it_changes(tmp_path: Path) -> None:
    files, notes = ProjectFiles(tmp_path), Notes(tmp_path / ".reelmake")
    (tmp_path / "x.png").write_bytes(png(20, 10))
    first = Pictures(files, notes).look("x.png")
    (tmp_path / ".reelmake" / "pictures.json").write_text(
        (tmp_path / ".reelmake" / "pictures.json").read_text().replace("20", "21")
    )
    assert Pictures(files, notes).look("x.png").size == Size(21, 10)  # from the note
    (tmp_path / "x.png").write_bytes(png(30, 10))
    assert Pictures(files, notes).look("x.png") == PictureFacts("png", Size(30, 10), len(png(30, 10)))
    assert first.size == Size(20, 10)
