"""A camera over a clip or a still: the part of the picture that is seen moves, to fractions of a pixel.

Knows nothing of where files are.
"""

from __future__ import annotations

from fractions import Fraction

from reelmake.assemble.framing import window
from reelmake.model.frame import CameraMove, Size
from reelmake.model.segment import Piece, VideoFormat
from reelmake.model.stream import Stream


def room(whole: Size, move: CameraMove, size: Size) -> Size:
    """How large the picture must be for the nearest window to have all the pixels of `size`; never larger than it is.

    Twice as many would be drawn for nothing, and a photo has thirty times as many.
    """
    if move.rough:
        return _no_larger(
            whole, min(Fraction(1), max(Fraction(size.width, whole.width), Fraction(size.height, whole.height)))
        )
    nearest = min(window(share, whole, size)[2] for share in (move.begin, move.end))
    return _no_larger(whole, min(Fraction(1), size.width / nearest))


def _no_larger(whole: Size, scale: Fraction) -> Size:
    return Size(2 * max(1, round(whole.width * scale / 2)), 2 * max(1, round(whole.height * scale / 2)))


def moved(stream: Stream, whole: Size, wanted: Piece, move: CameraMove, picture: VideoFormat) -> Stream:
    """The window of each frame, as large as the picture that it is cut from, which has `whole` pixels."""
    first, last = (window(share, whole, picture.size) for share in (move.begin, move.end))
    place = f"{'2*(on-1)' if move.rough else 'on-1'}+{wanted.start}"  # the filter counts from 1
    if wanted.until is not None:
        place = f"min({place},{wanted.until - 1})"  # what is held stands still
    share = f"min(1,({place})/{max(1, wanted.whole - 1)})"
    if wanted.start < 0:  # its first frame is held
        share = f"max(0,{share})"

    def at(begin: Fraction, end: Fraction) -> str:
        return f"{float(begin):.4f}+{float(end - begin):.4f}*{share}"

    left, top = at(first[0], last[0]), at(first[1], last[1])
    right, bottom = at(first[0] + first[2], last[0] + last[2]), at(first[1] + first[3], last[1] + last[3])
    corners = {"x0": left, "y0": top, "x1": right, "y1": top, "x2": left, "y2": bottom, "x3": right, "y3": bottom}
    seen = {**corners, "sense": "source", "eval": "frame"}
    if not move.rough:
        return stream.filter("perspective", **seen, interpolation="cubic")
    stream = stream.filter("framestep", 2).filter("perspective", **seen, interpolation="linear")
    stream = stream.filter("fps", f"{picture.fps.numerator}/{picture.fps.denominator}")
    return stream.filter("tpad", stop=1, stop_mode="clone").filter("trim", end_frame=wanted.frames)
