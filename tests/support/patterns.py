"""Footage that can be read back: every frame of every clip is a chequer of its own, and every clip hisses differently.

Frame n of clip c has blocks of 10 by 10 pixels, dark or light as a generator seeded with (c, n) says, so two frames
differ in half of their blocks; second t of its sound is that of a noise seeded with c. Knows nothing of reelmake.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import av
import numpy as np

BLOCK = 10  # pixels
DARK, LIGHT = 50, 200  # luma
RATE = 48_000  # samples a second
LOUD = 0.1  # of full scale: the RMS of a clip's noise


@dataclass(frozen=True)
class Clip:
    """What was written. `sound`: seconds of it, 0 = it has none; `fps` 0 = a picture."""

    number: int
    frames: int
    fps: Fraction
    width: int = 160
    height: int = 90
    sound: Fraction = Fraction(0)

    @property
    def seconds(self) -> Fraction:
        return self.frames / self.fps

    @property
    def still(self) -> bool:
        return not self.fps


@cache
def chequer(clip: int, frame: int, columns: int, rows: int) -> np.ndarray:
    """Luma of the blocks, shape (rows, columns)."""
    bits = np.random.default_rng((clip, frame)).integers(0, 2, (rows, columns))
    return np.where(bits, float(LIGHT), float(DARK))


def blocks(clip: Clip, frame: int) -> np.ndarray:
    return chequer(clip.number, 0 if clip.still else frame, clip.width // BLOCK, clip.height // BLOCK)


@cache
def noise(clip: int, seconds: int = 12) -> np.ndarray:
    """The sound of a clip from its beginning on, mono."""
    loudest = LOUD * 3**0.5
    return np.random.default_rng((clip, 1 << 20)).uniform(-loudest, loudest, seconds * RATE)


def luma(clip: Clip, frame: int) -> np.ndarray:
    """The whole picture, shape (height, width)."""
    return np.kron(blocks(clip, frame), np.ones((BLOCK, BLOCK))).astype(np.uint8)


def write(file: Path, clip: Clip) -> Path:
    """The clip as H.264 with PCM (a .mov), or as AAC where the suffix is .mp4; a still as PNG."""
    if clip.still:
        from PIL import Image

        grey = (luma(clip, 0).astype(float) - 16) * 255 / 219
        Image.fromarray(np.repeat(np.rint(grey).astype(np.uint8)[:, :, None], 3, axis=2)).save(file)
        return file
    with av.open(str(file), "w") as out:
        track: Any = out.add_stream("libx264", rate=clip.fps, options={"crf": "12", "preset": "veryfast", "g": "12"})
        track.width, track.height, track.pix_fmt, track.thread_count = clip.width, clip.height, "yuv420p", 1
        track.codec_context.time_base = 1 / clip.fps
        voice: Any = out.add_stream("aac" if file.suffix == ".mp4" else "pcm_s16le", rate=RATE) if clip.sound else None
        if voice:
            voice.layout = "stereo"
        for n in range(clip.frames):
            planes = np.full((clip.height * 3 // 2, clip.width), 128, np.uint8)
            planes[: clip.height] = luma(clip, n)
            frame = av.VideoFrame.from_ndarray(planes, format="yuv420p")
            frame.pts, frame.time_base = n, 1 / clip.fps
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
        if voice:
            _speak(out, voice, clip)
    return file


def _speak(out: Any, voice: Any, clip: Clip) -> None:
    wave = noise(clip.number)[: round(clip.sound * RATE)]
    if voice.codec_context.name == "aac":
        block = av.AudioFrame.from_ndarray(np.tile(wave.astype(np.float32), (2, 1)), format="fltp", layout="stereo")
    else:
        both = np.repeat(np.rint(wave * 32768).astype(np.int16), 2).reshape(1, -1)
        block = av.AudioFrame.from_ndarray(both, format="s16", layout="stereo")
    block.sample_rate, block.pts, block.time_base = RATE, 0, Fraction(1, RATE)
    out.mux(voice.encode(block))
    out.mux(voice.encode(None))
