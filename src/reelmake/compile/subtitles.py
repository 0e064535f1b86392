"""Reads SubRip (.srt) and WebVTT (.vtt) with the places of what is wrong. Markup is left out: we have our own look.

Knows nothing of shots and of how captions are shown.
"""

from __future__ import annotations

import html
import re

from reelmake.diagnostics import Report, Source, Span
from reelmake.model.delivery import Cue

_TIME = r"(?:(\d+):)?(\d{1,2}):(\d{1,2})[.,](\d{1,3})"
_TIMES = re.compile(rf"\s*{_TIME}\s+-->\s+{_TIME}(\s.*)?")
_ASIDE = re.compile(r"(WEBVTT|NOTE|STYLE|REGION)\b")
_MARKUP = re.compile(r"</?[a-zA-Z][^>\n]*>|<\d[^>\n]*>|\{\\[^}\n]*\}")
CODE = "RM480"


def cues(source: Source, report: Report) -> tuple[Cue, ...]:
    """In the order they are seen. Mistakes go to `report` (RM480), each at its line."""
    found: list[Cue] = []
    block: list[tuple[int, str]] = []
    at = 0
    for line in [*source.text.removeprefix("\ufeff").split("\n"), ""]:
        words = line.rstrip("\r")
        if words.strip():
            block.append((at + source.text.startswith("\ufeff"), words))
        elif block:
            cue = _cue(block, source, report)
            found += [cue] if cue is not None else []
            block = []
        at += len(line) + 1
    if not found and not report.failed:
        report.error(CODE, f"there is no caption in {source.name}", Span(source, 0, 0))
    return tuple(sorted(found, key=lambda cue: (cue.begin, cue.end)))


def _cue(block: list[tuple[int, str]], source: Source, report: Report) -> Cue | None:
    """A block of lines: a number or a name, which may be missing, the times, the words."""
    if _ASIDE.match(block[0][1]):
        return None
    number = 0 if "-->" in block[0][1] or len(block) == 1 else 1
    start, line = block[number]
    span = Span(source, start, start + len(line))
    times = _TIMES.fullmatch(line)
    if times is None:
        hint = "a caption begins with a line such as 00:00:01,500 --> 00:00:04,000"
        report.error(CODE, "here the times of a caption are missing or wrong", span, hint=hint)
        return None
    begin, end = _milliseconds(times.groups()[:4]), _milliseconds(times.groups()[4:8])
    if end <= begin:
        report.error(CODE, "this caption ends before it begins", span)
        return None
    spoken = block[number + 1 :]
    text = "\n".join(filter(None, (html.unescape(_MARKUP.sub("", words)).strip() for _, words in spoken)))
    return Cue(begin, end, text, Span(source, spoken[0][0], spoken[-1][0] + len(spoken[-1][1]))) if text else None


def _milliseconds(parts: tuple[str | None, ...]) -> int:
    hours, minutes, seconds, thousandths = parts
    whole = (int(hours or 0) * 60 + int(minutes or 0)) * 60 + int(seconds or 0)
    return whole * 1000 + int((thousandths or "0").ljust(3, "0"))
