"""Keys of segments that earlier versions gave, written down: who uses nothing new encodes nothing anew."""

from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.model.step import Input
from reelmake.model.storyboard import Output, Size
from reelmake.outputs import mp4
from reelmake.plan.key import key
from tests.support.film import Room, entry, into

OUTPUTS = (Output("cut.mp4", options={"crf": 18}), Output("tall.mp4", Size(96, 160), "blur", {"crf": 18}))
GOLDEN = {
    "segment:cut.mp4:001": "5258638b9d7e650a03a56368289c150e",
    "segment:cut.mp4:002": "25b0c36db0f6ea23b0b51449a063add5",
    "segment:cut.mp4:003": "38b5ab23c30b8a56c1493d0d2243602b",
    "segment:cut.mp4:004": "56e5379855b1e20c5ee7bf31a2261f2c",
    "segment:cut.mp4:005": "b32c79dae5f6b8f4b3002f102c9c3da4",
    "segment:cut.mp4:006": "3ed75adbe4ce3629651a75b8fa853f30",
    "segment:tall.mp4:001": "a6326599ef6b00faec5ec3648daeb0a9",
    "segment:tall.mp4:002": "ffd9b28eea418ed0581195376f6e095e",
    "segment:tall.mp4:003": "52baef520d1984abccb12532e610f4cc",
    "segment:tall.mp4:004": "1aadf75c890bde25fa88dfdcd45b6a59",
    "segment:tall.mp4:005": "563d4f8de14ce3ecd01d9273f632f0d8",
    "segment:tall.mp4:006": "63784ec33b56e673ad9a047afd5823ee",
}


@pytest.mark.parametrize("output", OUTPUTS, ids=lambda output: output.path)
def test_keys_stay_as_they_were(output: Output) -> None:
    room = Room(Path())
    for id, frames in (("a", 24), ("b", 36), ("c", 30)):
        room.clips[id], room.lengths[id] = Path(f"{id}.mp4"), Fraction(frames, 24)
    board = room.board(
        entry("a", into=into("dissolve", "0.25"), title="One city"),
        entry("b", trim=("0.25", "1.25"), into=into("wipe", "0.5", direction="up")),
        entry("c", title="Two"),
        entry("a"),
    )
    clips = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}
    steps = [s for s in mp4.steps(room.cut(board), board, output, clips, "build") if s.kind == "segment"]
    found = {s.id: key(s, {i.label: "a" * 64 for i in s.inputs})[:32] for s in steps}
    assert found == {id: digest for id, digest in GOLDEN.items() if id in found}
    assert len(found) == 6
