"""WAV files of 16 bits. Knows nothing of what is heard in them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def write(into: Path, rate: int, *pieces: NDArray[np.int16]) -> None:
    """`pieces` one after another: (n,) for one channel, (n, 2) for two; `rate` in Hz."""
    with wave.open(str(into), "wb") as file:
        file.setnchannels(pieces[0].shape[1] if pieces[0].ndim == 2 else 1)
        file.setsampwidth(2)
        file.setframerate(rate)
        for piece in pieces:
            file.writeframesraw(piece.astype("<i2").tobytes())
