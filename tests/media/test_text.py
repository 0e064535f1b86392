"""Texts as pictures: any text can be drawn, lines keep their width, words stay whole."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from reelmake.media.text import balanced, face, shown, slate, title, whole, wrapped
from reelmake.model.frame import Size

NASTY = [
    'it\'s 50% off: [a];{b}\\n, "c"',
    "日本語の長い題名がここにあります",
    "مرحبا بالعالم",
    "🎈👩‍🚀",
    "a\nb\r\nc\td",
    "\x00\x1b[0m",
    "",
]


@pytest.mark.parametrize("text", NASTY)
@pytest.mark.parametrize("size", [Size(64, 64), Size(1280, 720), Size(360, 640)])
def test_any_text_can_be_a_title_and_a_slate(tmp_path: Path, text: str, size: Size) -> None:
    for draw in (title, slate):
        card = draw(text, size, tmp_path / "card.png")
        with Image.open(card.file) as picture:
            assert picture.mode == "RGBA"
            assert card.x + picture.width <= size.width
            assert card.y + picture.height <= size.height


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.text(max_size=80), st.integers(20, 400), st.integers(1, 4))
def test_lines_are_never_wider_or_more_than_allowed(text: str, width: int, most: int) -> None:
    letters = face(14)
    lines = wrapped(text, letters, width, most)
    assert 1 <= len(lines) <= most
    assert all(letters.getlength(line) <= width or len(line.rstrip("…")) <= 1 for line in lines)


def test_words_stay_whole_where_they_fit() -> None:
    letters = face(20)
    assert wrapped("one two three", letters, round(letters.getlength("one two")) + 1, 3) == ["one two", "three"]
    assert wrapped("one two three", letters, round(letters.getlength("one two")) + 1, 1) == ["one t…"]


def test_soft_line_ends_of_word_processors_end_a_line_and_no_break_spaces_do_not() -> None:
    letters = face(20)
    assert wrapped("one\u2028two\x85three\u2029four", letters, 400, 9) == ["one", "two", "three", "four"]
    width = round(letters.getlength("one two")) + 1
    assert wrapped("one two\xa0three", letters, width, 3)[0] == "one"


def test_numbers_stay_whole_as_long_as_they_fit() -> None:
    letters = face(20)
    whole = "40\xa0000\xa0000"
    width = round(letters.getlength("40 000 000"))
    assert wrapped(f"Over {whole} people", letters, width + 2, 3) == ["Over", "40 000 000", "people"]
    assert balanced(f"Over {whole} people", letters, width + 2, 3) == ["Over", "40 000 000", "people"]
    assert wrapped(f"Over {whole} people", letters, width - 2, 9) == ["Over", "40 000", "000", "people"]


def test_an_ellipsis_of_the_authors_is_not_taken_for_ours() -> None:
    letters = face(20)
    assert whole("Coming soon…", wrapped("Coming soon…", letters, 400, 1))
    assert not whole("Coming soon", wrapped("Coming soon", letters, 60, 1))
    width = round(letters.getlength("never a single word alone in…"))
    assert balanced("never a single word alone in line…", letters, width, 3)[1] == "alone in line…"


def test_lines_are_balanced() -> None:
    letters = face(20)
    width = round(letters.getlength("never a single word alone in")) + 2
    assert wrapped("never a single word alone in line", letters, width, 3) == ["never a single word alone in", "line"]
    assert balanced("never a single word alone in line", letters, width, 3) == ["never a single", "word alone in line"]
    assert balanced("Extraordinary thing", letters, round(letters.getlength("Extraordinary")) + 1, 3) == [
        "Extraordinary",
        "thing",
    ]


def test_what_cannot_be_drawn_is_gone() -> None:
    assert shown("a\x00b\x1bc\td\r\ne") == "abc d\ne"


def test_a_title_over_a_sketch_stands_above_its_caption(tmp_path: Path) -> None:
    low = title("Title", Size(1280, 720), tmp_path / "a.png")
    high = title("Title", Size(1280, 720), tmp_path / "b.png", above=True)
    assert low.y - high.y == pytest.approx(0.06 * 720, abs=2)
