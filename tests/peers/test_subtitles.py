"""Kept libraries for subtitles as judges: what we write they read, and of a good file both read the same.

Why it is not one of them that reads for us: docs/decisions/037-two-grammars-of-captions.md.
"""

from __future__ import annotations

from itertools import accumulate
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.compile.caption_files import cues
from reelmake.diagnostics import Report, Source
from reelmake.media.subtitle_writer import subtitles
from reelmake.model.delivery import SubtitleWork
from reelmake.model.overlay import Cue

pysubs2 = pytest.importorskip("pysubs2")
webvtt = pytest.importorskip("webvtt")

line = st.from_regex(r"[A-Za-zé„ß?!,'-]+( [0-9A-Za-z.&<>-]+){0,3}", fullmatch=True)
words = st.lists(line, min_size=1, max_size=3).map("\n".join)


@st.composite
def talks(draw: st.DrawFn) -> tuple[Cue, ...]:
    spoken = draw(st.lists(st.tuples(st.integers(1, 9_000_000), words), min_size=1, max_size=6))
    ends = accumulate(length for length, _ in spoken)
    return tuple(Cue(end - length, end, text) for end, (length, text) in zip(ends, spoken, strict=True))


@given(talks(), st.sampled_from(["srt", "vtt"]))
def test_everybody_reads_what_we_write(talk: tuple[Cue, ...], kind: str) -> None:
    with TemporaryDirectory() as folder:
        file = Path(folder, f"talk.{kind}")
        subtitles(SubtitleWork(kind, talk), {}, file, lambda fraction, word: None)
        report = Report()
        assert cues(Source(file.name, file.read_text("utf-8")), report) == tuple(
            Cue(c.begin, c.end, c.text.replace("-->", "->") if kind == "srt" else c.text) for c in talk
        )
        times = [(c.begin, c.end) for c in talk]
        assert [(e.start, e.end) for e in pysubs2.load(str(file))] == times
        theirs = webvtt.read(file) if kind == "vtt" else webvtt.from_srt(file)
        assert [(_milliseconds(c.start), _milliseconds(c.end)) for c in theirs] == times
        assert [len(c.lines) for c in theirs] == [len(c.text.split("\n")) for c in talk]


def _milliseconds(clock: str) -> int:
    hours, minutes, seconds = clock.split(":")
    return round(((int(hours) * 60 + int(minutes)) * 60 + float(seconds)) * 1000)
