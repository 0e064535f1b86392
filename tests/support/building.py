"""Builds what chance drew, in this process: the project's files, and a crew that outlives one build."""

from __future__ import annotations

import atexit
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import reelmake
from reelmake.media import pool
from reelmake.model.events import StepDone
from reelmake.plan.result import Result
from tests.support.boards import Drawn
from tests.support.patterns import RATE, noise, write
from tests.support.waves import wav


class Crew(pool.Pool):
    """One for all builds of this process: starting Python again for each would take longer than the work."""

    def close(self, *, kill: bool = False) -> None:
        """Whoever is at work is killed, as ever, and what waits is not begun; idle hands stay for the next build."""
        for future in (*self._processes._running, *(task[0] for task in self._processes._backlog)):
            self._processes.stop(future)


@cache
def crew() -> Crew:
    made = Crew(2)
    atexit.register(made._processes.kill)
    return made


def stay(patch: pytest.MonkeyPatch) -> None:
    """Builds of this process have their local work done by the crew that outlives them."""
    patch.setattr("reelmake.media.process_pool.PATIENCE", 60.0)  # while one cut is looked at, nobody goes home
    patch.setattr(pool, "Pool", lambda workers: crew())


@contextmanager
def lasting() -> Iterator[None]:
    """See `stay`."""
    with pytest.MonkeyPatch.context() as patch:
        stay(patch)
        yield


def project(root: Path, drawn: Drawn) -> Path:
    """A folder with the storyboard and all it names."""
    root.mkdir(exist_ok=True)
    for id, clip in drawn.clips.items():
        write(root / drawn.board["shots"][id]["file"], clip)
    for name, (number, seconds) in drawn.tracks.items():
        wav(root / name, np.asarray(noise(number)[: round(seconds * RATE)]))
    Image.new("RGB", (40, 40), "white").save(root / "mark.png")
    return said(root, drawn)


def said(root: Path, drawn: Drawn) -> Path:
    """Writes the storyboard."""
    (root / "storyboard.yaml").write_text(json.dumps(drawn.board, indent=1))
    return root


def built(root: Path) -> tuple[dict[str, Path], int]:
    """Every output by name, and how many frames were encoded or copied into segments for them."""
    made: list[str] = []
    result: Result = reelmake.build(
        reelmake.load(root / "storyboard.yaml"),
        on_event=lambda event: made.append(event.step) if isinstance(event, StepDone) and event.made else None,
    )
    assert not result.failures, result.failures
    works = (result.plan.graph.steps[id].work for id in made if id.startswith("segment:"))
    frames = sum(work.piece.frames if hasattr(work, "piece") else work.leaving.frames for work in works)  # type: ignore[union-attr]
    return {output.path.name: output.path for output in result.outputs}, frames
