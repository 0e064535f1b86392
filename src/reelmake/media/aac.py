"""AAC, encoded in parts at the same time that lie side by side as if one encoder had made them.

An encoder remembers little: the window of a packet depends on the one before it, its share of the bits on the last few.
So a part is begun early and ended late, and two parts meet at a packet for which both encoders chose the same window.

Of its two ways the quick one leaves less noise than the thorough one and takes a third of its time, but its quantiser
has an end: a tone of more than half of full scale that is heard alone comes out softer than it is, and not clean. Knows
nothing of files and of what is heard.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from fractions import Fraction
from typing import Any

import av
import numpy as np

from reelmake.media.sound_file import Samples, framed
from reelmake.model.time import SAMPLE_RATE

PACKET = 1024  # samples; a packet is made of twice as many, those before it and its own
PART = 1024 * PACKET  # 22 s
EARLY, LATE = 48 * PACKET, 8 * PACKET  # by which a part is begun before it is wanted, and ended after it
WORKERS = 2  # threads: the encoder lets go of Python's lock
_FEW = 16  # samples: a last packet of so many or fewer would be left out
_FEED = 64 * PACKET
LOUD = 0.35  # amplitude up to which every tone comes out clean; trouble begins at 0.45
WINDOW = 2048  # samples that the encoder looks at together
PLENTY = 96_000  # bits a second below which the thorough way is the better one
Read = Callable[[int, int], Samples]
Packets = list[Any]


def packets(read: Read, length: int, bitrate: int, coder: str) -> Iterator[Packets]:
    """The packets of `length` samples in their order, some at a time. `read` gives the samples [begin, end), also to
    several threads at once."""
    parts = _encoded(read, length, bitrate, coder)
    before = next(parts)
    for number, after in enumerate(parts, 1):
        meeting = _meeting(before, after, number * PART)
        yield [packet for packet in before if packet.pts < meeting]
        before = [packet for packet in after if packet.pts >= meeting]
    yield before


def _encoded(read: Read, length: int, bitrate: int, coder: str) -> Iterator[Packets]:
    """The parts, each with packets on both sides that belong to its neighbours. Few are in memory at a time."""
    waiting: deque[Future[Packets]] = deque()
    with ThreadPoolExecutor(WORKERS) as threads:
        for begin in range(0, max(1, length), PART):
            first, last = max(0, begin - EARLY), min(length, begin + PART + LATE)
            waiting.append(threads.submit(_part, read, first, last, last == length, bitrate, coder))
            if len(waiting) > WORKERS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _part(read: Read, first: int, last: int, ends: bool, bitrate: int, coder: str) -> Packets:
    """Of samples [first, last): every packet for which the encoder had seen the samples before it and after it."""
    more = _FEW if ends and 0 < (last - first) % PACKET <= _FEW else 0
    encoder: Any = av.CodecContext.create("aac", "w")
    encoder.sample_rate, encoder.layout, encoder.format, encoder.bit_rate = SAMPLE_RATE, "stereo", "fltp", bitrate
    encoder.time_base, encoder.thread_count, encoder.options = Fraction(1, SAMPLE_RATE), 1, {"aac_coder": coder}
    encoder.flags |= 1 << 23  # bitexact: no version of the encoder in the sound
    made: Packets = []
    end = last + more
    for at in range(first, end, _FEED):
        until = min(at + _FEED, end)
        block = np.pad(read(min(at, last), min(until, last)), ((0, 0), (0, until - max(at, min(until, last)))))
        made += encoder.encode(framed(block.astype(np.float32, copy=False), at))
    made += encoder.encode(None)
    if more:
        made[-1].duration -= more
    return [p for p in made if (p.pts >= first or not first) and (ends or p.pts + 2 * PACKET <= end)]


def _meeting(before: Packets, after: Packets, wanted: int) -> int:
    """The time from `wanted` on at which one part may give way to the next: the packets before it are shaped alike."""
    windows = {packet.pts: _window(packet) for packet in before}
    for packet in after:
        shape = _window(packet)
        if packet.pts >= wanted - PACKET and shape is not None and windows.get(packet.pts) == shape:
            return int(packet.pts) + PACKET
    return wanted  # never seen; it would be heard as a click at most


def _window(packet: Any) -> int | None:
    """Sequence and shape of its windows, where both channels have the same (ISO/IEC 14496-3, 4.4.2.1)."""
    head = bytes(memoryview(packet)[:2])
    pair, common = head[0] >> 5 == 1, head[0] & 1
    return head[1] >> 4 & 7 if pair and common else None


def coder(blocks: Iterable[Samples], bitrate: int) -> str:
    """The encoder's `aac_coder` for these blocks of a programme."""
    return "twoloop" if bitrate < PLENTY or any(map(_loud_tone, blocks)) else "fast"


def _loud_tone(block: Samples) -> bool:
    """Is there a tone above LOUD? Only where the power would be enough for one is the spectrum looked at."""
    some = block[:, : block.shape[1] // WINDOW * WINDOW].reshape(-1, WINDOW)
    some = some[np.einsum("ij,ij->i", some, some) > WINDOW * LOUD**2 / 2]
    shape = np.hanning(WINDOW).astype(np.float32)
    return bool(len(some)) and bool((np.abs(np.fft.rfft(some * shape)) * (2 / shape.sum())).max() > LOUD)
