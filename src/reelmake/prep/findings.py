"""What was found out about files by looking into them: once, several at a time, and remembered.

Each finding has a name that says what was looked for and in which bytes. Knows nothing of what that is.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from pathlib import Path
from typing import NamedTuple, TypeGuard, TypeVar

from reelmake.errors import LocalTool
from reelmake.store.notes import Notes

MOST = 50_000  # findings that a note keeps; of more, only those that were asked for last
Finding = Sequence[str | int]
T = TypeVar("T")


class Question(NamedTuple):
    """`look`: a function of a module, called in a reader with the file and what is `more`; may raise LocalTool."""

    look: Callable[..., Finding]
    file: Path
    more: tuple[object, ...] = ()


class Findings:
    """Of one kind, in one note. `rules`: changed with what is looked for, so that everything is looked at anew. `form`:
    of the values that every finding begins with; what is noted in another form is not believed."""

    def __init__(self, notes: Notes, note: str, rules: str, form: tuple[type, ...]) -> None:
        self._notes, self._note, self._rules, self._form = notes, note, rules, form
        self._asked: dict[str, Finding] = {}
        self._wrong: dict[str, LocalTool] = {}  # in this run: it is asked for again, to be told

    def look(self, questions: Mapping[str, Question]) -> dict[str, Finding]:
        """Finds out what is not known yet; answers all that can be. What is wrong with a file is said by `of`."""
        new = []
        for name, question in questions.items():
            if name in self._asked or name in self._wrong:
                continue
            if self._whole(known := self._known.get(name)):
                self._asked[name] = known
            else:
                new.append((name, question))
        if new:
            self._find_out(new)
        return {name: self._asked[name] for name in questions if name in self._asked}

    def look_into(self, things: Iterable[T], ask: Callable[[T], tuple[str, Question]]) -> dict[T, Finding]:
        """The same for what `ask` makes of each; nothing of what cannot even be asked."""
        names, questions = dict[T, str](), dict[str, Question]()
        for thing in things:
            with suppress(LocalTool):
                name, question = ask(thing)
                names[thing], questions[name] = name, question
        found = self.look(questions)
        return {thing: found[name] for thing, name in names.items() if name in found}

    def of(self, name: str, question: Question) -> Finding:
        """Raises LocalTool if it cannot be found out."""
        found = self.look({name: question})
        if name in self._wrong:
            raise self._wrong[name]
        return found[name]

    def _find_out(self, new: Sequence[tuple[str, Question]]) -> None:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(min(os.cpu_count() or 1, len(new))) as threads:
            answers = list(threads.map(_answer, (question for _, question in new)))
        for (name, _), answer in zip(new, answers, strict=True):
            if isinstance(answer, LocalTool):
                self._wrong[name] = answer
            else:
                self._known[name] = self._asked[name] = answer
        kept = self._known if len(self._known) <= MOST else self._asked
        self._notes.write(self._note, kept, self._rules)

    def _whole(self, known: Finding | None) -> TypeGuard[Finding]:
        return isinstance(known, list) and list(map(isinstance, known, self._form)) == [True] * len(self._form)

    @cached_property
    def _known(self) -> dict[str, Finding]:
        return self._notes.read(self._note, self._rules)


def _answer(question: Question) -> Finding | LocalTool:
    from reelmake.media import readers

    try:
        return readers.ask(question.look, question.file, *question.more)
    except LocalTool as error:
        return error
