"""Picture: what a file that is shown or sent really is. Knows nothing of where it lies or what it is for."""

from __future__ import annotations

from reelmake.model.frame import Size
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class PictureFacts:
    """`format` by content, not by name: jpeg, png, webp, or another word. `size` as stored. `bytes`: of the file."""

    format: str
    size: Size
    bytes: int


@dataclass(frozen=True, slots=True)
class Colors:
    """What has to be minded of a picture's colours. `profile`: the name of the one that it is brought into sRGB from,
    "" = it is in sRGB; `broken`: it has one that cannot be read, and is taken as sRGB; `clear`: parts of it may be
    transparent."""

    profile: str = ""
    broken: bool = False
    clear: bool = False

    @property
    def minded(self) -> tuple[str, ...]:
        """What makes of it another picture than its numbers say."""
        return tuple(word for word, so in (("profile", self.profile), ("transparency", self.clear)) if so)
