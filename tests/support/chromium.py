"""A real browser without a window, driven through WebDriver: Chromium or Chrome, and the driver of the same version.

`make browser` installs Debian's. Where there is none the tests are skipped and say so; with REELMAKE_PEERS=required
(CI) they fail. Knows nothing of films.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from selenium.webdriver import Chrome, ChromeOptions, ChromeService

from tests.support import peers

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
PATIENCE = 120  # seconds one question to the page may take on a busy machine
ALONE = ("no-first-run", "disable-sync", "disable-background-networking", "disable-component-update", "disable-quic")
STEADY = (
    "headless=new",
    "disable-gpu",
    "disable-dev-shm-usage",
    "mute-audio",
    "autoplay-policy=no-user-gesture-required",
    "disable-renderer-backgrounding",
    "disable-backgrounding-occluded-windows",
    "disable-background-timer-throttling",
)


@contextmanager
def browser() -> Iterator[Chrome]:
    """One with a new, empty profile, until the end of the block."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    driver = shutil.which("chromedriver")
    if not (program and driver):
        peers.absent(f"no {'chromedriver' if program else 'Chromium'} is installed; `make browser` does it on Debian")
    options = ChromeOptions()
    options.binary_location = program or ""
    for switch in (*ALONE, *STEADY, *(["no-sandbox"] if os.geteuid() == 0 else [])):
        options.add_argument(f"--{switch}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    started = Chrome(options, ChromeService(driver))
    try:
        started.set_script_timeout(PATIENCE)
        yield started
    finally:
        started.quit()
