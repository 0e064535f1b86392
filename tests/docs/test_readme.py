"""Every fenced block of the README and of the tutorials is run: `sh` and `console` in one sandbox, in order; the others
as what they are.

A `console` block shows what comes out, stdout before stderr; `…` stands for anything. `make` is only asked for its
targets here: CI runs them for real. The port that pages name for a server is a free one here, and films are small.
"""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.folder import Folder
from tests.support.materials import content

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAID = ROOT / "docs" / "tutorial" / "paid-takes.md"
PORT = "8901"  # where pages start their server
SMALL = {"1280x720": "320x180", "640x360": "160x90"}  # for sizes of pages: no block says what a size looks like


@dataclass(frozen=True)
class Block:
    language: str
    text: str
    line: int


def blocks(page: Path) -> list[Block]:
    text = page.read_text()
    found = re.finditer(r"^```(\w*)\n(.*?)^```$", text, flags=re.DOTALL | re.MULTILINE)
    return [Block(m[1], m[2], text.count("\n", 0, m.start()) + 1) for m in found]


class Sandbox:
    """A shell that stays where it went and keeps what it exported, with the commands of this very environment."""

    def __init__(self, root: Path) -> None:
        self.cwd = root
        self.kept = root / "kept.sh"
        self.kept.touch()
        self.behind = root / "behind"
        self.behind.touch()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = str(free.getsockname()[1])
        programs = root / "bin"
        programs.mkdir()
        command = programs / "reelmake"
        shrunk = "; ".join(f"s/{theirs}/{ours}/" for theirs, ours in SMALL.items())
        command.write_text(f"""\
#!/bin/sh
[ "$1" = init ] || exec "{sys.executable}" -m reelmake "$@"
"{sys.executable}" -m reelmake "$@" && sed -i "{shrunk}" "$2/storyboard.yaml"
""")
        command.chmod(0o755)
        self.env = {**os.environ, "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "NO_COLOR": "1"}

    def sh(self, script: str) -> subprocess.CompletedProcess[str]:
        place = self.cwd / ".place"
        script = self.here(script)
        leave = f'pwd > "{place}"; export -p > "{self.kept}"; jobs -p >> "{self.behind}"'
        ran = subprocess.run(
            ["bash", "-c", f". '{self.kept}'\ntrap '{leave}' EXIT\n{script}"],
            cwd=self.cwd,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=240,
        )
        self.cwd = Path(place.read_text().strip())
        place.unlink()
        return ran

    def here(self, text: str) -> str:
        """What a page says, with the port and the small sizes of this sandbox."""
        for theirs, ours in {PORT: self.port, **SMALL}.items():
            text = text.replace(theirs, ours)
        return text

    def end(self) -> None:
        """What blocks left running in the background is ended."""
        for pid in map(int, self.behind.read_text().split()):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGTERM)


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    shell = Sandbox(tmp_path)
    yield shell
    shell.end()


def shown(text: str) -> str:
    """A pattern of what a block shows; `…` stands for anything, more than one line too."""
    return ".*".join(re.escape(part) for part in text.strip().split("…"))


def turns(text: str) -> list[tuple[str, str]]:
    """(command, what comes out) of a console block."""
    parts = re.split(r"^\$ (.*)\n", text, flags=re.MULTILINE)[1:]
    return list(zip(parts[::2], parts[1::2], strict=True))


def test_every_block_is_of_a_kind_that_is_run() -> None:
    assert {b.language for b in blocks(README)} == {"sh", "console", "yaml", "python"}


@pytest.mark.slow
@pytest.mark.parametrize("page", [README, PAID], ids=lambda p: p.stem)
def test_the_blocks_do_what_they_say(page: Path, sandbox: Sandbox) -> None:
    for block in blocks(page):
        where = f"{page.name}:{block.line}"
        if block.language == "sh" and block.text.startswith("make"):
            wishes = " ".join(line.removeprefix("make ") for line in block.text.splitlines())
            assert subprocess.run(["make", "-n", *wishes.split()], cwd=ROOT, capture_output=True).returncode == 0, where
        elif block.language == "sh":
            ran = sandbox.sh(f"set -e\n{block.text}")
            assert ran.returncode == 0, f"{where}\n{ran.stdout}{ran.stderr}"
        elif block.language == "console":
            for command, expected in turns(block.text):
                ran = sandbox.sh(command)
                out = (ran.stdout + ran.stderr).strip().replace(sandbox.port, PORT)
                assert re.fullmatch(shown(expected), out, re.DOTALL), f"{where}: {command}\n{out}"
        elif block.language == "python":
            ran = sandbox.sh(f"'{sys.executable}' -W error - <<'EOF'\n{block.text}EOF")
            assert ran.returncode == 0, f"{where}\n{ran.stderr}"
            assert "build/cut.mp4 252" in ran.stdout
        elif page != README:
            (sandbox.cwd / "storyboard.yaml").write_text(sandbox.here(block.text))


def test_the_storyboards_on_the_page_are_right(project: Folder) -> None:
    whole, pictures, shared = [b for b in blocks(README) if b.language == "yaml"]
    for folder in ("refs", "footage", "audio"):
        shutil.copytree(ROOT / "examples" / "03-eco-city" / folder, project.root / folder)
    for block, counted in ((whole, "6 shots"), (pictures, "1 shot, 3 stills")):
        project.write("storyboard.yaml", block.text)
        assert project.run("check").expect().stderr == f"storyboard.yaml: {counted}, no errors\n"
        assert project.plan()["cost_usd"] == 0
    project.write("storyboard.yaml", shared.text)
    assert project.run("check").expect().stderr == "storyboard.yaml: 1 shot, no errors\n"


def test_the_pictures_are_small() -> None:
    for path in (ROOT / "docs" / "pictures").iterdir():
        assert path.stat().st_size < 300_000, path


PAGES = [p for folder in ("tutorial", "how-to", "explanation") for p in sorted((ROOT / "docs" / folder).glob("*.md"))]
PAGES = [page for page in PAGES if page.stem != "from-python"]  # one program: see test_from_python.py


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.stem)
def test_storyboards_in_the_documents_are_right(page: Path, project: Folder) -> None:
    for block in blocks(page):
        if page == PAID and block.language in ("sh", "console"):  # run above
            continue
        if block.language == "python":
            project.write("block.py", block.text)
            ran = subprocess.run([sys.executable, "block.py"], cwd=project.root, capture_output=True, text=True)
            assert ran.returncode == 0, f"{page.name}:{block.line}\n{ran.stderr}"
            continue
        if block.language == "json":
            project.write("workflows/wan.json", block.text)
            continue
        assert block.language == "yaml", f"{page.name}:{block.line}: only storyboards are shown here, and checked"
        begins = {"provider: 1": "vendors/acme.yaml", "binding: 1": "workflows/wan.yaml"}
        if file := next((file for begin, file in begins.items() if block.text.startswith(begin)), ""):
            project.write(file, block.text)  # for the storyboards that follow
            continue
        for named in re.findall(r"(?:audio|voice|photos|refs|looks|fonts|captions)/[\w.-]+", block.text):
            project.write(named, content(named))
        project.write("storyboard.yaml", block.text)
        project.run("check").expect(0, stderr="no errors")
