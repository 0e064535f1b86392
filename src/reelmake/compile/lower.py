"""Storyboard to slates and orders: nothing implicit is left, and nothing of a vendor's is in it yet.

Only for boards that passed every check. Knows nothing of keys, records or prices of catalogs.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cache, partial
from posixpath import normpath
from typing import Any

from reelmake.compile.openings import captioned, opening
from reelmake.compile.reference_images import NONE, ReferenceImages
from reelmake.compile.settle import Settled
from reelmake.compile.speaking import SILENT, Speaking, sentence, speaking
from reelmake.model.medium import CLIP, FREE, MEDIA, MUSIC, SPEECH, MediumName, Operation, Price
from reelmake.model.order import CHANGES, ClipOrder, ImageInput, Lengths, Order, Slate, Spoken
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import BED, Music, Prompt, Shot, SpokenLine, Storyboard, Tier

_STOPS = tuple(".!?…:;。！？")


def lower(board: Storyboard, settled: Mapping[str, Settled], images: Mapping[str, ReferenceImages]) -> dict[str, Slate]:
    """The slate of every still, of every line that is said, of every shot, and of the music that is made, by address,
    in the author's order. `images`: references by id."""
    of_board, music = _Lowering(board, images, speaking(board, settled) if board.lines else {}), board.sound.music
    slates = [of_board.slate(still, settled[still.id]) for still in board.stills.values()]
    slates += [of_board.line(line, settled[line.id]) for line in board.lines]
    slates += [of_board.slate(shot, settled[shot.id]) for shot in board.shots.values()]
    slates += [of_board.bed(music, settled[BED])] if music is not None and music.prompt else []
    return {slate.shot: slate for slate in slates}


def compose(prompt: Prompt, style: str, negative: bool, said: Iterable[str] = ()) -> str:
    """The text that is sent: the prompt, what is said, the style, and what to avoid where there is no negative
    prompt."""
    sentences = [prompt.text, *said, style]
    if prompt.avoid and not negative:
        sentences.append(f"Avoid {prompt.avoid.rstrip('.')}.")
    return _join([text for text in sentences if text])


def _join(texts: list[str]) -> str:
    ended = [text if text.endswith(_STOPS) else text + "." for text in texts[:-1]]
    return " ".join([*ended, *texts[-1:]])


class _Lowering:
    """Of the shots of one board."""

    def __init__(
        self, board: Storyboard, images: Mapping[str, ReferenceImages], spoken: Mapping[str, Speaking]
    ) -> None:
        self._board, self._images, self._speaking = board, images, spoken
        self._above = captioned(board)
        self._opening = cache(partial(opening, board))  # most shots are alike in this

    def slate(self, shot: Shot, settled: Settled) -> Slate:
        board = self._board
        images, said = self._images.get(shot.id, NONE), self._speaking.get(shot.id, SILENT)
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
            lengths=_lengths(settled) if shot.auto and orders else Lengths(exact=True),
            spoken=self._spoken(shot) if shot.say else None,
            aloud=self._lines(said.aloud),
            sent=self._lines(said.sent),
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

    def line(self, line: SpokenLine, settled: Settled) -> Slate:
        """A line of speech, which lasts about as long as `settled` says."""
        voice, address = self._board.voice(line), self._board.address(line.id)
        if voice is None:
            raise ValueError("a line that has not been checked")
        order = Order(
            **self._told(settled, SPEECH.name, address),
            prompt=line.text,
            voice=voice.voice,
            style=voice.style,
            language=voice.language,
            seed=voice.seed if voice.seed is not None else self._board.defaults.seed,
            extras={**settled.maker[0].extras, **voice.extras},
            span=line.span,
        )
        spans = {"tier": voice.spans["tier"]} if "tier" in voice.spans else {}
        return Slate(
            shot=address,
            medium=SPEECH.name,
            orders=(order,),
            length=settled.length,
            tier=order.tier,
            span=line.span,
            spans=spans,
        )

    def bed(self, music: Music, settled: Settled) -> Slate:
        """Music that is made; how long it is follows from the cut."""
        address = self._board.address(BED)
        order = Order(
            **self._told(settled, MUSIC.name, address),
            prompt=music.prompt,
            seconds=settled.seconds,
            seed=music.seed if music.seed is not None else self._board.defaults.seed,
            extras={**settled.maker[0].extras, **music.extras},
            span=music.span,
        )
        return Slate(
            shot=address,
            medium=MUSIC.name,
            orders=(order, *(order.nth(take) for take in range(2, settled.takes + 1))),
            length=settled.length,
            lengths=_lengths(settled),
            pick=music.pick,
            tier=order.tier,
            span=music.span,
            spans=music.spans,
        )

    def _spoken(self, shot: Shot) -> Spoken:
        board = self._board
        auto = shot.auto and shot.relation not in CHANGES
        return Spoken(self._lines(shot.say), board.pad(shot), auto)

    def _lines(self, lines: Iterable[SpokenLine]) -> tuple[str, ...]:
        """Their addresses."""
        return tuple(self._board.address(line.id) for line in lines)

    def _input(self, image: ImageInput | None) -> ImageInput | None:
        return self._of(image) if image is not None else None

    def _of(self, image: ImageInput) -> ImageInput:
        """With the address of its still, and a path as everybody writes it."""
        still = self._board.address(image.still) if image.still else ""
        return ImageInput(_normal(image.file), still, image.of, image.span)

    def _orders(self, shot: Shot, settled: Settled, pictures: int) -> tuple[Order, ...]:
        """`pictures`: how many are sent with each."""
        board, prompt, (tier, _, kind) = self._board, shot.prompt or Prompt(""), settled.maker
        seed = shot.seed if shot.seed is not None else board.defaults.seed
        told: dict[str, Any] = {
            **self._told(settled, shot.medium, board.address(shot.id), pictures),
            "operation": _operation(shot),
            "prompt": compose(
                prompt, board.style, kind.negative, map(sentence, self._speaking.get(shot.id, SILENT).told)
            ),
            "avoid": prompt.avoid if kind.negative else "",
            "size": settled.size,
            "seed": seed,
            "variation": shot.variation,
            "extras": {**tier.extras, **shot.extras},
            "if_gone": settled.if_gone,
            "span": prompt.span or shot.span,
        }
        if shot.retry_moderation is not None:
            told["retry_moderation"] = shot.retry_moderation
        order: Order
        if shot.medium != CLIP.name:
            order = Order(**told)
        else:
            fps, open_ = (board.fps, self._opening(shot.focus, settled.size)) if kind.local else (Fraction(24), None)
            above = kind.local and self._above
            order = ClipOrder(**told, seconds=settled.seconds, fps=fps, open=open_, above=above)
        return (order, *(order.nth(take) for take in range(2, settled.takes + 1)))

    def _told(self, settled: Settled, medium: MediumName, address: str, pictures: int = 0) -> dict[str, Any]:
        """Who makes it, for how much, and what it is for."""
        tier, provider, kind = settled.maker
        return {
            "medium": medium,
            "dialect": kind.dialect,
            "model": _named(settled),
            "shot": address,
            "provider": provider.name,
            "tier": tier.name,
            "maker": kind.maker,
            "tools": kind.tools.get(medium, ()),
            "price": _price(settled, tier, kind, medium, pictures),
            "known": settled.model,
            "retry_moderation": tier.retry_moderation,
        }


def _lengths(settled: Settled) -> Lengths:
    """Those that can be ordered."""
    model, kind = settled.model, settled.kind
    if kind is None or kind.local:
        return Lengths(exact=True)
    if model is not None and (model.seconds or model.shortest is not None or model.longest is not None):
        return Lengths(model.seconds, model.shortest, model.longest)
    return Lengths(tuple(map(Fraction, kind.forms.of(settled.called).seconds.only if kind.forms is not None else ())))


def _named(settled: Settled) -> str:
    """A workflow is known by what it is, not by where it stands."""
    workflow = settled.model.workflow if settled.model is not None else None
    return settled.called if workflow is None else workflow.name


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
