"""What all films have in common, whatever their file is called: segments, sound, and the reel that joins them, with
what it says of itself. The options that they share, and the presets.

A kind of film is a `Film`; what it differs in is a table of its options. Knows nothing of ffmpeg.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction

from reelmake.assemble.captions import cues, edges, unsaid
from reelmake.assemble.output_options import Number, OneOf, Option, TextMap, chosen
from reelmake.assemble.rendition import SIZE, Rendition
from reelmake.assemble.sound_step import mix_step
from reelmake.assemble.steps import reel_step, segment_steps
from reelmake.errors import Mistake
from reelmake.model.codec import CODECS, HARDWARE, SPEEDS
from reelmake.model.cut import Cut
from reelmake.model.overlay import Cue, three
from reelmake.model.segment import Chapter, ReelWork, VideoFormat
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
    "social": Preset(-2, "medium", 256, False, "for services that encode it again"),
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


H264 = Option("h264", "h264 plays everywhere; hevc and av1 are smaller", OneOf(("h264", "hevc", "av1")))


def coded(codec: Option, bitrate: int, **sound: Option) -> dict[str, Option]:
    """The options of films whose picture and sound are encoded; `bitrate` of the sound in kbit/s, if none is named."""
    audio = Option(bitrate, "audio bitrate in kilobits a second", Number(32, 512))
    return {**FRAME, "codec": codec, "crf": crf(str(codec.default)), "preset": PRESET, **sound, "audio": audio}


def crf(codec: str) -> Option:
    """The option of the picture's quality, as it is for one codec."""
    what = CODECS[codec]
    others = ", ".join(f"{CODECS[name].crf} for {name}" for name in ("h264", "hevc", "av1", "vp9") if name != codec)
    return Option(
        what.crf,
        f"quality of the picture: {what.crf} looks like the clips, {what.crf + 10} is small (elsewhere {others})",
        Number(1, what.worst),
    )


@dataclass(frozen=True, slots=True)
class Film:
    """A kind of film: the options that it takes, its container, and the codec of its sound if no option names one."""

    options: Mapping[str, Option]
    container: str
    sound: str = ""

    def steps(self, cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], root: str) -> list[Step]:
        """Segments, the mix, and the reel that is published at `root`/path."""
        return self.joined(self.rendition(cut, board, output, clips), board, output, root)

    def rendition(
        self, cut: Cut, board: Storyboard, output: Output, clips: Mapping[str, Input], name: str = ""
    ) -> Rendition:
        """What all steps of an output share; `name` if they are made for another output that looks the same. A kind
        without the option `copy` copies no clip. Raises Mistake (RM460) for a wrong option."""
        picture, slate = self._picture(cut, board, output), self._asked(output, "slate")
        burn = self._asked(output, "captions")
        burn = board.captions.burn if burn == "auto" else burn is True
        copy = self._asked(output, "copy") == "auto" and not {"crf", "preset"} & output.options.keys()
        lettering = board.captions.lettering
        if "captions_margin" in output.options:
            lettering = replace(lettering, margin=Fraction(chosen(self.options, output, "captions_margin")))
        return Rendition(
            cut,
            board.address(name or output.path),
            picture,
            clips,
            output.fit or board.defaults.fit,
            slate=None if slate == "auto" else bool(slate),
            copy=copy and picture.codec == "h264",
            spoken=cues(cut, board) if burn else (),
            lettering=lettering,
            watermark=board.watermark if self._asked(output, "watermark") else None,
            letterbox=board.letterbox if self._asked(output, "letterbox") else None,
        )

    def joined(self, reel: Rendition, board: Storyboard, output: Output, root: str) -> list[Step]:
        """The steps of a film that looks like `reel`, published at `root`/path."""
        segments = segment_steps(reel)
        mix = mix_step(reel, board, self._bitrate(output), self.sound or chosen(self.options, output, "sound"))
        work = self._joining(reel, board, output)
        return [*segments, mix, reel_step(reel, work, segments, mix, f"{root}/{output.path}")]

    def soft(self, cut: Cut, board: Storyboard, output: Output) -> tuple[Cue, ...]:
        """The captions that players can switch on. Raises Mistake (RM461) if they are asked for and there are none."""
        wanted = self._asked(output, "captions")
        if not (wanted == "soft" or (wanted == "auto" and board.captions.soft)):
            return ()
        spoken = cues(cut, board)
        if wanted == "soft" and not spoken:
            said = f"{output.path} would have no captions: {unsaid(board)}"
            raise Mistake.of("RM461", said, output.span, hint="give a shot one, or remove the option")
        return spoken

    def _asked(self, output: Output, name: str) -> object:
        """None for an option that films of this kind lack; a preset says what is not said beside it."""
        if name not in self.options:
            return None
        package = self._package(output) if name in ("audio", "chapters") and name not in output.options else None
        return getattr(package, name) if package else chosen(self.options, output, name)

    def _package(self, output: Output) -> Preset | None:
        return PRESETS.get(str(self._asked(output, "preset")))

    def _picture(self, cut: Cut, board: Storyboard, output: Output) -> VideoFormat:
        """What all segments have in common."""
        size = output.size or board.defaults.size or SIZE
        if "profile" in self.options:
            return VideoFormat(size, cut.fps, 0, chosen(self.options, output, "profile"), codec="prores")
        codec, preset = (chosen(self.options, output, name) for name in ("codec", "preset"))
        package = self._package(output)
        quality = chosen({"crf": crf(codec)}, output, "crf")
        if package and "crf" not in output.options:
            quality = min(CODECS[codec].worst, quality + package.crf)
        device = self._asked(output, "encoder")
        hardware = str(device) if device in HARDWARE else ""
        return VideoFormat(size, cut.fps, quality, package.speed if package else preset, codec=codec, hardware=hardware)

    def _bitrate(self, output: Output) -> int:
        """Bits a second of the sound, 0 where its codec loses nothing."""
        return 1000 * int(str(self._asked(output, "audio") or 0))

    def _joining(self, reel: Rendition, board: Storyboard, output: Output) -> ReelWork:
        """The joining of a reel, with what it is to say of itself."""
        beside = self.container == "fragments"  # where a stream has its captions
        spoken = () if beside else self.soft(reel.cut, board, output)
        return ReelWork(
            title=board.title,
            fps=reel.cut.fps,
            frames=reel.cut.frames,
            container=self.container,
            tags={name: str(text) for name, text in chosen(self.options, output, "metadata").items()},
            chapters=_chapters(reel.cut) if self._asked(output, "chapters") else (),
            captions=spoken,
            language=three(board.captions.language) if spoken else "",
        )


def _chapters(cut: Cut) -> tuple[Chapter, ...]:
    """One an entry."""
    named = [entry.title.strip().partition("\n")[0] or entry.shot.rpartition("/")[2] for entry in cut.entries]
    marks = edges(cut)
    return tuple(Chapter(name, a, b - a) for name, a, b in zip(named, marks, marks[1:], strict=False) if b > a)
