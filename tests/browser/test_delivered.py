"""What `reelmake build` puts into build/, as web pages use it: streams, animations, captions."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from selenium.webdriver import Chrome

from tests.support import peers
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.screen import Screen, assert_same, decoded, showing, told

pytestmark = pytest.mark.slow
FPS = Fraction(24)
STORYBOARD = """\
reelmake: 1
defaults: {size: 208x96}
shots:
  a: {file: a.mp4, caption: "One & <two>"}
  b: {file: b.mp4, caption: "Grüße, 世界"}
cut:
  - {shot: a, into: {dissolve: 0.5}}
  - b
captions: {language: en}
outputs:
  cut.mp4: {}
  cut.m3u8: {part: 2}
  many.m3u8: {part: 2, qualities: [96, 192], captions: soft}
  cut.gif: {width: 208, fps: 12}
  cut.webp: {width: 208, fps: 12}
  cut.vtt: {}
"""
JUMPS = [150, 0, 83, 84, 90, 95, 96, 179, 47, 48, 49, 120, 1]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder build/ of a film of 180 frames, with everything in it."""
    project = Folder(tmp_path_factory.mktemp("film"))
    for number, id in enumerate("ab", 1):
        footage(project.root / f"{id}.mp4", number, 96, sound=np.sin)
    project.storyboard(STORYBOARD, head="")
    project.build()
    return project.root / "build"


@pytest.fixture
def screen(chromium: Chrome, site: Path) -> Iterator[Screen]:
    with showing(chromium, site) as screen:
        yield screen


def bring_hls_js(site: Path) -> None:
    """Puts the player beside the page."""
    shutil.copy(peers.npm("hls.js@1.7.4") / "hls.js" / "dist" / "hls.min.js", site)


@pytest.mark.parametrize("player", ["open", "stream"], ids=["chromium", "hls.js"])
def test_a_stream_plays_and_can_be_jumped_in(screen: Screen, site: Path, player: str) -> None:
    if player == "stream":
        bring_hls_js(site)
    elif not screen.plays("application/vnd.apple.mpegurl"):
        pytest.skip("this browser knows no HLS")
    frames = decoded(site / "cut.m4s")
    assert [told(bars) for bars in (*frames[:84], *frames[96:])] == [
        *((1, n) for n in range(84)),
        *((2, n) for n in range(12, 96)),
    ]
    opened = screen.open("cut.m3u8", player)

    assert opened.seconds == pytest.approx(7.5, abs=0.02)
    assert (opened.width, opened.height) == (208, 96)
    assert_same(screen.look(JUMPS, FPS), JUMPS, frames, FPS)
    watched = screen.watch(rate=2)
    assert_same(watched.shown, [round(seen.at * FPS) for seen in watched.shown], frames, FPS)
    assert watched.sound > 0


@pytest.mark.parametrize("height", [96, 192])
def test_every_quality_of_a_stream_plays_with_its_captions(screen: Screen, site: Path, height: int) -> None:
    bring_hls_js(site)
    opened = screen.open("many.m3u8", "stream", height)

    assert (opened.width, opened.height) == (height * 208 // 96, height)
    assert_same(screen.look(JUMPS, FPS), JUMPS, decoded(site / f"many-{height}.m4s"), FPS)
    assert screen.ask("brought") == [
        [0, pytest.approx(3.75), "One & <two>"],
        [pytest.approx(3.75), pytest.approx(7.5), "Grüße, 世界"],
    ]
    assert not screen.complaints()


def test_a_stream_in_several_qualities_plays_without_help(screen: Screen) -> None:
    if not screen.plays("application/vnd.apple.mpegurl"):
        pytest.skip("this browser knows no HLS")
    opened = screen.open("many.m3u8")

    assert opened.seconds == pytest.approx(7.5, abs=0.02)
    seen = dict(zip(JUMPS, screen.look(JUMPS, FPS), strict=True))
    numbers = {n: told(one.bars) for n, one in seen.items() if n not in range(84, 96)}
    assert numbers == {n: (1, n) if n < 84 else (2, n - 84) for n in numbers}


def test_fragments_can_be_appended_in_any_order(screen: Screen, site: Path) -> None:
    opened = screen.append(site / "cut.m4s", site / "cut.m3u8")

    assert opened.seconds == pytest.approx(7.5, abs=0.03)
    assert_same(screen.look(JUMPS, FPS), JUMPS, decoded(site / "cut.m4s"), FPS)


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_an_animation_shows_every_second_frame(screen: Screen, kind: str) -> None:
    shown = screen.ask("animation", f"{screen.site}/cut.{kind}", f"image/{kind}")

    lengths = [seconds for seconds, *_ in shown]
    numbers = [told(np.array(bars)) for *_, bars in shown]
    assert sum(lengths) == pytest.approx(7.5, abs=0.05)
    assert numbers[:42] == [(1, n) for n in range(0, 84, 2)]
    assert numbers[-42:] == [(2, n) for n in range(12, 96, 2)]


def test_captions_are_shown_while_they_are_due(screen: Screen) -> None:
    times = [0, 3.7, 3.8, 7.4]  # the caption changes in the middle of the dissolve, at 3.75 s
    shown = screen.ask("captions", f"{screen.site}/cut.mp4", f"{screen.site}/cut.vtt", times)

    assert shown == [["One & <two>"], ["One & <two>"], ["Grüße, 世界"], ["Grüße, 世界"]]
