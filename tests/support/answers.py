"""Files as providers answer with them, small ones: a picture, a sound."""

from __future__ import annotations

import io
import wave

import numpy as np
from PIL import Image


def picture(kind: str = "PNG") -> bytes:
    """64x48 of noise."""
    made = Image.effect_noise((64, 48), 60).convert("RGB")
    out = io.BytesIO()
    made.save(out, kind)
    return out.getvalue()


def tone(seconds: float = 0.5, rate: int = 16_000) -> bytes:
    """A wave file."""
    at = np.arange(int(seconds * rate))
    out = io.BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes((8000 * np.sin(at / 9)).astype("<i2").tobytes())
    return out.getvalue()
