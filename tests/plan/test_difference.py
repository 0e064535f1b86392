"""What differs between two versions, on versions as small as the question."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from reelmake.plan.difference import Difference, difference
from reelmake.plan.key import Change
from reelmake.plan.version import CutVersion, EntryVersion, OutputVersion, ShotVersion, Version


def shot(prompt: str, **more: Any) -> ShotVersion:
    said = {"order": f"order of {prompt}", "key": f"key of {prompt}", "sha256": f"clip of {prompt}"}
    return ShotVersion(**{**said, "pairs": (("prompt", prompt), ("take", "1")), **more})


def shots(**named: ShotVersion) -> Version:
    return Version(shots=named)


def kinds(found: Difference) -> dict[str, str]:
    return {d.shot: d.kind for d in found.shots}


def cut(*names: str, **frames: int) -> Version:
    entries = (EntryVersion(name, (("frames", str(frames.get(name, 24))),)) for name in names)
    return Version({name: shot(name) for name in names}, {"": CutVersion(tuple(entries))})


def moved(before: str, after: str) -> dict[str, str]:
    found = difference(cut(*before), cut(*after))
    return {e.shot: e.after for d in found.cuts for e in d.entries if e.after is not None}


def test_a_label_says_what_a_shot_has_changed() -> None:
    found = difference(shots(a=shot("One.")), shots(a=shot("Two."))).shots
    assert [(d.kind, d.changes) for d in found] == [("changed", (Change("prompt", "One.", "Two."),))]


def test_what_is_made_from_another_follows_it_and_is_not_changed_itself() -> None:
    parents = {"input image": ("a",)}
    before = shots(b=shot("It.", parents=parents), a=shot("One."), c=shot("On.", parents={"input source": ("b",)}))
    after = shots(b=shot("It.", key="", sha256="", parents=parents), a=shot("Two."), c=before.shots["c"])
    found = {d.shot: d for d in difference(before, after).shots}
    assert [(d.kind, d.follows) for d in found.values()] == [("follows", ("a",)), ("changed", ()), ("follows", ("b",))]


def test_another_parent_is_a_change_of_its_own() -> None:
    one, two = ({"input image": (name,)} for name in "ab")
    others = {"a": shot("One."), "b": shot("Two.")}
    found = difference(shots(**others, c=shot("On.", parents=one)), shots(**others, c=shot("On.", parents=two)))
    assert [d.changes for d in found.shots] == [(Change("input image", "a", "b"),)]


def test_a_new_name_is_no_new_shot() -> None:
    heir = shot("It.", parents={"input image": ("a",)})
    renamed = replace(heir, parents={"input image": ("z",)})
    assert kinds(difference(shots(a=shot("One."), b=heir), shots(z=shot("One."), b=renamed))) == {"z": "renamed"}
    two = shots(a=shot("One."), b=shot("One."))
    assert kinds(difference(two, shots(y=shot("One."), z=shot("One.")))) == {"y": "renamed", "z": "renamed"}
    assert kinds(difference(two, shots(y=shot("One.")))) == {"y": "renamed", "b": "removed"}
    assert kinds(difference(two, shots(a=shot("One."), y=shot("Two.")))) == {"y": "added", "b": "removed"}


def test_another_take_is_picked_and_what_is_made_from_it_follows() -> None:
    heir = shot("It.", parents={"input image": ("a",)})
    second = shot("One.", take=2, key="2", sha256="2", pairs=(("prompt", "One."), ("take", "2")))
    found = difference(shots(a=shot("One."), b=heir), shots(a=second, b=heir)).shots
    assert [(d.kind, d.takes) for d in found] == [("repicked", (1, 2)), ("follows", None)]
    seeded = replace(second, pairs=(*second.pairs, ("seed", "8")))
    assert kinds(difference(shots(a=shot("One.")), shots(a=seeded))) == {"a": "repicked"}
    redrawn = replace(seeded, pairs=(*seeded.pairs, ("input image", "x")))
    (both,) = difference(shots(a=shot("One.")), shots(a=redrawn)).shots
    assert (both.kind, both.takes, [c.label for c in both.changes]) == ("changed", (1, 2), ["input image"])
    (both,) = difference(shots(a=shot("One.")), shots(a=replace(second, order="2", pairs=(("prompt", "Two."),)))).shots
    assert (both.kind, both.takes, [c.label for c in both.changes]) == ("changed", (1, 2), ["prompt"])


def test_of_what_a_take_was_made_nobody_may_know_any_more() -> None:
    lost = shot("One.", pairs=())
    assert difference(shots(a=lost), shots(a=shot("One."))).nothing
    assert kinds(difference(shots(a=lost), shots(a=shot("Two.")))) == {"a": "changed"}
    assert kinds(difference(shots(a=lost), shots(a=shot("One.", sha256="x")))) == {"a": "remade"}
    assert kinds(difference(shots(a=lost), shots(a=shot("One.", key="x", sha256="x")))) == {"a": "follows"}


def test_in_the_cut_as_few_are_moved_as_explain_it() -> None:
    assert moved("abcd", "bcda") == {"a": "d"}
    assert moved("abcd", "dabc") == {"d": ""}
    assert moved("abcd", "acbd") in ({"b": "c"}, {"c": "a"})
    assert moved("abcd", "bcd") == moved("abc", "xaybzc") == {}
    assert moved("aab", "aba") == {"b": "a"} or moved("aab", "aba") == {"a": "b"}


@given(st.text("abcde", max_size=9), st.text("abcde", max_size=9))
def test_what_stays_in_a_cut_stands_in_the_order_in_which_it_stood(before: str, after: str) -> None:
    (*cuts,) = difference(cut(*before), cut(*after)).cuts
    entries = [e for d in cuts for e in d.entries]
    gone = [e.shot for e in entries if e.kind == "removed"]
    new = [e.shot for e in entries if e.kind == "added"]
    assert sorted([*before, *new]) == sorted([*after, *gone])
    assert (before == after) == (not cuts)


def test_an_entry_is_told_with_what_was_decided_of_it() -> None:
    (found,) = difference(cut("a", "b"), cut("b", "a", a=12)).cuts
    assert {e.shot: [c.after for c in e.changes] for e in found.entries if e.shot == "a"} == {"a": ["12"]}


def test_outputs_are_told_by_their_pieces_and_parts() -> None:
    made = OutputVersion("1", {"sound": (("gain", "0"),)}, ("p", "q"), ("a",), sha256="x")
    after = OutputVersion("2", {"sound": (("gain", "3"),)}, ("p", "r", "r"), ("a",))
    before, now = (Version({"a": shot(text)}, outputs={"cut.mp4": o}) for text, o in (("A", made), ("B", after)))
    (found,) = difference(before, now).outputs
    assert (found.kind, found.shots, found.pieces) == ("changed", ("a",), (2, 3))
    assert found.parts == (("sound", (Change("gain", "0", "3"),)),)
    assert not difference(before, before).outputs
    assert not difference(before, Version(outputs={"cut.mp4": replace(after, sha256="x")})).outputs
    assert [d.kind for d in difference(before, Version()).outputs] == ["removed"]
