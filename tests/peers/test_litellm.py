"""LiteLLM's proxy 1.105.0 as the far side: a real /v1/videos server, before our fake as its OpenAI, and before aimock's
Veo, of which nobody here wrote a line.

It is 740 MB, so it is asked for: `make litellm`. Pinned, in an environment of its own,
without a key of anybody's: some later releases were compromised. The last run is written down in litellm-1.105.0.md.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.media.probe import probe
from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.peers.test_aimock import aimock
from tests.support import peers
from tests.support.folder import Folder

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not os.environ.get("REELMAKE_LITELLM"), reason="740 MB: REELMAKE_LITELLM=1 asks for it"),
]
MASTER = "sk-litellm-loopback-only-not-a-key-0123456789"  # it refuses weak ones


@contextmanager
def proxy(folder: Path, models: dict[str, dict[str, str]]) -> Iterator[str]:
    """Its address. `models`: name -> litellm_params."""
    interpreter = peers.python("litellm[proxy]==1.105.0")
    config: dict[str, Any] = {
        "model_list": [{"model_name": name, "litellm_params": params} for name, params in models.items()],
        "general_settings": {"master_key": MASTER},
    }
    folder.mkdir()
    (folder / "config.yaml").write_text(json.dumps(config))
    port = peers.free_port()
    command = [str(interpreter.with_name("litellm")), "--config", str(folder / "config.yaml")]
    command += ["--host", "127.0.0.1", "--port", str(port), "--telemetry", "False"]
    env = {"LITELLM_LOCAL_MODEL_COST_MAP": "True", "DISABLE_ADMIN_UI": "True"}
    url = f"http://127.0.0.1:{port}/health/liveliness"
    with peers.serving(command, url=url, cwd=folder, env=env, patience=180):
        yield f"http://127.0.0.1:{port}/v1"


def film(project: Folder, address: str, model: str, shots: str, size: str = "1280x720", seconds: int = 4) -> None:
    project.env["PROXY_KEY"] = MASTER
    head = f"""\
reelmake: 1
providers:
  proxy: {{kind: openai-videos, base_url: "{address}", api_key: "${{env:PROXY_KEY}}", options: {{server: litellm}}}}
tiers:
  final: {{provider: proxy, model: {model}, price: 0.1, size: {size}, seconds: {seconds}}}
defaults: {{tier: final}}
shots:
{shots}"""
    project.write("storyboard.yaml", head)


def test_the_proxy_before_our_fake(project: Folder, tmp_path: Path) -> None:
    with FakeServer(ServerOptions(takes=1.0)) as upstream:
        params = {"model": "openai/make-believe", "api_key": "x-not-a-key", "api_base": upstream.base_url}
        with proxy(tmp_path / "litellm", {"make-believe": params}) as address:
            shots = "  a: {prompt: A kite.}\n  b: {remix: a, prompt: At dusk.}\n  c: {continue: a, prompt: It lands.}\n"
            film(project, address, "make-believe", shots)
            done = project.run("build", "--yes", "--json").expect()
            assert done.json["generated"] == 3
            assert [line["operation"] for line in upstream.bill].count("create") == 2
            assert len(upstream.bill) == 3
            assert probe(project.root / "build" / "cut.mp4").seconds == Fraction(12)
            assert project.run("build", "--json").expect().json["generated"] == 0
            assert len(upstream.bill) == 3


def test_a_refusal_comes_through_the_proxy(project: Folder, tmp_path: Path) -> None:
    with FakeServer(ServerOptions(takes=1.0, faults=("create:400-moderation",))) as upstream:
        params = {"model": "openai/make-believe", "api_key": "x-not-a-key", "api_base": upstream.base_url}
        with proxy(tmp_path / "litellm", {"make-believe": params}) as address:
            film(project, address, "make-believe", "  a: {prompt: A kite.}\n")
            ended = project.run("build", "--yes", "--json").expect(1)
            assert ended.json["failed"][0]["code"] == "RM921"
            assert upstream.bill == []


def test_the_proxy_before_others_veo(project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path) as veo:
        params = {"model": "gemini/veo-3.1-generate-001", "api_key": "x-not-a-key", "api_base": veo}
        with proxy(tmp_path / "litellm", {"veo": params}) as address:
            film(project, address, "veo", "  a: {prompt: A kite 1.}\n", seconds=8)
            done = project.run("build", "--yes", "--json").expect()
            assert done.json["generated"] == 1
            assert probe(project.root / "build" / "cut.mp4").seconds is not None
