"""The page about the fake is true: its storyboard builds through the very faults that it shows, its Python runs."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.docs.test_readme import blocks
from tests.support.folder import Folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "fake-server.md"
CLIPS, PIECES = (block.text for block in blocks(PAGE) if block.language == "yaml")
(PYTHON,) = (block.text for block in blocks(PAGE) if block.language == "python")


@pytest.mark.slow
def test_the_storyboard_of_the_page_builds_through_its_faults(project: Folder) -> None:
    with FakeServer(ServerOptions(takes=0.2, poll_after=50)) as server:
        project.env["FAKE_KEY"] = "any"
        project.storyboard(CLIPS.replace("http://127.0.0.1:8901/v1", server.base_url), head="")

        built = project.run("build", "--yes", "--json").expect(0).json

        assert (built["generated"], built["cost_usd"]) == (2, 0.4)
        assert [line["prompt"] for line in server.bill].count("The same park at dusk.") == 1
        assert len(server.bill) == 2
        met = [line["fault"] for line in server.requests if "fault" in line]
        assert met == ["create:refuse-429", "poll:500", "poll:500", "poll:500", "content:cut"]
        assert "any" not in {line["headers"].get("authorization") for line in server.requests}


@pytest.mark.slow
def test_the_storyboard_of_stills_and_speech_is_paid_for_once(project: Folder) -> None:
    with FakeServer(ServerOptions(takes=0.2, poll_after=50)) as server:
        project.env["FAKE_KEY"] = "any"
        project.storyboard(PIECES.replace("http://127.0.0.1:8901", server.base_url.removesuffix("/v1")), head="")
        built = project.run("build", "--yes", "--json").expect(0).json
        assert len(server.bill) == built["generated"]
        assert built["cost_usd"] > 0
        assert project.build("--yes")["generated"] == 0
        assert len(server.bill) == built["generated"]


def test_the_python_of_the_page_runs() -> None:
    ran = subprocess.run([sys.executable, "-c", PYTHON], capture_output=True, text=True, timeout=60)

    assert ran.returncode == 0, ran.stderr
