"""What a body leaves for the join behind it: the same frames as that would decode, used once, and never relied on."""

from __future__ import annotations

import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg, handles, segments
from reelmake.model.frame import Size
from reelmake.model.overlay import NOTHING, Overlay
from reelmake.model.segment import BodyWork, JoinWork, Piece, VideoFormat
from tests.support.film import SMALL, footage

pytestmark = pytest.mark.slow
ONE_KEYFRAME = {"preset": "veryfast", "bf": "3", "g": "250", "sc_threshold": "0"}
PICTURE = VideoFormat(Size(320, 180), Fraction(24), 18, "veryfast")
HALF = 12


def silent(fraction: float | None, word: str) -> None:
    pass


@pytest.fixture
def clips(tmp_path: Path) -> dict[str, Path]:
    return {
        name: footage(tmp_path / f"{name}.mp4", number, 72, options=ONE_KEYFRAME)
        for number, name in enumerate(("leaving", "entering"), 1)
    }


def left(folder: Path) -> list[Path]:
    return sorted(folder.glob(".handle-*"))


def body(clips: dict[str, Path], piece: Piece, into: Path, copy: bool = False, over: Overlay = NOTHING) -> None:
    work = BodyWork(piece, PICTURE, copy, over, HALF)
    segments.body(work, {"clip": clips["leaving"]}, into, silent)


def join(clips: dict[str, Path], leaving: Piece, into: Path) -> bytes:
    work = JoinWork("dissolve", {}, leaving, Piece(0, HALF, "crop"), PICTURE)
    segments.join(work, clips, into, silent)
    return into.read_bytes()


@pytest.mark.parametrize("copy", [False, True])
@pytest.mark.parametrize(
    "picture",
    [
        replace(PICTURE, size=SMALL),  # here the join decodes only what others are made from
        PICTURE,
        replace(PICTURE, size=Size(240, 240)),
        replace(PICTURE, fps=Fraction(30000, 1001)),
        replace(PICTURE, codec="prores", preset="422", crf=0),
    ],
    ids=["as it is", "larger", "cropped", "another rate", "ten bits"],
)
def test_a_join_of_a_handle_is_the_join_of_the_clip(
    clips: dict[str, Path], tmp_path: Path, picture: VideoFormat, copy: bool
) -> None:
    piece = Piece(HALF, 36, "crop", focus=(Fraction(1, 4), Fraction(1, 2)))
    leaving = replace(piece, start=48, frames=HALF)
    copy = copy and picture.codec == "h264"
    suffix = ".mov" if picture.codec == "prores" else ".mp4"
    work = JoinWork("dissolve", {}, leaving, Piece(0, HALF, "crop"), picture)
    bare, into = tmp_path / f"bare{suffix}", tmp_path / f"join{suffix}"
    segments.join(work, clips, bare, silent)

    alone, beside = tmp_path / f"alone{suffix}", tmp_path / f"body{suffix}"
    segments.body(BodyWork(piece, picture, copy), {"clip": clips["leaving"]}, alone, silent)
    assert not left(tmp_path)
    segments.body(BodyWork(piece, picture, copy, handle=HALF), {"clip": clips["leaving"]}, beside, silent)
    assert len(left(tmp_path)) == 1
    segments.join(work, clips, into, silent)

    assert beside.read_bytes() == alone.read_bytes()
    assert into.read_bytes() == bare.read_bytes()
    assert not left(tmp_path), "it is used once"


def test_the_handle_is_what_is_shown(clips: dict[str, Path], tmp_path: Path) -> None:
    """A join that finds one does not look into the clip."""
    bare = join(clips, Piece(48, HALF, "crop"), tmp_path / "bare.mp4")
    body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4")
    clip = clips["leaving"].stat()
    clips["leaving"].write_bytes(b"\0" * clip.st_size)

    os.utime(clips["leaving"], ns=(clip.st_atime_ns, clip.st_mtime_ns))
    assert join(clips, Piece(48, HALF, "crop"), tmp_path / "join.mp4") == bare


def test_a_copy_that_encodes_its_end_leaves_one_too(clips: dict[str, Path], tmp_path: Path) -> None:
    body(clips, Piece(0, 47, "crop"), tmp_path / "body.mp4", copy=True)
    assert len(left(tmp_path)) == 1


@pytest.mark.parametrize(
    "other",
    [
        Piece(47, HALF, "crop"),
        Piece(48, HALF - 1, "crop"),
        Piece(48, HALF, "pad"),
        Piece(48, HALF, "crop", speed=Fraction(2)),
    ],
)
def test_other_frames_are_not_taken_for_it(clips: dict[str, Path], tmp_path: Path, other: Piece) -> None:
    place = handles.place(tmp_path, clips["leaving"], Piece(48, HALF, "crop"), PICTURE)
    assert place is not None
    place.write_bytes(b"no film at all")
    assert handles.place(tmp_path, clips["leaving"], other, PICTURE) != place
    assert handles.place(tmp_path, clips["entering"], Piece(48, HALF, "crop"), PICTURE) != place


def test_a_clip_that_was_saved_anew_has_none(clips: dict[str, Path], tmp_path: Path) -> None:
    body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4")
    footage(clips["leaving"], 3, 72, options=ONE_KEYFRAME)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    bare = join(clips, Piece(48, HALF, "crop"), elsewhere / "join.mp4")
    assert join(clips, Piece(48, HALF, "crop"), tmp_path / "join.mp4") == bare


def test_what_moves_over_time_leaves_none(clips: dict[str, Path], tmp_path: Path) -> None:
    body(clips, Piece(0, 48, "crop", until=40), tmp_path / "body.mp4")
    assert not left(tmp_path)


def test_what_goes_through_a_lut_has_none(clips: dict[str, Path], tmp_path: Path) -> None:
    """Two entries may show the same frames of a clip through two of them."""
    assert handles.place(tmp_path, clips["leaving"], Piece(48, HALF, "crop", look=True), PICTURE) is None


def test_slates_lie_where_bars_leave_room(clips: dict[str, Path], tmp_path: Path) -> None:
    piece = Piece(48, HALF, "crop", slate="park")
    open_, barred = (handles.place(tmp_path, clips["leaving"], piece, PICTURE, bars) for bars in (None, Fraction(3)))
    assert open_ != barred


def test_there_is_room_for_so_many_and_no_more(
    clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(handles, "ROOM", HALF * 320 * 180 * 3 // 2)
    (tmp_path / ".handle-other.nut").write_bytes(b"1")
    body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4")
    assert len(left(tmp_path)) == 1
    (tmp_path / ".handle-other.nut").unlink()
    body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4")
    assert len(left(tmp_path)) == 1


def test_a_body_that_fails_leaves_nothing(
    clips: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_: object, **__: object) -> str:
        raise LocalTool("ffmpeg was ended by SIGKILL")

    monkeypatch.setattr(ffmpeg, "run", killed)
    with pytest.raises(LocalTool, match="SIGKILL"):
        body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4")
    assert not list(tmp_path.glob(".*"))


def test_what_lies_over_a_body_does_not_lie_on_its_handle(clips: dict[str, Path], tmp_path: Path) -> None:
    bare = join(clips, Piece(48, HALF, "crop"), tmp_path / "bare.mp4")
    body(clips, Piece(0, 48, "crop"), tmp_path / "body.mp4", over=Overlay(bars=Fraction(3)))
    assert join(clips, Piece(48, HALF, "crop"), tmp_path / "join.mp4") == bare
