"""Which programs and libraries the bytes of a local step depend on, with their versions: they are part of its key.

An order to a provider has nothing to do with them, nor has a picture that is cut out or fitted for one: a new version
must never make a paid shot again. Knows nothing of how any of them is used.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from reelmake import catalog
from reelmake.model.delivery import WebpWork
from reelmake.model.interchange import OtioWork
from reelmake.model.mix import MixWork
from reelmake.model.reel import GifWork, ReelWork
from reelmake.model.segment import BodyWork, JoinWork
from reelmake.model.step import Step
from reelmake.model.still import SheetWork, ThumbWork

FFMPEG = "ffmpeg"
_MADE_WITH: Mapping[type, tuple[str, ...]] = {
    BodyWork: (FFMPEG, "av", "pillow"),  # encoded, or copied, with words and photos in it
    JoinWork: (FFMPEG, "av", "pillow"),
    MixWork: (FFMPEG, "av", "numpy"),  # ffmpeg measures how loud it is
    ReelWork: (FFMPEG, "av"),  # joined by PyAV; it says of itself which ffmpeg cut it
    GifWork: (FFMPEG,),
    WebpWork: (FFMPEG,),
    SheetWork: ("pillow",),
    ThumbWork: ("av", "pillow"),
    OtioWork: ("opentimelineio",),
}
"""By the work. Text that we write ourselves depends on our own versions alone (WRITER and the like)."""


def made_with(step: Step) -> str:
    """ "ffmpeg 8.0, pillow 12.0.0"; "" if nothing but the work says what comes out. Raises LocalTool without ffmpeg."""
    names = _MADE_WITH.get(type(step.work), ())
    said = [f"{name} {version(name)}" for name in names]
    if isinstance(step.work, JoinWork) and (origin := catalog.origin("transitions", step.work.transition)):
        said.append(origin)
    return ", ".join(said)


@cache
def version(name: str) -> str:
    """Of the ffmpeg in use, or of an installed library; "" if there is no such library."""
    if name == FFMPEG:
        from reelmake.media import ffmpeg

        return ffmpeg.version()
    found = _record(name)
    return "" if found is None else found.parent.name.removesuffix(".dist-info").partition("-")[2]


def records() -> list[Path]:
    """Files that are gone or written anew when one of the libraries is another: what installers write down."""
    names = sorted({name for made in _MADE_WITH.values() for name in made} - {FFMPEG})
    return [*filter(None, map(_record, names)), *catalog.plug_in_files()]


@cache
def _record(name: str) -> Path | None:
    """A library's METADATA. Found by its folder's name: importlib.metadata takes ten times as long to say the same."""
    folder = re.compile(rf"{name}-[^-]+\.dist-info", re.IGNORECASE)
    for place in map(Path, sys.path):
        if place.is_dir():
            for entry in place.iterdir():
                if folder.fullmatch(entry.name):
                    return entry / "METADATA"
    return None
