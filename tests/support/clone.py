"""A project in a work tree of git, of one person, with a store of its own."""

from __future__ import annotations

import subprocess

from tests.support.folder import Folder


class Clone(Folder):
    def git(self, *words: str) -> str:
        """What git says. Fails if git does."""
        who = ["-c", f"user.name={self.root.name}", "-c", "user.email=who@example.org", "-c", "commit.gpgsign=false"]
        done = subprocess.run(["git", *who, *words], cwd=self.root, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def commit(self, message: str) -> None:
        self.git("add", "-A")
        self.git("commit", "-qm", message)

    def edit(self, before: str, after: str) -> None:
        board = (self.root / "storyboard.yaml").read_text()
        assert before in board
        self.write("storyboard.yaml", board.replace(before, after))

    @property
    def lock(self) -> str:
        return (self.root / "reelmake.lock").read_text()
