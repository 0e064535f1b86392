"""What is done to footage of another kind before it is fitted: interlaced, high dynamic range, transparent.

Each is done once, knowingly, and `said` in a few words. Knows nothing of files, and of what the author wants with them.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from reelmake.assemble.picture import Material
from reelmake.model.cut import Picture

WHITE = 203  # nits of a white page in high dynamic range (ITU-R BT.2408)
PEAK = Fraction(1000, WHITE)  # how far above it we keep differences of light
TRANSFER = {"PQ": "smpte2084", "HLG": "arib-std-b67"}
ALMOST = Fraction(1, 1000)  # rates that differ by less are one rate, written by two programs


def woven(stream: Any, material: Material) -> Any:
    """Whole pictures of two fields each; before anything counts frames."""
    return stream.filter("bwdif", mode="send_frame") if material.interlaced else stream


def coloured(stream: Any, material: Material) -> Any:
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


def said(material: Material, picture: Picture) -> Iterator[str]:
    """What is done to a clip so that it stands in the picture, as a plan tells it."""
    if material.rate is not None and abs(material.rate / picture.fps - 1) > ALMOST:
        yield f"{_rate(material.rate)} → {_rate(picture.fps)} fps"
    if material.size != picture.size:
        yield f"{material.size} → {picture.size}"
    if material.sar != 1:
        yield "square pixels"
    if material.turned:
        yield "rotated"
    if material.interlaced:
        yield "deinterlaced"
    if material.hdr:
        yield f"{material.hdr} → SDR"
    if material.full:
        yield "full → TV range"
    if material.alpha:
        yield "laid on black"


def _rate(rate: Fraction) -> str:
    return f"{float(rate):.3f}".rstrip("0").rstrip(".")
