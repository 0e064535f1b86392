"""H.264 as it lies in an mp4: parameter sets beside the packets (avcC), units with four bytes of length in them.

Bytes in, bytes out. Knows nothing of clips, of reels and of what the pictures show.
Source: ISO/IEC 14496-15, 5.3 (avcC, avc1, avc3); ITU-T H.264, 7.3.1 (unit types).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

IDR, SPS, DELIMITER = 5, 7, 9  # types of units
PROFILES = (66, 77, 100)  # baseline, main, high: eight bits, 4:2:0, and every player shows them


@dataclass(frozen=True, slots=True)
class Sets:
    """The parameter sets of a track. `rank`: profile and level, for a decoder must be told of the highest."""

    sps: tuple[bytes, ...]
    pps: tuple[bytes, ...]
    header: bytes  # the first five bytes of the avcC
    tail: bytes  # what high profiles add to it

    @property
    def rank(self) -> tuple[int, int]:
        return self.header[1], self.header[3]

    @property
    def inline(self) -> bytes:
        """The sets as units that can go in front of the units of a packet."""
        return b"".join(len(unit).to_bytes(4) + unit for unit in (*self.sps, *self.pps))

    @property
    def extradata(self) -> bytes:
        rows = [(0xE0 | len(self.sps), self.sps), (len(self.pps), self.pps)]
        body = b"".join(bytes([n]) + b"".join(len(u).to_bytes(2) + u for u in units) for n, units in rows)
        return self.header + body + self.tail


def sets(extradata: bytes) -> Sets | None:
    """The parameter sets of an avcC; None if it is none, or its packets have lengths of other than four bytes."""
    if len(extradata) < 7 or extradata[0] != 1 or extradata[4] & 3 != 3:
        return None
    at, rows = 5, []
    for mask in (0x1F, 0xFF):
        if at >= len(extradata):
            return None
        units = []
        count, at = extradata[at] & mask, at + 1
        for _ in range(count):
            size = int.from_bytes(extradata[at : at + 2])
            units.append(extradata[at + 2 : at + 2 + size])
            at += 2 + size
        rows.append(tuple(units))
    if at > len(extradata) or not all(rows) or not all(unit for row in rows for unit in row):
        return None
    return Sets(rows[0], rows[1], extradata[:5], extradata[at:])


def annex_b(extradata: bytes) -> Iterator[bytes]:
    """The units of parameter sets that are framed by start codes."""
    for unit in extradata.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1"):
        if unit:
            yield unit.rstrip(b"\0")


def kinds(packet: memoryview) -> list[int]:
    """The types of a packet's units, in their order."""
    found, at = [], 0
    while at + 4 < len(packet):
        found.append(packet[at + 4] & 31)
        at += 4 + int.from_bytes(packet[at : at + 4])
    return found


def led(packet: bytes, inline: bytes) -> bytes:
    """A packet with parameter sets in front of its pictures; a delimiter stays first."""
    after = 4 + int.from_bytes(packet[:4]) if packet[4] & 31 == DELIMITER else 0
    return packet[:after] + inline + packet[after:]
