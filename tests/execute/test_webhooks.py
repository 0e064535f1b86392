"""Providers that tell when a job has ended: in the engine on virtual time, and end to end against the fake server."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Collection
from dataclasses import replace
from pathlib import Path

import pytest

import reelmake
from reelmake.model import events
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.world import Vendor, World, shot, steps

SECRET = "whsec_c2VjcmV0IG9mIHRoZSBmYWtlIHNlcnZpY2U="


class Postman:
    """ports.Post: tells of every job of the vendor's `lag` seconds after its end, as long as `works` says so."""

    def __init__(self, world: World, lag: float = 0.1, works: Callable[[str], bool] = lambda id: True) -> None:
        self.providers: Collection[str] = ("studio",)
        self._world, self._lag, self._works = world, lag, works
        self.answers: list[bool] = []
        self.complain: Callable[[str], None] = lambda said: None

    def deliver(self, hear: Callable[[str, str], bool], complain: Callable[[str], None]) -> None:
        self.complain = complain
        loop, create = asyncio.get_running_loop(), self._world.vendor.create

        def created(*given: object) -> object:
            made = create(*given)  # type: ignore[arg-type]
            if self._works(made.id):
                loop.call_at(made.done + self._lag, lambda: self.answers.append(hear("studio", made.id)))
            return made

        self._world.vendor.create = created  # type: ignore[method-assign, assignment]


def world_with(folder: Path, seconds: float) -> World:
    return World(folder, vendor=Vendor(seconds=lambda job: seconds))


def lateness(world: World) -> list[float]:
    return [world.vendor.looked[job.id][-1] - job.done for job in world.vendor.jobs.values()]


def test_who_is_told_asks_once_and_at_once(tmp_path: Path) -> None:
    world = world_with(tmp_path, 300.0)
    post = Postman(world)
    world.run(steps(*(shot(f"s{n}", f"s{n} runs") for n in range(8))), post=post)
    assert post.answers == [True] * 8
    assert max(lateness(world)) < 0.5
    assert max(len(looked) for looked in world.vendor.looked.values()) <= 5  # seldom, and never not at all
    assert min(len(looked) for looked in world.vendor.looked.values()) >= 3


def test_without_being_told_polls_go_on_and_soon_as_often_as_ever(tmp_path: Path) -> None:
    world = world_with(tmp_path, 300.0)
    outcome = world.run(
        steps(*(shot(f"s{n}", f"s{n} runs") for n in range(8))), post=Postman(world, works=lambda id: False)
    )
    assert not outcome.failed
    assert max(lateness(world)) <= 120.5
    assert [w.message for w in world.told(events.Warned)] == [
        "studio sent no webhook for a job that has ended; it is polled more often until it does"
    ]


def test_a_message_that_is_faster_than_the_answer_to_the_order_counts(tmp_path: Path) -> None:
    world = world_with(tmp_path, 0.0)
    world.latency = 2.0
    world.chance.random = lambda: 0.9  # type: ignore[method-assign]
    post = Postman(world)
    world.run(steps(shot("a", "a tram")), post=post)
    assert post.answers == [False]  # nobody knew the job yet
    assert len(next(iter(world.vendor.looked.values()))) == 1
    assert max(lateness(world)) < 5.0


def test_a_message_ahead_of_what_the_provider_answers_is_looked_after(tmp_path: Path) -> None:
    world = world_with(tmp_path, 300.0)
    world.run(steps(shot("a", "a tram")), post=Postman(world, lag=-20.0))
    assert max(lateness(world)) < 20.0


def test_complaints_are_warnings_of_the_run(tmp_path: Path) -> None:
    world = world_with(tmp_path, 5.0)
    post = Postman(world)
    deliver = post.deliver

    def and_complain(hear: Callable[[str, str], bool], complain: Callable[[str], None]) -> None:
        deliver(hear, complain)
        complain("a webhook was refused: its signature is wrong")

    post.deliver = and_complain  # type: ignore[method-assign]
    world.run(steps(shot("a", "a tram")), post=post)
    assert [w.message for w in world.told(events.Warned)] == ["a webhook was refused: its signature is wrong"]


# End to end


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def project(folder: Path, base_url: str, shots: int = 2) -> Path:
    lines = "\n".join(f"  s{n}: {{prompt: Number {n}}}" for n in range(shots))
    (folder / "storyboard.yaml").write_text(f"""reelmake: 1
providers:
  studio:
    kind: openai-videos
    base_url: "{base_url}"
    api_key: ${{env:STUDIO_KEY}}
    webhook_secret: ${{env:HOOK_SECRET}}
tiers: {{final: {{provider: studio, model: loopback-1, size: 1280x720, price: 0.1}}}}
defaults: {{tier: final, seconds: 4}}
shots:
{lines}
""")
    return folder


def start(folder: Path, port: int, secret: str = SECRET) -> subprocess.Popen[str]:
    address = f"127.0.0.1:{port}"
    command = [sys.executable, "-m", "reelmake", "build", "--yes", "--json", "--webhook", address, "s0", "s1"]
    env = {**os.environ, "NO_PROXY": "127.0.0.1", "STUDIO_KEY": "k", "HOOK_SECRET": secret}
    if not secret:
        del env["HOOK_SECRET"]
    return subprocess.Popen(command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def build(folder: Path, port: int, secret: str = SECRET) -> tuple[int, str, str]:
    process = start(folder, port, secret)
    out, err = process.communicate(timeout=150)
    return process.returncode, out, err


def asked(server: FakeServer) -> list[str]:
    """The paths of status requests."""
    paths = [request["path"] for request in server.requests if request["method"] == "GET"]
    return [path for path in paths if "/videos/" in path and not path.endswith("content")]


@pytest.mark.slow
def test_a_build_that_is_told_asks_once_a_job(tmp_path: Path) -> None:
    port = free_port()
    options = ServerOptions(takes=6.0, webhook=f"http://127.0.0.1:{port}/", webhook_secret=SECRET, webhook_times=2)
    with FakeServer(options) as server:
        status, out, err = build(project(tmp_path, server.base_url), port)
        assert status == 0, err
        assert json.loads(out)["generated"] == 2
        assert len(asked(server)) == len(set(asked(server))) == 2
        assert {d["status"] for d in server.deliveries} == {200}
        assert len(server.deliveries) >= 2
    assert SECRET not in err + out


@pytest.mark.slow
def test_several_senders_at_once_are_heard_from_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    port, other_secret = free_port(), "whsec_dGhlIHNlY3JldCBvZiB0aGUgb3RoZXI="
    for name, value in {"NO_PROXY": "127.0.0.1", "KEY": "k", "HOOK_ONE": SECRET, "HOOK_TWO": other_secret}.items():
        monkeypatch.setenv(name, value)
    options = ServerOptions(takes=4.0, webhook=f"http://127.0.0.1:{port}/", webhook_secret=SECRET)
    with FakeServer(options) as one, FakeServer(replace(options, webhook_secret=other_secret)) as two:
        hooks = {"ONE": one, "TWO": two}
        providers = "\n".join(
            f'  {name}: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:KEY}}",'
            f' webhook_secret: "${{env:HOOK_{name}}}"}}'
            for name, server in hooks.items()
        )
        tiers = "\n".join(
            f"  {name}: {{provider: {name}, model: loopback-1, size: 128x72, price: 0.1}}" for name in hooks
        )
        shots = "\n".join(f"  {name}{n}: {{tier: {name}, prompt: {name} {n}}}" for name in hooks for n in range(3))
        (tmp_path / "storyboard.yaml").write_text(
            f"reelmake: 1\nproviders:\n{providers}\ntiers:\n{tiers}\ndefaults: {{seconds: 1}}\nshots:\n{shots}\n"
        )
        wanted = [f"{name}{n}" for name in hooks for n in range(3)]
        result = reelmake.build(tmp_path / "storyboard.yaml", wanted, yes=True, webhook=f"127.0.0.1:{port}")
        assert result.generated == 6
        for server in hooks.values():
            assert len(asked(server)) == len(set(asked(server))) == 3  # each once: nobody was asked before it told
            assert [d["status"] for d in server.deliveries] == [200] * 3


def test_an_address_that_is_none_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "storyboard.yaml").write_text("reelmake: 1\nshots:\n  a: {prompt: A kite.}\n")
    with pytest.raises(ValueError, match="is not HOST:PORT"):
        reelmake.build(tmp_path / "storyboard.yaml", webhook="nowhere")


@pytest.mark.slow
def test_forged_messages_make_nobody_look(tmp_path: Path) -> None:
    port = free_port()
    options = ServerOptions(takes=2.0, webhook=f"http://127.0.0.1:{port}/", webhook_secret="whsec_Zm9yZ2Vk")
    with FakeServer(options) as server:
        process = start(project(tmp_path, server.base_url), port)
        server.until(lambda seen: len(seen.deliveries) == 2)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=60)
        assert {d["status"] for d in server.deliveries} == {401}
        assert asked(server) == []
    assert err.count("a webhook was refused: its signature is wrong") == 1
    assert process.returncode == 130


@pytest.mark.slow
def test_what_stands_in_the_way_is_said_before_anything_is_spent(tmp_path: Path) -> None:
    with FakeServer(ServerOptions(takes=0.1)) as server, socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = int(taken.getsockname()[1])
        folder = project(tmp_path, server.base_url)
        for (status, out, err), code in ((build(folder, port), "RM820"), (build(folder, free_port(), ""), "RM804")):
            assert status == 3, err
            assert json.loads(out)["error"]["code"] == code
        assert server.bill == []
