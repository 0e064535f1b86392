"""The kinds of output: what steps they ask for, what they share, what their options may be; one render of each."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from PIL import Image

from reelmake import catalog
from reelmake.errors import Mistake
from reelmake.media.probe import probe
from reelmake.model.frame import Size
from reelmake.model.order import ClipOrder, Slate
from reelmake.model.segment import BodyWork, JoinWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Shot, Storyboard
from reelmake.outputs import contact_sheet, gif, mp4
from reelmake.plan.step_graph import graph
from reelmake.session.project import look, read
from reelmake.session.workspace import Workspace
from tests.support.film import Room, entry, into


@pytest.fixture
def room(tmp_path: Path) -> Room:
    room = Room(tmp_path)
    room.clips = {id: tmp_path / f"{id}.mp4" for id in "abc"}
    room.lengths = dict.fromkeys("abc", Fraction(2))
    return room


def steps(room: Room, board: Storyboard, path: str, **options: object) -> list[Step]:
    output = Output(path, options=options)
    clips = {id: Input("clip", file=f"{id}.mp4") for id in room.clips}
    kind = catalog.output(path)
    made: list[Step] = kind.steps(room.cut(board), board, output, clips, "build")
    return made


def test_an_mp4_is_segments_a_mix_and_a_reel(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "0.5")), entry("b"))
    made = steps(room, board, "cut.mp4")
    assert [(s.id, s.kind, s.shots) for s in made] == [
        ("segment:cut.mp4:001", "segment", ("a",)),
        ("segment:cut.mp4:002", "segment", ("a", "b")),
        ("segment:cut.mp4:003", "segment", ("b",)),
        ("sound:cut.mp4", "sound", ("a", "b")),
        ("reel:cut.mp4", "reel", ("a", "b")),
    ]
    assert [s.output for s in made if s.output] == ["build/cut.mp4"]
    assert [i.file for i in made[0].inputs] == ["a.mp4"]  # a body hangs on its own clip alone
    assert [(i.label, i.file) for i in made[1].inputs] == [("leaving", "a.mp4"), ("entering", "b.mp4")]


def test_a_body_does_not_know_what_stands_beside_it(room: Room) -> None:
    before = steps(room, room.board(entry("a"), entry("b", title="Hello"), entry("c")), "cut.mp4")
    after = steps(room, room.board(entry("c"), entry("b", title="Hello"), entry("a"), entry("a")), "cut.mp4")
    assert before[1].work == after[1].work


def test_a_body_swallowed_by_its_joins_is_left_out(room: Room) -> None:
    board = room.board(entry("a", into=into("dissolve", "1")), entry("b", into=into("dip", "1")), entry("c"))
    works = [type(s.work) for s in steps(room, board, "cut.mp4") if s.kind == "segment"]
    assert works == [BodyWork, JoinWork, JoinWork, BodyWork]


def test_a_short_entrys_title_goes_on_to_the_middle_of_a_join(room: Room) -> None:
    board = room.board(entry("a"), entry("b", trim=("0", "1"), into=into("dissolve", "0.5"), title="Hi"), entry("c"))
    body, join = (s.work for s in steps(room, board, "cut.mp4")[1:3])
    assert body.piece.title.first == 0
    assert join.leaving.title.first == -body.piece.frames
    assert join.leaving.title.frames == body.piece.title.frames == 24 - 12 // 2


def test_two_outputs_of_one_look_share_their_segments(room: Room) -> None:
    board = replace(room.board(entry("a"), entry("b")), outputs=(Output("cut.mp4"), Output("cut.gif")))
    whole = graph([*steps(room, board, "cut.mp4"), *steps(room, board, "cut.gif")])
    assert len([s for s in whole.steps.values() if s.kind == "segment"]) == 2


def test_renaming_a_sketched_shot_changes_only_its_segment() -> None:
    def made(name: str, slate: object) -> list[Step]:
        job = ClipOrder(
            dialect="d", model="", operation="generate", prompt="x", avoid="", size=Size(64, 64), seconds=Fraction(1),
            shot=name, provider="sketch", tier="draft", maker="sketch:draw",
        )  # fmt: skip
        room = Room(Path())
        room.lengths = {name: Fraction(1)}
        board = Storyboard("", {name: Shot(name)}, {}, {})
        from reelmake.assemble.cutting import timeline
        from reelmake.diagnostics import Report

        cut = timeline(board, {name: Slate(name, (job,), tier="draft")}, room.lengths, Report())
        output = Output("cut.mp4", options={"slate": slate})
        return mp4.steps(cut, board, output, {name: Input("clip", step="shot:x")}, "build")

    old, new = made("park", "auto"), made("garden", "auto")
    assert old[0].work.piece.slate == "park · draft"
    assert [a.work == b.work for a, b in zip(old, new, strict=True)] == [False, True, True]
    assert made("park", False)[0].work == made("garden", False)[0].work


@pytest.mark.parametrize(
    ("path", "options"),
    [
        ("cut.mp4", {"crf": 60}),
        ("cut.mp4", {"crf": "low"}),
        ("cut.mp4", {"preset": "best"}),
        ("cut.mp4", {"slate": "maybe"}),
        ("cut.mp4", {"slate": 1}),
        ("cut.gif", {"fps": 0}),
        ("sheet.png", {"columns": True}),
    ],
)
def test_a_wrong_option_is_the_authors_mistake(room: Room, path: str, options: dict[str, object]) -> None:
    with pytest.raises(Mistake) as caught:
        steps(room, room.board(), path, **options)
    assert caught.value.diagnostics[0].code == "RM460"
    assert next(iter(options)) in str(caught.value)


@pytest.mark.parametrize("empty", ["shots: {}", "shots: {a: {prompt: A kite.}}\ncut: []"])
def test_no_output_meets_an_empty_cut(tmp_path: Path, empty: str) -> None:
    (tmp_path / "storyboard.yaml").write_text(f"reelmake: 1\n{empty}\noutputs: {{cut.mp4: {{}}, sheet.jpg: {{}}}}\n")
    with pytest.raises(Mistake, match=r"is empty|no shots"):
        look(read(Workspace(tmp_path / "storyboard.yaml")))


@pytest.mark.slow
def test_a_gif(tmp_path: Path) -> None:
    room = Room(tmp_path)
    room.clip("a", 1, 24)
    room.clip("b", 2, 24)
    file = room.build(room.board(), Output("cut.gif", options={"width": 104, "fps": 10, "colors": 16}), by=gif)
    facts = probe(file)
    assert (facts.width, facts.height, facts.frames) == (104, 48, 20)
    with Image.open(file) as picture:
        assert picture.info["loop"] == 0
        durations = []
        for n in range(picture.n_frames):
            picture.seek(n)
            durations.append(picture.info["duration"])
    assert sum(durations) == pytest.approx(2000, abs=60)


@pytest.mark.slow
@pytest.mark.parametrize("path", ["sheet.png", "sheet.jpg"])
def test_a_contact_sheet_shows_the_middle_of_every_entry(tmp_path: Path, path: str) -> None:
    room = Room(tmp_path)
    for number, id in enumerate("abcde", 1):
        room.clip(id, number, 24)
    board = replace(room.board(), title="Five: a sheet")
    file = room.build(board, Output(path, options={"width": 208, "columns": 3}), by=contact_sheet)
    with Image.open(file) as picture:
        assert picture.format == ("PNG" if path.endswith("png") else "JPEG")
        assert picture.width > 3 * 208
    stills = [step for step in room.made if step.startswith("frame:")]
    assert len(stills) == 5
    room.build(board, Output(path, options={"width": 208, "columns": 2}), by=contact_sheet)
    assert room.made == [f"output:{path}"]
