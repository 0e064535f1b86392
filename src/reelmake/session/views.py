"""A view of a project: how it stood at one moment, and the plan of all that its film needs, asked by the shot.

Knows nothing of what it is compared with.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.cut import Entry
    from reelmake.model.order import Slate
    from reelmake.model.step import Input
    from reelmake.model.take import Take
    from reelmake.plan.decide import Decision, Plan
    from reelmake.session.project import Snapshot


@dataclass(frozen=True)
class View:
    seen: Snapshot
    found: Plan

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

    def take(self, address: str) -> Take | None:
        """The one that is used, if it is here. Of an order that was made again the store has only the later: it is not
        the one that an earlier lock file names."""
        d = self.decision(address)
        if d is None or d.take is None or d.elsewhere:
            return None
        key, digest = self.named_takes(address).get(d.step.take, ("", ""))
        return d.take if key != d.key or digest == d.take.digest else None

    def named_takes(self, address: str) -> Mapping[int, tuple[str, str]]:
        """Of the lock file: take number -> key and digest."""
        record = self.seen.records.get(address)
        return record.takes if record else {}

    @cached_property
    def entries(self) -> dict[str, list[Entry]]:
        """Where each shot stands in the cut, by address."""
        found: dict[str, list[Entry]] = {}
        for cut in self.seen.layout.cuts.values():
            for entry in cut.entries:
                found.setdefault(entry.shot, []).append(entry)
        return found
