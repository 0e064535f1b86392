"""The real yaml-language-server on our schema: what it underlines, offers, inserts and tells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.compile.casebook import Case
from tests.support.editor import Editor, editor
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
SCHEMA = ROOT / "schemas" / "storyboard-1.schema.json"
BOARD = "reelmake: 1\nshots:\n  park: {prompt: A park.}\n"
PLACES = {  # by name: a board with a | where keys or values are asked for
    "document": "reelmake: 1\n|\n",
    "shot": "reelmake: 1\nshots:\n  park:\n    |\n",
    "prompt": "reelmake: 1\nshots:\n  park:\n    prompt:\n      |\n",
    "entry": BOARD + "cut:\n  - shot: park\n    |\n",
    "entries": BOARD + "cut:\n  - |\n",
    "into": BOARD + "cut:\n  - shot: park\n    into: |\n  - park\n",
    "into's parameters": BOARD + "cut:\n  - shot: park\n    into:\n      wipe:\n        |\n  - park\n",
    "title": BOARD + "cut:\n  - shot: park\n    title:\n      |\n",
    "inset": BOARD + "cut:\n  - shot: park\n    insets:\n      - |\n",
    "mp4": BOARD + "outputs:\n  cut.mp4:\n    |\n",
    "gif": BOARD + "outputs:\n  cut.gif:\n    |\n",
    "png": BOARD + "outputs:\n  sheet.png:\n    |\n",
    "m3u8": BOARD + "outputs:\n  a.m3u8:\n    |\n",
    "sound": BOARD + "sound:\n  |\n",
    "music": BOARD + "sound:\n  music:\n    |\n",
    "captions": BOARD + "captions:\n  |\n",
    "watermark": BOARD + "watermark:\n  |\n",
    "defaults": BOARD + "defaults:\n  |\n",
    "tier": BOARD + "tiers:\n  final:\n    |\n",
    "provider": BOARD + "providers:\n  studio:\n    |\n",
    "limits": BOARD + "providers:\n  studio:\n    kind: openai-videos\n    limits:\n      |\n",
    "character": BOARD + "characters:\n  maya:\n    |\n",
    "profile": BOARD + "profiles:\n  ci:\n    |\n",
}
KEYS = {
    "mp4": {"size", "fit", "codec", "crf", "preset", "audio", "chapters", "captions", "slate", "metadata"},
    "gif": {"width", "fps", "colors", "loop", "size", "fit"},
    "png": {"columns", "width", "at"},
    "m3u8": {"qualities", "part", "codec"},
    "into's parameters": {"seconds", "direction", "soft"},
    "shot": {"prompt", "file", "color", "remix", "tier", "seconds", "takes"},
    "entry": {"trim", "into", "title", "fit", "move", "look", "speed", "reverse"},
}


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Editor]:
    with editor(tmp_path_factory.mktemp("editor"), SCHEMA) as started:
        yield started


@pytest.mark.parametrize(
    ("board", "line", "says"),
    [
        ("reelmake: 1\nshots:\n  a: {promt: x}\n", 3, "promt"),
        (BOARD + "cut:\n  - {shot: park, into: {disolve: 1}}\n", 5, "disolve"),
        (BOARD + "cut:\n  - {shot: park, into: disolve}\n", 5, "Into"),
        (BOARD + "cut:\n  - {shot: park, into: {wipe: {secnds: 1}}}\n", 5, "secnds"),
        (BOARD + "outputs:\n  cut.mp4: {colums: 3}\n", 5, "colums"),
        (BOARD + "outputs:\n  cut.mp4: {crf: 200}\n", 5, "maximum of 51"),
        (BOARD + "outputs:\n  cut.mp5: {}\n", 5, "cut.mp5"),
        (BOARD + "fps: fast\n", 4, "fps|number|24|string"),
    ],
)
def test_what_is_wrong_is_underlined(ask: Editor, board: str, line: int, says: str) -> None:
    complaints = ask.complaints(board)

    assert [at for at, _ in complaints] == [line]
    assert re.search(says, complaints[0][1], re.IGNORECASE), complaints


@pytest.mark.parametrize("board", sorted((ROOT / "examples").glob("*/storyboard.yaml")), ids=lambda p: p.parent.name)
def test_what_is_right_is_not(ask: Editor, board: Path) -> None:
    text = board.read_text("utf-8")
    wrong = ask.complaints("\n".join(line for line in text.splitlines() if "$schema" not in line))

    assert bool(wrong) == (board.parent.name == "05-broken")


@pytest.mark.parametrize("place", PLACES)
def test_what_is_offered_can_be_read_and_what_is_inserted_is_right(ask: Editor, place: str) -> None:
    board = PLACES[place]
    offers = ask.offers(board)

    assert offers
    labels = {offer["label"] for offer in offers}
    assert not [label for label in labels if "[object" in label]
    assert KEYS.get(place, set()) <= labels
    for offer in offers:
        text = offer.get("insertText") or offer["label"]
        if re.search(r"\$\d|\$\{\d+\}|: *$|- *$", text, re.MULTILINE):
            continue  # it is for the author to fill in
        filled = _filled(board, text)
        assert not [said for _, said in ask.complaints(filled) if "Missing property" not in said], filled
        wrong = [d for d in Case(filled).compile().diagnostics if d.code in ("RM201", "RM204", "RM206", "RM208")]
        assert not wrong, (filled, wrong)


def _filled(board: str, snippet: str) -> str:
    """The board with what an editor inserts: fields have their proposals, lines the depth of the first."""
    text = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", snippet).replace("\\$", "$")
    before, _, after = board.partition("|")
    depth = len(before.rpartition("\n")[2]) - len(before.rpartition("\n")[2].lstrip())
    depth += 2 * before.rpartition("\n")[2].lstrip().startswith("- ") * text.startswith("\n")
    return before + text.replace("\n", "\n" + " " * depth) + after


def test_a_key_is_explained(ask: Editor) -> None:
    assert "regenerates nothing" in re.sub(r"\s+", " ", ask.tells("reelmake: 1\nsho|ts:\n  a: {prompt: x}\n"))
    assert "quality of the picture" in ask.tells(BOARD + "outputs:\n  cut.mp4:\n    cr|f: 20\n").lower()


def test_a_new_project_is_known_to_editors(project: Folder) -> None:
    project.run("init", "film").expect()
    folder = project.root / "film"
    text = (folder / "storyboard.yaml").read_text()

    with editor(folder, None) as ask:
        assert ask.complaints(text) == []
        assert [line for line, _ in ask.complaints(text + "nonsense: 1\n")] == [text.count("\n") + 1]


def test_a_schema_can_be_had_again(project: Folder) -> None:
    shown = project.run("schema").expect().stdout
    project.run("schema", "-o", "mine.json").expect()

    assert (project.root / "mine.json").read_text() == shown == SCHEMA.read_text("utf-8")
    assert json.loads(shown)["$schema"].endswith("2020-12/schema")
