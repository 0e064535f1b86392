"""Captions as a track of a film, which players show or not: its packets, in the form of each container.

Knows nothing of pictures and sound.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from fractions import Fraction
from typing import Any

import av

from reelmake.assemble.captions import apart
from reelmake.media.subtitle_writer import escaped
from reelmake.model.overlay import Cue
from reelmake.model.segment import ReelWork

CODECS = {"mp4": "mov_text", "mov": "mov_text", "matroska": "subrip", "webm": "webvtt"}
TIMED = ("mp4", "mov")  # containers whose captions are timed text, which has no gaps and does not overlap
_MAC = """
bodtib cymwel deuger ellgre eusbaq faofo. fasper hrvhr. hyearm islice katgeo mkdmac msamay myabur nlddut nnonor nobnor
panpa. smesmi sqialb srpsr. swesve zhochi
"""
MAC = {code[:3]: code[3:].replace(".", " ") for code in _MAC.split()}  # a .mov has numbers for these, under other names
MILLISECOND = Fraction(1, 1000)
_STYLES = "Name, Fontname, Fontsize, PrimaryColour, Bold, Italic, Underline, BorderStyle, Outline, Shadow, Alignment"
_HEADER = f"""[Script Info]
ScriptType: v4.00+

[V4+ Styles]
Format: {_STYLES}
Style: Default,Arial,16,&Hffffff,0,0,0,1,1,0,2

[Events]
Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
"""  # an encoder does not open without one; of it only timed text keeps the style


def track(out: Any, work: ReelWork) -> Any:
    """A new track of the film."""
    made = out.add_stream(CODECS[work.container])
    made.codec_context.subtitle_header = _HEADER.encode()
    made.metadata["language"] = MAC.get(work.language, work.language) if work.container == "mov" else work.language
    if work.container == "mov":
        made.codec_context.codec_tag = "tx3g"  # subtitles; by itself FFmpeg calls them "text", which is always shown
    made.time_base = MILLISECOND
    return made


def packets(work: ReelWork, made: Any) -> Iterator[Any]:
    """Of every caption, in the order they are seen."""
    cues: Iterable[Cue] = work.captions
    if work.container in TIMED:  # where two are said at once both are in one, where nothing is said is an empty one
        cues = (Cue(*times, "\n".join(cue.text for cue in seen)) for times, seen in apart(work.captions))
    for cue in cues:
        text = (escaped(cue.text) if work.container == "webm" else cue.text).encode()
        packet = av.Packet(len(text).to_bytes(2) + text if work.container in TIMED else text)
        packet.stream, packet.time_base = made, MILLISECOND
        packet.pts = packet.dts = cue.begin
        packet.duration = cue.end - cue.begin
        yield packet
