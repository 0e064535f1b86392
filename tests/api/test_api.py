"""The Python API: what the commands do, sync and async, with typed events."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import reelmake
from reelmake.errors import Mistake, Unwilling
from reelmake.execute.stop import Stop
from reelmake.model import events
from tests.support.folder import Folder

FILM = """\
shots:
  sky: {prompt: Wide shot of the sky.}
  sea: {prompt: The sea at dusk.}
"""


@pytest.fixture
def film(project: Folder) -> Folder:
    project.storyboard(FILM)
    return project


def test_load_finds_a_storyboard_by_folder_and_applies_settings(film: Folder) -> None:
    board = reelmake.load(film.root, settings={"defaults.seconds": "2"})

    assert [s.length for s in board.layout.slates.values()] == [2, 2]


def test_load_raises_every_mistake_at_once(film: Folder) -> None:
    film.storyboard("shots:\n  sky: {promt: x}\n  sea: {remix: nobody, prompt: y}\n")

    with pytest.raises(Mistake) as caught:
        reelmake.load(film.root / "storyboard.yaml")

    errors = [d for d in caught.value.diagnostics if d.severity == "error"]
    assert len(errors) >= 2
    assert all(d.span is not None for d in errors)


def test_plan_makes_nothing(film: Folder) -> None:
    plan = reelmake.plan(film.root)

    assert (plan.generate, plan.reuse, plan.cost) == (2, 0, 0)
    assert {p.name for p in film.root.iterdir()} == {"storyboard.yaml"}


@pytest.mark.slow
def test_build_tells_events_and_returns_what_it_made(film: Folder) -> None:
    heard: list[events.Event] = []

    result = reelmake.build(film.root, on_event=heard.append)

    assert (result.generated, result.reused, result.status) == (2, 0, 0)
    (output,) = result.outputs
    assert (output.path, output.frames, output.seconds) == ("build/cut.mp4", 24, 1.0)
    assert (film.root / output.path).is_file()
    assert isinstance(heard[0], events.RunStarted)
    assert isinstance(heard[-1], events.RunFinished)
    made = [e.shot for e in heard if isinstance(e, events.StepDone) and e.kind == "shot" and e.made]
    assert sorted(made) == ["sea", "sky"]
    assert reelmake.build(film.root).idle


@pytest.mark.slow
def test_the_awaitable_twins(film: Folder) -> None:
    async def work() -> tuple[int, int]:
        board = await reelmake.aload(film.root)
        plan = await reelmake.aplan(board)
        result = await reelmake.abuild(board)
        return plan.generate, result.generated

    assert asyncio.run(work()) == (2, 2)


@pytest.mark.slow
def test_stop_ends_a_build_and_the_next_goes_on(film: Folder) -> None:
    stop = Stop()

    def listen(event: events.Event) -> None:
        if isinstance(event, events.StepDone) and event.kind == "shot":
            stop.request()

    first = asyncio.run(reelmake.abuild(film.root, workers=1, on_event=listen, stop=stop))

    assert first.interrupted
    assert first.status == 130
    assert first.generated < 2 or not first.outputs
    second = reelmake.build(film.root)
    assert first.generated + second.generated == 2
    assert second.status == 0


def test_locked_and_paid_builds_are_refused_before_anything_is_made(film: Folder) -> None:
    with pytest.raises(Unwilling) as caught:
        reelmake.build(film.root, locked=True)

    assert caught.value.code == "RM802"
    assert not (film.root / "build").exists()


def test_names_are_loaded_late_and_listed() -> None:
    assert "build" in dir(reelmake)
    assert reelmake.__version__
    with pytest.raises(AttributeError):
        _ = reelmake.nonsense


def test_a_missing_storyboard_says_where_it_looked(tmp_path: Path) -> None:
    with pytest.raises(Mistake, match="no storyboard"):
        reelmake.load(tmp_path / "nothing.yaml")
