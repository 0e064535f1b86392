"""A browser for each process of tests, and a screen that plays what lies in the test's folder."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from selenium.webdriver import Chrome

from tests.support.chromium import browser
from tests.support.screen import Screen, showing


@pytest.fixture(scope="session")
def chromium() -> Iterator[Chrome]:
    with browser() as started:
        yield started


@pytest.fixture
def screen(chromium: Chrome, tmp_path: Path) -> Iterator[Screen]:
    with showing(chromium, tmp_path) as screen:
        yield screen
