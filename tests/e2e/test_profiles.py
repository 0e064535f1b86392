"""Photos in the colours that they say, wherever they are seen; one picture has one colour in film and sheet."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.media import ffmpeg
from tests.support import profiles
from tests.support.film import pictures
from tests.support.folder import Folder

pytestmark = pytest.mark.slow
SIZE = "defaults: {size: 320x180, seconds: 0.5}\n"
RED, SEEN = (200, 60, 60), (217, 42, 52)


def color(file: Path, x: int, y: int, number: int = 3) -> tuple[int, int, int]:
    """Of a film's frame, or of a picture: the mean around a place, for neither is without loss."""
    if file.suffix == ".mp4":
        frame = pictures(file)[number].reformat(format="rgb24", src_colorspace="ITU709")
        whole = Image.fromarray(frame.to_ndarray())
    else:
        whole = Image.open(file).convert("RGB")
    part = whole.crop((x - 3, y - 3, x + 3, y + 3)).resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))
    assert isinstance(part, tuple)
    return part


def near(one: tuple[int, ...], other: tuple[int, ...], by: int = 5) -> bool:
    return all(abs(a - b) <= by for a, b in zip(one, other, strict=True))


def test_a_wide_photo_in_every_place(project: Folder) -> None:
    project.storyboard(
        """
        watermark: {image: logo.png, corner: top-left, opacity: 1, size: 20}
        shots:
          red: {file: red.jpg}
          sky: {file: grey.png}
        cut: [red, {shot: sky, insets: [{shot: red, size: 30, corner: bottom-right}]}]
        outputs:
          cut.mp4: {}
          sheet.png: {width: 320}
        """,
        head="reelmake: 1\n" + SIZE,
    )
    wide = {"icc_profile": profiles.wide()}
    Image.new("RGB", (320, 180), RED).save(project.root / "red.jpg", quality=98, subsampling=0, **wide)
    Image.new("RGB", (40, 40), RED).save(project.root / "logo.png", **wide)
    Image.new("RGB", (320, 180), (90, 90, 90)).save(project.root / "grey.png", icc_profile=b"garbage" * 50)
    plan = project.run("plan").expect(stdout="red.jpg: Display P3 → sRGB\n")
    assert "logo.png: Display P3 → sRGB\n" in plan.stdout
    assert "grey.png: its color profile cannot be read; its colors are taken as sRGB\n" in plan.stdout
    said = dict.fromkeys(("red.jpg", "logo.png"), "Display P3 → sRGB")
    broken = {"grey.png": "its color profile cannot be read; its colors are taken as sRGB"}
    assert project.run("plan", "--json").expect().json["colors"] == {**said, **broken}

    project.run("build").expect()
    film = project.root / "build" / "cut.mp4"
    assert near(color(film, 160, 120), SEEN)  # the photo
    assert near(color(film, 22, 22, 18), SEEN)  # the mark
    assert near(color(film, 250, 140, 18), SEEN)  # the inset
    assert near(color(film, 100, 120, 18), (90, 90, 90))
    sheet = Image.open(project.root / "build" / "sheet.png").convert("RGB")
    assert any(near(found, SEEN, 2) for _, found in sheet.getcolors(1 << 20) or [])  # type: ignore[arg-type]
    project.run("plan").expect(stdout="nothing to do")


def test_only_what_shows_it_has_another_key(project: Folder) -> None:
    """A picture without a profile, and one that is in sRGB by another name, are made as they always were."""
    project.storyboard("shots:\n  a: {file: a.png}\n", head="reelmake: 1\n" + SIZE)
    (project.root / "a.png").unlink(missing_ok=True)
    Image.new("RGB", (320, 180), RED).save(project.root / "a.png")
    project.run("build").expect()
    before = project.run("explain", "a", "--json").expect().stdout
    assert "colors" not in before
    Image.new("RGB", (320, 180), RED).save(project.root / "a.png", icc_profile=profiles.wide())
    project.run("build").expect()
    assert near(color(project.root / "build" / "cut.mp4", 160, 120), SEEN)


@pytest.mark.parametrize("kind", ["photo", "film", "a film whose own decoder does not see it"])
def test_what_is_transparent_is_the_same_in_film_and_sheet(project: Folder, kind: str) -> None:
    file = {"photo": "x.png", "film": "x.mov"}.get(kind, "x.webm")
    project.storyboard(
        f"""
        shots:
          a: {{file: {file}}}
        outputs:
          cut.mp4: {{}}
          sheet.png: {{width: 320}}
          frame.png: {{at: 0.2}}
        """,
        head="reelmake: 1\n" + SIZE,
    )
    frame = Image.new("RGBA", (320, 180), (56, 246, 40, 100))
    if kind == "photo":
        frame.save(project.root / file)
    else:
        _film(project.root / "x.mov", frame)
    if file == "x.webm":
        into = project.root / file
        encoder = ["-c:v", "libvpx-vp9", "-pix_fmt", "yuva420p", "-crf", "10", "-b:v", "0"]
        ffmpeg.run(["-i", str(project.root / "x.mov"), *encoder, "-f", "webm", str(into)], into)
    project.run("build").expect()
    build = project.root / "build"
    shown = (22, 97, 14)  # as it lies on black
    assert near(color(build / "cut.mp4", 160, 90), shown)
    assert near(color(build / "frame.png", 160, 90), shown)
    assert near(color(build / "sheet.png", 200, 170), shown)


def _film(into: Path, frame: Image.Image) -> None:
    with av.open(str(into), "w") as out:
        stream = out.add_stream("qtrle", rate=24)
        stream.width, stream.height, stream.pix_fmt = frame.width, frame.height, "argb"
        for _ in range(12):
            out.mux(stream.encode(av.VideoFrame.from_ndarray(np.asarray(frame), format="rgba").reformat(format="argb")))
        out.mux(stream.encode(None))
