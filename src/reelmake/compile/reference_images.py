"""Which pictures go along with an order beside its first and last one, and which have to stay behind.

`references:` come first, as they stand there; then the cast of the prompt and of the style, everyone's first picture
before anyone's second, as many as the model takes. A picture of the cast that is itself made from what is being made
does not go along: the sheet of a character whose prompt names her is made without itself. Knows nothing of files.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from posixpath import normpath

from reelmake.compile.settle import Settled
from reelmake.model.order import ImageInput
from reelmake.model.storyboard import Shot, Storyboard
from reelmake.records import dataclass


@dataclass(frozen=True, slots=True)
class ReferenceImages:
    """Of one shot or still: those that go along, and those that the model has no place for. Stills by their ids."""

    along: tuple[ImageInput, ...] = ()
    left_out: tuple[ImageInput, ...] = ()


NONE = ReferenceImages()


def reference_images(
    board: Storyboard, settled: Mapping[str, Settled], style_cast: tuple[str, ...] = ()
) -> dict[str, ReferenceImages]:
    """By id, of those that have any. `style_cast`: whom the style names."""
    found: dict[str, ReferenceImages] = {}
    for shot in (*board.stills.values(), *board.shots.values()):
        cast = (*(shot.prompt.cast if shot.prompt else ()), *style_cast)
        if shot.references or cast:
            images = _of(shot, cast, board, settled[shot.id], found)
            if images != NONE:
                found[shot.id] = images
    return found


def made_from(shot: Shot) -> dict[str, str]:
    """The shots and stills that one is made from, by id, each with the key of it that says so."""
    keys = {shot.parent: "frame" if shot.framed else shot.relation or "", shot.still: "file"}
    named = (("image", shot.image), ("last_image", shot.last_image), *(("references", r) for r in shot.references))
    for key, image in named:
        if image is not None:
            keys.setdefault(image.still, key)
    keys.pop("", None)
    return keys


def _of(
    shot: Shot, cast: tuple[str, ...], board: Storyboard, settled: Settled, found: Mapping[str, ReferenceImages]
) -> ReferenceImages:
    kind = settled.kind
    if not shot.ordered or kind is None or not kind.references or shot.relation not in (None, "continue", "edit"):
        return ReferenceImages((), shot.references)
    casts = [board.cast[name].images for name in dict.fromkeys(cast) if name in board.cast]
    turns = [image for turn in zip_longest(*casts) for image in turn if image is not None]
    free = [image for image in turns if not (image.still and _needs(image.still, shot.id, board, found))]
    every: dict[tuple[str, str], ImageInput] = {}
    for image in (*shot.references, *free):
        every.setdefault((image.file and normpath(image.file.strip()), image.still), image)
    most = settled.model.references if settled.model is not None else None
    images = tuple(every.values())
    return ReferenceImages(images, ()) if most is None else ReferenceImages(images[:most], images[most:])


def _needs(still: str, id: str, board: Storyboard, found: Mapping[str, ReferenceImages]) -> bool:
    """Is the still made from the shot or still of this id, or is it the same?"""
    seen: set[str] = set()
    open_ = [still]
    while open_:
        at = open_.pop()
        if at == id:
            return True
        if at not in seen:
            seen.add(at)
            open_ += _before(at, board, found)
    return False


def _before(id: str, board: Storyboard, found: Mapping[str, ReferenceImages]) -> Iterator[str]:
    if id in board.shots or id in board.stills:
        yield from made_from(board.named(id))
        yield from (image.still for image in found.get(id, NONE).along if image.still)
