"""The mix of a whole cut: every entry's sound at its place, narration, effects and music with it, in blocks.

Memory does not grow with the number of entries, and hardly with the length of the cut. Knows nothing of pictures.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from fractions import Fraction
from pathlib import Path

import numpy as np
import numpy.typing as npt

from reelmake.errors import LocalTool
from reelmake.media import duck
from reelmake.media.loudness import encode
from reelmake.media.sample_file import SampleFile
from reelmake.media.sound_file import BLOCK, EDGE, Samples, backwards, decoded
from reelmake.model.mix import Bed, MixWork, SoundLayer, SoundPlacement
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, nearest, samples
from reelmake.ports import Tell


def mix(work: MixWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the whole programme, exactly as long as the cut."""
    total = samples(work.frames, work.fps)
    try:
        with SampleFile(into.with_name(f".{into.name}.mix.f32"), total) as mixed:
            _mix(work, inputs, mixed, tell)
            notes = encode(work, mixed, into, tell)
    except OSError as error:
        raise LocalTool(f"the sound could not be written: {error.strerror or error}") from error
    return Facts(bytes=into.stat().st_size, seconds=Fraction(total, SAMPLE_RATE), audio=True, notes=notes)


def _mix(work: MixWork, inputs: Mapping[str, Path], mixed: SampleFile, tell: Tell) -> None:
    """The clips first, for others step back under them; then narration, under which even clips do; then the rest."""
    _lay_clips(work, inputs, mixed, tell)
    speech = _speech(work, inputs, mixed)
    music = work.music is not None or any(layer.kind == "music" for layer in work.layers)
    clips = duck.heard(mixed, duck.CLIP) if music else speech
    if work.duck and speech.any():
        depths = duck.depths(speech, float(work.duck))
        for at, block in mixed.blocks():
            mixed.write(at, block * _softer(depths, at, block.shape[1]))
    if work.stem not in ("", "clips"):
        mixed.erase()
    if work.music and work.stem in ("", "music"):
        _lay_music(work.music, inputs["music"], mixed, duck.depths(clips | speech, float(work.music.duck)))
    for number, layer in enumerate(work.layers, 1):
        if work.stem not in ("", layer.kind):
            continue
        under = speech | clips if layer.kind == "music" else speech
        below = duck.depths(under, float(layer.duck)) if layer.duck else None
        for at, block in _sounding(layer, inputs[f"track {number:03}"], mixed.length):
            mixed.add(at, block if below is None else block * _softer(below, at, block.shape[1]))


def _lay_clips(work: MixWork, inputs: Mapping[str, Path], tape: SampleFile, tell: Tell) -> None:
    """Adds every entry's sound at its place."""
    for number, place in enumerate(work.places, 1):
        begin, end = samples(place.at, work.fps), min(tape.length, samples(place.at + place.frames, work.fps))
        still = end if place.heard is None else min(end, samples(place.at + place.heard, work.fps))
        after = work.places[number] if number < len(work.places) else None
        gain = 10 ** (float(work.gain + place.gain) / 20)
        at = first = samples(place.at + place.silent, work.fps)
        clip = inputs[f"clip {number:03}"]
        if place.reverse:
            heard = backwards(clip, place.start, place.speed, still - at)
        else:
            heard = _first(decoded(clip, place.start, place.speed), still - at)
        for block in heard:
            block = block * (gain * _envelope(place, after, at - begin, block.shape[1], end - begin, work.fps))
            where = np.arange(at, at + block.shape[1])
            if place.silent:  # a picture that is held has none, and what stops at once would click
                block *= _ramp(where - first)
            if still < end:
                block *= _ramp(still - 1 - where)
            tape.add(at, block)
            at += block.shape[1]
        tell(0.5 * number / len(work.places), "")


def _ramp(after: npt.NDArray[np.int64]) -> Samples:
    """Gain so many samples after, or before, silence."""
    return np.sin(np.clip((after + 0.5) / EDGE, 0, 1) * (math.pi / 2)).astype(np.float32)


def _first(blocks: Iterator[Samples], count: int) -> Iterator[Samples]:
    while count > 0 and (block := next(blocks, None)) is not None:
        yield block[:, :count]
        count -= block.shape[1]


def _envelope(
    place: SoundPlacement, after: SoundPlacement | None, at: int, count: int, length: int, fps: Fraction
) -> Samples:
    """Gain of samples [at, at + count) of an entry: equal power across a join, 4 ms at a hard cut."""
    gain = np.ones(count, np.float32)
    head = samples(place.at + place.head, fps) - samples(place.at, fps)
    end = place.at + place.frames
    tail = samples(end, fps) - samples(end - place.tail, fps)
    if not head and not place.seamless:
        head = min(EDGE, length // 4)
    if not tail and not (after and after.seamless):
        tail = min(EDGE, length // 4)
    if head and at < head:
        where = np.arange(at, min(head, at + count))
        gain[: len(where)] *= np.sin((where + 0.5) / head * (math.pi / 2)).astype(np.float32)
    if tail and at + count > length - tail:
        where = np.arange(max(at, length - tail), at + count)
        gain[-len(where) :] *= np.sin(np.clip((length - where - 0.5) / tail, 0, 1) * (math.pi / 2)).astype(np.float32)
    return gain


def _speech(work: MixWork, inputs: Mapping[str, Path], like: SampleFile) -> duck.Heard:
    """When narration is heard, all of it together."""
    spoken = [(n, layer) for n, layer in enumerate(work.layers, 1) if layer.kind == "narration"]
    if not spoken:
        return np.zeros(-(-like.length // duck.STEP), np.bool_)
    with SampleFile(like.file.with_suffix(".speech.f32"), like.length) as tape:
        for number, layer in spoken:
            for at, block in _sounding(layer, inputs[f"track {number:03}"], tape.length):
                tape.add(at, block)
        return duck.heard(tape, duck.SPEECH)


def _softer(depths: duck.Depth, at: int, count: int) -> Samples:
    where = np.arange(at, at + count, dtype=np.float64)
    return np.asarray(10 ** (-duck.at(depths, where) / 20), np.float32)


def _lay_music(bed: Bed, file: Path, tape: SampleFile, depths: duck.Depth) -> None:
    """The bed: from where it begins to the end of the cut, faded at both."""
    at = bed.at
    length = tape.length - at
    fade_in = bed.fade_in or (Fraction(EDGE, SAMPLE_RATE) if bed.start else Fraction(0))
    for block in _repeated(file, bed.start, bed.end, length):
        where = np.arange(at, at + block.shape[1], dtype=np.float64)
        level = float(bed.gain) - duck.at(depths, where)
        fades = _faded(where - bed.at, length, fade_in, bed.fade_out)
        gain: npt.NDArray[np.float64] = 10 ** (level / 20) * fades
        tape.add(at, (block * gain).astype(np.float32))
        at += block.shape[1]


def _sounding(layer: SoundLayer, file: Path, total: int) -> Iterator[tuple[int, Samples]]:
    """(Sample of the cut, samples) of a layer in a cut of `total` samples, with its gain and its fades."""
    room = total - layer.at
    there = room if layer.loop else sum(block.shape[1] for block in _part(file, layer.start, layer.end))
    if not there:
        raise _nothing(file, layer.start)
    length = min(room, there)
    cut_off = room < there or layer.end is not None or layer.loop
    fade_in = layer.fade_in or (Fraction(EDGE, SAMPLE_RATE) if layer.start else Fraction(0))
    fade_out = layer.fade_out or (Fraction(EDGE, SAMPLE_RATE) if cut_off else Fraction(0))
    gain, at = 10 ** (float(layer.gain) / 20), 0
    for block in _repeated(file, layer.start, layer.end, length):
        where = np.arange(at, at + block.shape[1], dtype=np.float64)
        yield layer.at + at, (block * (gain * _faded(where, length, fade_in, fade_out))).astype(np.float32)
        at += block.shape[1]


def _repeated(file: Path, start: Fraction, end: Fraction | None, total: int) -> Iterator[Samples]:
    """The part of a file, again and again, in blocks of BLOCK samples, `total` in all. Raises LocalTool."""
    left, kept = total, np.zeros((2, 0), np.float32)
    while left > 0:
        heard = 0
        for block in _part(file, start, end):
            heard += block.shape[1]
            kept = np.concatenate((kept, block), axis=1)
            while kept.shape[1] >= min(BLOCK, left) and left > 0:
                size = min(BLOCK, left)
                yield kept[:, :size]
                kept, left = kept[:, size:], left - size
            if left <= 0:
                return
        if not heard:
            raise _nothing(file, start)


def _nothing(file: Path, start: Fraction) -> LocalTool:
    return LocalTool(f"{file.name} has no sound" + (f" after {float(start):g} s" if start else ""))


def _part(file: Path, start: Fraction, end: Fraction | None) -> Iterator[Samples]:
    """Seconds [start, end) of a file, as far as it goes."""
    left = math.inf if end is None else nearest((end - start) * SAMPLE_RATE)
    for block in decoded(file, start):
        yield block if block.shape[1] <= left else block[:, : int(left)]
        left -= block.shape[1]
        if left <= 0:
            return


def _faded(
    where: npt.NDArray[np.float64], length: int, fade_in: Fraction, fade_out: Fraction
) -> npt.NDArray[np.float64]:
    """The factor for samples `where` of a sound `length` long: fades of equal power, in seconds."""
    gain = np.ones(len(where))
    rise, fall = (float(s) * SAMPLE_RATE for s in (fade_in, fade_out))
    if rise:
        gain *= np.sin(np.clip(where / rise, 0, 1) * (math.pi / 2))
    if fall:
        gain *= np.sin(np.clip((length - where) / fall, 0, 1) * (math.pi / 2))
    return gain
