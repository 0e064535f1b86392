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
    "segment:cut.mp4:001": "735ef243517ae94b907810c5cb648fd9",
    "segment:cut.mp4:002": "84b34a495544de8fc395e78bf8b0fcef",
    "segment:cut.mp4:003": "fd896292f8af53c033a3152027f93061",
    "segment:cut.mp4:004": "4da4361271508358fe1e17f45aecbb51",
    "segment:cut.mp4:005": "c20c26448e3510b90cee0221eabd4cb2",
    "segment:cut.mp4:006": "4de468e1e859878d1aa53bff8753065b",
    "segment:tall.mp4:001": "b761b105baf531f938a17d07448c78ba",
    "segment:tall.mp4:002": "d80933d2f420c7c694a097856a52c76a",
    "segment:tall.mp4:003": "b6d4b1013a96481d3d658a0148246bdf",
    "segment:tall.mp4:004": "7b1c62ea2da0d30b81b577d71cc61a14",
    "segment:tall.mp4:005": "a04040eac338e390fdefbae3b6543e63",
    "segment:tall.mp4:006": "d6346822f04f5bdc3df9908f20685625",
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
