"""Fixtures of all tests."""

from __future__ import annotations

import gc
import os
from pathlib import Path

import pytest

from tests.support.folder import Folder

os.environ.pop("PYTHONDONTWRITEBYTECODE", None)  # the command is started a thousand times; it compiles itself but once


def pytest_collection_finish() -> None:
    """What stays until the end is never looked through again: ffmpeg is run after a collection of garbage, and among
    five thousand tests that were collected here one takes longer than many an ffmpeg does."""
    import hypothesis  # noqa: F401 # at first it asks who holds a generator, which of what is frozen nobody knows

    gc.collect()
    gc.freeze()


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """An empty project folder with the real command."""
    root = tmp_path / "film"
    root.mkdir()
    return Folder(root)
