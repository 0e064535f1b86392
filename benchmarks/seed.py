"""Films of any length that were built already, with everything real but the pixels: each artifact is a few bytes.

The store, the takes, the lock file and the record of the fast way out are written by a real build; only the pool is
another, and the readers that would look at the clips. So what a second build or a plan has to look at is what it would
be for a real film that was built and planned before. Measures nothing.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import reelmake.media.pool
import reelmake.media.readers
from reelmake.app import main
from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake.ports import Tell

CHAIN = 8  # every eighth shot begins a chain: a remix of it, and a shot that continues that one


class FakePool:
    """The Media port without media: what it makes is the key it is made for."""

    def __init__(self, workers: int) -> None:
        self.workers = workers

    async def perform(self, key: str, work: Any, inputs: Mapping[str, Path], into: Path, tell: Tell) -> Facts:
        into.write_text(key)
        seconds = work.seconds if isinstance(work, Order) else None
        return Facts(len(key), seconds)

    def close(self, *, kill: bool = False) -> None:
        """There is nothing to end."""


def storyboard(shots: int) -> str:
    """Tiny shots of half a second, a quarter of them in chains, all with a prompt of their own."""
    lines = ["reelmake: 1", "title: Long", "defaults: {size: 64x36, seconds: 0.5}", "shots:"]
    for n in range(shots):
        relation = {1: f"remix: s{n - 1}, ", 2: f"continue: s{n - 1}, "}.get(n % CHAIN, "")
        lines.append(f"  s{n}: {{{relation}prompt: Wide shot number {n} of a long film at dusk.}}")
    return "\n".join(lines) + "\n"


def unbuilt(root: Path, shots: int) -> Path:
    """A folder with such a film, of which nothing is made."""
    root.mkdir(parents=True)
    (root / "storyboard.yaml").write_text(storyboard(shots))
    return root


def built(root: Path, shots: int) -> Path:
    """A folder with such a film, built and planned; the second build in it has nothing to do."""
    unbuilt(root, shots)
    real = reelmake.media.pool.Pool, reelmake.media.readers.ask
    with _inside(root):
        reelmake.media.pool.Pool = FakePool  # type: ignore[assignment,misc]
        reelmake.media.readers.ask = _looked  # type: ignore[assignment]
        try:
            for command in ("build", "build", "plan"):
                said = io.StringIO()
                with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
                    status = main([command])
                if status:
                    raise SystemExit(f"the film could not be built:\n{said.getvalue()}")
        finally:
            reelmake.media.pool.Pool, reelmake.media.readers.ask = real  # type: ignore[misc]
    return root


def _looked(look: Callable[..., object], clip: Path, *more: object) -> list[object]:
    """What readers say of a clip: all of its picture is copied, and its sound is heard as it is."""
    return [12, ""] if look.__name__ == "_looked_at" else []


@contextlib.contextmanager
def _inside(root: Path) -> Iterator[None]:
    before = Path.cwd()
    os.chdir(root)
    try:
        yield
    finally:
        os.chdir(before)
