"""Clips to cut, as one model of one provider makes them: H.264 with few keyframes, AAC. Made once, into .cache.

They sound of noise that swells as speech does: pure tones are what AAC encoders take longest for, and no film has them.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from reelmake.media import ffmpeg

KEPT = Path(__file__).resolve().parents[2] / ".cache" / "cut-clips"
FPS = 24
QUICK = ("testsrc2=s={size}:r=24", "gradients=s={size}:r=24:c0=navy:c1=orange:seed={n}")
PROVIDER = ("-preset", "veryfast", "-b:v", "5M")
SOURCES = (*QUICK, "mandelbrot=s={size}:r=24")


def clips(
    count: int,
    seconds: int,
    size: str,
    sources: Sequence[str] = SOURCES,
    encoding: Sequence[str] = PROVIDER,
) -> list[Path]:
    """So many clips at 24 frames a second; no two have a frame in common."""
    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(_clip, n, sources[n % len(sources)], seconds, size, encoding) for n in range(count)]
        return [clip.result() for clip in made]


def music() -> Path:
    """Twenty seconds of one tone."""
    return _made(["-f", "lavfi", "-i", "sine=f=200:r=48000:d=20"], ".flac")


def _clip(number: int, source: str, seconds: int, size: str, encoding: Sequence[str]) -> Path:
    source = source.format(size=size, n=number)
    sound = f"anoisesrc=color=pink:r=48000:a=0.3:seed={number + 1},tremolo=f={2 + number % 5}:d=0.7"
    hue = f"hue=h={number * 30 + number // 12 * 7}"
    picture = ["-vf", hue, "-c:v", "libx264", *encoding, "-threads", "1", "-pix_fmt", "yuv420p"]
    heard = ["-ac", "2", "-c:a", "aac", "-b:a", "128k"]
    ends = ["-t", str(seconds), *picture, *heard, "-flags", "+bitexact", "-fflags", "+bitexact"]
    return _made(["-f", "lavfi", "-i", source, "-f", "lavfi", "-i", sound, *ends], ".mp4")


def _made(arguments: list[str], suffix: str) -> Path:
    """The file of these arguments; its name tells them, so an old one is never taken for another."""
    KEPT.mkdir(parents=True, exist_ok=True)
    name = hashlib.sha256(repr(arguments).encode()).hexdigest()[:16]
    file = KEPT / f"{name}{suffix}"
    if not file.exists():
        part = KEPT / f"{name}.{os.getpid()}.part{suffix}"  # two may make it at once
        subprocess.run([ffmpeg.program(), "-nostdin", "-loglevel", "error", *arguments, "-y", str(part)], check=True)
        part.replace(file)
    return file
