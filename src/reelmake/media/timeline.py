"""Writes a cut as an OpenTimelineIO timeline; the library is an extra, imported when the first one is written.

In such a timeline clips lie end to end and a transition reaches over the edit into the handles on both sides. A join of
n frames in the cut is therefore split at its middle: half comes off each clip, and the lengths add up to the cut's.
Knows nothing of steps.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reelmake.errors import LocalTool
from reelmake.media.probe import probe
from reelmake.model.cut import Layer, OtioClip, OtioWork
from reelmake.model.take import Facts
from reelmake.model.time import SAMPLE_RATE, nearest, samples, seconds
from reelmake.ports import Tell

STORE = ".reelmake/store"  # where a made clip lies, below the project
INSTALL = 'pip install "reelmake[otio]"'


@dataclass(frozen=True, slots=True)
class _Media:
    """One file as the timeline names it: `url` from the timeline's own folder, `rate` in units a second."""

    url: str
    sha256: str
    facts: Facts
    rate: Fraction
    length: int


def timeline(work: OtioWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the timeline; its facts have the frames of the cut. Raises LocalTool without the library."""
    otio = _library()
    media = [
        _media(work, clip.file, inputs[f"clip {n:03}"], still=clip.start + clip.frames)
        for n, clip in enumerate(work.clips, 1)
    ]
    made = otio.schema.Timeline(name=work.title)
    made.tracks.append(_picture(otio, work, media))
    if any(m.facts.audio for m in media):
        made.tracks.append(_sound(otio, work, media))
    frames = sum(c.frames for c in work.clips) - sum(join[1] for join in work.joins if join)
    if work.music:
        made.tracks.append(_music(otio, work, _media(work, work.music, inputs["music"], SAMPLE_RATE), frames))
    for number, (name, layer) in enumerate(work.tracks, 1):
        file = _media(work, name, inputs[f"track {number:03}"], SAMPLE_RATE)
        made.tracks.append(_layer(otio, file, name, layer, samples(frames, work.fps)))
    into.write_text(made.to_json_string(indent=2) + "\n", encoding="utf-8")
    return Facts(bytes=into.stat().st_size, seconds=seconds(frames, work.fps), frames=frames, fps=work.fps)


def _library() -> Any:
    try:
        import opentimelineio
    except ImportError as error:
        message = f"an .otio file needs OpenTimelineIO, which is not installed: {INSTALL}"
        raise LocalTool(message, next_steps=(INSTALL, "reelmake build")) from error
    return opentimelineio


def _picture(otio: Any, work: OtioWork, media: list[_Media]) -> Any:
    track = otio.schema.Track(name="Picture", kind=otio.schema.TrackKind.Video)
    for index, (clip, file) in enumerate(zip(work.clips, media, strict=True)):
        start, length = _seen(work, index)
        shown = _range(otio, start, length, work.fps)
        item = otio.schema.Clip(name=clip.name, media_reference=_reference(otio, file), source_range=shown)
        item.effects.extend(_pace(otio, clip))
        item.metadata["reelmake"] = _metadata(clip, file)
        if clip.title:
            yellow = otio.schema.MarkerColor.YELLOW
            item.markers.append(otio.schema.Marker(name=clip.title, marked_range=shown, color=yellow))
        track.append(item)
        if transition := _transition(otio, work, index):
            track.append(transition)
    return track


def _sound(otio: Any, work: OtioWork, media: list[_Media]) -> Any:
    """The clips' own sound under their pictures, a gap where there is none."""
    track = otio.schema.Track(name="Sound", kind=otio.schema.TrackKind.Audio)
    for index, (clip, file) in enumerate(zip(work.clips, media, strict=True)):
        shown = _range(otio, *_seen(work, index), work.fps)
        if file.facts.audio:
            reference = _reference(otio, file)
            heard = otio.schema.Clip(name=clip.name, media_reference=reference, source_range=shown)
            heard.effects.extend(_pace(otio, clip))
            track.append(heard)
        else:
            track.append(otio.schema.Gap(source_range=shown))
        heard = file.facts.audio and index + 1 < len(media) and media[index + 1].facts.audio
        if heard and (transition := _transition(otio, work, index, sound=True)):
            track.append(transition)
    return track


def _music(otio: Any, work: OtioWork, file: _Media, frames: int) -> Any:
    """The music as long as the cut, again and again if it is shorter."""
    track = otio.schema.Track(name="Music", kind=otio.schema.TrackKind.Audio)
    said = {"gain_db": float(work.music_gain or 0)}
    _lay(otio, track, file, (0, file.length, samples(frames, work.fps)), Path(work.music).stem, said)
    return track


def _layer(otio: Any, file: _Media, name: str, layer: Layer, total: int) -> Any:
    """A track of its own: a gap up to where it begins, then the file, again and again if it is repeated."""
    track = otio.schema.Track(name=layer.kind.capitalize(), kind=otio.schema.TrackKind.Audio)
    if layer.at:
        track.append(otio.schema.Gap(source_range=_range(otio, 0, layer.at, file.rate)))
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
    _lay(
        otio, track, file, (start, end, length), Path(name).stem, {k: v for k, v in said.items() if v or k == "gain_db"}
    )
    return track


def _lay(
    otio: Any, track: Any, file: _Media, part: tuple[int, int, int], name: str, said: Mapping[str, object]
) -> None:
    """Samples [start, end) of a file, again and again up to a length."""
    start, end, left = part
    while left > 0:
        length = min(left, end - start)
        shown = _range(otio, start, length, file.rate)
        item = otio.schema.Clip(name=name, media_reference=_reference(otio, file), source_range=shown)
        item.metadata["reelmake"] = {**said, "sha256": file.sha256}
        track.append(item)
        left -= length


def _seen(work: OtioWork, index: int) -> tuple[int, int]:
    """First frame and length of a clip between the middles of its joins."""
    clip = work.clips[index]
    head = _halves(work, index - 1)[0] if index else 0
    tail = _halves(work, index)[1]
    return clip.start + head, clip.frames - head - tail


def _halves(work: OtioWork, index: int) -> tuple[int, int]:
    """Frames of join `index` before the edit and after it."""
    join = work.joins[index] if index < len(work.joins) else None
    return (join[1] // 2, join[1] - join[1] // 2) if join else (0, 0)


def _transition(otio: Any, work: OtioWork, index: int, *, sound: bool = False) -> Any:
    join = work.joins[index] if index < len(work.joins) else None
    if join is None:
        return None
    name, _, params = join
    before, after = _halves(work, index)
    kinds = otio.schema.TransitionTypes
    return otio.schema.Transition(
        name="dissolve" if sound else name,
        transition_type=kinds.SMPTE_Dissolve if sound or name == "dissolve" else kinds.Custom,
        in_offset=_time(otio, before, work.fps),
        out_offset=_time(otio, after, work.fps),
        metadata={"reelmake": {"transition": name, "params": {k: _plain(v) for k, v in params.items()}}},
    )


def _pace(otio: Any, clip: OtioClip) -> list[Any]:
    return [otio.schema.LinearTimeWarp(time_scalar=float(clip.speed))] if clip.speed != 1 else []


def _metadata(clip: OtioClip, file: _Media) -> dict[str, object]:
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


def _media(work: OtioWork, file: str, path: Path, rate: int = 0, still: int = 0) -> _Media:
    """`file` is the project path of footage, "" for a clip of the store. `rate` 0 = the clip's own frame rate.

    `still`: how many frames there are of it if it is a picture.
    """
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    facts = probe(path)
    unit = Fraction(rate) or facts.fps or work.fps
    length = nearest((facts.seconds or Fraction(0)) * unit)
    if facts.frames and not rate:
        length = facts.frames
    if still and facts.seconds is None:
        length = still
    if not length:
        raise LocalTool(f"{file or path.name} has no length, so it cannot stand in a timeline")
    return _Media(work.up + quote(file or f"{STORE}/{digest[:2]}/{digest}{path.suffix}"), digest, facts, unit, length)


def _reference(otio: Any, file: _Media) -> Any:
    whole = _range(otio, 0, file.length, file.rate)
    return otio.schema.ExternalReference(target_url=file.url, available_range=whole)


def _range(otio: Any, start: int, length: int, rate: Fraction) -> Any:
    return otio.opentime.TimeRange(_time(otio, start, rate), _time(otio, length, rate))


def _time(otio: Any, value: int, rate: Fraction) -> Any:
    return otio.opentime.RationalTime(value, float(rate))


def _plain(value: object) -> object:
    return float(value) if isinstance(value, Fraction) else value if isinstance(value, bool | int) else str(value)
