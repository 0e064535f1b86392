"""Bytes of films that no muxer writes: apertures, unknown codecs, clocks that jump. Knows nothing of cuts."""

from __future__ import annotations

import struct
from collections.abc import Callable

ENTRY = (b"moov", b"trak", b"mdia", b"minf", b"stbl", b"stsd")
CLOCK = 90_000  # ticks a second of a transport stream


def clean(width: int, height: int, right: int = 0, down: int = 0) -> Callable[[bytes], bytes]:
    """An aperture of this size, so far from the middle, in the first picture of an mp4 whose index is its last box."""

    def changed(film: bytes) -> bytes:
        data = bytearray(film)
        chain = _down(data, 0, len(data), [*ENTRY, b"avc1"])
        end = chain[-1] + int.from_bytes(data[chain[-1] : chain[-1] + 4])
        data[end:end] = struct.pack(">I4sIIIIiIiI", 40, b"clap", width, 1, height, 1, right, 1, down, 1)
        for at in chain:
            data[at : at + 4] = (int.from_bytes(data[at : at + 4]) + 40).to_bytes(4)
        return bytes(data)

    return changed


def _down(data: bytearray, at: int, end: int, path: list[bytes]) -> list[int]:
    """Where the boxes lie that lead to the first one that a path names."""
    while at < end:
        size, kind = int.from_bytes(data[at : at + 4]), data[at + 4 : at + 8]
        if kind == path[0]:
            if len(path) == 1:
                return [at]
            if rest := _down(data, at + (16 if kind == b"stsd" else 8), at + size, path[1:]):
                return [at, *rest]
        at += size
    return []


def hidden(kind: bytes, beside: bytes) -> Callable[[bytes], bytes]:
    """The first track of a kind of codec in an mp4 is of one that nobody knows; `beside`: the box that describes it."""

    def changed(film: bytes) -> bytes:
        data = bytearray(film)
        at = data.index(kind)
        while data[at + 4 : at + 10] != bytes(6):
            at = data.index(kind, at + 1)
        data[at : at + 4] = b"zzz0"
        at = data.index(beside, at)
        data[at : at + 4] = b"zzz1"
        return bytes(data)

    return changed


def jumping(track: int | None, since: float, by: float) -> Callable[[bytes], bytes]:
    """The times of a transport stream, or of one of its tracks (0xE0 pictures, 0xC0 sounds), jump `by` seconds from
    `since` seconds after its first one on."""

    def changed(film: bytes) -> bytes:
        data, zero = bytearray(film), None
        for packet in range(0, len(data), 188):
            if not data[packet + 1] & 0x40:
                continue
            at = packet + 4 + (data[packet + 4] + 1 if data[packet + 3] & 0x20 else 0)
            if data[at : at + 3] != b"\0\0\1" or (track is not None and data[at + 3] != track):
                continue
            for place in range(at + 9, at + 9 + 5 * (data[at + 7] >> 7) + 5 * (data[at + 7] >> 6 & 1), 5):
                time = _time(data[place : place + 5])
                zero = time if zero is None else zero
                if time - zero >= since * CLOCK:
                    data[place : place + 5] = _written(int(time + by * CLOCK) % (1 << 33), data[place] >> 4)
        return bytes(data)

    return changed


def _time(five: bytearray) -> int:
    return (five[0] >> 1 & 7) << 30 | five[1] << 22 | (five[2] >> 1) << 15 | five[3] << 7 | five[4] >> 1


def _written(time: int, mark: int) -> bytes:
    high, middle, low = time >> 30 & 7, time >> 15 & 0x7FFF, time & 0x7FFF
    return bytes([mark << 4 | high << 1 | 1]) + (middle << 1 | 1).to_bytes(2) + (low << 1 | 1).to_bytes(2)
