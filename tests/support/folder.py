"""A project in a temporary folder, and the real command on it: `project.storyboard(…)`, `project.run("build")`."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from textwrap import dedent
from typing import Any

from tests.support.warm import PATIENCE, quick

HERE = Path(__file__).parents[2]  # above tests/, whose modules hurried commands need
TINY = "defaults: {size: 128x72, seconds: 0.5}\n"


@dataclass(frozen=True)
class Ran:
    """How a command ended."""

    code: int
    stdout: str
    stderr: str

    @property
    def json(self) -> Any:
        return json.loads(self.stdout)

    def expect(self, code: int = 0, *, stdout: str | None = None, stderr: str | None = None) -> Ran:
        """Fails with everything that was said unless the command ended so; `stdout`, `stderr`: a part of it."""
        everything = f"exit {self.code}\n--- stdout\n{self.stdout}\n--- stderr\n{self.stderr}"
        assert self.code == code, f"expected exit {code}\n{everything}"
        assert "Traceback" not in self.stderr, everything
        assert stdout is None or stdout in self.stdout, f"expected on stdout: {stdout}\n{everything}"
        assert stderr is None or stderr in self.stderr, f"expected on stderr: {stderr}\n{everything}"
        return self


@dataclass
class Folder:
    """A project folder. `env` is added to the environment of every command.

    `hurried`: commands wait as long for lost orders as a loopback server needs, not as a vendor does. `python`: the one
    that reelmake is installed for.
    """

    root: Path
    env: dict[str, str] = field(default_factory=dict)
    hurried: bool = False
    python: str = sys.executable

    @property
    def own(self) -> dict[str, str]:
        """What every command of this project has in its environment: a configuration of its own, not this machine's."""
        return {"XDG_CONFIG_HOME": str(self.root.parent / "config")}

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else dedent(text).encode())
        return path

    def storyboard(self, text: str, *, head: str = "reelmake: 1\n" + TINY) -> Path:
        return self.write("storyboard.yaml", head + dedent(text))

    @property
    def environment(self) -> dict[str, str]:
        """All that every command of this project has in its environment."""
        paths = [str(HERE)] if self.hurried else []
        paths += [path for path in (self.env.get("PYTHONPATH") or os.environ.get("PYTHONPATH"),) if path]
        found = {"PYTHONPATH": os.pathsep.join(paths)} if paths else {}
        return {**os.environ, **self.own, "NO_COLOR": "1", **self.env, **found}

    def start(self, *args: str, cwd: str = ".") -> subprocess.Popen[str]:
        """The command, started and not waited for."""
        return subprocess.Popen(
            [self.python, "-m", "tests.support.hurried" if self.hurried else "reelmake", *args],
            cwd=self.root / cwd,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *args: str, cwd: str = ".") -> Ran:
        """The command, to its end; mostly by `quick`."""
        if self.python == sys.executable and (
            ran := quick(args, self.environment, self.root / cwd, waits=not self.hurried)
        ):
            return Ran(*ran)
        process = self.start(*args, cwd=cwd)
        out, err = process.communicate(timeout=PATIENCE)
        return Ran(process.returncode, out, err)

    def build(self, *args: str) -> Any:
        """A build that must succeed; its JSON."""
        return self.run("build", "--json", *args).expect().json

    def plan(self, *args: str) -> Any:
        return self.run("plan", "--json", *args).expect().json

    def verdicts(self, *args: str) -> dict[str, str]:
        """Shot (or shot#take) -> verdict."""
        return {j["shot"] + (f"#{j['take']}" if j["take"] > 1 else ""): j["verdict"] for j in self.plan(*args)["jobs"]}

    def copy(self, root: Path) -> Folder:
        """The same project elsewhere, with all that was made in it."""
        return Folder(Path(shutil.copytree(self.root, root)), dict(self.env), self.hurried, self.python)

    def cut(self, name: str = "cut.mp4") -> bytes:
        return (self.root / "build" / name).read_bytes()
