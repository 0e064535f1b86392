"""Ambiguity: orders that differ, and that a provider's list of its jobs cannot tell apart (the same words, another
picture). Two of them never wait for an answer at the same time: were both lost, nobody could say which job is whose.

Takes of one order are not ambiguous: any of its jobs will do for any of them. Knows nothing of states or of money.
"""

from __future__ import annotations

import json
from collections import defaultdict

from reelmake.model.order import Order
from reelmake.model.take import Manifest
from reelmake.plan.key import text

_ASKED = ("model", "operation", "prompt", "avoid", "size", "seconds", "seed")
_SAME = {"take", "variation"}  # labels in which orders for the same thing differ


def asked(order: Order) -> str:
    """What was asked for, as JSON: for Attempt.order, to be compared with what a provider lists."""
    said = {name: getattr(order, name) for name in _ASKED}
    return json.dumps({n: str(v) if n == "size" else text(v) for n, v in said.items() if v is not None or n == "seed"})


def listed(provider: str, order: str) -> str:
    """What every provider's list says of an order (Attempt.order): equal for orders that it may not tell apart.

    Lists leave out models, sizes and lengths, or say those of the source; the words are what they have in common.
    """
    try:
        told = json.loads(order)
    except ValueError:
        told = {}
    return json.dumps([provider, told.get("prompt", "")])


def same(one: Manifest, other: Manifest) -> bool:
    """Are these orders for the same thing, another take at most?"""
    first, second = ({label: said for label, said in pairs if label not in _SAME} for pairs in (one, other))
    return first == second


class Ambiguity:
    """Which orders have no answer yet, and who waits for them. Orders are known by the id of their task."""

    def __init__(self) -> None:
        self._out: dict[str, dict[str, Manifest]] = defaultdict(dict)
        self._parked: dict[str, list[str]] = defaultdict(list)
        self._class: dict[str, str] = {}

    def hold(self, id: str, told: str, pairs: Manifest) -> bool:
        """Must it wait? `told` is what `listed` says of it. Whoever waits is named by a later `answered`."""
        if all(same(pairs, other) for other in self._out[told].values()):
            return False
        self._parked[told].append(id)
        return True

    def sent(self, id: str, told: str, pairs: Manifest) -> None:
        self._out[told][id] = pairs
        self._class[id] = told

    def answered(self, id: str) -> list[str]:
        """Somebody knows now what became of it. Those who waited, if nothing holds them any more."""
        told = self._class.pop(id, None)
        if told is None:
            return []
        del self._out[told][id]
        return [] if self._out[told] else self._parked.pop(told, [])
