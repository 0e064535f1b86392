"""From the Cut to its sound: one step, the mix of all that is heard.

Knows nothing of samples' values.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from reelmake.assemble.handovers import Handover, begins, handovers
from reelmake.assemble.rendition import Rendition
from reelmake.diagnostics import Report
from reelmake.model.cut import Cut, HeardLine, Inset
from reelmake.model.mix import LIMITER, Bed, MixWork, SoundLayer, SoundPlacement
from reelmake.model.order import Slate
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import BED, Music, Storyboard
from reelmake.model.time import SAMPLE_RATE, nearest, seconds


def mix_step(reel: Rendition, board: Storyboard, bitrate: int, codec: str = "aac", stem: str = "") -> Step:
    """The mix. `bitrate` in bits a second, 0 where the codec loses nothing. A `stem` lies as it does in the mix,
    before anything is done for loudness."""
    cut, sound = reel.cut, board.sound
    edges = handovers(cut, sound.crossfade)
    heard = [n for n, entry in enumerate(cut.entries) if not (sound.mute or entry.voice.mute)]
    small = [] if sound.mute else [(n, i) for n, e in enumerate(cut.entries) for i in e.insets if i.gain is not None]
    shots = [*(cut.entries[n].shot for n in heard), *(inset.shot for _, inset in small)]
    inputs = [replace(reel.clips[shot], label=f"clip {n:03}") for n, shot in enumerate(shots, 1)]
    inputs += [Input(f"track {n:03}", file=track.file) for n, track in enumerate(sound.tracks, 1)]
    spoken = enumerate(laid_over(cut), len(sound.tracks) + 1)
    inputs += [replace(reel.clips[said.line], label=f"track {n:03}") for n, said in spoken]
    bed = None
    if sound.music:
        made = reel.clips[board.address(BED)] if sound.music.prompt else Input("music", file=sound.music.file)
        inputs.append(replace(made, label="music"))
        bed = bed_of(sound.music)
    work = MixWork(
        cut.fps,
        cut.frames,
        (*(_place(cut, n, edges[n], edges[n + 1]) for n in heard), *(_inset_place(cut, n, i) for n, i in small)),
        bed,
        None if stem else sound.loudness,
        sound.gain,
        bitrate,
        layers=layers(cut, board),
        duck=sound.duck,
        codec=codec,
        stem=stem,
    )
    if sound.loudness is not None and not stem:  # elsewhere nothing is made louder, so no peak is looked after
        work = replace(work, true_peak=sound.true_peak, limiter=LIMITER)
    return Step(
        id=f"sound:{reel.name}",
        kind="sound",
        part_of=reel.name,
        work=work,
        inputs=tuple(inputs),
        shots=cut.shots,
        seconds=0.5 + float(seconds(cut.frames, cut.fps)) / 20,
    )


def _inset_place(cut: Cut, index: int, inset: Inset) -> SoundPlacement:
    """It comes and goes with the entry that it lies on, where that is in a transition or fades."""
    entry = cut.entries[index]
    comes = max(cut.head(index), entry.fade_in.frames if entry.fade_in else 0)
    goes = max(cut.tail(index), entry.fade_out.frames if entry.fade_out else 0)
    head = max(0, comes - inset.at)
    tail = max(0, inset.at + inset.frames - (entry.frames - goes))
    start = seconds(inset.start, cut.fps)
    return SoundPlacement(entry.at + inset.at, inset.frames, start, head, tail, gain=inset.gain or Fraction(0))


def _place(cut: Cut, index: int, head: Handover, tail: Handover) -> SoundPlacement:
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
        and not (before.reverse or entry.reverse or before.fade_out or entry.fade_in)
    )
    into, length = head.begin - entry.at, tail.end - head.begin
    silent = max(0, entry.waits - into) if entry.waits else 0
    still = entry.frames - entry.held - into
    ends = still if entry.held and still < length else None
    start = entry.start + into - entry.waits + silent
    if entry.reverse:  # what would be heard of it from here on, seen from its other end
        start = 2 * entry.start + entry.plays - start - (length if ends is None else ends) + silent
    return SoundPlacement(
        head.begin,
        length,
        seconds(start, cut.fps) * entry.speed if start else Fraction(0),
        max(head.end - head.begin, entry.fade_in.frames if entry.fade_in else 0),
        max(tail.end - tail.begin, entry.fade_out.frames if entry.fade_out else 0),
        seamless,
        entry.voice.gain,
        entry.speed,
        ends,
        silent,
        entry.reverse,
    )


def bed_of(music: Music) -> Bed:
    start, end = music.trim or (Fraction(0), None)
    at = nearest(music.at * SAMPLE_RATE)
    return Bed(music.gain, music.duck, music.fade_in, music.fade_out, at, start, end)


def as_long_as(cut: Cut, bed: Slate, music: Music, report: Report) -> Slate:
    """The bed that is made, as long as it is heard, rounded up to what its model makes. Shorter music is repeated, of
    which RM447 warns."""
    wanted = max(seconds(1, cut.fps), seconds(cut.frames, cut.fps) - music.at)
    made = bed.lengths.enough(wanted)
    if made < wanted:
        says = f"this music is repeated: its model makes {float(made):g} s, and it is heard for {float(wanted):.2f} s"
        report.warn("RM447", says, bed.span, hint="a `tier:` whose model makes longer music, or a `file:`")
    return replace(bed, orders=tuple(replace(order, seconds=made) for order in bed.orders), length=made)


def layers(cut: Cut, board: Storyboard) -> tuple[SoundLayer, ...]:
    """Where in the cut its tracks lie, and behind them what is said in its shots."""
    found = []
    for track, at in zip(board.sound.tracks, begins(cut, board), strict=True):
        start, end = track.trim or (Fraction(0), None)
        kept = {name: getattr(track, name) for name in ("kind", "loop", "gain", "duck", "fade_in", "fade_out")}
        found.append(SoundLayer(at=at, start=start, end=end, **kept))
    return (*found, *map(_narration, laid_over(cut)))


def laid_over(cut: Cut) -> list[HeardLine]:
    """The lines that are laid over their clips."""
    return [said for said in cut.said if not said.aloud]


def _narration(said: HeardLine) -> SoundLayer:
    none = Fraction(0)
    return SoundLayer("narration", said.at, said.start, said.end, False, none, none, none, none)
