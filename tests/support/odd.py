"""Odd footage: what cameras, phones, recorders and websites give, made by ffmpeg out of one plain clip.

The plain clip is two seconds at 24 frames a second; every frame says its number, and BEEPS says when it is heard.
"""

from __future__ import annotations

import shlex
import subprocess
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from pathlib import Path

import av
import numpy as np

from reelmake.media import ffmpeg
from tests.support.bytes_of import clean
from tests.support.film import Room, read

BEEPS = (Fraction(1, 2), Fraction(3, 2))  # seconds at which the plain clip is heard
LONG = 0.03  # seconds of a beep
X264 = "-c:v libx264 -preset ultrafast -crf 12"


@dataclass(frozen=True)
class Odd:
    """How ffmpeg makes it out of the plain clip.

    `says`: what a plan tells of it. `drift`: by how many frames a picture may be off, for another rate shows others.
    `begins`: the first frame of the plain clip that is seen. `late`: seconds by which the file itself has each beep
    late, since its container cannot say what an encoder put in front. `turned`: it is stored as it is not to be seen.
    `then`: how a second part is made, whose packets follow; `apart`: as a recording of its own, with its own clock.
    `after`: what is done to its bytes. `refused`: a part of what is said of a file that we do not take.
    """

    how: str
    name: str = "x.mp4"
    says: str = ""
    drift: int = 0
    begins: int = 0
    sound: bool = True
    late: tuple[Fraction, Fraction] = (Fraction(0), Fraction(0))
    turned: bool = False
    then: str = ""
    apart: bool = False
    after: Callable[[bytes], bytes] | None = None
    refused: str = ""


def beep(t: np.ndarray) -> np.ndarray:
    """At BEEPS, a sweep of 400 to 2000 Hz: it stands out of any mix, and its place is found to the sample."""
    wave = np.zeros(len(t))
    for at in BEEPS:
        inside = (t >= float(at)) & (t < float(at) + LONG)
        wave[inside] = _sweep(t[inside] - float(at))
    return wave


def _sweep(t: np.ndarray) -> np.ndarray:
    return 0.6 * np.sin(np.pi * t / LONG) ** 2 * np.sin(2 * np.pi * (400 * t + 1600 / LONG * t**2 / 2))


def offset(wave: np.ndarray, at: Fraction) -> tuple[float, float]:
    """(Seconds by which the beep that is due at `at` is late, how much it is one: 1 = nothing but it is heard)."""
    sample = _sweep(np.arange(int(LONG * 48_000)) / 48_000)
    reach = 9_600
    begin = max(0, round(at * 48_000) - reach)
    part = wave.mean(axis=0)[begin : begin + 2 * reach + len(sample)].astype(float)
    match = np.correlate(part, sample, "valid")
    peak = int(np.argmax(np.abs(match)))
    power = np.sum(part[peak : peak + len(sample)] ** 2) * np.sum(sample**2)
    return (begin + peak - float(at) * 48_000) / 48_000, abs(float(match[peak])) / float(np.sqrt(power) or 1)


def props(room: Room) -> None:
    """Clips a, c and plain, and what else the rows of the table name."""
    room.clip("a", 1, 24, sound=beep)
    room.clip("c", 3, 24, sound=beep)
    room.clip("plain", 2, 48, sound=beep, options={"bf": "2", "g": "24", "preset": "veryfast"})
    plain = str(room.clips["plain"])
    made("-f", "lavfi", "-i", "testsrc=s=32x32", "-frames:v", "1", str(room.folder / "cover.png"))
    (room.folder / "words.srt").write_text("1\n00:00:00,100 --> 00:00:01,000\nHello\n\n")
    rim = ["-vf", "pad=240:128:16:16:red", *shlex.split(X264), "-c:a", "copy"]
    made("-i", plain, *rim, str(room.folder / "clean.mp4"))
    (room.folder / "clean.mp4").write_bytes(clean(208, 96)((room.folder / "clean.mp4").read_bytes()))
    rim[1] = "transpose=2,pad=128:240:16:16:red"
    made("-i", plain, *rim, str(room.folder / "rim.mp4"))
    for name, turn in {"side": "transpose=2", "head": "hflip,vflip", "mirror": "hflip", "flip": "vflip"}.items():
        how = ["-vf", turn, "-c:v", "libx264", "-crf", "12", "-c:a", "copy"]
        made("-i", plain, *how, str(room.folder / f"{name}.mp4"))


def made(*arguments: str) -> None:
    subprocess.run([ffmpeg.program(), "-loglevel", "error", "-y", *arguments], check=True, stdin=subprocess.DEVNULL)


def put(plain: Path, odd: Odd, file: Path) -> Path:
    """Makes the odd clip of the plain one; what else `how` names lies beside that."""
    if odd.after:
        file.write_bytes(odd.after(put(plain, replace(odd, after=None), file).read_bytes()))
        return file
    if odd.then:
        parts = [
            put(plain, replace(odd, how=how, then=""), file.with_stem(f"part{n}"))
            for n, how in enumerate((odd.how, odd.then))
        ]
        if odd.apart:
            file.write_bytes(b"".join(part.read_bytes() for part in parts))
            return file
        listed = file.with_suffix(".txt")
        listed.write_text("".join(f"file {part.name}\nduration 1\n" for part in parts))
        made("-f", "concat", "-i", str(listed), "-c", "copy", str(file))
        return file
    how = [str(plain.parent / w) if (plain.parent / w).is_file() else w for w in shlex.split(odd.how)]
    made("-i", str(plain), *how, str(file))
    return file


@cache
def due(file: Path, frames: int, fps: Fraction) -> list[set[int]]:
    """For each frame of a cut, the numbers it may show: that of the frame seen then, as the file's own times have it.

    Where a frame begins within a twentieth of a frame of the middle between two of ours, both are right.
    """
    with av.open(str(file)) as clip:
        seen = [(f.pts * f.time_base, read(f)[1]) for f in clip.decode(video=0) if f.pts is not None]
    zero, near = seen[0][0], Fraction(1, 20)
    at = [(time - zero) * fps for time, _ in seen]
    assert at == sorted(at)
    return [
        {seen[max(0, bisect_right(at, n + edge) - 1)][1] for edge in (Fraction(1, 2) - near, Fraction(1, 2) + near)}
        for n in range(frames)
    ]
