"""The grammar of scripts."""

from __future__ import annotations

import pytest

from reelmake_fake.faults import STAGES, WORDS, Fault, parse, rule, words


def test_every_word_of_every_stage_is_read() -> None:
    for stage in STAGES:
        for name in WORDS[stage]:
            assert parse([f"{stage}:{name}", f"{stage}:{name}:3*2"]) == (
                Fault(stage, name),
                Fault(stage, name, "3"),
                Fault(stage, name, "3"),
            )


def test_a_word_without_a_stage_belongs_to_the_one_before() -> None:
    def placed(*given: str) -> list[str]:
        return [f"{fault.stage}:{fault.name}" for fault in parse(given)]

    assert placed("pending", "429", "done") == ["poll:pending", "poll:429", "poll:done"]
    assert placed("429", "pending", "cut", "500") == [
        "create:refuse-429",
        "poll:pending",
        "content:cut",
        "content:500",
    ]
    assert placed("drop", "fail:moderation_blocked", "404") == ["create:drop", "poll:fail", "content:404"]
    assert placed("wrong-length", "503") == ["content:too-long", "create:busy-503"]


@pytest.mark.parametrize("word", ["", "dorp", "poll:drop-before", "create:cut", "sometime:500", "500*x", "UPPER"])
def test_what_is_no_word_says_what_there_is(word: str) -> None:
    with pytest.raises(ValueError, match=r"is no word of a script(; known: .*slow|: \[stage:\])"):
        parse([word])


def test_bodies_bring_words_in_four_forms() -> None:
    assert words(None) == ()
    assert words(["a", 500]) == words('["a", 500]') == words("a 500") == words(['["a", 500]']) == ("a", "500")
    for wrong in ({"a": 1}, "[", ["a", None], 5):
        with pytest.raises(ValueError, match="script"):
            words(wrong)


@pytest.mark.parametrize(
    ("text", "met"),
    [
        ("500", [1, 2, 3, 4, 5, 6]),
        ("500@2", [2]),
        ("500@2-4", [2, 3, 4]),
        ("500@4-", [4, 5, 6]),
        ("500@/3", [3, 6]),
        ("poll:slow:2@1", [1]),
    ],
)
def test_rules_meet_requests_by_number(text: str, met: list[int]) -> None:
    assert [n for n in range(1, 7) if rule(text).meets(n)] == met
