"""Footage whose every frame says which clip it is and which number it has, and a cutting room to build cuts from it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from pathlib import Path
from typing import Any

import av
import numpy as np

from reelmake.assemble.cutting import timeline
from reelmake.assemble.sound_step import mix_step
from reelmake.diagnostics import Report
from reelmake.media.perform import perform
from reelmake.model.cut import Cut
from reelmake.model.cut_entries import CutEntry, Into
from reelmake.model.frame import Size
from reelmake.model.order import Slate
from reelmake.model.overlay import EntryTitle
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Defaults, Output, Shot, Sound, Storyboard
from reelmake.model.take import Facts
from reelmake.outputs import mp4
from reelmake.plan.key import key
from reelmake.plan.step_graph import graph

Wave = Callable[[np.ndarray], np.ndarray]  # of times in seconds

KEPT = Path(__file__).parents[2] / ".cache" / "footage"
CLIP_BITS, FRAME_BITS = 4, 9
SMALL = Size(208, 96)
ENCODED = Output("cut.mp4", options={"copy": "never"})


def footage(file: Path, clip: int, frames: int, *, sound: Wave | None = None, **how: Any) -> Path:
    """A copy of a clip as `filmed` makes it, which is made once for all tests with the same wishes.

    It is kept in .cache under a name that tells them and this code, so an old one is never taken for another.
    """
    if getattr(sound, "__closure__", None):  # nobody can tell what it will sound like
        return filmed(file, clip, frames, sound=sound, **how)
    wishes = repr((file.suffix, clip, frames, sorted(how.items()), av.__version__, _code(filmed), _code(sound)))
    name = sha256(wishes.encode()).hexdigest()[:24]
    kept = KEPT / f"{name}{file.suffix}"
    if not kept.exists():
        KEPT.mkdir(parents=True, exist_ok=True)
        part = KEPT / f"{name}.{os.getpid()}.part{file.suffix}"  # two may make it at once
        filmed(part, clip, frames, sound=sound, **how).replace(kept)
    shutil.copyfile(kept, file)
    return file


def _code(wave: Any) -> str:
    """Whatever may change what a function gives: the text of its file, which one it is, and all that it names."""
    code = getattr(wave, "__code__", None)
    if not code:
        return repr(wave)
    named = [_code(wave.__globals__[name]) for name in code.co_names if name in wave.__globals__]
    return f"{Path(code.co_filename).read_text()} {code.co_firstlineno} {named}"


def filmed(
    file: Path,
    clip: int,
    frames: int,
    *,
    fps: Fraction = Fraction(24),
    size: Size = SMALL,
    sound: Wave | None = None,
    rate: int = 48_000,
    channels: int = 2,
    sound_seconds: Fraction | None = None,
    pts: Sequence[int] | None = None,
    codec: str = "libx264",
    pix_fmt: str = "yuv420p",
    options: Mapping[str, str] | None = None,
    sar: Fraction | None = None,
    grain: float = 0.0,
) -> Path:
    """A clip of bars, black = 0 and white = 1: 4 bits of its number, then 9 of the frame's; `sound` of times in s.

    With `grain`, its standard deviation, no two packets are the same.
    """
    with av.open(str(file), "w") as out:
        track = out.add_stream(codec, rate=fps, options={"crf": "16", "preset": "ultrafast"} | dict(options or {}))
        track.width, track.height, track.pix_fmt = size.width, size.height, pix_fmt
        track.codec_context.time_base = 1 / fps
        if sar:
            track.codec_context.sample_aspect_ratio = sar
        voice = out.add_stream("aac", rate=rate, layout="stereo" if channels == 2 else "mono") if sound else None
        for n in range(frames):
            bars = _bars(clip, n, size)
            if grain:
                bars = (bars + np.random.default_rng((clip, n)).normal(0, grain, bars.shape)).astype(np.uint8)
            frame = av.VideoFrame.from_ndarray(bars, format="rgb24").reformat(format=pix_fmt)
            frame.pts, frame.time_base = pts[n] if pts else n, 1 / fps
            out.mux(track.encode(frame))
        out.mux(track.encode(None))
        if voice and sound:
            length = sound_seconds if sound_seconds is not None else frames / fps
            wave = np.asarray(sound(np.arange(int(length * rate)) / rate), np.float32)
            block = av.AudioFrame.from_ndarray(np.tile(wave, (channels, 1)), format="fltp", layout=voice.layout.name)
            block.sample_rate, block.pts, block.time_base = rate, 0, Fraction(1, rate)
            out.mux(voice.encode(block))
            out.mux(voice.encode(None))
    return file


def _bars(clip: int, number: int, size: Size) -> np.ndarray:
    bits = f"{clip:0{CLIP_BITS}b}{number:0{FRAME_BITS}b}"
    row = np.zeros(size.width, np.uint8)
    edges = np.linspace(0, size.width, len(bits) + 1).round().astype(int)
    for bit, left, right in zip(bits, edges, edges[1:], strict=False):
        row[left:right] = 235 if bit == "1" else 20
    return np.repeat(np.tile(row, (size.height, 1))[:, :, None], 3, axis=2)


def read(frame: Any, *, box: tuple[int, int, int, int] | None = None) -> tuple[int, int]:
    """(clip, number) that a decoded frame of such footage says; `box` (left, top, right, bottom) is where it lies."""
    left, top, right, bottom = box or (0, 0, frame.width, frame.height)
    middle = _grey(frame)[(top + bottom) // 2 - 2 : (top + bottom) // 2 + 2, left:right].mean(axis=0)
    edges = np.linspace(0, right - left, CLIP_BITS + FRAME_BITS + 1)
    centres = ((edges[:-1] + edges[1:]) / 2).astype(int)
    bits = "".join("1" if middle[c] > 128 else "0" for c in centres)
    return int(bits[:CLIP_BITS], 2), int(bits[CLIP_BITS:], 2)


def _grey(frame: Any) -> np.ndarray:
    """How light its pixels are: where luma comes in bytes that itself, for to convert it takes most of a reading."""
    if not frame.format.name.startswith(("yuv4", "yuvj4")) or frame.format.name[-1] != "p":
        return np.asarray(frame.to_ndarray(format="gray"))
    luma = frame.planes[0]
    return np.frombuffer(luma, np.uint8).reshape(-1, luma.line_size)[: frame.height, : frame.width]


def pictures(file: Path) -> list[Any]:
    """Every frame, decoded."""
    with av.open(str(file)) as container:
        return list(container.decode(video=0))


def packets(file: Path, kind: str) -> list[Any]:
    with av.open(str(file)) as container:
        return [p for p in container.demux(getattr(container.streams, kind)[0]) if p.size]


def heard(file: Path) -> np.ndarray:
    """The sound as float samples of shape (channels, n)."""
    with av.open(str(file)) as container:
        whole = np.concatenate([f.to_ndarray() for f in container.decode(audio=0)], axis=1)
        stream = container.streams.audio[0]
        return whole[:, : int(stream.duration * stream.time_base * stream.rate)]


def length(file: Path, kind: str) -> Fraction:
    """Seconds of a track, as a player takes it from the file."""
    with av.open(str(file)) as container:
        stream = getattr(container.streams, kind)[0]
        return Fraction(stream.duration) * Fraction(stream.time_base)


@dataclass
class Room:
    """A cutting room: clips by id, entries, and the outputs that come of them. Works that were done are remembered."""

    folder: Path
    clips: dict[str, Path] = field(default_factory=dict)
    lengths: dict[str, Fraction] = field(default_factory=dict)
    done: dict[str, Path] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)  # step ids that were really made, in order
    facts: dict[str, Facts] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)

    def clip(self, id: str, number: int, frames: int, *, fps: Fraction = Fraction(24), **how: Any) -> None:
        self.clips[id] = footage(self.folder / f"{id}.mp4", number, frames, fps=fps, **how)
        self.lengths[id] = frames / fps

    def board(self, *entries: CutEntry, fps: Fraction = Fraction(24), sound: Sound | None = None) -> Storyboard:
        return Storyboard(
            title="Test",
            shots={id: Shot(id, file=f"{id}.mp4") for id in self.clips},
            providers={},
            tiers={},
            defaults=Defaults(size=SMALL),
            cut=entries or None,
            sound=sound or Sound(),
            fps=fps,
        )

    def cut(self, board: Storyboard) -> Cut:
        report = Report()
        slates = {id: Slate(id, file=f"{id}.mp4") for id in self.clips}
        cut = timeline(board, slates, self.lengths, report)
        assert not report.items, report.items
        return cut

    def build(self, board: Storyboard, output: Output | None = None, *, by: Any = mp4) -> Path:
        """Makes what is not made yet, in the order of the graph; the path of the output.

        Without an output it is an mp4 of which every frame is encoded, whether the clips need it or not.
        """
        clips = {id: Input("clip", file=self.clips[id].name) for id in self.clips}
        steps = by.steps(self.cut(board), board, output or ENCODED, clips, "build")
        self.made.clear()
        paths: dict[str, Path] = {}
        for step in graph(steps).steps.values():
            paths[step.id] = self._make(step, paths)
            if step.output:
                return paths[step.id]
        raise AssertionError("no step is an output")

    def sound(self, board: Storyboard, codec: str = "aac") -> Path:
        """The mix alone, as it is in the reel; no picture is touched."""
        clips = {id: Input("clip", file=self.clips[id].name) for id in self.clips}
        self.made.clear()
        return self._make(
            mix_step(mp4.FILM.rendition(self.cut(board), board, Output("cut.mp4"), clips), board, 192_000, codec), {}
        )

    def _make(self, step: Step, paths: Mapping[str, Path]) -> Path:
        inputs = {i.label: paths[i.step] if i.step else self.folder / i.file for i in step.inputs}
        name = key(step, {label: f"{path.name}{path.stat().st_mtime_ns}" for label, path in inputs.items()})
        if name not in self.done:
            into = self.folder / (name[:16] + step.work.suffix)
            self.facts[step.id] = perform(name, step.work, inputs, into, self._tell)
            self.said += self.facts[step.id].notes
            self.done[name] = into
            self.made.append(step.id)
        return self.done[name]

    def _tell(self, fraction: float | None, word: str) -> None:
        """Nobody watches."""


def entry(
    shot: str, *, trim: tuple[str, str | None] | None = None, into: Into | None = None, title: str = "", **more: Any
) -> CutEntry:
    exact = (Fraction(trim[0]), None if trim[1] is None else Fraction(trim[1])) if trim else None
    return CutEntry(shot, exact, into, **({"titles": (EntryTitle(title),)} if title else {}), **more)


def into(name: str, seconds: str, **params: object) -> Into:
    return Into(name, Fraction(seconds), params)
