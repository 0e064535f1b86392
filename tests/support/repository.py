"""A real git repository in a folder: `repository.commit()`, `repository.git("branch", "other")`."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path

WHO = {"GIT_AUTHOR_NAME": "Maya", "GIT_AUTHOR_EMAIL": "maya@example.org"}
WHO |= {name.replace("AUTHOR", "COMMITTER"): value for name, value in WHO.items()}
ALONE = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}  # nothing of this machine's


@dataclass(frozen=True)
class Repository:
    """At `root`, which git has begun."""

    root: Path

    @classmethod
    def begin(cls, root: Path) -> Repository:
        root.mkdir(parents=True, exist_ok=True)
        found = cls(root)
        found.git("init", "-q", "-b", "main")
        return found

    def git(self, *words: str) -> str:
        line = ["git", "-c", "protocol.file.allow=always", *words]
        said = subprocess.run(
            line, cwd=self.root, env={**os.environ, **ALONE, **WHO}, capture_output=True, text=True, check=False
        )
        assert not said.returncode, said.stderr
        return said.stdout.strip()

    def write(self, files: dict[str, str | bytes]) -> None:
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(text if isinstance(text, bytes) else text.encode())

    def commit(self, files: dict[str, str | bytes] | None = None, message: str = "A change") -> str:
        """Writes the files, commits all there is, and returns the commit."""
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD")
