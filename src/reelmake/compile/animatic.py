"""An animatic: the board with each shot's picture in the place of its clip, moving gently, as long as the shot will be.

Stills, lines and music stay what they are, so what is made of them now is there for the film; nothing is ordered that
hangs on a clip. A shot without a picture is a card: one picture that the sketch draws. Knows nothing of takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import cache
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from reelmake.compile.given import Given
from reelmake.compile.reference_images import NONE
from reelmake.compile.settle import SIZE
from reelmake.model.frame import CameraMove, Size, Window
from reelmake.model.order import CHANGES, ImageInput
from reelmake.model.storyboard import CARDS, SKETCH, Output, Prompt, Shot, Storyboard, Tier

LARGEST = 960  # pixels of the longer side of such a film
MARK = ".stills"  # in the names of outputs, so that the film is not written over
_NEAR = Fraction(17, 20)  # of the longer side: how much is seen where a push is nearest
_THIN = Fraction(1, 10)  # of the other side: it is seen as far as the film's shape goes
_ENDS = ((Fraction(0), Fraction(1)), ((1 - _NEAR) / 2, _NEAR)), ((1 - _NEAR, _NEAR), (Fraction(0), _NEAR))
"""Where a push begins and ends along the longer side, and how much is seen: one to the middle, one across."""
_UNMADE: dict[str, Any] = {
    "tier": "",
    "image": None,
    "last_image": None,
    "references": (),
    "takes": 1,
    "pick": None,
    "fallback": (),
    "extras": {},
    "if_gone": None,
}  # what only who is ordered from is told
_DRAWN: dict[str, Any] = {**_UNMADE, "tier": CARDS}


def animatic(given: Given) -> Storyboard:
    """Of a board that passed every check."""
    board, stand_ins = given.board, _StandIns(given)
    return replace(
        board,
        shots={id: stand_ins.shot(shot) if shot.ordered else shot for id, shot in board.shots.items()},
        stills={id: stand_ins.still(still) for id, still in board.stills.items()} | stand_ins.cards(),
        tiers={**board.tiers, CARDS: Tier(CARDS, SKETCH)},
        outputs=tuple(_sketchy(output, given) for output in board.outputs),
    )


class _StandIns:
    """Of one board. Its shots and stills depend on each other in no cycle."""

    def __init__(self, given: Given) -> None:
        self._given, self._board = given, given.board
        self._early = cache(self._is_early)
        self._picture = cache(self._picture_of)

    def shot(self, shot: Shot) -> Shot:
        settled, picture = self._given.settled[shot.id], self._picture(shot.id)
        seconds = None if shot.auto or (settled.auto and shot.relation in CHANGES) else settled.seconds
        picture = picture or ImageInput(still=_card(shot.id))
        told = replace(shot, **_UNMADE, seconds=seconds, move=shot.move or _push(shot, settled.size), prompt=None)
        return replace(told, still=picture.still, file=picture.file)

    def cards(self) -> dict[str, Shot]:
        """A still for each shot that has no picture. No id of an author has a dot, so theirs are free."""
        bare = [shot for shot in self._board.shots.values() if shot.ordered and self._picture(shot.id) is None]
        return {
            id: Shot(
                id=id,
                medium="still",
                prompt=self._words(shot),
                tier=CARDS,
                size=self._given.settled[shot.id].size,
                seed=shot.seed,
                variation=shot.variation,
                focus=shot.focus,
                span=shot.span,
            )
            for id, shot in ((_card(shot.id), shot) for shot in bare)
        }

    def _words(self, shot: Shot) -> Prompt:
        """Of a shot without a prompt those of the one that it is made from."""
        while shot.prompt is None and shot.parent in self._board.shots:
            shot = self._board.shots[shot.parent]
        return shot.prompt or Prompt(shot.id)

    def still(self, still: Shot) -> Shot:
        """One that hangs on a clip is what stands in for that, or drawn."""
        if self._early(still.id):
            return still
        picture = self._picture(still.id)
        if picture is not None:
            return replace(
                still, **_UNMADE, framed=False, parent="", still=picture.still, file=picture.file, prompt=None
            )
        if still.framed:
            return still  # of what is drawn
        return replace(still, **_DRAWN, relation=None, parent="")

    def _is_early(self, id: str) -> bool:
        """Can this still be made before any clip?"""
        still = self._board.stills.get(id)
        if still is None or still.framed:
            return False
        return all(self._early(image.still) for image in self._sent(still) if image.still) and (
            not still.parent or self._early(still.parent)
        )

    def _sent(self, shot: Shot) -> Iterator[ImageInput]:
        """The pictures that go along with an order, the one that says most of it first."""
        yield from (image for image in (shot.image,) if image)
        yield from self._given.images.get(shot.id, NONE).along
        yield from (image for image in (shot.last_image,) if image)

    def _picture_of(self, id: str) -> ImageInput | None:
        """What stands in for a shot, or for a still that hangs on a clip; None = there is nothing to see of it yet."""
        shot = self._board.named(id)
        if not shot.ordered and not shot.framed:
            return ImageInput(shot.file, shot.still) if shot.motionless and not shot.color else None
        if shot.medium == "clip":
            sent = list(self._sent(shot))
            first = sent[:1] if shot.image else []
            for image in (*first, *(i for i in sent if i.still), *sent):
                if picture := self._seen(image):
                    return picture
        if (shot.relation or shot.framed) and shot.parent:
            return self._picture(shot.parent)
        return None

    def _seen(self, image: ImageInput) -> ImageInput | None:
        if not image.still or self._early(image.still):
            return image
        return self._picture(image.still)


def _push(shot: Shot, size: Size) -> CameraMove:
    """Slowly nearer, away or to a side, always the same for the same words."""
    words = shot.prompt.text if shot.prompt else shot.id
    digest = sha256(words.encode()).digest()[0]
    ends = _ENDS[digest & 1]
    first, last = ends if digest & 2 else ends[::-1]
    across = shot.focus or (Fraction(1, 2), Fraction(1, 2))

    def window(begin: Fraction, share: Fraction) -> Window:
        if size.width >= size.height:
            return begin, max(Fraction(0), across[1] - _THIN / 2), share, _THIN
        return max(Fraction(0), across[0] - _THIN / 2), begin, _THIN, share

    return CameraMove(window(*first), window(*last), rough=True)


def _card(id: str) -> str:
    return f"{id}.card"


def _sketchy(output: Output, given: Given) -> Output:
    """ "cut.stills.mp4" for "cut.mp4"; a film that is looked at once is small and soon there."""
    path = PurePosixPath(output.path)
    output = replace(output, path=str(path.with_name(f"{path.stem}{MARK}{path.suffix}")))
    suffix = path.suffix.lower()
    if suffix not in given.outputs or "preset" not in given.outputs[suffix]:
        return output
    size = output.size or given.board.defaults.size or SIZE
    part = -(-max(size.width, size.height) // LARGEST)
    smaller = Size(*(2 * round(side / part / 2) for side in (size.width, size.height)))
    return replace(output, size=smaller, options={**output.options, "preset": "veryfast"})
