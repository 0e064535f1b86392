"""SubRip and WebVTT as they are found in the world."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.compile.subtitles import cues
from reelmake.diagnostics import Report, Source
from reelmake.model.delivery import Cue


def read(text: str) -> tuple[tuple[Cue, ...], list[str]]:
    report = Report()
    found = cues(Source("talk.srt", text), report)
    return found, [f"{item.span}: {item.message}" for item in report.sorted()]


@pytest.mark.parametrize(
    "text",
    [
        "1\n00:00:01,000 --> 00:00:02,500\nOne\nTwo\n\n2\n01:00:00,5 --> 01:00:01,000\n<i>Three</i>\n",
        "\ufeff1\r\n00:00:01,000 --> 00:00:02,500\r\nOne\r\nTwo\r\n\r\n\r\n01:00:00,500 --> 01:00:01,000\r\nThree",
        "WEBVTT - talk\n\nSTYLE\n::cue {}\n\nintro\n00:01.000 --> 00:02.500 align:start\nOne\n<b>Two</b>\n\n"
        "01:00:00.500 --> 01:00:01.000\n{\\an8}Three\n",
    ],
)
def test_what_is_said_when(text: str) -> None:
    assert read(text) == ((Cue(1000, 2500, "One\nTwo"), Cue(3_600_500, 3_601_000, "Three")), [])


def test_what_only_looks_like_markup_stays() -> None:
    assert read("00:01.000 --> 00:02.000\n1 < 2 &gt; 0, I <3 it\n")[0] == (Cue(1000, 2000, "1 < 2 > 0, I <3 it"),)


def test_mistakes_stand_at_their_lines() -> None:
    _, said = read("1\n00:01 -> 00:02\nA\n\n00:02.000 --> 00:01.000\nB\n")
    assert [line.partition(": ")[0] for line in said] == ["talk.srt:2:1", "talk.srt:5:1"]
    assert read("")[1] == ["talk.srt:1:1: there is no caption in talk.srt"]


@given(st.text(st.sampled_from("012:,.->\n\r <>{}\\aW\ufeff")))
def test_any_text_is_read_or_told(text: str) -> None:
    found, said = read(text)
    assert found or said
    assert all(cue.begin < cue.end and cue.text and "\n\n" not in cue.text for cue in found)
