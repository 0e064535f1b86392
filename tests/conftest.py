"""Fixtures of all tests."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.folder import Folder


@pytest.fixture
def project(tmp_path: Path) -> Folder:
    """An empty project folder with the real command."""
    root = tmp_path / "film"
    root.mkdir()
    return Folder(root)
