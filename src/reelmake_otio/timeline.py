"""Writes a cut as an OpenTimelineIO timeline.

In such a timeline clips lie end to end and a transition reaches over the edit into the handles on both sides. A join of
n frames in the cut is therefore split at its middle: half comes off each clip, and the lengths add up to the cut's.
What the format has no word for stands in the metadata, under "reelmake". Knows nothing of steps.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from fractions import Fraction
from pathlib import Path

from opentimelineio import opentime, schema

from reelmake.errors import LocalTool
from reelmake.model.cut import Fade
from reelmake.model.frame import CameraMove
from reelmake.model.mix import SoundLayer
from reelmake.model.take import Facts
from reelmake.model.time import LEAN, SAMPLE_RATE, nearest, samples, seconds
from reelmake_otio.media import MediaReference, gap, media, plain, reference, span, time
from reelmake_otio.work import OtioClip, OtioInset, OtioWork

Part = tuple[int, int, bool]
"""First frame of the clip as it runs, how many, and whether it stands still."""


def timeline(work: OtioWork, inputs: Mapping[str, Path], into: Path) -> Facts:
    """Writes the timeline; its facts have the frames of the cut. Raises LocalTool for a file that has no length."""
    files = [
        media(work, clip.file, inputs[f"clip {n:03}"], still=clip.start + clip.frames)
        for n, clip in enumerate(work.clips, 1)
    ]
    frames = sum(c.frames for c in work.clips) - sum(join[1] for join in work.joins if join)
    made = schema.Timeline(name=work.title)
    made.tracks.append(_picture(work, files))
    lanes = _lanes(work)
    small = {
        inset: media(work, inset.clip.file, inputs[f"inset {n:03}"], still=inset.clip.start + inset.clip.frames)
        for n, inset in enumerate(work.insets, 1)
    }
    for lane in lanes:
        made.tracks.append(_insets(work, lane, small))
    if any(m.facts.audio for m in files):
        made.tracks.append(_sound(work, files))
    for lane in lanes:
        if heard := [inset for inset in lane if inset.gain is not None and small[inset].facts.audio]:
            made.tracks.append(_insets(work, heard, small, sound=True))
    if work.music or work.scored:
        made.tracks.append(_music(work, media(work, work.music, inputs["music"], SAMPLE_RATE), frames))
    for number, (name, layer) in enumerate(work.tracks, 1):
        file = media(work, name, inputs[f"track {number:03}"], SAMPLE_RATE)
        made.tracks.append(_layer(file, name, layer, samples(frames, work.fps)))
    said = [(media(work, "", inputs[f"line {n:03}"], SAMPLE_RATE), *line) for n, line in enumerate(work.lines, 1)]
    made.tracks.extend(_narration(said, samples(frames, work.fps)))
    _describe(made, work)
    into.write_text(made.to_json_string(indent=2) + "\n", encoding="utf-8")
    return Facts(bytes=into.stat().st_size, seconds=seconds(frames, work.fps), frames=frames, fps=work.fps)


def _describe(made: schema.Timeline, work: OtioWork) -> None:
    """What lies over all of it: captions as markers, the rest in the metadata."""
    for cue in work.captions:
        begin, end = (nearest(at * work.fps / 1000) for at in (cue.begin, cue.end))
        shown = span(begin, max(1, end - begin), work.fps)
        said = {"reelmake": {"caption": cue.text}}
        marker = schema.Marker(cue.text.replace("\n", " "), shown, schema.MarkerColor.CYAN, said)
        made.tracks.markers.append(marker)
    if work.said:
        made.metadata["reelmake"] = {name: plain(value) for name, value in work.said.items()}


def _picture(work: OtioWork, files: list[MediaReference]) -> schema.Track:
    track = schema.Track(name="Picture", kind=schema.TrackKind.Video)
    for index, (clip, file) in enumerate(zip(work.clips, files, strict=True)):
        for number, (start, length, still) in enumerate(_parts(work, index)):
            shown = _shown(work, clip, file, (start, length, still))
            item = schema.Clip(name=clip.name, media_reference=reference(file), source_range=shown)
            item.effects.extend(_effects(clip, still))
            item.metadata["reelmake"] = _metadata(clip, file)
            if clip.title and not number:
                yellow = schema.MarkerColor.YELLOW
                item.markers.append(schema.Marker(name=clip.title, marked_range=shown, color=yellow))
            track.append(item)
        if transition := _transition(work, index):
            track.append(transition)
    return track


def _insets(
    work: OtioWork,
    lane: list[OtioInset],
    files: Mapping[OtioInset, MediaReference],
    *,
    sound: bool = False,
) -> schema.Track:
    """A track of insets that do not overlap: of their pictures, or of their sounds."""
    kind = schema.TrackKind.Audio if sound else schema.TrackKind.Video
    track, at = schema.Track(name="Sound of insets" if sound else "Insets", kind=kind), 0
    for inset in lane:
        if inset.at > at:
            track.append(gap(inset.at - at, work.fps))
        clip, file = inset.clip, files[inset]
        shown = span(clip.start, clip.frames, work.fps)
        item = schema.Clip(name=clip.name, media_reference=reference(file), source_range=shown)
        if not sound:
            item.effects.extend(_effects(clip, still=False))
            said = {f.name: plain(value) for f in fields(inset.mount) if (value := getattr(inset.mount, f.name))}
            item.effects.append(schema.Effect("inset", "reelmake.inset", {"reelmake": said}))
        gain = {"gain_db": float(inset.gain)} if sound and inset.gain is not None else {}
        item.metadata["reelmake"] = {**_metadata(clip, file), **gain}
        track.append(item)
        at = inset.at + clip.frames
    return track


def _lanes(work: OtioWork) -> list[list[OtioInset]]:
    """As few rows as the insets need that none in a row overlaps another; a later one lies in a higher row."""
    lanes: list[list[OtioInset]] = []
    for inset in sorted(work.insets, key=lambda inset: inset.at):
        free = (lane for lane in lanes if lane[-1].at + lane[-1].clip.frames <= inset.at)
        lane = next(free, None)
        if lane is None:
            lanes.append(lane := [])
        lane.append(inset)
    return lanes


def _sound(work: OtioWork, files: list[MediaReference]) -> schema.Track:
    """The clips' own sound under their pictures, a gap where there is none."""
    track = schema.Track(name="Sound", kind=schema.TrackKind.Audio)
    heard = [file.facts.audio and not clip.mute for clip, file in zip(work.clips, files, strict=True)]
    for index, (clip, file) in enumerate(zip(work.clips, files, strict=True)):
        for start, length, still in _parts(work, index):
            if still or not heard[index]:
                track.append(schema.Gap(source_range=span(start, length, work.fps)))
                continue
            shown = _shown(work, clip, file, (start, length, still))
            item = schema.Clip(name=clip.name, media_reference=reference(file), source_range=shown)
            item.effects.extend(_pace(clip))
            if clip.gain:
                item.metadata["reelmake"] = {"gain_db": float(clip.gain)}
            track.append(item)
        both = heard[index] and index + 1 < len(files) and heard[index + 1]
        if both and (transition := _transition(work, index, sound=True)):
            track.append(transition)
    return track


def _music(work: OtioWork, file: MediaReference, frames: int) -> schema.Track:
    """The music to the end of the cut, again and again if it is shorter."""
    track = schema.Track(name="Music", kind=schema.TrackKind.Audio)
    said = {"gain_db": float(work.music_gain or 0)}
    at = work.bed.at if work.bed else 0
    if at:
        track.append(schema.Gap(source_range=span(0, at, file.rate)))
    start = nearest(work.bed.start * SAMPLE_RATE) if work.bed else 0
    end = file.length if not work.bed or work.bed.end is None else nearest(work.bed.end * SAMPLE_RATE)
    part = start, min(file.length, end), samples(frames, work.fps) - at
    _lay(track, file, part, Path(work.music).stem or "music", said)
    return track


def _layer(file: MediaReference, name: str, layer: SoundLayer, total: int) -> schema.Track:
    """A track of its own: a gap up to where it begins, then the file, again and again if it is repeated."""
    track = schema.Track(name=layer.kind.capitalize(), kind=schema.TrackKind.Audio)
    if layer.at:
        track.append(schema.Gap(source_range=span(0, layer.at, file.rate)))
    start = nearest(layer.start * SAMPLE_RATE)
    end = file.length if layer.end is None else min(file.length, nearest(layer.end * SAMPLE_RATE))
    if start >= end:
        raise LocalTool(f"{name} has no sound after {float(layer.start):g} s")
    length = total - layer.at if layer.loop else min(end - start, total - layer.at)
    said = {
        "gain_db": float(layer.gain),
        "duck_db": float(layer.duck),
        "fade_in": float(layer.fade_in),
        "fade_out": float(layer.fade_out),
    }
    _lay(track, file, (start, end, length), Path(name).stem, {k: v for k, v in said.items() if v or k == "gain_db"})
    return track


def _narration(lines: list[tuple[MediaReference, str, SoundLayer]], total: int) -> list[schema.Track]:
    """What is said, one line after another on as few tracks as it has room on."""
    tracks: list[tuple[schema.Track, int]] = []  # with the sample at which each ends
    for file, name, layer in sorted(lines, key=lambda line: line[2].at):
        start = nearest(layer.start * SAMPLE_RATE)
        end = file.length if layer.end is None else min(file.length, nearest(layer.end * SAMPLE_RATE))
        free = next((n for n, (_, ends) in enumerate(tracks) if ends <= layer.at), len(tracks))
        if free == len(tracks):
            tracks.append((schema.Track(name="Narration", kind=schema.TrackKind.Audio), 0))
        track, ends = tracks[free]
        if layer.at > ends:
            track.append(schema.Gap(source_range=span(0, layer.at - ends, file.rate)))
        length = min(end - start, total - layer.at)
        _lay(track, file, (start, end, length), name, {"gain_db": float(layer.gain)})
        tracks[free] = track, layer.at + length
    return [track for track, _ in tracks]


def _lay(
    track: schema.Track,
    file: MediaReference,
    part: tuple[int, int, int],
    name: str,
    said: Mapping[str, object],
) -> None:
    """Samples [start, end) of a file, again and again up to a length."""
    start, end, left = part
    while left > 0:
        length = min(left, end - start)
        shown = span(start, length, file.rate)
        item = schema.Clip(name=name, media_reference=reference(file), source_range=shown)
        item.metadata["reelmake"] = {**said, "sha256": file.sha256}
        track.append(item)
        left -= length


def _parts(work: OtioWork, index: int) -> list[Part]:
    """What of a clip is seen between the middles of its joins: a held frame, what moves, a held frame.

    A held part that is too short for the transition that reaches into it is not told apart.
    """
    clip = work.clips[index]
    before, tail = _halves(work, index)
    head, after = _halves(work, index - 1) if index else (0, 0)
    begin, end = head, clip.frames - tail
    runs, stops = clip.waits, clip.frames - clip.held
    runs = runs if runs - begin >= max(1, after) else begin
    stops = stops if end - stops >= max(1, before) else end
    last = clip.start + clip.frames - clip.held - clip.waits - 1
    first, last = (last, clip.start) if clip.reverse else (clip.start, last)
    found = [(first, min(runs, end) - begin, True)] if runs > begin else []
    if max(runs, begin) < min(stops, end):
        skipped, length = max(runs, begin) - clip.waits, min(stops, end) - max(runs, begin)
        start = first - skipped - length + 1 if clip.reverse else first + skipped
        found.append((max(0, start), length, False))
    if stops < end:
        found.append((last, end - max(stops, begin), True))
    return found


def _shown(work: OtioWork, clip: OtioClip, file: MediaReference, part: Part) -> opentime.TimeRange:
    """Where a part lies in the clip as it was made. Of one that is sped frame n is what is due at start + n × speed, so
    `start` falls between two frames of it if need be; and it is as early as a film is, or readers would round down
    where a film has the next frame."""
    place, length, still = part
    if clip.speed == 1:
        return span(place, length, work.fps)
    exact, ratio = place * clip.speed, file.rate / work.fps
    early = exact + LEAN * clip.speed
    if still:
        number = int(early * ratio)
        whole = (number / ratio).denominator == 1
        return span((number if whole else number + Fraction(1, 4)) / ratio, length, work.fps)
    steps = [(clip.start + n - place) * clip.speed for n in range(clip.frames - clip.waits - clip.held)]
    sharp = all(Fraction(float(value)) == value for value in (exact, clip.speed, ratio))  # no reader has to round
    same = sharp and all(int((exact + n) * ratio) == int((early + n) * ratio) for n in steps)
    return span(exact if same else early, length, work.fps)


def _halves(work: OtioWork, index: int) -> tuple[int, int]:
    """Frames of join `index` before the edit and after it."""
    join = work.joins[index] if index < len(work.joins) else None
    return (join[1] // 2, join[1] - join[1] // 2) if join else (0, 0)


def _transition(work: OtioWork, index: int, *, sound: bool = False) -> schema.Transition | None:
    join = work.joins[index] if index < len(work.joins) else None
    if join is None:
        return None
    name, _, params = join
    before, after = _halves(work, index)
    kinds = schema.TransitionTypes
    return schema.Transition(
        name="dissolve" if sound else name,
        transition_type=kinds.SMPTE_Dissolve if sound or name == "dissolve" else kinds.Custom,
        in_offset=time(before, work.fps),
        out_offset=time(after, work.fps),
        metadata={"reelmake": {"transition": name, "params": {k: plain(v) for k, v in params.items()}}},
    )


def _effects(clip: OtioClip, still: bool) -> list[schema.Effect]:
    """Those that the format knows, and by name those that it does not."""
    found = [schema.FreezeFrame()] if still else _pace(clip)
    own = (("move", clip.move), ("look", clip.look), ("fade_in", clip.fade_in), ("fade_out", clip.fade_out))
    for name, said in own:
        if said:
            told = (
                {"from": said.begin, "to": said.end}
                if isinstance(said, CameraMove)
                else {"frames": said.frames, "color": said.color}
                if isinstance(said, Fade)
                else {"file": said}
            )
            effect = {"reelmake": {key: plain(value) for key, value in told.items()}}
            found.append(schema.Effect(name, f"reelmake.{name}", effect))
    return found


def _pace(clip: OtioClip) -> list[schema.LinearTimeWarp]:
    pace = -clip.speed if clip.reverse else clip.speed
    return [schema.LinearTimeWarp(time_scalar=float(pace))] if pace != 1 else []


def _metadata(clip: OtioClip, file: MediaReference) -> dict[str, object]:
    said = {
        "shot": clip.name,
        "title": clip.title,
        "prompt": clip.prompt,
        "provider": clip.provider,
        "model": clip.model,
        "take": clip.take,
        "seed": clip.seed,
        "sha256": file.sha256,
    }
    return {name: value for name, value in said.items() if value not in ("", None)}
