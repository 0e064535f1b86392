"""Cuts play in a real browser: it jumps to every join and plays on, and shows the frame that is due each time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import av
import pytest

from reelmake.media import ffmpeg
from reelmake.media.perform import perform
from reelmake.model.delivery import PlaylistWork
from reelmake.model.frame import Size
from reelmake.model.storyboard import Output
from tests.support.film import ENCODED, Room, entry, footage, into, packets
from tests.support.screen import Screen, assert_same, decoded, told

pytestmark = pytest.mark.slow
FILM = Fraction(24000, 1001)
COPIED = Output("cut.mp4")
PYRAMID = {"preset": "veryfast", "bf": "3", "b-pyramid": "normal", "refs": "4", "g": "12", "sc_threshold": "0"}
ONE_KEYFRAME = {"preset": "veryfast", "bf": "3", "g": "250", "sc_threshold": "0"}
SIMPLE = {"profile": "baseline", "bf": "0", "g": "36"}
DEEP = {"preset": "veryfast", "bf": "8", "b_strategy": "2", "refs": "8", "g": "250", "sc_threshold": "0"}
NOT_ALONE = {  # pictures that files call keyframes, although a player that begins there cannot show what follows
    "open groups": "open-gop=1:keyint=12:min-keyint=12:scenecut=0:b-pyramid=normal",
    "intra refresh": "intra-refresh=1:keyint=12",
}
Due = list[tuple[int, int] | None]  # (clip, number) of every frame; None where two are mixed


def assert_plays(screen: Screen, film: Path, due: Due, fps: Fraction, joins: Sequence[int]) -> None:
    """Fails unless a browser shows what is due after jumps, and while it plays; ffmpeg has to agree."""
    frames = decoded(film)
    assert [told(bars) if one else None for bars, one in zip(frames, due, strict=True)] == due
    opened = screen.open(film.name)
    assert opened.seconds == pytest.approx(len(due) / float(fps), abs=0.5 / float(fps))

    chance = random.Random(len(due))
    wanted = {0, len(due) - 1, *(n for join in joins for n in (join - 1, join, join + 1))}
    jumps = sorted(wanted | set(chance.sample(range(len(due)), 8)))
    chance.shuffle(jumps)
    assert_same(screen.look(jumps, fps), jumps, frames, fps)

    screen.open(film.name)
    watched = screen.watch(rate=2)
    numbers = [round(at * fps) for at, _ in watched.shown]
    assert numbers == sorted(numbers)
    assert_same(watched.shown, numbers, frames, fps)
    assert watched.decoded == len(due), (watched.decoded, numbers)
    assert watched.at == pytest.approx(opened.seconds, abs=0.001)
    assert watched.sound > 0
    assert not screen.complaints()


def whole(clip: int, frames: int = 36) -> Due:
    return [(clip, n) for n in range(frames)]


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def three(room: Room, *options: dict[str, str], fps: Fraction = Fraction(24)) -> None:
    for number, (id, how) in enumerate(zip("abc", options, strict=True), 1):
        room.clip(id, number, 36, fps=fps, options=how)


@pytest.mark.parametrize("fps", [Fraction(24), FILM, Fraction(30)])
def test_copies_of_like_clips(room: Room, screen: Screen, fps: Fraction) -> None:
    three(room, PYRAMID, PYRAMID, PYRAMID, fps=fps)
    reel = room.build(room.board(fps=fps), COPIED)

    assert_plays(screen, reel, whole(1) + whole(2) + whole(3), fps, (36, 72))


def test_copies_of_clips_from_different_encoders(room: Room, screen: Screen) -> None:
    three(room, SIMPLE, ONE_KEYFRAME, DEEP)
    reel = room.build(room.board(), COPIED)

    assert_plays(screen, reel, whole(1) + whole(2) + whole(3), Fraction(24), (36, 72))


@pytest.mark.parametrize("kind", NOT_ALONE)
def test_copies_of_clips_in_which_a_browser_cannot_jump(room: Room, screen: Screen, kind: str) -> None:
    """In the clip alone it gives up with an error; of the reel it has to know where it may begin."""
    three(room, PYRAMID, {"preset": "veryfast", "bf": "3", "x264-params": NOT_ALONE[kind]}, PYRAMID)
    reel = room.build(room.board(), COPIED)

    assert {bytes(p)[-100:] for p in packets(room.clips["b"], "video")} <= {
        bytes(p)[-100:] for p in packets(reel, "video")
    }
    assert_plays(screen, reel, whole(1) + whole(2) + whole(3), Fraction(24), (36, 48, 51, 60, 63, 72))


def test_copies_and_encodings_side_by_side(room: Room, screen: Screen) -> None:
    three(room, PYRAMID, ONE_KEYFRAME, SIMPLE)
    footage(room.clips["b"], 2, 36, size=Size(416, 192))
    reel = room.build(room.board(entry("b"), entry("a"), entry("b"), entry("c"), entry("b")), COPIED)

    due = whole(2) + whole(1) + whole(2) + whole(3) + whole(2)
    assert_plays(screen, reel, due, Fraction(24), (36, 72, 108, 144))


@pytest.mark.parametrize("output", [COPIED, ENCODED], ids=["copied", "encoded"])
@pytest.mark.parametrize("fps", [Fraction(24), FILM])
def test_dissolves(room: Room, screen: Screen, output: Output, fps: Fraction) -> None:
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 60, fps=fps, options=PYRAMID)
    mixed = into("dissolve", "0.5")
    reel = room.build(room.board(entry("a", into=mixed), entry("b", into=mixed), entry("c"), fps=fps), output)

    due = whole(1, 48) + 12 * [None] + whole(2, 48)[12:] + 12 * [None] + whole(3, 60)[12:]
    assert_plays(screen, reel, due, fps, (48, 60, 96, 108))


@pytest.mark.parametrize("fps", [Fraction(24), FILM])
def test_clips_that_are_copied_in_part(room: Room, screen: Screen, fps: Fraction) -> None:
    """Their bodies begin and end between keyframes: some frames are encoded, the most are the clip's own."""
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 84, fps=fps, options=PYRAMID | {"g": "24"})
    mixed = into("dissolve", "0.25")
    reel = room.build(room.board(entry("a", into=mixed), entry("b", into=mixed), entry("c"), fps=fps), COPIED)

    due = whole(1, 78) + 6 * [None] + whole(2, 78)[6:] + 6 * [None] + whole(3, 84)[6:]
    plain = {bytes(packet) for clip in room.clips.values() for packet in packets(clip, "video")}
    own = [packet.pts // packet.duration for packet in packets(reel, "video") if bytes(packet) in plain]
    assert all(len(set(own) & set(range(start, start + 72))) in range(48, 72) for start in (84, 162))
    assert_plays(screen, reel, due, fps, (78, 84, 102, 156, 162, 180))


@pytest.mark.parametrize(("last", "tag"), [(PYRAMID, "avc1"), (SIMPLE, "avc3")])
def test_a_packager_may_cut_it_into_fragments(room: Room, screen: Screen, last: dict[str, str], tag: str) -> None:
    """Through Media Source Extensions the browser reads the boxes and parameter sets itself, and strictly."""
    for number, (id, how) in enumerate(zip("abc", (PYRAMID, PYRAMID, last), strict=True), 1):
        room.clip(id, number, 60, options=how | {"g": "24"})
    film = room.build(room.board(entry("a", trim=("0.5", None)), entry("b"), entry("c")), COPIED)
    media, playlist = room.folder / "cut.m4s", room.folder / "cut.m3u8"
    ffmpeg.run(["-i", str(film), "-c", "copy", "-movflags", "cmaf+frag_keyframe", "-f", "mp4", str(media)], media)
    perform("", PlaylistWork(media.name, Fraction(1)), {"media": media}, playlist, lambda fraction, word: None)

    with av.open(str(film)) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag
    screen.append(media, playlist)
    jumps = [120, 47, 48, 167, 0, 107, 108, 11, 12, 49, 80, 109]
    assert_same(screen.look(jumps, Fraction(24)), jumps, decoded(film), Fraction(24))


def test_trims_that_begin_and_end_between_keyframes(room: Room, screen: Screen) -> None:
    three(room, PYRAMID, ONE_KEYFRAME, PYRAMID)
    trims = entry("a", trim=("0.25", "1.25")), entry("b", trim=("0", "1.125")), entry("c", trim=("0.375", None))
    reel = room.build(room.board(*trims), COPIED)

    assert_plays(screen, reel, whole(1)[6:30] + whole(2)[:27] + whole(3)[9:], Fraction(24), (24, 51))
