"""The grammar of WebVTT (.vtt), by the parser of its standard: what a browser shows is what is read.

But for times, which may be written as SubRip has them, and for what is no tag of WebVTT: a browser drops both without
a word. Knows nothing of SubRip.
"""

from __future__ import annotations

import re

from reelmake.compile.cueing import Cueing, times

SIGNATURE = re.compile(r"\ufeff?WEBVTT(?=[ \t\r\n]|$)")
_TAG = re.compile(
    r"</?(?:c|i|b|u|v|ruby|rt|lang|font|s)(?:[.\s][^<>]*)?>|<(?:\d+:)?\d\d:\d\d\.\d{3}>|\{\\[^{}\n]*\}", re.I
)
_PLACE = re.compile(r"\b(?:vertical|line|position|align|region):")


def read(cueing: Cueing) -> None:
    """Takes every caption: a block whose first or second line has an arrow. All others are comments and styles."""
    at = 1  # behind the signature; what follows it at once is a header, up to an empty line or an arrow
    while not cueing.blank(at) and not _arrow(cueing, at):
        at += 1
    while at < len(cueing.lines):
        if cueing.blank(at):
            at += 1
            continue
        named = not _arrow(cueing, at) and not cueing.blank(at + 1) and _arrow(cueing, at + 1)
        end = _end(cueing, at + 1 + named)
        if _arrow(cueing, mark := at + named):
            _take(cueing, mark, end)
        at = end


def plain(words: str) -> str:
    """Without tags, and with what character references stand for."""
    from html import unescape

    return unescape(_TAG.sub("", words))


def _take(cueing: Cueing, mark: int, end: int) -> None:
    said = times(cueing.lines[mark])
    if said is None:
        hint = 'times are such as 00:01.500 --> 00:04.000; in other lines "-->" is not allowed'
        cueing.wrong(mark, "here the times of a caption are missing or wrong", hint)
        return
    if _PLACE.search(said[2]):
        cueing.placed(mark)
    cueing.take(mark, said, range(mark + 1, end), plain)


def _arrow(cueing: Cueing, line: int) -> bool:
    return "-->" in cueing.lines[line]


def _end(cueing: Cueing, line: int) -> int:
    """Where a block ends that has come to this line."""
    while not cueing.blank(line) and not _arrow(cueing, line):
        line += 1
    return line
