"""Cue: one caption with its times. Knows nothing of how it is shown or written."""

from __future__ import annotations

from dataclasses import field

from reelmake.diagnostics import Span
from reelmake.model.work import UNKEYED
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class Cue:
    """A caption that is seen from millisecond `begin` of the cut up to `end`. `text` has no empty line.

    `span`: where it stands in its file.
    """

    begin: int
    end: int
    text: str
    span: Span | None = field(default=None, compare=False, repr=False, metadata=UNKEYED)
