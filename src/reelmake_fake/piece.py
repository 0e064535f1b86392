"""A piece: a still or a sound that is ordered and answered at once. What decides about its bytes, and how it is made.

Stills are flat colours told by the order, or the picture they start from in another tint; a character of speech is a
tone of a sixteenth of a second, so when it is said is exact. Knows nothing of money and of HTTP.
"""

from __future__ import annotations

import hashlib
import json
import wave
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from fractions import Fraction
from io import BytesIO
from pathlib import Path
from typing import Any, Literal

import av
import numpy as np
from PIL import Image, ImageDraw

PieceKind = Literal["image", "image-edit", "speech", "music", "sound"]
RATE = 24_000  # samples a second
EACH = Fraction(1, 16)  # seconds of a character
STILLS = {"png": "image/png", "jpeg": "image/jpeg", "webp": "image/webp"}
SOUNDS = {"wav": "audio/wav", "mp3": "audio/mpeg", "flac": "audio/flac", "pcm": "audio/pcm"}
_CODECS = {"mp3": "libmp3lame", "flac": "flac"}


@dataclass(frozen=True, slots=True)
class Piece:
    """`seconds`: of music and sounds. `pictures`: digests of what an edit starts from. `form`: of STILLS or SOUNDS.
    `number`: the first, second … of equal orders; 0 = does not count. `script`: the order's own words."""

    operation: PieceKind
    model: str
    prompt: str
    form: str
    width: int = 0
    height: int = 0
    voice: str = ""
    seconds: Fraction = Fraction(0)
    pictures: tuple[str, ...] = ()
    extras: Mapping[str, Any] = field(default_factory=dict)
    number: int = 0
    script: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """What equal orders have in common."""
        said = {**asdict(replace(self, number=0)), "script": (), "seconds": str(self.seconds)}
        return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()

    @property
    def size(self) -> str:
        return f"{self.width}x{self.height}" if self.width else ""

    @property
    def media_type(self) -> str:
        return STILLS.get(self.form) or SOUNDS[self.form]


def made(piece: Piece, pictures: Sequence[Path]) -> bytes:
    """The file. The same bytes for the same piece."""
    if piece.operation in ("image", "image-edit"):
        return _still(piece, pictures)
    return _sound(piece)


def said(piece: Piece) -> dict[str, list[Any]]:
    """Of speech: its characters, and when each begins and ends, in seconds."""
    ends = [float(EACH * n) for n in range(len(piece.prompt) + 1)]
    return {
        "characters": list(piece.prompt),
        "character_start_times_seconds": ends[:-1],
        "character_end_times_seconds": ends[1:],
    }


def _seed(piece: Piece) -> bytes:
    """Of what is seen or heard, whatever form it has."""
    return hashlib.sha256(f"{replace(piece, form='').kind} {piece.number}".encode()).digest()


def _still(piece: Piece, pictures: Sequence[Path]) -> bytes:
    seed = _seed(piece)
    tint = Image.new("RGB", (piece.width, piece.height), (seed[0], seed[1], seed[2]))
    if pictures:
        with Image.open(pictures[0]) as source:
            tint = Image.blend(source.convert("RGB").resize(tint.size), tint, 0.3)
    draw = ImageDraw.Draw(tint)
    at = piece.width * seed[3] // 256
    draw.rectangle((at, 0, at + piece.width // 8, piece.height), fill=(seed[4], seed[5], seed[6]))
    draw.text((4, 4), piece.prompt[:200].encode("ascii", "replace").decode(), fill="white")
    out = BytesIO()
    tint.save(out, piece.form.upper())
    return out.getvalue()


def _sound(piece: Piece) -> bytes:
    seed = _seed(piece)
    samples = _speech(piece.prompt, 150 + seed[0] / 4) if piece.operation == "speech" else _chord(piece.seconds, seed)
    if piece.form == "pcm":
        return bytes(samples.tobytes())
    if piece.form in _CODECS:
        return _encoded(samples, piece.form)
    out = BytesIO()
    with wave.open(out, "wb") as file:
        file.setparams((1, 2, RATE, 0, "NONE", ""))
        file.writeframes(samples.tobytes())
    return out.getvalue()


def _speech(text: str, pitch: float) -> Any:
    """A tone for each letter, silence for what is none."""
    length = int(RATE * EACH)
    at = np.arange(length) / RATE
    swell = 6000 * np.sin(np.pi * np.arange(length) / length)
    tones = [swell * np.sin(2 * np.pi * (pitch + ord(c) % 32 * 8) * at) * c.isalnum() for c in text]
    return np.concatenate(tones).astype("<i2")


def _chord(seconds: Fraction, seed: bytes) -> Any:
    at = np.arange(round(seconds * RATE)) / RATE
    root = 110 + seed[0] / 2
    tones = np.stack([np.sin(2 * np.pi * root * part * at) for part in (1, 1.25, 1.5)])
    return (2500 * tones.sum(axis=0)).astype("<i2")


def _encoded(samples: Any, form: str) -> bytes:
    out = BytesIO()
    with av.open(out, "w", format=form) as container:
        stream: Any = container.add_stream(_CODECS[form], rate=RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples[np.newaxis, :], format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)
    return out.getvalue()
