"""Words in every style: inside the safe area, where they were asked for, in the colours that were asked for."""

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from reelmake.assemble.titles import direction
from reelmake.errors import LocalTool
from reelmake.media.font import font
from reelmake.media.text import shown
from reelmake.media.text_overlay import MANNERS, _face, _lines, _spaced, card, glyphless
from reelmake.model.frame import Size
from reelmake.model.overlay import ALIGNS, POSITIONS, Align, Direction, Lettering, Position, Style, Title

SIZE = Size(640, 360)


def drawn(folder: Path, words: str, look: Lettering, size: Size = SIZE, **how: object) -> Image.Image:
    """The card on a frame of its size."""
    files = {"file": None, "raised": False} | {
        name: how.pop(name) for name in ("file", "logo", "raised") if name in how
    }
    mirrored: Direction = "rtl" if how.pop("mirrored", False) else ""
    title = Title(words, 0, 24, look, direction=mirrored, **how)  # type: ignore[arg-type]
    print_ = card(title, size, folder / "card.png", **files)  # type: ignore[arg-type]
    frame = Image.new("RGBA", (size.width, size.height))
    with Image.open(print_.file) as picture:
        assert (print_.x % 2, print_.y % 2) == (0, 0)
        frame.alpha_composite(picture, (print_.x, print_.y))
    return frame


def box(frame: Image.Image, color: tuple[int, int, int]) -> tuple[int, int, int, int]:
    """Left, top, right, bottom of everything that is about of this colour."""
    found = Image.fromarray((np.abs(np.asarray(frame).astype(int) - (*color, 255)) < 150).all(axis=2)).getbbox()
    assert found
    return found


@pytest.mark.parametrize("style", MANNERS)
@pytest.mark.parametrize("size", [Size(1280, 720), Size(360, 640), Size(128, 128)])
def test_any_number_of_words_stays_in_the_safe_area(tmp_path: Path, style: Style, size: Size) -> None:
    for words in (
        "Word",
        "Many words in a row " * 20,
        "Donaudampfschifffahrtsgesellschaft" * 3,
        "日本語の長い題名" * 9,
    ):
        look = Lettering(style, color="#ff00ff", box="none")
        left, top, right, bottom = box(drawn(tmp_path, words, look, size), (255, 0, 255))
        assert left >= 0.05 * size.width - 1
        assert right <= 0.95 * size.width + 1
        assert top >= 0.05 * size.height - 1
        assert bottom <= 0.95 * size.height + 1


@pytest.mark.parametrize("style", MANNERS)
def test_an_ellipsis_of_the_authors_makes_no_letters_small(tmp_path: Path, style: Style) -> None:
    look = Lettering(style, color="#ff00ff", box="none")
    plain, dotted = (box(drawn(tmp_path, f"Coming soon{end}", look), (255, 0, 255)) for end in ("", "…"))
    assert dotted[3] - dotted[1] == plain[3] - plain[1]


def test_letters_are_as_small_as_a_number_in_one_line_needs(tmp_path: Path) -> None:
    look = Lettering("title", color="#ff00ff", size=Fraction(30))
    tall = Size(360, 640)
    tied, loose = (
        box(drawn(tmp_path, words, look, tall), (255, 0, 255)) for words in ("40\xa0000\xa0000", "40 000 000")
    )
    assert tied[3] - tied[1] < 60 < loose[3] - loose[1]
    assert tied[2] - tied[0] > 250


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60), st.sampled_from(sorted(MANNERS)), st.booleans())
def test_any_text_can_be_set(tmp_path: Path, words: str, style: Style, shaped: bool) -> None:
    drawn(tmp_path, words, Lettering(style), shaped=shaped)


@pytest.mark.parametrize("position", POSITIONS)
@pytest.mark.parametrize("align", ALIGNS)
def test_it_stands_where_it_is_asked_to(tmp_path: Path, position: Position, align: Align) -> None:
    look = Lettering("title", size=8, color="#ff00ff", position=position, align=align)
    left, top, right, bottom = box(drawn(tmp_path, "Lisbon", look), (255, 0, 255))
    across, down = (left + right) / 2 / SIZE.width, (top + bottom) / 2 / SIZE.height
    assert {"left": across < 0.3, "center": abs(across - 0.5) < 0.02, "right": across > 0.7}[align]
    assert {"top": down < 0.2, "middle": abs(down - 0.5) < 0.06, "bottom": down > 0.8}[position]


def test_size_is_the_height_of_the_letters(tmp_path: Path) -> None:
    def height(size: int) -> int:
        look = Lettering("title", size=size, color="#ff00ff")
        _, top, _, bottom = box(drawn(tmp_path, "H", look), (255, 0, 255))
        return bottom - top

    assert height(20) == pytest.approx(2 * height(10), abs=2)


def test_a_box_lies_behind_the_words_and_an_end_card_over_everything(tmp_path: Path) -> None:
    boxed = drawn(tmp_path, "Lisbon", Lettering("title", box="#00ff00"))
    assert box(boxed, (0, 255, 0))[0] > 100
    page = drawn(tmp_path, "Fin", Lettering("end-card", box="navy"))
    assert page.getpixel((0, 0)) == page.getpixel((639, 359)) == (0, 0, 128, 255)
    see_through = drawn(tmp_path, "Lisbon", Lettering("caption"))
    assert see_through.getpixel((0, 0))[3] == 0


def test_it_stands_above_what_a_sketch_says(tmp_path: Path) -> None:
    look = Lettering("caption", color="#ff00ff")
    low, high = (box(drawn(tmp_path, "Lisbon", look, raised=raised), (255, 0, 255))[1] for raised in (False, True))
    assert low - high > 0.05 * SIZE.height


def test_words_from_right_to_left_begin_at_the_right(tmp_path: Path) -> None:
    """An exclamation mark ends the sentence: in a right-to-left sentence it stands at the left."""
    look = Lettering("title", align="right")
    frames = [drawn(tmp_path, words, look, shaped=True) for words in ("שלום WWWW!", "שלום WWWW?")]
    unlike = (np.asarray(frames[0]) != np.asarray(frames[1])).any(axis=(0, 2))
    assert unlike.any()
    assert unlike.nonzero()[0].max() < 0.6 * SIZE.width  # the words end at 0.95


def edges(frame: Image.Image) -> tuple[int, int]:
    """How wide what stands first and last in the lowest line is, in pixels: "!" is narrow, "W" is wide."""
    ink = np.asarray(frame)[:, :, 3] > 150
    empty = np.flatnonzero(~ink.any(axis=1))
    low = np.flatnonzero(ink.any(axis=1)).max()
    columns = ink[empty[empty < low].max() : low].any(axis=0)
    runs = np.flatnonzero(np.diff(np.concatenate(([0], columns, [0])))).reshape(-1, 2)
    return tuple(int(right - left) for left, right in (runs[0], runs[-1]))  # type: ignore[return-value]


@pytest.mark.parametrize(
    ("words", "runs"),
    [
        ("שלום WWWWWWWWWWWWW!", ["rtl", "rtl"]),
        ("WWWWWWWWWWWWW שלוםשלום!", ["ltr", "ltr"]),
        ("\u200fWW!", ["rtl"]),
        ("W\nשלום WWWWWWWWWWWWW!", [None, "rtl", "rtl"]),
    ],
)
def test_every_line_runs_as_its_paragraph_does(tmp_path: Path, words: str, runs: list[str | None]) -> None:
    """Whatever its own first letter is: what ends the sentence stands where its last line ends."""
    letters = _face(None, 40, "semibold", shaped=True)
    assert [run for _, run in _lines(words, letters, 536, 6, shaped=True)] == runs
    first, last = edges(drawn(tmp_path, words, Lettering("title", box="none", align="left"), shaped=True))
    assert (first < 12, last < 12) == (runs[-1] == "rtl", runs[-1] == "ltr")


def test_a_lower_third_that_runs_to_the_left_stands_at_the_right(tmp_path: Path) -> None:
    look = Lettering(color="#ff00ff")
    left, _, right, _ = box(drawn(tmp_path, "שלום", look, shaped=True, mirrored=True), (255, 0, 255))
    assert left > 0.7 * SIZE.width
    assert right == pytest.approx(0.95 * SIZE.width, abs=1)  # the bar
    asked = Lettering(color="#ff00ff", align="left")
    assert box(drawn(tmp_path, "שלום", asked, shaped=True, mirrored=True), (255, 0, 255))[2] < 0.3 * SIZE.width


def test_lines_are_as_far_apart_as_their_letters_are_high() -> None:
    """As in Nastaliq, whose letters go down by steps."""

    class Tall:
        size = 40

        def getbbox(self, line: str, **how: object) -> tuple[int, int, int, int]:
            return (0, -70, 30, 46)

    setting = _spaced(Tall(), [("a", "rtl"), ("b", "rtl")])  # type: ignore[arg-type]
    assert setting.step >= 116
    assert 70 <= setting.base <= setting.step - 46


def test_marks_that_a_shaper_reads_are_kept() -> None:
    """Without the one between its parts a Persian verb is another word."""
    assert shown("می\u200cخواهم\x07") == "می\u200cخواهم"
    assert shown("Lis\u200cbon") == "Lisbon"
    assert direction("\u200fLisbon هي مدينة") == "rtl"
    assert direction("Lisbon هي مدينة") == "ltr"
    assert direction("नमस्ते") == "ltr"
    assert direction("Lisbon") == ""


def test_characters_that_the_font_has_not() -> None:
    assert glyphless("Aé שלום!", None) == "שלום"
    assert glyphless("A → B, \u200fC…", None) == "→"
    assert glyphless("Lisbon, 2026", font("semibold")) == ""


def test_a_file_that_is_no_font(tmp_path: Path) -> None:
    (tmp_path / "x.ttf").write_bytes(b"no font")
    with pytest.raises(LocalTool, match=r"x\.ttf is not a font"):
        drawn(tmp_path, "Lisbon", Lettering(), file=tmp_path / "x.ttf")


MAGENTA, GREEN = (255, 0, 255), (0, 255, 0)


@pytest.mark.parametrize("style", ["title", "end-card", "caption"])
def test_smaller_words_stand_below_the_others(tmp_path: Path, style: Style) -> None:
    look = Lettering(style, color="#ff00ff", below_color="#00ff00", box="none")
    both = drawn(tmp_path, "Lisbon", look, below="two hours later")
    large, small = box(both, MAGENTA), box(both, GREEN)
    assert large[3] <= small[1] + 2
    assert 0.4 < (small[3] - small[1]) / (large[3] - large[1]) < 0.75
    asked = replace(look, below_size=Fraction(3), size=Fraction(12))
    larger = drawn(tmp_path, "HHH", asked, below="HHH")
    large, small = box(larger, MAGENTA), box(larger, GREEN)
    assert (large[3] - large[1]) / (small[3] - small[1]) == pytest.approx(4, rel=0.2)


@pytest.mark.parametrize("size", [SIZE, Size(270, 480), Size(64, 64)])
def test_a_logo_stands_above_the_words_and_all_of_it_is_inside(tmp_path: Path, size: Size) -> None:
    Image.new("RGBA", (60, 30), (0, 255, 0, 255)).save(tmp_path / "logo.png")
    look = Lettering("end-card", color="#ff00ff")
    page = drawn(tmp_path, "A long name of a studio", look, size, logo=tmp_path / "logo.png", below="and of a year")
    mark, words = box(page, GREEN), box(page, MAGENTA)
    assert mark[3] <= words[1]
    assert mark[1] > 0.03 * size.height
    assert words[3] < 0.97 * size.height
    assert abs((mark[0] + mark[2]) / 2 / size.width - 0.5) < 0.03
    assert (mark[2] - mark[0]) / (mark[3] - mark[1]) == pytest.approx(2, rel=0.15)


def test_a_logo_may_stand_alone(tmp_path: Path) -> None:
    Image.new("RGBA", (30, 30), (0, 255, 0, 255)).save(tmp_path / "logo.png")
    look = Lettering("end-card", logo_size=Fraction(40))
    _, top, _, bottom = box(drawn(tmp_path, "", look, logo=tmp_path / "logo.png"), GREEN)
    assert (bottom - top, (top + bottom) // 2) == (pytest.approx(0.4 * 360, abs=2), pytest.approx(180, abs=2))


def test_an_outline_takes_the_place_of_a_box_and_of_a_shadow(tmp_path: Path) -> None:
    plain = Lettering("caption", color="#ff00ff")
    outlined = replace(plain, outline=Fraction(10), outline_color="#00ff00")
    boxed, around = drawn(tmp_path, "Lisbon", plain), drawn(tmp_path, "Lisbon", outlined)
    inner, outer = box(around, MAGENTA), box(around, GREEN)
    width = round(0.05 * 360 * 0.1)
    assert [a - b for a, b in zip(inner[:2], outer[:2], strict=True)] == pytest.approx([width, width], abs=1)
    assert boxed.getpixel((inner[0] - 6, inner[1]))[3] > 100 > around.getpixel((inner[0] - 6, inner[1]))[3]


@pytest.mark.parametrize("position", ["top", "bottom"])
def test_a_margin_keeps_words_from_the_edge(tmp_path: Path, position: Position) -> None:
    look = Lettering("caption", color="#ff00ff", position=position, margin=Fraction(25))
    _, top, _, bottom = box(drawn(tmp_path, "Lisbon", look, Size(270, 480)), MAGENTA)
    assert (top if position == "top" else 480 - bottom) / 480 == pytest.approx(0.25, abs=0.02)
