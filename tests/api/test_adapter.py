"""What the README of a small adapter for one video API promises, example by example, with our names: text to video,
another model, image to video, callbacks, an id to ask by, errors, many at once, and the command line.

Sizes and lengths are small here; whether a model has them is for its catalog to say.
"""

from __future__ import annotations

import asyncio
import io
import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

import reelmake
from reelmake import errors
from reelmake.media.probe import probe
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.hurried import hurry
from tests.support.pictures import png

ROOT = Path(__file__).resolve().parents[2]
SMALL: dict[str, Any] = {"seconds": 1, "size": "128x72", "budget": 1}


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    hurry(monkeypatch)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("STUDIO_KEY", "let-me-in")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return tmp_path / "here"


@pytest.fixture
def server() -> Iterator[FakeServer]:
    with FakeServer(ServerOptions(takes=0.3, key="let-me-in")) as running:
        yield running


@pytest.fixture
def adapter(server: FakeServer) -> dict[str, Any]:
    """`SoraVideoAdapter()`: who makes it, and where its key is."""
    return {"base_url": server.base_url, "api_key_env": "STUDIO_KEY", "model": "small", "price": "0.10"}


def test_text_to_video(adapter: dict[str, Any]) -> None:
    clip = reelmake.shoot("A model walks down a runway.", **SMALL, **adapter)
    with open("runway_walk.mp4", "wb") as f:  # noqa: PTH123 (as people write it)
        f.write(clip.read())
    assert probe(Path("runway_walk.mp4")).frames == clip.frames


def test_another_model(server: FakeServer, adapter: dict[str, Any]) -> None:
    reelmake.shoot("Fabric flows in the wind.", output="fabric_flow.mp4", **SMALL, **{**adapter, "model": "large"})
    assert [line["model"] for line in server.bill] == ["large"]


def test_image_to_video(server: FakeServer, adapter: dict[str, Any]) -> None:
    photo = Path("model_photo.png")
    photo.write_bytes(png(128, 72))
    for given in (str(photo), photo, io.BytesIO(photo.read_bytes()), Image.open(photo)):
        reelmake.shoot("The model turns around and smiles.", image=given, **SMALL, **adapter)
    words = [line["prompt"] for line in server.bill]
    assert 1 <= len(words) <= 2  # an image of Pillow is encoded anew; all others are the same bytes


def test_callbacks(adapter: dict[str, Any]) -> None:
    over, seen = threading.Event(), list[str]()

    def on_complete(clip: reelmake.Clip) -> None:
        Path("output.mp4").write_bytes(clip.read())
        over.set()

    def on_error(error: Exception) -> None:
        raise AssertionError from error

    def on_progress(status: reelmake.ShotStatus) -> None:
        seen.append(f"Status: {status.state}, Progress: {status.progress}")

    began = time.monotonic()
    calls: dict[str, Any] = {"on_complete": on_complete, "on_error": on_error, "on_progress": on_progress}
    video_id = reelmake.shoot("A person tries on outfits.", wait=False, **calls, **SMALL, **adapter)
    assert isinstance(video_id, str)
    assert not over.is_set()
    assert over.wait(30)
    assert time.monotonic() - began > 0.3
    assert probe(Path("output.mp4")).frames
    assert seen[-1] == "Status: made, Progress: 100.0"


def test_manual_status_tracking(adapter: dict[str, Any]) -> None:
    video_id = reelmake.shoot("A runway show.", wait=False, **SMALL, **adapter)
    while True:
        status = reelmake.status(video_id)
        if status.state in ("ready", "made"):
            Path("runway_show.mp4").write_bytes(reelmake.download(video_id).read())
            break
        assert status.state != "failed", status.error
        time.sleep(0.05)
    assert probe(Path("runway_show.mp4")).frames


@pytest.mark.parametrize(
    ("script", "asked", "kind"),
    [
        ((), {"seconds": "0"}, errors.Mistake),
        ((), {"size": "huge"}, errors.Mistake),
        ((), {"model": "wan-ai/wan-2.6-t2v", "seconds": "1"}, errors.Mistake),
        ((), {"budget": "0.01"}, errors.Unwilling),
        (("pending",) * 99, {"timeout": 1.0}, TimeoutError),
        (("fail:moderation_blocked",), {}, errors.Moderated),
        (("429-quota",), {}, errors.NoCredit),
        (("401",), {}, errors.NoAccess),
    ],
)
def test_error_handling(
    server: FakeServer, adapter: dict[str, Any], script: tuple[str, ...], asked: dict[str, Any], kind: type[Exception]
) -> None:
    server.instruct(*script)
    with pytest.raises(kind) as raised:
        reelmake.shoot("A model walks.", output="output.mp4", **{**SMALL, **adapter, **asked})
    assert type(raised.value) is kind
    assert not Path("output.mp4").exists()
    if kind in (errors.Mistake, errors.Unwilling):
        assert server.requests == []


def test_many_at_once(server: FakeServer, adapter: dict[str, Any]) -> None:
    made: list[reelmake.Clip] = []
    calls: dict[str, Any] = {"wait": False, "on_complete": made.append}
    ids = [reelmake.shoot(f"Prompt {n}.", **calls, **SMALL, **adapter) for n in range(4)]
    while len(made) < 4:
        time.sleep(0.05)
    assert len({clip.sha256 for clip in made}) == len(server.bill) == 4
    while any(thread.name.rpartition(" ")[2] in ids for thread in threading.enumerate()):
        time.sleep(0.05)  # each ends by itself


def test_the_same_awaited(adapter: dict[str, Any]) -> None:
    async def main() -> None:
        id = await reelmake.ashoot("A runway show.", wait=False, **SMALL, **adapter)
        assert not (await reelmake.astatus(id)).ended
        assert (await reelmake.adownload(id, output="a.mp4")).new
        assert not (await reelmake.ashoot("A runway show.", **SMALL, **adapter)).new

    asyncio.run(main())


def command(*words: str) -> subprocess.CompletedProcess[str]:
    ran = subprocess.run(
        [sys.executable, "-m", "tests.support.hurried", "shoot", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT), "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert ran.returncode == 0, ran.stderr
    return ran


@pytest.mark.slow
def test_the_command_line(server: FakeServer, here: Path) -> None:
    (here / "model_photo.png").write_bytes(png(128, 72))
    small = ("--seconds", "1", "--size", "128x72", "--budget", "1")
    studio = ("--base-url", server.base_url, "--api-key-env", "STUDIO_KEY", "--model", "m", "--price", "0.1")
    command("A model walks in the rain.", "-o", "walk.mp4", *small, *studio)
    command("The model waves.", "--image", "model_photo.png", "-o", "animated.mp4", *small, *studio)
    assert probe(here / "walk.mp4").frames
    assert probe(here / "animated.mp4").frames

    sent = command("Fabric flows.", "--no-wait", "-o", "fabric.mp4", *small, *studio)
    id = sent.stdout.strip()
    assert "without --no-wait" in sent.stderr
    assert not (here / "fabric.mp4").exists()
    assert json.loads(command("Fabric flows.", "--no-wait", "--json", *small, *studio).stdout)["ids"] == [id]
    command("Fabric flows.", "-o", "fabric.mp4", *small, *studio)
    assert reelmake.download(id).read() == (here / "fabric.mp4").read_bytes()
    assert len(server.bill) == 3
