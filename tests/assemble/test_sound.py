"""Which sound lies where in the cut, what keys say of it, and what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.assemble.cutting import timeline
from reelmake.assemble.handovers import handovers
from reelmake.assemble.sound_step import mix_step
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut
from reelmake.model.cut_entries import CutEntry, EntryVoice, Into
from reelmake.model.mix import SoundLayer, SoundPlacement
from reelmake.model.order import Slate
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Music, Output, Shot, Sound, Storyboard, Track
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


def mix(board: Storyboard) -> Step:
    made, report = cut(board)
    assert not report.items
    clips = {id: Input("clip", file=f"{id}.mp4") for id in board.shots}
    return mix_step(mp4.FILM.rendition(made, board, Output("cut.mp4"), clips), board, 192_000)


def lead(shot: str, seconds: str, **more: Any) -> CutEntry:
    return CutEntry(shot, (F(1), F(3)), sound=EntryVoice(lead=F(seconds)), **more)


def trail(shot: str, seconds: str, **more: Any) -> CutEntry:
    return CutEntry(shot, (F(1), F(3)), sound=EntryVoice(trail=F(seconds)), **more)


GOLDEN = {  # keys that earlier versions gave
    "silent": (Sound(), "045ff41cdd6f7f96"),
    "music": (Sound(Music("bed.flac", F(-12), F(8), F(1), F(2)), gain=F(-3)), "3b147bbb873fd61d"),
}


@pytest.mark.parametrize("name", GOLDEN)
def test_films_without_tracks_keep_their_keys(name: str) -> None:
    sound, golden = GOLDEN[name]
    first = CutEntry("a", (F(0), F(2)), Into("dissolve", F(1, 2)))
    assert _key(mix(board(first, CutEntry("b"), sound=sound)))[:16] == golden


def _key(step: Step) -> str:
    return key(step, {i.label: i.label for i in step.inputs})


def test_only_a_loudness_brings_the_limiter() -> None:
    plain, loud = (mix(board(sound=Sound(loudness=wanted))).work for wanted in (None, F(-16)))
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
def test_what_is_heard_is_in_the_key_of_the_mix(change: Mapping[str, Any]) -> None:
    sound = Sound(tracks=(Track("x.wav"),))
    assert _key(mix(board(sound=sound))) != _key(mix(board(sound=replace(sound, **change))))


def test_the_way_a_place_is_written_is_in_no_key() -> None:
    at, shot = (Sound(tracks=(t,)) for t in (Track("x.wav", at=F(5)), Track("x.wav", shot="b", at=F(1))))
    assert _key(mix(board(sound=at))) == _key(mix(board(sound=shot)))


def test_places_of_a_lead_and_a_trail() -> None:
    work = mix(board(CutEntry("a"), lead("b", "0.5"), CutEntry("c"))).work
    assert work.places == (
        SoundPlacement(0, 87, tail=3),
        SoundPlacement(84, 60, F(1, 2), head=3),
        SoundPlacement(144, 96),
    )
    work = mix(board(trail("a", "1/24"), CutEntry("b"))).work
    assert work.places == (SoundPlacement(0, 49, F(1), tail=1), SoundPlacement(48, 96, head=1))


def test_a_place_says_what_of_the_clip_is_heard() -> None:
    """In seconds of the clip as it is, whatever its pace in the cut; a picture that is held is silent."""
    quick = CutEntry("a", (F(1), F(3)), speed=F(2))
    held = CutEntry("b", (F(1), F(2)), freeze=F(1))
    one, other = mix(board(quick, held)).work.places
    assert (one.at, one.frames, one.start, one.speed, one.heard) == (0, 24, F(1), F(2), None)
    assert (other.at, other.frames, other.start, other.speed, other.heard) == (24, 48, F(1), F(1), 24)


def test_a_layer_counts_in_samples() -> None:
    work = mix(board(sound=Sound(tracks=(Track("x.wav", shot="c", at=F("0.25")),)))).work
    assert work.layers == (SoundLayer("effect", 396_000, F(0), None, False, F(0), F(0), F(0), F(0)),)


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
    assert "the clip has only 0:01.0 before" in report.items[0].message
    _, report = cut(board(trail("a", "1.5"), CutEntry("b")))
    assert [d.code for d in report.items] == ["RM470"]
    assert "the clip has only 0:01.0 after" in report.items[0].message
    _, report = cut(
        board(trail("a", "1"), CutEntry("b", (F(2), F(3))), CutEntry("c", (F(2), F(3)), sound=EntryVoice(lead=F(1))))
    )
    assert [d.code for d in report.items] == ["RM471"]
