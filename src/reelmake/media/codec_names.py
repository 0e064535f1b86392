"""The codecs of a file by the names that playlists and pages give them (RFC 6381). Knows nothing of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from reelmake.media.probe import opened

AAC = "mp4a.40.2"


def codecs(file: Path) -> list[str]:
    """Of the picture, then of the sound; without those that we have no name for."""
    with opened(file) as container:
        found = [AAC] if any(s.codec_context.name == "aac" for s in container.streams.audio) else []
        context = container.streams.video[0].codec_context
        name, head = _NAMES.get(context.name), bytes(context.extradata or b"")
        return [name(head), *found] if name and len(head) > 3 else found


def _hevc(head: bytes) -> str:
    """As ISO/IEC 14496-15 says it of an hvcC."""
    space, tier, profile = head[1] >> 6, "H" if head[1] & 0x20 else "L", head[1] & 31
    compatible = int(f"{int.from_bytes(head[2:6]):032b}"[::-1], 2)
    constraints = "".join(f".{byte:X}" for byte in head[6:12].rstrip(b"\0"))
    return f"hvc1.{' ABC'[space].strip()}{profile}.{compatible:X}.{tier}{head[12]}{constraints}"


def _av1(head: bytes) -> str:
    """As its binding to ISO media says it of an av1C."""
    depth = 8 if not head[2] & 0x40 else 12 if head[2] & 0x20 else 10
    return f"av01.{head[1] >> 5}.{head[1] & 31:02}{'H' if head[2] & 0x80 else 'M'}.{depth:02}"


_NAMES: Mapping[str, Callable[[bytes], str]] = {
    "h264": lambda head: f"avc1.{head[1:4].hex()}",  # profile, constraints and level, as an avcC begins
    "hevc": _hevc,
    "libdav1d": _av1,
    "av1": _av1,
}
