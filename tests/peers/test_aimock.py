"""aimock 1.43.0 (npm) as the far side, in its OpenAI, OpenRouter and Grok dialects, calm and with its chaos."""

from __future__ import annotations

import base64
import functools
import http.server
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from reelmake.media.probe import probe
from reelmake.model.frame import Size
from tests.support import peers
from tests.support.film import footage
from tests.support.folder import Folder

pytestmark = pytest.mark.slow

DIALECTS = {
    "openai": ("openai-videos", "/v1", "sora-2-mock"),
    "openrouter": ("openrouter", "/api/v1", "some/model"),
    "grok": ("xai", "/v1", "grok-imagine-video"),
}
WORDS = [f"{what} {n}" for n in range(4) for what in ("kite", "river", "tram")]
CHAOS = ("--chaos-drop=0.1", "--chaos-ratelimit=0.15", "--chaos-malformed=0.1", "--chaos-disconnect=0.1")
FILM = """\
providers:
  far: {{kind: {kind}, base_url: "{base}", api_key: "${{env:FAR_KEY}}", options: {{allow_private: true}}}}
tiers:
  final: {{provider: far, model: {model}, price: 0.1, size: 1280x720, seconds: 1}}
defaults: {{tier: final}}
shots:
"""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *args: Any) -> None:
        pass


@contextmanager
def files(folder: Path) -> Iterator[str]:
    """A plain web server for finished clips, as vendors' clouds are."""
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def aimock(tmp_path: Path, *chaos: str) -> Iterator[str]:
    """Its address. A prompt with one of WORDS gives a clip, one with "fails" a job that fails."""
    module = peers.npm("@copilotkit/aimock@1.43.0") / "@copilotkit" / "aimock" / "dist" / "cli.js"
    made = tmp_path / "clips"
    made.mkdir()
    footage(made / "clip.mp4", 1, 24, size=Size(1280, 720))
    with files(made) as cloud:
        done = {"status": "completed", "url": f"{cloud}/clip.mp4", "cost": 0.4, "b64": base64_of(made / "clip.mp4")}
        fixtures: list[dict[str, Any]] = [fixture(word, id=f"video_{word.replace(' ', '_')}", **done) for word in WORDS]
        fixtures.append(fixture("fails", id="f", status="failed", error="blocked by moderation"))
        (tmp_path / "fixtures").mkdir()
        (tmp_path / "fixtures" / "all.json").write_text(json.dumps({"fixtures": fixtures}))
        port = peers.free_port()
        command = [peers.node(), str(module), "-p", str(port), "-f", str(tmp_path / "fixtures"), "--log-level", "warn"]
        with peers.serving([*command, *chaos], url=f"http://127.0.0.1:{port}/__aimock/journal", cwd=tmp_path):
            yield f"http://127.0.0.1:{port}"


def fixture(word: str, **video: Any) -> dict[str, Any]:
    return {"match": {"userMessage": word, "endpoint": "video"}, "response": {"video": video}}


def base64_of(file: Path) -> str:
    return base64.b64encode(file.read_bytes()).decode()


def film(project: Folder, dialect: str, address: str, *shots: str) -> None:
    kind, path, model = DIALECTS[dialect]
    project.env["FAR_KEY"] = "sk-far-0123456789abcdef"
    head = "reelmake: 1\n" + FILM.format(kind=kind, base=address + path, model=model)
    project.write("storyboard.yaml", head + "".join(f"  s{n}: {{prompt: {p}}}\n" for n, p in enumerate(shots)))


def orders(address: str) -> list[dict[str, Any]]:
    journal: Any = peers.read(f"{address}/__aimock/journal")
    return [entry for entry in journal if entry["method"] == "POST"]


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_film_is_built(dialect: str, project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        film(project, dialect, address, "A kite 1.", "A river 1.")
        done = project.run("build", "--yes", "--json").expect()
        assert done.json["generated"] == 2
        facts = probe(project.root / "build" / "cut.mp4")
        assert (facts.seconds, facts.width, facts.height) == (Fraction(2), 1280, 720)
        assert len(orders(address)) == 2
        again = project.run("build", "--yes", "--json").expect()
        assert (again.json["generated"], again.json["reused"]) == (0, 2)
        assert len(orders(address)) == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_failed_job_is_a_clear_failure_and_the_rest_is_made(dialect: str, project: Folder, tmp_path: Path) -> None:
    with aimock(tmp_path) as address:
        film(project, dialect, address, "A kite 1.", "It fails.")
        ended = project.run("build", "--yes", "--json").expect(1)
        assert ended.json["generated"] == 1
        (failure,) = ended.json["failed"]
        assert failure["shot"] == "s1"
        assert failure["code"] == ("RM900" if dialect == "openai" else "RM921")  # its OpenAI replies carry no error
        assert len(orders(address)) == 2


@pytest.mark.parametrize("dialect", DIALECTS)
def test_in_chaos_nothing_is_ordered_twice(dialect: str, project: Folder, tmp_path: Path) -> None:
    """Polls and downloads are asked again until they get through. An order that met a broken connection, a 500 or
    garbage may have been accepted: it is never sent again. One that met a 429 is."""
    with aimock(tmp_path, *CHAOS) as address:
        prompts = [f"A {word}." for word in WORDS]
        film(project, dialect, address, *prompts)
        project.run("build", "--yes", "--json")
        project.run("build", "--yes", "--json")
        sent: Counter[str] = Counter()
        for entry in orders(address):
            refused = entry["response"]["status"] == 429
            sent[entry["body"]["messages"][0]["content"]] += not refused
        assert set(sent) <= set(prompts)
        assert max(sent.values()) == 1, sent
        assert list(project.verdicts().values()).count("fresh") >= 3
