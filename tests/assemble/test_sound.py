"""Which sound lies where in the cut, what keys say of it, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.assemble.handovers import handovers
from reelmake.assemble.sound import sound_steps
from reelmake.assemble.timeline import timeline
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut, Layer, Place
from reelmake.model.job import Slate
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import CutEntry, EntryVoice, Into, Music, Output, Shot, Sound, Storyboard, Track
from reelmake.outputs import mp4
from reelmake.plan.key import key

F = Fraction


def board(*entries: CutEntry, sound: Sound | None = None) -> Storyboard:
    shots = {id: Shot(id, file=f"{id}.mp4") for id in ("a", "b", "c")}
    return Storyboard("", shots, {}, {}, cut=entries or None, fps=F(24), sound=sound or Sound())


def cut(board: Storyboard) -> tuple[Cut, Report]:
    """Every clip lasts 4 s."""
    report = Report()
    slates = {id: Slate(id, file=f"{id}.mp4") for id in board.shots}
    return timeline(board, slates, dict.fromkeys(board.shots, F(4)), report), report


def sounds(board: Storyboard) -> list[Step]:
    made, report = cut(board)
    assert not report.items
    clips = {id: Input("clip", file=f"{id}.mp4") for id in board.shots}
    return sound_steps(mp4.reel_of(made, board, Output("cut.mp4"), clips), board, 192_000)


def lead(shot: str, seconds: str, **more: Any) -> CutEntry:
    return CutEntry(shot, (F(1), F(3)), sound=EntryVoice(lead=F(seconds)), **more)


def trail(shot: str, seconds: str, **more: Any) -> CutEntry:
    return CutEntry(shot, (F(1), F(3)), sound=EntryVoice(trail=F(seconds)), **more)


ENTRIES = ("ba4fdb4a583d7345", "f41ed31afa092a4c")
GOLDEN = {  # keys that earlier versions gave
    "silent": (Sound(), (*ENTRIES, "ecc1ea1a2260185f")),
    "music": (Sound(Music("bed.flac", F(-12), F(8), F(1), F(2)), gain=F(-3)), (*ENTRIES, "88e352c115c92d30")),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_films_without_tracks_keep_their_keys(name: str) -> None:
    sound, golden = GOLDEN[name]
    first = CutEntry("a", (F(0), F(2)), Into("dissolve", F(1, 2)))
    steps = sounds(board(first, CutEntry("b"), sound=sound))
    assert tuple(_key(step)[:16] for step in steps) == golden


def _key(step: Step) -> str:
    return key(step, {i.label: i.label for i in step.inputs})


def test_only_a_loudness_brings_the_limiter() -> None:
    plain, loud = (sounds(board(sound=Sound(loudness=wanted)))[-1].work for wanted in (None, F(-16)))
    assert (plain.limiter, loud.limiter) == ("", "1")


@pytest.mark.parametrize(
    "change",
    [
        {"tracks": (Track("x.wav", gain=F(1)),)},
        {"tracks": (Track("x.wav", "narration"),)},
        {"tracks": (Track("x.wav", at=F(1)),)},
        {"tracks": (Track("x.wav", shot="b"),)},
        {"tracks": (Track("x.wav", loop=True),)},
        {"tracks": (Track("x.wav", fade_in=F(1)),)},
        {"tracks": (Track("x.wav", trim=(F(1), None)),)},
        {"tracks": (Track("x.wav", duck=F(1)),)},
        {"tracks": (Track("x.wav"), Track("x.wav"))},
        {"duck": F(6)},
        {"gain": F(6)},
    ],
)
def test_what_is_heard_is_in_the_key_of_the_mix_alone(change: Mapping[str, Any]) -> None:
    sound = Sound(tracks=(Track("x.wav"),))
    before, after = sounds(board(sound=sound)), sounds(board(sound=replace(sound, **change)))
    assert [_key(s) for s in before[:-1]] == [_key(s) for s in after[:-1]]
    assert _key(before[-1]) != _key(after[-1])


def test_the_way_a_place_is_written_is_in_no_key() -> None:
    at, shot = (Sound(tracks=(t,)) for t in (Track("x.wav", at=F(5)), Track("x.wav", shot="b", at=F(1))))
    assert _key(sounds(board(sound=at))[-1]) == _key(sounds(board(sound=shot))[-1])


def test_places_of_a_lead_and_a_trail() -> None:
    mix = sounds(board(CutEntry("a"), lead("b", "0.5"), CutEntry("c")))[-1].work
    assert mix.places == (Place(0, 87, 0, 3), Place(84, 60, 3, 0), Place(144, 96))
    mix = sounds(board(trail("a", "1/24"), CutEntry("b")))[-1].work
    assert mix.places == (Place(0, 49, 0, 1), Place(48, 96, 1, 0))


def test_a_layer_counts_in_samples() -> None:
    mix = sounds(board(sound=Sound(tracks=(Track("x.wav", shot="c", at=F("0.25")),))))[-1].work
    assert mix.layers == (Layer("effect", 396_000, F(0), None, False, F(0), F(0), F(0), F(0)),)


seconds = st.fractions(0, F(1), max_denominator=48)


@given(st.lists(st.tuples(seconds, seconds, st.booleans()), min_size=2, max_size=6), st.booleans())
def test_sound_covers_the_whole_cut_without_a_gap(shifts: list[tuple[F, F, bool]], crossfade: bool) -> None:
    """Whatever leads or trails: every handover has two sounds, and the ends are those of the cut."""
    entries = []
    for number, (wanted, overlap, leads) in enumerate(shifts):
        voice = EntryVoice(lead=wanted if leads and number else F(0), trail=F(0) if leads else wanted)
        entries.append(CutEntry("a", (F(1), F(3)), Into("dissolve", overlap), sound=voice))
    made, _ = cut(board(*entries, sound=Sound(crossfade=crossfade)))
    found = handovers(made, crossfade)
    assert (found[0].begin, found[-1].end) == (0, made.frames)
    assert all(handover.begin <= handover.end for handover in found)


def test_mistakes_that_only_lengths_can_tell() -> None:
    tracks = (Track("x.wav", at=F(99)), Track("x.wav", shot="a", at=F(-1)), Track("x.wav", at=F(1)))
    _, report = cut(board(CutEntry("a"), lead("b", "1.5"), sound=Sound(tracks=tracks)))
    assert [d.code for d in report.items] == ["RM470", "RM472", "RM472"]
    assert "0:01.0 of the clip are before" in report.items[0].message
    _, report = cut(board(trail("a", "1.5"), CutEntry("b")))
    assert [d.code for d in report.items] == ["RM470"]
    assert "0:01.0 of the clip are after" in report.items[0].message
    _, report = cut(
        board(trail("a", "1"), CutEntry("b", (F(2), F(3))), CutEntry("c", (F(2), F(3)), sound=EntryVoice(lead=F(1))))
    )
    assert [d.code for d in report.items] == ["RM471"]
