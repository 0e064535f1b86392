"""What `init` writes: a project that builds, and a workflow that a stranger's pull request cannot turn against us."""

from __future__ import annotations

import yaml

from reelmake import __version__
from tests.support.folder import Folder
from tests.support.repository import Repository


def test_it_writes_a_workflow_whose_rights_are_few(project: Folder) -> None:
    project.run("init").expect(stdout="reelmake build")

    text = (project.root / ".github" / "workflows" / "preview.yml").read_text()
    workflow = yaml.safe_load(text)
    preview, film = workflow["jobs"]["preview"], workflow["jobs"]["film"]

    assert list(workflow[True]) == ["pull_request"]  # YAML 1.1 takes `on` for a truth
    assert workflow["permissions"] == {}
    for job in (preview, film):
        checkout, *_, ours = job["steps"]
        assert job["permissions"] == {"contents": "write", "pull-requests": "write"}
        assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
        assert ours["uses"] == f"reelmake/reelmake@v{__version__}"
        assert all("run" not in step and "env" not in step for step in job["steps"])
    assert preview["if"] == "github.event.action != 'labeled'"
    assert preview["steps"][-1]["with"] == {"pictures": "reelmake-pictures"}
    assert "github.event.label.name == 'build'" in film["if"]
    assert film["steps"][-1]["with"] == {
        "mode": "pay",
        "label": "build",
        "budget": "5.00",
        "pictures": "reelmake-pictures",
    }


def test_what_is_there_is_left_as_it_is(project: Folder) -> None:
    project.write(".gitattributes", "*.mp4 binary\n")
    project.write(".gitignore", ".reelmake/\nbuild/\n")

    said = project.run("init").expect().stderr

    assert (project.root / ".gitattributes").read_text() == "*.mp4 binary\n"
    assert "kept as it is: .gitattributes (add: reelmake.lock merge=union)" in said
    assert "kept as it is: .gitignore\n" in said
    project.run("check", "--draft").expect()


def test_a_workflow_that_github_would_not_find_is_told(project: Folder) -> None:
    Repository.begin(project.root)
    assert "GitHub" not in project.run("init").expect().stderr
    said = project.run("init", "films/one").expect().stderr
    assert "move .github there, and add `storyboard: films/one/storyboard.yaml` to its `with:`" in said


def test_the_command_that_comes_next_can_be_typed(project: Folder) -> None:
    said = project.run("init", "my film").expect().stdout
    assert said == "cd 'my film' && reelmake build\n"
    project.write("notes", "mine")
    project.run("init", "notes").expect(2, stderr="error[RM603]: notes already exists, and is not a folder")
