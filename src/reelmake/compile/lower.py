"""Storyboard to slates and orders: nothing implicit is left, and nothing of a vendor's is in it yet.

Only for boards that passed every check. Knows nothing of keys, records or prices of catalogs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from functools import cache, partial
from posixpath import normpath
from typing import Any

from reelmake.compile.openings import captioned, opening
from reelmake.compile.reference_images import NONE, ReferenceImages
from reelmake.compile.settle import Settled
from reelmake.model.medium import CLIP, FREE, MEDIA, MediumName, Operation, Price
from reelmake.model.order import ClipOrder, ImageInput, Order, Slate
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import Prompt, Shot, Storyboard, Tier

_STOPS = tuple(".!?…:;。！？")


def lower(board: Storyboard, settled: Mapping[str, Settled], images: Mapping[str, ReferenceImages]) -> dict[str, Slate]:
    """The slate of every still, then of every shot, by address, in the author's order. `images`: references by id."""
    of_board = _Lowering(board, images)
    every = (*board.stills.values(), *board.shots.values())
    return {board.address(shot.id): of_board.slate(shot, settled[shot.id]) for shot in every}


def compose(prompt: Prompt, style: str, negative: bool) -> str:
    """The text that is sent: the prompt, the style, and what to avoid where there is no negative prompt."""
    sentences = [prompt.text, style]
    if prompt.avoid and not negative:
        sentences.append(f"Avoid {prompt.avoid.rstrip('.')}.")
    return _join([text for text in sentences if text])


def _join(texts: list[str]) -> str:
    ended = [text if text.endswith(_STOPS) else text + "." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


class _Lowering:
    """Of the shots of one board."""

    def __init__(self, board: Storyboard, images: Mapping[str, ReferenceImages]) -> None:
        self._board, self._images = board, images
        self._above = captioned(board)
        self._opening = cache(partial(opening, board))  # most shots are alike in this

    def slate(self, shot: Shot, settled: Settled) -> Slate:
        board = self._board
        images = self._images.get(shot.id, NONE)
        sent = len(images.along) + sum(map(bool, (shot.image or shot.relation == "continue", shot.last_image)))
        orders = self._orders(shot, settled, sent) if shot.ordered else ()
        return Slate(
            shot=board.address(shot.id),
            medium=shot.medium,
            orders=orders,
            file=_normal(shot.file),
            still=board.address(shot.still) if shot.still else "",
            framed=shot.framed,
            at=shot.at,
            length=settled.length,
            relation=shot.relation,
            parent=board.address(shot.parent) if shot.parent else "",
            image=self._input(shot.image),
            last_image=self._input(shot.last_image),
            references=tuple(self._of(image) for image in images.along),
            left_out=tuple(self._of(image) for image in images.left_out),
            exact=bool(orders) and shot.medium == CLIP.name and _exact(settled),
            pick=shot.pick,
            fit=shot.fit or board.defaults.fit,
            tier=settled.tier.name if settled.tier and orders else "",
            tags=shot.tags,
            caption=shot.caption,
            notes=shot.notes,
            color=shot.color,
            span=shot.span,
            spans=shot.spans,
        )

    def _input(self, image: ImageInput | None) -> ImageInput | None:
        return self._of(image) if image is not None else None

    def _of(self, image: ImageInput) -> ImageInput:
        """With the address of its still, and a path as everybody writes it."""
        still = self._board.address(image.still) if image.still else ""
        return ImageInput(_normal(image.file), still, image.of, image.span)

    def _orders(self, shot: Shot, settled: Settled, pictures: int) -> tuple[Order, ...]:
        """`pictures`: how many are sent with each."""
        board, prompt, (tier, provider, kind) = self._board, shot.prompt or Prompt(""), settled.maker
        seed = shot.seed if shot.seed is not None else board.defaults.seed
        told: dict[str, Any] = {
            "medium": shot.medium,
            "dialect": kind.dialect,
            "model": settled.called,
            "operation": _operation(shot),
            "prompt": compose(prompt, board.style, kind.negative),
            "avoid": prompt.avoid if kind.negative else "",
            "size": settled.size,
            "seed": seed,
            "variation": shot.variation,
            "extras": {**tier.extras, **shot.extras},
            "shot": board.address(shot.id),
            "provider": provider.name,
            "tier": tier.name,
            "maker": kind.maker,
            "price": _price(settled, tier, kind, shot.medium, pictures),
            "known": settled.model,
            "retry_moderation": tier.retry_moderation if shot.retry_moderation is None else shot.retry_moderation,
            "if_gone": settled.if_gone,
            "span": prompt.span or shot.span,
        }
        order: Order
        if shot.medium != CLIP.name:
            order = Order(**told)
        else:
            fps, open_ = (board.fps, self._opening(shot.focus, settled.size)) if kind.local else (Fraction(24), None)
            above = kind.local and self._above
            order = ClipOrder(**told, seconds=settled.seconds, fps=fps, open=open_, above=above)
        return (order, *(nth(order, take) for take in range(2, settled.takes + 1)))


def nth(order: Order, take: int) -> Order:
    """The order for another take of the same: each has a seed of its own, one after another."""
    return replace(order, take=take, seed=None if order.seed is None else order.seed + take - order.take)


def _normal(path: str) -> str:
    return normpath(path.strip()) if path else ""


def _operation(shot: Shot) -> Operation:
    return shot.relation if shot.relation is not None and shot.relation != "continue" else "generate"


def _exact(settled: Settled) -> bool:
    """Must a first or last picture have exactly the clip's pixels?"""
    said = settled.model.exact_image if settled.model is not None else None
    return said if said is not None else settled.kind is not None and settled.kind.exact_image


def _price(settled: Settled, tier: Tier, kind: Capabilities, medium: MediumName, pictures: int) -> Price | None:
    """The tier's own, else the model's, else the kind's; None = nobody says."""
    model = settled.model
    if kind.local:
        return FREE
    if tier.price is None and model is not None and (price := model.priced(settled.size, pictures)) is not None:
        return price
    rate = tier.price if tier.price is not None else kind.price
    unit = model.unit if model is not None and model.medium == medium else MEDIA[medium].per
    return None if rate is None else Price(rate, unit)
