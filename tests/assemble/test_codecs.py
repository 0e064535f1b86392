"""What encoders are told. Whoever changes what a software encoder is told raises RENDERER in model/frame.py."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path, PurePosixPath

import ffmpeg
import pytest

from reelmake.assemble.codecs import device, settings
from reelmake.assemble.filter_graph import arguments, encoder, finished
from reelmake.model.codec import HARDWARE
from reelmake.model.delivery import WebpWork
from reelmake.model.frame import Size
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output
from reelmake.outputs import mp4
from reelmake.plan.key import head
from tests.support.film import Room, entry, into

PICTURE = VideoFormat(Size(1280, 720), Fraction(24), 18, "medium")
GOLDEN = {
    ("hevc", "medium", 20): "c:v=libx265 pix_fmt=yuv420p preset=medium crf=20 tag:v=hvc1 x265-params=log-level=error:"
    "keyint=48:min-keyint=6:open-gop=0:info=0:repeat-headers=0:frame-threads=2:pools=2:wpp=1:colorprim=bt709:"
    "transfer=bt709:colormatrix=bt709:range=limited f=mp4",
    (
        "av1",
        "slow",
        28,
    ): "c:v=libsvtav1 pix_fmt=yuv420p preset=5 crf=28 g=48 svtav1-params=lp=2:scd=0:"
    "color-primaries=1:transfer-characteristics=1:matrix-coefficients=1 f=mp4",
    (
        "vp9",
        "ultrafast",
        30,
    ): "c:v=libvpx-vp9 pix_fmt=yuv420p crf=30 b:v=0 g=48 deadline=good cpu-used=5 row-mt=1 f=mp4",
    ("prores", "4444", 0): "c:v=prores_ks pix_fmt=yuv444p10le profile:v=4 vendor=apl0 f=mov",
}


@pytest.mark.parametrize("asked", GOLDEN)
def test_what_software_is_told(asked: tuple[str, str, int]) -> None:
    codec, preset, crf = asked
    told = settings(replace(PICTURE, codec=codec, preset=preset, crf=crf))
    assert " ".join(f"{name}={value}" for name, value in told.items()) == GOLDEN[asked]


@pytest.mark.parametrize("maker", HARDWARE)
def test_hardware_is_told_to_keep_frames_in_order(maker: str) -> None:
    told = settings(replace(PICTURE, codec="hevc", hardware=maker))
    assert (told["c:v"], told["bf"], told["g"], told["tag:v"]) == (f"hevc_{maker}", 0, 48, "hvc1")
    assert not {"x264-params", "crf"} & told.keys()


def test_vaapi_has_its_frames_uploaded_and_a_device_named_before_all_else() -> None:
    """Written from the documentation of ffmpeg; there was no such device to try it on."""
    picture = replace(PICTURE, hardware="vaapi")
    stream = finished(ffmpeg.input("a.mp4").video, picture)
    args = arguments(stream, PurePosixPath("o.mp4"), encoder(picture, 24))
    assert args[:4] == ["-init_hw_device", "vaapi=device", "-filter_hw_device", "device"]
    assert args[args.index("-filter_complex") + 1].count("format=nv12") == 1
    assert args[args.index("-filter_complex") + 1].rpartition("[")[0].endswith("]hwupload")
    assert "-pix_fmt" not in args  # the frames are the device's by then
    assert args[args.index("-rc_mode") + 1] == "CQP"
    assert args[args.index("-c:v") + 1] == "h264_vaapi"
    assert device("libx264") == device("h264_nvenc") == []


def test_a_ceiling_is_told_in_the_words_of_each_encoder() -> None:
    def told(codec: str) -> str:
        found = settings(replace(PICTURE, codec=codec, peak=900))
        return " ".join(str(value) for name, value in found.items() if name.endswith("-params"))

    assert "vbv-maxrate=900:vbv-bufsize=1800" in told("h264")
    assert "vbv-maxrate=900:vbv-bufsize=1800" in told("hevc")
    assert "mbr=900" in told("av1")


def test_a_film_of_before_has_the_key_of_before_and_hardware_has_its_own() -> None:
    def keyed(picture: VideoFormat) -> str:
        return dict(head(Step("s", "segment", BodyWork(Piece(0, 24, "crop"), picture))))["picture"]

    assert keyed(PICTURE) == (
        '{"crf":18,"fps":"24","preset":"medium","renderer":"4","size":{"height":720,"width":1280}}'
    )
    assert len({keyed(PICTURE), keyed(replace(PICTURE, codec="av1")), keyed(replace(PICTURE, hardware="qsv"))}) == 3


def test_what_an_ffmpeg_must_have() -> None:
    def body(**how: str) -> BodyWork:
        return BodyWork(Piece(0, 24, "crop"), replace(PICTURE, **how))  # type: ignore[arg-type]

    works = [body(), body(codec="hevc"), body(hardware="nvenc"), body(codec="av1", hardware="qsv")]
    assert [work.encoder for work in works] == ["", "libx265", "h264_nvenc", "av1_qsv"]
    assert WebpWork(64, Fraction(12), 75, True).encoder == "libwebp_anim"


def test_the_pixels_of_a_picture() -> None:
    kinds = [PICTURE, replace(PICTURE, codec="prores", preset="lt"), replace(PICTURE, codec="prores", preset="4444")]
    assert [kind.pixels for kind in kinds] == ["yuv420p", "yuv422p10le", "yuv444p10le"]


def test_larger_pictures_and_slower_encoders_take_more_memory() -> None:
    mb = 1 << 20
    assert 160 * mb < PICTURE.memory < 260 * mb  # measured: 147 MB, and who waits for it
    assert replace(PICTURE, size=Size(3840, 2160)).memory > 1500 * mb
    ladder = [replace(PICTURE, preset=preset).memory for preset in ("ultrafast", "veryfast", "medium", "veryslow")]
    assert ladder == sorted(ladder)
    assert replace(PICTURE, codec="prores", preset="4444").memory < PICTURE.memory
    assert replace(PICTURE, hardware="nvenc").memory < PICTURE.memory


def test_every_segment_says_what_memory_it_takes() -> None:
    room = Room(Path())
    room.clips, room.lengths = {id: Path(f"{id}.mp4") for id in "ab"}, dict.fromkeys("ab", Fraction(2))
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"))
    output = Output("cut.mp4", Size(640, 360), options={"preset": "veryslow"})
    clips = {id: Input("clip", file=f"{id}.mp4") for id in "ab"}
    segments = [s for s in mp4.steps(room.cut(board), board, output, clips, "build") if s.kind == "segment"]
    assert [s.work.memory for s in segments] == 3 * [segments[0].work.picture.memory]
    assert segments[0].work.memory == (50 << 20) + 320 * 640 * 360
