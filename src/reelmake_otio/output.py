"""The cut as an OpenTimelineIO timeline, for editing programs: the clips themselves with their handles, not a render.
Needs `pip install "reelmake[otio]"`.

Clips, transitions, insets, speed and freezes as effects, titles and captions as markers, the clips' own sound, lines
and music, each where it stands in the cut to the frame. Moves, looks and what lies over the film stand in the metadata.
Media are named relative to the timeline, so the project's folder can be moved as a whole; what each shot was asked for
stands in the metadata. Knows which steps lead to it, and nothing of how a timeline is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path
from posixpath import normpath

from reelmake.assemble.captions import cues
from reelmake.assemble.output_options import Option
from reelmake.assemble.sound_step import bed_of, laid_over, layers
from reelmake.assemble.steps import output_step
from reelmake.errors import LocalTool
from reelmake.model.cut import Cut, Entry, Inset
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import BED, Output, Storyboard
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake_otio.work import OtioClip, OtioInset, OtioWork

SUFFIXES = (".otio",)
OPTIONS: Mapping[str, Option] = {}
INSTALL = 'pip install "reelmake[otio]"'
NEEDS: Mapping[str, str] = {"opentimelineio": INSTALL}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """The one step, published at `root`/path; it depends on every clip, as it holds their digests and lengths."""
    path = normpath(f"{root}/{output.path}")
    inputs = [replace(clips[entry.shot], label=f"clip {n:03}") for n, entry in enumerate(cut.entries, 1)]
    small = [(entry, inset) for entry in cut.entries for inset in entry.insets]
    inputs += [replace(clips[inset.shot], label=f"inset {n:03}") for n, (_, inset) in enumerate(small, 1)]
    music = board.sound.music
    if music:
        made = clips[board.address(BED)] if music.prompt else Input("music", file=music.file)
        inputs.append(replace(made, label="music"))
    tracks, spoken, every = board.sound.tracks, laid_over(cut), layers(cut, board)
    inputs += [Input(f"track {n:03}", file=track.file) for n, track in enumerate(tracks, 1)]
    inputs += [replace(clips[said.line], label=f"line {n:03}") for n, said in enumerate(spoken, 1)]
    work = OtioWork(
        title=board.title,
        fps=cut.fps,
        up="../" * path.count("/"),
        clips=tuple(_clip(cut, index, clips) for index in range(len(cut.entries))),
        joins=tuple((join.name, join.frames, join.params) if join else None for join in cut.joins),
        music=music.file if music else "",
        music_gain=music.gain if music else None,
        bed=bed_of(music) if music and (music.at or music.trim) else None,
        scored=music is not None and bool(music.prompt),
        tracks=tuple(zip((track.file for track in tracks), every, strict=False)),
        lines=tuple(zip((line.line for line in spoken), every[len(tracks) :], strict=True)),
        insets=tuple(_inset(entry, inset, clips) for entry, inset in small),
        captions=cues(cut, board),
        said=_said(board),
    )
    return [
        output_step(
            board.address(output.path), f"{root}/{output.path}", work, inputs, cut.shots, 0.3 + len(cut.entries) / 50
        )
    ]


def _clip(cut: Cut, index: int, clips: Mapping[str, Input]) -> OtioClip:
    entry = cut.entries[index]
    clip = clips[entry.shot]
    shown = OtioClip(
        entry.shot,
        entry.start,
        entry.frames,
        entry.title,
        file=clip.file,
        speed=entry.speed,
        waits=entry.waits,
        held=entry.held,
        move=entry.move,
        look=entry.look,
        mute=entry.voice.mute,
        gain=entry.voice.gain,
        reverse=entry.reverse,
        fade_in=entry.fade_in,
        fade_out=entry.fade_out,
    )
    if entry.order is None or not clip.step:
        return shown
    order, take = entry.order, clip.take
    return replace(
        shown,
        prompt=order.prompt,
        provider=order.provider,
        model=order.model,
        take=take,
        seed=None if order.seed is None else order.seed + take - order.take,
    )


def _inset(entry: Entry, inset: Inset, clips: Mapping[str, Input]) -> OtioInset:
    file = clips[inset.shot].file
    shown = OtioClip(inset.shot, inset.start, inset.frames, file=file, move=inset.move, look=inset.look)
    return OtioInset(shown, entry.at + inset.at, inset.mount, inset.gain)


def _said(board: Storyboard) -> dict[str, object]:
    """Of what lies over the whole film."""
    said: dict[str, object] = {"letterbox": board.letterbox} if board.letterbox else {}
    if mark := board.watermark:
        said |= {"watermark": mark.image, "watermark_corner": mark.corner, "watermark_size": mark.size}
    if board.captions.language:
        said["captions_language"] = board.captions.language
    return said


def written(work: OtioWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """The maker. Raises LocalTool without the library."""
    if find_spec("opentimelineio") is None:
        message = f"an .otio file needs OpenTimelineIO, which is not installed: {INSTALL}"
        raise LocalTool(message, next_steps=(INSTALL, "reelmake build"))
    from reelmake_otio.timeline import timeline

    return timeline(work, inputs, into)
