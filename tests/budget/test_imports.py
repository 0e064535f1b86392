"""What the quick ways through the program may not load: each of these costs more than all the rest of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from reelmake import catalog
from reelmake.commands import COMMANDS
from reelmake.commands._help import described
from tests.support.folder import Folder

QUICK = {"reelmake.app", "reelmake.commands", "reelmake.commands._fresh", "reelmake.store", "reelmake.store.git_index"}
HEAVY = {"asyncio", "av", "ffmpeg", "httpx", "jsonschema", "networkx", "numpy", "PIL", "rich", "yaml"}
WATCH = """\
import atexit, json, os, sys
atexit.register(lambda: open(os.environ["LOADED"], "w").write(json.dumps(sorted(sys.modules))))
"""


def loaded(statement: str, cwd: Path) -> set[str]:
    """Modules that are loaded when a statement ends, whatever its exit status."""
    note = cwd / "loaded.json"
    subprocess.run(
        [sys.executable, "-c", WATCH + statement],
        cwd=cwd,
        env={**os.environ, "NO_COLOR": "1", "LOADED": str(note)},  # as the project fixture has it
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=60,
    )
    found = set(json.loads(note.read_text()))
    note.unlink()
    return found


def command(*argv: str) -> str:
    return f"import reelmake.app; sys.exit(reelmake.app.main({list(argv)!r}))"


def test_import_reelmake_loads_next_to_nothing(tmp_path: Path) -> None:
    found = loaded("import reelmake", tmp_path)

    assert found & (HEAVY | {"argparse", "pathlib", "dataclasses"}) == set()
    assert [m for m in found if m.startswith("reelmake.")] == []


@pytest.mark.parametrize("module", ["app", "diagnostics", "errors", "commands._fresh", "model.storyboard", "catalog"])
def test_what_everything_imports_is_light(module: str, tmp_path: Path) -> None:
    assert loaded(f"import reelmake.{module}", tmp_path) & HEAVY == set()


@pytest.mark.parametrize("argv", [["--help"], ["build", "--help"], ["--version"], ["explain", "RM203"]])
def test_help_is_light(argv: list[str], tmp_path: Path) -> None:
    assert loaded(command(*argv), tmp_path) & HEAVY == set()


LATER = {"asyncio", "attr", "concurrent.futures", "ctypes", "html", "logging", "platform", "socket", "ssl", "tempfile"}


@pytest.mark.parametrize(
    "argv", [["check"], ["plan"], ["status"], ["takes"], ["explain", "a"]], ids=lambda argv: argv[0]
)
def test_to_look_at_a_storyboard_loads_what_reads_it(argv: list[str], project: Folder) -> None:
    project.storyboard("shots:\n  a: {prompt: A tram.}\n")

    assert loaded(command(*argv), project.root) & (LATER | HEAVY - {"yaml", "networkx"}) == set()


@pytest.mark.parametrize("argv", [["--help"], ["--version"]])
def test_what_there_is_is_said_without_a_parser(argv: list[str], tmp_path: Path) -> None:
    assert loaded(command(*argv), tmp_path) & {"argparse", "dataclasses", "pathlib", "reelmake.diagnostics"} == set()


def test_every_command_has_its_line() -> None:
    assert {name.replace("_", "-") for name in catalog._ours("commands")} == set(COMMANDS)
    assert dict(described()) | COMMANDS == dict(described())


def test_a_plan_loads_from_the_shelves_what_the_storyboard_names(project: Folder) -> None:
    project.storyboard("shots:\n  a: {prompt: A tram.}\ncut: [{shot: a, into: {dissolve: 0.1}}, a]\n")

    found = loaded(command("plan"), project.root)

    shelves = ("reelmake.providers.", "reelmake.transitions.", "reelmake.outputs.", "reelmake_")
    there = {m for m in found if m.startswith(shelves) and "._" not in m}
    assert there == {
        "reelmake.transitions.dissolve", "reelmake.outputs.mp4", "reelmake_sketch", "reelmake_sketch.provider",
    }  # fmt: skip
    assert "importlib.metadata" not in found


def test_an_output_of_ours_is_found_without_those_of_plug_ins(project: Folder) -> None:
    project.storyboard("shots:\n  a: {file: a.mp4}\noutputs:\n  sheet.png: {}\n  cut.srt: {}\n")

    found = loaded(command("check"), project.root)

    assert {"reelmake.outputs.contact_sheet", "reelmake.outputs.subtitles"} <= found
    assert "reelmake_otio" not in found


@pytest.mark.slow
def test_a_build_with_nothing_to_do_ends_before_everything(project: Folder) -> None:
    project.storyboard("shots:\n  a: {prompt: A tram.}\n")
    project.build()
    project.run("build").expect(0, stderr="nothing to do")

    found = loaded(command("build"), project.root)

    assert found & (HEAVY | {"argparse", "pathlib", "dataclasses", "importlib.metadata"}) == set()
    assert {m for m in found if m.startswith("reelmake.")} <= QUICK
