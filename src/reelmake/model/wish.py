"""How a build was asked for, and what shapes the storyboard from outside. Knows nothing of what may be spent: that is
for session/approval."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from reelmake.records import dataclass

STORYBOARD = "storyboard.yaml"  # the one that is meant if none is named


@dataclass(frozen=True, slots=True)
class Overrides:
    """`settings`: what `--set` said. `loose`: options of shots that take the place of the document's own, by id.
    `draft`: the sketch draws every shot. `placeholders`: it draws these, by address, so many seconds long: they could
    not be made; of what has no length, 0. `stills`: each shot's picture stands in for its clip."""

    profile: str = ""
    settings: tuple[tuple[str, str], ...] = ()
    loose: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    draft: bool = False
    placeholders: Mapping[str, Fraction] = field(default_factory=dict)
    stills: bool = False

    @property
    def shapes(self) -> bool:
        """Do they change anything?"""
        return bool(self.profile or self.settings or self.loose or self.draft or self.placeholders)

    @property
    def offline(self) -> bool:
        """Is every provider left alone, also those that have orders of earlier runs?"""
        return self.draft or bool(self.placeholders)


@dataclass(frozen=True, slots=True)
class Wish:
    """`shots`: names of shots and outputs to narrow it to, None = all; `budget` in USD; `wait` False = do not wait for
    another run.

    `remake`: takes that were made before and are not here may be ordered again. `alone`: what earlier runs left open at
    providers is not waited for. `sends`: nor what it orders, once its provider has it.
    """

    shots: tuple[str, ...] | None = None
    budget: Decimal | None = None
    locked: bool = False
    yes: bool = False
    remake: bool = False
    workers: int = 0  # of the CPU pool; 0 = as many as there are cores
    wait: bool = True
    alone: bool = False
    sends: bool = False
    webhook: tuple[str, int] | None = None  # host and port at which providers may tell that jobs have ended
    placeholders: bool = False  # shots that could not be made are drawn, so that there is a film
    executor: str = ""  # HOST:PORT of a Dask scheduler, whose workers do local work; "" = this machine
    command: tuple[str, ...] = ()  # as typed, for the run log


def address(text: str) -> tuple[str, int]:
    """HOST:PORT, [HOST]:PORT, or PORT alone for this machine only. Raises ValueError."""
    host, _, port = text.rpartition(":")
    if not (port.isascii() and port.isdigit() and int(port) < 65536):
        raise ValueError(f'"{text}" is not HOST:PORT')
    return host.strip("[]") or "127.0.0.1", int(port)


def scheduler(text: str) -> str:
    """HOST:PORT of dask://HOST:PORT; "" stays "". Raises ValueError."""
    if not text:
        return ""
    host, _, port = text.removeprefix("dask://").rpartition(":")
    given = text.startswith("dask://") and host and port.isascii() and port.isdigit() and 0 < int(port) < 65536
    if not given or set(host) & set("/@ "):
        raise ValueError(f'"{text}" is not dask://HOST:PORT')
    return f"{host}:{port}"


def usd(amount: Decimal | float | str | None) -> Decimal | None:
    """An amount of money as a caller gives it ("$" may stand before it); None stays None. Raises ValueError."""
    if amount is None:
        return None
    try:
        money = Decimal(str(amount).removeprefix("$"))
    except InvalidOperation:
        money = Decimal(-1)
    if not money.is_finite() or money < 0:
        raise ValueError(f'"{amount}" is not an amount in USD')
    return money
