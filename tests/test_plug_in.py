"""A plug-in as somebody else publishes it, installed beside reelmake: support/plugin_sample."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
from tests.support.folder import Folder
from tests.support.wheels import ROOT, Environment, wheel

SAMPLE = ROOT / "tests" / "support" / "plugin_sample"
BOARD = """\
providers:
  studio: {{kind: sample-videos, base_url: "{url}", api_key: "${{env:SAMPLE_KEY}}", options: {{allow_private: true}}}}
tiers:
  paid: {{provider: studio, model: m, price: 0.10}}
shots:
  a: {{prompt: A kite., tier: paid, seconds: 4, size: 1280x720}}
  b: {{prompt: A boat.}}
  c: {{prompt: A tower.}}
cut:
  - {{shot: a, trim: [0, 0.5], into: {{curtain: 0.1}}}}
  - {{shot: b, into: {{wipe: 0.1}}}}
  - c
outputs:
  cut.mp4: {{}}
  shots.tsv: {{}}
"""


def version(source: Path, number: str, into: Path) -> Path:
    """The plug-in's wheel of another version, and nothing else of it changed."""
    shutil.copytree(SAMPLE, source)
    project = source / "pyproject.toml"
    project.write_text(project.read_text().replace('version = "1.0"', f'version = "{number}"'))
    return wheel(source, into)


@pytest.fixture(scope="module")
def there(tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """reelmake and the sample, installed."""
    root = tmp_path_factory.mktemp("installed")
    found = Environment(root / "venv")
    found.install(wheel(ROOT, root / "reelmake"))
    found.install(version(root / "1.0", "1.0", root / "sample"))
    return found


@pytest.mark.slow
def test_it_is_built_with_and_another_version_makes_its_own_steps_again(there: Environment, project: Folder) -> None:
    project.python, project.env["PYTHONPATH"] = there.python, ""
    project.run("tally", "one", "two").expect(stdout="2")
    with FakeServer(ServerOptions(takes=0.1)) as server:
        project.env |= {"SAMPLE_KEY": "sk-1", "REELMAKE_KEYS": f"SAMPLE_KEY={server.address}"}
        project.storyboard(BOARD.format(url=server.base_url))
        first = project.build("--yes")
        assert first["generated"] == 3
        rows = (project.root / "build" / "shots.tsv").read_text().splitlines()
        assert [row.split("\t")[1] for row in rows] == ["shot", "a", "b", "c"]
        project.run("build").expect(stderr="nothing to do")

        there.install(version(project.root.parent / "1.1", "1.1", project.root.parent / "dist"))
        project.run("build", "--events", "heard.jsonl").expect()
        heard = [json.loads(line) for line in (project.root / "heard.jsonl").read_text().splitlines()]
        again = sorted(e["step"] for e in heard if e["event"] == "StepDone" and e["made"])

        assert len(server.bill) == 1
    assert [step.partition(":")[0] for step in again] == ["output", "segment"], again
    assert again[0] == "output:shots.tsv"
    project.run("build").expect(stderr="nothing to do")


# -- a plug-in that cannot be imported


@pytest.fixture
def lame(project: Folder) -> Folder:
    """A project where one is installed that offers something of everything."""
    record = project.root.parent / "lame" / "lame-1.0.dist-info"
    record.mkdir(parents=True)
    (record / "METADATA").write_text("Metadata-Version: 2.1\nName: lame\nVersion: 1.0\n")
    offered = {"providers": "lame-videos", "transitions": "limp", "outputs": "lam", "commands": "hobble"}
    points = "".join(f"[reelmake.{shelf}]\n{name} = lame\n" for shelf, name in offered.items())
    (record / "entry_points.txt").write_text(points)
    (record.parent / "lame.py").write_text("import crutch\n")
    project.env["PYTHONPATH"] = str(record.parent)
    return project


LINES = {
    "providers: {p: {kind: lame-videos}}": "RM503",
    "cut: [{shot: a, into: {limp: 0.1}}, a]": "RM203",
    "outputs: {x.lam: {}}": "RM410",
}


@pytest.mark.parametrize("line", LINES)
def test_one_that_cannot_be_imported_is_told_where_it_is_named(lame: Folder, line: str) -> None:
    lame.storyboard(f"shots: {{a: {{prompt: A kite.}}}}\n{line}\n")

    said = lame.run("check", "--json").expect(2).json["diagnostics"]

    assert [(each["code"], each["span"]["line"]) for each in said] == [(LINES[line], 4)]
    assert said[0]["message"] == "the plug-in lame 1.0 cannot be loaded: ModuleNotFoundError: No module named 'crutch'"


def test_what_fails_in_a_plug_in_is_told_as_its_failure(lame: Folder) -> None:
    place = Path(lame.env["PYTHONPATH"])
    (place / "lame.py").write_text(
        "SUFFIXES, OPTIONS = ('.lam',), frozenset()\ndef steps(*args):\n    return crutch.prop(args)\nimport crutch\n"
    )
    (place / "crutch.py").write_text("def prop(args):\n    return {}[0]\n")
    lame.storyboard("shots: {a: {prompt: A kite.}}\noutputs: {x.lam: {}}\n")

    told = lame.run("plan")

    assert told.code == 1
    assert "crutch.py" in told.stderr  # the trace
    assert "this is a bug in the plug-in lame 1.0, or in what it asks of reelmake" in told.stderr


def test_one_that_nobody_names_is_in_nobodys_way(lame: Folder) -> None:
    lame.storyboard("shots: {a: {prompt: A kite.}}\ncut: [{shot: a, into: {dissolve: 0.1}}, a]\n")

    lame.run("check").expect()
    lame.run("check", "--set", "defaults.tier=nothing").expect(2)
    assert "hobble" not in lame.run("--help").expect().stdout
    lame.run("hobble").expect(2, stderr="the plug-in lame 1.0 cannot be loaded")
    lame.run("schema").expect()
    lame.run("providers").expect()
    lame.run("doctor").expect(1, stdout="✗ plug-ins")
