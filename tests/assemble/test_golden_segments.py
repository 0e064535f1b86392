"""Keys of segments that earlier versions gave, written down: who uses nothing new encodes nothing anew.

They are those of RENDERER 4, with which some pixels changed.
"""

from fractions import Fraction
from pathlib import Path

import pytest

from reelmake.model.frame import Size
from reelmake.model.step import Input
from reelmake.model.storyboard import Output
from reelmake.outputs import mp4
from reelmake.plan.key import key
from tests.support.film import Room, entry, into

OUTPUTS = (Output("cut.mp4", options={"crf": 18}), Output("tall.mp4", Size(96, 160), "blur", {"crf": 18}))
GOLDEN = {
    "segment:cut.mp4:001": "1a9b60b5a284ce9c4e886b45bc0f00b4",
    "segment:cut.mp4:002": "87a2fb9f3b432cdc2b9d042f4044769a",
    "segment:cut.mp4:003": "194ab61a367b0a440fa87c467aea85e2",
    "segment:cut.mp4:004": "4a0561a055b7de07a3338c9b7d787cd9",
    "segment:cut.mp4:005": "1ba7d23235d656b14466210b2dcf95f8",
    "segment:cut.mp4:006": "fefb09542e6b8c7ca7ca097647f0bfec",
    "segment:tall.mp4:001": "6a93616da9ecdce758c6a42d9684bf31",
    "segment:tall.mp4:002": "52e943fb2132cf445e4aec4f2fea8527",
    "segment:tall.mp4:003": "d6edab56de1e03ffab60798edf0f6c01",
    "segment:tall.mp4:004": "fbb878a36f1ac2d75382e22d35a8f8c4",
    "segment:tall.mp4:005": "985f9d5614f4a261c8a53be39553603f",
    "segment:tall.mp4:006": "bf54967e434295b98a75584c43315053",
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
