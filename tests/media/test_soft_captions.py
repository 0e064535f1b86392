"""Captions as a track of a film, read back by PyAV and by ffmpeg."""

import subprocess
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from types import ModuleType
from typing import Any

import av
import pytest

from reelmake.errors import Mistake
from reelmake.media import ffmpeg
from reelmake.model.overlay import Captions, Cue
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import mkv, mov, mp4, webm
from tests.support.film import Room, entry, packets, pictures, read

pytestmark = pytest.mark.slow
SAID = (Cue(250, 1000, "Hello & welcome"), Cue(1000, 1500, "Zwei\nZeilen ö 水"), Cue(2000, 9000, "To the end"))
KINDS = {
    "cut.mp4": (mp4, "mov_text"),
    "cut.mov": (mov, "mov_text"),
    "cut.mkv": (mkv, "srt"),
    "cut.webm": (webm, "webvtt"),
}
SOFT = Captions("talk.srt", soft=True, language="de", cues=SAID)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 15, 48, sound=lambda t: 0.1 * (t > 0))
    room.clip("b", 2, 24)
    return room


def board(room: Room, captions: Captions = SOFT) -> Storyboard:
    return replace(room.board(entry("a"), entry("b")), captions=captions)


def film(room: Room, path: str, by: ModuleType, said: Captions = SOFT, **options: object) -> Path:
    quick = {"profile": "proxy"} if by is mov else {"preset": "ultrafast"}
    return room.build(board(room, said), Output(path, options={**quick, **options}), by=by)


def track(file: Path) -> Any:
    with av.open(str(file)) as container:
        streams = [s for s in container.streams if s.type == "subtitle"]
        assert len(streams) == 1
        return streams[0].codec_context.name, streams[0].language, [s.type for s in container.streams]


def as_srt(file: Path) -> str:
    command = [ffmpeg.program(), "-v", "error", "-i", str(file), "-f", "srt", "-"]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode()


def seen(file: Path) -> list[tuple[Fraction, Fraction, bytes]]:
    """(Begin, end, bytes) of every packet that says something."""
    found = [(p.pts * p.time_base, (p.pts + p.duration) * p.time_base, bytes(p)) for p in packets(file, "subtitles")]
    return [one for one in found if one[2] != b"\0\0"]


@pytest.mark.parametrize("path", KINDS)
def test_the_track_says_what_is_said_when_it_is_said(room: Room, path: str) -> None:
    kind, codec = KINDS[path]
    made = film(room, path, kind)
    assert track(made) == (codec, "ger" if kind is mov else "deu", ["video", "audio", "subtitle"])
    times = [(Fraction(c.begin, 1000), Fraction(min(c.end, 3000), 1000)) for c in SAID]
    assert [(begin, end) for begin, end, _ in seen(made)] == times
    text = as_srt(made)
    for said in ("Hello & welcome", "Zwei\nZeilen ö 水", "To the end", "00:00:02,000 --> 00:00:03,000"):
        assert said in text
    assert read(pictures(made)[20]) == (15, 20)  # nothing is burnt in
    assert len(pictures(made)) == 72


@pytest.mark.parametrize("path", ["cut.mp4", "cut.mov"])
def test_what_is_said_at_once_is_one_caption_of_timed_text(room: Room, path: str) -> None:
    both = replace(SOFT, cues=(Cue(0, 1000, "A"), Cue(500, 1500, "B")))
    said = [(begin, end, text[2:].decode()) for begin, end, text in seen(film(room, path, KINDS[path][0], both))]
    half = Fraction(1, 2)
    assert said == [(0, half, "A"), (half, 1, "A\nB"), (1, 3 * half, "B")]


def test_a_mov_has_subtitles_that_can_be_switched_off(room: Room) -> None:
    """Tracks of the kind "text" are always shown by QuickTime; "sbtl" with "tx3g" are what its menu names."""
    made = film(room, "cut.mov", mov)
    with av.open(str(made)) as container:
        assert container.streams.subtitles[0].codec_context.codec_tag == "tx3g"
    assert b"mhlrsbtl" in made.read_bytes()


@pytest.mark.parametrize(("said", "kept"), [("en", "eng"), ("sv", "sve"), ("hr", "hr "), ("", None), ("zu", None)])
def test_a_mov_has_numbers_for_some_languages(room: Room, said: str, kept: str | None) -> None:
    assert track(film(room, "cut.mov", mov, replace(SOFT, language=said)))[1] == kept


def test_a_changed_caption_joins_the_film_again_and_encodes_nothing(room: Room) -> None:
    first = film(room, "cut.mp4", mp4).read_bytes()
    again = film(room, "cut.mp4", mp4, replace(SOFT, cues=SAID[:1]))
    assert room.made == ["reel:cut.mp4"]
    assert again.read_bytes() != first
    room.done.clear()
    assert film(room, "cut.mp4", mp4).read_bytes() == first


def test_an_output_says_it_for_itself(room: Room) -> None:
    quiet = film(room, "cut.mp4", mp4, captions=False)
    with av.open(str(quiet)) as container:
        assert not container.streams.subtitles
    silent = replace(SOFT, soft=False)
    assert track(film(room, "cut.mkv", mkv, silent, captions="soft"))[0] == "srt"
    with pytest.raises(Mistake, match="would have no captions"):
        film(room, "cut.mp4", mp4, Captions(), captions="soft")
