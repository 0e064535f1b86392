"""The cut as an HLS stream: a playlist, and beside it one file in fragments (.m4s) of which players fetch the parts
they need by their bytes; any web server that answers range requests will do. With `qualities` or captions the playlist
names others: one a quality, each with its file, and one of the captions.

Knows which steps lead to it; knows nothing of ffmpeg and of how a playlist is written.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from pathlib import PurePosixPath

from reelmake.assemble.output_options import Ladder, Number, Option, chosen
from reelmake.assemble.rendition import Rendition
from reelmake.assemble.steps import output_step
from reelmake.model.cut import Cut
from reelmake.model.delivery import CaptionListWork, MasterWork, PlaylistWork, SubtitleWork
from reelmake.model.frame import Size
from reelmake.model.overlay import Cue
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.model.time import nearest, seconds
from reelmake.model.work import Work
from reelmake.outputs import _film

SUFFIXES = (".m3u8",)
OPTIONS = {
    **_film.coded(_film.H264, 192),
    "qualities": Option(
        [], "sizes among which players choose, by the picture's shorter side, as in [360, 720, 1080]", Ladder()
    ),
    "part": Option(6, "length of a segment in seconds, as near as keyframes allow", Number(1, 60)),
    **_film.SHOWN,
}
FILM = _film.Film(OPTIONS, "fragments", "aac")


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """Segments, sounds, files in fragments and playlists; the last two are published, at `root`/path and beside it."""
    reel = FILM.rendition(cut, board, output, clips)
    spoken = FILM.soft(cut, board, output)
    rungs: Mapping[int, int] = chosen(OPTIONS, output, "qualities")
    if not rungs and not spoken:
        return _stream(reel, board, output, root)
    stem, size = output.path[: -len(".m3u8")], reel.picture.size
    made: list[Step] = []
    media: list[Input] = []
    lists: list[str] = []
    for side, most in sorted((rungs or {min(size.width, size.height): 0}).items(), reverse=True):
        quality = replace(output, path=f"{stem}-{side}.m3u8")
        picture = replace(reel.picture, size=_sized(size, side), peak=most)
        made += _stream(replace(reel, name=board.address(quality.path), picture=picture), board, quality, root)
        media.append(Input(f"media {len(media) + 1:03}", step=made[-2].id))
        lists.append(PurePosixPath(quality.path).name)
    captions = _captions(cut, board, stem, spoken, root) if spoken else []
    work = MasterWork(
        lists=tuple(lists),
        fps=cut.fps,
        captions=PurePosixPath(captions[-1].output).name if captions else "",
        language=board.captions.language if captions else "",
    )
    return [*made, *captions, output_step(reel.name, f"{root}/{output.path}", work, media, cut.shots)]


def _stream(reel: Rendition, board: Storyboard, output: Output, root: str) -> list[Step]:
    """One quality: its file is the last step but one, its playlist the last."""
    media = replace(output, path=output.path[: -len(".m3u8")] + ".m4s")
    made = FILM.joined(reel, board, media, root)
    work = PlaylistWork(PurePosixPath(media.path).name, Fraction(chosen(OPTIONS, output, "part")))
    whole = [Input("media", step=made[-1].id)]
    return [*made, output_step(reel.name, f"{root}/{output.path}", work, whole, reel.cut.shots)]


def _captions(cut: Cut, board: Storyboard, stem: str, spoken: tuple[Cue, ...], root: str) -> list[Step]:
    file, playlist = f"{stem}-captions.vtt", f"{stem}-captions.m3u8"
    listed = CaptionListWork(PurePosixPath(file).name, seconds(cut.frames, cut.fps))
    made: dict[str, Work] = {file: SubtitleWork("vtt", spoken), playlist: listed}
    return [output_step(board.address(path), f"{root}/{path}", work, (), cut.shots) for path, work in made.items()]


def _sized(size: Size, side: int) -> Size:
    """The same shape with this shorter side; even, as encoders want it."""
    short, long = sorted((size.width, size.height))
    other = 2 * nearest(Fraction(long * side, 2 * short))
    return Size(side, other) if size.width == short else Size(other, side)
