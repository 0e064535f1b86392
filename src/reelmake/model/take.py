"""Take: an artifact that was accepted for a key, with what it was made from; Facts: what a probe says of it.

Attempt: one paid submission, as the journal knows it. Knows nothing of where they are kept.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Facts:
    """Of a clip: exact length in seconds, frames, rate, pixels, has it sound. Of a still: pixels. Bytes always."""

    bytes: int
    seconds: Fraction | None = None
    frames: int | None = None
    fps: Fraction | None = None
    width: int | None = None
    height: int | None = None
    audio: bool = False


Manifest = tuple[tuple[str, str], ...]  # (label, value) in order, values as canonical text


@dataclass(frozen=True, slots=True)
class Take:
    """Evidence: `digest` (sha256, hex) of the bytes that were accepted for `key` (sha256, hex)."""

    key: str
    digest: str
    kind: str
    suffix: str
    facts: Facts
    manifest: Manifest = ()
    cost: Decimal | None = Decimal(0)  # USD; None = unknown
    provider: str = ""
    model: str = ""
    remote: str = ""  # the create-time id at the provider
    made: str = ""  # UTC, ISO 8601
    took: float = 0.0  # seconds of wall time


@dataclass(frozen=True, slots=True)
class Attempt:
    """One paid submission that the journal has no end for. `remote` "" = intended, no answer seen."""

    key: str
    token: str
    provider: str
    shot: str
    remote: str = ""
    cost: Decimal | None = None
    at: str = ""
    number: int = 1
    order: str = field(default="", repr=False)  # JSON of what was asked, to reconcile by
    suffix: str = ".mp4"
    manifest: Manifest = field(default=(), repr=False)
