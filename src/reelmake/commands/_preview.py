"""What reviewers of a change look at, collected in a folder: what is wrong, what it comes to, the film.

Every step is a command that a person could type. It runs in a process of its own, without the tokens of the forge, for
it reads a stranger's files. Knows nothing of pull requests.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from reelmake.report import at_lines
from reelmake.report.at_lines import Told
from reelmake.report.console import Console
from reelmake.report.naming import DRAFT
from reelmake.report.plan_table import words
from reelmake.session.workspace import LOCK
from reelmake.store.disk import STATE
from reelmake.store.placing import place, write_text
from reelmake.visible import one_line

MODES = {
    "auto": "cache where every take is there, else sketch",
    "cache": "from takes that were made before; generates nothing",
    "sketch": "drawn; no provider is contacted, no secret is read",
    "pay": "orders what is missing, within --budget",
}
COMMENT, STRIPS, SARIF = "comment.md", "strips", "reelmake.sarif"
STRIPS_AT = "https://strips.invalid"  # where pictures are until somebody puts them somewhere
_BUILDS = {"cache": ["--locked"], "sketch": ["--draft"], "pay": ["--yes"]}
_SAYS = {
    "cache": "The film is cut from takes that were made before; nothing was generated.",
    "sketch": "The film is drawn, as an animatic: no provider was contacted.",
    "pay": "The film is built, at a cost.",
}
_TOKENS = ("GITHUB_TOKEN", "GH_TOKEN", "GITLAB_TOKEN", "CI_JOB_TOKEN")
_PLAYABLE = (".mp4", ".webm", ".mov", ".gif")
_PICTURE = re.compile(rf"^[^\n]*\n\n!\[[a-z ]+\]\({re.escape(STRIPS_AT)}/[^)\n]*\)\n?", re.MULTILINE)
_MOST_SUMMARY = 1_000_000  # bytes that GitHub takes of a step


class Preview:
    """Of the storyboard `board`, into `folder`. `form`: the words that name it, with its profile and settings.
    `most`: characters of the comment."""

    def __init__(
        self, board: Path, form: Sequence[str], folder: Path, name: str, console: Console, *, most: int
    ) -> None:
        self._board, self._form, self._folder, self._name = board, list(form), folder, name
        self._console, self._most = console, most
        self._on_github = os.environ.get("GITHUB_ACTIONS") == "true"
        self._heading, self._report, self._plan = f"### {words(os.path.relpath(board, _top()))}", "", ""
        self._notes: list[str] = []
        self._sketched = False
        self._env = {name: value for name, value in os.environ.items() if name not in _TOKENS}
        self.outputs: dict[str, str] = {}
        self._put("folder", folder)

    def alone(self) -> None:
        """No shared store is asked that a stranger's storyboard names: an empty folder is in its place, unless whoever
        runs this has named one."""
        from reelmake.world.shared_store import VARIABLE

        empty = self._folder / "nothing"
        empty.mkdir(exist_ok=True)
        self._env.setdefault(VARIABLE, empty.as_uri())

    def check(self, mode: str) -> int:
        """What is wrong is shown at its lines. The status of `check`."""
        status, text = self._ran("check", "--json", *(["--draft"] if mode == "sketch" else []))
        said = _object(text)
        found = said.get("diagnostics") or said.get("error", {}).get("diagnostics", [])
        self._annotate(at_lines.github(found, _from_top))
        if not self._on_github:
            for line in at_lines.plain(found, _from_top):
                self._console.complain(line)
        write_text(self._folder / "code-quality.json", at_lines.code_quality(found, _from_top))
        return status

    def plan(self) -> None:
        """What a build of the merged storyboard would come to."""
        _, text = self._ran("plan", "--format", "markdown")
        if text:
            self._plan = f"<details><summary>What building it would come to</summary>\n\n{text.strip()}\n\n</details>"

    def report(self, base: str) -> None:
        """What changed since the revision `base`, "" = it is not known. It tells mistakes, too, so there is one of a
        storyboard that has some."""
        page, strips, sarif = self._folder / f"{self._name}-report.html", self._folder / STRIPS, self._folder / SARIF
        summary = self._folder / "report.md"
        for file in (page, summary, sarif):
            file.unlink(missing_ok=True)
        shutil.rmtree(strips, ignore_errors=True)
        files = ["--html", str(page), "--markdown", str(summary), "--sarif", str(sarif)]
        files += ["--strips", str(strips), "--strips-at", STRIPS_AT, *(["--draft"] if self._sketched else [])]
        if not (base and self._reported(files, base)):
            self._reported(files, "")
        if summary.is_file():
            _, self._heading, self._report = summary.read_text("utf-8").split("\n", 2)
        if _SAYS["sketch"] in self._notes:  # which says it to whoever may not know what a draft is
            self._report = self._report.replace(f"- {DRAFT}, nothing is ordered\n", "", 1)
        for name, file in (("report", page), ("sarif", sarif)):
            if file.is_file():
                self._put(name, file)

    def _reported(self, files: Sequence[str], base: str) -> bool:
        """Was it compared with that revision? If not, it is said why."""
        _, text = self._ran("report", "--json", *files, *(["--base", base] if base else []))
        error = _object(text).get("error")
        if error:
            self._tell(error, "warning")
        return not error

    def build(self, mode: str, budget: str) -> int:
        """Builds the film as MODES say, and takes a copy that can be watched. The status of `build`."""
        more = ["--budget", budget] if mode == "pay" else []
        if mode == "auto":
            if self._ran("plan", "--locked", "--json", probing=True)[0]:
                self._console.say("not every take is there: the film is drawn")
            elif self._built("cache", more) == 0:
                return 0
            mode = "sketch"
        if mode == "pay":  # told before anything is paid: it is to be kept whatever becomes of this run
            self._put("state", self._board.parent / STATE)
            self._put("lock", self._board.parent / LOCK)
        return self._built(mode, more)

    def _built(self, mode: str, more: Sequence[str]) -> int:
        status, text = self._ran("build", "--json", *_BUILDS[mode], *more)
        said = _object(text)
        self._sketched = mode == "sketch"
        if error := said.get("error"):
            self._tell(error, "error")
        else:
            self._notes.append(_SAYS[mode])
            self._put("built", mode)
        for output in said.get("outputs", {}):
            source = self._board.parent / output
            if source.suffix in _PLAYABLE and source.is_file():
                target = self._folder / f"{self._name}-cut{source.suffix}"
                place([(source, target)])
                self._put("cut", target)
                break
        return status

    def _tell(self, error: Told, severity: str) -> None:
        """Of a command that was refused or failed, at its line and in the comment."""
        whole = {**error, "hint": "\n".join(step["command"] for step in error["next"])}
        found = [{**told, "severity": severity} for told in error.get("diagnostics", [whole])]
        self._annotate(at_lines.github(found, _from_top))
        self._notes.append(at_lines.listed(found, _from_top))

    def written(self) -> None:
        """Leaves the text of the comment and, on GitHub, the summary of the step."""
        write_text(self._folder / COMMENT, self._text(self._most))
        if self._on_github:
            _append("GITHUB_STEP_SUMMARY", with_pictures(self._text(_MOST_SUMMARY // 4), ""))  # at most 4 bytes each

    def _text(self, most: int) -> str:
        """What fits of it; the plan whole or not at all."""
        text = fitting("\n\n".join([self._heading, *self._notes, self._report.strip()]) + "\n", most)
        return text + (f"\n{self._plan}\n" if len(text) + len(self._plan) + 2 <= most else "")

    def _put(self, name: str, value: object) -> None:
        """For the steps that follow."""
        self.outputs[name] = one_line(str(value))
        if self._on_github:
            _append("GITHUB_OUTPUT", f"{name}={self.outputs[name]}\n")

    def _annotate(self, lines: Sequence[str]) -> None:
        if self._on_github:
            self._console.result("".join(line + "\n" for line in lines), drawn=True)
            sys.stdout.flush()  # before what a command says, which has a stream of its own

    def _ran(self, command: str, *more: str, probing: bool = False) -> tuple[int, str]:
        """How a command ended, and what it wrote to stdout. What it tells people stays in the log, where the runner
        obeys none of it; `probing`: they are told nothing, for it may well be refused."""
        word = secrets.token_hex(16)
        self._annotate([at_lines.command("group", f"reelmake {command}"), f"::stop-commands::{word}"])
        ran = subprocess.run(
            [sys.executable, "-P", "-m", "reelmake", command, *more, *self._form],
            env=self._env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL if probing else None,
            text=True,
            check=False,
        )
        self._annotate([f"::{word}::", "::endgroup::"])
        return ran.returncode, ran.stdout


def fitting(text: str, most: int) -> str:
    """What of a text fits into so many characters: whole paragraphs, or else whole lines, and that there is more."""
    if len(text) <= most:
        return text
    more = "\n\n… and more, which is too long for here.\n"
    text = text[: most - len(more)]
    end = text.rfind("\n\n")
    return text[: end if end > most // 2 else text.rfind("\n")] + more


def with_pictures(text: str, address: str) -> str:
    """A text with its strips at an address; "" = without them."""
    if address:
        return text.replace(f"]({STRIPS_AT}/", f"]({address}/")
    return _PICTURE.sub("", text)


def _object(text: str) -> Told:
    try:
        return dict(json.loads(text))
    except ValueError:
        return {}


def _top() -> str:
    """The folder that a forge counts paths from."""
    return os.environ.get("GITHUB_WORKSPACE") or os.environ.get("CI_PROJECT_DIR") or os.curdir


def _from_top(file: str) -> str:
    return Path(os.path.relpath(file, _top())).as_posix()


def _append(variable: str, text: str) -> None:
    if file := os.environ.get(variable):
        with Path(file).open("a", encoding="utf-8") as opened:
            opened.write(text)
