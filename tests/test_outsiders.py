"""What others have put on our shelves: it is found wherever it is installed, and nobody pays for looking."""

import importlib.metadata
import json
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from reelmake.media import ffmpeg
from reelmake.model.delivery import LastFrame, SheetWork
from reelmake.model.mix import MixWork
from reelmake.model.order import Order
from reelmake.model.segment import ReelWork
from reelmake.model.step import Step
from reelmake.prep import tools
from tests.support.folder import Folder

SPIN = 'NAME, PARAMS = "spin", ()\n'
POINTS = "[console_scripts]\nspin = spin:main\n\n[reelmake.transitions]\nspin = spin\n"
ASK = """
import sys
from reelmake import catalog
print("spin" in catalog.transitions(), "importlib.metadata" in sys.modules)
"""


def asked(place: Path) -> list[str]:
    """Is the transition there? Was the standard library's way to look for it taken?"""
    run = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(place)!r})\n{ASK}"]
    return subprocess.run(run, capture_output=True, text=True, check=True).stdout.split()


@pytest.mark.parametrize("form", ["spin-1.0.dist-info", "spin.egg-info"])
def test_a_package_in_a_folder_is_found(tmp_path: Path, form: str) -> None:
    (tmp_path / form).mkdir()
    (tmp_path / form / "entry_points.txt").write_text(POINTS)
    (tmp_path / form / ("METADATA" if "dist" in form else "PKG-INFO")).write_text("Name: spin\nVersion: 1.0\n")
    (tmp_path / "spin.py").write_text(SPIN)
    assert asked(tmp_path)[0] == "True"


def test_a_package_in_an_archive_is_found(tmp_path: Path) -> None:
    archive = tmp_path / "spin.zip"
    with zipfile.ZipFile(archive, "w") as wheel:
        wheel.writestr("spin-1.0.dist-info/entry_points.txt", POINTS)
        wheel.writestr("spin-1.0.dist-info/METADATA", "Name: spin\nVersion: 1.0\n")
        wheel.writestr("spin.py", SPIN)
    assert asked(archive)[0] == "True"


def test_where_there_is_none_the_slow_way_to_look_is_not_taken(tmp_path: Path) -> None:
    assert asked(tmp_path) == ["False", "False"]


WORKS = (("sound", MixWork), ("reel", ReelWork), ("output", SheetWork))


SWIPE = "from reelmake.transitions.wipe import *\nNAME = 'swipe'\n"  # it crosses as ours named wipe does
DOODLE = """\
from dataclasses import replace
from reelmake_sketch import provider
from reelmake_sketch.making import make
CAPABILITIES = replace(provider.CAPABILITIES, kind="doodle", dialect="doodle/1", maker="doodle:make")
"""  # it draws as ours does


def installed(place: Path, version: str, name: str = "swipe", shelf: str = "transitions", text: str = SWIPE) -> Path:
    """A package with something of its own."""
    for old in place.glob(f"{name}-*"):
        shutil.rmtree(old)
    there = place / f"{name}-{version}.dist-info"
    there.mkdir(parents=True)
    (there / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    (there / "entry_points.txt").write_text(f"[reelmake.{shelf}]\n{name} = {name}\n")
    (place / f"{name}.py").write_text(text)
    return place


@pytest.mark.slow
def test_another_version_of_a_provider_on_this_machine_makes_exactly_its_takes_again(project: Folder) -> None:
    doodle = ("doodle", "providers", DOODLE)
    project.env["PYTHONPATH"] = str(installed(project.root / "packages", "1.0", *doodle))
    project.storyboard(
        "providers: {mine: {kind: doodle}}\ntiers: {rough: {provider: mine}}\n"
        "shots:\n  a: {prompt: A., tier: rough}\n  b: {prompt: B.}\n"
    )
    project.build()
    project.run("build").expect(stderr="nothing to do")

    installed(project.root / "packages", "1.1", *doodle)

    assert project.verdicts() == {"a": "stale", "b": "fresh"}
    (changed,) = next(job for job in project.plan()["jobs"] if job["shot"] == "a")["changes"]
    assert (changed["before"], changed["after"]) == ("doodle 1.0", "doodle 1.1")
    assert project.build()["generated"] == 1
    project.run("build").expect(stderr="nothing to do")


@pytest.mark.slow
def test_another_version_of_a_package_makes_exactly_its_joins_again(project: Folder) -> None:
    project.env["PYTHONPATH"] = str(installed(project.root / "packages", "1.0"))
    project.storyboard(
        "shots:\n  a: {prompt: A.}\n  b: {prompt: B.}\n  c: {prompt: C.}\n"
        "cut:\n  - {shot: a, into: {swipe: 0.1}}\n  - {shot: b, into: {wipe: 0.1}}\n  - c\n"
    )
    project.build()
    before = project.cut()
    project.run("build").expect(stderr="nothing to do")

    installed(project.root / "packages", "1.1")
    made = project.run("build", "--events", "heard.jsonl").expect()

    heard = [json.loads(line) for line in (project.root / "heard.jsonl").read_text().splitlines()]
    again = [e["step"] for e in heard if e["event"] == "StepDone" and e["made"]]
    assert len(again) == 1, made.stderr
    assert again[0].startswith("segment:")
    assert project.cut() == before
    said = project.run("build").expect().stderr
    assert "nothing to do" in said


def test_local_steps_are_keyed_by_what_makes_them() -> None:
    mix, reel, sheet = (tools.made_with(Step("s", kind, object.__new__(work))) for kind, work in WORKS)

    libraries = f"av {importlib.metadata.version('av')}, numpy {importlib.metadata.version('numpy')}"
    assert mix == f"ffmpeg {ffmpeg.version()}, {libraries}"
    assert reel == f"ffmpeg {ffmpeg.version()}, av {importlib.metadata.version('av')}"
    assert sheet == f"pillow {importlib.metadata.version('pillow')}"
    assert tools.made_with(Step("s", "frame", LastFrame())) == ""
    steps = [Step("s", kind, object.__new__(work)) for kind, work in WORKS]
    assert all(path.is_file() for path in tools.records(steps))
    assert {path.parent.name.split("-")[0] for path in tools.records(steps)} >= {"av", "numpy", "pillow"}


def test_a_local_order_is_keyed_by_what_it_says_makes_it_as_far_as_that_is_there() -> None:
    def step(*names: str) -> Step:
        order = Order(
            dialect="sketch/1", model="", prompt="Yes.", medium="speech", shot="a.say", provider="sketch", tier="draft",
            maker="reelmake_sketch.making:make", tools=names,
        )  # fmt: skip
        return Step("s", "speech", order)

    pillow = f"pillow {importlib.metadata.version('pillow')}"
    assert tools.made_with(step("pillow", "a-voice-that-nobody-has")) == pillow
    assert tools.made_with(step("a-voice-that-nobody-has")) == tools.made_with(step()) == ""
    # where it would be installed, a later build looks
    assert Path(str(importlib.metadata.distribution("pillow").locate_file(""))) in tools.records([step("no-voice")])
