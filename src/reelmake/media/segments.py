"""Renders segments: every frame of the cut is encoded here, exactly once. Knows nothing of reels and of sound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from textwrap import shorten

from reelmake import catalog
from reelmake.assemble import filter_graph
from reelmake.assemble.framing import ALMOST, Material, opening, spot
from reelmake.errors import LocalTool
from reelmake.media import clearance, corners, ffmpeg, handles, seams, stills, text, text_overlay, verbatim
from reelmake.media.clearance import Rectangle
from reelmake.media.material import material
from reelmake.media.probe import damage, probe
from reelmake.model.codec import CODECS
from reelmake.model.frame import STILLS, Size
from reelmake.model.overlay import PLAIN, Overlay, Title
from reelmake.model.segment import BodyWork, Inlay, JoinWork, Piece, VideoFormat
from reelmake.model.stream import Stream
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake.scratch import discard

CROWDED = "a caption overlaps a title or the watermark, as there is no room elsewhere; try another `position:`"
Files = tuple[Path | None, Path | None]
"""The font and the logo of a title, None = the bundled one, none."""

_CHANGED = re.compile(r"context - w: (\d+) h: (\d+) .*incoming frame - w: (\d+) h: (\d+) .*pts_time: ([\d.]+)")


def body(work: BodyWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """The part of an entry between its joins."""
    if work.copy:
        notes: dict[str, None] = {}

        def encode(first: int, frames: int, into: Path) -> None:
            handle = work.handle if first + frames == work.piece.start + work.piece.frames else 0
            part = replace(work, piece=replace(work.piece, start=first, frames=frames), handle=handle)
            notes.update(dict.fromkeys(_body(part, inputs, into, lambda fraction, word: None).notes))

        if copied := verbatim.body(work, inputs["clip"], into, encode):
            return replace(copied, notes=tuple(notes))
    return _body(work, inputs, into, tell)


def _body(work: BodyWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    with _Prints(into, work.over.bars) as prints, _handle(work, inputs["clip"], into) as (reached, part):
        stream = prints.stream(inputs, "clip", reached, work.picture)
        stream, beside = filter_graph.handled(stream, work.piece.frames, part) if part else (stream, None)
        stream = prints.over(stream, inputs, work.over, work.picture)
        facts = _encode(stream, work.picture, work.piece.frames, into, tell, beside)
        seen = replace(work.piece, start=work.piece.start - prints.passed)
        return replace(facts, notes=(*_held(prints.shown[0], seen, work.picture.fps), *prints.notes()))


def join(work: JoinWork, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """A transition between two entries."""
    shelf = catalog.transition(work.transition)
    if shelf is None:
        raise LocalTool(f'there is no transition "{work.transition}"')
    if complaint := catalog.complaint(work.transition, work.params):
        raise LocalTool(complaint)
    frames = work.leaving.frames
    left = handles.place(into.parent, inputs["leaving"], work.leaving, work.picture, work.over.bars)
    with _Prints(into, work.over.bars) as prints:
        if left and left.exists():
            leaving = filter_graph.handle(prints.use(left), work.picture)
        else:
            leaving = prints.stream(inputs, "leaving", work.leaving, work.picture)
        entering = prints.stream(inputs, "entering", work.entering, work.picture)
        stream = shelf.fragment(leaving, entering, frames, work.picture.fps, work.params)
        stream = prints.over(stream, inputs, work.over, work.picture)
        facts = _encode(stream, work.picture, frames, into, tell)
        return replace(facts, notes=prints.notes())


@contextmanager
def _handle(work: BodyWork, clip: Path, into: Path) -> Iterator[tuple[Piece, Path | None]]:
    """A body and the frames behind it, while they are made with it; and where these are written until they are whole,
    None if they are not wanted."""
    piece = work.piece
    behind = replace(piece, start=piece.start + piece.frames, frames=work.handle)
    file = handles.place(into.parent, clip, behind, work.picture, work.over.bars) if work.handle else None
    if not file or not handles.welcome(file, work.handle, work.picture):
        yield piece, None
        return
    part = file.with_name(f".{into.name}.handle")
    try:
        yield replace(piece, frames=piece.frames + work.handle), part
        part.replace(file)
    finally:
        discard(part)


def _encode(
    stream: Stream, picture: VideoFormat, frames: int, into: Path, tell: Tell, beside: Stream | None = None
) -> Facts:
    stream = filter_graph.finished(stream, picture)
    arguments = filter_graph.arguments(stream, into, filter_graph.encoder(picture, frames), beside)
    strict = [] if "-ss" in arguments else ["-xerror"]  # pictures that a seek lands among may miss those before them
    other = _reshaped(ffmpeg.run([*strict, *arguments], into, frames=frames, tell=tell))
    if other:
        into.unlink()
        raise LocalTool(f"the picture of the clip changes its shape, {other}: split it there")
    facts = probe(into, f".{CODECS[picture.codec].container}")
    if facts.frames != frames:
        into.unlink()
        raise LocalTool(f"ffmpeg made {facts.frames} frames, {frames} were expected")
    seams.check(into, [frames])
    return facts


def _reshaped(said: str) -> str:
    """What ffmpeg warned of if a clip has pictures of another shape from somewhere on; "" if it has not."""
    for found in _CHANGED.finditer(said):
        before, after = Size(int(found[1]), int(found[2])), Size(int(found[3]), int(found[4]))
        if abs(Fraction(after.width * before.height, after.height * before.width) - 1) > ALMOST:
            return f"{before} → {after} at {float(found[5]):.2f} s"
    return ""


def _held(material: Material, piece: Piece, fps: Fraction) -> tuple[str, ...]:
    """By how much a clip is too short for what is shown of it; a frame more or less is rounding."""
    length = material.seconds
    end = piece.start + piece.frames if piece.until is None else piece.until
    short = end - int(length / piece.speed * fps) if length is not None else 0
    return (f"the clip ends {min(short, piece.frames)} frames too early; its last frame is held",) if short > 1 else ()


def _moved(card: filter_graph.Print, by: tuple[int, int]) -> filter_graph.Print:
    return replace(card, x=card.x + by[0], y=card.y + by[1])


class _Prints:
    """The pictures of text that lie beside a segment while it is made. `bars`: the shape that they leave open."""

    def __init__(self, into: Path, bars: Fraction | None) -> None:
        self._into = into
        self._bars = bars
        self._files: list[Path] = []
        self._read: list[Path] = []
        self._given: dict[Path, None] = {}  # films that are not ours, to be looked at if something is wrong
        self.shown: list[Material] = []
        self.passed = 0  # frames of the clip that come before what is read of it
        self.missing: set[str] = set()  # characters that a font has not
        self._said: dict[str, None] = {}  # what else there is to note

    def __enter__(self) -> _Prints:
        return self

    def __exit__(self, kind: object, error: object, trace: object) -> None:
        discard(*self._files)
        if not isinstance(error, LocalTool):
            return
        for clip in self._given:
            at = None if clip.suffix.lower() in STILLS else damage(clip)
            if at is not None:
                said = f"{clip.name} is damaged: the picture at {float(at):.2f} s cannot be decoded"
                raise LocalTool(said) from error

    def notes(self) -> tuple[str, ...]:
        """Which characters came out as boxes, which words were cut off, and whether some lie on others."""
        some = "".join(sorted(self.missing)[:12])
        boxes = (f"the font has no {some}; name another with `font:`",) if some else ()
        return (*boxes, *self._said)

    def stream(self, inputs: Mapping[str, Path], label: str, piece: Piece, picture: VideoFormat) -> Stream:
        """The frames of a piece; of a clip that could be copied, no more is decoded than they are made from."""
        self._given[inputs[label]] = None
        if piece.start > 0 and piece.speed == 1 and (piece.until, piece.since, piece.move) == (None, None, None):
            group = self._file(".mp4")
            if (first := verbatim.group(inputs[label], piece, picture, group)) is not None:
                inputs, piece = {**inputs, label: group}, replace(piece, start=piece.start - first)
                self.passed = first
        return filter_graph.piece(self._reading(inputs, label, piece, picture), piece, picture)

    def _reading(
        self, inputs: Mapping[str, Path], label: str, piece: Piece, picture: VideoFormat
    ) -> filter_graph.Reading:
        clip = inputs[label]
        if clip.suffix.lower() in STILLS:
            clip = self._file()
            found = Material(stills.upright(inputs[label], piece, picture.size, clip), still=True)
        else:
            found = material(clip)
        self.shown.append(found)
        raised = bool(piece.slate)
        left, top, size = opening(self._bars, picture.size)  # bars lie over what is said in a picture
        nth = [f" {number}" if number > 1 else "" for number in range(1, len(piece.words) + 1)]
        files = [(inputs.get(f"{label} font{n}"), inputs.get(f"{label} logo{n}")) for n in nth]
        titles = tuple(self._title(w, f, size, raised, (left, top)) for w, f in zip(piece.words, files, strict=True))
        slate = _moved(text.slate(piece.slate, size, self._file()), (left, top)) if piece.slate else None
        small = enumerate(piece.insets, 1)
        again = self._read.count(clip)
        self._read.append(clip)
        insets = tuple(self._framed(inputs, f"{label} inset {n}", inlay, picture) for n, inlay in small)
        colors = tuple(text.plain(fading.color, self._file()) for fading in piece.fades)
        return filter_graph.Reading(clip, found, titles, slate, inputs.get(f"{label} look"), insets, again, colors)

    def _framed(
        self, inputs: Mapping[str, Path], label: str, inlay: Inlay, picture: VideoFormat
    ) -> filter_graph.Framed:
        self._given[inputs[label]] = None
        place = spot(inlay.mount, corners.shape(inputs[label]), picture.size)
        reading = self._reading(inputs, label, inlay.piece, replace(picture, size=place.size))
        mask = corners.mask(inlay.mount, place, self._file())
        return filter_graph.Framed(reading, place, mask, corners.border(inlay.mount, place, self._file()))

    def over(self, stream: Stream, inputs: Mapping[str, Path], over: Overlay, picture: VideoFormat) -> Stream:
        font, (left, top, size) = inputs.get("caption font"), opening(over.bars if over.inside else None, picture.size)
        mark = (
            _moved(corners.watermark(over.mark, inputs["watermark"], size, self._file()), (left, top))
            if over.mark
            else None
        )
        marked = [clearance.box(mark, clearance.SEEN)] if mark and over.apart else []
        captions = []
        for caption in over.captions:
            look = text_overlay.fixed(caption.lettering, picture.size, size)
            card = self._title(replace(caption, lettering=look), (font, None), size, raised=False, at=(left, top))
            fonts = {other: inputs[f"beside font {n}"] for n, other in enumerate(over.fonts, 1)}
            logos = {other: inputs[f"beside logo {n}"] for n, other in enumerate(over.logos, 1)}
            files = [(fonts.get(t.lettering.font), logos.get(t.lettering.logo)) for t in caption.beside]
            drawn = (self._drawn(t, f, size, t.raised, (left, top)) for t, f in zip(caption.beside, files, strict=True))
            others = [*marked, *(clearance.box(other, clearance.SOLID) for other in drawn)]
            captions.append(self._clear(card, others, (top, top + size.height), down=look.position == "top"))
        return filter_graph.over(stream, over, captions, mark, picture)

    def _clear(
        self, card: filter_graph.Print, others: list[Rectangle], within: tuple[int, int], *, down: bool
    ) -> filter_graph.Print:
        """The card of a caption, moved away from what else is seen while it is."""
        by = clearance.clear(clearance.box(card, clearance.SEEN), others, within, down=down) if others else 0
        self._said |= {CROWDED: None} if by is None else {}
        return _moved(card, (0, by or 0))

    def _title(self, words: Title, files: Files, size: Size, raised: bool, at: tuple[int, int]) -> filter_graph.Print:
        """Words in the part of the picture that is `size` large and begins `at`."""
        self.missing |= set(text_overlay.glyphless(words.text + words.below, files[0]))
        card = self._drawn(words, files, size, raised, at)
        if card.cut:
            begins = shorten(words.text or words.below, 40, placeholder=" …")
            self._said[f'"{begins}" does not fit; its end is cut off'] = None
        return card

    def _drawn(self, words: Title, files: Files, size: Size, raised: bool, at: tuple[int, int]) -> filter_graph.Print:
        font, logo = files
        if words.lettering == PLAIN and not (words.shaped or words.below or logo):
            return _moved(text.title(words.text, size, self._file(), above=raised), at)
        return _moved(text_overlay.card(words, size, self._file(), file=font, logo=logo, raised=raised), at)

    def use(self, file: Path) -> Path:
        """A file that nobody needs when the segment has been made."""
        self._files.append(file)
        return file

    def _file(self, suffix: str = ".png") -> Path:
        file = self._into.with_name(f".{self._into.name}.{len(self._files)}{suffix}")
        self._files.append(file)
        return file
