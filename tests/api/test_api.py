"""The Python API: what the commands do, sync and async, with typed events."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

import reelmake
from reelmake.errors import Mistake, Unwilling
from reelmake.execute.caller import Stop
from reelmake.model import events
from reelmake.store.hold import Hold
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
    assert (output.name, output.frames, output.seconds) == ("build/cut.mp4", 24, 1.0)
    assert output.path == film.root / output.name
    assert output.path.is_file()
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


@pytest.mark.slow
def test_takes_are_seen_picked_and_asked_for_again(film: Folder) -> None:
    film.storyboard(
        "shots:\n  sky: {prompt: Wide shot of the sky., takes: 2}\n  dusk: {remix: sky, prompt: At dusk.}\n"
    )
    board = reelmake.load(film.root)
    result = reelmake.build(board)

    assert {shot: path.is_file() for shot, path in result.clips.items()} == {"sky": True, "dusk": True}
    first, second, dusk = reelmake.takes(board)
    assert [(t.shot, t.take, t.picked, t.picked_by) for t in (first, second)] == [
        ("sky", 1, True, "default"),
        ("sky", 2, False, "default"),
    ]
    assert first.path == result.clips["sky"]
    assert (dusk.verdict, dusk.seconds, dusk.cost) == ("fresh", 0.5, 0)
    follows = reelmake.pick(board, "sky", 2)
    assert (follows.takes, follows.cost) == (("dusk",), 0)
    assert [t.take for t in reelmake.takes(board, "sky") if t.picked] == [2]
    assert reelmake.build(board).generated == 1
    again = asyncio.run(reelmake.aretake(board, "sky"))
    assert (again.generated, again.narrowed) == (1, True)
    assert [(t.take, t.picked_by) for t in asyncio.run(reelmake.atakes(board, ["sky"])) if t.picked] == [(3, "lock")]
    with pytest.raises(Mistake, match="no take 9"):
        asyncio.run(reelmake.apick(board, "sky", 9))


def test_what_is_not_known_is_refused(film: Folder) -> None:
    with pytest.raises(TypeError, match='no option "duration"'):
        reelmake.shoot("a", duration=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match='no option "duration"'):
        asyncio.run(reelmake.ashoot("a", duration=2))  # type: ignore[call-arg]
    for amount in ("much", -1, float("nan"), "inf"):
        with pytest.raises(ValueError, match="not an amount"):
            reelmake.build(film.root, budget=amount)
    with pytest.raises(Mistake, match="no variable"):
        reelmake.load(film.root, settings={"nonsense": 1})
    assert not (film.root / "build").exists()


def test_one_name_is_a_name_and_settings_may_be_numbers(film: Folder) -> None:
    board = reelmake.load(film.root, settings={"defaults.seconds": 2})

    assert [d.step.shots for d in reelmake.plan(board, "sky").jobs] == [("sky",)]
    assert [s.length for s in board.layout.slates.values()] == [2, 2]


def test_events_and_errors_are_where_the_documents_say() -> None:
    from reelmake import errors as errors_there
    from reelmake import events as events_there

    assert events_there is events
    assert errors_there.Mistake is Mistake
    assert {"errors", "events"} <= set(dir(reelmake))


def test_what_comes_back_prints_without_the_whole_storyboard(film: Folder) -> None:
    film.storyboard("shots:\n  sky: {promt: x}\n" + "# " + "long" * 500)

    with pytest.raises(Mistake) as caught:
        reelmake.load(film.root)

    assert "longlong" not in repr(caught.value.diagnostics)
    film.storyboard(FILM)
    assert len(repr(reelmake.plan(film.root))) < 300


def test_a_build_that_is_cancelled_while_it_waits_leaves_the_project_free(film: Folder) -> None:
    heard: list[events.Event] = []

    async def cancelled() -> None:
        with Hold(film.root / ".reelmake" / "hold"):
            build = asyncio.ensure_future(reelmake.abuild(film.root, on_event=heard.append))
            while not heard:
                await asyncio.sleep(0.05)
            build.cancel()
            with pytest.raises(asyncio.CancelledError):
                await build
        await asyncio.sleep(0.3)
        with Hold(film.root / ".reelmake" / "hold", wait=False):
            pass

    asyncio.run(cancelled())

    assert [type(event) for event in heard] == [events.Waiting]
