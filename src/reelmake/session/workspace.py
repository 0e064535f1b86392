"""A workspace: the folder of one storyboard, and what reads and writes there.

The only place where real adapters are built, each when it is first asked for. Knows nothing of what a storyboard says,
of the stages of the road, or of the command line.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from dataclasses import field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.model.store_address import Cache
from reelmake.model.wish import Overrides
from reelmake.prep.source_files import SourceFiles, shown
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.take import Record
    from reelmake.prep.picks import Picks
    from reelmake.store.hold import Hold
    from reelmake.store.journal import LocalJournal
    from reelmake.store.local import LocalStore
    from reelmake.store.notes import Notes
    from reelmake.store.premises import ProjectFiles
    from reelmake.store.uses import Uses
    from reelmake.world.bindings import Binding, Bindings
    from reelmake.world.clock import SystemClock
    from reelmake.world.shared_store import Remote

LOCK = "reelmake.lock"


@dataclass(frozen=True)
class Workspace:
    """Where one storyboard is worked on, and in which form.

    `wishes`: takes that are wanted beyond what the lock file says, by address; a run that ends well writes them there.
    `home`: the folder of its state, if that is not below the storyboard's. `own`: secrets and where they may go, as
    whoever asks has said by asking. `cache`: where takes are shared, as the storyboard says once it is read; `alone`:
    nobody is asked there. `opened`: ns; whatever was written since may not have been read.
    """

    storyboard: Path
    overrides: Overrides = Overrides()
    wishes: Mapping[str, Record] = field(default_factory=dict)
    home: Path | None = None
    own: Collection[Binding] = ()
    cache: Cache = Cache()
    alone: bool = False
    opened: int = field(default_factory=time.time_ns)

    @property
    def root(self) -> Path:
        return self.storyboard.parent

    def shown(self, path: str) -> str:
        """A project path as the user would type it from here."""
        return shown(self.root, path)

    @cached_property
    def state(self) -> Path:
        """The folder with store, journal, notes and hold. Raises Unwilling if it is not our own, LocalTool if it is of
        a newer version."""
        from reelmake.store.formats import ready
        from reelmake.store.premises import state

        return ready(self.home, make=True) if self.home else ready(state(self.root))

    @cached_property
    def store(self) -> LocalStore:
        from reelmake.store.local import LocalStore

        return LocalStore(self.state, further=[self.remote.shelf] if self.remote else [])

    @cached_property
    def remote(self) -> Remote | None:
        """Where takes are shared; None = nowhere, or it is left alone."""
        from reelmake.world.shared_store import remote

        return None if self.alone or self.overrides.draft else remote(self.cache.remote, self.bindings)

    @cached_property
    def notes(self) -> Notes:
        from reelmake.store.notes import Notes

        return Notes(self.state)

    @cached_property
    def uses(self) -> Uses:
        from reelmake.store.uses import Uses

        return Uses(self.state / "uses")

    @cached_property
    def bindings(self) -> Bindings:
        """Where secrets may be sent."""
        from reelmake.world.bindings import Bindings

        return Bindings(self.root, self.own)

    @cached_property
    def clock(self) -> SystemClock:
        from reelmake.world.clock import SystemClock

        return SystemClock()

    @cached_property
    def picks(self) -> Picks:
        """The lock file, as far as the form in which the storyboard is read has one."""
        from reelmake.prep.picks import FixedPicks, LoosePicks, NoPicks, Picks

        over = self.overrides
        alone = NoPicks if over.draft or self.home else LoosePicks if over.loose else None
        kind = alone or (FixedPicks if over.placeholders else Picks)
        lock = self.root / LOCK
        return kind(lock, self.shown(LOCK), self.state / "choosing", self.storyboard.name, over.profile, self.wishes)

    # What others may change while we look on: opened anew by whoever wants to see it as it is now

    def source_files(self) -> SourceFiles:
        return SourceFiles(self.root)

    def journal(self) -> LocalJournal:
        from reelmake.store.journal import LocalJournal

        return LocalJournal(self.state / "journal")

    def inputs(self) -> ProjectFiles:
        from reelmake.store.premises import ProjectFiles

        return ProjectFiles(self.root, self.state / "digests.json")

    def hold(self, *, wait: bool, waiting: Callable[[str], None], stopped: Callable[[], bool]) -> Hold:
        """The hold on this project, for one run at a time."""
        from reelmake.store.hold import Hold

        return Hold(self.state / "hold", wait=wait, tell=waiting, stopped=stopped, since=self.clock.utc())
