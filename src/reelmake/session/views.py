"""Views: a project as it is now with the same as it was, shot by shot: what became of each, and which labels of its
order differ.

Two orders are compared as they are written, not by their takes: so it is known of what was never made, too. Knows
nothing of git, of pictures or of how any of it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, fields
from functools import cached_property
from typing import TYPE_CHECKING

from reelmake.plan.decide import said
from reelmake.plan.key import Change, changes, digest, text
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.cut import Entry
    from reelmake.model.order import Slate
    from reelmake.model.step import Input
    from reelmake.model.take import Take
    from reelmake.plan.decide import Decision, Plan
    from reelmake.report.review import Kind
    from reelmake.session.project import Snapshot

_OF_TAKES = {"take", "seed"}  # labels by which only the takes of one order differ
_PLACES = {"at", "order", "span", "slate", "local", "shot", "whole"}  # of an entry: nothing that its author said of it
_ENTRY = {"start": "trim", "frames": "length in the cut", "held": "freeze", "waits": "freeze_first", "voice": "sound"}


@dataclass(frozen=True)
class View:
    """A project at one moment, and the plan of all that its film needs."""

    seen: Snapshot
    found: Plan
    _recipes: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def slates(self) -> Mapping[str, Slate]:
        return self.seen.layout.slates

    def clip(self, address: str) -> Input:
        """What is shown or heard of a shot, still or line."""
        return self.seen.layout.shots[address.rpartition("/")[0]].clips[address]

    def decision(self, address: str) -> Decision | None:
        """Of what makes it; None if it is a file, or nothing needs it."""
        id = self.clip(address).step
        return self.found.decisions.get(self.seen.layout.graph.alias.get(id, id))

    def pinned(self, address: str) -> str:
        """The digest that the lock file has for the take that is used; "" = none for the present order."""
        d, record = self.decision(address), self.seen.records.get(address)
        key, digest = (record.takes.get(d.step.take) if d and record else None) or ("", "")
        return digest if d and key and key == d.key else ""

    def take(self, address: str) -> Take | None:
        """The one that is used, if it is here: of an order that was made again only one is."""
        d, pinned = self.decision(address), self.pinned(address)
        take = d.take if d and not d.elsewhere else None
        return take if take and pinned in ("", take.digest) else None

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """Where each shot stands in the cut, by address."""
        found: dict[str, list[Entry]] = {}
        for cut in self.seen.layout.cuts.values():
            for entry in cut.entries:
                found.setdefault(entry.shot, []).append(entry)
        return found

    def pairs(self, given: Input) -> list[tuple[str, str]]:
        """All that decides what a clip is, by label, whether or not it was ever made: of what it is made from, that."""
        if not given.step:
            return [("file", given.file), ("content", self.seen.inputs.digest(given.file))]
        graph = self.seen.layout.graph
        id = graph.alias.get(given.step, given.step)
        step = graph.steps[id]
        inputs = [(f"input {i.label}", self.recipe(i.keyed)) for i in step.inputs]
        return [*graph.heads[id], *inputs, *((f"fit {i.label}", i.fit) for i in step.inputs if i.fit)]

    def recipe(self, given: Input) -> str:
        """The same as a digest; of a file that of its bytes."""
        if not given.step:
            return self.seen.inputs.digest(given.file)
        if given.step not in self._recipes:
            self._recipes[given.step] = digest(tuple(self.pairs(given)))
        return self._recipes[given.step]

    def made_of(self, given: Input) -> set[str]:
        """The labels of inputs that are made by other steps."""
        graph = self.seen.layout.graph
        step = graph.steps.get(graph.alias.get(given.step, given.step))
        return {f"input {i.label}" for i in step.inputs if i.keyed.step} if step else set()


@dataclass(frozen=True)
class Difference:
    """What became of one address. `changes`: of its own order; `from_others`: labels of its inputs that are made anew
    for it. `was`: its address before, if that was another one."""

    kind: Kind
    reason: str = ""
    changes: tuple[Change, ...] = ()
    from_others: tuple[str, ...] = ()
    was: str = ""


def compare(old: View | None, new: View) -> dict[str, Difference]:
    """By address, those of the new side in its order, then those that are gone. Without an old side: what a build would
    make counts as new."""
    if old is None:
        return {address: _undone(new, address) for address in new.slates}
    found: dict[str, Difference] = {}
    gone: dict[str, list[str]] = {}
    for address in (a for a in old.slates if a not in new.slates):
        gone.setdefault(old.recipe(old.clip(address)), []).append(address)
    for address in new.slates:
        if address in old.slates:
            found[address] = _both(old, new, address)
            continue
        alike = gone.get(new.recipe(new.clip(address)))
        was = alike.pop(0) if alike else ""
        found[address] = Difference("renamed", f"was {was}", was=was) if was else Difference("added")
    return found | {address: Difference("removed") for addresses in gone.values() for address in addresses}


def _undone(new: View, address: str) -> Difference:
    d = new.decision(address)
    if d is None or d.take is not None or not d.step.order:
        return Difference("unchanged")
    return Difference("changed" if d.changes else "added", d.reason, d.changes)


def _both(old: View, new: View, address: str) -> Difference:
    before, after = old.clip(address), new.clip(address)
    differ = tuple(changes(old.pairs(before), new.pairs(after)))
    others = old.made_of(before) & new.made_of(after)
    own = tuple(c for c in differ if c.label not in others)
    above = tuple(c.label for c in differ if c.label in others)
    if own and {c.label for c in own} <= _OF_TAKES and before.take != after.take:
        return Difference("picked", f"take {after.take} is used instead of take {before.take}", own, above)
    if own:
        return Difference("changed", said(own), own, above)
    if above:
        return Difference("follows", "", (), above)
    was, now = old.pinned(address), new.pinned(address)
    if was and now and was != now:
        return Difference("picked", "made again from the same order")
    recut = _recut(old.entries.get(address, ()), new.entries.get(address, ()))
    if recut:
        return Difference("recut", said(recut), recut)
    return Difference("unchanged")


def _recut(old: Sequence[Entry], new: Sequence[Entry]) -> tuple[Change, ...]:
    """What is said of a shot where it stands in the cut, and differs."""
    if len(old) != len(new):
        return (Change("places in the cut", str(len(old)), str(len(new))),)
    found: dict[str, Change] = {}
    for before, after in zip(old, new, strict=True):
        for name in (f.name for f in fields(before) if f.name not in _PLACES):
            was, now = getattr(before, name), getattr(after, name)
            if was != now:
                label = _ENTRY.get(name, name)
                found.setdefault(label, Change(label, _readable(name, was), _readable(name, now)))
    return tuple(found.values())


def _readable(name: str, value: object) -> str:
    """As people read it: words for themselves, frames as such."""
    if name == "titles" and isinstance(value, tuple):
        return ", ".join(title.text for title in value)
    return f"{value} frame{'s' * (value != 1)}" if isinstance(value, int) else text(value)


def film(old: View | None, new: View) -> tuple[Change, ...]:
    """What changed of the film itself: rate, sound, captions, bars, outputs, the order of its cut."""
    if old is None:
        return ()
    found = []
    for name in new.seen.layout.cuts:
        if name in old.seen.layout.cuts:
            found += changes(_said(old, name), _said(new, name))
    return tuple(found)


def _said(view: View, variant: str) -> list[tuple[str, str]]:
    board = next(v.board for v in view.seen.layout.script.variants if v.board.variant == variant)
    said = [(name, text(getattr(board, name))) for name in ("title", "fps", "captions", "watermark", "letterbox")]
    said += [(name, text(getattr(board.sound, name))) for name in (f.name for f in fields(board.sound))]
    said += [(output.path, text((output.size, output.fit, output.options))) for output in board.outputs]
    said.append(("order of the cut", ", ".join(entry.shot for entry in view.seen.layout.cuts[variant].entries)))
    mark = f"{variant}: " if variant else ""
    return [(mark + label.replace("_", " "), value) for label, value in said]
