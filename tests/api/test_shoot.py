"""`reelmake.shoot` and `ashoot` against a real server: what a small adapter offers, without the ways it loses clips."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import reelmake
from reelmake import errors
from reelmake.media.probe import probe
from reelmake.model import events
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.hurried import hurry
from tests.support.pictures import png

SMALL: dict[str, Any] = {"size": "128x72", "seconds": 1}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is no project, a state folder of our own, and a vendor that need not be waited for."""
    hurry(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.05, key="let-me-in")) as running:
        yield running


@pytest.fixture
def studio(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Options that name the server."""
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    made: dict[str, Any] = {"base_url": server.base_url, "api_key_env": "STUDIO_KEY", "model": "m", "price": "0.10"}
    return {**SMALL, **made}


def test_a_finished_job_becomes_a_clip_in_its_place(server: FakeServer, studio: dict[str, Any]) -> None:
    clip = reelmake.shoot("A kite.", output="kite.mp4", yes=True, **studio)

    facts = probe(clip.path)
    assert (clip.path, clip.size, clip.take, clip.new) == (Path("kite.mp4"), (128, 72), 1, True)
    assert (clip.seconds, clip.frames) == (float(facts.seconds or 0), facts.frames)
    assert float(clip.cost or 0) == pytest.approx(0.1)
    assert [line["seconds"] for line in server.bill] == [1] or len(server.bill) == 1


def test_the_same_shot_again_costs_nothing_and_another_take_costs_one(
    server: FakeServer, studio: dict[str, Any], here: Path
) -> None:
    first = reelmake.shoot("A kite.", output="a.mp4", budget="0.10", **studio)
    second = reelmake.shoot("A kite.", output="sub/b.mp4", **studio)  # needs neither yes nor budget: nothing is paid
    assert (second.new, second.sha256, len(server.bill)) == (False, first.sha256, 1)
    assert (here / "sub" / "b.mp4").read_bytes() == (here / "a.mp4").read_bytes()

    third = reelmake.shoot("A kite.", output="c.mp4", takes=2, yes=True, **studio)
    assert [c.path.name for c in (third, *third.others)] == ["c-1.mp4", "c-2.mp4"]
    assert [c.new for c in (third, *third.others)] == [False, True]
    assert len(server.bill) == 2


def test_nothing_is_paid_unasked(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    with pytest.raises(errors.Unwilling, match="not a terminal"):
        reelmake.shoot("A kite.", output="a.mp4", **studio)
    with pytest.raises(errors.Unwilling, match="budget"):
        reelmake.shoot("A kite.", output="a.mp4", budget=0.05, **studio)
    assert server.requests == []
    assert not (here / "a.mp4").exists()


def test_an_output_is_whole_or_as_it_was(studio: dict[str, Any], here: Path) -> None:
    (here / "a.mp4").write_bytes(b"before")
    with pytest.raises(errors.Unwilling):
        reelmake.shoot("A kite.", output="a.mp4", **studio)
    assert (here / "a.mp4").read_bytes() == b"before"
    reelmake.shoot("A kite.", output="a.mp4", yes=True, **studio)
    assert probe(here / "a.mp4").frames
    assert [p.name for p in here.iterdir()] == ["a.mp4"]
    for wrong in ("a.gif", "."):
        with pytest.raises(errors.Mistake):
            reelmake.shoot("Another.", output=wrong, yes=True, **studio)


def test_an_unknown_status_is_a_job_that_goes_on(server: FakeServer, studio: dict[str, Any]) -> None:
    server.instruct("unknown-status:dreaming", "unknown-status:rendering", "nulls")
    heard: list[events.Event] = []
    assert reelmake.shoot("A kite.", yes=True, on_event=heard.append, **studio).new
    assert len(server.bill) == 1
    odd = [event.message.partition(" from ")[0] for event in heard if isinstance(event, events.Noted)]
    assert odd == ['unknown status "dreaming"', 'unknown status "rendering"']


@pytest.mark.slow
@pytest.mark.parametrize("word", ["drop", "garbage", "no-id", "half"])
def test_a_lost_answer_is_found_and_not_ordered_again(server: FakeServer, studio: dict[str, Any], word: str) -> None:
    server.instruct(f"create:{word}")
    assert reelmake.shoot("A kite.", yes=True, **studio).new
    assert len(server.bill) == 1
    assert sum(r["method"] == "POST" for r in server.requests) == 1


def test_the_callbacks_are_told(server: FakeServer, studio: dict[str, Any]) -> None:
    told: list[Any] = []
    clip = reelmake.shoot(
        "A kite.", yes=True, on_progress=lambda status: told.append(status.note), on_complete=told.append, **studio
    )
    assert told[-1] is clip
    assert len(told) > 1

    server.instruct("400-moderation")
    with pytest.raises(errors.Moderated) as raised:
        reelmake.shoot("Another.", yes=True, on_error=told.append, on_complete=told.append, **studio)
    assert told[-1] is raised.value
    assert len(server.bill) == 1


def test_a_callback_that_breaks_loses_no_clip(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    def breaks(event: events.Event) -> None:
        raise ZeroDivisionError("mine")

    with pytest.raises(ZeroDivisionError) as raised:
        reelmake.shoot("A kite.", output="a.mp4", yes=True, on_event=breaks, **studio)
    assert "a.mp4" in raised.value.__notes__[0]
    assert probe(here / "a.mp4").frames
    assert reelmake.shoot("A kite.", output="b.mp4", **studio).new is False
    assert len(server.bill) == 1


def test_a_job_without_a_clip_is_an_error_with_its_own_class(server: FakeServer, studio: dict[str, Any]) -> None:
    server.instruct("fail:moderation_blocked")
    with pytest.raises(errors.Moderated):
        reelmake.shoot("A kite.", yes=True, **studio)
    server.instruct("429-quota")
    with pytest.raises(errors.NoCredit):
        reelmake.shoot("Another.", yes=True, **studio)


def test_a_picture_goes_as_what_it_is_from_wherever_it_lies(
    server: FakeServer, studio: dict[str, Any], tmp_path: Path
) -> None:
    picture = tmp_path / "elsewhere" / "a photo.of me"
    picture.parent.mkdir()
    picture.write_bytes(png(128, 72))
    first = reelmake.shoot("It waves.", image=picture, yes=True, **studio)
    assert first.new

    picture.write_bytes(png(128, 72)[:-12] + png(128, 72)[-12:])  # the same bytes: the same order
    moved = picture.with_name("moved.png")
    picture.rename(moved)
    assert not reelmake.shoot("It waves.", image=moved, **studio).new
    with pytest.raises(errors.Mistake, match=r"there is no file .*a photo"):
        reelmake.shoot("It waves.", image=picture, yes=True, **studio)
    assert len(server.bill) == 1


def test_a_picture_of_another_shape_is_never_stretched_unasked(
    server: FakeServer, studio: dict[str, Any], tmp_path: Path
) -> None:
    (tmp_path / "square.png").write_bytes(png(100, 100))
    with pytest.raises(errors.Mistake, match="100x100"):
        reelmake.shoot("It waves.", image=tmp_path / "square.png", yes=True, **studio)
    assert server.requests == []
    assert reelmake.shoot("It waves.", image=tmp_path / "square.png", fit="crop", yes=True, **studio).size == (128, 72)


def test_every_mistake_is_said_at_its_option_and_nothing_is_sent(server: FakeServer, studio: dict[str, Any]) -> None:
    with pytest.raises(errors.Mistake) as raised:
        reelmake.shoot("A kite.", yes=True, **{**studio, "seconds": "1:30", "size": "big", "fit": "squash"})
    places = {d.span.source.name for d in raised.value.diagnostics if d.span}
    assert places == {"--seconds", "--size", "--fit"}
    for wrong in ({"tier": "final"}, {"provider": "sketch"}):
        with pytest.raises(errors.Mistake):
            reelmake.shoot("A kite.", yes=True, **studio, **wrong)  # type: ignore[arg-type]
    assert server.requests == []


def test_a_prompt_is_sent_as_given(server: FakeServer, studio: dict[str, Any], here: Path) -> None:
    (here / "storyboard.yaml").write_text("reelmake: 1\nstyle: Noir.\nvars: {a: b}\nshots: {x: {prompt: y}}\n")
    said = 'Costs ${a} and $5: "yes", {no}; ünïcode — *[x]*'
    reelmake.shoot(said, yes=True, **studio)
    reelmake.shoot(said, tier="sketch", size="64x64", seconds=1)
    assert server.bill[0]["prompt"] == said


def test_in_a_project_its_tiers_and_store_are_there_and_its_files_are_left_alone(
    server: FakeServer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    (here / "storyboard.yaml").write_text(f"""\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}"}}
tiers:
  final: {{provider: studio, model: m, price: 0.1}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
shots:
  kite: {{prompt: A kite.}}
""")
    monkeypatch.chdir(here)
    (here / "refs").mkdir()
    monkeypatch.chdir(here / "refs")
    reelmake.shoot("A kite.", yes=True)
    assert not (here / "reelmake.lock").exists()
    assert not (here / "build").exists()

    built = reelmake.build(here / "storyboard.yaml")  # the same order: nothing is paid
    assert (built.reused, len(server.bill)) == (1, 1)
    assert not reelmake.shoot("A kite.").new
    assert reelmake.shoot("A kite.", seconds=2, yes=True).new
    assert not (here.parent / "state").exists()


@pytest.mark.slow
def test_many_at_once_keep_the_limit_share_one_thread_and_fail_alone(
    server: FakeServer, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    limits = "limits: {in_flight: 2}"
    (here / "storyboard.yaml").write_text(f"""\
reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}", {limits}}}
tiers:
  final: {{provider: studio, model: m, price: 0.1}}
defaults: {{tier: final, size: 128x72, seconds: 1}}
shots:
  kite: {{prompt: A kite.}}
""")
    done: list[str] = []
    threads: list[int] = []

    async def shoot(n: int) -> reelmake.Clip:
        prompt = "A kite." if n < 2 else f"Shot {n}."  # two of them are the same order
        yes, complete = n != 7, lambda clip: done.append(clip.path.name)
        clip = await reelmake.ashoot(prompt, output=f"{n}.mp4", yes=yes, on_complete=complete)
        threads.append(threading.active_count())
        return clip

    async def everything() -> list[Any]:
        return list(await asyncio.gather(*map(shoot, range(8)), return_exceptions=True))

    ends = asyncio.run(everything())
    assert isinstance(ends[7], errors.Unwilling)
    assert sorted(done) == [f"{n}.mp4" for n in range(7)]
    assert all(probe(here / f"{n}.mp4").frames for n in range(7))
    assert len(server.bill) == 6
    assert server.peaks["in_flight"] <= 2
    assert max(threads) < 16


@pytest.mark.slow
def test_a_task_that_is_cancelled_leaves_a_job_that_the_next_call_goes_on_with(
    server: FakeServer, studio: dict[str, Any]
) -> None:
    server.instruct(*["pending"] * 3)
    calls = iter(range(2))

    async def twice() -> reelmake.Clip:
        task = asyncio.ensure_future(reelmake.ashoot("A kite.", yes=True, **studio))
        await asyncio.to_thread(server.until, lambda s: len(s.bill) == 1)
        while not any("/videos/" in r["path"] for r in server.requests):
            await asyncio.sleep(0.01)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        next(calls)
        return await reelmake.ashoot("A kite.", **studio, budget=1)

    assert asyncio.run(twice()).new
    assert len(server.bill) == 1
