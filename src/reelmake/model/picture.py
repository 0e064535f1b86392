"""Picture: what a file that is sent to a provider really is. Knows nothing of where it lies or what it is for."""

from __future__ import annotations

from dataclasses import dataclass

from reelmake.model.storyboard import Size


@dataclass(frozen=True, slots=True)
class Picture:
    """`format` by content, not by name: jpeg, png, webp, or another word. `size` as stored. `bytes`: of the file."""

    format: str
    size: Size
    bytes: int
