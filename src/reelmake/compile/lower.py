"""Storyboard to slates and orders: nothing implicit is left, and nothing of a vendor's is in it yet.

Only for boards that passed every check. Knows nothing of keys, records or prices of catalogs.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import cache, partial
from posixpath import normpath

from reelmake.compile.openings import captioned, opening
from reelmake.compile.settle import Settled
from reelmake.model.medium import FREE, Operation, Price
from reelmake.model.order import ClipOrder, Slate
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import Prompt, Shot, Storyboard, Tier

_STOPS = tuple(".!?…:;。！？")


def lower(board: Storyboard, settled: Mapping[str, Settled], style_cast: tuple[str, ...] = ()) -> dict[str, Slate]:
    """Every shot's slate by address, in the author's order. `style_cast`: characters that the style names."""
    of_board = _Lowering(board, style_cast)
    return {board.address(shot.id): of_board.slate(shot, settled[shot.id]) for shot in board.shots.values()}


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

    def __init__(self, board: Storyboard, style_cast: tuple[str, ...]) -> None:
        self._board, self._style_cast = board, style_cast
        self._above = captioned(board)
        self._opening = cache(partial(opening, board))  # most shots are alike in this

    def slate(self, shot: Shot, settled: Settled) -> Slate:
        board = self._board
        kind = settled.kind
        cast = (*(shot.prompt.characters if shot.prompt else ()), *self._style_cast)
        pictures = (board.characters[name].image for name in cast if name in board.characters)
        wanted = kind is not None and kind.references and _operation(shot) == "generate" and _most(settled) != 0
        references = tuple(dict.fromkeys(_normal(p) for p in pictures if p)) if wanted and shot.ordered else ()
        sent = len(references) + sum(map(bool, (shot.image or shot.relation == "continue", shot.last_image)))
        orders = self._orders(shot, settled, sent) if shot.ordered else ()
        return Slate(
            shot=board.address(shot.id),
            orders=orders,
            file=_normal(shot.file),
            length=settled.length,
            relation=shot.relation,
            parent=board.address(shot.parent) if shot.parent else "",
            image=_normal(shot.image),
            last_image=_normal(shot.last_image),
            references=references,
            exact=bool(orders) and _exact(settled),
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

    def _orders(self, shot: Shot, settled: Settled, pictures: int) -> tuple[ClipOrder, ...]:
        """`pictures`: how many are sent with each."""
        board, prompt, (tier, provider, kind) = self._board, shot.prompt or Prompt(""), settled.maker
        text = compose(prompt, board.style, kind.negative)
        seed = shot.seed if shot.seed is not None else board.defaults.seed
        price = _price(settled, tier, kind, pictures)
        extras = {**tier.extras, **shot.extras}
        return tuple(
            ClipOrder(
                dialect=kind.dialect,
                model=settled.called,
                operation=_operation(shot),
                prompt=text,
                avoid=prompt.avoid if kind.negative else "",
                size=settled.size,
                seconds=settled.seconds,
                seed=None if seed is None else seed + take - 1,
                variation=shot.variation,
                take=take,
                extras=extras,
                shot=board.address(shot.id),
                provider=provider.name,
                tier=tier.name,
                maker=kind.maker,
                fps=board.fps if kind.local else Fraction(24),
                open=self._opening(shot.focus, settled.size) if kind.local else None,
                above=kind.local and self._above,
                price=price,
                known=settled.model,
                retry_moderation=shot.retry_moderation if shot.retry_moderation is not None else tier.retry_moderation,
                if_gone=settled.if_gone,
                span=prompt.span or shot.span,
            )
            for take in range(1, settled.takes + 1)
        )


def _normal(path: str) -> str:
    return normpath(path.strip()) if path else ""


def _operation(shot: Shot) -> Operation:
    return shot.relation if shot.relation in ("remix", "extend") else "generate"


def _exact(settled: Settled) -> bool:
    """Must a first or last picture have exactly the clip's pixels?"""
    said = settled.model.exact_image if settled.model is not None else None
    return said if said is not None else settled.kind is not None and settled.kind.exact_image


def _most(settled: Settled) -> int | None:
    """How many reference pictures the model takes; None = as many as there are."""
    return settled.model.references if settled.model is not None else None


def _price(settled: Settled, tier: Tier, kind: Capabilities, pictures: int) -> Price | None:
    """The tier's own, else the model's, else the kind's; None = nobody says."""
    model = settled.model
    if kind.local:
        return FREE
    if tier.price is None and model is not None and (price := model.priced(settled.size, pictures)) is not None:
        return price
    rate = tier.price if tier.price is not None else kind.price
    return None if rate is None else Price(rate)
