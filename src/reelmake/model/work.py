"""Work: what a step does, as plain values, and all that is known of it before it is done.

A work is a frozen dataclass. Each of its fields enters the key under its own name, so names are written for the people
who read `reelmake explain`; clips, segments and sounds are inputs of the step, never fields. Who adds a kind of work,
here or in a package of their own, inherits `Work` and says what differs. Knows no kind of work, and how none is done.
"""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from typing import ClassVar, Self

Extent = tuple[int | None, Fraction | None]
"""Frames and seconds of an artifact; None = it has none, or nobody knows before it is made."""


class Work:
    """MAKER: who makes it, as "package.module:function", imported in the worker; it is called with the work, the files
    of its inputs by label, where to write, and whom to tell of progress, and returns the artifact's facts (see
    ports.Maker). SEEDED: it is given the step's key before all that, to draw chance from.

    TOOLS: programs and distributions that its bytes depend on beside the package that the class is in; their versions
    are part of the key. STEADY: films and sounds among its inputs, whose own clocks may start again, are read as copies
    with one clock. NAMED: what people call its step, of {shot}, {take}, {output}, {ordinal} and {shots}.
    """

    __slots__ = ()

    MAKER: ClassVar[str] = ""
    SEEDED: ClassVar[bool] = False
    TOOLS: ClassVar[tuple[str, ...]] = ()
    STEADY: ClassVar[bool] = True
    NAMED: ClassVar[str] = "{output}"

    @property
    def maker(self) -> str:
        return self.MAKER

    @property
    def memory(self) -> int:
        """Bytes that making it takes at most, as far as known; hardly any = 0."""
        return 0

    @property
    def encoder(self) -> str:
        """The encoder that it needs beyond what every ffmpeg we use has; "" = none."""
        return ""

    @property
    def filters(self) -> frozenset[str]:
        """The filters that it needs, of those that not every ffmpeg has, whatever its inputs are like."""
        return frozenset()

    def extent(self, cut: Extent) -> Extent:
        """How long the artifact will be, as its facts will say; `cut`: the length of the cut that it is made for."""
        return None, None

    def steadied(self, copied: Collection[str]) -> Self:
        """The work as it is done when the inputs with these labels are copies with one clock."""
        return self
