"""Origins: that a take was made at another address than its provider has now. It is used all the same, for who is asked
is no part of a key; but people should hear of it, unless the lock file names the take.

Knows no addresses by itself, nor how a take is signed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reelmake.model.step import Step
    from reelmake.model.take import Record, Take
    from reelmake.plan.decide import Plan

NAMED = 5  # takes that a sentence names


def moved(step: Step, take: Take, pins: Mapping[str, Collection[str]], where: Callable[[str], str]) -> str:
    """Of a take that stands for a step: "made at http://a.example, but studio is at http://b.example now"; "" if it was
    made there, nobody knows where, or the lock file names it. `pins`: what that names, digests by key. `where`: a
    provider is now, by its name."""
    if not take.origin or step.order is None or take.digest in pins.get(take.key, ()):
        return ""
    now = where(step.order.provider)
    return "" if take.origin == now else f"made at {take.origin}, but {step.order.provider} is at {now} now"


def told(plan: Plan, said: Callable[[Step, Take], str]) -> Plan:
    """The plan, with that among its reasons."""
    found = {id: (d, said(d.step, d.take)) for id, d in plan.decisions.items() if d.take and d.take.origin}
    there = {id: replace(d, reason="; ".join(filter(None, (d.reason, why)))) for id, (d, why) in found.items() if why}
    return replace(plan, decisions={**plan.decisions, **there}) if there else plan


def unsigned(takes: Sequence[Take], records: Mapping[str, Record], keys: str) -> str:
    """For people, of takes that are pushed without a signature because of where they were made: which, and what would
    have to be true. `records`: the lock file, by address; `keys`: what the owner of the machine allows addresses by."""
    shots = {pin: shot for shot, record in records.items() for pin in (*record.others, *record.takes.values())}
    named = [f"{shots.get((t.key, t.digest), t.digest[:12])} (made at {t.origin})" for t in takes[:NAMED]]
    are, them = ("are", "them") if len(takes) > 1 else ("is", "it")
    which = ", ".join(named) + (f" and {len(takes) - NAMED} more" if len(takes) > NAMED else "")
    return (
        f"{which} {are} not signed, so only those use {them} whose lock file names {them}: `reelmake cache push` signs "
        f"what was made where the storyboard has a provider now, if {keys} has that address"
    )
