"""What all films have in common, whatever their file is called: segments, sound, and the reel that joins them, with
what it says of itself. The options that they share, and the presets.

Knows which steps lead to a film; knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from reelmake.assemble.captions import cues, edges
from reelmake.assemble.output_options import Number, OneOf, Option, TextMap, chosen
from reelmake.assemble.rendition import SIZE, Rendition
from reelmake.assemble.sound_step import mix_step
from reelmake.assemble.steps import reel_step, segment_steps
from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.model.codec import CODECS, HARDWARE, SPEEDS
from reelmake.model.cue import Cue
from reelmake.model.cut import Cut
from reelmake.model.language import three
from reelmake.model.lettering import Lettering
from reelmake.model.reel import Chapter, ReelWork
from reelmake.model.segment import VideoFormat
from reelmake.model.step import Input, Step
from reelmake.model.storyboard import Output, Storyboard
from reelmake.records import dataclass

TAGS = ("album", "artist", "composer", "copyright", "date", "description", "genre", "show", "synopsis")


@dataclass(frozen=True, slots=True)
class Preset:
    """A package of settings: `crf` is added to the codec's own, `speed` is the encoder's, `audio` in kbit/s."""

    crf: int
    speed: str
    audio: int
    chapters: bool
    purpose: str


PRESETS: Mapping[str, Preset] = {
    "web": Preset(3, "medium", 160, False, "smaller, for pages"),
    "archive": Preset(-6, "slow", 320, True, "as good as the clips, with chapters"),
    "social": Preset(-2, "medium", 256, False, "for services that encode it once more"),
    "preview": Preset(10, "veryfast", 96, False, "quick and small, to look at"),
}


def _described(name: str, preset: Preset) -> str:
    crf = f"crf {abs(preset.crf)} {'higher' if preset.crf > 0 else 'lower'}"
    return f"{name} ({preset.purpose}: {crf} than the codec's own, {preset.speed}, {preset.audio} kbit/s of sound)"


PRESET = Option(
    "medium",
    "how long the encoder tries to make the file smaller, or the name of a package of settings, of which each may be "
    "written beside it: " + "; ".join(_described(name, preset) for name, preset in PRESETS.items()),
    OneOf((*SPEEDS, *PRESETS)),
)
FRAME: Mapping[str, Option] = {
    "size": Option("the storyboard's", "width and height in pixels, both even"),
    "fit": Option("crop", "how a clip of another shape is fitted: crop, pad, blur or stretch; a shot's own `fit` wins"),
}
"""Which picture a film has."""
SHOWN: Mapping[str, Option] = {
    "metadata": Option({}, "metadata of the file besides its title, as names with texts", TextMap(TAGS)),
    "slate": Option(
        "auto", "burn id and tier into the picture: auto does so for sketches", OneOf((True, False, "auto"))
    ),
    "captions": Option(
        "auto",
        "show the captions in the picture (true), or have them as a track that players can switch on (soft): auto as "
        "the storyboard's `captions` say",
        OneOf((True, False, "soft", "auto")),
    ),
    "captions_margin": Option(
        "the storyboard's",
        "how far burnt captions stay from the edge, in hundredths of the height, instead of the `margin` of "
        "`captions`: more for a tall film, whose lower part phones cover",
        Number(0, 60),
    ),
    "watermark": Option(True, "show the storyboard's watermark", OneOf((True, False))),
    "letterbox": Option(True, "lay the storyboard's letterbox over the picture", OneOf((True, False))),
}
"""What a film says of itself, and what lies over it."""
COPY = Option(
    "auto",
    "auto takes H.264 clips that fit as they are, whole or in part, unless `crf` or `preset` ask for an encoding; "
    "never encodes all",
    OneOf(("auto", "never")),
)
ENCODER = Option(
    "software",
    "a hardware encoder, if this machine has it: faster, but larger files, and other bytes on other machines",
    OneOf(("software", *HARDWARE)),
)
CHAPTERS = Option(
    False, "a chapter for every entry of the cut, named after its title or its shot", OneOf((True, False))
)


def audio(default: int) -> Option:
    """The option of the sound's bitrate."""
    return Option(default, "audio bitrate in kilobits a second", Number(32, 512))


def crf(codec: str) -> Option:
    """The option of the picture's quality, as it is for one codec."""
    what = CODECS[codec]
    others = ", ".join(f"{CODECS[name].crf} for {name}" for name in ("h264", "hevc", "av1", "vp9") if name != codec)
    return Option(
        what.crf,
        f"quality of the picture: {what.crf} looks like the clips, {what.crf + 10} is small (elsewhere {others})",
        Number(1, what.worst),
    )


def picture(cut: Cut, board: Storyboard, output: Output, options: Mapping[str, Option], codec: str) -> VideoFormat:
    """What all segments of this output have in common. Raises Mistake (RM460) for a wrong option."""
    preset = chosen(options, output, "preset")
    package = PRESETS.get(preset)
    quality = crf(codec)
    value = chosen({"crf": quality}, output, "crf")
    if package and "crf" not in output.options:
        value = min(CODECS[codec].worst, value + package.crf)
    size = output.size or board.defaults.size or SIZE
    device = chosen(options, output, "encoder") if "encoder" in options else "software"
    speed = package.speed if package else preset
    return VideoFormat(size, cut.fps, value, speed, codec=codec, hardware="" if device == "software" else device)


def bitrate(output: Output, options: Mapping[str, Option]) -> int:
    """Bits a second of the sound."""
    package = PRESETS.get(chosen(options, output, "preset"))
    asked = "audio" in output.options or not package
    return 1000 * (int(chosen(options, output, "audio")) if asked or package is None else package.audio)


def reel_of(
    cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], look: VideoFormat, name: str
) -> Rendition:
    """What all steps of an output share; `name` is its path, or that of one that looks the same."""
    slate = chosen(SHOWN, output, "slate")
    whole = board.address(name)
    fit = output.fit or board.defaults.fit
    copy = chosen({"copy": COPY}, output, "copy") == "auto" and not {"crf", "preset"} & output.options.keys()
    burn = chosen(SHOWN, output, "captions")
    burn = board.captions.burn if burn == "auto" else burn is True
    return Rendition(
        cut,
        whole,
        look,
        clips,
        fit,
        None if slate == "auto" else bool(slate),
        copy and look.codec == "h264",
        cues(cut, board) if burn else (),
        _lettering(board, output),
        board.watermark if chosen(SHOWN, output, "watermark") else None,
        board.letterbox if chosen(SHOWN, output, "letterbox") else None,
    )


def _lettering(board: Storyboard, output: Output) -> Lettering:
    """How captions are written in this output."""
    look = board.captions.lettering
    if "captions_margin" not in output.options:
        return look
    return replace(look, margin=Fraction(chosen(SHOWN, output, "captions_margin")))


def film(
    reel: Rendition,
    board: Storyboard,
    output: Output,
    root: str,
    options: Mapping[str, Option],
    kinds: tuple[str, str],
) -> list[Step]:
    """Segments, the mix, and the reel that is published at `root`/path. `kinds`: container, and codec of the sound."""
    container, sound = kinds
    segments = segment_steps(reel)
    mix = mix_step(reel, board, bitrate(output, options) if "audio" in options else 0, sound)
    work = described(reel, board, output, options, container)
    return [*segments, mix, reel_step(reel, work, segments, mix, f"{root}/{output.path}")]


def described(
    reel: Rendition, board: Storyboard, output: Output, options: Mapping[str, Option], container: str
) -> ReelWork:
    """The joining of a reel, with what it is to say of itself."""
    package = PRESETS.get(chosen(options, output, "preset")) if "preset" in options else None
    if package and "chapters" not in output.options:
        wanted = package.chapters
    else:
        wanted = "chapters" in options and chosen(options, output, "chapters")
    spoken = soft(reel.cut, board, output, options) if container != "fragments" else ()  # a stream has them beside it
    return ReelWork(
        title=board.title,
        fps=reel.cut.fps,
        frames=reel.cut.frames,
        container=container,
        tags={name: str(text) for name, text in chosen(options, output, "metadata").items()},
        chapters=chapters(reel.cut) if wanted and "chapters" in options else (),
        captions=spoken,
        language=three(board.captions.language) if spoken else "",
    )


def soft(cut: Cut, board: Storyboard, output: Output, options: Mapping[str, Option]) -> tuple[Cue, ...]:
    """The captions that are a track of the film. Raises Mistake (RM461) if they are asked for and there are none."""
    wanted = chosen(options, output, "captions")
    if not (wanted == "soft" or (wanted == "auto" and board.captions.soft)):
        return ()
    spoken = cues(cut, board)
    if wanted == "soft" and not spoken:
        said = f"{output.path} would have no captions: no shot of the cut has a `caption:`"
        raise Mistake([Diagnostic("RM461", said, output.span, hint="give a shot one, or remove the option")])
    return spoken


def chapters(cut: Cut) -> tuple[Chapter, ...]:
    """One an entry."""
    named = [entry.title.strip().partition("\n")[0] or entry.shot.rpartition("/")[2] for entry in cut.entries]
    marks = edges(cut)
    return tuple(Chapter(name, a, b - a) for name, a, b in zip(named, marks, marks[1:], strict=False) if b > a)
