"""The sound of the cut alone: all of it as it is in the films, or one of its stems, for others to mix.

Stems lie as they do in the mix, with their gains and stepping back, before anything is done for loudness: together
they are the mix. Knows which steps lead to it; knows nothing of samples.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from reelmake.assemble.output_options import Number, OneOf, Option, chosen
from reelmake.assemble.rendition import Rendition
from reelmake.assemble.sound_step import mix_step
from reelmake.errors import Mistake
from reelmake.model.cut import Cut
from reelmake.model.frame import Size
from reelmake.model.segment import VideoFormat
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard

STEMS = ("clips", "narration", "effect", "music")
CODECS = {".wav": "pcm", ".flac": "flac", ".m4a": "aac", ".opus": "opus"}
SUFFIXES = tuple(CODECS)
OPTIONS: Mapping[str, Option] = {
    "stem": Option("all", "what is heard: all, the clips' own sound, or the tracks of a kind", OneOf(("all", *STEMS))),
    "audio": Option(192, "kilobits a second, of .m4a and .opus", Number(32, 512)),
}


def steps(cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
    """The mix, published at `root`/path. Raises Mistake (RM461) for a stem that there is not."""
    stem = str(chosen(OPTIONS, output, "stem"))
    kinds = {track.kind for track in board.sound.tracks} | ({"music"} if board.sound.music else set())
    kinds |= {"narration"} if any(not said.aloud for said in cut.said) else set()
    if stem not in ("all", "clips", *kinds):
        said = f"{output.path} would be silent: `sound:` has no {stem}"
        raise Mistake.of("RM461", said, output.span, hint="give it one, or remove this output")
    codec = next(codec for suffix, codec in CODECS.items() if output.path.lower().endswith(suffix))
    bitrate = 1000 * int(chosen(OPTIONS, output, "audio")) if codec in ("aac", "opus") else 0
    name = board.address(output.path)
    unseen = Rendition(cut, name, VideoFormat(Size(2, 2), cut.fps, 0, ""), clips)
    mix = mix_step(unseen, board, bitrate, codec, "" if stem == "all" else stem)
    return [replace(mix, output=f"{root}/{output.path}")]
