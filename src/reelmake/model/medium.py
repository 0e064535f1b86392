"""Medium: what an order is for (a clip, a still, speech, music), and what follows from that alone.

Knows nothing of providers, models or files.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from reelmake.records import dataclass

if TYPE_CHECKING:
    from reelmake.model.price import Unit
    from reelmake.model.take import Manifest

MediumName = Literal["clip", "still", "speech", "music"]
Operation = Literal["generate", "remix", "extend"]


@dataclass(frozen=True, slots=True)
class Medium:
    """`kind`: what its steps and takes are called in keys and records. `noun`: several of it, for people.

    `suffixes`: what its files may end in, the usual ending first. `accept`: how they are asked for over HTTP.
    `per`: the unit of its price where nobody names another. `largest`: bytes that any of it may have, and `a_second`
    those that each of its seconds may have.
    """

    name: MediumName
    kind: str
    noun: str
    suffixes: tuple[str, ...]
    accept: str
    per: Unit
    largest: int
    a_second: int = 0

    @property
    def suffix(self) -> str:
        return self.suffixes[0]


_SOUNDS = (".mp3", ".wav", ".flac", ".ogg", ".m4a")
CLIP = Medium("clip", "shot", "clips", (".mp4",), "video/mp4, */*", "second", 1 << 30, 64 << 20)
STILL = Medium("still", "still", "stills", (".png", ".jpg", ".webp"), "image/*, */*", "each", 256 << 20)
SPEECH = Medium("speech", "speech", "speech", _SOUNDS, "audio/*, */*", "1000 characters", 256 << 20)
MUSIC = Medium("music", "music", "music", _SOUNDS, "audio/*, */*", "second", 256 << 20, 2 << 20)
MEDIA: Mapping[MediumName, Medium] = {medium.name: medium for medium in (CLIP, STILL, SPEECH, MUSIC)}
ORDERED = frozenset(medium.kind for medium in MEDIA.values())
"""Kinds of steps and takes that were ordered, or are drawn in an order's place."""


def medium_of(manifest: Manifest) -> Medium:
    """The medium of the order that a manifest describes; one that names none is for a clip."""
    said = dict(manifest).get("medium", CLIP.name)
    return next((medium for medium in MEDIA.values() if medium.name == said), CLIP)
