"""Selections: the words that commands take for shots, and what they stand for in a layout.

    park  lisbon/park  hero        an id (of every variant), an address, a tag
    cut.mp4                        an output, by its path below the project or below build/
    park*  lisbon/*  *.mp4         a pattern for addresses, for ids, and, where it has a dot, for outputs
    +park  park+  +park+           with the shots that it hangs on, with those that hang on it
    @changed:main                  what is another shot than it was at a revision of git

Several words are a union. What was selected is names: addresses in the author's order, then paths of outputs. Knows
nothing of git: what has changed is asked of the caller.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reelmake.diagnostics import Diagnostic, did_you_mean
from reelmake.errors import Mistake
from reelmake.model.step import BUILD

if TYPE_CHECKING:
    from reelmake.model.order import Slate
    from reelmake.plan.layout import Layout

CHANGED = "@changed:"
Changed = Callable[[str], Collection[str]]
"""Addresses of the shots that are not as they were at a revision of git."""


def select(layout: Layout, words: Sequence[str], changed: Changed) -> tuple[str, ...]:
    """The shots and outputs that words stand for. Raises Mistake with every word that stands for nothing; none that
    asks what has changed does so where nothing has."""
    names = _Names(layout, changed)
    return _told(names, words, names.found, "shot, tag or output")


def select_shots(layout: Layout, words: Sequence[str], changed: Changed) -> tuple[str, ...]:
    """The same, of shots alone: an output stands for the shots that it is made of."""
    names = _Names(layout, changed)

    def shots(word: str) -> set[str] | None:
        found = names.found(word)
        return None if found is None else names.shown(found)

    return _told(names, words, shots, "shot")


def shown(layout: Layout, names: Collection[str]) -> set[str]:
    """Addresses of the shots that were selected, or that a selected output is made of."""
    return _Names(layout, lambda _: ()).shown(names)


def alongside(layout: Layout, names: Collection[str] | None) -> Collection[str]:
    """Addresses of all shots of the variants of which something was selected: a take that they share with a thousand
    others is told of once. All if nothing was selected."""
    if names is None:
        return layout.slates.keys()
    variants = {address.rpartition("/")[0] for address in shown(layout, names)}
    return {address for address in layout.slates if address.rpartition("/")[0] in variants}


def called(layout: Layout) -> list[str]:
    """Every word that stands for something by itself, for completion."""
    return list(_Names(layout, lambda _: ()).called)


def targets(layout: Layout, names: Collection[str]) -> tuple[str, ...]:
    """Ids of the steps that make what was selected: every take of the shots, and the outputs with those that they are
    read with. Raises KeyError for a name of nothing."""
    graph, chosen = layout.graph, dict[str, None]()
    made: dict[str, list[str]] = {}
    for id, step in graph.steps.items():
        for name in step.shots if step.take else (step.output,):
            made.setdefault(name, []).append(id)
    for name in names:
        if name not in layout.slates:
            chosen |= dict.fromkeys(graph.together[made[name][0]])
            continue
        chosen |= dict.fromkeys(made.get(name, ()))
        slate = layout.slates[name]
        if not slate.orders:  # what it shows, and what is said in it
            of = (slate.still, *(slate.spoken.lines if slate.spoken else ()))
            shown = (layout.step(address) for address in of if address)
            chosen |= dict.fromkeys(filter(None, shown))
    return tuple(chosen | {awaited: None for id in tuple(chosen) for awaited in layout.awaited(id)})


def _told(
    names: _Names, words: Sequence[str], found: Callable[[str], Collection[str] | None], what: str
) -> tuple[str, ...]:
    chosen: set[str] = set()
    unknown: list[Diagnostic] = []
    for word in words:
        there = found(word)
        if there is None or not (there or CHANGED in word):
            unknown.append(_unknown(names, word, what))
        else:
            chosen.update(there)
    if unknown:
        raise Mistake(unknown)
    return tuple(name for name in names.all if name in chosen)


def _unknown(names: _Names, word: str, what: str) -> Diagnostic:
    bare = word.removeprefix("+").removesuffix("+")
    if bare.startswith("@"):
        return Diagnostic("RM730", f'"{word}" selects nothing', None, hint="write @changed:REV, as in @changed:main")
    if _pattern(bare):
        return Diagnostic("RM701", f'no {what.replace(", tag", "")} matches "{word}"', None)
    known = {name for name, stands in names.called.items() if "/" not in name or name in stands}
    return Diagnostic("RM701", f'no {what} is called "{word}"', None, hint=did_you_mean(bare, known))


class _Names:
    """What each word stands for by itself (`called`), and all there is to name (`all`)."""

    def __init__(self, layout: Layout, changed: Changed) -> None:
        self._layout, self._changed = layout, changed
        self._outputs = {step.output: id for id, step in layout.graph.steps.items() if step.output}
        self.all = (*layout.slates, *self._outputs)
        self.called: dict[str, list[str]] = {}
        for address, slate in layout.slates.items():
            for word in dict.fromkeys((address, _id(address), *slate.tags)):
                self.called.setdefault(word, []).append(address)
        for output in self._outputs:
            for word in _ways(output):
                self.called.setdefault(word, []).append(output)

    def found(self, word: str) -> set[str] | None:
        """None if a word cannot stand for anything. An exact name goes before all that its signs could mean."""
        if word in self.called:
            return set(self.called[word])
        bare = word.removeprefix("+").removesuffix("+")
        if (found := self._plain(bare)) is None:
            return None
        slates, chosen = self._layout.slates, set(found)
        if word.startswith("+"):
            chosen |= _reached(self.shown(found), lambda shot: _parents(slates[shot]))
        if word.removeprefix("+").endswith("+"):
            users: dict[str, list[str]] = {}
            for address, slate in slates.items():
                for parent in _parents(slate):
                    users.setdefault(parent, []).append(address)
            chosen |= _reached(found & slates.keys(), lambda shot: users.get(shot, ()))
        return chosen

    def _plain(self, word: str) -> set[str] | None:
        if word in self.called:
            return set(self.called[word])
        if word.startswith(CHANGED) and word != CHANGED:
            return set(self._changed(word.removeprefix(CHANGED)))
        if not _pattern(word):
            return None
        shots = {shot for shot in self._layout.slates if _matches(shot, word) or fnmatchcase(_id(shot), word)}
        outputs = self._outputs if "." in word else ()
        return shots | {output for output in outputs if any(_matches(way, word) for way in _ways(output))}

    def shown(self, names: Collection[str]) -> set[str]:
        """Addresses among the names, and of all that the outputs among them are made of: their own variant's, for a
        take is shared by others."""
        steps, found = self._layout.graph.steps, {name for name in names if name in self._layout.slates}
        for id in (self._outputs[name] for name in names if name not in found):
            own = {shot.rpartition("/")[0] for shot in steps[id].shots}
            needed = (steps[i] for i in _reached((id,), lambda id: [i.step for i in steps[id].inputs if i.step]))
            found |= {shot for step in needed for shot in step.shots if shot.rpartition("/")[0] in own}
        return found


def _ways(output: str) -> tuple[str, str]:
    """How an output may be called."""
    return output, output.removeprefix(f"{BUILD}/")


def _pattern(word: str) -> bool:
    return any(sign in word for sign in "*?[")


def _matches(name: str, pattern: str) -> bool:
    """Part by part: a star does not reach over a slash."""
    parts, wanted = name.split("/"), pattern.split("/")
    return len(parts) == len(wanted) and all(map(fnmatchcase, parts, wanted))


def _id(address: str) -> str:
    return address.rpartition("/")[2]


def _parents(slate: Slate) -> set[str]:
    """What a shot hangs on: what it is made of, and the lines that decide how long it is."""
    spoken = slate.spoken
    return {*slate.made_of, *(spoken.lines if spoken and spoken.auto else ())}


def _reached(begin: Collection[str], following: Callable[[str], Iterable[str]]) -> set[str]:
    """With all that is reached from there."""
    found, ahead = set(begin), list(begin)
    while ahead:
        further = set(following(ahead.pop())) - found
        found |= further
        ahead += further
    return found
