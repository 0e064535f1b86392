"""Which programs and libraries the bytes of a local step depend on, with their versions: they are part of its key.

An order to a provider has nothing to do with them, nor has a picture that is cut out or fitted for one: a new version
must never make a paid shot again. Knows nothing of how any of them is used.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from reelmake import catalog
from reelmake.model.segment import JoinWork
from reelmake.model.step import Step

FFMPEG = "ffmpeg"


def made_with(step: Step) -> str:
    """ "ffmpeg 8.0, pillow 12.0.0", and the package of an outsider's work or transition. "" if nothing but the work
    says what comes out: what we write ourselves has versions of our own. Raises LocalTool without ffmpeg."""
    work = step.work
    said = [f"{name} {version(name)}" for name in work.TOOLS]
    makers = [type(work).__module__, work.maker]
    if isinstance(work, JoinWork) and (module := catalog.transition(work.transition)):
        makers.append(module.__name__)
    said += dict.fromkeys(catalog.origin(maker) for maker in makers if maker)
    return ", ".join(filter(None, said))


@cache
def version(name: str) -> str:
    """Of the ffmpeg in use, or of an installed library; "" if there is no such library."""
    if name == FFMPEG:
        from reelmake.media import ffmpeg

        return ffmpeg.version()
    found = _record(name)
    return "" if found is None else found.parent.name.removesuffix(".dist-info").partition("-")[2]


def records(steps: Iterable[Step]) -> list[Path]:
    """Files that are gone or written anew when one of the libraries is another: what installers write down."""
    names = sorted({name for step in steps for name in step.work.TOOLS} - {FFMPEG})
    return [*filter(None, map(_record, names)), *catalog.plug_in_files()]


@cache
def _record(name: str) -> Path | None:
    """A library's METADATA. Found by its folder's name: importlib.metadata takes ten times as long to say the same."""
    folder = re.compile(rf"{re.sub('[-_.]+', '[-_.]+', name)}-[^-]+\.dist-info", re.IGNORECASE)
    for place in map(Path, sys.path):
        if place.is_dir():
            for entry in place.iterdir():
                if folder.fullmatch(entry.name):
                    return entry / "METADATA"
    return None
