"""What a vendor says of its own models, as Models. What it does not say is not known and refuses nothing."""

from __future__ import annotations

from reelmake.errors import Transient
from reelmake.model.frame import Size
from reelmake.model.http import Response
from reelmake.model.provider import Model
from reelmake.model.vendor import ModelListing, Places
from reelmake.providers._answers import complaint, tidy, utc
from reelmake.providers.json_jobs.json_path import look, word
from reelmake.providers.openai_videos.video import dollars, number


def read_menu(menu: ModelListing, reply: Response, kind: str) -> tuple[Model, ...]:
    """Raises Transient for an answer that is no list."""
    items = look(reply.data, menu.items)
    if not isinstance(items, list):
        raise Transient(tidy(f"its list of models cannot be read: {complaint(reply)}"))
    return tuple(_model(menu, item, kind, utc(reply.at)[:10]) for item in items if word(item, menu.name))


def _model(menu: ModelListing, item: object, kind: str, today: str) -> Model:
    prices = {side: dollars(look(item, places)) for side, places in menu.prices.items()}
    sizes = [Size.read(str(text).lower()) for text in _list(item, menu.sizes)]
    return Model(
        name=word(item, menu.name),
        kind=kind,
        sizes=tuple(size for size in sizes if size and size.width and size.height),
        seconds=tuple(sorted({n for value in _list(item, menu.seconds) if (n := number(value))})),
        image=_has(item, *menu.first),
        last_image=_has(item, *menu.last),
        prices={side: price for side, price in prices.items() if price is not None},
        source=f"the vendor's own list of models ({menu.call.path})",
        as_of=today,
    )


def _list(item: object, places: Places) -> list[object]:
    found = look(item, places)
    return found if isinstance(found, list) else []


def _has(item: object, places: Places, entry: str) -> bool | None:
    """None if there is no list at all: then nothing is said."""
    found = look(item, places)
    return entry in found if isinstance(found, list) else None
