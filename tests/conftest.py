"""Fixtures of all tests."""

from __future__ import annotations

import atexit
import gc
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

from reelmake import catalog
from tests.support.folder import Folder

settings.register_profile("shared machine", deadline=None)  # how long an example takes there says nothing
settings.load_profile("shared machine")

MEMORY, ENOUGH = Path("/dev/shm"), 4 << 30  # bytes: what is written in folders of tests is gone soon, and needs no disk
if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ENOUGH:
    os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(MEMORY))

os.environ.pop("REELMAKE_KEYS", None)  # what this machine's owner allows is nothing to a test
os.environ["XDG_CACHE_HOME"] = tempfile.mkdtemp(prefix="reelmake-cache-")
atexit.register(shutil.rmtree, os.environ["XDG_CACHE_HOME"], ignore_errors=True)
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the command is started a thousand times; it compiles itself but once


def pytest_configure() -> None:
    if "sketch" not in catalog.names("providers"):
        pytest.exit("the entry points of pyproject.toml are not those installed: `uv pip install -e '.[dev]'`", 4)


def pytest_collection_finish() -> None:
    """What stays until the end is never looked through again: ffmpeg is run after a collection of garbage, and among
    five thousand tests that were collected here one takes longer than many an ffmpeg does. (Hypothesis has to be
    imported by now: it asks at first who holds a generator, and of what is frozen nobody knows.)"""
    gc.collect()
    gc.freeze()


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """An empty project folder with the real command."""
    root = tmp_path / "film"
    root.mkdir()
    return Folder(root)
