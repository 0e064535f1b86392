"""Files and times as an OpenTimelineIO timeline names them. Knows nothing of what stands where."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import quote

from opentimelineio import opentime, schema

from reelmake.errors import LocalTool
from reelmake.media.probe import probe
from reelmake.model.take import Facts
from reelmake.model.time import nearest
from reelmake_otio.work import OtioWork

STATE = ".reelmake"  # the folder of a project that made clips stand in


@dataclass(frozen=True, slots=True)
class MediaReference:
    """One file as the timeline names it: `url` from the timeline's own folder, `rate` in units a second."""

    url: str
    sha256: str
    facts: Facts
    rate: Fraction
    length: int


def media(work: OtioWork, file: str, path: Path, rate: int = 0, still: int = 0) -> MediaReference:
    """`file` is the project path of footage, "" for a clip of the store. `rate` 0 = the clip's own frame rate.

    `still`: how many frames there are of it if it is a picture.
    """
    with path.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    facts = probe(path)
    unit = Fraction(rate) or facts.fps or work.fps
    length = nearest((facts.seconds or Fraction(0)) * unit)
    if facts.frames and not rate and abs(facts.frames - length) < 2:  # of others the last picture is held
        length = facts.frames
    if still and facts.seconds is None:
        length = still
    if not length:
        raise LocalTool(f"{file or path.name} has no length, so it cannot be in a timeline")
    return MediaReference(work.up + quote(file or _below_project(path)), digest, facts, unit, length)


def _below_project(clip: Path) -> str:
    """The project path of a clip of the store, wherever it stands there."""
    above = next(folder for folder in clip.parents if folder.name == STATE).parent
    return clip.relative_to(above).as_posix()


def reference(file: MediaReference) -> schema.ExternalReference:
    whole = span(0, file.length, file.rate)
    return schema.ExternalReference(target_url=file.url, available_range=whole)


def span(start: int | Fraction, length: int, rate: Fraction) -> opentime.TimeRange:
    """A TimeRange, in units of `rate`."""
    return opentime.TimeRange(time(start, rate), time(length, rate))


def time(value: int | Fraction, rate: Fraction) -> opentime.RationalTime:
    return opentime.RationalTime(float(value), float(rate))


def gap(length: int, rate: Fraction) -> schema.Gap:
    return schema.Gap(source_range=span(0, length, rate))


def plain(value: object) -> object:
    """As JSON has it."""
    if isinstance(value, tuple | list):
        return [plain(one) for one in value]
    return float(value) if isinstance(value, Fraction) else value if isinstance(value, bool | int) else str(value)
