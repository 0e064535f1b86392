"""Filter graphs and encoder settings for the works of a cut and for animations, built with ffmpeg-python.

A golden test pins the texts that come out: whoever changes one raises `RENDERER` in model/frame.py.
Knows nothing of where files are, of fonts or of processes.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import PurePath

import ffmpeg

from reelmake.assemble import camera, codecs, conform
from reelmake.assemble.framing import Material, Spot, bars, corner, placement
from reelmake.model.codec import UPLOADED
from reelmake.model.delivery import GifWork, WebpWork
from reelmake.model.frame import Size
from reelmake.model.overlay import Overlay, Title
from reelmake.model.segment import Fading, Inlay, Piece, VideoFormat
from reelmake.model.stream import Stream
from reelmake.model.time import LEAN, nearest
from reelmake.records import dataclass

FAR = Fraction(10)  # seconds from which on it pays to seek
LEAD = Fraction(4)  # seconds decoded before the first frame that is wanted
AWAIT = Fraction(1)  # seconds decoded for nothing, from which on more than one thread has to do it
STILL_RATE = Fraction(25)  # at which ffmpeg reads a picture: of less than half a frame of ours it makes none
FADE = Fraction(2, 5)  # seconds in which a title comes and goes
BT709 = {"range": "tv", "color_primaries": "bt709", "color_trc": "bt709", "colorspace": "bt709"}


@dataclass(frozen=True, slots=True)
class Print:
    """A picture of text to lay over the frames, its top left corner at (x, y). `cut`: not all of the text is there."""

    file: PurePath
    x: int
    y: int
    cut: bool = False


@dataclass(frozen=True, slots=True)
class Reading:
    """A clip to read: its file, what a probe says of it, what is printed and laid over it, the LUT it goes through.

    `again`: how often its file is read in the same graph already; each reading is a stream of its own. `colors`: a
    picture of the colour of each fade.
    """

    file: PurePath
    material: Material
    titles: tuple[Print, ...] = ()
    slate: Print | None = None
    look: PurePath | None = None
    insets: tuple[Framed, ...] = ()
    again: int = 0
    colors: tuple[PurePath, ...] = ()


@dataclass(frozen=True, slots=True)
class Framed:
    """An inset to read, and where it lies. `mask`: what of it is seen, None = all; `border` lies below it."""

    reading: Reading
    spot: Spot
    mask: PurePath | None = None
    border: Print | None = None


def piece(reading: Reading, wanted: Piece, picture: VideoFormat) -> Stream:
    """The stream of exactly the wanted frames, in the picture's size and rate, square pixels, BT.709.

    A clip that ends too early holds its last frame.
    """
    stream, zero = _read(reading, wanted, picture.fps)
    if reading.material.still:  # it is fitted once, not again for each frame
        stream = _timed(_shown(stream, reading.material, picture, wanted), zero, reading.material, wanted, picture.fps)
    else:
        stream = _shown(_timed(stream, zero, reading.material, wanted, picture.fps), reading.material, picture, wanted)
    if wanted.move:
        whole = camera.room(reading.material.square, wanted.move, picture.size)
        stream = _scaled(camera.moved(stream, whole, wanted, wanted.move, picture), picture.size, picture)
    if wanted.reverse:
        stream = stream.filter("reverse").filter("setpts", "N")
    if reading.look:
        stream = _graded(stream, reading.look, picture)
    for framed, inlay in zip(reading.insets, wanted.insets, strict=True):
        stream = _inlaid(stream, framed, inlay, picture)
    for card, words in zip(reading.titles, wanted.words, strict=True):
        stream = _titled(stream, card, words, picture)
    if wanted.slate and reading.slate:
        card = ffmpeg.input(str(reading.slate.file)).filter("format", "yuva420p")
        stream = stream.overlay(card, x=reading.slate.x, y=reading.slate.y, **_over(picture))
    for color, fading in zip(reading.colors, wanted.fades, strict=True):
        stream = _faded(stream, color, fading, picture)
    return stream


def over(stream: Stream, wanted: Overlay, captions: list[Print], mark: Print | None, picture: VideoFormat) -> Stream:
    """Everything that lies over a segment: bars, the captions' cards in their order, the mark."""
    for x, y, width, height in bars(wanted.bars, picture.size):
        stream = stream.filter("drawbox", x=x, y=y, w=width, h=height, color="black", thickness="fill")
    for card, caption in zip(captions, wanted.captions, strict=True):
        stream = _titled(stream, card, caption, picture)
    if mark:
        logo = ffmpeg.input(str(mark.file)).filter("format", "yuva420p")
        stream = stream.overlay(logo, x=mark.x, y=mark.y, **_over(picture))
    return stream


def handled(stream: Stream, frames: int, into: PurePath) -> tuple[Stream, Stream]:
    """The first `frames` of a piece, and an output of those behind them: a handle, uncompressed."""
    both = stream.split()
    behind = both[1].filter("trim", start_frame=frames).filter("setpts", "PTS-STARTPTS")
    kept = ffmpeg.output(behind, str(into), **{"c:v": "rawvideo", "f": "nut", "fflags": "+bitexact"})
    return both[0].filter("trim", end_frame=frames), kept


def handle(file: PurePath, picture: VideoFormat) -> Stream:
    """The stream of a handle's frames, as `piece` gives it."""
    stream: Stream = ffmpeg.input(str(file))["V"].filter("setpts", "PTS-STARTPTS").filter("fps", _ratio(picture.fps))
    return stream.filter("setparams", **BT709).filter("setsar", 1).filter("format", picture.pixels)


def finished(stream: Stream, picture: VideoFormat) -> Stream:
    """The end of every graph: tagged, not converted; uploaded, where a device encodes what it has in its memory."""
    stream = stream.filter("format", picture.pixels).filter("setsar", 1).filter("setparams", **BT709)
    return stream.filter("format", "nv12").filter("hwupload") if picture.hardware in UPLOADED else stream


def _read(reading: Reading, wanted: Piece, fps: Fraction) -> tuple[Stream, str]:
    """The stream from before the first wanted frame, and the time in it at which the clip begins."""
    begin: dict[str, object] = {}
    zero = "STARTPTS"
    begins = _begins(wanted)
    first = begins if wanted.until is None else min(begins, wanted.until - 1)
    due = first / fps * wanted.speed
    start = _seek(reading.material, due)
    if start:
        begin = {"ss": _decimal(start), "noaccurate_seek": None}  # a picture from before may still be shown there
        zero = f"({_decimal(reading.material.start - start)}/TB)"
    if reading.material.decoder:
        begin["vcodec"] = reading.material.decoder
    begin["threads"] = codecs.THREADS if due - start > AWAIT else 1  # the encoder has nothing to do until then
    begin["reinit_filter"] = 0  # else a change of size would begin the graph, and its counting, anew
    number = reading.material.stream
    stream = ffmpeg.input(str(reading.file), **begin)["V" if number is None else str(number)]
    if reading.again:  # or two that show the same would be one, which cannot be used twice
        stream = stream.filter("setpts", f"PTS+0*{reading.again}")
    return conform.woven(stream, reading.material), zero


def _begins(wanted: Piece) -> int:
    return wanted.start if wanted.since is None else max(wanted.start, wanted.since)


def _timed(stream: Stream, zero: str, material: Material, wanted: Piece, fps: Fraction) -> Stream:
    """Exactly the wanted frames of a stream whose clip begins at `zero`."""
    lean = f"{float(LEAN)}*{fps.denominator}/({fps.numerator}*TB)"
    if wanted.speed == 1 or material.still:
        last = {"eof_action": "pass"} if material.still and fps < STILL_RATE / 2 else {}
        stream = stream.filter("setpts", f"PTS-{zero}+{lean}").filter("fps", _ratio(fps), **last)
    else:  # of many that fall into one of ours, the one that is due at its beginning
        pace = f"(PTS-{zero})/{_decimal(wanted.speed)}-{lean}"
        stream = stream.filter("settb", "AVTB").filter("setpts", pace).filter("fps", _ratio(fps), round="up")
    if wanted.until is not None:
        stream = stream.filter("trim", end_pts=wanted.until)
    stream = stream.filter("tpad", stop=-1, stop_mode="clone")
    begins = _begins(wanted)
    running = max(1, wanted.start + wanted.frames - begins)
    stream = stream.filter("trim", start_pts=begins, end_pts=begins + running).filter("setpts", "PTS-STARTPTS")
    if running < wanted.frames:
        stream = stream.filter("tpad", start=wanted.frames - running, start_mode="clone")
    return stream


def _seek(material: Material, first: Fraction) -> Fraction:
    """Where to start decoding, in seconds from the file's start; 0 = at its beginning."""
    if material.seconds is None or first < FAR:
        return Fraction(0)
    return Fraction(int(max(Fraction(0), material.start + min(first, material.seconds) - LEAD)))


def _shown(stream: Stream, material: Material, picture: VideoFormat, wanted: Piece) -> Stream:
    """Its colours as they are meant, and the size of the picture, or of what a camera moves over."""
    stream = conform.coloured(conform.opened(stream, material), material)
    if wanted.move:
        return _scaled(stream, camera.room(material.square, wanted.move, picture.size), picture)
    return _fitted(stream, material, picture, wanted)


def _fitted(stream: Stream, material: Material, picture: VideoFormat, wanted: Piece) -> Stream:
    size, place = picture.size, placement(material, picture.size, wanted.fit)
    if place.over == "blur":
        both = stream.split()
        cover = placement(material, size, "crop").scale
        back = _scaled(both[0], cover, picture).filter("crop", size.width, size.height)
        back = back.filter("gblur", sigma=max(8, size.height // 24)).filter("eq", brightness="-0.12", saturation="0.9")
        middle = {"x": (size.width - place.scale.width) // 2, "y": (size.height - place.scale.height) // 2}
        return back.overlay(_scaled(both[1], place.scale, picture), **middle, **_over(picture))
    stream = _scaled(stream, place.scale, picture)
    if place.over == "black":
        x, y = (size.width - place.scale.width) // 4 * 2, (size.height - place.scale.height) // 4 * 2
        return stream.filter("pad", size.width, size.height, x, y)
    if place.scale == size:
        return stream
    return stream.filter("crop", size.width, size.height, *corner(place.scale, size, wanted.focus))


def _graded(stream: Stream, look: PurePath, picture: VideoFormat) -> Stream:
    """Through a LUT, which is made for full-range RGB."""
    flags = "accurate_rnd+full_chroma_int+bitexact"
    stream = stream.filter("scale", flags=flags, in_color_matrix="bt709", in_range="tv").filter("format", "gbrp")
    stream = stream.filter("lut3d", file=str(look), interp="tetrahedral")
    stream = stream.filter("scale", flags=flags, out_color_matrix="bt709", out_range="tv")
    return stream.filter("format", picture.pixels)


def _scaled(stream: Stream, size: Size, picture: VideoFormat) -> Stream:
    flags = "lanczos+accurate_rnd+full_chroma_int+bitexact"
    stream = stream.filter("scale", size.width, size.height, flags=flags, out_color_matrix="bt709", out_range="tv")
    return stream.filter("setsar", 1).filter("format", picture.pixels)


def _over(picture: VideoFormat) -> dict[str, object]:
    """How `overlay` composes: in the picture's own pixel format, for by itself it takes 8 bit 4:2:0."""
    form = {} if picture.pixels == "yuv420p" else {"format": picture.pixels.removesuffix("le")}
    return {**form, "alpha": "straight"}  # what was laid on black is still marked as multiplied by its alpha


def _inlaid(stream: Stream, framed: Framed, inlay: Inlay, picture: VideoFormat) -> Stream:
    count = inlay.piece.frames
    small = piece(framed.reading, inlay.piece, replace(picture, size=framed.spot.size))
    if framed.border:
        stream = _titled(stream, framed.border, Title("", inlay.first, count, still=True), picture)
    if framed.mask:
        mask = ffmpeg.input(str(framed.mask), framerate=_ratio(picture.fps)).filter("format", "gray")
        mask = mask.filter("loop", loop=-1, size=1).filter("setpts", "N").filter("trim", end_frame=count)
        small = ffmpeg.filter([small.filter("format", "yuva420p"), mask], "alphamerge")
    small = small.filter("setpts", f"PTS-STARTPTS+{inlay.first}")
    return stream.overlay(small, x=framed.spot.x, y=framed.spot.y, eof_action="pass", **_over(picture))


def _titled(stream: Stream, card: Print, title: Title, picture: VideoFormat) -> Stream:
    fps = picture.fps
    ramp = max(1, min(nearest(FADE * fps), title.frames // 3))
    text = ffmpeg.input(str(card.file), framerate=_ratio(fps)).filter("format", "yuva420p")
    text = text.filter("loop", loop=-1, size=1).filter("setpts", "N").filter("trim", end_frame=title.frames)
    if not title.still:
        text = text.filter("fade", type="in", start_frame=0, nb_frames=ramp, alpha=1)
    if not (title.still or title.stays):
        text = text.filter("fade", type="out", start_frame=title.frames - ramp, nb_frames=ramp, alpha=1)
    if title.first < 0:
        text = text.filter("trim", start_frame=-title.first)
    text = text.filter("setpts", f"PTS-STARTPTS+{max(0, title.first)}")
    return stream.overlay(text, x=card.x, y=card.y, eof_action="pass", **_over(picture))


def _faded(stream: Stream, card: PurePath, fading: Fading, picture: VideoFormat) -> Stream:
    """Under a colour that grows stronger until it is all there is, or the other way round; the first frame of a film
    that comes out of it is that colour, and so is the last of one that goes down to it."""
    color = ffmpeg.input(str(card), framerate=_ratio(picture.fps))
    color = color.filter("scale", picture.size.width, picture.size.height, out_color_matrix="bt709", out_range="tv")
    color = color.filter("format", "yuva420p").filter("loop", loop=-1, size=1).filter("setpts", "N")
    first = int(fading.down)  # a fade begins with what is not faded yet
    color = color.filter("trim", end_frame=fading.frames + first)
    color = color.filter("fade", type="in" if fading.down else "out", start_frame=0, nb_frames=fading.frames, alpha=1)
    color = color.filter("trim", start_frame=first).filter("setpts", f"PTS-STARTPTS+{fading.first}")
    return stream.overlay(color, x=0, y=0, eof_action="pass", **_over(picture))


def animated(work: GifWork | WebpWork, reel: PurePath) -> Stream:
    """The stream of the reel as the animation has it."""
    stream: Stream = ffmpeg.input(str(reel), threads=1).video.filter("fps", _ratio(work.fps))
    return stream.filter("scale", work.width, -2, flags="lanczos+accurate_rnd+bitexact")


def palette(work: GifWork, reel: PurePath) -> Stream:
    """The stream of one frame that has the colours of the whole animation."""
    return animated(work, reel).filter("palettegen", max_colors=work.colors, stats_mode="full")


def gif(work: GifWork, reel: PurePath, colors: PurePath) -> Stream:
    """The stream of the animation in these colours."""
    pair = [animated(work, reel), ffmpeg.input(str(colors))]
    made: Stream = ffmpeg.filter(pair, "paletteuse", dither="bayer", bayer_scale=3, diff_mode="rectangle")
    return made


def encoder(picture: VideoFormat, frames: int) -> dict[str, object]:
    """Output options of a segment: any two segments of one picture can be joined by copying their packets."""
    return {
        **codecs.settings(picture),
        "threads": codecs.THREADS,
        "r": _ratio(picture.fps),
        "frames:v": frames,
        "video_track_timescale": timescale(picture.fps),
        "an": None,
        "sn": None,
        "dn": None,
        "map_metadata": -1,
        "map_chapters": -1,
        "fflags": "+bitexact",
        "flags:v": "+bitexact",
    }


def timescale(fps: Fraction) -> int:
    """Ticks a second of a video track: a frame is a whole number of them."""
    scale = fps.numerator
    while scale < 10_000:
        scale *= 2
    return scale


def arguments(stream: Stream, into: PurePath, options: dict[str, object], beside: Stream | None = None) -> list[str]:
    """Arguments for ffmpeg, without the program's name; the last is `into`. `beside`: an output of the same graph."""
    output = ffmpeg.output(stream, str(into), **options)
    made = ffmpeg.get_args(ffmpeg.merge_outputs(beside, output) if beside else output)
    return [str(a) for a in (*codecs.device(str(options.get("c:v", ""))), *made)]


def _ratio(fps: Fraction) -> str:
    return f"{fps.numerator}/{fps.denominator}"


def _decimal(value: Fraction) -> str:
    return f"{float(value):.6f}"
