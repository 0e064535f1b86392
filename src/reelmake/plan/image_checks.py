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
from reelmake.model.order import ClipOrder, ImageInput, Slate
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
        for label, image in _sent(slate):
            fitting = _suits(slate, slates, label, image, look, report)
            if fitting is not None:
                found[slate.shot, label] = fitting
        if slate.relation == "continue" and slate.exact and not slate.orders[0].local:
            fitting = _continues(slate, slates[slate.parent], frame, report)
            if fitting is not None:
                found[slate.shot, "image"] = fitting
    return found


def _sent(slate: Slate) -> Iterator[tuple[str, ImageInput]]:
    """The pictures that a shot names, by the label of the input; "" = as it is."""
    for label, image in (("image", slate.image), ("last_image", slate.last_image)):
        if image is not None:
            yield label, image
    for image in slate.references:
        yield "", image


def _suits(
    slate: Slate, slates: Mapping[str, Slate], label: str, image: ImageInput, look: Look, report: Report
) -> Fitting | None:
    job = slate.orders[0]
    if image.still:
        if not (label and slate.exact and isinstance(job, ClipOrder)) or job.local:
            return None
        size = slates[image.still].orders[0].size if slates[image.still].orders else None
        return _brought(slate, job, f'the still "{image.name}"', size, image.span, report)
    path, place = image.file, slate.spans.get("prompt", slate.span) if image.of else image.span
    try:
        picture = look(path)
    except LocalTool as error:
        if job.local:
            report.error("RM612", f"{path} is not a picture that can be used: {error}", place)
        else:
            report.error("RM435", f"{path} cannot be sent: {error}", place)
        return None
    if job.local:  # a sketch takes any picture that can be read
        return None
    if picture.format not in SENT:
        kind = picture.format or "not a known picture format"
        what = f"{path} cannot be sent: despite its name it is {kind}"
        report.error("RM435", what, place, hint="save it as PNG, JPEG or WebP")
    elif label and slate.exact and isinstance(job, ClipOrder) and picture.size != job.size:
        if slate.fit is not None:
            return Fitting(FitWork(job.size, slate.fit), slate.fit)
        report.error("RM434", _mismatch(path, picture.size, job), place, hint=_ways(job.size))
    elif picture.bytes > MOST_BYTES:
        what = f"{path} cannot be sent: it is {picture.bytes / (1 << 20):.0f} MiB; the limit is {MOST_BYTES >> 20}"
        report.error("RM435", what, place, hint="save it smaller")
    return None


def _continues(slate: Slate, parent: Slate, frame: Look, report: Report) -> Fitting | None:
    """The last frame of the clip before."""
    job = slate.orders[0]
    if not isinstance(job, ClipOrder):
        return None
    if parent.color:  # it is as large as anybody likes
        return Fitting(FitWork(job.size, "stretch"))
    try:
        size = frame(parent.file).size if parent.file else parent.orders[0].size if parent.orders else None
    except LocalTool:
        return None  # told where the footage stands
    place = slate.spans.get("continue", slate.span)
    return _brought(slate, job, f'the last frame of "{parent.shot}"', size, place, report)


def _brought(
    slate: Slate, job: ClipOrder, what: str, size: Size | None, place: Span | None, report: Report
) -> Fitting | None:
    """What brings a picture that is made first to the clip's size. Of the same shape it is scaled unasked: it is the
    same however it is fitted. `size`: that was ordered, None = it is not known.

    It is fitted even if it should have the right size, for a provider may return another one than was ordered.
    """
    if size == job.size:
        return Fitting(FitWork(job.size, "crop"))
    if slate.fit is not None:
        return Fitting(FitWork(job.size, slate.fit), slate.fit)
    if size is None or _same_shape(size, job.size):
        return Fitting(FitWork(job.size, "crop"))
    report.error("RM434", _mismatch(what, size, job), place, hint=_ways(job.size))
    return None


def _same_shape(one: Size, other: Size) -> bool:
    shapes = sorted((Fraction(one.width, one.height), Fraction(other.width, other.height)))
    return 1 - shapes[0] / shapes[1] <= ALIKE


def _mismatch(what: str, size: Size, job: ClipOrder) -> str:
    who = f'"{job.called}"' if job.model else f'the provider "{job.provider}"'
    return f"{what} has {size} pixels, the clip {job.size}: {who} takes only pictures of exactly that size"


def _ways(size: Size) -> str:
    return (
        f"`fit: crop` on the shot fills {size} and crops the rest, `fit: pad` adds black bars;\n"
        f"or give a picture of {size}, or the shot another size"
    )
