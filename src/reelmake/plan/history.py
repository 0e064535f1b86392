"""History: what a run knows of earlier ones. Values only; knows nothing of where they are written."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import field

from reelmake.model.take import Attempt, Take
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class History:
    """`attempts`: the open orders of the journal, oldest first, each with the monotonic time of its intent.
    `delivered`: by key, orders whose result was kept: should it be lost, it is fetched again. `recent`: (provider,
    monotonic time) of requests that may still count in a minute. `moderated`: by key, how many results were refused
    after they were made.

    `usual`: by provider and model, how many seconds a second of clip took. `away`: keys of takes that were made
    elsewhere, and are not ordered. `elsewhere`: by key, takes that stand on further shelves. `gone`: (provider, remote)
    of jobs whose clip is no longer there.
    """

    attempts: Sequence[tuple[Attempt, float]] = ()
    delivered: Mapping[str, Attempt] = field(default_factory=dict)
    recent: Sequence[tuple[str, float]] = ()
    moderated: Mapping[str, int] = field(default_factory=dict)
    usual: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    away: Collection[str] = ()
    elsewhere: Mapping[str, Take] = field(default_factory=dict)
    gone: Collection[tuple[str, str]] = ()
