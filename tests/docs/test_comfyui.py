"""The files of docs/how-to/your-own-comfyui.md are a project, which is made by a ComfyUI as they stand there."""

from __future__ import annotations

import re
from pathlib import Path
from textwrap import dedent

import pytest

from tests.support.comfy_server import comfy
from tests.support.folder import Folder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "your-own-comfyui.md"
SMALL = {"832x480": "128x72", "seconds: 2": "seconds: 0.5"}


@pytest.mark.slow
def test_the_page_is_a_project(project: Folder, tmp_path: Path) -> None:
    found = re.findall(r"^ *```(?:json|yaml)\n(.*?)^ *```$", PAGE.read_text("utf-8"), re.DOTALL | re.MULTILINE)
    workflow, binding, storyboard = map(dedent, found)
    for theirs, ours in SMALL.items():
        assert theirs in storyboard
        storyboard = storyboard.replace(theirs, ours)
    project.hurried = True
    project.write("workflows/wan.json", workflow)
    project.write("workflows/wan.yaml", binding)
    with comfy(tmp_path) as server:
        assert "http://127.0.0.1:8188" in storyboard
        project.write("storyboard.yaml", storyboard.replace("http://127.0.0.1:8188", server.url))
        project.run("check").expect(0)
        assert project.build("--yes")["generated"] == 2
    first, second = server.prompts
    assert (first["2"]["inputs"]["text"], first["6"]["inputs"]["steps"]) == ("A child flies a kite in a park.", 20)
    assert (second["3"]["inputs"]["text"], second["6"]["inputs"]["steps"]) == ("rain", 30)
    assert (first["5"]["inputs"]["length"], first["8"]["inputs"]["fps"]) == (9, 16)
