"""When words are said, as replies tell it: of characters, of words, of objects; and what is no such thing."""

from __future__ import annotations

import base64
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake.model.remote import Accepted, Content, Submission
from reelmake.model.take import SpokenWord
from reelmake.model.vendor import WordTimes
from reelmake.providers.json_jobs.spoken import spoken
from tests.support import atelier
from tests.support.answers import tone
from tests.support.exchange import answer, hold

OF_CHARACTERS = WordTimes(("begins",), ("ends",), characters=("characters",))
OF_WORDS = WordTimes(("begins",), ("ends",), words=("words",), per=Decimal(1000))
OF_OBJECTS = WordTimes(("start",), ("end",), words=("word",), items=("words",))


def characters(text: str, each: float = 0.1) -> dict[str, list[Any]]:
    begins = [round(n * each, 6) for n in range(len(text))]
    return {"characters": list(text), "begins": begins, "ends": [round(at + each, 6) for at in begins]}


def texts(words: tuple[SpokenWord, ...]) -> list[str]:
    return [word.text for word in words]


def test_words_are_made_of_characters() -> None:
    words = spoken(OF_CHARACTERS, characters('"We  did," she said.'))
    assert texts(words) == ['"We', 'did,"', "she", "said."]
    assert words[1] == SpokenWord('did,"', Fraction(5, 10), Fraction(1))
    assert words[-1].end == Fraction(2)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("屋根に、花。", ["屋", "根", "に、", "花。"]),
        ("屋根roof green", ["屋", "根", "roof", "green"]),
        ("지붕 위", ["지붕", "위"]),
        ("  ", []),
        ("don't—stop", ["don't—stop"]),
    ],
)
def test_scripts_without_spaces_have_a_word_a_character(text: str, words: list[str]) -> None:
    assert texts(spoken(OF_CHARACTERS, characters(text))) == words


def test_times_are_as_exact_as_they_are_written() -> None:
    said = {"characters": ["a"], "begins": [1e-05], "ends": [0.1]}
    assert spoken(OF_CHARACTERS, said) == (SpokenWord("a", Fraction(1, 100000), Fraction(1, 10)),)


def test_words_may_be_told_whole_in_another_unit_and_as_objects() -> None:
    said = {"words": ["the", "roof"], "begins": [0, 250], "ends": [250, 700]}
    kept = (SpokenWord("the", Fraction(0), Fraction(1, 4)), SpokenWord("roof", Fraction(1, 4), Fraction(7, 10)))
    assert spoken(OF_WORDS, said) == kept
    objects = [{"word": "the", "start": 0, "end": 0.25}, {"word": "roof", "start": 0.25, "end": 0.7}]
    assert spoken(OF_OBJECTS, {"words": objects}) == kept


@pytest.mark.parametrize(
    "changes",
    [
        {"begins": [0.1]},
        {"begins": None},
        {"begins": [0.0, "soon", 0.2]},
        {"begins": [0.0, True, 0.2]},
        {"begins": [0.0, -1, 0.2]},
        {"begins": [0.0, float("nan"), 0.2]},
        {"begins": [0.0, 0.2, 0.1]},
        {"ends": [0.1, 0.05, 0.3]},
        {"characters": ["a", 3, "b"]},
        {"characters": "a b"},
    ],
)
def test_what_cannot_be_times_is_none(changes: dict[str, Any]) -> None:
    assert spoken(OF_CHARACTERS, characters("a b")) != ()
    assert spoken(OF_CHARACTERS, {**characters("a b"), **changes}) == ()


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3),
    lambda part: st.lists(part, max_size=4) | st.dictionaries(st.sampled_from(["words", "begins", "end"]), part),
    max_leaves=12,
)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from([OF_CHARACTERS, OF_WORDS, OF_OBJECTS]), st.fixed_dictionaries(
    {"words": ANY, "characters": ANY, "begins": ANY, "ends": ANY}
))  # fmt: skip
def test_any_reply_gives_words_in_their_order(times: WordTimes, data: dict[str, Any]) -> None:
    words = spoken(times, data)
    assert all(0 <= word.begin <= word.end for word in words)
    assert [word.begin for word in words] == sorted(word.begin for word in words)


def test_an_order_is_answered_with_its_sound_and_its_words() -> None:
    form = atelier.FILE.replace("answer: body", "answer: {base64: audio, times: {characters: c, begin: b, end: e}}")
    reply = {"audio": base64.b64encode(tone()).decode(), "c": ["a", " ", "b"], "b": [0, 0.1, 0.2], "e": [0.1, 0.2, 0.3]}
    submission = Submission(atelier.ordered("speech", "a b"), {}, "token-1", "", 7)
    asked, end = hold(atelier.talks(form).submit(submission), [answer(json=reply)])
    words = (SpokenWord("a", Fraction(0), Fraction(1, 10)), SpokenWord("b", Fraction(1, 5), Fraction(3, 10)))
    assert end == Accepted("", None, Content(tone(), words))
    assert dict(asked[0].headers) == {}  # JSON is what it asks for
    _, end = hold(atelier.talks(form).submit(submission), [answer(json={**reply, "c": None})])
    assert end == Accepted("", None, Content(tone()))  # it was paid for
