"""A review as one HTML page that needs nothing else: no network, no script, no font; pictures and sounds are in it.

The template escapes every value, so nobody's words are markup; the page's own policy refuses all that is not in it, and
whatever a value might still be taken for. Knows nothing of how a review came about.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

from reelmake import __version__
from reelmake.diagnostics import draw
from reelmake.model.medium import MEDIA
from reelmake.model.time import clock, exact
from reelmake.plan.key import Change
from reelmake.report.naming import money
from reelmake.report.review import KINDS, Review, ShotReview, Side, difference, short
from reelmake.report.review_comment import change_of_length, facts, headline
from reelmake.visible import visible

_TEMPLATE, _STYLE = "review.html.jinja", "review.css"
_DIGEST = 64  # hex digits: of those the first are enough for people
_PLACES = 3  # in the cut that are named
_TIMES = {"seconds"}  # labels of lengths
_TOLD = {"prompt", "take"}  # labels that are shown elsewhere


def page(review: Review) -> str:
    """The whole of it, as text."""
    folder = files("reelmake") / "report"
    style = (folder / _STYLE).read_text(encoding="utf-8")
    world = Environment(
        autoescape=True, undefined=StrictUndefined, finalize=_visible, trim_blocks=True, lstrip_blocks=True
    )
    template = world.from_string((folder / _TEMPLATE).read_text(encoding="utf-8"))
    return template.render(
        r=review,
        style=Markup(style),  # noqa: S704 (our own file)
        policy=b64encode(sha256(style.encode()).digest()).decode(),
        version=__version__,
        headline=headline(review),
        facts=list(facts(review)),
        kinds=KINDS,
        anchors={shot.shot: f"shot-{n}" for n, shot in enumerate(review.changed, 1)},
        media={name: medium.kind for name, medium in MEDIA.items()},
        data=_data,
        draw=draw,
        difference=difference,
        told=_told,
        value=_value,
        clock=clock,
        about=_about,
        lasts=_lasts,
        short=short,
    )


def _visible(value: object) -> object:
    """What a template writes, as people can see it."""
    if isinstance(value, Markup) or not isinstance(value, str):
        return value
    return visible(value.encode("utf-8", "backslashreplace").decode())


def _data(kind: str, content: bytes) -> str:
    return f"data:{kind};base64,{b64encode(content).decode()}"


def _told(shot: ShotReview) -> Iterator[Change]:
    """What is listed of what changed: the words have a place of their own."""
    return (c for c in shot.changes if c.label not in _TOLD)


def _value(label: str, value: str | None) -> str:
    if value is None:
        return "(absent)"
    if label in _TIMES:
        with suppress(ValueError):
            return clock(exact(value))
    digest = len(value) == _DIGEST and not value.strip("0123456789abcdef")
    return value[:12] if digest else short(value, 2_000) or "(empty)"


def _lasts(shot: ShotReview) -> str:
    """How its length changed, "" = it did not."""
    if not (shot.old and shot.new) or shot.old.seconds == shot.new.seconds:
        return ""
    return change_of_length(shot.old.seconds, shot.new.seconds)


def _about(side: Side) -> str:
    """ "studio wan-2.6, take 2 · 0:04.0 at 0:12.0 in the cut · made 2026-11-30 20:05 · $0.40"."""
    maker = side.maker + (f", take {side.take}" if side.take > 1 else "")
    long = "" if side.seconds is None else clock(side.seconds)
    if side.shown is not None and side.shown != side.seconds:
        long = f"{long}, {clock(side.shown)} of it" if long else clock(side.shown)
    places = ", ".join(map(clock, side.begins[:_PLACES])) + (" …" if len(side.begins) > _PLACES else "")
    begins = f"at {places} in the cut" if places else ""
    said = side.state if side.pictures or side.sound else ""  # else the slate says it
    price = money(side.cost) if side.cost is None or side.cost else ""
    price = f"up to {price}" if price and not side.made else price
    return " · ".join(filter(None, (maker, " ".join(filter(None, (long, begins))), said, price)))
