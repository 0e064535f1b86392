"""Where only the joins change, only their frames are encoded, and what decoding needs; all others are copied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.media import ffmpeg, h264, seams, verbatim
from reelmake.model.cut import Cut
from reelmake.model.segment import BodyWork, Piece, VideoFormat
from reelmake.model.storyboard import Output
from tests.support.film import SMALL, Room, entry, into, packets, pictures, read

pytestmark = pytest.mark.slow
AUTO = Output("cut.mp4")
COUNT = 96  # frames of a clip
FILM = Fraction(24000, 1001)
FORMS = {
    "a group each half second": ({"g": "12", "bf": "3"}, Fraction(24)),
    "no reordering": ({"g": "24", "bf": "0"}, Fraction(24)),
    "a pyramid": ({"g": "24", "bf": "3", "x264-params": "b-pyramid=normal:b-adapt=0"}, Fraction(24)),
    "long groups": ({"g": "36", "bf": "2"}, FILM),
    "deep reordering": ({"g": "32", "bf": "8", "x264-params": "b-pyramid=strict:b-adapt=0:ref=6"}, FILM),
}


def clip(room: Room, id: str, number: int, options: dict[str, str], fps: Fraction, frames: int = COUNT) -> None:
    steady = {"preset": "veryfast", "keyint_min": options["g"], "sc_threshold": "0"}
    room.clip(id, number, frames, fps=fps, options=steady | options, grain=2)


def grey(file: Path) -> list[np.ndarray]:
    return [frame.to_ndarray(format="yuv420p") for frame in pictures(file)]


def psnr(one: np.ndarray, other: np.ndarray) -> float:
    error = np.mean((one.astype(float) - other) ** 2)
    return float(10 * np.log10(255**2 / error)) if error else 99.0


def copied(reel: Path, clips: dict[str, Path]) -> dict[int, tuple[str, int]]:
    """Of every frame of the reel whose packet is a clip's: that clip, and the number of its frame."""
    known = {}
    for id, file in clips.items():
        found = packets(file, "video")
        order = sorted(p.pts for p in found)
        known |= {bytes(p): (id, order.index(p.pts)) for p in found}
    found = packets(reel, "video")
    order = sorted(p.pts for p in found)
    return {order.index(p.pts): known[bytes(p)] for p in found if bytes(p) in known}


def due(cut: Cut) -> list[tuple[str, int] | None]:
    """What is seen in every frame of a cut: the shot and the frame of its clip; None within a join."""
    frames: list[tuple[str, int] | None] = [None] * cut.frames
    for index, one in enumerate(cut.entries):
        for n in range(cut.head(index), one.frames - cut.tail(index)):
            frames[one.at + n] = (one.shot, one.clip_frame(n))
    return frames


def examined(room: Room, reel: Path, cut: Cut) -> int:
    """Is every frame its clip's, to the bit where it was copied? Decodes with both programs. How many were copied."""
    shown, taken = grey(reel), copied(reel, room.clips)
    sources = {id: grey(file) for id, file in room.clips.items()}
    wanted = due(cut)
    assert len(shown) == len(wanted)
    for number, (picture, want) in enumerate(zip(shown, wanted, strict=True)):
        if want is None:
            assert number not in taken
            continue
        source = sources[want[0]][min(want[1], len(sources[want[0]]) - 1)]
        if number in taken:
            assert taken[number] == want
            assert (picture == source).all()
        else:
            assert psnr(picture, source) > 38
    nothing = ["-map", "0:v", "-f", "null", "-"]
    said = ffmpeg.measure(["-xerror", "-err_detect", "explode", "-i", str(reel), *nothing])
    assert not [line for line in said.splitlines() if line.startswith("[h264") or "rror" in line]
    return len(taken)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


@pytest.mark.parametrize("length", ["0.25", "1"])
@pytest.mark.parametrize("form", FORMS)
def test_between_dissolves(room: Room, form: str, length: str) -> None:
    options, fps = FORMS[form]
    for number, id in enumerate("abc", 1):
        clip(room, id, number, options, fps)
    board = room.board(
        entry("a", into=into("dissolve", length)), entry("b", into=into("wipe", length)), entry("c"), fps=fps
    )
    reel = room.build(board, AUTO)
    cut = room.cut(board)

    group, lost = int(options["g"]), int(options["bf"])
    head = -(-cut.head(1) // group) * group  # where the first group after the join begins
    body = COUNT - cut.tail(0)
    least = [body - lost, body - head - lost, COUNT - head]
    assert sum(least) <= examined(room, reel, cut) <= sum(least) + 2 * lost
    with av.open(str(reel)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "avc1"


@pytest.mark.parametrize("trim", [("0.5", "3"), ("1.5", None), ("0.375", "3.125"), ("0", "2.625"), ("1", "3")])
def test_trims_at_hard_cuts(room: Room, trim: tuple[str, str | None]) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "3"}, Fraction(24))
    board = room.board(entry("a", trim=trim), entry("b", trim=trim), entry("a"))
    reel = room.build(board, AUTO)

    first, last = (int(24 * Fraction(t)) if t else COUNT for t in trim)
    whole = last - max(-(-first // 24) * 24, 0)
    assert COUNT + 2 * (whole - 3) <= examined(room, reel, room.cut(board)) <= COUNT + 2 * whole


def test_a_player_can_begin_at_every_keyframe(room: Room) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "3"}, Fraction(24))
    board = room.board(entry("a", trim=("0.25", None), into=into("dissolve", "0.5")), entry("b"), entry("a"))
    reel = room.build(board, AUTO)
    whole = {frame.pts: frame.to_ndarray(format="gray") for frame in pictures(reel)}

    begins = [p.pts for p in packets(reel, "video") if p.is_keyframe]
    assert len(begins) >= 3 + 2 * 4
    for pts in begins:
        with av.open(str(reel)) as container:
            stream = container.streams.video[0]
            container.seek(pts, stream=stream)
            for frame, _ in zip(container.decode(stream), range(9), strict=False):
                assert frame.pts >= pts
                assert (frame.to_ndarray(format="gray") == whole[frame.pts]).all()


def test_less_than_a_second_is_not_worth_it(room: Room) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "48", "bf": "2"}, Fraction(24))
    reel = room.build(room.board(entry("a", trim=("0.5", "2.75")), entry("b")), AUTO)

    assert len(copied(reel, {"a": room.clips["a"]})) == 0
    assert len(copied(reel, {"b": room.clips["b"]})) == COUNT


def test_one_keyframe_is_enough_for_all_that_comes_before_a_join(room: Room) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "250", "bf": "3"}, Fraction(24))
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"))
    reel = room.build(board, AUTO)

    assert COUNT - 12 - 3 <= examined(room, reel, room.cut(board)) <= COUNT - 12


def test_a_clip_that_is_a_little_short_is_copied_and_its_last_frame_held(room: Room) -> None:
    clip(room, "a", 1, {"g": "24", "bf": "3"}, Fraction(24))
    clip(room, "b", 2, {"g": "24", "bf": "3"}, Fraction(24))
    room.lengths["a"] = Fraction(COUNT + 4, 24)
    board = room.board()
    reel = room.build(board, AUTO)

    assert examined(room, reel, room.cut(board)) == 2 * COUNT
    assert [read(f) for f in pictures(reel)[COUNT - 1 : COUNT + 5]] == [(1, COUNT - 1)] * 5 + [(2, 0)]
    assert any("its last frame is held" in word for word in room.said)


def test_a_clip_that_stands_still_at_its_ends_is_copied_where_it_moves(room: Room) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "3"}, Fraction(24))
    held = replace(entry("a"), freeze=Fraction(1, 2), freeze_first=Fraction(1, 4))
    board = room.board(held, replace(entry("b", trim=("0.5", "3")), freeze=Fraction(1)))
    reel = room.build(board, AUTO)

    assert examined(room, reel, room.cut(board)) == COUNT + 48


def test_frames_that_an_edit_list_hides_are_neither_shown_nor_counted(room: Room) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "3"}, Fraction(24))
    odd = room.folder / "odd.mp4"
    ffmpeg.run(["-ss", "0.3", "-i", str(room.clips["b"]), "-c", "copy", "-f", "mp4", str(odd)], odd)
    shown = [read(frame) for frame in pictures(odd)]
    room.clips["b"], room.lengths["b"] = odd, Fraction(len(shown), 24)
    assert 0 < shown[0][1] < 24
    assert len(packets(odd, "video")) == COUNT

    board = room.board(entry("a", into=into("dissolve", "0.25")), entry("b", trim=("0.125", None)), entry("a"))
    reel = room.build(board, AUTO)
    for found, want in zip(map(read, pictures(reel)), due(room.cut(board)), strict=True):
        assert want is None or found == (shown[want[1]] if want[0] == "b" else (1, want[1]))
    assert len(copied(reel, {"b": odd})) == COUNT - 24


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"x264-params": "repeat-headers=1"}, "its parameters are stored among its frames"),
        ({"x264-params": "sps-id=31", "g": "12"}, "the first frame shown depends on others"),
        ({"g": "250"}, "the first frame shown depends on others"),
        ({"g": "1", "bf": "0"}, ""),
    ],
)
def test_why_not(room: Room, how: dict[str, str], why: str) -> None:
    clip(room, "a", 1, {"g": "24", "bf": "3"} | how, Fraction(24))
    picture = VideoFormat(SMALL, Fraction(24), 18, "medium")
    found = verbatim.share(BodyWork(Piece(6, 60, "crop"), picture, copy=True), room.clips["a"])

    assert (found.why, len(found.run.packets)) == (why, 0 if why else 60)


def test_an_open_group_is_no_place_to_begin(room: Room) -> None:
    clip(room, "a", 1, {"g": "24", "bf": "3", "x264-params": "open-gop=1:b-adapt=0"}, Fraction(24))
    clip(room, "b", 2, {"g": "24", "bf": "3"}, Fraction(24))
    board = room.board(entry("a", trim=("0.5", None)), entry("b", trim=("0.5", None)))
    reel = room.build(board, AUTO)

    assert examined(room, reel, room.cut(board)) == COUNT - 24
    assert not copied(reel, {"a": room.clips["a"]})


def test_clips_of_two_makers_and_our_own_pictures(room: Room) -> None:
    """One number stands for different parameters: every keyframe carries those of its own segment."""
    clip(room, "a", 1, {"g": "24", "bf": "3"}, Fraction(24))
    clip(room, "b", 2, {"g": "24", "bf": "0", "refs": "1", "profile": "baseline"}, Fraction(24))
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b", trim=("0.25", "3.5")), entry("a"))
    reel = room.build(board, AUTO)

    assert examined(room, reel, room.cut(board)) > 2 * COUNT
    with av.open(str(reel)) as container:
        assert container.streams.video[0].codec_context.codec_tag == "avc3"


def test_the_seams_within_a_segment_are_decoded_too(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "3", "x264-params": "b-adapt=0"}, Fraction(24))
    counted: list[list[int]] = []
    check = seams.check

    def noted(file: Path, counts: Sequence[int], *given: int, head: bool = True) -> int:
        counted.append(list(counts))
        return check(file, counts, *given, head=head)

    monkeypatch.setattr(seams, "check", noted)
    room.build(room.board(entry("a", trim=("0.5", "95/24")), entry("b")), AUTO)

    assert [12, 69, 2] in counted, "when the segment is made"
    assert counted[-1] == [12, 69, 2, COUNT]


def test_where_a_segment_begins_with_what_nobody_has_decoded_it_is(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    """The beginning of a clip was decoded to see what it is; a keyframe further on was not."""
    for number, id in enumerate("ab", 1):
        clip(room, id, number, {"g": "24", "bf": "0"}, Fraction(24))
    heads: list[bool] = []
    check = seams.check

    def noted(file: Path, counts: Sequence[int], *given: int, head: bool = True) -> int:
        heads.append(head)
        return check(file, counts, *given, head=head)

    monkeypatch.setattr(seams, "check", noted)
    room.build(room.board(entry("a"), entry("b", trim=("1", None))), AUTO)
    assert heads == [False, True, True]  # two segments, and the reel


def test_numbers_of_parameter_sets(room: Room) -> None:
    for number in (0, 1, 5, 31):
        how = {"x264-params": f"sps-id={number}", "g": "12", "bf": "0"}
        clip(room, "a", 1, how, Fraction(24), frames=24)
        with av.open(str(room.clips["a"])) as container:
            stream = container.streams.video[0]
            sets = h264.sets(bytes(stream.codec_context.extradata))
            made = {h264.follows(memoryview(p)) for p in container.demux(stream) if p.size}
        assert sets is not None
        assert set(sets.numbers) == {(h264.SPS, number), (h264.PPS, number)}
        assert made == {number}
        assert h264.merged([sets, sets]) == sets
