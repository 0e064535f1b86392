"""Writes the HLS playlist (RFC 8216, version 7) of one file in fragments. Knows nothing of cuts and of servers.

Every fragment of the file begins with a keyframe, so every one of them may begin a part.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path
from urllib.parse import quote

from reelmake.errors import LocalTool
from reelmake.media.probe import opened
from reelmake.model.delivery import PlaylistWork
from reelmake.model.take import Facts
from reelmake.ports import Tell


def playlist(work: PlaylistWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the playlist. Raises LocalTool if the file's fragments are not as its keyframes are."""
    media = inputs["media"]
    starts, end = _keyframes(media)
    places = [at for kind, at, _ in _boxes(media) if kind == b"moof"]
    stop = max((at + size for kind, at, size in _boxes(media) if kind == b"mdat"), default=0)
    if not places or len(places) != len(starts):
        raise LocalTool(f"{media.name} has {len(places)} fragments where {len(starts)} keyframes are")
    name = quote(work.name)
    parts = list(_parts(work.seconds, [*starts, end], [*places, stop]))
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{max(ceil(length) for length, *_ in parts)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f'#EXT-X-MAP:URI="{name}",BYTERANGE="{places[0]}@0"',
    ]
    for length, size, at in parts:
        lines += [f"#EXTINF:{float(length):.6f},", f"#EXT-X-BYTERANGE:{size}@{at}", name]
    into.write_text("\n".join([*lines, "#EXT-X-ENDLIST", ""]), "utf-8")
    return Facts(bytes=into.stat().st_size, seconds=end - starts[0])


def _parts(wanted: Fraction, times: list[Fraction], places: list[int]) -> Iterator[tuple[Fraction, int, int]]:
    """(Seconds, bytes, first byte) of parts that are at most a fragment longer than `wanted`."""
    first = 0
    for n in range(1, len(times)):
        if n == len(times) - 1 or times[n] - times[first] >= wanted:
            yield times[n] - times[first], places[n] - places[first], places[first]
            first = n


def _keyframes(media: Path) -> tuple[list[Fraction], Fraction]:
    """When each keyframe is shown, and when the last frame ends."""
    starts, end = [], Fraction(0)
    with opened(media) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.size:
                at = packet.pts * Fraction(packet.time_base)
                end = max(end, at + packet.duration * Fraction(packet.time_base))
                if packet.is_keyframe:
                    starts.append(at)
    return starts, end


def _boxes(media: Path) -> Iterator[tuple[bytes, int, int]]:
    """(Kind, first byte, bytes) of the boxes the file is a row of."""
    length = media.stat().st_size
    with media.open("rb") as file:
        at = 0
        while at + 8 <= length:
            file.seek(at)
            head = file.read(16)
            size = int.from_bytes(head[:4])
            if size == 1:
                size = int.from_bytes(head[8:16])
            yield head[4:8], at, size or length - at
            at += max(8, size or length - at)
