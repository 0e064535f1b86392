"""Stream: pictures that flow through a graph of ffmpeg-python, as far as anything here says what becomes of them.

The library has no types. Knows nothing of what is seen.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol


class Stream(Protocol):
    """One stream of a graph. `filter` and `overlay` take what the filters of ffmpeg do."""

    def filter(self, name: str, *args: object, **options: object) -> Stream: ...
    def overlay(self, over: Stream, **options: object) -> Stream: ...
    def concat(self, behind: Stream) -> Stream: ...
    def hflip(self) -> Stream: ...
    def split(self) -> Mapping[int, Stream]: ...
