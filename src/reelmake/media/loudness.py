"""The loudness of a whole programme (EBU R128), in two passes: measured, then brought to what is wanted by one gain.

Where peaks would be too high with it, the limiter takes them down, and what was encoded is measured again, for an
encoder may make peaks that were not there. Knows nothing of what is on the tape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from reelmake.errors import LocalTool
from reelmake.media import aac, ffmpeg, limiter, tones
from reelmake.media.sound import Samples, Writer
from reelmake.media.tape import Tape
from reelmake.model.mix import MixWork
from reelmake.model.time import SAMPLE_RATE
from reelmake.ports import Tell

BOOST = 20.0  # dB of gain at most on the way to the loudness that is wanted
SQUASH = 12.0  # dB that the limiter takes off a peak at most; more would be heard
NEAR = 0.1  # LU from what is wanted that are let be
_TRIES = 6
_EAGER = 1.5  # of what is missing: the limiter takes some of it away again
CODECS = {  # (container, encoder, form of samples)
    "aac": ("ipod", "aac", "fltp"),
    "opus": ("opus", "libopus", "flt"),
    "flac": ("flac", "flac", "s32"),
    "pcm": ("wav", "pcm_s24le", "s32"),
}


@dataclass(frozen=True, slots=True)
class Loudness:
    """`integrated` in LUFS, -inf if there is nothing to measure; `peak` in dBTP."""

    integrated: float
    peak: float

    @property
    def audible(self) -> bool:
        return math.isfinite(self.integrated) and self.integrated >= -70


def measure(file: Path, *, raw: bool = False) -> Loudness:
    """Of a file, or of a tape's (`raw`)."""
    form = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2"] if raw else []
    said = ffmpeg.measure([*form, "-i", str(file), "-af", "ebur128=peak=true:framelog=quiet", "-f", "null", "-"])
    return Loudness(_figure("I", said), _figure("Peak", said))


def _figure(name: str, said: str) -> float:
    """A figure of the summary that the loudness meter prints."""
    found = re.findall(rf"^\s*{name}:\s*(-?inf|nan|[-+.\d]+) (?:LUFS|dBFS)", said, re.MULTILINE)
    if not found:
        raise LocalTool(f"ffmpeg did not say how loud the sound is ({name})")
    return float(found[-1])


def encode(work: MixWork, mixed: Tape, into: Path, tell: Tell) -> None:
    """Writes the tape, as loud as `work` wants it."""
    before = measure(mixed.file, raw=True) if work.loudness is not None else None
    tell(0.7, "")
    if work.loudness is None or before is None or not before.audible:
        _write(mixed, into, 0.0, work)
        return
    wanted, allowed = float(work.loudness), float(work.true_peak)
    most = min(allowed + SQUASH - before.peak, BOOST)
    gain = min(wanted - before.integrated, most)
    ceiling, reached = allowed, before.integrated + gain
    for _ in range(_TRIES):
        if before.peak + gain <= ceiling:
            _write(mixed, into, gain, work)
        else:
            reached = _write_limited(mixed, into, _Aim(wanted, gain, most, ceiling), work)
        if before.peak + gain < allowed - 1.0:
            break
        over = measure(into).peak - allowed
        if over <= 0:
            break
        ceiling -= over + 0.1
    else:
        tell(0.9, f"encoding it makes true peaks above {allowed:g} dBTP, however low they were before")
    if reached < wanted - 0.5:
        tell(0.9, f"{reached:.1f} LUFS is as loud as its peaks allow; {wanted:.0f} was wanted")


@dataclass(frozen=True, slots=True)
class _Aim:
    """`wanted` in LUFS; the `gain` to begin with and the `most` there may be, in dB; `ceiling` in dBTP."""

    wanted: float
    gain: float
    most: float
    ceiling: float


def _write_limited(mixed: Tape, into: Path, aim: _Aim, work: MixWork) -> float:
    """What the limiter takes away of the loudness is given back before it, as far as it goes; the LUFS reached."""
    gain, reached, high = aim.gain, aim.wanted, limiter.peaks(mixed)
    with Tape(into.with_name(f".{into.name}.limited.f32"), mixed.length) as limited:
        for _ in range(_TRIES):
            points = limiter.reduction(high * 10 ** (gain / 20), aim.ceiling)
            for at, block in _amplified(mixed, gain):
                limited.write(at, block * limiter.gains(points, at, block.shape[1]))
            reached = measure(limited.file, raw=True).integrated
            missing = aim.wanted - reached
            if abs(missing) <= NEAR or (gain >= aim.most and missing > 0):
                break
            gain = min(gain + missing * (_EAGER if missing > 0 else 1.0), aim.most)
        _write(limited, into, 0.0, work)
    return reached


def _amplified(tape: Tape, gain: float) -> Iterator[tuple[int, Samples]]:
    factor = np.float32(10 ** (gain / 20))
    return ((at, block * factor) for at, block in tape.blocks())


def _write(tape: Tape, into: Path, gain: float, work: MixWork) -> None:
    with Writer(into, *CODECS[work.codec], work.bitrate) as out:
        if work.codec != "aac":
            for _, block in _amplified(tape, gain):
                out.write(np.clip(block, -1, 1))
            return
        coder = tones.coder((block for _, block in _amplified(tape, gain)), work.bitrate)
        factor = np.float32(10 ** (gain / 20))
        for packets in aac.packets(
            lambda *part: np.clip(tape.read(*part) * factor, -1, 1), tape.length, work.bitrate, coder
        ):
            out.add(packets)
