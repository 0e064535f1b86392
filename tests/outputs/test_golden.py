"""Keys that the first version gave for the local work of a plain film: what was made under them is not made again.

Reels are not among them: since they say which ffmpeg made them, each is joined once more, without a frame encoded. The
key of the mix is a later one: it reads the clips themselves. Those of pictures are of RENDERER 4, which drew some anew.
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
    "segment:001": "0b44b88e847b24e2",
    "segment:002": "d25c25a85e946845",
    "segment:003": "bc9f19aacd9a0605",
    "segment:004": "27b64a1845a85a1a",
    "sound": "239d3a1aeb3513ca",
}
SHEET = {
    "frame:001": "6e81dbf2a52c4cba",
    "frame:002": "6e81dbf2a52c4cba",
    "frame:003": "833adf6fc1275181",
    "output": "63dc6ae829eaa4e0",
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
        ("cut.gif", {}, {"output": "e97c40fa2ca12bf1"}),
        ("sheet.png", {}, SHEET),
    ],
)
def test_keys_stay_as_they_were(path: str, options: dict[str, object], golden: dict[str, str]) -> None:
    room, board = film()
    clips = {id: Input("clip", file=f"{id}.mp4") for id in "abc"}
    made = catalog.output(path).steps(room.cut(board), board, Output(path, options=options), clips, "build")
    keys = {step.id.replace(f":{path}", ""): digest(head(step))[:16] for step in made}
    assert {id: key for id, key in keys.items() if id in golden} == golden
