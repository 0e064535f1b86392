"""How a clip of any shape is brought into the picture of an output. Knows no ffmpeg, only whole pixels."""

from __future__ import annotations

from fractions import Fraction

from reelmake.model.frame import Fit, Focus, Mount, Size, Window
from reelmake.model.time import nearest
from reelmake.records import dataclass

ALMOST = Fraction(3, 100)  # bars thinner than this share of the picture are a defect, not a decision: cropped instead


@dataclass(frozen=True, slots=True)
class Material:
    """What a probe says of a clip's picture, as it is to be shown (turned already).

    `size` in stored pixels, `sar` the shape of one of them; `start`: seconds from the file's start to the first frame;
    `seconds` None = not known; `tagged`: does the file say which colour matrix it has. `rate`: frames a second, None if
    there is no steady one; `hdr`: "PQ", "HLG" or ""; `full`: does its black lie at 0? `bits` of a colour;
    `chroma`: 4:2:0, 4:2:2, 4:4:4, RGB or grey; `matrix` of its colours, BT.709 if it says none. `decoder` if it needs
    another than FFmpeg takes. `pictures`: how many there are side by side in the file.
    `stream`: which of the file's streams it is, None = the first that ffmpeg takes for a film. `still`: it is one
    picture. `aperture`: of what is stored, this is seen and `size` is of it: width, height, left and top, as it is
    shown; None = all of it. `held`: so many of its seconds show the last picture, for the sound goes on. `recordings`:
    how many lie in it one behind the other.
    """

    size: Size
    sar: Fraction = Fraction(1)
    start: Fraction = Fraction(0)
    seconds: Fraction | None = None
    tagged: bool = True
    rate: Fraction | None = None
    turned: bool = False
    interlaced: bool = False
    hdr: str = ""
    full: bool = False
    alpha: bool = False
    bits: int = 8
    chroma: str = "4:2:0"
    matrix: str = "BT.709"
    decoder: str = ""
    pictures: int = 1
    still: bool = False
    stream: int | None = None
    aperture: tuple[int, int, int, int] | None = None
    held: Fraction = Fraction(0)
    recordings: int = 1

    @property
    def square(self) -> Size:
        """Its size when its pixels are square."""
        return Size(2 * nearest(self.size.width * self.sar / 2), self.size.height)

    @property
    def filters(self) -> frozenset[str]:
        """What it needs before it is fitted, of the filters that not every ffmpeg has."""
        own = {"zscale": self.hdr, "tonemap": self.hdr, "bwdif": self.interlaced, "premultiply": self.alpha}
        return frozenset(name for name, needed in own.items() if needed)


@dataclass(frozen=True, slots=True)
class Placement:
    """Scale to `scale`; then cut `crop` out of its middle, or lay it in the middle of the picture on `over`.

    `over` is "" (it fills the picture), "black" or "blur".
    """

    scale: Size
    over: str = ""


def placement(material: Material, size: Size, fit: Fit) -> Placement:
    """Where a clip goes in a picture of `size`: pixels are made square, everything is even."""
    shape = material.size.width * material.sar / material.size.height
    wanted = Fraction(size.width, size.height)
    if fit == "stretch" or shape == wanted:
        return Placement(size)
    wider = shape > wanted
    missing = 1 - (wanted / shape if wider else shape / wanted)
    crop = fit == "crop" or missing <= ALMOST
    bound = max if crop else min
    if wider == crop:
        scale = Size(bound(size.width, _even(size.height * shape)), size.height)
    else:
        scale = Size(size.width, bound(size.height, _even(size.width / shape)))
    return Placement(scale, "" if crop else "blur" if fit == "blur" else "black")


def corner(scale: Size, size: Size, focus: Focus | None) -> tuple[int, ...]:
    """Top left corner of the part of a scaled clip that is shown, its `focus` as near the middle as the clip allows;
    even, for colour has half the pixels. () = the middle."""
    if focus is None:
        return ()
    x = min(max(focus[0] * scale.width - Fraction(size.width, 2), Fraction(0)), Fraction(scale.width - size.width))
    y = min(max(focus[1] * scale.height - Fraction(size.height, 2), Fraction(0)), Fraction(scale.height - size.height))
    return int(x) // 2 * 2, int(y) // 2 * 2


def window(share: Window, whole: Size, size: Size) -> tuple[Fraction, Fraction, Fraction, Fraction]:
    """Left, top, width and height in pixels of a picture: what the author wants to be seen, grown to the shape of
    `size`, and inside the picture as far as that goes."""
    left, top, width, height = (s * side for s, side in zip(share, (whole.width, whole.height) * 2, strict=True))
    x, y = left + width / 2, top + height / 2
    shape = Fraction(size.width, size.height)
    width = max(width, height * shape, Fraction(2))
    height = width / shape
    shrink = min(Fraction(1), whole.width / width, whole.height / height)
    width, height = width * shrink, height * shrink
    left = min(max(x - width / 2, Fraction(0)), whole.width - width)
    top = min(max(y - height / 2, Fraction(0)), whole.height - height)
    return left, top, width, height


def bars(shape: Fraction | None, size: Size) -> list[tuple[int, int, int, int]]:
    """What covers a picture of `size` but for a middle of this shape: (x, y, width, height) of each bar."""
    if shape is None:
        return []
    if shape > Fraction(size.width, size.height):
        bar = (size.height - _even(size.width / shape)) // 4 * 2
        return [(0, 0, size.width, bar), (0, size.height - bar, size.width, bar)] if bar else []
    bar = (size.width - _even(size.height * shape)) // 4 * 2
    return [(0, 0, bar, size.height), (size.width - bar, 0, bar, size.height)] if bar else []


def opening(shape: Fraction | None, size: Size) -> tuple[int, int, Size]:
    """What those bars leave open: left, top, and its size."""
    covered = bars(shape, size)
    left, top = (covered[-1][0] and covered[0][2], covered[-1][1] and covered[0][3]) if covered else (0, 0)
    return left, top, Size(size.width - 2 * left, size.height - 2 * top)


@dataclass(frozen=True, slots=True)
class Spot:
    """Where an inset lies: `size` from (`x`, `y`) on, with a border of `border` pixels around it."""

    size: Size
    x: int
    y: int
    border: int = 0


def spot(mount: Mount, shape: Fraction, size: Size) -> Spot:
    """Of an inset whose clip has this shape (width / height), in a picture of `size`. It shrinks until it has room."""
    short, shape = min(size.width, size.height), mount.shape or shape
    border, margin = (_even(short * part / 100) if part else 0 for part in (mount.border, mount.margin))
    room = 2 * (border + margin)
    width = min(size.width * mount.size / 100, Fraction(size.width - room), (size.height - room) * shape)
    inner = Size(_even(width), _even(width / shape))
    near, far = border + margin, (size.width - inner.width, size.height - inner.height)
    x = near if mount.corner.endswith("left") else far[0] - near
    y = near if mount.corner.startswith("top") else far[1] - near
    return Spot(inner, max(0, x) // 2 * 2, max(0, y) // 2 * 2, border)


def _even(value: Fraction) -> int:
    return max(2, 2 * nearest(value / 2))
