"""Step: one node of the graph, paid or local: work, inputs, a pool, one output by digest.

What is done is said by `work`, whose fields, less those marked UNKEYED, are the manifest. Knows no kind of work but an
order, and nothing of how any is done.
"""

from __future__ import annotations

from dataclasses import field
from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.model.order import Order
from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.diagnostics import Span
    from reelmake.model.work import Work

CPU = "cpu"  # the pool of everything that runs on this machine
BUILD = "build"  # the folder of outputs, below the project


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a step: the output of another step, or a file of the project. Exactly one of the two is set.

    `of` stands for this input in the key, where that is not the input itself: a `continue` is keyed by its parent's
    clip, not by the PNG cut out of it, for another decoder's PNG must not make a paid shot again. So is a picture that
    is fitted, by the author's file and by `fit`: how it is fitted, "" where that changes nothing. `read`: what of a
    file is seen and heard, as `media.view` says it, "" = simply all; it is part of the keys of local work only.
    `take`: which take of a shot it is, 0 = none.
    """

    label: str
    step: str = ""
    file: str = ""
    of: Input | None = None
    fit: str = ""
    read: str = ""
    take: int = 0

    @property
    def keyed(self) -> Input:
        """The input whose digest enters the key."""
        return self.of or self


@dataclass(frozen=True, slots=True)
class Step:
    """`id` is unique and readable ("shot:park#1", "segment:cut.mp4:003"), for people and logs: nobody takes it apart.

    `kind` is a word for keys, records and events, and no code asks for it. `part_of`: the output that it is for, as
    `Storyboard.address` calls it ("lisbon/cut.mp4"), "" = none in particular; `ordinal`: which of the pieces of that,
    from 1 on, 0 = it is no piece.
    """

    id: str
    kind: str  # frame | picture | color | segment | sound | reel | output, and those of media
    work: Work
    inputs: tuple[Input, ...] = ()
    pool: str = CPU
    shots: tuple[str, ...] = ()  # addresses of the shots it shows or makes
    seconds: float = 1.0  # a guess of how long it takes, for priorities and forecasts
    tool: str = ""  # the programs and libraries that make it, with their versions; part of the key if any
    colors: tuple[str, ...] = ()  # what is minded of its pictures' ("profile", "transparency"); part of the key if any
    output: str = ""  # path below the project where the artifact is published, if it is an output
    part_of: str = ""
    ordinal: int = 0
    span: Span | None = field(default=None, compare=False, repr=False)

    @property
    def order(self) -> Order | None:
        return self.work if isinstance(self.work, Order) else None

    @property
    def take(self) -> int:
        """The number of the take that it makes, 0 = none."""
        return self.order.take if self.order else 0

    @property
    def shot(self) -> str:
        """The one shot that it is about, "" = none or several."""
        return self.order.shot if self.order else self.shots[0] if len(self.shots) == 1 else ""

    @property
    def noted_of(self) -> str:
        """The one shot that what comes to light while it is made is about, "" = none: sound is of a whole cut."""
        return "" if self.work.OF_CUT else self.shot

    @property
    def name(self) -> str:
        """What people call it: "park", "park #2", "the last frame of park", "park in cut.mp4", "cut.mp4"."""
        output = self.part_of or self.output or self.id
        if self.output:
            return output
        return self.work.NAMED.format(
            shot=self.shots[0] if self.shots else self.id,
            nth=f" #{self.take}" if self.take > 1 else "",
            output=output,
        )

    @property
    def paid(self) -> bool:
        """Does making it go through a provider, with a journal, and may cost money?"""
        return self.order is not None and not self.order.local

    @property
    def cost(self) -> Decimal | None:
        """USD; None = unknown. Local steps cost nothing."""
        return self.order.cost if self.order and not self.order.local else Decimal(0)
