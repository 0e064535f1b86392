"""GitLab as a forge: the merge request that a pipeline is for, and notes on it.

All it is told stands in the environment that the runner sets. A job's own token may not write notes, so it takes a
project's or a person's, with the scope `api`, from GITLAB_TOKEN; a fork's pipeline has none. Of the environment only
GitLab's own words are read: numbers, commits, addresses; no title and no name of a branch.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from urllib.parse import quote

from reelmake.errors import NoAccess
from reelmake.world.forge import UNWRITTEN, Api, Comment, Proposal, Told, commit


class GitLab:
    """`environ`: of a job."""

    most = 1_000_000

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ

    @property
    def run(self) -> int:
        return int(self._environ.get("CI_PIPELINE_ID") or 0)

    def change(self) -> Proposal | None:
        told = self._environ.get
        if not (number := told("CI_MERGE_REQUEST_IID", "")):
            return None
        foreign = told("CI_MERGE_REQUEST_SOURCE_PROJECT_ID") != told("CI_MERGE_REQUEST_PROJECT_ID")
        base, head = told("CI_MERGE_REQUEST_DIFF_BASE_SHA"), told("CI_COMMIT_SHA")
        return Proposal(int(number), foreign, commit(base), commit(head))

    def myself(self) -> str:
        return str(self._api.ask("GET", "/user")["username"])

    def comments(self) -> Iterator[Comment]:
        page = 1
        while found := self._api.ask("GET", self._notes, sort="asc", order_by="created_at", per_page=100, page=page):
            yield from map(_comment, found)
            page += 1

    def write(self, body: str) -> Comment:
        return _comment(self._api.ask("POST", self._notes, {"body": body}))

    def rewrite(self, id: int, body: str) -> None:
        self._api.ask("PUT", f"{self._notes}/{id}", {"body": body})

    def remove(self, id: int) -> None:
        self._api.ask("DELETE", f"{self._notes}/{id}")

    def show(self, pictures: Sequence[Path], name: str, branch: str) -> str:
        """Where pictures will be seen that this job hands on as artifacts: the address of their folder."""
        return self._artifact("raw", pictures[0].parent)

    def page(self, file: Path) -> str:
        """Where a browser shows a file that this job hands on."""
        return self._artifact("file", file)

    def _artifact(self, form: str, path: Path) -> str:
        inside = os.path.relpath(path, self._environ["CI_PROJECT_DIR"])
        return f"{self._environ['CI_JOB_URL']}/artifacts/{form}/{quote(inside)}"

    @property
    def _notes(self) -> str:
        project, number = self._environ["CI_MERGE_REQUEST_PROJECT_ID"], self._environ["CI_MERGE_REQUEST_IID"]
        return f"/projects/{int(project)}/merge_requests/{int(number)}/notes"

    @cached_property
    def _api(self) -> Api:
        if not (token := self._environ.get("GITLAB_TOKEN", "")):
            raise NoAccess("GITLAB_TOKEN is not set", code=UNWRITTEN)
        return Api(self._environ["CI_API_V4_URL"], {"PRIVATE-TOKEN": token})


def _comment(told: Told) -> Comment:
    return Comment(int(told["id"]), str(told["author"]["username"]), str(told["body"]))
