"""What a build notes: by the takes it uses, and by what its run came upon."""

from __future__ import annotations

from dataclasses import replace

from reelmake.model.events import Noted
from reelmake.model.step import Input
from reelmake.model.take import Facts, Take
from reelmake.plan.result import BuildNote, notes
from tests.support.world import Mix, mix, shot, steps


class Whole(Mix):
    """Of a whole cut."""

    OF_CUT = True


EARLY = "the clip ends 3 frames too early"
FILM = steps(
    shot("a", "a kite"),
    replace(mix("one:001", "body", Input("clip", step="shot:a")), shots=("a",)),
    replace(mix("two:001", "body", Input("clip", step="shot:a")), shots=("a",)),
    replace(mix("sound", "mix"), work=Whole("mix"), shots=("a",)),
    mix("one", "reel", Input("segment 001", step="one:001"), Input("sound", step="sound"), output="one.mp4"),
    mix("two", "reel", Input("segment 001", step="two:001"), output="two.mp4"),
)


def take(*said: str) -> Take:
    return Take("key", "digest", "segment", ".mp4", Facts(1, notes=said))


def test_what_several_outputs_say_of_one_shot_is_one_note() -> None:
    takes = {"one:001": take(EARLY), "two:001": take(EARLY), "sound": take("too quiet", "too short")}
    assert notes(FILM, takes) == (
        BuildNote(EARLY, "one:001", "a", ("one.mp4", "two.mp4")),
        BuildNote("too quiet", "sound", "", ("one.mp4",)),
        BuildNote("too short", "sound", "", ("one.mp4",)),
    )


def test_what_a_run_came_upon_is_noted_by_it_alone() -> None:
    heard = [Noted(1.0, "one:001", "a", EARLY), Noted(2.0, "", "", "no space for the journal")]
    found = notes(FILM, {"one:001": take(EARLY)}, heard)
    assert [(note.message, note.lasting) for note in found] == [(EARLY, True), ("no space for the journal", False)]
