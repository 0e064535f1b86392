"""From the Cut to the steps of its sound: one small step for what each entry sounds like, and the mix of them all.

Knows nothing of samples' values.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from reelmake.assemble.handovers import Handover, begins, handovers
from reelmake.assemble.steps import Reel
from reelmake.model.cut import LIMITER, Bed, Cut, EntrySound, Inset, Layer, MixWork, Place
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Sound, Storyboard, Track
from reelmake.model.time import SAMPLE_RATE, seconds

SUFFIXES = {"aac": ".m4a", "opus": ".opus", "flac": ".flac", "pcm": ".wav"}


def sound_steps(reel: Reel, board: Storyboard, bitrate: int, codec: str = "aac", stem: str = "") -> list[Step]:
    """One small step an entry or inset that is heard, and the mix, which is the last of them. `bitrate` in bits a
    second, 0 where the codec loses nothing. A `stem` lies as it does in the mix, before anything is done for
    loudness."""
    cut, sound = reel.cut, board.sound
    edges = handovers(cut, sound.crossfade)
    heard = [n for n, entry in enumerate(cut.entries) if not (sound.mute or entry.voice.mute)]
    entries = [_entry_sound(reel, n, edges[n], edges[n + 1]) for n in heard]
    small = [] if sound.mute else [(n, i) for n, e in enumerate(cut.entries) for i in e.insets if i.gain is not None]
    entries += [_inset_sound(reel, inset, number) for number, (_, inset) in enumerate(small, 1)]
    inputs = [Input(f"sound {n:03}", step=step.id) for n, step in enumerate(entries, 1)]
    inputs += [Input(f"track {n:03}", file=track.file) for n, track in enumerate(sound.tracks, 1)]
    bed = None
    if sound.music:
        inputs.append(Input("music", file=sound.music.file))
        bed = Bed(sound.music.gain, sound.music.duck, sound.music.fade_in, sound.music.fade_out)
    work = MixWork(
        cut.fps,
        cut.frames,
        (*(_place(cut, n, edges[n], edges[n + 1]) for n in heard), *(_inset_place(cut, n, i) for n, i in small)),
        bed,
        None if stem else sound.loudness,
        sound.gain,
        bitrate,
        layers=tuple(layer(track, cut, board) for track in sound.tracks),
        duck=sound.duck,
        codec=codec,
        stem=stem,
        **({} if stem else _peaks(sound)),
    )
    mix = Step(
        id=f"sound:{reel.name}",
        kind="sound",
        work=work,
        inputs=tuple(inputs),
        suffix=SUFFIXES[codec],
        shots=cut.shots,
        seconds=0.3 + float(seconds(cut.frames, cut.fps)) / 40,
    )
    return [*entries, mix]


def _peaks(sound: Sound) -> dict[str, Any]:
    """Peaks are looked after where a loudness is asked for: elsewhere nothing is made louder."""
    return {"true_peak": sound.true_peak, "limiter": LIMITER} if sound.loudness is not None else {}


def _entry_sound(reel: Reel, index: int, head: Handover, tail: Handover) -> Step:
    """One frame's worth more than the entry lasts: the last sample depends on where in the cut it stands."""
    entry = reel.cut.entries[index]
    fps = reel.cut.fps
    count = tail.end - head.begin
    into = head.begin - entry.at
    silent = max(0, entry.waits - into)
    still = entry.frames - entry.held - into
    work = EntrySound(
        seconds(entry.start + into - entry.waits + silent, fps) * entry.speed,
        _samples(count + 1, fps),
        speed=entry.speed,
        heard=_samples(still, fps) if entry.held and still < count else None,
        silent=_samples(silent, fps),
    )
    return Step(
        id=f"sound:{reel.name}:{index + 1:03}",
        kind="sound",
        work=work,
        inputs=(replace(reel.clips[entry.shot], label="clip"),),
        suffix=".flac",
        shots=(entry.shot,),
        seconds=0.1 + float(seconds(count, fps)) / 100,
    )


def _inset_sound(reel: Reel, inset: Inset, number: int) -> Step:
    fps = reel.cut.fps
    return Step(
        id=f"sound:{reel.name}:inset {number}",
        kind="sound",
        work=EntrySound(seconds(inset.start, fps), _samples(inset.frames + 1, fps)),
        inputs=(replace(reel.clips[inset.shot], label="clip"),),
        suffix=".flac",
        shots=(inset.shot,),
        seconds=0.1 + float(seconds(inset.frames, fps)) / 100,
    )


def _inset_place(cut: Cut, index: int, inset: Inset) -> Place:
    """It comes and goes with the entry that it lies on, where that is in a transition."""
    entry = cut.entries[index]
    head = max(0, cut.head(index) - inset.at)
    tail = max(0, inset.at + inset.frames - (entry.frames - cut.tail(index)))
    return Place(entry.at + inset.at, inset.frames, head, tail, gain=inset.gain or Fraction(0))


def _samples(count: int, fps: Fraction) -> int:
    """As many as `count` frames last, and what is begun of one more."""
    return -(-max(0, count) * SAMPLE_RATE * fps.denominator // fps.numerator)


def _place(cut: Cut, index: int, head: Handover, tail: Handover) -> Place:
    entry = cut.entries[index]
    before = cut.entries[index - 1] if index else None
    seamless = (
        before is not None
        and not (cut.head(index) or head.moved)
        and before.shot == entry.shot
        and before.start + before.frames - before.waits == entry.start
        and (before.speed, before.held, entry.waits) == (entry.speed, 0, 0)
        and before.voice.mute == entry.voice.mute
        and before.voice.gain == entry.voice.gain
    )
    begins, ends = head.end - head.begin, tail.end - tail.begin
    return Place(head.begin, tail.end - head.begin, begins, ends, seamless, entry.voice.gain)


def layer(track: Track, cut: Cut, board: Storyboard) -> Layer:
    """Where in the cut a track lies."""
    start, end = track.trim or (Fraction(0), None)
    return Layer(
        kind=track.kind,
        at=begins(track, cut, board),
        start=start,
        end=end,
        loop=track.loop,
        gain=track.gain,
        duck=track.duck,
        fade_in=track.fade_in,
        fade_out=track.fade_out,
    )
