"""Makes what the film needs beside its text: a reference picture, a piece of footage and a bed of music.

They are in git, so nobody has to run this; what is there is left alone unless --again is given. Nothing is random: on
one machine the same files come out every time. Knows nothing of reelmake.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterator
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

HERE = Path(__file__).parent
RATE = 48_000
WIDTH, HEIGHT, FPS = 640, 360, 25
BARS = 14  # of music, a little more than the film needs

Samples = NDArray[np.float64]


def main() -> None:
    again = "--again" in sys.argv[1:]
    wanted: dict[str, Callable[[Path], None]] = {
        "refs/maya.png": portrait,
        "footage/street.mp4": street,
        "audio/bed.ogg": bed,
    }
    for name, make in wanted.items():
        path = HERE / name
        if again or not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            make(path)


def portrait(path: Path) -> None:
    """A girl in a red raincoat with short black hair, flat as a paper cut."""
    big = 4
    picture = Image.new("RGB", (480 * big, 480 * big), "#e9dcc3")
    draw = ImageDraw.Draw(picture)

    def oval(x: float, y: float, w: float, h: float, fill: str) -> None:
        draw.ellipse([(x - w) * big, (y - h) * big, (x + w) * big, (y + h) * big], fill=fill)

    oval(240, 250, 210, 210, "#f0c987")
    draw.polygon([(c * big, r * big) for c, r in ((80, 480), (160, 330), (320, 330), (400, 480))], fill="#c8322b")
    oval(240, 338, 82, 40, "#a82822")
    draw.rectangle([216 * big, 280 * big, 264 * big, 340 * big], fill="#c98f6b")
    oval(240, 205, 98, 108, "#1d1a1c")
    oval(240, 222, 78, 88, "#d9a27c")
    draw.pieslice([150 * big, 105 * big, 330 * big, 285 * big], 180, 360, fill="#1d1a1c")
    for x in (210, 270):
        oval(x, 226, 8, 10, "#2a2022")
        oval(x + 2, 223, 2.5, 3, "#ffffff")
    draw.arc([215 * big, 240 * big, 265 * big, 275 * big], 20, 160, fill="#8c4a3c", width=4 * big)
    draw.line([(240 * big, 372 * big), (240 * big, 480 * big)], fill="#8f1f1a", width=3 * big)
    picture.resize((480, 480), Image.Resampling.LANCZOS).quantize(64).save(path, optimize=True)


def street(path: Path) -> None:
    """Four seconds of a tram that crosses a street, at 25 frames a second, with its rumble."""
    with av.open(str(path), "w", options={"movflags": "+faststart"}) as file:
        picture = file.add_stream("libx264", rate=FPS, options={"crf": "27", "preset": "slow", "threads": "1"})
        picture.width, picture.height, picture.pix_fmt = WIDTH, HEIGHT, "yuv420p"
        sound = file.add_stream("aac", rate=RATE, layout="mono")
        sound.bit_rate = 64_000
        for image in tram():
            file.mux(picture.encode(av.VideoFrame.from_image(image)))
        file.mux(picture.encode())
        for block in blocks(rumble(4.0)[None, :], "mono"):
            file.mux(sound.encode(block))
        file.mux(sound.encode())


def tram() -> Iterator[Image.Image]:
    """The frames: facades that stand still, a yellow tram that passes, the shadow below it."""
    rows = np.linspace(0, 1, HEIGHT)[:, None, None]
    sky = (np.array([168, 190, 204]) * (1 - rows) + np.array([236, 214, 182]) * rows).repeat(WIDTH, axis=1)
    scene = Image.fromarray(sky.astype(np.uint8))
    draw = ImageDraw.Draw(scene)
    tones = ("#b98d6a", "#d0ab84", "#8f9d8b", "#c7a08f", "#a4b0b4", "#cbb48e")
    for i, tone in enumerate(tones):
        left, top = i * 112 - 16, 70 + (i * 37) % 50
        draw.rectangle([left, top, left + 108, 268], fill=tone)
        for x in range(left + 12, left + 96, 26):
            for y in range(top + 16, 240, 36):
                draw.rectangle([x, y, x + 13, y + 20], fill="#4c5660")
    scene = scene.filter(ImageFilter.GaussianBlur(1.1))
    draw = ImageDraw.Draw(scene)
    draw.rectangle([0, 266, WIDTH, HEIGHT], fill="#77716c")
    for y in (300, 322):
        draw.line([(0, y), (WIDTH, y)], fill="#a9a39b", width=2)
    for n in range(4 * FPS):
        frame = scene.copy()
        _tram(ImageDraw.Draw(frame), -330 + n * 10, round(math.sin(n / 4) * 0.8))
        yield frame


def _tram(draw: ImageDraw.ImageDraw, x: int, sway: int) -> None:
    y = 168 + sway
    draw.ellipse([x + 4, 306, x + 312, 328], fill="#5c5751")
    draw.rounded_rectangle([x, y, x + 316, 306], 16, fill="#e8b92f")
    draw.rectangle([x, y + 84, x + 316, y + 96], fill="#f4ead2")
    for i in range(6):
        left = x + 16 + i * 50
        draw.rounded_rectangle([left, y + 20, left + 38, y + 74], 5, fill="#33424d")
        draw.polygon(
            [(left + 6, y + 70), (left + 20, y + 24), (left + 28, y + 24), (left + 14, y + 70)], fill="#566a77"
        )
    for wheel in (60, 110, 206, 256):
        draw.ellipse([x + wheel - 15, 294, x + wheel + 15, 324], fill="#2c2a29")
    draw.line([(x + 158, y), (x + 190, y - 46)], fill="#3a3a3a", width=3)


def rumble(seconds: float) -> Samples:
    """A low hum with the beat of rail joints, loudest in the middle."""
    t = np.arange(round(seconds * RATE)) / RATE
    hum = (
        0.5 * np.sin(2 * np.pi * 58 * t) + 0.25 * np.sin(2 * np.pi * 116 * t + 0.6) + 0.1 * np.sin(2 * np.pi * 331 * t)
    )
    beat = np.exp(-((t * 2.5) % 1.0) * 14) * np.sin(2 * np.pi * 210 * t)
    swell = np.sin(np.pi * t / seconds) ** 2
    return np.asarray((0.35 * hum + 0.3 * beat) * swell, dtype=np.float64)


def bed(path: Path) -> None:
    """Forty-five seconds of four slow chords under a plucked line."""
    with av.open(str(path), "w", options={"fflags": "+bitexact"}) as file:
        stream = file.add_stream("libopus", rate=RATE, layout="stereo")
        stream.bit_rate = 20_000
        for block in blocks(music(), "stereo"):
            file.mux(stream.encode(block))
        file.mux(stream.encode())


def music() -> Samples:
    """Two channels: D, B minor, G, A, four beats each at 74 beats a minute."""
    beat = 60 / 74
    chords = ((146.83, 220.0, 293.66, 369.99), (123.47, 185.0, 293.66, 369.99), (98.0, 196.0, 293.66, 392.0), (110.0,
              220.0, 277.18, 440.0))  # fmt: skip
    total = np.zeros((2, round(BARS * 4 * beat * RATE)))
    for bar in range(BARS):
        chord = chords[bar % 4]
        start = round(bar * 4 * beat * RATE)
        for i, pitch in enumerate(chord):
            _add(total, start, pad(pitch, 4.6 * beat), (0.35, 0.65) if i % 2 else (0.65, 0.35), 0.11)
        for eighth in range(8) if bar >= 4 else ():
            pitch = chord[(eighth * 3 + bar) % 4] * (2 if eighth % 4 == 3 else 1)
            side = 0.3 + 0.4 * (eighth % 2)
            _add(total, start + round(eighth * beat / 2 * RATE), pluck(pitch * 2), (1 - side, side), 0.10)
    return np.asarray(total / np.abs(total).max() * 0.7)


def _add(total: Samples, start: int, sound: Samples, sides: tuple[float, float], gain: float) -> None:
    length = min(len(sound), total.shape[1] - start)
    total[:, start : start + length] += np.outer(np.array(sides) * gain, sound[:length])


def pad(pitch: float, seconds: float) -> Samples:
    """A soft chord tone, slightly out of tune with itself, that swells and dies away."""
    t = np.arange(round(seconds * RATE)) / RATE
    tone = sum(np.sin(2 * np.pi * pitch * d * t) for d in (0.9985, 1.0, 1.0015)) + 0.3 * np.sin(4 * np.pi * pitch * t)
    return np.asarray(tone * np.minimum(1, t / 0.7) * np.minimum(1, (seconds - t) / 0.8))


def pluck(pitch: float) -> Samples:
    """A short bell-like tone."""
    t = np.arange(round(1.2 * RATE)) / RATE
    tone = np.sin(2 * np.pi * pitch * t) + 0.4 * np.sin(2 * np.pi * pitch * 2.01 * t) * np.exp(-t * 6)
    return np.asarray(tone * np.exp(-t * 3.2) * np.minimum(1, t / 0.004))


def blocks(samples: Samples, layout: str) -> Iterator[av.AudioFrame]:
    """Frames of 960 samples, as encoders like them."""
    planes = samples.astype(np.float32)
    for start in range(0, planes.shape[1], 960):
        part = np.ascontiguousarray(planes[:, start : start + 960].T.reshape(1, -1))
        frame = av.AudioFrame.from_ndarray(part, format="flt", layout=layout)
        frame.sample_rate, frame.pts, frame.time_base = RATE, start, Fraction(1, RATE)
        yield frame


if __name__ == "__main__":
    main()
