"""The cut as an HLS stream: a playlist, and beside it one file in fragments (.m4s) of which players fetch the parts
they need by their bytes; any web server that answers range requests will do.

Knows which steps lead to it; knows nothing of ffmpeg and of how a playlist is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath

from reelmake.assemble.options import Choice, Number, Option, chosen
from reelmake.model.cut import Cut
from reelmake.model.delivery import PlaylistWork
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.outputs import _film

SUFFIXES = (".m3u8",)
OPTIONS: Mapping[str, Option] = {
    "size": _film.SIZE_OPTION,
    "fit": _film.FIT,
    "codec": Option("h264", "h264 plays everywhere; hevc and av1 are smaller", Choice(("h264", "hevc", "av1"))),
    "crf": _film.crf("h264"),
    "preset": _film.PRESET,
    "audio": _film.audio(192),
    "part": Option(6, "seconds of a part, as near as keyframes allow", Number(1, 60)),
    "metadata": _film.METADATA,
    "slate": _film.SLATE,
    "captions": _film.CAPTIONS,
    "watermark": _film.WATERMARK,
    "letterbox": _film.LETTERBOX,
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, sounds, the file in fragments, and the playlist; the last two are published, at `root`/path."""
    if not cut.entries:
        return []
    look = _film.picture(cut, board, output, OPTIONS, chosen(OPTIONS, output, "codec"))
    media = replace(output, path=output.path[: -len(".m3u8")] + ".m4s")
    reel = replace(_film.reel_of(cut, board, output, clips, look, output.path), copy=False)  # clips have few keyframes
    made = _film.film(reel, board, media, root, OPTIONS, "fragments", "aac")
    playlist = Step(
        id=f"output:{reel.name}",
        kind="output",
        work=PlaylistWork(PurePosixPath(media.path).name, Fraction(chosen(OPTIONS, output, "part"))),
        inputs=(Input("media", step=made[-1].id),),
        suffix=".m3u8",
        shots=made[-1].shots,
        seconds=0.2,
        output=f"{root}/{output.path}",
    )
    return [*made, playlist]
