"""What `init` writes: a project that builds, and a workflow that a stranger's pull request cannot turn against us."""

from __future__ import annotations

import yaml

from tests.support.folder import Folder


def test_it_writes_a_workflow_without_rights_or_secrets(project: Folder) -> None:
    project.run("init").expect(stdout="reelmake build")

    text = (project.root / ".github" / "workflows" / "preview.yml").read_text()
    workflow = yaml.safe_load(text)
    steps = workflow["jobs"]["preview"]["steps"]
    uses = {step["uses"].partition("@")[0]: step["uses"].partition("@")[2] for step in steps if "uses" in step}
    runs = [step["run"] for step in steps if "run" in step]

    assert workflow[True] == ["pull_request"]  # YAML 1.1 takes `on` for a truth
    assert workflow["permissions"] == {"contents": "read"}
    assert uses == {
        "actions/checkout": "v5", "actions/setup-python": "v6", "actions/cache": "v4", "actions/upload-artifact": "v7",
    }  # fmt: skip
    assert steps[0]["with"] == {"persist-credentials": False}
    assert "secrets" not in text.replace("no secrets here", "")
    assert [run for run in runs if "build" in run] == ["reelmake build --draft"]
    assert "reelmake check --draft" in runs


def test_what_is_there_is_left_as_it_is(project: Folder) -> None:
    project.write(".gitattributes", "*.mp4 binary\n")
    project.write(".gitignore", ".reelmake/\nbuild/\n")

    said = project.run("init").expect().stderr

    assert (project.root / ".gitattributes").read_text() == "*.mp4 binary\n"
    assert "kept as it is: .gitattributes (add: reelmake.lock merge=union)" in said
    assert "kept as it is: .gitignore\n" in said
    project.run("check", "--draft").expect()


def test_the_command_that_comes_next_can_be_typed(project: Folder) -> None:
    said = project.run("init", "my film").expect().stdout
    assert said == "cd 'my film' && reelmake build\n"
    project.write("notes", "mine")
    project.run("init", "notes").expect(2, stderr="error[RM603]: notes already exists, and is not a folder")
