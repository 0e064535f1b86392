"""Sound files that say exactly what is on them, and a mix read back to the sample."""

from __future__ import annotations

import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np

from reelmake.media import aac
from reelmake.media.loudness import CODECS
from reelmake.media.sound_file import SoundWriter, decoded
from reelmake.model.storyboard import Storyboard
from reelmake.model.time import SAMPLE_RATE
from tests.support.film import Room


def wav(file: Path, samples: np.ndarray, rate: int = SAMPLE_RATE) -> Path:
    """Samples of shape (n,) or (channels, n), in 16 bits."""
    channels = np.atleast_2d(samples)
    with wave.open(str(file), "wb") as out:
        out.setnchannels(len(channels))
        out.setsampwidth(2)
        out.setframerate(rate)
        out.writeframes(np.rint(channels.T * 32768).clip(-32768, 32767).astype("<i2").tobytes())
    return file


def floats(file: Path, samples: np.ndarray) -> Path:
    """Samples of shape (n,) as they are, whatever they are."""
    with av.open(str(file), "w") as out:
        track = out.add_stream("pcm_f32le", rate=SAMPLE_RATE, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.astype(np.float32).reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate = SAMPLE_RATE
        out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return file


def surround(file: Path, samples: np.ndarray) -> Path:
    """Samples of shape (6, n) as FLAC: left, right, centre, low, back left, back right."""
    with av.open(str(file), "w") as out:
        track = out.add_stream("flac", rate=SAMPLE_RATE, layout="5.1")
        whole = np.rint(samples * 32767).astype(np.int16).T.reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(whole), format="s16", layout="5.1")
        frame.sample_rate = SAMPLE_RATE
        out.mux(track.encode(frame))
        out.mux(track.encode(None))
    return file


def mixed(room: Room, board: Storyboard) -> np.ndarray:
    """The mix without an encoder's loss, shape (2, n)."""
    file = room.sound(board, "pcm")
    with av.open(str(file)) as container:
        whole = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
    return whole.reshape(-1, 2).T / 2.0**31


def encoded(folder: Path, wave: np.ndarray, bitrate: int, coder: str) -> np.ndarray:
    """What AAC makes of samples of shape (2, n): as many, and in the same place."""
    with SoundWriter(folder / "x.m4a", *CODECS["aac"], bitrate) as out:
        for packets in aac.packets(lambda begin, end: wave[:, begin:end], wave.shape[1], bitrate, coder):
            out.add(packets)
    back = list(decoded(folder / "x.m4a", Fraction(0)))
    return np.concatenate(back, axis=1) if back else np.zeros((2, 0), np.float32)


def tone(hertz: float, seconds: float, level: float = -20.0) -> np.ndarray:
    """A sine of `level` dBFS (its RMS)."""
    t = np.arange(round(seconds * SAMPLE_RATE)) / SAMPLE_RATE
    return np.asarray(10 ** (level / 20) * np.sqrt(2) * np.sin(2 * np.pi * hertz * t))


def level(sound: np.ndarray, begin: float, end: float, hertz: float = 0.0) -> float:
    """dBFS of seconds [begin, end) of the left channel; of one tone in it, if `hertz`."""
    part = sound[0, round(begin * SAMPLE_RATE) : round(end * SAMPLE_RATE)]
    if not hertz:
        return float(10 * np.log10((part**2).mean() + 1e-20))
    t = np.arange(len(part)) / SAMPLE_RATE
    return float(20 * np.log10(2 * abs((part * np.exp(-2j * np.pi * hertz * t)).mean()) / np.sqrt(2) + 1e-10))
