"""Secrets that are bound to no origin yet: a person is asked, and a yes remembered. Knows no command."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from reelmake.errors import Unbound
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.world.bindings import Bindings


T = TypeVar("T")


def permitted(bindings: Bindings, console: Console, act: Callable[[], T]) -> T:
    """What `act` comes to; if it is refused because a binding is missing and a person allows it, `act` again."""

    while True:
        try:
            return act()
        except Unbound as refusal:
            if not refusal.wants:
                raise
            for place, to in refusal.wants:
                if not console.ask(f"May {place} be sent to {to}?"):
                    raise
                bindings.remember(place, to)
