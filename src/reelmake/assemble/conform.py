"""What is done to footage of another kind before it is fitted: interlaced, high dynamic range, transparent.

Each is done once, knowingly, and told in a few words, as what becomes of its sound is. Knows nothing of files, and of
what the author wants with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from reelmake.assemble.framing import Material
from reelmake.model.mix import SoundPlacement
from reelmake.model.segment import VideoFormat
from reelmake.model.stream import Stream
from reelmake.model.time import SAMPLE_RATE
from reelmake.records import dataclass

WHITE = 203  # nits of a white page in high dynamic range (ITU-R BT.2408)
PEAK = Fraction(1000, WHITE)  # how far above it we keep differences of light
TRANSFER = {"PQ": "smpte2084", "HLG": "arib-std-b67"}
LEFT_OUT = Fraction(1, 2)  # seconds of sound behind the picture from which on it is worth a word
UNHEARD = Fraction(1, 20)  # seconds of silence that are not worth a word: packets of sound do not end where pictures do
ALMOST = Fraction(1, 2000)  # rates that differ by less are one rate, written by two programs


def opened(stream: Stream, material: Material) -> Stream:
    """What is meant to be seen of it: ffmpeg crops it by itself since version 7.1."""
    if not material.aperture:
        return stream
    width, height, left, top = material.aperture
    x, y = (f"min({place},i{side}-o{side})" for place, side in ((left, "w"), (top, "h")))
    return stream.filter("crop", f"min({width},iw)", f"min({height},ih)", x, y, exact=1)


def woven(stream: Stream, material: Material) -> Stream:
    """Whole pictures of two fields each; before anything counts frames."""
    return stream.filter("bwdif", mode="send_frame") if material.interlaced else stream


def coloured(stream: Stream, material: Material) -> Stream:
    """In standard dynamic range, opaque, with colours that say what they are."""
    if material.alpha:  # over black
        stream = stream.filter("format", "gbrap").filter("premultiply", inplace=1).filter("format", "gbrp")
    if material.hdr:
        given = {"tin": TRANSFER[material.hdr], "pin": "bt2020", "min": "bt2020nc"}
        stream = stream.filter("zscale", **given, t="linear", npl=WHITE).filter("format", "gbrpf32le")
        stream = stream.filter("zscale", p="bt709")
        stream = stream.filter("tonemap", "mobius", param="0.3", desat=0, peak=f"{float(PEAK):.3f}")
        return stream.filter("zscale", t="bt709", m="bt709", r="tv").filter("format", "yuv420p10le")
    if not material.tagged and not material.alpha:
        stream = stream.filter("setparams", color_primaries="bt709", color_trc="bt709", colorspace="bt709")
    return stream


@dataclass(frozen=True, slots=True)
class SoundFacts:
    """What a probe says of a clip's sound: samples a second, name of the layout, how many tracks there are; from where
    to where it is heard, in seconds of the picture, an end of None = not known. `track`: which of them it is, counted
    from 1, 0 = none of them can be decoded. `until`: where the picture ends, None = not known."""

    rate: int
    layout: str
    tracks: int = 1
    begins: Fraction = Fraction(0)
    ends: Fraction | None = None
    track: int = 1
    until: Fraction | None = None

    @property
    def over(self) -> Fraction:
        """Seconds that it goes on behind the picture, as far as known."""
        return self.ends - self.until if self.ends is not None and self.until is not None else Fraction(0)


def said(material: Material, picture: VideoFormat) -> Iterator[str]:
    """What is done to a clip so that it stands in the picture, as a plan tells it."""
    yield from _chosen(material)
    rate = picture.fps if material.still else material.rate
    if rate is None:
        yield f"variable → {_number(picture.fps)} fps"
    elif abs(rate / picture.fps - 1) > ALMOST:
        yield f"{_number(rate)} → {_number(picture.fps)} fps"
    if material.aperture:
        yield f"cropped to {material.size}, as the file specifies"
    if material.size != picture.size:
        yield f"{material.size} → {picture.size}"
    if material.sar != 1:
        yield "square pixels"
    if material.turned:
        yield "rotated"
    if material.interlaced:
        yield "deinterlaced"
    yield from _colours(material, picture)


def _chosen(material: Material) -> Iterator[str]:
    """What of a file is shown, and for how long."""
    if material.stream is not None:
        yield f"the first video track of {material.pictures} that can be decoded"
    elif material.pictures > 1:
        yield f"the first of its {material.pictures} video tracks"
    if material.recordings > 1:
        yield f"{material.recordings} recordings joined"
    if material.held:
        yield f"last frame held for {float(material.held):.2f} s"


def _colours(material: Material, picture: VideoFormat) -> Iterator[str]:
    if material.hdr:
        yield f"{material.hdr} → SDR"
    elif material.matrix not in ("BT.709", "RGB"):
        yield f"{material.matrix} → BT.709"
    if material.full:
        yield "full → TV range"
    if material.alpha:
        yield "alpha over black"
    bits, chroma = (8, "4:2:0") if picture.codec != "prores" else (10, "4:2:2" if picture.preset != "4444" else "4:4:4")
    if material.bits != bits and not material.still:
        yield f"{material.bits} → {bits} bits"
    if material.chroma not in (chroma, "grey") and not material.still:
        yield f"{material.chroma} → {chroma}"


def heard(voice: SoundFacts | None, place: SoundPlacement, fps: Fraction) -> Iterator[str]:
    """What is done to a clip's sound, and where it has none for its place in a cut of `fps` frames a second."""
    if voice is None:
        yield "no audio, silence added"
        return
    if not voice.track:
        yield "audio cannot be decoded, silence added"
        return
    if voice.track > 1:
        yield f"audio track {voice.track} of {voice.tracks}, as those before it cannot be decoded"
    elif voice.tracks > 1:
        yield f"the first of its {voice.tracks} audio tracks"
    if voice.layout != "stereo":
        yield f"{voice.layout} → stereo"
    if voice.rate != SAMPLE_RATE:
        yield f"{_number(Fraction(voice.rate, 1000))} → {SAMPLE_RATE // 1000} kHz"
    until = place.start + place.frames / fps * place.speed
    late = min(voice.begins, until) - place.start
    if late > UNHEARD:
        yield f"silence added for the first {float(late / place.speed):.2f} s"
    if voice.ends is not None and (short := until - max(voice.ends, place.start)) > UNHEARD:
        yield f"silence added for the last {float(short / place.speed):.2f} s"
    if voice.over > LEFT_OUT and voice.until is not None and until > voice.until - 1 / fps:
        yield f"the last {float(voice.over):.2f} s of its audio left out, as its picture ends there"


def _number(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
