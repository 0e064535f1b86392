"""The page of `reelmake report` as a reviewer opens it: from a file, without a network, in light and dark, on a phone.

Every word of the storyboard that it shows is a stranger's.
"""

from __future__ import annotations

import json
import re
import time
from pathlib import Path
from typing import Any

import pytest
from selenium.webdriver import Chrome, Keys
from selenium.webdriver.common.by import By

from tests.support import peers
from tests.support.folder import Folder
from tests.support.repository import Repository

pytestmark = pytest.mark.slow
AXE = "axe-core@4.14.1"
BAD = "</p></style><script>document.title='hacked'</script><img src=x onerror=document.title=1>\"' onload=x \u202e&lt;"
LONG = "x" * 300


def board(words: str) -> str:
    """Hostile in every place whose words are shown."""
    return json.dumps(
        {
            "reelmake": 1,
            "title": BAD,
            "defaults": {"size": "128x72", "seconds": 0.5},
            "voices": {"v": {"voice": BAD}},
            "shots": {
                "a": {"prompt": f"{words} {BAD}", "caption": f"{words} {BAD}", "tags": [BAD]},
                "b": {"continue": "a", "prompt": f"{BAD} {LONG}"},
                "c": {"prompt": BAD, "say": [{"v": f"{words} {BAD}"}]},
                "d": {"prompt": "A quiet harbour."},
            },
            "cut": [{"shot": "a", "title": f"{words} {BAD}"}, "b", "c", "d"],
            "outputs": {"<b> & 'it'.mp4": {}},
        }
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("report") / "film"
    Repository.begin(root).commit({"storyboard.yaml": board("A kite.")})
    film = Folder(root)
    film.write("storyboard.yaml", board("A lighthouse at night."))
    film.run("report", "--draft", "--base", "HEAD", "--html", "r.html").expect()
    return root / "r.html"


def shown(chromium: Chrome, page: Path, width: int, scheme: str) -> None:
    """The page in a window of this width, with every detail open."""
    size = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": False}
    chromium.execute_cdp_cmd("Network.enable", {})
    offline = {"offline": True, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    chromium.execute_cdp_cmd("Network.emulateNetworkConditions", offline)
    chromium.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    scheme_ = [{"name": "prefers-color-scheme", "value": scheme}]
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": scheme_})
    chromium.get(page.as_uri())
    for found in chromium.find_elements(By.TAG_NAME, "details"):
        found.find_element(By.TAG_NAME, "summary").send_keys(Keys.ENTER)


@pytest.fixture
def window(chromium: Chrome) -> Any:
    yield chromium
    chromium.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    chromium.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    chromium.get("about:blank")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_it_can_be_read_by_anybody(window: Chrome, page: Path, width: int, scheme: str) -> None:
    window.get_log("browser")
    shown(window, page, width, scheme)

    assert window.execute_script("return document.documentElement.scrollWidth") <= width
    assert window.execute_script("return [...document.querySelectorAll('details')].every(d => d.open)")
    images = window.execute_script("return [...document.images].map(i => [i.complete, i.naturalWidth > 0])")
    assert len(images) == 16
    assert all(all(image) for image in images)
    paper = window.execute_script("return getComputedStyle(document.body).backgroundColor")
    assert (max(map(int, re.findall(r"\d+", paper))) < 60) is (scheme == "dark")

    assert window.title.startswith(BAD[:20])
    assert window.execute_script("return document.scripts.length") == 0
    assert BAD.split("\u202e")[0] in window.find_element(By.TAG_NAME, "h1").text
    assert (
        window.execute_script(
            "return performance.getEntriesByType('resource').filter(r => !/^data:/.test(r.name)).length"
        )
        == 0
    )
    assert window.get_log("browser") == []

    window.execute_script((peers.npm(AXE) / "axe-core" / "axe.min.js").read_text("utf-8"))
    found = window.execute_async_script("axe.run().then(arguments[arguments.length - 1])")
    assert [(v["id"], [n["html"] for n in v["nodes"]]) for v in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_a_line_is_heard_and_a_changed_shot_is_a_link_away(window: Chrome, page: Path) -> None:
    shown(window, page, 1200, "light")
    sounds = window.find_elements(By.TAG_NAME, "audio")
    assert len(sounds) == 2
    window.execute_script("for (const s of document.querySelectorAll('audio')) s.load()")
    lengths: list[float] = []
    for _ in range(100):
        lengths = window.execute_script("return [...document.querySelectorAll('audio')].map(s => s.duration)")
        if all(lengths):
            break
        time.sleep(0.1)
    assert all(0.3 < float(length) < 16 for length in lengths)
    link = window.find_element(By.CSS_SELECTOR, ".strip a")
    link.send_keys(Keys.ENTER)
    assert window.find_element(By.CSS_SELECTOR, "article:target h3").text.split() == ["changed", link.text]


def test_a_script_that_got_into_it_would_not_run(window: Chrome, page: Path, tmp_path: Path) -> None:
    """The policy of the page itself, were an escape ever forgotten."""
    text = page.read_text("utf-8").replace(
        "<main>", "<main><script>document.title='hacked'</script><img src=http://127.0.0.1:9/x>"
    )
    (tmp_path / "r.html").write_text(text, "utf-8")
    window.get_log("browser")
    shown(window, tmp_path / "r.html", 1200, "light")
    assert not window.title.startswith("hacked")
    said = " ".join(line["message"] for line in window.get_log("browser"))
    assert said.count("Content Security Policy") >= 2
