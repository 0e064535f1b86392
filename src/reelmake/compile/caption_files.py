"""Captions out of a file: which format it is. SubRip and WebVTT have a grammar each.

Markup is left out, for we have our own look, and so is where a caption is to stand. What only looks like markup stays.
Knows nothing of shots and of how captions are shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from heapq import heappop, heappush

from reelmake.compile import subrip, webvtt
from reelmake.compile.cueing import CODE, Cueing
from reelmake.diagnostics import Report, Source, Span
from reelmake.model.overlay import Cue

MOST = 40
_OTHERS = {
    "Advanced SubStation (ASS)": re.compile(r"\[Script Info\]", re.I),
    "TTML": re.compile(r"(<\?xml\b[^>]*>\s*)?(<!--.*?-->\s*)*<(\w+:)?tt[\s>]", re.S),
    "SAMI": re.compile(r"<sami[\s>]", re.I),
    "MicroDVD": re.compile(r"\{\d+\}\{\d+\}"),
}


def cues(source: Source, report: Report) -> tuple[Cue, ...]:
    """In the order they are seen. Mistakes go to `report`, each at its line. A file is what it begins as, whatever its
    name."""
    beginning = source.text[:4000].removeprefix("\ufeff").lstrip()
    for name, begins in _OTHERS.items():
        if begins.match(beginning):
            hint = f"ffmpeg -i {source.name} captions.srt makes SubRip of it"
            message = f"{source.name} is {name}; captions are read from SubRip (.srt) and WebVTT (.vtt)"
            report.error("RM485", message, Span(source, 0, 0), hint=hint)
            return ()
    cueing = Cueing(source, report)
    (webvtt if webvtt.SIGNATURE.match(source.text) else subrip).read(cueing)
    if not cueing.found and not report.failed:
        report.error(CODE, f"there is no caption in {source.name}", Span(source, 0, 0))
    found = sorted(cueing.found, key=lambda cue: (cue.begin, cue.end))
    _few(found, report)
    return tuple(found)


def _few(found: Sequence[Cue], report: Report) -> None:
    """No frame has room for more than MOST captions; and they are written as often as they meet."""
    ends: list[int] = []
    for cue in found:
        while ends and ends[0] <= cue.begin:
            heappop(ends)
        heappush(ends, cue.end)
        if len(ends) > MOST:
            hint = "captions that other programs place apart all share one place here"
            report.error("RM487", f"more than {MOST} captions are seen at once here", cue.span, hint=hint)
            return
