"""Sounds, pictures, fonts and looks that a storyboard names, looked at before anything is made of them.

What cannot be used is told at the line that names it. Knows nothing of clips, and of how any of it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from pathlib import Path

from reelmake.diagnostics import Report
from reelmake.errors import LocalTool
from reelmake.model.compiled import Mention
from reelmake.model.storyboard import Sound
from reelmake.model.time import exact
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes

_USES = ("sound", "picture", "font", "look")


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
