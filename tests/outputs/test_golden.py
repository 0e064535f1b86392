"""Keys that the first version gave for the local work of a plain film: what was made under them is not made again.

Reels are not among them: since they say which ffmpeg made them, each is joined once more, without a frame encoded. The
key of the mix is a later one: it reads the clips themselves.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from reelmake import catalog
from reelmake.model.step import Input
from reelmake.model.storyboard import Music, Output, Sound, Storyboard
from reelmake.plan.key import digest, head
from tests.support.film import Room, entry, into

FILM = {
    "segment:001": "2c8192cb89ff7f1e",
    "segment:002": "82e216f3a986495e",
    "segment:003": "9b9e5b4e66fd3dd6",
    "segment:004": "b52078ad8cbfcd9e",
    "sound": "239d3a1aeb3513ca",
}
SHEET = {
    "frame:001": "f88f5d5e0623d482",
    "frame:002": "f88f5d5e0623d482",
    "frame:003": "46813189a0398e1c",
    "output": "ed020bc24eba4b3c",
}


def film() -> tuple[Room, Storyboard]:
    room = Room(Path())
    room.clips = {id: Path(f"{id}.mp4") for id in "abc"}
    room.lengths = dict.fromkeys("abc", Fraction(2))
    sound = Sound(Music("bed.flac", Fraction(-12), Fraction(8), Fraction(0), Fraction(2)))
    cut = (entry("a", into=into("dissolve", "0.5")), entry("b", title="Hi"), entry("c", trim=("0.5", None)))
    return room, replace(room.board(*cut, sound=sound), title="Golden")


@pytest.mark.parametrize(
    ("path", "options", "golden"),
    [
        ("cut.mp4", {"copy": "never"}, FILM),  # by itself a clip that fits is now copied: another work, another key
        ("cut.gif", {}, {"output": "4c1e75b976fae902"}),
        ("sheet.png", {}, SHEET),
    ],
)
def test_keys_stay_as_they_were(path: str, options: dict[str, object], golden: dict[str, str]) -> None:
    room, board = film()
    clips = {id: Input("clip", file=f"{id}.mp4") for id in "abc"}
    made = catalog.output(path).steps(room.cut(board), board, Output(path, options=options), clips, "build")
    keys = {step.id.replace(f":{path}", ""): digest(head(step))[:16] for step in made}
    assert {id: key for id, key in keys.items() if id in golden} == golden
