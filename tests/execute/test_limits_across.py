"""Two projects, two processes, one file of limits: what the server sees, also when one of them is killed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions

SHOTS = 5


def project(folder: Path, server: FakeServer, limits: str) -> Path:
    """Its shots are orders of their own, so nothing is shared but the limits."""
    folder.mkdir()
    shots = "\n".join(f"  s{n}: {{prompt: {folder.name} number {n}}}" for n in range(SHOTS))
    (folder / "storyboard.yaml").write_text(f"""reelmake: 1
providers:
  studio: {{kind: openai-videos, base_url: "{server.base_url}", api_key: "${{env:STUDIO_KEY}}", limits: {limits}}}
tiers: {{final: {{provider: studio, model: loopback-1, size: 1280x720, price: 0.1}}}}
defaults: {{tier: final, seconds: 4}}
shots:
{shots}
""")
    return folder


def build(folder: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "reelmake", "build", "--yes", "--json", *(f"s{n}" for n in range(SHOTS))]
    env = {**os.environ, "NO_PROXY": "127.0.0.1", "HOME": str(folder.parent), "XDG_CACHE_HOME": "", "STUDIO_KEY": "k"}
    return subprocess.Popen(command, cwd=folder, env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def end(process: subprocess.Popen[str]) -> dict[str, object]:
    out, err = process.communicate(timeout=150)
    assert process.returncode == 0, err
    said: dict[str, object] = json.loads(out)
    return said


def orders(server: FakeServer) -> int:
    return len(server.bill)


@pytest.mark.slow
def test_two_builds_never_have_more_in_flight_than_their_file_allows(tmp_path: Path) -> None:
    limits = "{in_flight: 3, file: studio.limits}"
    with FakeServer(ServerOptions(takes=1.0, in_flight=3)) as server:
        one, two = (build(project(tmp_path / name, server, limits)) for name in ("one", "two"))
        assert end(one)["generated"] == end(two)["generated"] == SHOTS
        assert orders(server) == 2 * SHOTS
        assert (server.violations, server.peaks["in_flight"]) == ([], 3)
    assert (tmp_path / ".cache" / "reelmake" / "limits" / "studio.limits").exists()


@pytest.mark.slow
def test_what_a_killed_build_left_there_still_counts(tmp_path: Path) -> None:
    """One is killed with two jobs of its own out there, the file is damaged, and the other one builds on."""
    limits = "{in_flight: 2, file: ~/.cache/reelmake/studio.limits}"
    with FakeServer(ServerOptions(takes=4.0, in_flight=2)) as server:
        first = build(project(tmp_path / "one", server, limits))
        server.until(lambda seen: orders(seen) == 2)
        first.kill()
        first.communicate()
        (tmp_path / ".cache" / "reelmake" / "studio.limits").write_bytes(b"torn")
        second = build(project(tmp_path / "two", server, limits))
        again = build(tmp_path / "one")
        assert end(again)["generated"] == SHOTS
        assert end(second)["generated"] == SHOTS
        assert orders(server) == 2 * SHOTS
        assert (server.violations, server.peaks["in_flight"]) == ([], 2)


@pytest.mark.slow
def test_orders_by_the_minute_are_counted_together(tmp_path: Path) -> None:
    """More than a minute of two projects would take too long here: both stop when what is allowed is spent."""
    limits = "{per_minute: 4, file: ~/.cache/reelmake/studio.limits}"
    with FakeServer(ServerOptions(takes=0.5, per_minute=4)) as server:
        both = [build(project(tmp_path / name, server, limits)) for name in ("one", "two")]
        server.until(lambda seen: orders(seen) == 4)
        server.until(lambda seen: sum(r["method"] == "GET" and "content" in r["path"] for r in seen.requests) == 4)
        for process in both:
            process.kill()
            process.communicate()
        assert (server.violations, server.peaks["per_minute"]) == ([], 4)
