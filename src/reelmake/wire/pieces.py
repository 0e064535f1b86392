"""The body of an answer, piece by piece and decoded: one layer of gzip or deflate, never more at once than a piece.

A few kilobytes of gzip may stand for gigabytes: who decodes all that came, to cut it off afterwards, has lost by then.
Knows nothing of what the bytes are, or of how many there may be.
"""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Iterator

import httpx

LARGEST_PIECE = 64 << 10
_GZIP_OR_ZLIB, _BARE = 32 + zlib.MAX_WBITS, -zlib.MAX_WBITS


class Undecodable(Exception):
    """The body is not in the encoding that the answer names, ends within it, or in one that was not asked for."""


async def pieces(reply: httpx.Response) -> AsyncIterator[bytes]:
    """Raises Undecodable, and what httpx raises while it reads."""
    named = ",".join(reply.headers.get_list("content-encoding")).lower().split(",")
    layers = [layer for layer in map(str.strip, named) if layer not in ("", "identity")]
    if not layers:
        async for raw in reply.aiter_raw():
            yield raw
        return
    if layers not in (["gzip"], ["x-gzip"], ["deflate"]):
        raise Undecodable(f"it is encoded as {', '.join(layers)}"[:200])
    inflate = _Inflate()
    async for raw in reply.aiter_raw():
        for piece in inflate(raw):
            yield piece
    if not inflate.whole:
        raise Undecodable("it ends in the middle of its encoding")


class _Inflate:
    """gzip, zlib, and deflate without a head, which some call deflate."""

    def __init__(self) -> None:
        self._engine = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._begun = False

    @property
    def whole(self) -> bool:
        return self._engine.eof or not self._begun

    def __call__(self, raw: bytes) -> Iterator[bytes]:
        while raw and not self._engine.eof:
            try:
                piece = self._engine.decompress(raw, LARGEST_PIECE)
            except zlib.error as error:
                if self._begun:
                    raise Undecodable(str(error)) from None
                self._engine, self._begun = zlib.decompressobj(_BARE), True
                continue
            self._begun = True
            raw = self._engine.unconsumed_tail
            if piece:
                yield piece
