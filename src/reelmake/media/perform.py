"""Does one piece of local work, whatever its kind: a plain function, for a worker process to call.

Knows which module makes what; knows nothing of processes, of keys' meaning or of the graph.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from reelmake.assemble.codecs import memory, turned
from reelmake.errors import LocalTool, disk_full, is_full
from reelmake.media import cell
from reelmake.model.delivery import CaptionListWork, MasterWork, PlaylistWork, SubtitleWork, WebpWork
from reelmake.model.interchange import OtioWork
from reelmake.model.mix import MixWork
from reelmake.model.order import Order
from reelmake.model.reel import GifWork, ReelWork
from reelmake.model.segment import BodyWork, JoinWork
from reelmake.model.still import ColorWork, FitWork, LastFrame, SheetWork, ThumbWork
from reelmake.model.take import Facts
from reelmake.ports import Tell
from reelmake.scratch import discard

WITHIN = (ReelWork, GifWork, WebpWork, SubtitleWork, PlaylistWork, CaptionListWork, MasterWork, OtioWork, SheetWork)
"""What is made of what was made here, or names files as they are."""
Making = Callable[[Any, Mapping[str, Path], Path, Tell], Facts]


def perform(key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """Writes the artifact of `work` to `into` and returns its facts, or leaves nothing of it. Raises LocalTool."""
    picture = getattr(work, "picture", None)
    cell.room(memory(picture) + turned(work) if picture else 0)
    try:
        if isinstance(work, WITHIN):
            return _maker(work)(work, inputs, into, tell)
        return _with_one_clock(key, work, inputs, into, tell)
    except Exception as error:
        discard(into)
        if is_full(error):
            raise disk_full("write what was made") from error
        if isinstance(error, LocalTool) or not _of_the_world(error):
            raise
        raise LocalTool(f"{into.name} could not be made: {getattr(error, 'strerror', None) or error}") from error


def _with_one_clock(key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    """From films and sounds that were made elsewhere."""
    from reelmake.media.steady import steady

    with steady(inputs, into) as read:
        if isinstance(work, Order):
            return _render(key, work, read, into, tell)
        if isinstance(work, BodyWork) and read["clip"] != inputs["clip"]:
            work = replace(work, copy=False)  # its packets come from more than one encoder
        return _maker(work)(work, read, into, tell)


def _of_the_world(error: Exception) -> bool:
    """Is it a matter of disks and codecs, and not our bug?"""
    from av.error import FFmpegError

    return isinstance(error, OSError | FFmpegError | MemoryError)


def _render(key: str, order: Order, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
    from reelmake import catalog
    from reelmake.media.probe import probe

    catalog.renderer(order)(key, order, inputs, into, tell)
    return probe(into, ".mp4")


_MAKERS: Mapping[type, str] = {
    BodyWork: "segments.body",
    JoinWork: "segments.join",
    MixWork: "mixer.mix",
    ReelWork: "packets.reel",
    GifWork: "gif_writer.gif",
    WebpWork: "webp_writer.webp",
    SubtitleWork: "subtitle_writer.subtitles",
    PlaylistWork: "hls_playlists.playlist",
    CaptionListWork: "hls_playlists.caption_list",
    MasterWork: "hls_playlists.master",
    OtioWork: "otio_timeline.timeline",
    SheetWork: "sheet.sheet",
    ThumbWork: "stills.thumb",
    LastFrame: "stills.last_frame",
    FitWork: "stills.fitted",
    ColorWork: "stills.color",
}


def _maker(work: Any) -> Making:
    """Each module is imported when its kind of work comes: numpy, Pillow and PyAV take their time."""
    module, _, name = _MAKERS[type(work)].partition(".")
    make: Making = getattr(importlib.import_module(f"reelmake.media.{module}"), name)
    return make
