"""A loose shot as it is asked for from Python: what is to be shot, what may be paid, who is called. Knows nothing of
how it is made.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, cast

from reelmake.model.wish import Overrides, Wish, usd
from reelmake.records import dataclass
from reelmake.session.loose import SHOT, LooseWorkspace, ShotOptions, loose_workspace, places, read_pictures

if TYPE_CHECKING:
    from reelmake.model import events
    from reelmake.plan.result import Clip, ShotStatus


class ShootOptions(ShotOptions, total=False):
    """All that `shoot` may be told, beside the prompt: what is shot and who makes it (ShotOptions), and:

    output: the file that the clip is put to, an .mp4, written whole over what was there. storyboard, profile: the
    project it is made in, and a profile of it. budget (USD), yes: what may be paid. timeout: seconds, None = as long
    as it takes. on_progress, on_complete, on_error: called with a ShotStatus, the Clip, what is raised. on_event:
    called with every event of the run.
    """

    output: str | os.PathLike[str] | None
    storyboard: str | os.PathLike[str] | None
    profile: str
    budget: Decimal | float | str | None
    yes: bool
    timeout: float | None
    on_progress: Callable[[ShotStatus], None] | None
    on_complete: Callable[[Clip], None] | None
    on_error: Callable[[Exception], None] | None
    on_event: events.Listener | None


@dataclass(frozen=True)
class Ask:
    """One loose shot, asked for; everything as in api.shoot. `sends`: it is not waited for."""

    prompt: str
    options: ShotOptions
    how: ShootOptions
    sends: bool = False

    @classmethod
    def of(cls, prompt: str, options: ShootOptions, *, wait: bool) -> Ask:
        """Reads the pictures that were given open. Raises TypeError for an unknown option: what is ignored would be the
        wrong clip, and paid for."""
        for name in options.keys() - ShootOptions.__annotations__.keys():
            known = ", ".join(sorted(ShootOptions.__annotations__))
            raise TypeError(f'shoot() has no option "{name}"; there are {known}')
        shot = {name: value for name, value in options.items() if name in ShotOptions.__annotations__}
        return cls(prompt, read_pictures(cast("ShotOptions", shot)), options, not wait)

    @property
    def target(self) -> Path | None:
        output = self.how.get("output")
        return None if output is None else Path(output)

    @property
    def storyboard(self) -> str | None:
        named = self.how.get("storyboard")
        return None if named is None else str(named)

    @property
    def wish(self) -> Wish:
        budget, yes = usd(self.how.get("budget")), self.how.get("yes", False)
        return Wish((SHOT,), budget=budget, yes=yes, alone=True, sends=self.sends)

    @property
    def limit(self) -> float | None:
        return self.how.get("timeout")

    @property
    def followed(self) -> bool:
        """Does anybody want to have or to hear of a shot that is not waited for?"""
        return any(self.how.get(name) for name in ("output", "on_progress", "on_complete", "on_error"))

    @contextmanager
    def telling(self) -> Iterator[None]:
        """What is raised here is told, and raised."""
        try:
            yield
        except Exception as error:
            self.failed(error)
            raise

    def failed(self, error: Exception) -> None:
        """Tells whoever wants to be told."""
        if on_error := self.how.get("on_error"):
            on_error(error)

    def made(self, clip: Clip) -> None:
        """Tells whoever wants to be told."""
        if on_complete := self.how.get("on_complete"):
            on_complete(clip)

    def workspace(self) -> LooseWorkspace:
        """Where it is made, by itself. Raises Mistake."""
        places(self.target, 1)
        return together({SHOT: self})


def together(asks: Mapping[str, Ask]) -> LooseWorkspace:
    """Where all of them are made; they are of one place. Raises Mistake."""
    first = next(iter(asks.values()))
    shots = {id: (ask.prompt, ask.options) for id, ask in asks.items()}
    return loose_workspace(shots, first.storyboard, Overrides(first.how.get("profile", "")))
