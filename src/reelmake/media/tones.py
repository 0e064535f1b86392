"""Which way of FFmpeg's AAC encoder a programme may take: is there a single tone in it that the quick one would spoil?

The quick way leaves less noise than the thorough one and takes a third of its time, but its quantiser has an end: a
tone of more than half of full scale that is heard alone comes out softer than it is, and not clean. Knows nothing of
files.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from reelmake.media.sound_file import Samples

LOUD = 0.35  # amplitude up to which every tone comes out clean; trouble begins at 0.45
WINDOW = 2048  # samples that the encoder looks at together
PLENTY = 96_000  # bits a second below which the thorough way is the better one


def coder(blocks: Iterable[Samples], bitrate: int) -> str:
    """The encoder's `aac_coder` for these blocks of a programme."""
    return "twoloop" if bitrate < PLENTY or any(map(_loud_tone, blocks)) else "fast"


def _loud_tone(block: Samples) -> bool:
    """Is there a tone above LOUD? Only where the power would be enough for one is the spectrum looked at."""
    some = block[:, : block.shape[1] // WINDOW * WINDOW].reshape(-1, WINDOW)
    some = some[np.einsum("ij,ij->i", some, some) > WINDOW * LOUD**2 / 2]
    shape = np.hanning(WINDOW).astype(np.float32)
    return bool(len(some)) and bool((np.abs(np.fft.rfft(some * shape)) * (2 / shape.sum())).max() > LOUD)
