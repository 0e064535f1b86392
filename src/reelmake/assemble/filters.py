"""Filters that only some films need, and which piece of work needs which: an ffmpeg may have been built without them.

Knows nothing of which ffmpeg is there.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.assemble.codecs import UPLOADED
from reelmake.assemble.framing import Material
from reelmake.model.segment import BodyWork, JoinWork, Piece

SOMETIMES: Mapping[str, str] = {
    "zscale": "footage in high dynamic range",
    "tonemap": "footage in high dynamic range",
    "bwdif": "interlaced footage",
    "premultiply": "transparent footage",
    "perspective": "a camera that moves, or zooming out",
    "lut3d": "a look",
    "alphamerge": "an inset with round corners",
    "avgblur": "the transition whip",
    "hwupload": "encoding with vaapi",
}
TRANSITIONS: Mapping[str, str] = {"whip": "avgblur", "zoom": "perspective"}


def of_material(material: Material) -> set[str]:
    """What a clip of this kind needs before it is fitted."""
    found = {"zscale", "tonemap"} if material.hdr else set()
    return found | ({"bwdif"} if material.interlaced else set()) | ({"premultiply"} if material.alpha else set())


def of_work(work: BodyWork | JoinWork) -> set[str]:
    """What a segment needs, whatever its clips are like."""
    found = {"hwupload"} if work.picture.hardware in UPLOADED else set()
    if isinstance(work, BodyWork):
        return found | _of_piece(work.piece)
    if work.transition in TRANSITIONS and (work.transition != "zoom" or work.params.get("direction") == "out"):
        found.add(TRANSITIONS[work.transition])
    return found | _of_piece(work.leaving) | _of_piece(work.entering)


def _of_piece(piece: Piece) -> set[str]:
    found = {"perspective"} if piece.move else set()
    found |= {"lut3d"} if piece.look else set()
    for inlay in piece.insets:
        found |= _of_piece(inlay.piece) | ({"alphamerge"} if inlay.mount.radius else set())
    return found
