"""What a YAML parser's complaint means to the author: a code, a sentence, a place and a way out.

Knows the words of both parsers of PyYAML (libyaml's and the pure one) and nothing of storyboards.
"""

from __future__ import annotations

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
        _token(source, at, report)
    elif "mapping values are not allowed" in problem:
        _colon(source, at, report)
    elif "end of stream" in problem and "quoted scalar" in context:
        report.error(
            "RM121", "this quote is never closed", Span(source, begin, begin + 1), hint=f"close it with {text[begin]}"
        )
    elif (
        ("flow sequence" in context or "flow mapping" in context)
        and text[at : at + 2] in (": ", ":\n")
        and _valued(source, at)
    ):
        hint = f"{_QUOTE} if the colon belongs to it"
        report.error("RM120", "a second `: ` in one value", Span(source, at, at + 1), hint=hint)
    elif "flow sequence" in context or "flow mapping" in context:
        close = "]" if "sequence" in context else "}"
        notes = [Note("reading stopped here", _here(source, at))]
        number, _ = source.position(begin)
        hint = "inside brackets, quote a text that holds ${name}" if "${" in source.line(number) else ""
        report.error(
            "RM121",
            f"this bracket is not closed with {close}, or a comma is missing",
            Span(source, begin, begin + 1),
            notes=notes,
            hint=hint,
        )
    elif "alphabetic" in problem or "scanning an a" in context:
        _unquoted(source, begin, report)
    elif "escape character" in problem:
        report.error(
            "RM119",
            "an unknown \\ escape in a double-quoted text",
            _here(source, at),
            hint="write \\\\ for a backslash, or use single quotes",
        )
    elif "could not find expected ':'" in problem:
        span = _line(source, begin)
        report.error(
            "RM105",
            _NEITHER,
            span,
            hint=_KEYS,
        )
    elif "sequence entries are not allowed" in problem:
        report.error(
            "RM105",
            "a list cannot begin behind a key on the same line",
            _here(source, at),
            hint="begin it on the next line, or write [a, b]",
        )
    elif "block mapping" in context and at > 0 and text[at - 1] in "\"'":
        report.error(
            "RM121",
            "text behind a closing quote",
            _here(source, at),
            hint="quote the whole text; or a quote further up is not closed",
        )
    elif "block mapping" in context or "block collection" in context:
        report.error(
            "RM105",
            "this does not fit what comes before it",
            _here(source, at),
            hint="check the indentation: the keys of one mapping begin in the same column",
        )
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
    report.error(
        "RM105",
        f"this line is indented with U+{ord(char):04X} ({name}); YAML is indented with spaces",
        odd,
        hint="replace it with spaces; texts copied from web pages and word processors often hold such characters",
    )


def _index(source: Source, mark: _Mark | None) -> int:
    """A mark's offset; the end of the text is shown at the end of its last line."""
    at = mark.index if mark is not None else 0
    end = len(source.text.rstrip())
    return min(at, max(end, 0))


def _here(source: Source, at: int) -> Span:
    """The word at an offset."""
    text = source.text
    end = at
    while end < len(text) and not text[end].isspace():
        end += 1
    return Span(source, at, max(end, at + 1))


def _line(source: Source, at: int) -> Span:
    number, column = source.position(at)
    return Span(source, at, at - column + 1 + len(source.line(number)))


def _token(source: Source, at: int, report: Report) -> None:
    char = source.text[at : at + 1]
    if char == "\t":
        report.error(
            "RM106",
            "a tab indents this line; YAML is indented with spaces",
            Span(source, at, at + 1),
            hint="replace it with spaces (editors do it for the whole file)",
        )
    else:
        _unquoted(source, at, report)


def _unquoted(source: Source, at: int, report: Report) -> None:
    char = source.text[at : at + 1]
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
        report.error(
            "RM120", "a second `: ` in one line", Span(source, at, at + 1), hint=f"{_QUOTE} if the colon belongs to it"
        )
    elif not before[:1].isspace() and (above := _above(source, number)) is not None:
        report.error("RM105", _NEITHER, above, hint=_KEYS)
    else:
        start = at - len(before.lstrip())
        report.error(
            "RM105",
            "this key is indented as if it belonged to the text above it",
            Span(source, start, at),
            hint="align it with the other keys; or the line above lacks its `:`",
        )
