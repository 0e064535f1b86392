"""GitLab's template, its scripts carried out as they stand: a merge request of this project and one of a fork."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.e2e.test_action import SMALL, Repository
from tests.support.actions import TOP, installed
from tests.support.forge_server import TOKEN, ForgeServer, forge

pytestmark = pytest.mark.slow


@pytest.fixture
def there() -> Iterator[ForgeServer]:
    with forge() as server:
        yield server


def carried_out(repository: Repository, there: ForgeServer, tmp_path: Path, job: str, **told: str) -> tuple[int, str]:
    """A job with what it extends; what it hands on must be there."""
    document = yaml.safe_load((TOP / ".gitlab" / "reelmake.yml").read_text())
    base, own = document[".reelmake"], document[job]
    bin_ = Path(installed(tmp_path / "bin"))
    subprocess.run([bin_ / "uv", "venv", str(tmp_path / "venv")], check=True)
    env = {
        "PATH": f"{tmp_path / 'venv' / 'bin'}:{os.environ['PATH']}",
        "HOME": str(tmp_path),
        "GITLAB_CI": "true",
        "CI_API_V4_URL": there.url,
        "CI_PIPELINE_ID": "9",
        "CI_COMMIT_SHA": repository.rev("HEAD"),
        "CI_MERGE_REQUEST_IID": "12",
        "CI_MERGE_REQUEST_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": repository.base,
        "CI_MERGE_REQUEST_TITLE": "$(touch pwned)",
        "CI_PROJECT_DIR": str(repository.work),
        "CI_JOB_URL": "https://lab.example/team/film/-/jobs/3",
        **{name: str(value) for name, value in document["variables"].items()},
        **told,
    }

    def ran(lines: list[str]) -> tuple[int, str]:
        done = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", "\n".join(lines)],
            cwd=repository.work,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    status, said = ran(own["script"])
    after, more = ran(base["after_script"])
    assert after == 0, more
    handed: dict[str, Any] = base["artifacts"] | own.get("artifacts", {})
    for path in [*handed["paths"], *handed["reports"].values()]:
        assert (repository.work / path.replace("$REELMAKE_NAME", env["REELMAKE_NAME"])).exists(), path
    return status, said + more


def test_a_merge_request(there: ForgeServer, tmp_path: Path) -> None:
    there.me = "project_7_bot"
    repository = Repository(tmp_path / "film", SMALL)
    repository.commit("dusk", {"storyboard.yaml": SMALL.replace("A kite", "A kite at dusk")}, new=True)

    status, said = carried_out(repository, there, tmp_path, "reelmake preview", GITLAB_TOKEN=TOKEN)
    again, _ = carried_out(repository, there, tmp_path, "reelmake preview", GITLAB_TOKEN=TOKEN, CI_PIPELINE_ID="10")

    assert (status, again) == (0, 0), said
    [note] = there.comments
    at = "https://lab.example/team/film/-/jobs/3/artifacts"
    assert f"[Watch the cut]({at}/file/reelmake-preview/preview-cut.mp4)" in note["body"]
    assert f"![before and after]({at}/raw/reelmake-preview/strips/park-" in note["body"]
    assert "| park | changed | prompt changed |" in note["body"]
    assert json.loads((repository.work / "reelmake-preview" / "code-quality.json").read_text()) == []
    assert TOKEN not in said
    assert "reelmake-preview" not in repository.status()
    assert not (repository.work / "pwned").exists()


def test_mistakes_of_a_fork(there: ForgeServer, tmp_path: Path) -> None:
    repository = Repository(tmp_path / "film", SMALL)
    repository.commit("wrong", {"storyboard.yaml": SMALL + "cut: [hill]\n"}, new=True)

    status, _ = carried_out(
        repository, there, tmp_path, "reelmake preview", CI_MERGE_REQUEST_SOURCE_PROJECT_ID="8", GITLAB_TOKEN=TOKEN
    )

    assert status == 2
    assert there.asked == []
    [found] = json.loads((repository.work / "reelmake-preview" / "code-quality.json").read_text())
    assert found["check_name"] == "RM401"
    assert found["location"] == {"path": "storyboard.yaml", "lines": {"begin": 6}}
    assert found["severity"] == "major"
