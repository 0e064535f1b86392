"""Do the pictures suit the clips they are sent for? What must be fitted, what cannot be sent, with its place.

Many models take a first frame only if it has exactly the pixels of the clip: the most common refusal there is. It is
told here, before anything is sent; with `fit:` on the shot the picture is brought to that size by a local step. The
shot is keyed by the picture as the author gave it and by the fit, never by the bytes that a decoder made of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fractions import Fraction

from reelmake.diagnostics import Report, Span
from reelmake.errors import LocalTool
from reelmake.model.delivery import FitWork
from reelmake.model.frame import PictureFacts, Size
from reelmake.model.order import ClipOrder, Slate
from reelmake.records import dataclass

SENT = ("jpeg", "png", "webp")
MOST_BYTES = 15 << 20  # as text (base64) 20 MiB, the most that a data URL may be in the /v1/videos shape
ALIKE = Fraction(3, 100)  # shapes that differ by less are one shape, as in assemble/framing
Look = Callable[[str], PictureFacts]


@dataclass(frozen=True, slots=True)
class Fitting:
    """`work` brings a picture to the clip's size; `fit` is what enters the shot's key, "" where it changes nothing."""

    work: FitWork
    fit: str = ""


@dataclass(frozen=True, slots=True)
class _Given:
    """A picture that a shot names: the label of its input, its path, and where it stands."""

    label: str
    path: str
    place: Span | None


Fittings = Mapping[tuple[str, str], Fitting]
"""By (shot's address, label of its input)."""


def suits(slates: Mapping[str, Slate], look: Look, frame: Look, report: Report) -> dict[tuple[str, str], Fitting]:
    """What must be fitted; what cannot be sent goes to the report.

    `look` and `frame` tell what a project's picture, or the frames of its footage, are; they raise LocalTool.
    """
    found: dict[tuple[str, str], Fitting] = {}
    for slate in slates.values():
        if not slate.orders:
            continue
        job = slate.orders[0]
        if job.local:
            _drawn(slate, look, report)
            continue
        for given in _given(slate):
            fitting = _suits(slate, job, given, look, report)
            if fitting is not None:
                found[slate.shot, given.label] = fitting
        if slate.relation == "continue" and slate.exact:
            fitting = _continues(slate, job, slates[slate.parent], frame, report)
            if fitting is not None:
                found[slate.shot, "image"] = fitting
    return found


def _drawn(slate: Slate, look: Look, report: Report) -> None:
    """A sketch takes any picture that can be read."""
    for given in _given(slate):
        try:
            look(given.path)
        except LocalTool as error:
            report.error("RM612", f"{given.path} is not a picture that can be used: {error}", given.place)


def _given(slate: Slate) -> Iterator[_Given]:
    for label, path in (("image", slate.image), ("last_image", slate.last_image)):
        if path:
            yield _Given(label, path, slate.spans.get(label, slate.span))
    for path in slate.references:
        yield _Given("", path, slate.spans.get("prompt", slate.span))


def _suits(slate: Slate, job: ClipOrder, given: _Given, look: Look, report: Report) -> Fitting | None:
    label, path, place = given.label, given.path, given.place
    try:
        picture = look(path)
    except LocalTool as error:
        report.error("RM435", f"{path} cannot be sent: {error}", place)
        return None
    if picture.format not in SENT:
        report.error(
            "RM435",
            f"{path} cannot be sent: despite its name it is {picture.format or 'not a known picture format'}",
            place,
            hint="save it as PNG, JPEG or WebP",
        )
        return None
    if label and slate.exact and picture.size != job.size:
        if slate.fit is not None:
            return Fitting(FitWork(job.size, slate.fit), slate.fit)
        report.error("RM434", _mismatch(path, picture.size, job), place, hint=_ways(job.size))
    elif picture.bytes > MOST_BYTES:
        report.error(
            "RM435",
            f"{path} cannot be sent: it is {picture.bytes / (1 << 20):.0f} MiB; the limit is {MOST_BYTES >> 20}",
            place,
            hint="save it smaller",
        )
    return None


def _continues(slate: Slate, job: ClipOrder, parent: Slate, frame: Look, report: Report) -> Fitting | None:
    """The last frame of the clip before. Of the same shape it is scaled unasked: however it is fitted, it is the same.

    It is fitted even if it should have the right size, for a provider may return a clip of another size than ordered.
    """
    if parent.color:  # it is as large as anybody likes
        return Fitting(FitWork(job.size, "stretch"))
    if parent.orders:
        size = parent.orders[0].size
    else:
        try:
            size = frame(parent.file).size
        except LocalTool:
            return None  # told where the footage stands
    if size == job.size:
        return Fitting(FitWork(job.size, "crop"))
    if slate.fit is not None:
        return Fitting(FitWork(job.size, slate.fit), slate.fit)
    if _same_shape(size, job.size):
        return Fitting(FitWork(job.size, "crop"))
    what = f'the last frame of "{parent.shot}"'
    place = slate.spans.get("continue", slate.span)
    report.error("RM434", _mismatch(what, size, job), place, hint=_ways(job.size))
    return None


def _same_shape(one: Size, other: Size) -> bool:
    shapes = sorted((Fraction(one.width, one.height), Fraction(other.width, other.height)))
    return 1 - shapes[0] / shapes[1] <= ALIKE


def _mismatch(what: str, size: Size, job: ClipOrder) -> str:
    who = f'"{job.model}"' if job.model else f'the provider "{job.provider}"'
    return f"{what} has {size} pixels, the clip {job.size}: {who} takes only pictures of exactly that size"


def _ways(size: Size) -> str:
    return (
        f"`fit: crop` on the shot fills {size} and crops the rest, `fit: pad` adds black bars;\n"
        f"or give a picture of {size}, or the shot another size"
    )
