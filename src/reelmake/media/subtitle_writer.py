"""Writes subtitles as SubRip or WebVTT. Knows nothing of shots and cuts."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

from reelmake.model.delivery import SubtitleWork
from reelmake.model.take import Facts
from reelmake.ports import Tell


def subtitles(work: SubtitleWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the file; its facts have the end of the last cue."""
    text = _srt(work) if work.format == "srt" else _vtt(work)
    into.write_bytes(text.encode())
    return Facts(bytes=into.stat().st_size, seconds=Fraction(work.cues[-1].end if work.cues else 0, 1000))


def _srt(work: SubtitleWork) -> str:
    """Its times have commas, its cues numbers; an arrow in a text would be taken for times."""
    return "\n".join(
        f"{n}\n{_clock(c.begin, ',')} --> {_clock(c.end, ',')}\n{c.text.replace('-->', '->')}\n"
        for n, c in enumerate(work.cues, 1)
    )


def _vtt(work: SubtitleWork) -> str:
    cues = [f"{_clock(c.begin, '.')} --> {_clock(c.end, '.')}\n{escaped(c.text)}\n" for c in work.cues]
    return "\n".join(["WEBVTT\n", *cues])


def escaped(words: str) -> str:
    """As WebVTT has it, whose texts are a little like HTML: what would be markup is not."""
    return words.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _clock(ms: int, point: str) -> str:
    return f"{ms // 3_600_000:02}:{ms // 60_000 % 60:02}:{ms // 1000 % 60:02}{point}{ms % 1000:03}"
