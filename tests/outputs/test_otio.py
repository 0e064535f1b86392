"""The .otio output, read back with the library: it is as long as the cut, and names what is there."""

import sys
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from PIL import Image

from reelmake.errors import LocalTool
from reelmake.model.cut_entries import EntryInset, EntryVoice
from reelmake.model.frame import MOVES, Mount
from reelmake.model.overlay import Watermark
from reelmake.model.storyboard import Music, Output, Sound, Storyboard, Track
from reelmake_otio import output as kind
from reelmake_otio.work import OtioClip, OtioWork
from tests.support.film import Room, entry, into, pictures
from tests.support.film import read as said
from tests.support.folder import Folder
from tests.support.waves import tone, wav

otio = pytest.importorskip("opentimelineio")
NTSC = Fraction(24000, 1001)


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 24)
    return room


def read(room: Room, board: Storyboard, path: str = "cut.otio") -> Any:
    return otio.adapters.read_from_file(str(room.build(board, Output(path), by=kind)), "otio_json")


def parts(track: Any) -> list[tuple[str, int, int]]:
    """(name, first frame, frames) of clips; (name, frames before, frames after) of transitions."""
    found = []
    for part in track:
        times = (
            (part.in_offset, part.out_offset)
            if isinstance(part, otio.schema.Transition)
            else (part.source_range.start_time, part.source_range.duration)
        )
        found.append((part.name, *(int(time.value) for time in times)))
    return found


def test_hard_cuts_and_trims(room: Room) -> None:
    made = read(room, room.board(entry("b", trim=("0.25", "0.75")), entry("a"), entry("b")))
    assert parts(made.tracks[0]) == [("b", 6, 12), ("a", 0, 24), ("b", 0, 24)]
    assert made.duration() == otio.opentime.RationalTime(60, 24)
    assert made.name == "Test"


@pytest.mark.parametrize("fps", [Fraction(24), NTSC])
def test_a_join_is_split_at_its_middle_and_the_length_is_the_cuts(tmp_path: Path, fps: Fraction) -> None:
    room = Room(tmp_path)
    for number, id in enumerate("abc", 1):
        room.clip(id, number, 24, fps=fps)
    seven, eight = (str(Fraction(n) / fps) for n in (7, 8))
    board = room.board(
        entry("a", into=into("dissolve", seven)), entry("b", into=into("wipe", eight)), entry("c"), fps=fps
    )
    made = read(room, board)
    assert parts(made.tracks[0]) == [
        ("a", 0, 20), ("dissolve", 3, 4), ("b", 3, 17), ("wipe", 4, 4), ("c", 4, 20),
    ]  # fmt: skip
    duration = made.duration()
    assert (duration.value, duration.rate) == (room.cut(board).frames, float(fps)) == (57, float(fps))
    clip = made.tracks[0][0]
    assert clip.available_range().duration == otio.opentime.RationalTime(24, float(fps))
    assert clip.trimmed_range_in_parent().duration.value == 20


def test_a_clip_swallowed_by_its_joins(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b", into=into("dip", "0.5")), entry("c"))
    assert read(room, board).duration().value == room.cut(board).frames == 48


def test_only_a_dissolve_is_called_one(room: Room) -> None:
    dissolve, wipe = into("dissolve", "0.25"), into("wipe", "0.25", direction="left")
    made = read(room, room.board(entry("a", into=dissolve), entry("b", into=wipe), entry("c")))
    first, second = (p for p in made.tracks[0] if isinstance(p, otio.schema.Transition))
    assert (first.transition_type, second.transition_type) == ("SMPTE_Dissolve", "Custom_Transition")
    assert second.metadata["reelmake"] == {"transition": "wipe", "params": {"direction": "left"}}


def test_a_title_is_a_marker(room: Room) -> None:
    made = read(room, room.board(entry("a"), entry("b", title="One city")))
    bare, titled = made.tracks[0]
    assert list(bare.markers) == []
    assert [m.name for m in titled.markers] == ["One city"]
    assert titled.markers[0].marked_range == titled.source_range


def test_footage_keeps_its_own_rate(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 25, fps=Fraction(25))
    made = read(room, room.board())
    assert made.duration() == otio.opentime.RationalTime(24, 24)
    assert made.tracks[0][0].available_range() == otio.opentime.TimeRange(
        otio.opentime.RationalTime(0, 25), otio.opentime.RationalTime(25, 25)
    )


def test_sound_lies_under_its_picture_and_short_music_begins_again(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    room.clip("b", 2, 24, sound=lambda t: 0.1 * (t > 0))
    board = room.board(sound=Sound(Music("b.mp4", gain=Fraction(-12))))
    picture, sound, music = read(room, board).tracks
    assert (picture.kind, sound.kind, music.kind) == ("Video", "Audio", "Audio")
    assert [(type(p).__name__, p.duration().value) for p in sound] == [("Gap", 24), ("Clip", 24)]
    assert len(music) >= 2
    assert music.duration() == otio.opentime.RationalTime(96_000, 48_000)
    assert music[0].metadata["reelmake"]["gain_db"] == -12


def test_tracks_lie_where_they_are_heard(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    room.clip("b", 2, 24)
    wav(tmp_path / "voice.wav", tone(440, 0.5))
    tracks = (
        Track("voice.wav", "narration", shot="b", at=Fraction(1, 4), gain=Fraction(-3)),
        Track("voice.wav", "music", trim=(Fraction(1, 4), None), loop=True),
    )
    _, voice, music = read(room, room.board(sound=Sound(tracks=tracks))).tracks
    assert [(type(p).__name__, p.duration().value) for p in voice] == [("Gap", 60_000), ("Clip", 24_000)]
    assert voice[1].metadata["reelmake"]["gain_db"] == -3
    assert [p.source_range.start_time.value for p in music] == [12_000] * 8
    assert music.duration() == otio.opentime.RationalTime(96_000, 48_000)


def test_stills_last_as_long_as_they_are_shown_and_speed_is_a_time_warp(room: Room) -> None:
    Image.new("RGB", (64, 36)).save(room.folder / "photo.png")
    room.clips["photo"], room.lengths["photo"] = room.folder / "photo.png", Fraction(2)
    still, slow = entry("photo", trim=("0.5", None)), replace(entry("a", trim=("0.5", None)), speed=Fraction(1, 2))
    track = read(room, room.board(still, slow)).video_tracks()[0]
    assert parts(track)[0][1:] == (12, 36)
    assert track[1].source_range.start_time.value == 12
    assert [effect.time_scalar for effect in track[1].effects] == [0.5]


def due(track: Any, frame: int) -> tuple[str, int]:
    """(Name, frame of its file) that a timeline shows: what a reader of the format reckons, and nothing of ours."""
    clip = track.child_at_time(otio.opentime.RationalTime(frame, track.duration().rate))
    offset = frame - clip.range_in_parent().start_time.value
    pace = next((e.time_scalar for e in clip.effects if isinstance(e, otio.schema.LinearTimeWarp)), 1.0)
    media = clip.media_reference.available_range
    at = otio.opentime.RationalTime(clip.source_range.start_time.value + offset * pace, clip.source_range.duration.rate)
    shown = int(at.value_rescaled_to(media.duration) + (0.5 if pace == 1.0 else 0))
    return clip.name, min(shown, int(media.duration.value) - 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("pace", "rate", "fps"),
    [
        ("0.5", 24, 24),
        ("2", 24, 24),
        ("0.7", 24, 24),
        ("0.99", 24, 24),  # the film shows the next frame where it is due within 0.03 of one of its own
        ("7/3", 24, 24),
        ("1.1", 25, 24),
        ("1.5", 30, 24),
        ("0.3", 30, 24),
        ("1.37", 30, NTSC),
    ],
)
def test_a_sped_clip_is_exact_to_the_frame_that_the_cut_shows(
    tmp_path: Path, pace: str, rate: int, fps: Fraction | int
) -> None:
    room, speed, fps = Room(tmp_path), Fraction(pace), Fraction(fps)
    room.clip("a", 1, 4 * rate, fps=Fraction(rate))
    room.clip("b", 2, 2 * rate, fps=Fraction(rate))
    trim = (str(7 * speed / fps), str(7 * speed / fps + 1))
    held = replace(entry("a", trim=trim, into=into("dissolve", "5/24")), speed=speed, freeze=Fraction(1, 2))
    first = replace(entry("b", trim=("0.2", "1.9"), into=into("dissolve", "3/24")), freeze_first=Fraction(1, 3))
    entries = replace(first, speed=speed), held, replace(entry("b"), speed=speed)
    board = room.board(*entries, fps=fps)
    cut, film = room.cut(board), [said(frame) for frame in pictures(room.build(board))]
    mixed = {n for i, e in enumerate(cut.entries) for n in range(e.at, e.at + cut.head(i))}
    track, names = read(room, board).video_tracks()[0], {"a": 1, "b": 2}
    told = {n: due(track, n) for n in range(cut.frames) if n not in mixed}
    assert {n: (film[n], frame) for n, (name, frame) in told.items() if film[n] != (names[name], frame)} == {}


def test_held_frames_are_clips_of_their_own(room: Room) -> None:
    """Of 48 frames 12 wait and 6 are held; a join of 8 takes half off either side."""
    held = replace(
        entry("a", trim=("0.25", "1"), into=into("dissolve", "8/24")),
        freeze_first=Fraction(1, 2), freeze=Fraction(1, 4),
    )  # fmt: skip
    made = read(room, room.board(entry("c", into=into("dissolve", "8/24")), held, entry("b")))
    track = made.video_tracks()[0]
    assert parts(track) == [
        ("c", 0, 20), ("dissolve", 4, 4), ("a", 6, 8), ("a", 6, 20), ("dissolve", 4, 4), ("b", 4, 20),
    ]  # fmt: skip
    assert [type(e).__name__ for clip in track for e in getattr(clip, "effects", ())] == ["FreezeFrame"]
    longer = replace(held, freeze=Fraction(1, 2), speed=Fraction(1, 2))
    last = read(room, room.board(longer, entry("b"))).video_tracks()[0][2]
    assert (last.source_range.start_time.value, last.source_range.duration.value) == (23, 8)
    assert made.duration().value == 24 + 36 + 24 - 16


def test_a_held_frame_is_silent_and_so_is_what_is_muted(tmp_path: Path) -> None:
    room = Room(tmp_path)
    for number, id in enumerate("ab", 1):
        room.clip(id, number, 24, sound=lambda t: 0.1 * (t > 0))
    held = replace(entry("a"), freeze_first=Fraction(1, 2))
    mute = replace(entry("b"), sound=EntryVoice(mute=True))
    loud = replace(entry("b"), sound=EntryVoice(gain=Fraction(-3)))
    sound = read(room, room.board(held, mute, loud)).audio_tracks()[0]
    assert [(type(p).__name__, p.duration().value) for p in sound] == [
        ("Gap", 12), ("Clip", 24), ("Gap", 24), ("Clip", 24),
    ]  # fmt: skip
    assert sound[3].metadata["reelmake"] == {"gain_db": -3}


def test_insets_are_tracks_above_the_picture(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 48)
    room.clip("b", 2, 24, sound=lambda t: 0.1 * (t > 0))
    first = EntryInset("b", Mount("bottom-left", radius=Fraction(8)), at=Fraction(1, 2), gain=Fraction(-6))
    second = EntryInset("a", at=Fraction(1), trim=(Fraction(1, 2), None), seconds=Fraction(1, 4))
    third = EntryInset("b", at=Fraction(7, 4))
    made = read(room, room.board(entry("b"), replace(entry("a"), insets=(first, second, third))))
    lower, upper = made.video_tracks()[1:]
    assert [(p.name, p.source_range.start_time.value, p.duration().value) for p in lower] == [
        ("", 0, 36), ("b", 0, 24), ("", 0, 6), ("b", 0, 6),
    ]  # fmt: skip
    assert [(p.name, p.source_range.start_time.value, p.duration().value) for p in upper] == [("", 0, 48), ("a", 12, 6)]
    (effect,) = lower[1].effects
    assert effect.effect_name == "reelmake.inset"
    assert (effect.metadata["reelmake"]["corner"], effect.metadata["reelmake"]["radius"]) == ("bottom-left", 8)
    sound = made.audio_tracks()[1]
    assert [(type(p).__name__, p.duration().value) for p in sound] == [("Gap", 36), ("Clip", 24)]
    assert sound[1].metadata["reelmake"]["gain_db"] == -6


def test_what_the_format_has_no_word_for_stands_in_the_metadata(room: Room) -> None:
    board = room.board(entry("a"), entry("b"))
    shots = {**board.shots, "a": replace(board.shots["a"], move=MOVES["in"], look="warm.cube", caption="Good\nmorning")}
    mark = Watermark("logo.png", "top-left")
    made = read(room, replace(board, shots=shots, letterbox=Fraction("2.39"), watermark=mark))
    effects = {e.effect_name: e.metadata["reelmake"] for e in made.video_tracks()[0][0].effects}
    assert list(effects["reelmake.move"]["to"]) == [0.1, 0.1, 0.8, 0.8]
    assert effects["reelmake.look"]["file"] == "warm.cube"
    (caption,) = made.tracks.markers
    assert (caption.name, caption.metadata["reelmake"]["caption"]) == ("Good morning", "Good\nmorning")
    assert (caption.marked_range.start_time.value, caption.marked_range.duration.value) == (0, 24)
    said = made.metadata["reelmake"]
    assert (said["letterbox"], said["watermark"], said["watermark_corner"]) == (2.39, "logo.png", "top-left")


def test_media_are_named_from_the_folder_of_the_timeline(room: Room) -> None:
    board = room.board(entry("a"))
    assert read(room, board).tracks[0][0].media_reference.target_url == "../a.mp4"
    assert read(room, board, "for/edit.otio").tracks[0][0].media_reference.target_url == "../../a.mp4"


def test_made_again_it_is_the_same_to_the_byte(room: Room) -> None:
    board = room.board(entry("a", title="x", into=into("wipe", "0.5", direction="left", soft=True)), entry("b"))
    before = room.build(board, Output("cut.otio"), by=kind).read_bytes()
    room.done.clear()
    assert room.build(board, Output("cut.otio"), by=kind).read_bytes() == before
    assert room.made == ["output:cut.otio"]
    room.clip("a", 3, 24)
    assert room.build(board, Output("cut.otio"), by=kind).read_bytes() != before


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "opentimelineio", None)
    work = OtioWork("", Fraction(24), "../", (OtioClip("a", 0, 1),), ())
    with pytest.raises(LocalTool, match=r"reelmake\[otio\]") as caught:
        kind.written(work, {}, tmp_path / "x.otio", lambda fraction, word: None)
    assert caught.value.next_steps[0] == 'pip install "reelmake[otio]"'


FILM = """\
shots:
  sky: {prompt: "A sky at dawn.", takes: 2, pick: 2, seed: 7}
  street: {file: "footage/a street.mp4"}
cut:
  - {shot: sky, into: {dissolve: 0.25}}
  - street
outputs:
  cut.otio: {}
  for/edit.otio: {}
"""


@pytest.mark.slow
def test_after_a_build_every_url_leads_to_its_file(project: Folder, tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    project.write("footage/a street.mp4", room.clips["a"].read_bytes())
    project.storyboard(FILM)
    made = project.build()
    assert made["outputs"]["build/cut.otio"]["frames"] == 12 + 24 - 6
    for name in ("cut.otio", "for/edit.otio"):
        file = project.root / "build" / name
        assert str(tmp_path) not in file.read_text()
        read = otio.adapters.read_from_file(str(file), "otio_json")
        assert read.duration().value == 30
        sky, _, street = read.tracks[0]
        for clip in (sky, street):
            target = file.parent / unquote(clip.media_reference.target_url)
            assert target.is_file()
        assert "%20" in street.media_reference.target_url
        said = sky.metadata["reelmake"]
        assert (said["prompt"], said["take"], said["seed"], said["provider"]) == ("A sky at dawn.", 2, 8, "sketch")
        assert said["sha256"] in sky.media_reference.target_url
        assert "prompt" not in street.metadata["reelmake"]

    before = project.cut("cut.otio")
    (project.root / "build/cut.otio").unlink()
    project.build()
    assert project.cut("cut.otio") == before
    project.storyboard(FILM.replace("pick: 2", "pick: 1"))
    assert project.build()["generated"] == 0
    assert project.cut("cut.otio") != before
