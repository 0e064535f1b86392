"""What a review says in words: texts compared, lengths, a comment that fits and in which nobody's words do anything."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reelmake.report.review import Review, ShotReview, Side, difference
from reelmake.report.review_comment import MARKER, change_of_length, headline, markdown, strip_name

BAD = "@all | `x` ``` <script>a</script> [l](http://e.vil) ![i](x) --> \x1b[2J\u202e\n```\n# h\n::add-mask::x"
TEXTS = st.text(st.sampled_from("ab ,.\n-é"), max_size=60)


def shot(name: str, before: str, after: str) -> ShotReview:
    return ShotReview(
        name, "clip", "changed", "prompt changed", old=Side(before, "s", "made"), new=Side(after, "s", "made")
    )


@given(TEXTS, TEXTS)
def test_both_texts_are_in_the_difference(before: str, after: str) -> None:
    parts = list(difference(before, after))
    assert "".join(text for kind, text in parts if kind != "new") == before
    assert "".join(text for kind, text in parts if kind != "gone") == after


def test_words_are_compared_and_phrases_stay_whole() -> None:
    parts = list(difference("A busy old market at dawn.", "A quiet new market at dusk."))
    assert parts == [
        ("same", "A "),
        ("gone", "busy old"),
        ("new", "quiet new"),
        ("same", " market at "),
        ("gone", "dawn"),
        ("new", "dusk"),
        ("same", "."),
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("4", "5", "0:04.0 → 0:05.0 (+1.0 s)"),
        ("5", "4.5", "0:05.0 → 0:04.5 (−0.5 s)"),
        ("4", "4", "0:04.0"),
        (None, "4", "new, 0:04.0"),
        ("4", None, "gone, was 0:04.0"),
        (None, None, ""),
    ],
)
def test_lengths(old: str | None, new: str | None, said: str) -> None:
    assert change_of_length(*(None if text is None else Fraction(text) for text in (old, new))) == said


def test_that_a_shot_is_new_or_gone_is_said_once() -> None:
    side = Side("One.", "s", "made", seconds=Fraction(4))
    shots = (ShotReview("a", "clip", "added", new=side), ShotReview("b", "clip", "removed", old=side))
    rows = markdown(Review("Film", "storyboard.yaml", "main", shots=shots)).splitlines()
    assert [row for row in rows if "0:04.0" in row] == ["| a | new |  | 0:04.0 |  |", "| b | removed |  | 0:04.0 |  |"]


def test_a_comment_fits_whatever_changed() -> None:
    shots = tuple(shot(f"shot-{n}", "a" * 3000, "é" * 3000) for n in range(3000))
    text = markdown(Review("Film", "storyboard.yaml", "main", shots=shots), images="https://e.org/x")
    assert len(text.encode()) < 65_536
    assert text.startswith(MARKER + "\n")
    assert "see the whole report" in text.splitlines()[-1]
    assert all(f"| shot-{n} |" in text for n in range(500))


def test_nobodys_words_do_anything_in_a_comment() -> None:
    hostile = replace(shot(BAD, BAD, BAD + " more"), reason=BAD)
    text = markdown(Review(BAD, BAD, BAD, shots=(hostile,), trouble=(BAD,)))
    found = [
        t for token in MarkdownIt("commonmark").enable("table").parse(text) for t in (token, *(token.children or ()))
    ]
    assert [t.content.strip() for t in found if t.type.startswith("html")] == [MARKER]
    assert not any(t.type in ("image", "link_open") for t in found)
    assert not any({"@", "<"} & set(t.content) for t in found if t.type == "text")
    assert [t.info for t in found if t.type == "fence"] == ["diff"]
    assert sum(t.type == "heading_open" for t in found) == 1
    assert sum(t.type == "tr_open" for t in found) == 2
    assert "\x1b" not in text
    assert "\n::" not in text


def test_every_strip_has_a_name_of_its_own_that_is_a_plain_file() -> None:
    names = ["a/b", "a.b", "a b", "../../etc/passwd", "", "a" * 300, "ä"]
    found = [strip_name(name) for name in names]
    assert len(set(found)) == len(names)
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789.-") and name[0] != "." for name in found)
    assert max(map(len, found)) < 100


def test_the_headline() -> None:
    assert headline(Review("f", "s", "main")) == "nothing changed"
    assert headline(Review("f", "s")) == "all is made"
    assert headline(Review("f", "s", generate=1)) == "all that is shown is made"
    both = (shot("a", "", "x"), replace(shot("b", "", ""), kind="follows"))
    assert headline(Review("f", "s", "main", shots=both)) == "1 changed, 1 follows"
