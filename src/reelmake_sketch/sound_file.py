"""WAV files of 16 bits. Knows nothing of what is heard in them."""

from __future__ import annotations

import wave
from pathlib import Path

import numpy as np
from numpy.typing import NDArray


def write(into: Path, samples: NDArray[np.int16], rate: int) -> None:
    """`samples`: (n,) for one channel, (n, 2) for two; `rate` in Hz."""
    with wave.open(str(into), "wb") as file:
        file.setnchannels(samples.shape[1] if samples.ndim == 2 else 1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.astype("<i2").tobytes())
