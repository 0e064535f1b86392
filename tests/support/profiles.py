"""Color profiles, written by hand: wide (Display P3), grey of a steeper gamma, four inks. ICC.1:2010."""

from __future__ import annotations

import struct

_WHITE = (0.9642, 1.0, 0.8249)


def _fixed(*values: float) -> bytes:
    return b"".join(struct.pack(">i", round(value * 65536)) for value in values)


def _xyz(*values: float) -> bytes:
    return b"XYZ " + bytes(4) + _fixed(*values)


def _said(text: str) -> bytes:
    words = text.encode("utf-16-be")
    return b"mluc" + bytes(4) + struct.pack(">II", 1, 12) + b"enUS" + struct.pack(">II", len(words), 28) + words


def _gamma(value: float) -> bytes:
    return b"para" + bytes(4) + struct.pack(">HH", 0, 0) + _fixed(value)


def _profile(space: bytes, kind: bytes, pcs: bytes, tags: dict[bytes, bytes]) -> bytes:
    at, table, data = 132 + 12 * len(tags), b"", b""
    for name, body in tags.items():
        body += bytes(-len(body) % 4)
        table += name + struct.pack(">II", at + len(data), len(body))
        data += body
    head = struct.pack(">I4sI4s4s4s", at + len(data), b"none", 0x04000000, kind, space, pcs)
    head += struct.pack(">6H", 2024, 1, 1, 0, 0, 0) + b"acsp" + bytes(28) + _fixed(*_WHITE)
    return head.ljust(128, b"\0") + struct.pack(">I", len(tags)) + table + data


def wide(name: str = "Display P3") -> bytes:
    curve = b"para" + bytes(4) + struct.pack(">HH", 3, 0) + _fixed(2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045)
    columns = {
        b"rXYZ": _xyz(0.51512, 0.24120, -0.00105),
        b"gXYZ": _xyz(0.29198, 0.69225, 0.04189),
        b"bXYZ": _xyz(0.15710, 0.06657, 0.78407),
    }
    curves = {b"rTRC": curve, b"gTRC": curve, b"bTRC": curve}
    named = {b"desc": _said(name), b"cprt": _said("none"), b"wtpt": _xyz(*_WHITE)}
    return _profile(b"RGB ", b"mntr", b"XYZ ", {**named, **columns, **curves})


def grey(gamma: float = 1.0) -> bytes:
    named = {b"desc": _said("Linear grey"), b"cprt": _said("none"), b"wtpt": _xyz(*_WHITE)}
    return _profile(b"GRAY", b"mntr", b"XYZ ", {**named, b"kTRC": _gamma(gamma)})


def inks() -> bytes:
    """Every ink takes all of its light; no ink is white: a table of sixteen corners from CMYK to Lab."""
    corners = b""
    for n in range(16):
        cyan, magenta, yellow, black = ((n >> bit) & 1 for bit in (3, 2, 1, 0))
        light = 0 if black else 255 - 60 * (cyan + magenta + yellow)
        corners += bytes([light, 128 - 60 * cyan + 60 * magenta, 128 + 80 * yellow - 40 * cyan])
    line = bytes(range(256))
    table = b"mft1" + bytes(4) + bytes([4, 3, 2, 0]) + _fixed(1, 0, 0, 0, 1, 0, 0, 0, 1) + line * 4 + corners + line * 3
    named = {b"desc": _said("Four inks"), b"cprt": _said("none"), b"wtpt": _xyz(*_WHITE)}
    return _profile(b"CMYK", b"prtr", b"Lab ", {**named, b"A2B0": table})
