"""Clips are what was ordered: measured with the probe that every bought clip is measured with."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO
from pathlib import Path

import av
import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from reelmake.media.probe import probe
from reelmake_fake.clip import Unusable, length, picture, render, spritesheet, thumbnail
from reelmake_fake.recipe import Recipe, as_json, from_json, text


def paint(recipe: Recipe, into: Path, *, image: Path | None = None, source: Path | None = None) -> Path:
    render(recipe, into, image=image, source=source)
    return into


def frames(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as container:
        return [np.asarray(frame.to_image()).astype(int) for frame in container.decode(video=0)]


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(8, 200), st.integers(8, 200), st.integers(1, 60))
def test_size_and_length_are_those_of_the_order(tmp_path: Path, wide: int, high: int, count: int) -> None:
    recipe = Recipe("create", "m", "p", wide * 2, high * 2, Fraction(count, 24))

    facts = probe(paint(recipe, tmp_path / "clip.mp4"))

    assert (facts.width, facts.height, facts.frames, facts.fps) == (wide * 2, high * 2, count, 24)
    assert (facts.seconds, facts.audio) == (Fraction(count, 24), True)


def test_same_recipe_same_bytes_another_letter_other_bytes(tmp_path: Path) -> None:
    def clip(**changed: object) -> bytes:
        values = {"model": "m", "prompt": "A tram.", "width": 64, "height": 64, "seconds": Fraction(1), **changed}
        return paint(Recipe("create", **values), tmp_path / "clip.mp4").read_bytes()  # type: ignore[arg-type]

    assert clip() == clip()
    assert len({clip(), clip(prompt="A tram!"), clip(model="n"), clip(number=2), clip(extras={"seed": 1})}) == 5


def test_the_first_frame_is_the_picture_that_was_given(tmp_path: Path) -> None:
    image = Image.effect_mandelbrot((320, 180), (-2, -1, 1, 1), 30).convert("RGB")
    image.save(tmp_path / "a.png")
    recipe = Recipe("create", "m", "p", 320, 180, Fraction(1), image="digest")

    shown = frames(paint(recipe, tmp_path / "clip.mp4", image=tmp_path / "a.png"))

    given = np.asarray(image).astype(int)
    assert np.abs(shown[0] - given).mean() < 6
    where_the_bar_begins = np.s_[140:, :8]
    assert np.abs(shown[0] - given)[where_the_bar_begins].mean() < 10
    assert np.abs(shown[12] - shown[0]).max() > 50  # it has come, and moved


def test_a_remix_is_its_source_in_another_tint(tmp_path: Path) -> None:
    source = Recipe("create", "m", "p", 128, 96, Fraction(1))
    remix = Recipe("remix", "m", "At dusk.", 128, 96, Fraction(1), source=source)
    first = frames(paint(source, tmp_path / "a.mp4"))
    second = frames(paint(remix, tmp_path / "b.mp4", source=tmp_path / "a.mp4"))

    assert len(first) == len(second) == 24
    assert np.abs(first[12] - second[12]).mean() > 2


def test_an_extension_is_the_whole_clip(tmp_path: Path) -> None:
    source = Recipe("create", "m", "p", 128, 96, Fraction(1))
    longer = Recipe("extend", "m", "On.", 128, 96, Fraction(1, 2), source=source, source_seconds=Fraction(1))
    first = frames(paint(source, tmp_path / "a.mp4"))
    whole = frames(paint(longer, tmp_path / "b.mp4", source=tmp_path / "a.mp4"))

    assert len(whole) == 36
    assert max(np.abs(a - b).mean() for a, b in zip(first, whole[:24], strict=True)) < 3
    corner = np.s_[30:60, 60:]  # no counter, no bar there
    assert np.abs(whole[35][corner] - first[23][corner]).mean() < 3  # it goes on from the last frame


def test_an_uploaded_clip_of_another_rate_keeps_its_length(tmp_path: Path) -> None:
    with av.open(str(tmp_path / "a.mp4"), "w") as out:
        stream = out.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for i in range(30):
            plane = np.full((96, 64), 60 + i * 4, np.uint8)
            for packet in stream.encode(av.VideoFrame.from_ndarray(plane, format="yuv420p")):
                out.mux(packet)
        for packet in stream.encode():
            out.mux(packet)

    assert length(tmp_path / "a.mp4") == (64, 64, Fraction(1))
    edit = Recipe("edit", "m", "p", 64, 64, Fraction(1), source="digest")
    assert probe(paint(edit, tmp_path / "b.mp4", source=tmp_path / "a.mp4")).frames == 24


def test_small_pictures(tmp_path: Path) -> None:
    clip = paint(Recipe("create", "m", "p", 1280, 720, Fraction(12)), tmp_path / "a.mp4")
    thumbnail(clip, tmp_path / "a.webp")
    spritesheet(clip, tmp_path / "a.jpg")

    with Image.open(tmp_path / "a.webp") as small, Image.open(tmp_path / "a.jpg") as sheet:
        assert (small.format, small.size) == ("WEBP", (640, 360))
        assert (sheet.format, sheet.size) == ("JPEG", (1600, 180))


def test_what_is_neither_picture_nor_clip_is_refused(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("no clip")
    tiff = BytesIO()
    Image.new("RGB", (4, 4)).save(tiff, "TIFF")

    with pytest.raises(Unusable):
        length(tmp_path / "text")
    with pytest.raises(Unusable):
        picture(tiff.getvalue())


def test_recipes_survive_json_and_keep_their_digest() -> None:
    a = Recipe("create", "m", "p", 2, 4, Fraction(1, 3), extras={"seed": 1})
    b = Recipe("extend", "m", "q", 2, 4, Fraction(2), source=a, source_seconds=a.total, number=3)

    assert from_json(as_json(b)) == b
    assert from_json(as_json(b)).digest == b.digest != a.digest
    assert (text(Fraction(8)), text(Fraction(5, 2))) == ("8", "2.5")
