"""Small files of every kind that a storyboard may name, whole, by the ending of their names."""

from __future__ import annotations

import io
from pathlib import PurePosixPath

import av
import numpy as np
from PIL import Image

from reelmake.media.font import font

LUT = "LUT_3D_SIZE 2\n" + "".join(f"{r} {g} {b}\n" for b in (0, 1) for g in (0, 1) for r in (0, 1))
WORDS = "1\n00:00:00,100 --> 00:00:01,000\nGood morning.\n\n"


def content(name: str) -> bytes:
    """What may stand in a file of this name."""
    suffix = PurePosixPath(name).suffix
    if suffix in (".png", ".jpg", ".webp"):
        return picture(suffix.removeprefix(".").replace("jpg", "jpeg"))
    if suffix in (".wav", ".flac"):
        return sound(suffix.removeprefix("."))
    if suffix in (".ttf", ".otf"):
        return font("regular").read_bytes()
    return {".cube": LUT, ".srt": WORDS}[suffix].encode()


def picture(form: str = "png", **how: object) -> bytes:
    into = io.BytesIO()
    Image.new("RGB", (64, 36), "red").save(into, form, **how)
    return into.getvalue()


def sound(form: str = "wav", seconds: float = 1) -> bytes:
    into = io.BytesIO()
    wave = (8000 * np.sin(np.arange(int(seconds * 48_000)) / 20)).astype(np.int16).reshape(1, -1)
    with av.open(into, "w", format=form) as out:
        track = out.add_stream({"wav": "pcm_s16le", "flac": "flac"}[form], rate=48_000, layout="mono")
        if wave.size:
            frame = av.AudioFrame.from_ndarray(wave, format="s16", layout="mono")
            frame.sample_rate = 48_000
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return into.getvalue()
