"""What is made beside the films: subtitles, animated WebP, an HLS stream."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import av
import numpy as np
import pytest
from PIL import Image

from reelmake import catalog
from reelmake.assemble.captions import cues
from reelmake.errors import LocalTool, Mistake
from reelmake.media.loudness import measure
from reelmake.media.perform import perform
from reelmake.media.sound_file import SoundWriter
from reelmake.model.delivery import PlaylistWork, SubtitleWork
from reelmake.model.overlay import Cue
from reelmake.model.step import Input
from reelmake.model.storyboard import Music, Output, Sound, Storyboard, Track
from reelmake.outputs import subtitles
from tests.support.film import Room, entry, into, read

CLIPS = {id: Input("clip", file=f"{id}.mp4") for id in "abc"}


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clips = {id: tmp_path / f"{id}.mp4" for id in "abc"}
    room.lengths = dict.fromkeys("abc", Fraction(2))
    return room


def spoken(board: Storyboard, **captions: str) -> Storyboard:
    return replace(board, shots={id: replace(shot, caption=captions.get(id, "")) for id, shot in board.shots.items()})


def silent(fraction: float | None, word: str) -> None:
    """Nobody listens."""


def test_captions_change_in_the_middle_of_a_join_and_a_shot_that_goes_on_keeps_its_own(room: Room) -> None:
    board = room.board(
        entry("a", into=into("dissolve", "0.5")),
        entry("b"),
        entry("c", trim=("0", "1")),
        entry("c", trim=("1", None)),
        entry("a", trim=("0", "0.125")),
        fps=Fraction(24000, 1001),
    )
    board = spoken(board, a=" One  \n\n\nline ", c="Three")
    made = cues(room.cut(board), board)
    # frames: a 0-48, the join is 12 of them from 36 on; b to 84; c to 108 and to 132; a to 135
    assert [(c.begin, c.end) for c in made] == [(0, 1752), (3504, 5506), (5506, 5631)]
    assert [c.text for c in made] == ["One\nline", "Three", "One\nline"]


def test_subrip(tmp_path: Path) -> None:
    cues = (Cue(0, 1752, "One\nline"), Cue(3_723_004, 3_724_000, "a --> b & <i>"))
    perform("", SubtitleWork("srt", cues), {}, tmp_path / "x.srt", silent)
    assert (tmp_path / "x.srt").read_text("utf-8") == (
        "1\n00:00:00,000 --> 00:00:01,752\nOne\nline\n\n2\n01:02:03,004 --> 01:02:04,000\na -> b & <i>\n"
    )


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_others_read_our_subtitles(tmp_path: Path, kind: str) -> None:
    cues = (Cue(250, 1752, "Grüße, 世界\nzweite Zeile"), Cue(2000, 3004, "1 < 2 & 3 --> 4"))
    file = tmp_path / f"x.{kind}"
    facts = perform("", SubtitleWork(kind, cues), {}, file, silent)
    assert facts.seconds == Fraction(3004, 1000)
    with av.open(str(file)) as container:
        packets = [p for p in container.demux() if p.size]
        assert container.streams[0].codec_context.name == {"srt": "srt", "vtt": "webvtt"}[kind]
    said = [bytes(p).decode() for p in packets]
    assert [(p.pts, p.duration) for p in packets] == [(250, 1502), (2000, 1004)]
    assert said[0] == "Grüße, 世界\nzweite Zeile"
    assert said[1] == {"srt": "1 < 2 & 3 -> 4", "vtt": "1 &lt; 2 &amp; 3 --&gt; 4"}[kind]


def test_subtitles_without_a_caption_are_the_authors_mistake(room: Room) -> None:
    board = room.board()
    with pytest.raises(Mistake, match=r"cut\.vtt would be empty"):
        subtitles.steps(room.cut(board), board, Output("cut.vtt"), CLIPS, "build")


def test_a_caption_changes_no_film(room: Room) -> None:
    plain = room.board()
    film = catalog.output("cut.mp4").steps
    before, after = (film(room.cut(b), b, Output("cut.mp4"), CLIPS, "build") for b in (plain, spoken(plain, a="Hi")))
    assert [s.work for s in before] == [s.work for s in after]


@pytest.mark.slow
def test_an_animated_webp(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    room.clip("b", 2, 24)
    output = Output("cut.webp", options={"width": 104, "fps": 10, "quality": 50, "loop": False})
    file = room.build(room.board(), output, by=catalog.output("cut.webp"))
    with Image.open(file) as picture:
        assert (picture.format, picture.size, picture.info["loop"]) == ("WEBP", (104, 48), 1)
        durations, seen = [], []
        for n in range(picture.n_frames):
            picture.seek(n)
            picture.load()
            durations.append(picture.info["duration"])
            seen.append(picture.convert("L").copy())
    assert sum(durations) == pytest.approx(2000, abs=60)
    assert len({still.tobytes() for still in seen}) > 15  # it moves
    first = file.read_bytes()
    room.done.clear()
    assert room.build(room.board(), output, by=catalog.output("cut.webp")).read_bytes() == first


def stream(room: Room, **options: object) -> tuple[Path, Path]:
    """The playlist, and the file in fragments as it is called beside it."""
    output = Output("live/cut.m3u8", options={"preset": "ultrafast", **options})
    kind = catalog.output("cut.m3u8")
    board = room.board()
    made = kind.steps(room.cut(board), board, output, {id: Input("clip", file=f"{id}.mp4") for id in room.clips}, "b")
    assert [s.output for s in made if s.output] == ["b/live/cut.m4s", "b/live/cut.m3u8"]

    class Last:
        """The playlist is the last of two that are published."""

        @staticmethod
        def steps(*given: object) -> object:
            return [replace(s, output=s.output if s is made[-1] else "") for s in made]

    playlist = room.build(board, output, by=Last)
    folder = room.folder / "site"
    folder.mkdir(exist_ok=True)
    fragments = next(file for file in room.done.values() if file.suffix == ".m4s")
    (folder / "cut.m4s").write_bytes(fragments.read_bytes())
    (folder / "cut.m3u8").write_bytes(playlist.read_bytes())
    return folder / "cut.m3u8", folder / "cut.m4s"


@pytest.mark.slow
def test_a_stream_plays_to_the_frame_and_its_parts_are_whole(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 120, sound=lambda t: 0 * t)
    room.clip("b", 2, 72)
    playlist, media = stream(room, part=3)
    with av.open(str(playlist), options={"allowed_extensions": "ALL"}) as container:
        assert [read(f) for f in container.decode(video=0)] == [(1, n) for n in range(120)] + [
            (2, n) for n in range(72)
        ]
    lines = playlist.read_text("utf-8").splitlines()
    lengths = [float(line[8:-1]) for line in lines if line.startswith("#EXTINF:")]
    assert sum(lengths) == pytest.approx(8)
    assert max(lengths) <= float(next(line for line in lines if "TARGETDURATION" in line).rpartition(":")[2])
    ranges = [
        tuple(map(int, re.findall(r"\d+", line.rpartition(":")[2]))) for line in lines if "#EXT-X-BYTERANGE" in line
    ]
    head = int(re.findall(r'BYTERANGE="(\d+)@0"', "\n".join(lines))[0])
    data = media.read_bytes()
    assert ranges[0][1] == head
    assert all(at + size == after for (size, at), (_, after) in pairwise(ranges))
    for number, (size, at) in enumerate(ranges):  # each part stands alone after the head: it begins with a keyframe
        alone = tmp_path / "part.mp4"
        alone.write_bytes(data[:head] + data[at : at + size])
        with av.open(str(alone)) as container:
            count = sum(1 for _ in container.decode(video=0))
        assert count == round(lengths[number] * 24)


def test_a_file_without_fragments_has_no_playlist(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    with pytest.raises(LocalTool, match="0 fragments"):
        perform("", PlaylistWork("a.mp4", Fraction(6)), {"media": tmp_path / "a.mp4"}, tmp_path / "a.m3u8", silent)


def tone(hz: float) -> Callable[[np.ndarray], np.ndarray]:
    return lambda times: np.asarray(0.2 * np.sin(2 * np.pi * hz * times))


@pytest.fixture
def concert(tmp_path: Path) -> tuple[Room, Storyboard]:
    """A second of clip sound, music that steps back under it, and an effect."""
    room = Room(tmp_path)
    room.clip("a", 1, 24, sound=tone(300))
    room.clip("b", 2, 24)
    for name, hz in (("music", 500), ("bang", 900)):
        with SoundWriter(tmp_path / f"{name}.flac", "flac", "flac", "s32") as out:
            out.write(np.tile(tone(hz)(np.arange(24_000) / 48_000), (2, 1)).astype(np.float32))
    sound = Sound(
        music=Music("music.flac", duck=Fraction(9)),
        tracks=(Track("bang.flac", at=Fraction(1)),),
        loudness=Fraction(-20),
    )
    return room, room.board(sound=sound)


def alone(room: Room, board: Storyboard, path: str, **options: object) -> np.ndarray:
    file = room.build(board, Output(path, options=options), by=catalog.output(path))
    with av.open(str(file)) as container:
        turned = av.AudioResampler(format="fltp", layout="stereo", rate=48_000)
        return np.concatenate(
            [p.to_ndarray() for f in [*container.decode(audio=0), None] for p in turned.resample(f)], 1
        )


@pytest.mark.slow
def test_stems_together_are_the_mix(concert: tuple[Room, Storyboard]) -> None:
    room, board = concert
    whole = alone(room, replace(board, sound=replace(board.sound, loudness=None)), "mix.wav")
    stems = [alone(room, board, f"{stem}.wav", stem=stem) for stem in ("clips", "effect", "music")]
    assert whole.shape == (2, 96_000)
    assert np.abs(sum(stems) - whole).max() < 1e-6
    assert all(np.abs(stem).max() > 0.05 for stem in stems)
    assert np.abs(stems[0][:, 50_000:]).max() < 1e-6  # b has no sound of its own
    assert np.abs(stems[2][:, 20_000:40_000]).max() < 0.5 * np.abs(stems[2][:, 90_000:]).max()  # it steps back
    assert not any(step.startswith("segment") for step in room.made)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["mix.wav", "mix.flac", "mix.m4a", "mix.opus"])
def test_the_sound_alone_is_as_loud_as_that_of_a_film(concert: tuple[Room, Storyboard], path: str) -> None:
    room, board = concert
    wave = alone(room, board, path)
    assert abs(wave.shape[1] - 96_000) <= 1024
    file = next(f for f in reversed(room.done.values()) if f.suffix == Path(path).suffix and "sound" not in f.name)
    assert measure(file).integrated == pytest.approx(-20, abs=0.5)


def test_a_stem_of_nothing_is_the_authors_mistake(room: Room) -> None:
    board = room.board()
    with pytest.raises(Mistake, match="no narration"):
        catalog.output("x.wav").steps(
            room.cut(board), board, Output("x.wav", options={"stem": "narration"}), CLIPS, "b"
        )


@pytest.mark.slow
@pytest.mark.parametrize(("path", "kind"), [("poster.png", "PNG"), ("poster.jpg", "JPEG")])
def test_a_poster_is_the_frame_at_its_time(tmp_path: Path, path: str, kind: str) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 48)
    room.clip("b", 2, 48)
    board = room.board(entry("a", trim=("0", "1"), into=into("dissolve", "0.5")), entry("b", title="Hi"))
    for at, shown in (("0", (1, 0)), ("0.74", (1, 17)), ("0.75", (2, 6)), ("2.49", (2, 47))):
        file = room.build(board, Output(path, options={"at": Fraction(at)}), by=catalog.output(path))
        with Image.open(file) as picture:
            assert (picture.format, picture.size) == (kind, (208, 96))
            assert read(av.VideoFrame.from_image(picture.convert("RGB"))) == shown
    output = Output(path, options={"at": Fraction("2.5")}, size=None)
    with pytest.raises(Mistake, match=r"the cut ends at 0:02\.5"):
        catalog.output(path).steps(room.cut(board), board, output, CLIPS, "build")
