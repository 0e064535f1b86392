"""Films of every kind, decoded again: each frame at its place, the sound as long as the picture, the file's words."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from reelmake import catalog
from reelmake.errors import Mistake
from reelmake.media import ffmpeg
from reelmake.model.cut_entries import CutEntry
from reelmake.model.frame import Focus, Size
from reelmake.model.step import Input
from reelmake.model.storyboard import Output, Storyboard
from tests.support.film import Room, entry, into, pictures, read

KINDS = [
    ("cut.mp4", {}, "h264", "yuv420p", "aac"),
    ("cut.mp4", {"codec": "hevc", "preset": "ultrafast"}, "hevc", "yuv420p", "aac"),
    ("cut.mp4", {"codec": "av1", "preset": "ultrafast"}, "libdav1d", "yuv420p", "aac"),
    ("cut.webm", {"preset": "ultrafast"}, "vp9", "yuv420p", "opus"),
    ("cut.webm", {"codec": "av1", "preset": "preview"}, "libdav1d", "yuv420p", "opus"),
    ("cut.mov", {}, "prores", "yuv422p10le", "pcm_s24le"),
    ("cut.mov", {"profile": "4444"}, "prores", "yuv444p12le", "pcm_s24le"),  # what decoders make of a 4444
    ("cut.mkv", {}, "h264", "yuv420p", "flac"),
    ("cut.mkv", {"codec": "vp9", "sound": "opus", "preset": "veryfast"}, "vp9", "yuv420p", "opus"),
]
TAGS = [
    ("cut.mp4", {}, "avc1"),
    ("cut.mp4", {"codec": "hevc", "preset": "ultrafast"}, "hvc1"),  # Apple's players know no other
    ("cut.mov", {"profile": "proxy"}, "apco"),
    ("cut.mov", {"profile": "422"}, "apcn"),
    ("cut.mov", {"profile": "4444"}, "ap4h"),
]
CLIPS = {id: Input("clip", file=f"{id}.mp4") for id in "ab"}


def beep(times: np.ndarray) -> np.ndarray:
    """A click at every whole second."""
    return np.where(times % 1 < 0.02, 0.5 * np.sin(2 * np.pi * 1000 * times), 0)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clip("a", 1, 48, sound=beep)
    room.clip("b", 2, 48, sound=beep)
    return room


def board(room: Room) -> Storyboard:
    return replace(
        room.board(entry("a", into=into("dissolve", "0.5")), entry("b", trim=("0", "1.5")), entry("a", title="Again")),
        title="A film",
    )


def make(room: Room, path: str, board: Storyboard, **options: object) -> Path:
    return room.build(board, Output(path, options=options), by=catalog.output(path))


@pytest.mark.slow
@pytest.mark.parametrize(("path", "options", "tag"), TAGS)
def test_players_are_told_the_kind_of_picture(room: Room, path: str, options: dict[str, object], tag: str) -> None:
    file = make(room, path, room.board(entry("a", trim=("0", "0.5"))), **options)
    with av.open(str(file)) as container:
        assert container.streams.video[0].codec_context.codec_tag == tag


@pytest.mark.slow
@pytest.mark.parametrize(("path", "options", "picture", "pixels", "sound"), KINDS)
def test_every_frame_and_sample_is_in_its_place(
    room: Room, path: str, options: dict[str, object], picture: str, pixels: str, sound: str
) -> None:
    file = make(room, path, replace(board(room), title=""), **options)
    frames = pictures(file)
    said = [read(frame) for frame in frames]
    assert said[:36] == [(1, n) for n in range(36)]
    assert said[48:72] == [(2, n) for n in range(12, 36)]
    assert len(frames) == 48 + 24 + 48
    times = [frame.pts * frame.time_base for frame in frames]
    assert all(abs(time - Fraction(n, 24)) <= Fraction(1, 1000) for n, time in enumerate(times))
    with av.open(str(file)) as container:
        assert container.streams.video[0].codec_context.name == picture
        assert container.streams.video[0].codec_context.pix_fmt == pixels
        assert container.streams.audio[0].codec_context.name.removeprefix("lib") == sound
        assert container.metadata["comment" if "comment" in container.metadata else "COMMENT"].endswith(
            ffmpeg.version()
        )
    wave = np.abs(heard_whole(file)[0])
    assert abs(len(wave) - 120 * 2000) <= (1024 if sound in ("aac", "opus") else 0)
    starts = [n for n in np.flatnonzero(wave > 0.1) if not (wave[max(0, n - 4800) : n] > 0.1).any()]
    expected = [0.0, 1.0, 2.5, 3.0, 4.0]  # of a, of b (its first one lies where it is not to be heard yet), of a again
    assert [s / 48000 for s in starts] == pytest.approx(expected, abs=0.004)


def heard_whole(file: Path) -> np.ndarray:
    """All samples as floats of shape (2, n), whatever the codec calls them."""
    with av.open(str(file)) as container:
        turned = av.AudioResampler(format="fltp", layout="stereo", rate=48000)
        pieces = [p.to_ndarray() for f in [*container.decode(audio=0), None] for p in turned.resample(f)]
    return np.concatenate(pieces, axis=1)


@pytest.mark.slow
@pytest.mark.parametrize(("path", "options"), [(k[0], k[1]) for k in KINDS[1:8]])
def test_the_same_takes_give_the_same_bytes(room: Room, path: str, options: dict[str, object]) -> None:
    first = make(room, path, board(room), **options).read_bytes()
    room.done.clear()
    assert make(room, path, board(room), **options).read_bytes() == first


@pytest.mark.slow
@pytest.mark.parametrize("path", ["cut.mp4", "cut.mkv", "cut.webm", "cut.mov"])
def test_a_film_says_its_title_its_chapters_and_what_it_is_told_to_say(room: Room, path: str) -> None:
    said = {"artist": "Maya", "copyright": "2026 Maya"}
    file = make(room, path, board(room), chapters=True, metadata=said)
    with av.open(str(file)) as container:
        words = {name.lower(): text for name, text in container.metadata.items()}
        chapters = [
            (c["metadata"]["title"], c["start"] * c["time_base"], c["end"] * c["time_base"])
            for c in container.chapters()
        ]
    assert words.items() >= {"title": "A film", **said}.items()
    assert [c[0] for c in chapters] == ["a", "b", "Again"]
    assert [float(t) for _, *span in chapters for t in span] == pytest.approx([0, 1.75, 1.75, 3, 3, 5], abs=0.001)


def test_chapters_and_words_leave_every_segment_as_it_is(room: Room) -> None:
    plain, told = (
        catalog.output("cut.mp4").steps(
            room.cut(board(room)),
            board(room),
            Output("cut.mp4", options=options),
            CLIPS,
            "build",
        )
        for options in ({}, {"chapters": True, "metadata": {"artist": "Maya"}})
    )
    assert [a.work == b.work for a, b in zip(plain, told, strict=True)] == [True] * (len(plain) - 1) + [False]


@pytest.mark.parametrize(
    ("path", "options", "crf", "speed", "bits"),
    [
        ("cut.mp4", {"preset": "web"}, 21, "medium", 160_000),
        ("cut.mp4", {"preset": "archive", "codec": "hevc"}, 14, "slow", 320_000),
        ("cut.mp4", {"preset": "social"}, 16, "medium", 256_000),
        ("cut.webm", {"preset": "preview"}, 40, "veryfast", 96_000),
        ("cut.mp4", {"preset": "preview", "crf": 20, "audio": 64}, 20, "veryfast", 64_000),
    ],
)
def test_presets(room: Room, path: str, options: dict[str, object], crf: int, speed: str, bits: int) -> None:
    made = catalog.output(path).steps(room.cut(board(room)), board(room), Output(path, options=options), CLIPS, "build")
    assert (made[0].work.picture.crf, made[0].work.picture.preset) == (crf, speed)
    assert made[-2].work.bitrate == bits
    assert bool(made[-1].work.chapters) == (options["preset"] == "archive")


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("cut.mp4", {"codec": "vp9"}),
        ("cut.mp4", {"crf": 60}),
        ("cut.mov", {"profile": "raw"}),
        ("cut.mkv", {"sound": "mp3"}),
        ("cut.mp4", {"metadata": {"encoder": "x"}}),
        ("cut.mp4", {"metadata": "Maya"}),
        ("cut.webm", {"chapters": 1}),
    ],
)
def test_a_wrong_option_is_refused(room: Room, path: str, options: dict[str, object]) -> None:
    with pytest.raises(Mistake, match=next(name for name in options)):
        catalog.output(path).steps(room.cut(board(room)), board(room), Output(path, options=options), CLIPS, "build")


@pytest.mark.slow
@pytest.mark.parametrize(("focus", "left"), [(None, 64), ((0, "0.5"), 0), ((1, "0.5"), 128), (("0.25", 0), 12)])
def test_a_crop_keeps_the_focus_in_the_picture(tmp_path: Path, focus: tuple[str, str] | None, left: int) -> None:
    room = Room(tmp_path)
    room.clip("a", 5, 400)
    film = room.board(CutEntry("a"))
    point: Focus | None = (Fraction(focus[0]), Fraction(focus[1])) if focus else None
    film = replace(film, shots={"a": replace(film.shots["a"], focus=point)})
    square = room.build(film, Output("square.mp4", size=Size(80, 96)), by=catalog.output("square.mp4"))
    shown = pictures(square)[370].to_ndarray(format="gray").astype(int)
    whole = pictures(tmp_path / "a.mp4")[370].to_ndarray(format="gray").astype(int)
    apart = {x: np.abs(whole[:, x : x + 80] - shown).mean() for x in range(129)}
    assert abs(min(apart, key=lambda x: apart[x]) - left) <= 2


def test_a_focus_is_keyed_where_a_crop_needs_it(room: Room) -> None:
    plain = board(room)
    focused = replace(plain, shots={id: replace(s, focus=(Fraction(1), Fraction(0))) for id, s in plain.shots.items()})

    def first(film: Storyboard, **how: object) -> object:
        output = Output("cut.mp4", **how)  # type: ignore[arg-type]
        return catalog.output("cut.mp4").steps(room.cut(film), film, output, CLIPS, "build")[0].work

    assert first(plain, fit="pad") == first(focused, fit="pad")
    assert first(plain, size=Size(96, 96)) != first(focused, size=Size(96, 96))
