"""What a YAML parser's complaint means to the author: a code, a sentence, a place and a way out.

Knows the words of both parsers of PyYAML (libyaml's and the pure one) and nothing of storyboards.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Protocol

from reelmake.diagnostics import Note, Report, Source, Span

DEEPEST = 64  # levels of nesting
TOO_DEEP = f"nested more than {DEEPEST} levels deep"
_NEITHER = "this line is neither a key with a value nor part of a text"
_KEYS = "a key ends with `: `; a text of several lines begins with `|` or `>`, or is indented below its key"
_QUOTE = "put the text in quotes"


class _Mark(Protocol):
    index: int


def explain(source: Source, error: Exception, report: Report) -> None:
    """Reports a yaml.YAMLError about `source`. Only the first error of a text is known: the parser stops there."""
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or error)
    context = str(getattr(error, "context", None) or "")
    at = _index(source, getattr(error, "problem_mark", None))
    begin = _index(source, getattr(error, "context_mark", None))
    text = source.text
    if (odd := odd_blank(source, at)) or (odd := odd_blank(source, begin)):
        indented_oddly(odd, report)
    elif "cannot start any token" in problem:
        _unquoted(source, at, report)
    elif "mapping values are not allowed" in problem:
        _colon(source, at, report)
    elif "end of stream" in problem and "quoted scalar" in context:
        hint = f"close it with {text[begin]}"
        report.error("RM121", "this quote is never closed", Span(source, begin, begin + 1), hint=hint)
    elif "flow sequence" in context or "flow mapping" in context:
        _flow(source, at, begin, "]" if "sequence" in context else "}", report)
    elif "alphabetic" in problem or "scanning an a" in context:
        _unquoted(source, begin, report)
    elif "escape character" in problem:
        says, hint = "an unknown \\ escape in a double-quoted text", "write \\\\ for a backslash, or use single quotes"
        report.error("RM119", says, _here(source, at), hint=hint)
    elif "could not find expected ':'" in problem:
        report.error("RM105", _NEITHER, _line(source, begin), hint=_KEYS)
    elif "sequence entries are not allowed" in problem:
        says, hint = "a list cannot begin behind a key on the same line", "begin it on the next line, or write [a, b]"
        report.error("RM105", says, _here(source, at), hint=hint)
    elif "block mapping" in context and at > 0 and text[at - 1] in "\"'":
        hint = "quote the whole text; or a quote further up is not closed"
        report.error("RM121", "text behind a closing quote", _here(source, at), hint=hint)
    elif "block mapping" in context or "block collection" in context:
        hint = "check the indentation: the keys of one mapping begin in the same column"
        report.error("RM105", "this does not fit what comes before it", _here(source, at), hint=hint)
    elif "nesting depth" in problem:  # libyaml has a limit of its own since 0.2.6, and looks further ahead than we do
        report.error("RM116", TOO_DEEP, Span(source, at, at + 1))
    else:
        report.error("RM105", f"this is not YAML: {problem}", _here(source, at))


def odd_blank(source: Source, at: int) -> Span | None:
    """The first of the blanks before the first word of the line at an offset that is neither a space nor a tab."""
    number, _ = source.position(at)
    start = source.starts[number - 1]
    for offset, char in enumerate(source.line(number), start):
        if char not in " \t":
            odd = char.isspace() or unicodedata.category(char) == "Cf"
            return Span(source, offset, offset + 1) if odd else None
    return None


def indented_oddly(odd: Span, report: Report) -> None:
    """Reports what `odd_blank` found: it looks like a space, or like nothing, and is text to YAML."""
    char = odd.source.text[odd.start]
    name = unicodedata.name(char, "a control character").lower()
    says = f"this line is indented with U+{ord(char):04X} ({name}); YAML is indented with spaces"
    hint = "replace it with spaces; texts copied from web pages and word processors often hold such characters"
    report.error("RM105", says, odd, hint=hint)


def _index(source: Source, mark: _Mark | None) -> int:
    """A mark's offset; the end of the text is shown at the end of its last line."""
    return min(mark.index if mark is not None else 0, len(source.text.rstrip()))


def _here(source: Source, at: int) -> Span:
    """The word at an offset."""
    word = re.compile(r"\S+").match(source.text, at)
    return Span(source, at, word.end() if word else at + 1)


def _line(source: Source, at: int) -> Span:
    number, column = source.position(at)
    return Span(source, at, at - column + 1 + len(source.line(number)))


def _flow(source: Source, at: int, begin: int, close: str, report: Report) -> None:
    """What is wrong between brackets that open at `begin`."""
    if source.text[at : at + 2] in (": ", ":\n") and _valued(source, at):
        hint = f"{_QUOTE} if the colon belongs to it"
        report.error("RM120", "a second `: ` in one value", Span(source, at, at + 1), hint=hint)
        return
    notes = [Note("reading stopped here", _here(source, at))]
    holds = "${" in source.line(source.position(begin)[0])
    hint = "inside brackets, quote a text that holds ${name}" if holds else ""
    says = f"this bracket is not closed with {close}, or a comma is missing"
    report.error("RM121", says, Span(source, begin, begin + 1), notes=notes, hint=hint)


def _unquoted(source: Source, at: int, report: Report) -> None:
    char = source.text[at : at + 1]
    if char == "\t":
        says = "a tab indents this line; YAML is indented with spaces"
        hint = "replace it with spaces (editors do it for the whole file)"
        report.error("RM106", says, Span(source, at, at + 1), hint=hint)
        return
    report.error("RM119", f"a text cannot begin with {char} unless it is quoted", _here(source, at), hint=_QUOTE)


def _above(source: Source, number: int) -> Span | None:
    """The nearest line above a line (1-based) that holds something."""
    while number > 1:
        number -= 1
        line = source.line(number)
        if line.strip():
            start = source.starts[number - 1] + len(line) - len(line.lstrip())
            return Span(source, start, source.starts[number - 1] + len(line.rstrip()))
    return None


def _valued(source: Source, at: int) -> bool:
    """Does a key with a value, or the beginning of one, stand before an offset in its line?"""
    number, column = source.position(at)
    before = source.line(number)[: column - 1]
    return ": " in before or before.rstrip().endswith(":")


def _colon(source: Source, at: int, report: Report) -> None:
    """A second `: ` on a line, or a key that is indented as if it belonged to the text above it."""
    number, column = source.position(at)
    line = source.line(number)
    before = line[: column - 1]
    if _valued(source, at):
        hint = f"{_QUOTE} if the colon belongs to it"
        report.error("RM120", "a second `: ` in one line", Span(source, at, at + 1), hint=hint)
    elif not before[:1].isspace() and (above := _above(source, number)) is not None:
        report.error("RM105", _NEITHER, above, hint=_KEYS)
    else:
        start = at - len(before.lstrip())
        says = "this key is indented as if it belonged to the text above it"
        hint = "align it with the other keys; or the line above lacks its `:`"
        report.error("RM105", says, Span(source, start, at), hint=hint)
