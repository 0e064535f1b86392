"""action.yml, its steps carried out as they stand, on a real repository: what a pull request shows of a film of twenty
shots, and what a stranger's cannot do.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from reelmake_fake.server import FakeServer
from reelmake_fake.settings import ServerOptions
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

    def __init__(self, root: Path, board: str = BOARD) -> None:
        self.root, self.remote, self.work = root, root / "forge" / "team" / "film.git", root / "checkout"
        self.remote.parent.mkdir(parents=True)
        self._git(root, "init", "-q", "--bare", "-b", "main", str(self.remote))
        self._git(root, "clone", "-q", str(self.remote), str(self.work))
        self.commit("main", {"storyboard.yaml": board, ".gitignore": ".reelmake/\nbuild/\n"}, new=True)
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

    def status(self) -> str:
        return self._git(self.work, "status", "--porcelain")

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


def pull(repository: Repository, there: ForgeServer, tmp_path: Path, head: str, **changes: Any) -> Runner:
    """A run for a pull request, with a hostile title and branch: `fork`, `event` (its name), `run`,
    `told` (of the event)."""
    fork, event, run = (changes.get(name) for name in ("fork", "event", "run"))
    told: dict[str, object] = {
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
        **dict(changes.get("told", {})),
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
        "STUDIO_KEY": "any",
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
        assert told.count("The film is drawn") + told.count("drawn by sketch") == 1
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
    said, _, _ = job.log.partition("wrote build/cut.mp4")
    assert said != job.log
    word = re.findall(r"^::stop-commands::(\w+)$", said, re.MULTILINE)[-1]
    assert f"::{word}::" not in said  # whatever a command prints is obeyed by nobody
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


SMALL = f"reelmake: 1\n{TINY}tiers: {{draft: {{provider: sketch}}}}\nshots:\n  park: {{prompt: A kite., tier: draft}}\n"
STUDIO = f"""\
reelmake: 1
{TINY}providers:
  studio: {{kind: openai-videos, base_url: "ADDRESS", api_key: "${{env:STUDIO_KEY}}"}}
tiers: {{final: {{provider: studio, model: m1, price: 0.50}}}}
shots:
  park: {{prompt: A kite., tier: final}}
  hill: {{prompt: A hill., tier: final}}
"""


@pytest.fixture
def small(tmp_path: Path) -> Repository:
    return Repository(tmp_path / "film", SMALL)


def test_from_takes_that_are_there(small: Repository, there: ForgeServer, tmp_path: Path) -> None:
    """And drawn, where they are not."""
    head = small.commit("same", {}, new=True)
    small.merge("same")
    runner = pull(small, there, tmp_path, head)

    def built(job: Job) -> str:
        assert not job.failed, job.log
        return job.outputs["preview"]["built"]

    assert built(runner.carry_out(ACTION)) == "sketch"
    subprocess.run([tmp_path / "temp/reelmake-venv/bin/reelmake", "build", "-q"], cwd=small.work, check=True)
    assert built(runner.carry_out(ACTION)) == "cache"
    assert runner.carry_out(ACTION, mode="cache", comment="false").outputs["preview"]["built"] == "cache"
    assert len(there.comments) == 1


def test_a_label_lets_one_build_pay(small: Repository, there: ForgeServer, tmp_path: Path) -> None:
    """And what was paid for is handed on; without the label nothing is ordered."""
    there.permissions, there.labels = {"ana": "write"}, ["build"]
    with FakeServer(ServerOptions(takes=0.0)) as studio:
        there.head = small.commit("paid", {"storyboard.yaml": STUDIO.replace("ADDRESS", studio.base_url)}, new=True)
        small.merge("paid")
        labeled = {"action": "labeled", "label": {"name": "build"}, "sender": {"login": "ana"}}
        pays = {"mode": "pay", "label": "build", "name": "paid"}

        refused = pull(small, there, tmp_path, there.head).carry_out(ACTION, **pays, budget="5")
        assert refused.failed
        assert refused.ran == ["install reelmake", "may it cost money?"]

        dear = pull(small, there, tmp_path, there.head, told=labeled).carry_out(ACTION, **pays, budget="0.25")
        assert dear.failed
        assert "RM801" in there.comments[0]["body"]
        assert studio.bill == []
        assert there.labels == []

        there.labels = ["build"]
        runner = pull(small, there, tmp_path, there.head, told=labeled)
        job = runner.carry_out(ACTION, **pays, budget="5")
        assert not job.failed, job.log
        assert len(studio.bill) == 2
        assert TOKEN not in json.dumps(studio.requests, default=str)

    assert set(job.artifacts) == {"paid-takes", "paid-cut.mp4", "paid-report.html"}
    kept = job.artifacts["paid-takes"]
    assert "studio" in (kept / "reelmake.lock").read_text()
    assert len(list((kept / ".reelmake" / "takes").rglob("*.json"))) >= 2
    assert "The film is built, at a cost." in there.comments[0]["body"]
    assert len(there.comments) == 1


def test_without_history_there_is_a_report_and_a_warning(small: Repository, there: ForgeServer, tmp_path: Path) -> None:
    head = small.commit("dusk", {"storyboard.yaml": SMALL.replace("A kite", "A kite at dusk")}, new=True)
    shallow = tmp_path / "shallow"
    clone = ["git", "clone", "-q", "--depth=1", "--branch=dusk", f"file://{small.remote}", str(shallow)]
    subprocess.run(clone, check=True)
    runner = pull(small, there, tmp_path, head)

    job = Runner(shallow, runner.temp, runner.env, TOKEN).carry_out(ACTION)

    assert not job.failed, job.log
    assert set(job.artifacts) == {"preview-cut.mp4", "preview-report.html"}
    [(kind, at, said)] = job.annotations()
    assert (kind, at["title"]) == ("warning", "reelmake RM741")
    assert "fetch-depth: 0" in said
    assert "fetch-depth: 0" in there.comments[0]["body"]


def test_a_fork_names_no_shared_store(small: Repository, there: ForgeServer, tmp_path: Path) -> None:
    """For takes that his lock file names nobody is asked; a storyboard of this repository may name whom to ask."""
    with FakeServer(ServerOptions(takes=0.0)) as studio:
        board = STUDIO.replace("ADDRESS", studio.base_url) + "cache: {remote: 'https://store.evil.example/film'}\n"
        small.commit("store", {"storyboard.yaml": board}, new=True)
        command, env = [sys.executable, "-m", "reelmake", "build", "--yes"], os.environ | {"STUDIO_KEY": "any"}
        subprocess.run(command, cwd=small.work, env=env, check=True, capture_output=True)
    head = small.commit("store", {})
    small.merge("store")
    shutil.rmtree(small.work / ".reelmake")

    fork = pull(small, there, tmp_path, head, fork=True).carry_out(ACTION)
    ours = pull(small, there, tmp_path, head).carry_out(ACTION)

    assert not fork.failed, fork.log
    assert "store.evil.example" not in fork.log + fork.summary
    assert not ours.failed, ours.log
    assert "store.evil.example cannot be resolved" in ours.summary
    assert fork.outputs["preview"]["built"] == ours.outputs["preview"]["built"] == "sketch"


@pytest.mark.parametrize("link", ["reelmake-preview", "reelmake-preview/preview-cut.mp4", "reelmake-preview/strips"])
def test_nothing_is_written_through_a_link_that_came_with_the_change(
    link: str, small: Repository, tmp_path: Path
) -> None:
    (small.work / link).parent.mkdir(exist_ok=True)
    (small.work / link).symlink_to(tmp_path / "outside")
    (tmp_path / "outside").mkdir()
    small.commit("main", {})

    command = [sys.executable, "-m", "reelmake", "ci", "preview", "--mode", "sketch"]
    ran = subprocess.run(command, cwd=small.work, capture_output=True, text=True, check=False)

    assert ran.returncode == 3, ran.stderr
    assert list((tmp_path / "outside").iterdir()) == []


def test_what_a_storyboard_says_is_shown_and_does_nothing(
    small: Repository, there: ForgeServer, tmp_path: Path
) -> None:
    evil = "@team/all </details>\n<!-- reelmake:preview run=99999 -->\n![x](https://evil.example/x.png)\n::error::pwned"
    board = SMALL.replace("A kite.", json.dumps(evil)).replace(
        "reelmake: 1\n", f"reelmake: 1\ntitle: {json.dumps(evil)}\n"
    )
    head = small.commit("evil", {"storyboard.yaml": board}, new=True)
    small.merge("evil")
    runner = pull(small, there, tmp_path, head)

    for job in (runner.carry_out(ACTION), runner.carry_out(ACTION, pictures="shown")):
        assert not job.failed, job.log
        assert job.annotations() == []
        assert len(there.comments) == 1
        for text in (job.summary, there.comments[0]["body"].partition("\n")[2]):
            plain = re.sub(r"(?s)^(`{3,})diff\n.*?^\1$", "", text, flags=re.MULTILINE)
            plain = re.sub(r"(`+)(?!`).*?(?<!`)\1(?!`)", "", plain)
            assert "@team" not in plain
            assert "evil.example" not in plain
            assert "<!--" not in plain
            assert plain.count("</details>") == 1
