"""Which packets of a clip can stand in a reel as they are, so that no frame outside of them is needed to show them.

Numbers in, numbers out. Knows nothing of files, of codecs and of why somebody wants to know.
"""

from __future__ import annotations

from collections.abc import Sequence

from reelmake.records import dataclass

Places = Sequence[tuple[int, bool]]
"""Of each packet, in decoding order: its frame, and whether a player can begin there."""


@dataclass(frozen=True, slots=True)
class PacketRun:
    """`packets` of a clip, by their numbers in decoding order: the frames [start, start + len(packets)) of it."""

    packets: range
    start: int

    @property
    def stop(self) -> int:
        """The first frame that is not in it."""
        return self.start + len(self.packets)


def longest(places: Places, start: int, stop: int) -> PacketRun:
    """The longest run within frames [start, stop): it begins at a keyframe, and has every frame up to its last.

    Empty if there is none. No two packets have the same place.
    """
    best = PacketRun(range(0), start)
    begun = zero = top = -1
    for number, (place, keyframe) in enumerate(places):
        follows = begun >= 0 and place == zero + number - begun
        if keyframe and start <= place < stop and not follows:  # no frame before it is needed, and one is missing
            begun, zero, top = number, place, place
        if begun < 0:
            continue
        if not zero <= place < stop:
            begun = -1
            continue
        top = max(top, place)
        count = number - begun + 1
        if top - zero + 1 == count > len(best.packets):
            best = PacketRun(range(begun, number + 1), zero)
    return best


def around(places: Places, start: int, stop: int) -> range:
    """The packets that a decoder has to be given for frames [start, stop), or for the last there is before them.

    All of them if no keyframe stands before.
    """
    first = min(start, max(place for place, _ in places if place < stop))
    shown = [number for number, (place, _) in enumerate(places) if first <= place < stop]
    begins = [number for number in range(shown[0] + 1) if places[number][1] and places[number][0] <= first]
    return range(begins[-1] if begins else 0, shown[-1] + 1)
