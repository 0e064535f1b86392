"""What encoders are told. Whoever changes what a software encoder is told raises RENDERER in model/cut.py."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from reelmake.assemble.codecs import HARDWARE, encoder_of, pixels, settings
from reelmake.model.cut import BodyWork, Picture, Piece
from reelmake.model.delivery import WebpWork
from reelmake.model.step import Step
from reelmake.model.storyboard import Size
from reelmake.plan.key import head

PICTURE = Picture(Size(1280, 720), Fraction(24), 18, "medium")
GOLDEN = {
    ("hevc", "medium", 20): "c:v=libx265 pix_fmt=yuv420p preset=medium crf=20 tag:v=hvc1 x265-params=log-level=error:"
    "keyint=48:min-keyint=6:open-gop=0:info=0:repeat-headers=0:frame-threads=1:pools=none:wpp=0:colorprim=bt709:"
    "transfer=bt709:colormatrix=bt709:range=limited f=mp4",
    (
        "av1",
        "slow",
        28,
    ): "c:v=libsvtav1 pix_fmt=yuv420p preset=5 crf=28 g=48 svtav1-params=lp=1:scd=0:"
    "color-primaries=1:transfer-characteristics=1:matrix-coefficients=1 f=mp4",
    (
        "vp9",
        "ultrafast",
        30,
    ): "c:v=libvpx-vp9 pix_fmt=yuv420p crf=30 b:v=0 g=48 deadline=good cpu-used=5 row-mt=0 f=mp4",
    ("prores", "4444", 0): "c:v=prores_ks pix_fmt=yuv444p10le profile:v=4 vendor=apl0 f=mov",
}


@pytest.mark.parametrize("asked", GOLDEN)
def test_what_software_is_told(asked: tuple[str, str, int]) -> None:
    codec, preset, crf = asked
    told = settings(replace(PICTURE, codec=codec, preset=preset, crf=crf))
    assert " ".join(f"{name}={value}" for name, value in told.items()) == GOLDEN[asked]


@pytest.mark.parametrize("device", HARDWARE)
def test_hardware_is_told_to_keep_frames_in_order(device: str) -> None:
    told = settings(replace(PICTURE, codec="hevc", hardware=device))
    assert (told["c:v"], told["bf"], told["g"], told["tag:v"]) == (f"hevc_{device}", 0, 48, "hvc1")
    assert not {"x264-params", "crf"} & told.keys()


def test_a_film_of_before_has_the_key_of_before_and_hardware_has_its_own() -> None:
    def keyed(picture: Picture) -> str:
        return dict(head(Step("s", "segment", BodyWork(Piece(0, 24, "crop"), picture))))["picture"]

    assert keyed(PICTURE) == (
        '{"crf":18,"fps":"24","preset":"medium","renderer":"2","size":{"height":720,"width":1280}}'
    )
    assert len({keyed(PICTURE), keyed(replace(PICTURE, codec="av1")), keyed(replace(PICTURE, hardware="qsv"))}) == 3


def test_what_an_ffmpeg_must_have() -> None:
    def body(**how: str) -> BodyWork:
        return BodyWork(Piece(0, 24, "crop"), replace(PICTURE, **how))  # type: ignore[arg-type]

    works = [body(), body(codec="hevc"), body(hardware="nvenc"), body(codec="av1", hardware="qsv")]
    assert [encoder_of(work) for work in works] == ["", "libx265", "h264_nvenc", "av1_qsv"]
    assert encoder_of(WebpWork(64, Fraction(12), 75, True)) == "libwebp_anim"


def test_the_pixels_of_a_picture() -> None:
    kinds = [PICTURE, replace(PICTURE, codec="prores", preset="lt"), replace(PICTURE, codec="prores", preset="4444")]
    assert [pixels(kind) for kind in kinds] == ["yuv420p", "yuv422p10le", "yuv444p10le"]
