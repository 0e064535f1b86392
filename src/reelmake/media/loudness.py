"""The loudness of a whole programme (EBU R128), in two passes: measured, then brought to what is wanted by one gain.

A meter weighs the sound and gives the loudness of every block; which blocks count is decided here, for FFmpeg's own
sum ends at +10 LUFS and says -70 where there is nothing to measure. Where peaks would be too high with the gain, the
limiter takes them down, and what was encoded is measured again, for an encoder may make peaks that were not there.
Knows nothing of what is on the tape.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelmake.errors import LocalTool
from reelmake.media import aac, ffmpeg, limiter
from reelmake.media.sample_file import SampleFile
from reelmake.media.sound_file import Samples, SoundWriter
from reelmake.model.mix import MixWork
from reelmake.model.time import SAMPLE_RATE
from reelmake.ports import Tell
from reelmake.records import dataclass

BOOST = 20.0  # dB of gain at most on the way to the loudness that is wanted
SQUASH = 12.0  # dB that the limiter takes off a peak at most; more would be heard
NEAR = 0.1  # LU from what is wanted that are let be
GATE = -70.0  # LUFS: what is not louder does not count
BELOW = 10.0  # LU below the mean of what counts: what is not louder than that does not count either
BLOCK = 0.4  # seconds that are measured at once, every tenth of a second
_MOMENTARY = "lavfi.r128.M"
_FILLING = 3  # of the meter's first figures, which are of less than a block
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
    """`integrated` in LUFS, -inf where there is nothing to measure: less than a block, or nothing above the gate;
    `peak` in dBTP."""

    integrated: float
    peak: float


def measure(file: Path, *, raw: bool = False) -> Loudness:
    """Of a file, or of a tape's (`raw`)."""
    form = ["-f", "f32le", "-ar", str(SAMPLE_RATE), "-ac", "2"] if raw else []
    meter = f"ebur128=peak=true:metadata=1:framelog=quiet,ametadata=print:key={_MOMENTARY}:file=-"
    blocks: list[float] = []

    def hear(line: bytes) -> None:
        name, _, loudness = line.partition(b"=")
        if name == _MOMENTARY.encode():
            blocks.append(float(loudness))

    said = ffmpeg.measure([*form, "-i", str(file), "-af", meter, "-f", "null", "-"], hear)
    peak = re.findall(r"^\s*Peak:\s*(-?inf|nan|[-+.\d]+) dBFS", said, re.MULTILINE)
    if not peak:
        raise LocalTool("ffmpeg did not say how loud the sound is")
    return Loudness(gated(blocks[_FILLING:]), float(peak[-1]))


def gated(blocks: Sequence[float]) -> float:
    """The loudness of a whole by that of its blocks, in LUFS (ITU-R BS.1770-5, annex 1): what is nearly silent does not
    count, nor what is softer by far than the rest. -inf if nothing is left."""
    loud = np.array([block for block in blocks if block > GATE])  # one that is no number is not louder
    if not len(loud):
        return -math.inf
    return _mean(loud[loud > _mean(loud) - BELOW])


def _mean(blocks: npt.NDArray[np.float64]) -> float:
    return 10 * math.log10(np.mean(10 ** (blocks / 10)))


def encode(work: MixWork, mixed: SampleFile, into: Path, tell: Tell) -> tuple[str, ...]:
    """Writes the tape, as loud as `work` wants it; what there is to say if that could not be done."""
    if work.loudness is None:
        _write(mixed, into, 0.0, work)
        return ()
    before, wanted, allowed = measure(mixed.file, raw=True), float(work.loudness), float(work.true_peak)
    tell(0.7, "")
    if before.integrated == -math.inf:
        _write(mixed, into, 0.0, work)
        return (_unmeasured(before, mixed, wanted),)
    squashed = allowed + SQUASH - before.peak
    most = min(squashed, BOOST)
    gain = min(wanted - before.integrated, most)
    notes: list[str] = []
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
        notes.append(f"encoding raises true peaks above {allowed:g} dBTP, however low they were before")
    if reached < wanted - 0.5:
        bound = "its peaks allow" if squashed < BOOST else f"{BOOST:g} dB of gain make it"
        notes.append(f"the sound reaches {reached:.1f} LUFS, as loud as {bound}; the target was {wanted:g}")
    return tuple(notes)


def _unmeasured(before: Loudness, mixed: SampleFile, wanted: float) -> str:
    """Why there is no loudness, and what was done about it."""
    if before.peak == -math.inf:
        return f"the sound cannot be brought to {wanted:g} LUFS: it is silent throughout"
    why = f"nowhere above {GATE:g} LUFS, which is too quiet"
    if mixed.length < BLOCK * SAMPLE_RATE:
        why = f"shorter than {BLOCK:g} s, which is too short"
    return f"the sound is {why} to measure; its level is left as it is, not brought to {wanted:g} LUFS"


@dataclass(frozen=True, slots=True)
class _Aim:
    """`wanted` in LUFS; the `gain` to begin with and the `most` there may be, in dB; `ceiling` in dBTP."""

    wanted: float
    gain: float
    most: float
    ceiling: float


def _write_limited(mixed: SampleFile, into: Path, aim: _Aim, work: MixWork) -> float:
    """What the limiter takes away of the loudness is given back before it, as far as it goes; the LUFS reached."""
    gain, reached, high = aim.gain, aim.wanted, limiter.peaks(mixed)
    with SampleFile(into.with_name(f".{into.name}.limited.f32"), mixed.length) as limited:
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


def _amplified(tape: SampleFile, gain: float) -> Iterator[tuple[int, Samples]]:
    factor = np.float32(10 ** (gain / 20))
    return ((at, block * factor) for at, block in tape.blocks())


def _write(tape: SampleFile, into: Path, gain: float, work: MixWork) -> None:
    with SoundWriter(into, *CODECS[work.codec], work.bitrate) as out:
        if work.codec != "aac":
            for _, block in _amplified(tape, gain):
                out.write(np.clip(block, -1, 1))
            return
        coder = aac.coder((block for _, block in _amplified(tape, gain)), work.bitrate)
        factor = np.float32(10 ** (gain / 20))
        for packets in aac.packets(
            lambda *part: np.clip(tape.read(*part) * factor, -1, 1), tape.length, work.bitrate, coder
        ):
            out.add(packets)
