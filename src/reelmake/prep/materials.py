"""Footage, pictures, sounds, fonts and looks of a storyboard: looked at once, known by the digest of their bytes.

What cannot be used is told at the line that names it. Knows nothing of shots, and of how any of it is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from fractions import Fraction
from pathlib import Path, PurePosixPath

from reelmake.diagnostics import Report
from reelmake.errors import LocalTool
from reelmake.model.compiled import Mention
from reelmake.model.frame import PictureFacts, Size
from reelmake.model.storyboard import Sound
from reelmake.model.time import exact
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes

_USES = ("sound", "picture", "font", "look")
MOST = 80_000_000  # pixels; a small file may hold billions, and decoding it would take all memory
DECODED = ("jpeg", "mpo", "png", "webp")
NAMED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # others are no pictures, or programs (PostScript)
_SAME = {"mpo": "jpeg"}  # what phones write: a JPEG with more pictures behind it


class Footage:
    """Footage of a project, by path."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "footage.json", "2", (str, str))

    def look(self, paths: Iterable[str]) -> None:
        """Reads what is not known yet, several at once; what is wrong with a file is said when it is asked for."""
        self._findings.look_into(sorted(set(paths)), self._question)

    def seconds(self, path: str) -> Fraction:
        """The exact length of a file that was looked at. Raises LocalTool if it is no whole film."""
        seconds = str(self._findings.of(*self._question(path))[0])
        if not seconds:
            raise LocalTool("it has no length (a still belongs under `image:`)")
        return exact(seconds)

    def reading(self, path: str) -> str:
        """What of it is seen and heard, "" = all of it. Raises LocalTool."""
        return str(self._findings.of(*self._question(path))[1])

    def _question(self, path: str) -> tuple[str, Question]:
        return self._inputs.digest(path), Question(_film, self._inputs.path(path), (PurePosixPath(path).suffix,))


def _film(file: Path, suffix: str) -> Finding:
    from reelmake.media.view import film

    return film(file, suffix)


class Pictures:
    """Stills of a project, by path, and the frames of its footage."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "pictures.json", "3", (str, int, int, int))

    def look(self, path: str) -> PictureFacts:
        """Raises LocalTool if it is no picture, or one of a kind that is sent and cannot be decoded whole."""
        return self._remembered(path, _decoded)

    def frame(self, path: str) -> PictureFacts:
        """Of footage: the size of its frames, upright. Raises LocalTool."""
        return self._remembered(path, _frame)

    def _remembered(self, path: str, look: Callable[[Path], Finding]) -> PictureFacts:
        found = self._findings.of(self._inputs.digest(path), Question(look, self._inputs.path(path)))
        width, height, size = map(int, found[1:4])
        return PictureFacts(str(found[0]), Size(width, height), size)


def _decoded(file: Path) -> Finding:
    from reelmake.media import photo

    with photo.opened(file, NAMED, MOST) as picture:
        format_, (width, height) = (picture.format or "").lower(), picture.size
        if format_ in DECODED:
            picture.load()
    return [_SAME.get(format_, format_), width, height, file.stat().st_size]


def _frame(file: Path) -> Finding:
    from reelmake.media.material import material

    size = material(file).size
    return ["video", size.width, size.height, file.stat().st_size]


class Materials:
    """Of a project, by path; each is looked at once and remembered by the digest of its bytes."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "materials.json", "2", ())
        self.readings: dict[str, str] = {}  # what is heard of the sounds that were checked, "" = simply all

    def check(self, mentions: Iterable[Mention], report: Report) -> dict[str, Fraction]:
        """Errors RM611 for sounds, RM612 for pictures, fonts and looks. Seconds of the sounds that can be used."""
        lengths: dict[str, Fraction] = {}
        told = [mention for mention in mentions if mention.use in _USES]
        self._findings.look_into(told, self._question)
        for mention in told:
            try:
                found = self._findings.of(*self._question(mention))
            except LocalTool as error:
                code, what = ("RM611", "sound") if mention.use == "sound" else ("RM612", f"a {mention.use}")
                report.error(code, f"{mention.path} is not {what} that can be used: {error}", mention.span)
                continue
            if mention.use == "sound":
                seconds, self.readings[mention.path] = map(str, found)
                lengths[mention.path] = exact(seconds)
        return lengths

    def _question(self, mention: Mention) -> tuple[str, Question]:
        """With its name. Raises LocalTool."""
        name = f"{mention.use} {self._inputs.digest(mention.path)}"
        return name, Question(_looked_at, self._inputs.path(mention.path), (mention.use,))


def check_trims(sound: Sound, lengths: Mapping[str, Fraction], report: Report) -> None:
    """Error RM472 for a track or music of which nothing is left; `lengths`: seconds of its file."""
    for track in (*sound.tracks, *((sound.music,) if sound.music else ())):
        length = lengths.get(track.file)
        if track.trim is not None and length is not None and track.trim[0] >= length:
            what = "the music" if track is sound.music else "this track"
            says = f"{what} is never heard: {track.file} is {float(length):.2f} s long"
            report.error("RM472", says, track.spans.get("trim", track.span))


def _looked_at(file: Path, use: str) -> Finding:
    """The seconds of a sound and how it is read; of others nothing but that they can be used. Raises LocalTool."""
    from reelmake.media import lut, stills, text_overlay, view

    if use == "sound":
        return view.heard(file)
    look = {"picture": stills.whole, "font": text_overlay.readable, "look": lut.readable}[use]
    look(file)
    return ()
