"""SubRip and WebVTT as they are found in the world: two formats with two grammars, and the places of what is wrong."""

from __future__ import annotations

from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.compile.caption_files import cues
from reelmake.diagnostics import Report, Source
from reelmake.model.overlay import Cue

ONE = "00:00:01,000 --> 00:00:02,000\n"


def read(text: str) -> tuple[tuple[Cue, ...], list[str]]:
    report = Report()
    found = cues(Source("talk.srt", text), report)
    return found, [f"{item.span}: {item.message}" for item in report.sorted()]


def said(text: str) -> list[str]:
    """The words of a file in which nothing is wrong."""
    found, complaints = read(text)
    assert not complaints
    return [cue.text for cue in found]


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,500\nOne\nTwo\n\n2\n01:00:00,5 --> 01:00:01,000\n<i>Three</i>\n",
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nTwo\r\n\r\n\r\n01:00:00,500 --> 01:00:01,000\r\nThree",
        "1\r00:00:01,000 --> 00:00:02,500\rOne\rTwo\r\r2\r01:00:00,500 --> 01:00:01,000\rThree\r",
        "WEBVTT - talk\n\nSTYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.500\nOne\n<b>Two</b>\n\n"
        "01:00:00.500 --> 01:00:01.000\nThree\n",
        "\ufeffWEBVTT\r\rNOTE 00:00\rno words\r\r00:01.000-->00:02.500\rOne\rTwo\r\r1:00:00.500 --> 1:00:01.000\rThree",
        "01:00:00,500 --> 01:00:01,000\nThree\n\n00:01,000 --> 00:02,500\nOne\nTwo\n\x1a",
    ],
)
def test_what_is_said_when(text: str) -> None:
    assert read(text) == ((Cue(1000, 2500, "One\nTwo"), Cue(3_600_500, 3_601_000, "Three")), [])


def test_what_only_looks_like_markup_stays() -> None:
    assert read("00:01.000 --> 00:02.000\n1 < 2 &gt; 0, I <3 it\n")[0] == (Cue(1000, 2000, "1 < 2 > 0, I <3 it"),)


# SubRip


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("kite.example/?a=1&copy=2&reg=3", "kite.example/?a=1&copy=2&reg=3"),
        ("if a <3 b and c> d", "if a <3 b and c> d"),
        ("Press <Enter> to go on", "Press <Enter> to go on"),
        ("<v Bob>Hi", "<v Bob>Hi"),
        ("<00:00:01.500>now", "<00:00:01.500>now"),
        ("AT&T &amp; Sons, &#39;tis &copy;", "AT&T & Sons, 'tis &copy;"),
        ('{\\i1}a <B>b</B> <font color="#ff0000">c</FONT><br/>d{\\i0}', "a b c\nd"),
        ("the 10:30 --> 11:00 slot\n-> there", "the 10:30 --> 11:00 slot\n-> there"),
        ("In the year\n1984", "In the year\n1984"),
    ],
)
def test_words_of_subrip(words: str, plain: str) -> None:
    assert said(f"1\n{ONE}{words}\n\n2\n00:00:03,000 --> 00:00:04,000\nEnd") == [plain, "End"]


def test_captions_of_subrip_without_an_empty_line_between_them() -> None:
    text = f"1\n{ONE}First\n2\n00:00:02,000 --> 00:00:03,000\nSecond\n\n3\n00:00:04,000 --> 00:00:05,000\nThird\n"
    assert said(text) == ["First", "Second", "Third"]
    assert said(text.replace("\n2\n", "\n").replace("\n3\n", "\n")) == ["First", "Second", "Third"]


def test_an_empty_line_inside_a_caption_of_subrip() -> None:
    assert said(f"1\n{ONE}First\n\nStill first\n\n2\n00:00:02,000 --> 00:00:03,000\nSecond") == [
        "First\nStill first",
        "Second",
    ]


def test_a_caption_without_words_is_none() -> None:
    assert said(f"1\n{ONE}\n2\n00:00:02,000 --> 00:00:03,000\nSecond") == ["Second"]


def test_long_films_and_captions_at_once() -> None:
    found, _ = read(
        "00:00:01,000 --> 00:00:05,000\nA\n\n00:00:01,000 --> 00:00:02,000\nB\n\n100:00:00,0 --> 100:00:01,0\nC"
    )
    assert [(cue.begin, cue.text) for cue in found] == [(1000, "B"), (1000, "A"), (360_000_000, "C")]


@pytest.mark.parametrize(
    ("text", "places"),
    [
        ("1\n00:01 -> 00:02\nA\n\n00:02.000 --> 00:01.000\nB\n", ["2:1", "5:1"]),
        (f"1\n{ONE}A\n2\n00:00:02,000 -> 00:00:03,000\nB", ["5:1"]),
        (f"1\n{ONE}A\n\n2\n00:00:02 to 00:00:03\nB", ["6:1"]),
        (f"1\n{ONE}A\n\n2\nB", ["6:1"]),
        (f"1\n-{ONE}A", ["2:1"]),
        (f"Talk\n\n1\n{ONE}A", ["1:1"]),
        ("1\n00:00:01,000 --> 00:00:01,000\nA", ["2:1"]),
        ("nothing of that kind", ["1:1"]),
        ("", ["1:1"]),
    ],
)
def test_mistakes_stand_at_their_lines(text: str, places: list[str]) -> None:
    assert [line.partition(": ")[0] for line in read(text)[1]] == [f"talk.srt:{place}" for place in places]


# WebVTT


def test_a_header_ends_at_an_arrow_and_names_are_no_comments() -> None:
    text = (
        "WEBVTT\n00:00:00.500 --> 00:00:01.500\nFirst\n\nNOTE-1\n00:00:02.000 --> 00:00:03.000\nSecond\n\n"
        "REGION.a\n00:00:04.000 --> 00:00:05.000\nThird\n"
    )
    assert said(text) == ["First", "Second", "Third"]
    assert said(text.replace("WEBVTT\n", "WEBVTT\nKind: captions\nLanguage: en\n")) == ["First", "Second", "Third"]


def test_an_arrow_ends_a_caption_of_webvtt() -> None:
    assert said("WEBVTT\n\n00:00.500 --> 00:01.500\nFirst\n00:02.000 --> 00:03.000\nSecond\n") == ["First", "Second"]


def test_comments_styles_and_regions_are_not_said() -> None:
    text = "WEBVTT\n\nNOTE\n\nNOTE One\ntwo\nthree\n\nREGION\nid:a\n\nSTYLE\n::cue {\n  color: red\n}\n\n"
    assert said(text + "00:01.000 --> 00:02.000\nNOTE well\n") == ["NOTE well"]


@pytest.mark.parametrize(
    ("words", "plain"),
    [
        ("<v Bob>a &amp; b &lt;c&gt;", "a & b <c>"),
        ("d&nbsp;e &copy; &lrm;f", "d\u00a0e © \u200ef"),
        ("<c.yellow.bg_blue>g</c> <00:00:01.500>h <i.foo>j</i>", "g h j"),
        ("<ruby>k<rt>l</rt></ruby> <lang en>m</lang>", "kl m"),
        ("1 &lt; 2, I <3 it, <Enter>", "1 < 2, I <3 it, <Enter>"),
    ],
)
def test_words_of_webvtt(words: str, plain: str) -> None:
    assert said(f"WEBVTT\n\n00:01.000 --> 00:02.000\n{words}") == [plain]


def test_mistakes_of_webvtt_stand_at_their_lines() -> None:
    text = "WEBVTT\n\n1\n00:01.000 --> 00:02\nA\n\n00:03.000 --> 00:02.000\nB\n\n00:05.000 --> 00:06.000\ngo --> there"
    assert [line.partition(": ")[0] for line in read(text)[1]] == ["talk.srt:4:1", "talk.srt:7:1", "talk.srt:11:1"]


# Both


@pytest.mark.parametrize(
    "text",
    [
        f"1\n{ONE}{{\\i1\\an8}}A\n\n2\n00:00:03,000 --> 00:00:04,000\n{{\\an8}}B",
        "1\n00:00:01,000 --> 00:00:02,000 X1:40 X2:600 Y1:20 Y2:50\nA",
        "WEBVTT\n\n1\n00:01.000 --> 00:02.000 line:0 align:start\nA\n\n00:03.000 --> 00:04.000 line:0\nB",
    ],
)
def test_where_captions_are_to_stand_is_not_taken_over_and_that_is_said_once(text: str) -> None:
    found, complaints = read(text)
    assert found[0].text == "A"
    assert [line.partition(": ")[2] for line in complaints] == ["the positions of captions in talk.srt are ignored"]


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("\ufeff[Script Info]\nTitle: talk\n", "Advanced SubStation (ASS)"),
        ('<?xml version="1.0"?>\n<tt xmlns="http://www.w3.org/ns/ttml">', "TTML"),
        ("{10}{35}Good morning.", "MicroDVD"),
        ("<SAMI><BODY>", "SAMI"),
    ],
)
def test_another_format_is_named(text: str, name: str) -> None:
    assert read(text)[1] == [
        f"talk.srt:1:1: talk.srt is {name}; captions are read from SubRip (.srt) and WebVTT (.vtt)"
    ]


@pytest.mark.parametrize(
    "text", ["{\\" * 200_000, "<b " * 200_000, "1:1" * 200_000, "1:1:" * 60 + "\n", "1\n" * 200_000]
)
@pytest.mark.parametrize("head", [f"1\n{ONE}", "WEBVTT\n\n00:01.000 --> 00:02.000\n"])
def test_no_text_takes_long(head: str, text: str) -> None:
    began = process_time()
    read(head + text)
    assert process_time() - began < 5


@given(st.text(st.sampled_from("012:,.->\n\r <>{}\\aW\ufeff")), st.sampled_from(["", "WEBVTT\n\n", f"1\n{ONE}"]))
def test_any_text_is_read_or_told(text: str, head: str) -> None:
    found, complaints = read(head + text)
    assert found or complaints
    assert all(cue.begin < cue.end and cue.text and "\n\n" not in cue.text for cue in found)
