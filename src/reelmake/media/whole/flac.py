"""FLAC: it says how many samples it has, unless it was written live. Source: RFC 9639.

Nothing but decoding tells where the last frame ends, so that one is decoded.
"""

from __future__ import annotations

from typing import Any, BinaryIO

import av


def known(head: bytes) -> bool:
    return head[:4] == b"fLaC"


def lacks(file: BinaryIO, length: int) -> str:
    """Are all samples there, and is the last frame whole?"""
    head = file.read(26)
    total = int.from_bytes(head[21:26]) & ((1 << 36) - 1)
    if not total:
        return ""
    file.seek(0)
    there, last = 0, None
    try:
        container: Any
        with av.open(file, format="flac") as container:
            stream = container.streams.audio[0]
            stream.codec_context.options = {"err_detect": "crccheck+explode"}
            for packet in container.demux(stream):
                if packet.size:
                    there, last = there + round(packet.duration * stream.time_base * stream.rate), packet
            if there >= total and last is not None and stream.codec_context.decode(last):
                return ""
    except av.error.FFmpegError:
        return "its last frame is not whole"
    return f"{there} of {total} samples are there"
