"""Writes HLS playlists (RFC 8216, version 7): of one file in fragments, of captions, and of such playlists.

Every fragment of a file begins with a keyframe, so every one of them may begin a part. Knows nothing of cuts and of
servers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction
from math import ceil
from pathlib import Path
from urllib.parse import quote

from reelmake.errors import LocalTool
from reelmake.media.probe import opened
from reelmake.media.whole import boxes
from reelmake.model.delivery import CaptionListWork, MasterWork, PlaylistWork
from reelmake.model.frame import Size
from reelmake.model.take import Facts
from reelmake.ports import Tell

HEAD = 8  # bytes of a fragment's box before its content
SHORT = Fraction(1)  # seconds over which the bits are counted that a player must be able to fetch


def playlist(work: PlaylistWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the playlist. Raises LocalTool if the file's fragments are not as its keyframes are."""
    media = inputs["media"]
    starts, end, places, stop = _fragments(media)
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


def caption_list(work: CaptionListWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the playlist of one file of captions, which is one part."""
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{ceil(work.seconds)}",
        "#EXT-X-PLAYLIST-TYPE:VOD",
        f"#EXTINF:{float(work.seconds):.6f},",
        quote(work.name),
        "#EXT-X-ENDLIST",
    ]
    into.write_text("\n".join([*lines, ""]), "utf-8")
    return Facts(bytes=into.stat().st_size, seconds=work.seconds)


def master(work: MasterWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the playlist of playlists: of each how many bits it needs, its size and its codecs, as they really are."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if work.captions:
        said = {"NAME": work.language or "Captions", "LANGUAGE": work.language}
        told = "".join(f',{name}="{value}"' for name, value in said.items() if value)
        uri = f'URI="{quote(work.captions)}"'
        lines.append(f'#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID="captions"{told},DEFAULT=NO,AUTOSELECT=YES,{uri}')
    seconds = Fraction(0)
    for number, name in enumerate(work.lists, 1):
        media = inputs[f"media {number:03}"]
        starts, end, places, stop = _fragments(media)
        seconds = end - starts[0]  # it begins late, by as many frames as are reordered
        parts = list(_parts(SHORT, [*starts, end], [*places, stop]))
        most = ceil(max(8 * size / length for length, size, _ in parts))
        mean = ceil(8 * (stop - places[0]) / seconds)
        said = {
            "BANDWIDTH": str(most),
            "AVERAGE-BANDWIDTH": str(mean),
            "RESOLUTION": str(_size(media)),
            "FRAME-RATE": f"{float(work.fps):.3f}",
            "CODECS": f'"{",".join(_codecs(media))}"',
        }
        told = ",".join(f"{key}={value}" for key, value in said.items())
        lines += [f"#EXT-X-STREAM-INF:{told}" + (',SUBTITLES="captions"' if work.captions else ""), quote(name)]
    into.write_text("\n".join([*lines, ""]), "utf-8")
    return Facts(bytes=into.stat().st_size, seconds=seconds)


def _size(media: Path) -> Size:
    with opened(media) as container:
        context = container.streams.video[0].codec_context
        return Size(context.width, context.height)


def _fragments(media: Path) -> tuple[list[Fraction], Fraction, list[int], int]:
    """When each fragment begins, and when the last ends; at which byte each begins, and the last ends."""
    starts, end = [], Fraction(0)
    with opened(media) as container:
        stream = container.streams.video[0]
        for packet in container.demux(stream):
            if packet.size:
                at = packet.pts * Fraction(packet.time_base)
                end = max(end, at + packet.duration * Fraction(packet.time_base))
                if packet.is_keyframe:
                    starts.append(at)
    with media.open("rb") as file:
        found = list(boxes.within(file, 0, media.stat().st_size))
    places = [box.begin - HEAD for box in found if box.kind == b"moof"]
    stop = max((box.end for box in found if box.kind == b"mdat"), default=0)
    if not places or len(places) != len(starts):
        raise LocalTool(f"{media.name} has {len(places)} fragments where {len(starts)} keyframes are")
    return starts, end, places, stop


def _parts(wanted: Fraction, times: list[Fraction], places: list[int]) -> Iterator[tuple[Fraction, int, int]]:
    """(Seconds, bytes, first byte) of parts that are at most a fragment longer than `wanted`."""
    first = 0
    for n in range(1, len(times)):
        if n == len(times) - 1 or times[n] - times[first] >= wanted:
            yield times[n] - times[first], places[n] - places[first], places[first]
            first = n


def _codecs(file: Path) -> list[str]:
    """By their names in playlists and pages (RFC 6381): of the picture, then of the sound, as far as we have names."""
    with opened(file) as container:
        found = ["mp4a.40.2"] if any(s.codec_context.name == "aac" for s in container.streams.audio) else []
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
