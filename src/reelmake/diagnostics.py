"""What is wrong with a text the author wrote, and where: Source, Span, Diagnostic.

Knows nothing of YAML, of storyboards or of terminals' abilities beyond "colour or not".

The picture of a diagnostic:

    error[RM203]: unknown transition "disolve"
      --> storyboard.yaml:10:17
       |
    10 |     transition: disolve
       |                 ^^^^^^^
       = help: did you mean "dissolve"?
"""

from __future__ import annotations

import bisect
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import field
from functools import cached_property
from typing import Literal

from reelmake.records import dataclass
from reelmake.visible import visible

Severity = Literal["error", "warning"]
MOST = 100  # diagnostics of a severity that are kept
HINTS = 20  # words that are looked for among others: of five thousand that takes a while
LONGEST = 2_000  # characters of a message
MORE = "RM122"
_FIRST = "fix those above first: many share one cause"
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Source:
    """A named text. `name` is the path as the user would type it; `text` keeps its line ends."""

    name: str
    text: str = field(repr=False)  # whoever prints a failure wants its place, not the whole storyboard

    @cached_property
    def starts(self) -> list[int]:
        """Offset of the first character of each line. Lines end as editors, YAML and CSV have it: LF, CR LF, CR."""
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    def position(self, offset: int) -> tuple[int, int]:
        """1-based line and column (in characters) of an offset."""
        line = bisect.bisect_right(self.starts, offset) - 1
        return line + 1, offset - self.starts[line] + 1

    def line(self, number: int) -> str:
        """The text of a 1-based line, without its line end."""
        end = self.starts[number] if number < len(self.starts) else len(self.text)
        return self.text[self.starts[number - 1] : end].rstrip("\r\n")


@dataclass(frozen=True, slots=True)
class Span:
    """A range of characters [start, end) in a source; the unit is the character, not the byte."""

    source: Source
    start: int
    end: int

    @property
    def at(self) -> tuple[int, int]:
        """1-based line and column of the first character."""
        return self.source.position(self.start)

    def __str__(self) -> str:
        line, column = self.at
        return f"{self.source.name}:{line}:{column}"

    def as_json(self) -> dict[str, object]:
        line, column = self.at
        end_line, end_column = self.source.position(max(self.start, self.end))
        return {
            "file": self.source.name,
            "line": line,
            "column": column,
            "end_line": end_line,
            "end_column": end_column,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What stands in a text: `span` is its place, `spans` those of the values of its keys. They affect nothing."""

    span: Span | None = field(default=None, compare=False, repr=False)
    spans: Mapping[str, Span] = field(default_factory=dict, compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Note:
    """A second place (or none) that helps to understand a diagnostic."""

    message: str
    span: Span | None = None


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One mistake: a stable code (`reelmake explain CODE`), a sentence, a place, notes and a hint."""

    code: str
    message: str
    span: Span | None = None
    notes: tuple[Note, ...] = ()
    hint: str = ""
    severity: Severity = "error"

    def as_json(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity,
            "message": self.message,
            "span": self.span.as_json() if self.span else None,
            "notes": [{"message": n.message, "span": n.span.as_json() if n.span else None} for n in self.notes],
            "hint": self.hint,
        }


class Report:
    """Collects the diagnostics of a run; every stage adds to it and goes on as far as it can.

    Each is kept once, and of each severity only the first MOST: nobody reads more, and a text of ten megabytes can hold
    millions. `count`: how many there were.
    """

    def __init__(self, items: Iterable[Diagnostic] = ()) -> None:
        self.items: list[Diagnostic] = []
        self.count = 0
        self.failed = False
        self._kept: Counter[Severity] = Counter()
        self._left: Counter[Severity] = Counter()
        self._known: set[int] = set()
        self._hints = 0
        self.add(items)

    def error(
        self,
        code: str,
        message: str,
        span: Span | None,
        *,
        hint: str = "",
        near: tuple[str, Iterable[str]] | None = None,
        notes: Sequence[Note] = (),
    ) -> None:
        """`near`: a word and those it may have been meant for; the hint is the nearest, and `hint` where none is."""
        if self._wanted("error", code, message, span):
            if near is not None and self._hints < HINTS:
                self._hints += 1
                hint = did_you_mean(*near) or hint
            self.items.append(Diagnostic(code, _short(message), span, tuple(notes), _short(hint)))

    def warn(self, code: str, message: str, span: Span | None, *, hint: str = "", notes: Sequence[Note] = ()) -> None:
        if self._wanted("warning", code, message, span):
            self.items.append(Diagnostic(code, _short(message), span, tuple(notes), _short(hint), "warning"))

    def add(self, items: Iterable[Diagnostic]) -> None:
        """Those of another report."""
        for d in items:
            room = d not in self.items if d.code == MORE else self._wanted(d.severity, d.code, d.message, d.span)
            if room:
                self.items.append(d)

    def _wanted(self, severity: Severity, code: str, message: str, span: Span | None) -> bool:
        """Is it new, and is there room for it?"""
        self.count += 1
        self.failed = self.failed or severity == "error"
        same = hash((severity, code, message, span.source.name if span else "", span.start if span else -1))
        if same in self._known:
            return False
        self._known.add(same)
        room = self._kept[severity] < MOST
        (self._kept if room else self._left)[severity] += 1
        return room

    def sorted(self) -> list[Diagnostic]:
        """By file, position and code; how many more there are comes last."""

        def place(d: Diagnostic) -> tuple[bool, str, int, str, str]:
            start = d.span.start if d.span else -1
            return d.code == MORE, d.span.source.name if d.span else "", start, d.code, d.message

        left = [
            Diagnostic(MORE, f"{n:,} more {severity}{'s' * (n != 1)}", hint=_FIRST, severity=severity)
            for severity, n in self._left.items()
        ]
        return sorted([*self.items, *left], key=place)


def _short(text: str) -> str:
    """What a message quotes may be as long as a text can be."""
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def how_many(found: Iterable[Diagnostic]) -> dict[Severity, int]:
    """How many there are of each severity, those counted that were left out."""
    counts: dict[Severity, int] = {"error": 0, "warning": 0}
    for d in found:
        counts[d.severity] += int(d.message.split(" ")[0].replace(",", "")) if d.code == MORE else 1
    return counts


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """A hint naming the nearest known word and, where the list is short, all of them; "" if there is nothing to say."""
    from difflib import get_close_matches

    names = sorted(set(known))
    near = get_close_matches(word, names, n=1, cutoff=0.6) or get_close_matches(word.lower(), names, n=1, cutoff=0.6)
    parts = [f'did you mean "{near[0]}"?'] if near else []
    if names and len(names) <= 12:
        parts.append("known: " + ", ".join(names))
    return "  ".join(parts)


COLOURS = {"error": "31;1", "warning": "33;1", "bar": "34;1", "bold": "1", "note": "36;1"}
_WIDEST = 160  # characters of a source line that are shown; longer lines are cut around the span


def draw(diagnostic: Diagnostic, paint: Callable[[str, str], str] = lambda text, tone: text) -> str:
    """The picture above, as text without a final line end. `paint`: a text in one of COLOURS."""
    lines = [
        paint(f"{diagnostic.severity}[{diagnostic.code}]", diagnostic.severity)
        + paint(f": {_clean(diagnostic.message)}", "bold")
    ]
    if diagnostic.span:
        lines += _picture(diagnostic.span, paint, diagnostic.severity)
    lines += [f"   {paint('=', 'bar')} help: {_clean(line)}" for line in diagnostic.hint.split("\n") if line]
    for note in diagnostic.notes:
        lines.append(f"{paint('note', 'note')}: {_clean(note.message)}")
        if note.span:
            lines += _picture(note.span, paint, "note")
    return "\n".join(lines)


def _clean(text: str) -> str:
    """Control characters would let a storyboard drive the terminal, and blanks that are no spaces look like them: both
    are shown escaped."""
    seen = "".join(c if c in " \u3000" or unicodedata.category(c)[0] not in "CZ" else repr(c)[1:-1] for c in text)
    return visible(seen)


def _width(text: str) -> int:
    return sum(
        0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in _clean(text)
    )


def _picture(span: Span, paint: Callable[[str, str], str], tone: str) -> list[str]:
    number, column = span.at
    text = span.source.line(number)
    length = max(1, min(span.end - span.start, len(text) - column + 1))
    if len(text) > _WIDEST:
        cut = max(0, column - 1 - _WIDEST // 3)
        text = ("…" if cut else "") + text[cut : cut + _WIDEST] + ("…" if cut + _WIDEST < len(text) else "")
        column -= cut - (1 if cut else 0)
        length = max(1, min(length, len(text) - column + 1))
    text = text.replace("\t", " ")
    margin = " " * len(str(number))
    before, marked = text[: column - 1], text[column - 1 : column - 1 + length]
    return [
        f"{margin} {paint('-->', 'bar')} {_clean(str(span))}",
        f"{margin} {paint('|', 'bar')}",
        f"{paint(str(number), 'bar')} {paint('|', 'bar')} {_clean(text)}",
        f"{margin} {paint('|', 'bar')} {' ' * _width(before)}{paint('^' * max(1, _width(marked)), tone)}",
    ]
