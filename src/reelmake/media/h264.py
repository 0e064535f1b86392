"""H.264 as it lies in an mp4: parameter sets beside the packets (avcC), units with four bytes of length in them.

Bytes in, bytes out. Knows nothing of clips, of reels and of what the pictures show.
Source: ISO/IEC 14496-15, 5.3 (avcC, avc1, avc3); ITU-T H.264, 7.3.1 (unit types), 9.1 (Exp-Golomb).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from reelmake.records import dataclass

IDR, SPS, PPS, DELIMITER = 5, 7, 8, 9  # types of units
SLICES = (1, IDR)  # types of units that begin with a slice's header
MOST = 31  # sequence parameter sets that an avcC can hold
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
    def numbers(self) -> dict[tuple[int, int | None], bytes]:
        """Every set by its type and the number that others know it by, None = it cannot be read."""
        return {(unit[0] & 31, _number(unit)): unit for unit in (*self.sps, *self.pps)}

    def has(self, number: int) -> bool:
        """Is one of them known by this number?"""
        return any(name[1] == number for name in self.numbers)

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


def merged(many: Sequence[Sets]) -> Sets | None:
    """The sets of several tracks as those of one; None if a number would stand for two different sets."""
    highest = max(many, key=lambda sets: sets.rank)
    whole: dict[tuple[int, int | None], bytes] = {}
    for sets in many:
        for name, unit in sets.numbers.items():
            if whole.setdefault(name, unit) != unit:
                return None
    sps, pps = (tuple(unit for name, unit in whole.items() if name[0] == kind) for kind in (SPS, PPS))
    return replace(highest, sps=sps, pps=pps) if len(sps) <= MOST else None


def annex_b(extradata: bytes) -> Iterator[bytes]:
    """The units of parameter sets that are framed by start codes."""
    for unit in extradata.replace(b"\0\0\0\1", b"\0\0\1").split(b"\0\0\1"):
        if unit:
            yield unit.rstrip(b"\0")


def kinds(packet: memoryview) -> list[int]:
    """The types of a packet's units, in their order."""
    return [unit[0] & 31 for unit in _units(packet)]


def torn(packet: memoryview) -> bool:
    """Is it no row of units as its lengths say, or has one three zeros in a row, as none may have (7.4.1)?

    So what was never written of a file is found, and what lies in the wrong place; other damage only decoding finds.
    """
    data, at = bytes(packet), 0
    while at + 4 < len(data):
        unit = data[at + 4 : at + 4 + int.from_bytes(data[at : at + 4])]
        if not unit or b"\0\0\0" in unit:
            return True
        at += 4 + int.from_bytes(data[at : at + 4])
    return at != len(data)


def referred(packet: memoryview) -> bool:
    """May other pictures be made from this one (nal_ref_idc, 7.4.1)?"""
    return next((unit[0] & 0x60 != 0 for unit in _units(packet) if unit[0] & 31 in SLICES), True)


def follows(packet: memoryview) -> int | None:
    """The number of the picture parameter set that a packet's first slice is made by; None if it has no slice."""
    return next((_golomb(bytes(unit[1:17]), 2) for unit in _units(packet) if unit[0] & 31 in SLICES), None)


def _units(packet: memoryview) -> Iterator[memoryview]:
    """From the beginning of each unit on, to the end of the packet."""
    at = 0
    while at + 4 < len(packet):
        yield packet[at + 4 :]
        at += 4 + int.from_bytes(packet[at : at + 4])


def _number(unit: bytes) -> int | None:
    """The number of a parameter set: it comes first, in a sequence's after profile and level."""
    return _golomb(unit[4:20] if unit[0] & 31 == SPS else unit[1:17], 0)


def _golomb(data: bytes, index: int) -> int | None:
    """One of the Exp-Golomb numbers that these bytes begin with; None if there are not so many."""
    data = data.replace(b"\0\0\3", b"\0\0")
    bits, at = f"{int.from_bytes(data):0{8 * len(data)}b}", 0
    while (one := bits.find("1", at)) >= 0:
        end = 2 * one - at + 1
        if not index:
            return int(bits[one:end], 2) - 1 if end <= len(bits) else None
        at, index = end, index - 1
    return None


def led(packet: bytes, inline: bytes) -> bytes:
    """A packet with parameter sets in front of its pictures; a delimiter stays first."""
    after = 4 + int.from_bytes(packet[:4]) if packet[4] & 31 == DELIMITER else 0
    return packet[:after] + inline + packet[after:]
