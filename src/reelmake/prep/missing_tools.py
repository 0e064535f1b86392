"""What is missing here of what an output needs: packages, and encoders and filters of the ffmpeg in use.

Told before anything is made. Clips that are not made yet cannot be looked at; they are hardly ever of such kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from contextlib import suppress
from importlib.util import find_spec

from reelmake import catalog
from reelmake.diagnostics import Note, Report, Span
from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.model.frame import STILLS
from reelmake.model.segment import JoinWork, SegmentWork
from reelmake.model.step import Step
from reelmake.model.storyboard import Output
from reelmake.ports import Inputs

SOMETIMES: Mapping[str, str] = {
    "zscale": "footage in high dynamic range",
    "tonemap": "footage in high dynamic range",
    "bwdif": "interlaced footage",
    "premultiply": "transparent footage",
    "perspective": "a camera that moves, or zooming out",
    "lut3d": "a look",
    "alphamerge": "an inset with round corners",
    "avgblur": "the transition whip",
    "hwupload": "encoding with vaapi",
}
"""Filters that only some films need, and what for: an ffmpeg may have been built without them."""
HINT = "use another ffmpeg: `reelmake doctor` lists what this one lacks"


def report_lacks(
    output: Output, steps: Iterable[Step], inputs: Inputs, footage: Mapping[str, Span | None], report: Report
) -> None:
    """Errors RM462 for encoders, RM463 for filters, RM469 for packages. `footage`: where the shots' files are named, by
    project path."""
    for package, install in getattr(catalog.output(output.path), "NEEDS", {}).items():
        if find_spec(package) is None:
            message = f"{output.path} needs the package {package}, which is not installed"
            report.error("RM469", message, output.span, hint=install)
    steps, tool = list(steps), ffmpeg.version()
    for encoder in sorted({step.work.encoder for step in steps} - {""}):
        if not ffmpeg.encodes(encoder):
            message = f"{output.path} needs {encoder}, and ffmpeg {tool} does not encode with it here"
            report.error("RM462", message, output.span, hint=f"choose another codec, or {HINT}")
    absent = ffmpeg.lacks(frozenset(SOMETIMES))
    if not absent:
        return
    needed: dict[str, Span | None] = {}
    for step in steps:
        needed |= dict.fromkeys(step.work.filters)
        if isinstance(step.work, JoinWork):
            needed |= dict.fromkeys(catalog.filters(step.work.transition, step.work.params))
        if isinstance(step.work, SegmentWork):
            for file in {given.file for given in step.inputs if given.file in footage}:
                needed |= dict.fromkeys(_of_file(file, inputs), footage[file])
    for name in sorted(absent & needed.keys()):
        message = f"{output.path} needs the filter {name} for {SOMETIMES[name]}, which ffmpeg {tool} lacks"
        notes = [Note("this is the footage", needed[name])] if needed[name] else []
        report.error("RM463", message, output.span, notes=notes, hint=HINT)


def _of_file(file: str, inputs: Inputs) -> frozenset[str]:
    from reelmake.media.material import material
    from reelmake.media.readers import ask

    with suppress(LocalTool):  # whoever shows it says it better
        return frozenset() if file.lower().endswith(STILLS) else ask(material, inputs.path(file)).filters
    return frozenset()
