"""The rules of meaning (language.md §1): what makes a shot again and what must not. Over random storyboards."""

from __future__ import annotations

import copy
import random
from types import SimpleNamespace
from typing import Any

import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake import catalog
from reelmake.compile.stages import Shelves, compile_script
from reelmake.diagnostics import Source
from reelmake.model.compiled import Compiled
from reelmake.model.provider import Capabilities
from reelmake.model.wish import Overrides
from reelmake.plan.key import digest, manifest
from reelmake.plan.shots import shot_steps
from reelmake.plan.step_graph import graph

STUDIO = Capabilities(
    "openai-videos", "openai-videos/1", operations=frozenset({"generate", "remix", "extend"}), references=False
)
Board = dict[str, Any]


def script(board: Board | str, files: dict[str, str] | None = None, **options: Any) -> Compiled:
    text = board if isinstance(board, str) else yaml.safe_dump(board, sort_keys=False, allow_unicode=True)
    there = files or {}
    made = compile_script(
        Source("storyboard.yaml", text),
        SimpleNamespace(
            open=lambda path: Source(path, there[path]),
            exists=lambda path: path in there or path.endswith((".png", ".mov")),
            barred=lambda path: None,
        ),
        Shelves({**catalog.kinds(), "openai-videos": STUDIO}, catalog.transitions(), catalog.outputs()),
        Overrides(**options),
    )
    assert made.ok, [(d.code, d.message) for d in made.diagnostics]
    return made


def keys(made: Compiled) -> dict[str, list[str]]:
    """Shot -> the keys of its takes, as if every parent's clip had its key for bytes."""
    found: dict[str, list[str]] = {}
    for variant in made.variants:
        steps = graph(shot_steps(variant.slates, {}).steps)
        bytes_of: dict[str, str] = {}
        for id, step in steps.steps.items():
            known = {i.label: bytes_of[i.keyed.step] if i.keyed.step else i.keyed.file for i in step.inputs}
            bytes_of[id] = digest(manifest(step, known))
            if step.order:
                for shot in step.shots:
                    found.setdefault(shot, []).append(bytes_of[id])
    return found


WORDS = st.sampled_from(["kite", "tram", "sea", "dusk", "teal", "rain", "park", "tower", "dawn", "boat"])
TEXT = st.lists(WORDS, min_size=2, max_size=6).map(" ".join)


@st.composite
def boards(draw: st.DrawFn) -> Board:
    """A board of generated shots with chains, on two tiers."""
    count = draw(st.integers(2, 7))
    shots: Board = {}
    for n in range(count):
        shot: Board = {"prompt": draw(TEXT)}
        if n and draw(st.booleans()):
            shot[draw(st.sampled_from(["remix", "continue", "extend"]))] = f"s{draw(st.integers(0, n - 1))}"
        if draw(st.booleans()):
            shot["seconds"] = draw(st.sampled_from([2, 4, 8]))
        if draw(st.booleans()):
            shot["takes"] = draw(st.integers(1, 3))
        if "remix" not in shot and "extend" not in shot and "continue" not in shot:
            shot["tier"] = draw(st.sampled_from(["draft", "final"]))
        shots[f"s{n}"] = shot
    return {
        "reelmake": 1,
        "title": "random",
        "providers": {
            "studio": {
                "kind": "openai-videos",
                "base_url": "http://localhost:8000/v1",
                "limits": {"in_flight": 2},
            }
        },
        "tiers": {
            "draft": {"provider": "sketch"},
            "final": {"provider": "studio", "model": "wan-2.6", "price": 0.12},
        },
        "defaults": {"tier": "draft", "size": "1280x720", "seconds": 4},
        "style": draw(TEXT),
        "vars": {"city": draw(WORDS)},
        "shots": shots,
    }


@given(boards(), st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None)
def test_the_order_of_keys_indentation_and_comments_make_nothing_again(board: Board, chance: random.Random) -> None:
    def shuffled(value: Any) -> Any:
        if not isinstance(value, dict):
            return value
        names = list(value)
        chance.shuffle(names)
        return {name: shuffled(value[name]) for name in names}

    other = shuffled(board)
    text = yaml.safe_dump(other, sort_keys=False, indent=chance.choice([2, 4, 6]), width=chance.choice([30, 200]))
    text = "# a comment\n" + text.replace("shots:", "shots: # another")

    assert keys(script(text)) == keys(script(board))


@given(boards())
@settings(max_examples=40, deadline=None)
def test_renaming_makes_nothing_again(board: Board) -> None:
    other = copy.deepcopy(board)
    other["shots"] = {f"new-{name}": shot for name, shot in other["shots"].items()}
    for shot in other["shots"].values():
        for relation in ("remix", "continue", "extend"):
            if relation in shot:
                shot[relation] = f"new-{shot[relation]}"
    other["tiers"] = {"sketchy" if k == "draft" else k: v for k, v in other["tiers"].items()}
    other["defaults"]["tier"] = "sketchy"
    for shot in other["shots"].values():
        if shot.get("tier") == "draft":
            shot["tier"] = "sketchy"

    renamed = keys(script(other))

    assert {name.removeprefix("new-"): k for name, k in renamed.items()} == keys(script(board))


@given(boards())
@settings(max_examples=40, deadline=None)
def test_the_cut_limits_hosts_prices_titles_and_names_of_providers_make_nothing_again(board: Board) -> None:
    other = copy.deepcopy(board)
    other["cut"] = [{"shot": "s0", "title": "hello"}]
    other["title"] = "another"
    other["outputs"] = {"small.mp4": {"size": "640x360"}}
    other["sound"] = {"loudness": -16}
    other["budget"] = 5
    other["providers"] = {
        "elsewhere": {
            "kind": "openai-videos",
            "base_url": "https://other.example/v1",
            "limits": {"in_flight": 9, "per_minute": 60},
        }
    }
    other["tiers"]["final"] |= {"provider": "elsewhere", "price": 9}
    for shot in other["shots"].values():
        shot |= {"notes": "a note", "tags": ["x"], "caption": "hello"}

    assert keys(script(other)) == keys(script(board))


@given(boards())
@settings(max_examples=40, deadline=None)
def test_the_rate_and_shape_of_the_film_make_no_paid_shot_again(board: Board) -> None:
    """A sketch has the film's rate and keeps its words in what all outputs show: it is drawn again, for nothing."""
    board["defaults"]["tier"] = "final"
    for shot in board["shots"].values():
        shot.pop("tier", None)
    other = copy.deepcopy(board)
    other["fps"] = 25
    other["outputs"] = {"tall.mp4": {"size": "360x640", "fit": "crop"}}

    assert keys(script(other)) == keys(script(board))


@given(boards())
@settings(max_examples=40, deadline=None)
def test_moving_things_into_an_include_makes_nothing_again(board: Board) -> None:
    other = copy.deepcopy(board)
    part = {name: other.pop(name) for name in ("vars", "tiers", "providers")}
    other["include"] = ["parts/common.yaml"]

    assert keys(script(other, {"parts/common.yaml": yaml.safe_dump(part)})) == keys(script(board))


@given(boards(), st.data())
@settings(max_examples=60, deadline=None)
def test_one_letter_makes_exactly_that_shot_and_its_descendants_again(board: Board, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(board["shots"])))
    other = copy.deepcopy(board)
    other["shots"][name]["prompt"] += "q"

    before, after = keys(script(board)), keys(script(other))

    expected = {name}
    for shot in board["shots"]:  # parents stand before children in these boards
        relation = next(
            (board["shots"][shot][r] for r in ("remix", "continue", "extend") if r in board["shots"][shot]), ""
        )
        if relation in expected:
            expected.add(shot)
    assert {shot for shot in before if before[shot] != after[shot]} == expected


@given(boards(), st.data())
@settings(max_examples=60, deadline=None)
def test_whatever_reaches_the_provider_changes_the_key(board: Board, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(board["shots"])))
    other = copy.deepcopy(board)
    shot = other["shots"][name]
    change = data.draw(st.sampled_from(["seconds", "size", "seed", "variation", "extras", "style"]))
    if change == "style":
        other["style"] += " and fog"
    elif change == "extras":
        shot["extras"] = {"fps": 30}
    elif change == "seconds":
        shot["seconds"] = shot.get("seconds", 4) + 1
    elif change == "size":
        shot["size"] = "720x1280"
    else:
        shot[change] = 7

    before, after = keys(script(board)), keys(script(other))

    assert all(a != b for a, b in zip(before[name], after[name], strict=True))


@given(boards(), st.data())
@settings(max_examples=40, deadline=None)
def test_one_more_take_makes_one_more_take(board: Board, data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(board["shots"])))
    other = copy.deepcopy(board)
    other["shots"][name]["takes"] = other["shots"][name].get("takes", 1) + 1

    before, after = keys(script(board)), keys(script(other))

    assert after[name][: len(before[name])] == before[name]
    assert len(after[name]) == len(before[name]) + 1
    assert len(set(after[name])) == len(after[name])
    assert {s: k for s, k in after.items() if s != name} == {s: k for s, k in before.items() if s != name}


def test_the_same_order_is_one_take_and_variation_asks_for_another() -> None:
    shots = {"a": {"prompt": "a kite"}, "b": {"prompt": "a kite"}, "c": {"prompt": "a kite", "variation": 2}}
    found = keys(script({"reelmake": 1, "shots": shots}))

    assert found["a"] == found["b"]
    assert found["a"] != found["c"]


def test_a_matrix_shares_what_does_not_differ() -> None:
    board = {
        "reelmake": 1,
        "matrix": {"city": ["Lisbon", "Porto"]},
        "shots": {"sea": {"prompt": "the sea"}, "town": {"prompt": "${city} at dawn"}},
    }
    found = {shot.lower(): k for shot, k in keys(script(board)).items()}

    assert found["lisbon/sea"] == found["porto/sea"]
    assert found["lisbon/town"] != found["porto/town"]


def test_a_structured_prompt_is_the_text_it_makes() -> None:
    parts = {"framing": "Wide shot", "subject": "a child", "action": "flies a kite"}
    board = {"reelmake": 1, "shots": {"a": {"prompt": parts}}}
    (job,) = script(board).variants[0].slates["a"].orders
    same = {"reelmake": 1, "shots": {"a": {"prompt": job.prompt}}}
    other = {"reelmake": 1, "shots": {"a": {"prompt": {**parts, "action": "flies a kit"}}}}

    assert keys(script(board)) == keys(script(same))
    assert keys(script(board)) != keys(script(other))
