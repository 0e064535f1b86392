"""The terminal: results to stdout, everything else to stderr; diagnostics, refusals and questions as people read them.

What is written here goes through one place that makes it visible; without a terminal there are no control characters.
Knows nothing of plans or of how a build goes.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

from reelmake.diagnostics import COLOURS, Diagnostic, Span, draw, how_many
from reelmake.errors import Mistake, ReelmakeError
from reelmake.visible import one_line, visible, visible_json

_PAYING = ("reelmake build", "reelmake retake", "reelmake shoot", "reelmake jobs character")
_TONES = COLOURS | {"good": "32", "bad": "31;1", "warn": "33", "dim": "2", "bold": "1", "cyan": "36"}

Said = Mapping[str, object]  # one JSON object
Paint = Callable[[str, str], str]  # a text in a tone


class Unheard(Exception):
    """Nobody reads our stdout any more, or it cannot be written. `error`: why."""

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Console:
    """`colour`: auto | always | never. `json`: one object on stdout is all that may stand there. `argv` as typed."""

    def __init__(
        self, *, colour: str = "auto", quiet: bool = False, json: bool = False, argv: Sequence[str] = ()
    ) -> None:
        self.quiet = quiet
        self.json = json
        self.argv = list(argv)
        self._mark = f"\x0e{os.urandom(8).hex()}:"  # nobody else can write it
        self.warned = ""  # the diagnostics that were shown, for a next run that says the same
        self.colour_out = _coloured(colour, sys.stdout.isatty())
        self.colour_err = _coloured(colour, sys.stderr.isatty())
        self.live = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet

    @property
    def width(self) -> int:
        return max(40, min(os.get_terminal_size(2).columns if sys.stderr.isatty() else 100, 160))

    def fitted(self, line: str, indent: int) -> str:
        """A line of results: on a terminal what does not fit goes on below, indented; for programs it stays whole."""
        if not sys.stdout.isatty() or len(line) <= (width := os.get_terminal_size(1).columns):
            return line
        from textwrap import wrap

        return "\n".join(
            wrap(line, width, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
        )

    def paint(self, text: str, tone: str) -> str:
        """For stderr."""
        return self._marked(text, _TONES[tone]) if self.colour_err and text else text

    def paint_result(self, text: str, tone: str) -> str:
        """For stdout."""
        return self._marked(text, _TONES[tone]) if self.colour_out and text else text

    def _marked(self, text: str, colour: str) -> str:
        """Not yet painted: only the text that is written has control characters, and only ours."""
        return f"{self._mark}{colour}m{text}{self._mark}0m"

    def written(self, text: str) -> str:
        """A text as it is written: what is painted in colour, everything else visible."""
        plain, *painted = text.split(self._mark)
        parts = (part.partition("m") for part in painted)
        return visible(plain) + "".join(f"\x1b[{colour}m{visible(words)}" for colour, _, words in parts)

    def result(self, text: str, *, drawn: bool = False) -> None:
        """What was asked for; to stdout. `drawn`: visible already, as on a Screen, in its colours."""
        text = text if drawn else self.written(text)
        try:
            sys.stdout.write(text if text.endswith("\n") or not text else text + "\n")
        except OSError as error:
            raise Unheard(error) from error

    def object(self, value: Said) -> None:
        """A JSON object, to stdout; what `visible_json` wrote need not be looked through again."""
        self.result(json_text(value), drawn=True)

    def answer(self, value: Callable[[], Said], text: Callable[[], str]) -> None:
        """What was asked for: as an object for programs, or as a text for people."""
        if self.json:
            self.object(value())
        else:
            self.result(text())

    def say(self, text: str) -> None:
        """What is good to know; to stderr, unless quiet."""
        if not self.quiet:
            self.complain(text)

    def complain(self, text: str) -> None:
        """What went wrong; to stderr, always. A reader of stderr that went away stops no build."""
        with contextlib.suppress(OSError):
            sys.stderr.write(self.written(text) + "\n")

    def diagnostics(self, found: Sequence[Diagnostic], *, closing: bool = True) -> None:
        """All pictures, then a line that counts them."""
        shown = [d for d in found if d.severity == "error" or not self.quiet]
        for diagnostic in shown:
            picture = draw(diagnostic, self.paint) + "\n"
            self.warned += picture + "\n"
            self.complain(picture)
        if closing and shown:
            self.complain(tally(found))

    def refuse(self, error: ReelmakeError) -> None:
        """An error that ended the command."""
        if self.json:
            self.object(as_json(error))
        if isinstance(error, Mistake):
            if not self.json:
                self.diagnostics(error.diagnostics)
            return
        for line in pictured(error.code, str(error), error.span, error.next_steps, self.paint):
            self.complain(line)

    @property
    def asks(self) -> bool:
        """Is there a terminal to ask on?"""
        return sys.stdin.isatty() and sys.stderr.isatty()

    def ask(self, question: str) -> bool | None:
        """Yes or no, asked on the terminal; None if there is none to ask on."""
        if not self.asks:
            return None
        sys.stderr.write(f"{visible(question)} [y/N] ")
        sys.stderr.flush()
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def json_text(value: Said) -> str:
    return visible_json(json.dumps(value, indent=2, ensure_ascii=False))


def tally(found: Sequence[Diagnostic]) -> str:
    """ "2 errors, 1 warning"."""
    parts = [f"{n:,} {word}{'s' * (n != 1)}" for word, n in how_many(found).items() if n]
    return ", ".join(parts)


def pictured(code: str, said: str, span: Span | None, steps: Iterable[str], paint: Paint, *kept: str) -> Iterator[str]:
    """What went wrong, where, what was kept, what to do next: a line each."""
    yield paint(f"error[{code}]", "bad") + f": {one_line(said)}"
    if span is not None:
        yield f"  --> {span}"
    yield from (f"   = kept: {what}" for what in kept)
    yield from (f"   = next: {step}" for step in steps)


def failure_json(
    code: str, message: str, span: Span | None, steps: Iterable[str], *, shot: str = "", **more: object
) -> dict[str, object]:
    """The shape of language.md §2: what happened, where, what was kept, what to do next and whether that costs."""
    return {
        "code": code,
        "message": message,
        "shot": shot or None,
        "span": span.as_json() if span else None,
        **more,
        "next": [{"command": step, "costs_money": costs_money(step)} for step in steps],
    }


def as_json(error: ReelmakeError) -> dict[str, object]:
    """An error that ended the command."""
    value = failure_json(error.code, str(error), error.span, error.next_steps, kept=None)
    if isinstance(error, Mistake):
        value["diagnostics"] = [d.as_json() for d in error.diagnostics]
        first = next((d for d in error.diagnostics if d.severity == "error"), None)
        if first:
            value |= {"code": first.code, "span": first.span.as_json() if first.span else None}
        value["next"] = [{"command": "reelmake check", "costs_money": False}]
    return {"error": value}


def costs_money(command: str) -> bool:
    """May carrying out this next step spend something?"""
    return command.startswith(_PAYING) and "--dry-run" not in command


def _coloured(choice: str, terminal: bool) -> bool:
    if choice != "auto":
        return choice == "always"
    return terminal and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
