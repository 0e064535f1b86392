"""HLS in several qualities, and with captions: the playlists that players choose from, read as they read them."""

import re
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake.errors import Mistake
from reelmake.media import ffmpeg
from reelmake.model.frame import Size
from reelmake.model.overlay import Captions, Cue
from reelmake.model.step import Input
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import hls
from reelmake.plan.step_graph import graph
from tests.support.film import Room, entry, into, packets, read

SOFT = Captions(
    "talk.srt", soft=True, language="pt", cues=(Cue(250, 1000, "Olá & <bem>-vindos"), Cue(1500, 9000, "Fim"))
)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    noise = np.random.default_rng(3)
    room.clip("a", 15, 48, size=Size(416, 192), sound=lambda t: 0.1 * noise.standard_normal(len(t)))
    room.clip("b", 2, 24, size=Size(416, 192))
    return room


def noisy(room: Room) -> None:
    """A clip of two seconds that takes many bits."""
    room.clips["noise"], room.lengths["noise"] = room.folder / "noise.mp4", Fraction(2)
    source = ["-f", "lavfi", "-t", "2", "-i", "nullsrc=size=416x192:rate=24,geq=random(1)*255:128:128"]
    file = room.clips["noise"]
    ffmpeg.run([*source, "-c:v", "libx264", "-f", "mp4", str(file)], file)


def published(room: Room, board: Storyboard, **options: object) -> Path:
    """Everything of a stream beside its playlist, as a server would have it; the playlist."""
    output = Output("live/cut.m3u8", size=Size(416, 192), options={"preset": "ultrafast", "part": 1, **options})
    clips = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}
    folder, made = room.folder / "site", {}
    room.made.clear()
    for step in graph(hls.steps(room.cut(board), board, output, clips, "site")).steps.values():
        made[step.id] = room._make(step, made)
        if step.output:
            place = room.folder / step.output
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(made[step.id].read_bytes())
    return folder / "live" / "cut.m3u8"


def told(line: str) -> Mapping[str, str]:
    return {name: value.strip('"') for name, value in re.findall(r'([A-Z-]+)=("[^"]*"|[^,]*)', line)}


def variants(playlist: Path) -> list[tuple[Mapping[str, str], str]]:
    lines = playlist.read_text("utf-8").splitlines()
    return [(told(a), b) for a, b in pairwise(lines) if a.startswith("#EXT-X-STREAM-INF:")]


def shown(playlist: Path) -> list[tuple[int, int]]:
    with av.open(str(playlist), options={"allowed_extensions": "ALL"}) as container:
        return [read(frame) for frame in container.decode(video=0)]


@pytest.mark.slow
@pytest.mark.parametrize(("codec", "name"), [("h264", "avc1."), ("hevc", "hvc1.1."), ("av1", "av01.0.")])
def test_players_find_every_quality_with_its_size_and_codecs(room: Room, codec: str, name: str) -> None:
    crf = {"crf": 40} if codec == "av1" else {}
    playlist = published(room, room.board(entry("a"), entry("b")), qualities=[96, 192], codec=codec, **crf)
    found = variants(playlist)
    assert [(said["RESOLUTION"], file) for said, file in found] == [
        ("416x192", "cut-192.m3u8"),
        ("208x96", "cut-96.m3u8"),
    ]
    for said, file in found:
        picture, sound = said["CODECS"].split(",")
        assert picture.startswith(name)
        assert sound == "mp4a.40.2"
        assert said["FRAME-RATE"] == "24.000"
        assert shown(playlist.parent / file) == [(15, n) for n in range(48)] + [(2, n) for n in range(24)]
        size = (playlist.parent / file.replace(".m3u8", ".m4s")).stat().st_size
        assert int(said["AVERAGE-BANDWIDTH"]) == pytest.approx(8 * size / 3, rel=0.1)
        assert int(said["BANDWIDTH"]) >= int(said["AVERAGE-BANDWIDTH"])


@pytest.mark.slow
def test_the_sound_is_mixed_once_for_all_qualities(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"))
    published(room, board, qualities=[96, 192])
    assert {step.split(":")[1] for step in room.made if step.startswith("sound:")} == {"live/cut-192.m3u8"}
    published(room, board, qualities=[96])
    assert [step for step in room.made if step.startswith("segment")] == []


@pytest.mark.slow
def test_captions_are_a_playlist_of_their_own(room: Room) -> None:
    board = replace(room.board(entry("a"), entry("b")), captions=SOFT)
    playlist = published(room, board)
    (line,) = (line for line in playlist.read_text("utf-8").splitlines() if line.startswith("#EXT-X-MEDIA:"))
    said = told(line)
    assert (said["TYPE"], said["LANGUAGE"], said["URI"]) == ("SUBTITLES", "pt", "cut-captions.m3u8")
    ((quality, file),) = variants(playlist)
    assert quality["SUBTITLES"] == said["GROUP-ID"]
    assert shown(playlist.parent / file)[47:49] == [(15, 47), (2, 0)]  # nothing is burnt in
    listed = (playlist.parent / said["URI"]).read_text("utf-8")
    assert "#EXTINF:3.000000,\ncut-captions.vtt\n" in listed
    words = (playlist.parent / "cut-captions.vtt").read_text("utf-8")
    assert "00:00:00.250 --> 00:00:01.000\nOlá &amp; &lt;bem&gt;-vindos" in words
    with av.open(str(playlist.parent / "cut-192.m4s")) as container:
        assert not container.streams.subtitles


@pytest.mark.slow
def test_a_quality_may_have_a_ceiling(room: Room) -> None:
    noisy(room)

    def bits(rungs: object) -> int:
        playlist = published(room, room.board(entry("noise")), qualities=rungs)
        return sum(packet.size for packet in packets(playlist.parent / "cut-192.m4s", "video")) * 8 // 2

    free, held = bits([192]), bits({"192": 300})
    assert free > 4_000_000
    assert held < 900_000  # the first group may be over it: it begins with a full buffer


def test_without_either_it_is_one_playlist_as_before(room: Room) -> None:
    output, board = Output("live/cut.m3u8"), room.board()
    clips = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}
    steps = hls.steps(room.cut(board), board, output, clips, "build")
    assert [s.output for s in steps if s.output] == ["build/live/cut.m4s", "build/live/cut.m3u8"]


@pytest.mark.parametrize("wrong", [[97], [32], ["low"], [96, 96], "all", {"96": "much"}, {"96": -1}, [True]])
def test_wrong_qualities_are_refused(room: Room, wrong: object) -> None:
    with pytest.raises(Mistake, match="a list of even numbers"):
        hls.steps(room.cut(room.board()), room.board(), Output("a.m3u8", options={"qualities": wrong}), {}, "build")


@pytest.mark.parametrize(
    ("size", "side", "found"),
    [
        (Size(1280, 720), 360, Size(640, 360)),
        (Size(720, 1280), 360, Size(360, 640)),
        (Size(1000, 1000), 480, Size(480, 480)),
        (Size(1280, 536), 360, Size(860, 360)),
    ],
)
def test_every_quality_has_the_shape_of_the_film(size: Size, side: int, found: Size) -> None:
    assert hls._sized(size, side) == found
