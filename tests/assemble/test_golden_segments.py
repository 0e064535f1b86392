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
    "segment:cut.mp4:001": "b893405d6e31cd65973b28845b3841d7",
    "segment:cut.mp4:002": "120c864f5c7e977174812682edd80701",
    "segment:cut.mp4:003": "ebc209fb16aa08468343b67e17f70581",
    "segment:cut.mp4:004": "aae8308d36da688557e3ad89b38c7dae",
    "segment:cut.mp4:005": "4aff2b8d69a2f1987c867a750462b332",
    "segment:cut.mp4:006": "34327400860563acb072b9c04cdf2b1b",
    "segment:tall.mp4:001": "841b061b606c035796f5574adf174db2",
    "segment:tall.mp4:002": "511b53f8a3d639296c8eb0890fb0b1f7",
    "segment:tall.mp4:003": "b151a6dd99172eb5f633c1e1398d0c2c",
    "segment:tall.mp4:004": "1bbc4b8835bb97196e9c460a6eea344e",
    "segment:tall.mp4:005": "0007ef9a152dccb85999325ef360e946",
    "segment:tall.mp4:006": "83bb9b200f6517b838113dc972c37053",
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
