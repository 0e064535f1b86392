"""Paints clips, and the small pictures of them, when somebody asks for them; each once. Knows nothing of jobs."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path

from reelmake_fake import clip, piece
from reelmake_fake.recipe import Recipe
from reelmake_fake.shelf import Shelf

KINDS = {"video": "video/mp4", "thumbnail": "image/webp", "spritesheet": "image/jpeg"}
_STILLS = {"thumbnail": (clip.thumbnail, ".webp"), "spritesheet": (clip.spritesheet, ".jpg")}


class Painter:
    """Works in threads, so that others are answered meanwhile."""

    def __init__(self, shelf: Shelf) -> None:
        self.shelf = shelf
        self._at_work: dict[Path, asyncio.Task[None]] = {}

    async def variant(self, recipe: Recipe, variant: str) -> Path:
        """`video`, `thumbnail` or `spritesheet` of a clip."""
        painted = await self.clip(recipe)
        if variant == "video":
            return painted
        make, suffix = _STILLS[variant]
        place = self.shelf.clip(recipe, suffix)
        return await self._once(place, lambda: asyncio.to_thread(make, painted, place))

    async def clip(self, recipe: Recipe) -> Path:
        return await self._once(self.shelf.clip(recipe), lambda: self._paint(recipe))

    async def piece(self, order: piece.Piece) -> bytes:
        return await asyncio.to_thread(piece.made, order, [self.shelf.uploaded(digest) for digest in order.pictures])

    async def close(self) -> None:
        """Ends when no painter is at work any more."""
        await asyncio.gather(*self._at_work.values(), return_exceptions=True)

    async def _once(self, place: Path, work: Callable[[], Coroutine[None, None, None]]) -> Path:
        """Whoever asks while it is being made waits for the same one; who goes away stops nothing."""
        if place in self._at_work or not place.exists():
            if place not in self._at_work:
                self._at_work[place] = asyncio.create_task(work())
                self._at_work[place].add_done_callback(lambda task: self._at_work.pop(place))
            await asyncio.shield(self._at_work[place])
        return place

    async def _paint(self, recipe: Recipe) -> None:
        source = None
        if isinstance(recipe.source, Recipe):
            source = await self.clip(recipe.source)
        elif recipe.source:
            source = self.shelf.uploaded(recipe.source)
        image = self.shelf.uploaded(recipe.image) if recipe.image else None
        await asyncio.to_thread(clip.render, recipe, self.shelf.clip(recipe), image=image, source=source)
