"""GitHub as a forge: the event that a run of Actions is for, who may let it cost money, and comments.

All it is told stands in the environment that the runner sets. Of the event, only GitHub's own words are believed: a
number, commits, logins; titles and names of branches are never read.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import quote

from reelmake.errors import NoAccess, ReelmakeError, StepError, Unwilling
from reelmake.world.forge import UNWRITTEN, Api, Comment, Proposal, Told, commit
from reelmake.world.pictures_branch import PicturesBranch, push

STRANGERS, COSTS = "RM753", "RM754"
_RIGHTS_OF_OURS = ("pull_request_target", "workflow_run")  # a stranger's files, with the rights of the repository
_BY_MEMBERS = ("push", "workflow_dispatch", "schedule")  # what only people who may write can cause
_MAY_WRITE = ("admin", "maintain", "write")
_BOT = "github-actions[bot]"


class GitHub:
    """`environ`: of a step of a job. Raises Unwilling (RM753) for events under which a stranger's files would be built
    with the rights of the repository."""

    most = 65_536

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._repository = environ.get("GITHUB_REPOSITORY", "")
        self._kind = environ.get("GITHUB_EVENT_NAME", "")
        if self._kind in _RIGHTS_OF_OURS:
            said = f"nothing is built under {self._kind}: a stranger's files would run with this repository's rights"
            raise Unwilling(said, code=STRANGERS, next_steps=("on: pull_request",))

    @property
    def run(self) -> int:
        return int(self._environ.get("GITHUB_RUN_ID") or 0)

    @cached_property
    def _event(self) -> Told:
        file = self._environ.get("GITHUB_EVENT_PATH", "")
        return dict(json.loads(Path(file).read_text("utf-8"))) if file else {}

    def change(self) -> Proposal | None:
        pull = self._event.get("pull_request")
        if not isinstance(pull, dict):
            return None
        from_ = (pull["head"].get("repo") or {}).get("full_name")  # None: the fork was deleted
        return Proposal(
            int(pull["number"]), from_ != self._repository, commit(pull["base"]["sha"]), commit(pull["head"]["sha"])
        )

    def allow_costs(self, label: str) -> str:
        """Raises Unwilling (RM754) unless whoever caused this run may let it cost money: somebody who may write here
        has put `label` on the pull request, at the very commit that it is at now. The label is taken away again: it
        stands for one build of one commit. What to tell of that, "" = nothing."""
        if self._kind in _BY_MEMBERS:
            return ""
        change = self.change()
        if self._kind != "pull_request" or change is None:
            raise _costs(f"a run for {self._kind or 'nothing'} may not cost money")
        if change.foreign:
            raise _costs("a pull request from another repository may not cost money, whoever labels it")
        if self._event.get("action") != "labeled" or self._event.get("label", {}).get("name") != label:
            raise _costs(f'only putting the label "{label}" on a pull request lets a run cost money')
        login = str(self._event["sender"]["login"])
        try:
            found = self._ask("GET", f"/collaborators/{quote(login, safe='')}/permission")
            now = commit(self._ask("GET", f"/pulls/{change.number}")["head"]["sha"])
        except ReelmakeError as error:
            raise _costs(f"whether {login} may write here cannot be told: {error}") from error
        if found["permission"] not in _MAY_WRITE:
            raise _costs(f"{login}, who put the label, may not write to {self._repository}")
        if now != change.head:
            raise _costs(f"{change.head[:10]} was labelled, and {now[:10]} was pushed since")
        try:
            self._ask("DELETE", f"/issues/{change.number}/labels/{quote(label, safe='')}")
        except (NoAccess, StepError) as error:
            return f"the label stays, for it cannot be taken away: {error}"
        return f'the label "{label}" was taken away: it stands for one build of one commit'

    def myself(self) -> str:
        """GraphQL says it of every kind of token, `GET /user` only of people's."""
        address = self._environ.get("GITHUB_GRAPHQL_URL", "https://api.github.com/graphql")
        try:
            found = Api(address, self._headers).ask("POST", "", {"query": "query { viewer { login } }"})
            return str(found["data"]["viewer"]["login"])
        except (ReelmakeError, KeyError, TypeError):
            return _BOT

    def comments(self) -> Iterator[Comment]:
        page = 1
        while found := self._ask("GET", f"/issues/{self._number}/comments", per_page=100, page=page):
            yield from map(_comment, found)
            page += 1

    def write(self, body: str) -> Comment:
        return _comment(self._ask("POST", f"/issues/{self._number}/comments", {"body": body}))

    def rewrite(self, id: int, body: str) -> None:
        self._ask("PATCH", f"/issues/comments/{id}", {"body": body})

    def remove(self, id: int) -> None:
        self._ask("DELETE", f"/issues/comments/{id}")

    def page(self, file: Path) -> str:
        """Not known here: another action hands it on."""
        return ""

    def show(self, pictures: Sequence[Path], name: str, branch: str) -> str:
        """Puts pictures where who may see the repository can see them: on a branch. The address of their folder, "" if
        no branch is named or this token may not push. Raises StepError (RM755)."""
        if not branch:
            return ""
        server = self._environ.get("GITHUB_SERVER_URL", "https://github.com")
        folder = f"{self._number}/{name}"
        remote = PicturesBranch(f"{server}/{self._repository}.git", self._environ.get("GITHUB_TOKEN", ""), branch)
        try:
            push(remote, folder, pictures)
        except NoAccess:
            return ""
        return f"{server}/{self._repository}/raw/{quote(branch)}/{folder}"

    @property
    def _number(self) -> int:
        return int(self._event["pull_request"]["number"])

    @property
    def _headers(self) -> dict[str, str]:
        """Raises NoAccess (RM755)."""
        if not (token := self._environ.get("GITHUB_TOKEN", "")):
            raise NoAccess("GITHUB_TOKEN is not set", code=UNWRITTEN)
        kind = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}
        return {"Authorization": f"Bearer {token}", **kind}

    @cached_property
    def _api(self) -> Api:
        return Api(self._environ.get("GITHUB_API_URL", "https://api.github.com"), self._headers)

    def _ask(self, method: str, path: str, json: object = None, **params: str | int) -> Any:
        return self._api.ask(method, f"/repos/{self._repository}{path}", json, **params)


def _comment(told: Told) -> Comment:
    return Comment(int(told["id"]), str((told.get("user") or {}).get("login", "")), str(told.get("body") or ""))


def _costs(said: str) -> Unwilling:
    return Unwilling(said, code=COSTS)
