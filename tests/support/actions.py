"""GitHub's runner, as far as a composite action needs one: its steps, carried out as they stand.

`run` is a script for bash, with the environment that GitHub gives and nothing else; `uses` is a stand-in for an action
of GitHub's own; `if`, `${{ }}`, outputs, summaries, `continue-on-error` and workflow commands in the log are as
documented (from memory, 2026-11-30). Knows no step by name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

TOP = Path(__file__).resolve().parents[2]
_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_WORD = re.compile(r"'(?:[^']|'')*'|[A-Za-z_][\w.-]*(?:\(\))?|&&|\|\||==|!=|!|\(|\)")
_COMMAND = re.compile(r"^\s*::([\w-]+)(?: ([^\r\n]*?))?::(.*)$")
_ALWAYS = ("always()", "cancelled()", "failure()")


@dataclass
class Job:
    """What became of an action. `log`: all that was printed. `commands`: what of it the runner obeyed, (name,
    properties, message). `artifacts`: name -> file. `summary`: of all steps. `ran`: names of the steps that were
    run."""

    log: str = ""
    failed: bool = False
    summary: str = ""
    commands: list[tuple[str, dict[str, str], str]] = field(default_factory=list)
    artifacts: dict[str, Path] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    outputs: dict[str, dict[str, str]] = field(default_factory=dict)

    def annotations(self) -> list[tuple[str, dict[str, str], str]]:
        return [found for found in self.commands if found[0] in ("error", "warning", "notice")]


@dataclass
class Runner:
    """Of a job in `workspace`, a checkout. `env`: what GitHub and the workflow set beyond the usual; `secrets` none."""

    workspace: Path
    temp: Path
    env: Mapping[str, str]
    token: str = ""

    def carry_out(self, action: Path, **inputs: str) -> Job:
        """An action.yml; names of inputs with `_` for `-`."""
        document = yaml.safe_load(action.read_text("utf-8"))
        given = {name: self._filled(str(said.get("default", "")), {}) for name, said in document["inputs"].items()}
        given |= {name.replace("_", "-"): value for name, value in inputs.items()}
        assert given.keys() == document["inputs"].keys(), "an input that the action has not"
        job = Job()
        self.temp.mkdir(parents=True, exist_ok=True)
        for number, step in enumerate(document["runs"]["steps"]):
            self._step(step, number, given, job, action.parent)
        return job

    def _step(self, step: dict[str, Any], number: int, given: dict[str, str], job: Job, action: Path) -> None:
        known = {f"inputs.{name}": value for name, value in given.items()}
        known |= {f"steps.{id}.outputs.{name}": v for id, found in job.outputs.items() for name, v in found.items()}
        condition = str(step.get("if", "true"))
        if job.failed and not any(word in condition for word in _ALWAYS):
            return
        if not _true(condition, known | {"github.token": self.token}):
            return
        job.ran.append(step["name"])
        outputs = job.outputs.setdefault(step["id"], {}) if "id" in step else {}
        if "uses" in step:
            kind = step["uses"].partition("@")[0]
            values = {name: self._filled(str(value), known) for name, value in step["with"].items()}
            failed = not _USES[kind](values, self.temp, job, outputs)
        else:
            failed = self._script(step, number, known, job, action, outputs)
        job.failed = job.failed or (failed and not step.get("continue-on-error"))

    def _script(
        self, step: dict[str, Any], number: int, known: dict[str, str], job: Job, action: Path, outputs: dict[str, str]
    ) -> bool:
        assert step["shell"] == "bash"
        assert not _EXPRESSION.search(step["run"]), "an expression in a script is text for bash"
        files = {name: self.temp / f"{name}-{number}" for name in ("OUTPUT", "STEP_SUMMARY", "ENV", "PATH")}
        for file in files.values():
            file.write_text("")
        script = self.temp / f"step-{number}.sh"
        script.write_text(step["run"])
        env = {"PATH": os.environ["PATH"], "HOME": str(self.temp), "CI": "true", "GITHUB_ACTIONS": "true", **self.env}
        env |= {"GITHUB_WORKSPACE": str(self.workspace), "RUNNER_TEMP": str(self.temp)}
        env |= {"GITHUB_ACTION_PATH": str(action), **{f"GITHUB_{name}": str(file) for name, file in files.items()}}
        env |= {name: self._filled(str(value), known) for name, value in step.get("env", {}).items()}
        ran = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(script)],
            cwd=self.workspace,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        job.log += ran.stdout
        job.commands += obeyed(ran.stdout)
        job.summary += files["STEP_SUMMARY"].read_text("utf-8")
        assert len(files["STEP_SUMMARY"].read_bytes()) <= 1024 * 1024
        assert files["ENV"].read_text() == files["PATH"].read_text() == "", "no step changes what the next ones are"
        outputs |= dict(line.split("=", 1) for line in files["OUTPUT"].read_text("utf-8").splitlines())
        return ran.returncode != 0

    def _filled(self, text: str, known: Mapping[str, str]) -> str:
        at = dict(known) | {"github.token": self.token}
        return _EXPRESSION.sub(lambda found: str(_value(found[1], at)), text)


def obeyed(log: str) -> list[tuple[str, dict[str, str], str]]:
    """The workflow commands of a log, less those between `stop-commands` and its word."""
    found, word = [], ""
    for line in log.splitlines():
        if not (match := _COMMAND.match(line)):
            assert word or "##[" not in line
            continue
        name, pairs, message = match[1], match[2] or "", match[3]
        if word:
            word = "" if name == word else word
        elif name == "stop-commands":
            word = message
        else:
            properties = dict(pair.split("=", 1) for pair in pairs.split(",") if pair)
            plain = {key: _plain(value, properties=True) for key, value in properties.items()}
            found.append((name, plain, _plain(message)))
    return found


def _plain(text: str, *, properties: bool = False) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), *((("%3A", ":"), ("%2C", ",")) if properties else ())):
        text = text.replace(code, character)
    return text.replace("%25", "%")


def _true(condition: str, known: Mapping[str, str]) -> bool:
    found = _EXPRESSION.fullmatch(condition.strip())
    return bool(_value(found[1] if found else condition, known))


def _value(expression: str, known: Mapping[str, str]) -> Any:
    """Of words, texts in quotes, `==`, `!=`, `!`, `&&`, `||` and the functions that ask how the job goes."""
    signs = {"&&": " and ", "||": " or ", "!": " not ", "==": "==", "!=": "!=", "(": "(", ")": ")"}
    plain = {"always()": "True", "cancelled()": "False", "true": "True", "false": "False"}
    assert not _WORD.sub("", expression).strip(), f"not understood: {expression}"
    parts = []
    for word in _WORD.findall(expression):
        text = word[1:-1].replace("''", "'") if word.startswith("'") else known.get(word, "")
        parts.append(signs.get(word) or plain.get(word) or repr(text))
    return eval("".join(parts), {"__builtins__": {}})


def _upload(given: dict[str, str], temp: Path, job: Job, outputs: dict[str, str]) -> bool:
    """actions/upload-artifact@v7: with `archive: false` one file, which has its own name."""
    paths = [Path(line.strip()) for line in given["path"].splitlines() if line.strip()]
    assert not any(set(str(path)) & set("*?[!") for path in paths), "a pattern would pick other files"
    paths = [path for path in paths if path.exists()]
    if not paths:
        return True  # a warning
    single = given.get("archive") == "False"
    if single and (len(paths) != 1 or not paths[0].is_file()):
        return False
    name = paths[0].name if single else given["name"]
    kept = temp / "artifacts" / name
    kept.parent.mkdir(exist_ok=True)
    if kept.exists() and given.get("overwrite") != "True":
        return False
    shutil.rmtree(kept, ignore_errors=True)
    if single:
        shutil.copyfile(paths[0], kept)
    else:
        for path in paths:
            place = kept / path.name
            (shutil.copytree if path.is_dir() else _copied)(path, place)
    job.artifacts[name] = kept
    outputs["artifact-url"] = f"https://forge.example/artifacts/{len(job.artifacts)}"
    return True


def _copied(path: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(path, place)


_USES: dict[str, Callable[[dict[str, str], Path, Job, dict[str, str]], bool]] = {"actions/upload-artifact": _upload}


def installed(folder: Path) -> str:
    """A folder for PATH with a `uv` that installs nothing: its environments have the reelmake of these tests. What it
    was asked, and where, is in `uv.log` beside it."""
    folder.mkdir(parents=True, exist_ok=True)
    program = folder / "uv"
    program.write_text(
        f'#!/bin/bash\necho "$PWD" "$@" >> "{folder}/uv.log"\n'
        'if [ "$1" = venv ]; then for there; do :; done; mkdir -p "$there/bin"\n'
        f"printf '%s\\n' '#!/bin/sh' 'exec {sys.executable} -P -m reelmake \"$@\"' > \"$there/bin/reelmake\"\n"
        'chmod +x "$there/bin/reelmake"; fi\n'
    )
    program.chmod(0o755)
    return str(folder)
