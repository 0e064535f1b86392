"""Servers and clients that nobody here wrote, installed once into .cache/peers and started on loopback.

A machine that cannot reach a registry skips their tests and says so; with REELMAKE_PEERS=required (CI) it fails.
Knows no peer by name.
"""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
import venv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

CACHE = Path(__file__).resolve().parents[2] / ".cache" / "peers"
PATIENCE = 300.0  # seconds an installation may take, and a server may need to come up on a busy machine


def npm(*packages: str) -> Path:
    """The node_modules folder with these pinned packages, without their install scripts."""
    folder = CACHE / "-".join(p.rpartition("/")[2].replace("@", "-") for p in packages)
    node()
    with _once(folder) as missing:
        if missing:
            (folder / "package.json").write_text("{}")
            _install(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", *packages], cwd=folder)
    return folder / "node_modules"


def node() -> str:
    """A node of version 20 or newer."""
    found = shutil.which("node")
    if found is None:
        absent("node is not installed")
    assert found
    version = subprocess.run([found, "--version"], capture_output=True, text=True, check=True).stdout
    if int(version.strip("v\n").split(".")[0]) < 20:
        absent(f"node {version.strip()} is too old")
    return found


def python(*packages: str) -> Path:
    """The interpreter of a virtual environment of its own with these pinned packages."""
    folder = CACHE / "-".join(p.replace("[", "-").replace("]", "").replace("==", "-") for p in packages)
    interpreter = folder / "bin" / "python"
    with _once(folder) as missing:
        if missing:
            into, uv, pip = ["--quiet", "--python", str(interpreter)], shutil.which("uv"), find_spec("pip")
            venv.create(folder, with_pip=not (uv or pip))  # which takes as long as most of what is installed
            begin = [uv, "pip", "install", *into] if uv else [sys.executable, "-m", "pip", *into, "install"]
            begin = begin if uv or pip else [str(interpreter), "-m", "pip", "install", "--quiet"]
            _install([*begin, *([] if uv else ["--no-compile"]), *packages], cwd=folder)
    return interpreter


def absent(why: str) -> None:
    """Skips the test, or fails it where peers are required: one of them is not there."""
    if os.environ.get("REELMAKE_PEERS") == "required":
        pytest.fail(f"a peer is missing: {why}")
    pytest.skip(f"a peer is missing: {why}")


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(
    command: Sequence[str], *, url: str, cwd: Path, env: Mapping[str, str] | None = None, patience: float = 60.0
) -> Iterator[subprocess.Popen[bytes]]:
    """A server process, from when `url` answers anything at all until the end of the block."""
    log = cwd / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            command, cwd=cwd, env={**os.environ, **(env or {})}, stdout=out, stderr=out, stdin=subprocess.DEVNULL
        )
    try:
        _wait(process, url, log, patience)
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def read(url: str) -> object:
    """The JSON behind a URL."""
    with urllib.request.urlopen(url, timeout=20) as reply:
        return json.load(reply)


def _wait(process: subprocess.Popen[bytes], url: str, log: Path, patience: float) -> None:
    until = time.monotonic() + patience
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            urllib.request.urlopen(url, timeout=2).close()
            return
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.05)
    raise AssertionError(f"{process.args} did not come up:\n{log.read_text(errors='replace')[-2000:]}")


@contextmanager
def _once(folder: Path) -> Iterator[bool]:
    """True for the one who has to fill the folder; others wait for it. Half a folder is made anew."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    with (folder.parent / f"{folder.name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        done = folder / ".complete"
        missing = not done.exists()
        if missing:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        yield missing
        done.touch()


def _install(command: Sequence[str], cwd: Path) -> None:
    env = {k: v for k, v in os.environ.items() if not k.startswith("PYTHON")}
    try:
        ended = subprocess.run(command, cwd=cwd, env=env, capture_output=True, text=True, timeout=PATIENCE)
    except (OSError, subprocess.TimeoutExpired) as error:
        absent(f"{command[0]}: {error}")
    if ended.returncode:
        absent((ended.stderr or ended.stdout)[-500:])
