"""Work: what a step does, as plain values, and all that is known of it before it is done.

A work is a frozen dataclass. Each of its fields enters the key under its own name, so names are written for the people
who read `reelmake explain`; clips, segments and sounds are inputs of the step, never fields. Who adds a kind of work,
here or in a package of their own, inherits `Work` and says what differs. Knows no kind of work, and how none is done.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import ClassVar, Self

Extent = tuple[int | None, Fraction | None]
"""Frames and seconds of an artifact; None = it has none, or nobody knows before it is made."""

UNKEYED: Mapping[str, bool] = {"unkeyed": True}
"""Metadata of a field that is in no key: it changes nothing of what comes out."""
LATER: Mapping[str, bool] = {"later": True}
"""Metadata of a field that older versions had not: at its default it is in no key, so that what was made then stays."""


class Work:
    """What all kinds have in common, with the answer that most of them give."""

    __slots__ = ()

    MAKER: ClassVar[str] = ""
    """Who makes it, a ports.Maker: "package.module:function", which is imported in the worker."""
    SUFFIX: ClassVar[str] = ""
    """The ending of the artifact's file, with its dot; see `suffix`."""
    SEEDED: ClassVar[bool] = False
    """Is the maker given the step's key before all else, to draw chance from?"""
    TOOLS: ClassVar[tuple[str, ...]] = ()
    """ffmpeg, and distributions, on which its bytes depend beside the one that the class is in: all are in the key, as
    far as they are installed."""
    STEADY: ClassVar[bool] = True
    """Are films and sounds among its inputs, whose own clocks may start again, read as copies with one clock?"""
    COPIES: ClassVar[bool] = False
    """Does it take packets from its inputs and look at none of them, so that damage would go on unseen?"""
    OF_CUT: ClassVar[bool] = False
    """Is it made of a whole cut, so that what comes to light is about no shot, even if there is but one?"""
    LISTS: ClassVar[int] = 0
    """1: it names files that are published beside it; 2: files that do so. It is published after them."""
    NAMED: ClassVar[str] = "{output}"
    """What people call its step; {shot} (the first), {nth} ("", or " #2" of a take) and {output} are the step's."""

    @property
    def maker(self) -> str:
        return self.MAKER

    @property
    def tools(self) -> tuple[str, ...]:
        return self.TOOLS

    @property
    def suffix(self) -> str:
        return self.SUFFIX

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
