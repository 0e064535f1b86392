"""`ci comment` and `ci gate` against a forge on loopback: one comment whatever happens meanwhile, and who may let a run
cost money.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

import pytest

from tests.support.folder import Folder
from tests.support.forge_server import BOT, TOKEN, ForgeServer, forge

BASE, HEAD = "a" * 40, "b" * 40
DONE = "[Watch the cut](https://forge.example/1)"


@pytest.fixture
def there() -> Iterator[ForgeServer]:
    with forge() as server:
        yield server


Told = Callable[..., Folder]


@pytest.fixture
def told(project: Folder, there: ForgeServer) -> Told:
    """The folder of a preview, in a job for a pull request: what its event says otherwise, what the environment."""

    def made(event: str = "pull_request", repository: str = "team/film", **changes: object) -> Folder:
        pull = {"number": 12, "base": {"sha": BASE}, "head": {"sha": HEAD, "repo": {"full_name": repository}}}
        file = project.write("../event.json", json.dumps({"pull_request": pull, **changes}))
        project.write("reelmake-preview/comment.md", "### film\n\nTwo shots changed.\n")
        project.env |= {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "team/film",
            "GITHUB_EVENT_NAME": event,
            "GITHUB_EVENT_PATH": str(file),
            "GITHUB_RUN_ID": "77",
            "GITHUB_API_URL": there.url,
            "GITHUB_GRAPHQL_URL": f"{there.url}/graphql",
            "GITHUB_TOKEN": TOKEN,
        }
        return project

    return made


def ours(there: ForgeServer) -> list[str]:
    return [comment["body"] for comment in there.comments if comment["user"]["login"] == there.me]


def test_one_comment_on_the_third_page(told: Told, there: ForgeServer) -> None:
    folder = told()
    for number in range(230):
        there.comment(f"user{number}", f"<!-- reelmake:preview run={number + 1000} -->\nNot ours.")
    there.comment(BOT, "<!-- reelmake:trailer run=1 -->\nOf another film.")
    folder.run("ci", "comment", "--cut", "https://forge.example/1").expect(stderr="comment written")
    there.comment("last", "Nice.")
    folder.env["GITHUB_RUN_ID"] = "78"

    folder.run("ci", "comment", "--report", "javascript:alert(1)").expect(stderr="comment updated")

    assert len(there.comments) == 233
    assert ours(there)[1:] == ["<!-- reelmake:preview run=78 -->\n### film\n\nTwo shots changed."]
    assert all("Not ours." in comment["body"] for comment in there.comments[:230])


def test_another_run_writes_it_at_the_same_moment(told: Told, there: ForgeServer) -> None:
    folder = told()
    there.twin = True
    folder.run("ci", "comment", "--cut", "https://forge.example/1").expect(stderr="comment written")
    assert len(ours(there)) == 1
    assert DONE in ours(there)[0]


def test_a_run_that_was_overtaken_leaves_the_newer_comment(told: Told, there: ForgeServer) -> None:
    folder = told()
    there.comment(BOT, "<!-- reelmake:preview run=78 -->\nNewer.")
    folder.run("ci", "comment").expect(stderr="comment overtaken")
    assert ours(there) == ["<!-- reelmake:preview run=78 -->\nNewer."]


BUSY = {"retry-after": "1"}
SPENT = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1"}


@pytest.mark.parametrize(
    ("faults", "says", "written"),
    [
        ([("GET", 429, BUSY), ("GET", 403, SPENT), ("POST", 429, {"retry-after": "0"})], "comment written", 1),
        ([("GET", 502, {})], "comment written", 1),
        ([("GET", 403, {"retry-after": "3600"})], "warning[RM755]: no comment: GET", 0),
        ([("POST", 500, {})] * 2, "warning[RM755]: no comment: POST", 0),  # the first is the question who we are
        ([("POST", 302, {"location": "http://127.0.0.1:9/"})] * 2, "warning[RM755]: no comment: POST", 0),
    ],
)
def test_a_forge_that_is_busy_or_broken(
    faults: list[tuple[str, int, dict[str, str]]], says: str, written: int, told: Told, there: ForgeServer
) -> None:
    folder = told()
    there.faults = list(faults)
    ran = folder.run("ci", "comment").expect(0, stderr=says)
    assert len(ours(there)) == written
    assert TOKEN not in ran.stdout + ran.stderr


@pytest.mark.parametrize("why", ["a fork", "a token that reads", "no token", "no pull request"])
def test_where_it_may_not_write_nothing_fails(why: str, told: Told, there: ForgeServer) -> None:
    folder = told(repository="evil/film") if why == "a fork" else told()
    there.writes = why != "a token that reads"
    if why == "no token":
        del folder.env["GITHUB_TOKEN"]
    if why == "no pull request":
        folder.write("../event.json", "{}")
    ran = folder.run("ci", "comment").expect(0)
    assert "no comment" in ran.stderr or "nothing to comment on" in ran.stderr
    assert "warning" not in ran.stderr
    assert there.comments == []
    assert there.asked == [] or why == "a token that reads"


def test_a_comment_is_no_longer_than_it_may_be(told: Told, there: ForgeServer) -> None:
    folder = told()
    folder.write("reelmake-preview/comment.md", "### film\n" + "a line of words 🎬\n" * 9_000)
    folder.run("ci", "comment").expect()
    assert 60_000 < len(ours(there)[0]) <= 65_536
    assert "… and more" in ours(there)[0]


LABELED = {"action": "labeled", "label": {"name": "build"}, "sender": {"login": "ana"}}


@pytest.mark.parametrize(
    ("event", "changes", "why"),
    [
        ("pull_request", {}, ""),
        ("push", {}, ""),
        ("workflow_dispatch", {}, ""),
        ("pull_request", {"action": "synchronize"}, 'only putting the label "build"'),
        ("pull_request", {"label": {"name": "docs"}}, 'only putting the label "build"'),
        ("pull_request", {"sender": {"login": "triager"}}, "may not write to team/film"),
        ("pull_request", {"sender": {"login": "../../../user"}}, "may not write to team/film"),
        ("pull_request", {"repository": "evil/film"}, "from another repository"),
        ("pull_request", {"pushed": True}, "bbbbbbbbbb was labelled, and cccccccccc was pushed since"),
        ("issue_comment", {}, "a run for issue_comment may not cost money"),
        ("pull_request_target", {}, "nothing is built under pull_request_target"),
    ],
)
def test_who_may_let_a_run_cost_money(
    event: str, changes: dict[str, object], why: str, told: Told, there: ForgeServer
) -> None:
    changes = dict(changes)
    there.permissions = {"ana": "write"}
    there.labels = ["build", "docs"]
    if changes.pop("pushed", False):
        there.head = "c" * 40
    folder = told(event, str(changes.pop("repository", "team/film")), **{**LABELED, **changes})

    ran = folder.run("ci", "gate", "--label", "build")

    ran.expect(3 if why else 0, stderr=why or None)
    assert there.labels == (["docs"] if event == "pull_request" and not why else ["build", "docs"])


def test_who_cannot_be_asked_about_may_not(told: Told, there: ForgeServer) -> None:
    folder = told(**LABELED)
    there.faults = [("GET", 404, {})]
    folder.run("ci", "gate", "--label", "build").expect(3, stderr="whether ana may write here cannot be told")


def test_on_gitlab_a_note_is_updated(project: Folder, there: ForgeServer) -> None:
    there.me = "project_7_bot"
    there.comment("someone", "<!-- reelmake:preview run=1 -->\nNot ours.")
    project.write("reelmake-preview/comment.md", "### film\n\nTwo shots changed.\n")
    project.env |= {
        "GITLAB_CI": "true",
        "CI_API_V4_URL": there.url,
        "CI_PIPELINE_ID": "9",
        "CI_COMMIT_SHA": HEAD,
        "CI_MERGE_REQUEST_IID": "12",
        "CI_MERGE_REQUEST_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_SOURCE_PROJECT_ID": "7",
        "CI_MERGE_REQUEST_DIFF_BASE_SHA": BASE,
        "CI_PROJECT_DIR": str(project.root),
        "CI_JOB_URL": "https://lab.example/team/film/-/jobs/3",
    }
    project.run("ci", "comment").expect(0, stderr="no comment: GITLAB_TOKEN is not set")
    project.env["GITLAB_TOKEN"] = TOKEN
    project.run("ci", "comment").expect(0, stderr="comment written")
    at = "https://lab.example/team/film/-/jobs/3/artifacts"
    project.write("reelmake-preview/preview-cut.webm", "")
    project.write("reelmake-preview/strips/a.png", "")
    shown = "\n\na, before above, after below:\n\n![before and after](https://strips.invalid/a.png)\n"
    project.write("reelmake-preview/comment.md", f"### film\n\nTwo shots changed.{shown}")
    project.run("ci", "comment").expect(0, stderr="comment updated")
    assert len(there.comments) == 2
    assert f"[Watch the cut]({at}/file/reelmake-preview/preview-cut.webm)" in there.comments[1]["body"]
    assert f"![before and after]({at}/raw/reelmake-preview/strips/a.png)" in there.comments[1]["body"]

    project.env["CI_MERGE_REQUEST_SOURCE_PROJECT_ID"] = "8"
    project.run("ci", "comment").expect(0, stderr="another repository")


def test_by_hand_a_mistake_is_told_where_one_looks(project: Folder) -> None:
    project.write("storyboard.yaml", "reelmake: 1\nshots:\n  a: {promt: A kite.}\n")
    project.run("ci", "preview").expect(2, stderr='storyboard.yaml:3:7: error[RM201]: unknown key "promt"')
