"""action.yml, its steps carried out as they stand, on a real repository: what a pull request shows of a film of twenty
shots, and what a stranger's cannot do.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.actions import TOP, Job, Runner, installed
from tests.support.folder import TINY
from tests.support.forge_server import TOKEN, ForgeServer, forge

pytestmark = pytest.mark.slow

ACTION = TOP / "action.yml"
SHOTS = "".join(f"  s{n:02}: {{prompt: A kite over hill {n}.}}\n" for n in range(1, 19))
BOARD = (
    "reelmake: 1\n" + TINY + "tiers: {draft: {provider: sketch}}\ndefaults: {tier: draft, size: 128x72, seconds: 0.5}\n"
    "shots:\n" + SHOTS + "  next: {continue: s07, prompt: It lands.}\n  last: {continue: next, prompt: It is folded.}\n"
).replace(TINY, "")
ANOTHER = BOARD.replace("hill 7.", "lake 7 at dusk.")


class Repository:
    """A remote, its main branch with a film, and a checkout of a pull request, merged as GitHub does it."""

    def __init__(self, root: Path) -> None:
        self.root, self.remote, self.work = root, root / "forge" / "team" / "film.git", root / "checkout"
        self.remote.parent.mkdir(parents=True)
        self._git(root, "init", "-q", "--bare", "-b", "main", str(self.remote))
        self._git(root, "clone", "-q", str(self.remote), str(self.work))
        self.commit("main", {"storyboard.yaml": BOARD, ".gitignore": ".reelmake/\nbuild/\n"}, new=True)
        self.base = self.rev("main")

    def commit(self, branch: str, files: dict[str, str], *, new: bool = False) -> str:
        """On a branch, which begins at main if it is new."""
        self._git(
            self.work,
            "checkout",
            "-q",
            *(["-B"] if new else []),
            branch,
            *(["main"] if new and branch != "main" else []),
        )
        for name, text in files.items():
            path = self.work / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self._git(self.work, "add", "-A")
        self._git(self.work, "commit", "-q", "-m", "film", "--allow-empty")
        self._git(self.work, "push", "-q", "-f", "origin", branch)
        return self.rev(branch)

    def merge(self, branch: str) -> None:
        """What GitHub checks out for a pull request."""
        self._git(self.work, "checkout", "-q", "--detach", "main")
        self._git(self.work, "merge", "-q", "--no-ff", "-m", "merge", branch)

    def rev(self, name: str) -> str:
        return self._git(self.work, "rev-parse", name)

    def shown(self, what: str) -> str:
        return self._git(self.remote, "show", what)

    def _git(self, where: Path, *words: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@b", "-c", "commit.gpgsign=false"]
        return subprocess.run(
            ["git", *who, *words], cwd=where, check=True, capture_output=True, text=True
        ).stdout.strip()


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    return Repository(tmp_path_factory.mktemp("film"))


@pytest.fixture
def there() -> Iterator[ForgeServer]:
    with forge() as server:
        yield server


def pull(repository: Repository, there: ForgeServer, tmp_path: Path, head: str, **changes: object) -> Runner:
    """A run for a pull request, with a hostile title and branch: `fork`, `event` (its name), `run`."""
    fork, event, run = (changes.get(name) for name in ("fork", "event", "run"))
    told = {
        "action": "synchronize",
        "pull_request": {
            "number": 12,
            "title": "$(touch pwned) `touch pwned`\n::error::pwned",
            "base": {"sha": repository.base, "ref": "main", "repo": {"full_name": "team/film"}},
            "head": {
                "sha": head,
                "ref": "x;touch${IFS}pwned",
                "repo": {"full_name": "evil/film" if fork else "team/film"},
            },
        },
        "sender": {"login": "someone"},
    }
    file = tmp_path / "event.json"
    file.write_text(json.dumps(told))
    env = {
        "PATH": f"{installed(tmp_path / 'bin')}:/usr/bin:/bin",
        "GITHUB_REPOSITORY": "team/film",
        "GITHUB_EVENT_NAME": str(event or "pull_request"),
        "GITHUB_EVENT_PATH": str(file),
        "GITHUB_HEAD_REF": "x;touch${IFS}pwned",
        "GITHUB_RUN_ID": str(run or 77),
        "GITHUB_API_URL": there.url,
        "GITHUB_GRAPHQL_URL": f"{there.url}/graphql",
        "GITHUB_SERVER_URL": f"file://{repository.root}/forge",
    }
    return Runner(repository.work, tmp_path / "temp", env, "" if fork else TOKEN)


def test_a_changed_shot_of_twenty(drawn: Repository, there: ForgeServer, tmp_path: Path) -> None:
    drawn.commit("dusk", {"storyboard.yaml": ANOTHER}, new=True)
    drawn.merge("dusk")
    for number in range(150):
        there.comment("reviewer", f"<!-- reelmake:preview run={number} -->\nForged, and on the first page.")

    first = pull(drawn, there, tmp_path, drawn.rev("dusk")).carry_out(ACTION)

    assert not first.failed, first.log
    assert set(first.artifacts) == {"preview-cut.mp4", "preview-report.html"}
    assert first.annotations() == []
    assert first.outputs["preview"]["built"] == "sketch"
    ours = [comment for comment in there.comments if comment["user"]["login"] != "reviewer"]
    assert len(ours) == 1
    links = "[Watch the cut](https://forge.example/artifacts/1) · [Read the report](https://forge.example/artifacts/2)"
    assert links in ours[0]["body"]
    for told in (ours[0]["body"], first.summary):
        assert {row.split(" | ")[0] for row in rows(told)} == {"| s07", "| next", "| last"}
        assert "- A kite over hill 7." in told
        assert "+ A kite over lake 7 at dusk." in told
        assert "strips.invalid" not in told
    assert pictures(drawn) == []
    assert TOKEN not in first.log + first.summary

    again = pull(drawn, there, tmp_path, drawn.rev("dusk"), run=78).carry_out(ACTION, pictures="shown")

    assert not again.failed, again.log
    shown = re.findall(r"!\[before and after\]\((.*?)\)", ours[0]["body"])
    address = f"file://{drawn.root}/forge/team/film/raw/shown/"
    assert [name.removeprefix(address) for name in sorted(shown)] == pictures(drawn)
    assert len(shown) == 3
    assert len(there.comments) == 151
    assert "run=78" in ours[0]["body"]
    assert all("Forged" in comment["body"] for comment in there.comments if comment is not ours[0])


def test_a_fork_has_no_secrets_and_gets_the_preview(drawn: Repository, there: ForgeServer, tmp_path: Path) -> None:
    evil = {
        "storyboard.yaml": ANOTHER.replace("It lands.", "'It lands.\\n::error::pwned'"),
        "venv/__init__.py": "open('/tmp/pwned', 'w')",
        "pip.py": "raise SystemExit('pwned')",
        "uv.toml": 'index-url = "http://127.0.0.1:9/simple"\n',
        "reelmake/__init__.py": "raise SystemExit('pwned')",
        "sitecustomize.py": "raise SystemExit('pwned')",
    }
    drawn.commit("evil", evil, new=True)
    drawn.merge("evil")
    asked = len(there.asked)

    job = pull(drawn, there, tmp_path, drawn.rev("evil"), fork=True).carry_out(ACTION)

    assert not job.failed, job.log
    assert set(job.artifacts) == {"preview-cut.mp4", "preview-report.html"}
    assert "The film is drawn" in job.summary
    assert there.asked[asked:] == []
    assert job.annotations() == []
    assert "pwned" not in "".join(path.name for path in drawn.work.rglob("*"))
    where = {line.split()[0] for line in (tmp_path / "bin" / "uv.log").read_text().splitlines()}
    assert where == {str(tmp_path / "temp")}


def rows(text: str) -> list[str]:
    """Of the report's table."""
    return [row for row in text.partition("<details>")[0].splitlines() if row.startswith("| ")][2:]


def pictures(repository: Repository) -> list[str]:
    try:
        found = repository.shown("shown:12/preview").splitlines()[2:]
    except subprocess.CalledProcessError:
        return []
    return [f"12/preview/{name}" for name in sorted(found)]


@pytest.mark.parametrize("event", ["pull_request_target", "workflow_run"])
def test_it_does_nothing_with_the_rights_of_the_repository(
    event: str, drawn: Repository, there: ForgeServer, tmp_path: Path
) -> None:
    job = pull(drawn, there, tmp_path, drawn.base, event=event).carry_out(ACTION)

    assert job.failed
    assert "RM753" in job.log
    assert job.ran == ["install reelmake", "check, plan, build, report"]
    assert job.summary == ""


WRONG = """\
reelmake: 1
shots:
  park: {prompt: A kite.}
cut:
  - {shot: park, into: {disolve: 1}}
  - 'p%0A::error::ark'
"""


def test_mistakes_are_told_at_their_lines(drawn: Repository, there: ForgeServer, tmp_path: Path) -> None:
    drawn.commit("wrong", {"films/a,b:c/storyboard.yaml": WRONG}, new=True)
    drawn.merge("wrong")

    job = pull(drawn, there, tmp_path, drawn.rev("wrong")).carry_out(ACTION, storyboard="films/a,b:c")

    assert job.failed
    told = {(kind, at["title"], at["file"], at["line"], at["col"]) for kind, at, _ in job.annotations()}
    file = "films/a,b:c/storyboard.yaml"
    assert told == {("error", "reelmake RM203", file, "5", "25"), ("error", "reelmake RM401", file, "6", "5")}
    assert any("p%0A::error::ark" in message for _, _, message in job.annotations())
    assert set(job.artifacts) == {"preview-report.html"}
    assert len(there.comments) == 1
    assert "error RM203" in there.comments[0]["body"]
    assert "error RM203" in job.summary


def test_from_takes_that_are_there(drawn: Repository, there: ForgeServer, tmp_path: Path) -> None:
    """And drawn, where they are not."""
    drawn.commit("same", {}, new=True)
    drawn.merge("same")
    shutil.rmtree(drawn.work / ".reelmake", ignore_errors=True)
    runner = pull(drawn, there, tmp_path, drawn.rev("same"))

    def built(job: Job) -> str:
        assert not job.failed, job.log
        return job.outputs["preview"]["built"]

    assert built(runner.carry_out(ACTION)) == "sketch"
    subprocess.run([tmp_path / "temp/reelmake-venv/bin/reelmake", "build", "-q"], cwd=drawn.work, check=True)
    assert built(runner.carry_out(ACTION)) == "cache"
    assert runner.carry_out(ACTION, mode="cache", comment="false").outputs["preview"]["built"] == "cache"
    assert len(there.comments) == 1
