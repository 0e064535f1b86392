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
    "segment:cut.mp4:001": "815c4822b748545607b3fa6651a101c2",
    "segment:cut.mp4:002": "59cf82fd17fcdb7a9c5563963be3a47a",
    "segment:cut.mp4:003": "38b5ab23c30b8a56c1493d0d2243602b",
    "segment:cut.mp4:004": "bcd4cf661361b4360a49265ad33b21c5",
    "segment:cut.mp4:005": "ff9d6eeaf825bde51ee1093c05c18fcb",
    "segment:cut.mp4:006": "3ed75adbe4ce3629651a75b8fa853f30",
    "segment:tall.mp4:001": "7161b467367c4c28cf962dc64e762d74",
    "segment:tall.mp4:002": "a27ad7347e6510c58e1fc57225ddb36d",
    "segment:tall.mp4:003": "52baef520d1984abccb12532e610f4cc",
    "segment:tall.mp4:004": "0cca33a573e0ff9ee3597b8ddf1d15c0",
    "segment:tall.mp4:005": "16e1009947d9ea170a0186d24a94419a",
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
