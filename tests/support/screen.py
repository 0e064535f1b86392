"""What a real browser shows of a film: jumps and plays, frames handed back as they were drawn on a canvas.

A picture is the grey of 13 places along its middle, the bars of `tests.support.film`. Knows nothing of cuts.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

import av
import numpy as np
from selenium.webdriver import Chrome

from tests.support.film import CLIP_BITS, FRAME_BITS, pictures
from tests.support.ranges import given_out

PLAYER = Path(__file__).with_name("player.html")
BARS = CLIP_BITS + FRAME_BITS
NEAR = 6  # levels of 255 by which two decoders' conversions to RGB may differ


class Seen(NamedTuple):
    """A frame on the screen: when the file says that it is due, in seconds, and its bars."""

    at: float
    bars: np.ndarray


class Watched(NamedTuple):
    """A film that was played to its end: the frames that came on the screen, how many were decoded and how many bytes
    of sound; where it ended, in seconds."""

    shown: list[Seen]
    decoded: int
    sound: int
    at: float


class Opened(NamedTuple):
    """What a browser takes a film for."""

    seconds: float
    width: int
    height: int


@dataclass(frozen=True)
class Screen:
    """A browser with the player's page open; `site` is where the films are. Its errors are JavascriptException."""

    driver: Chrome
    site: str

    def ask(self, script: str, *arguments: object) -> Any:
        """What a function of the page returns, or its promise holds."""
        return self.driver.execute_script(f"return {script}(...arguments)", *arguments)

    def plays(self, kind: str) -> bool:
        """Does the browser say that it may play this type of media?"""
        return bool(
            self.driver.execute_script("return document.createElement('video').canPlayType(arguments[0])", kind)
        )

    def open(self, name: str, how: str = "open", *more: object) -> Opened:
        """`how`: the function of the page that opens it, which may want to know `more`."""
        return Opened(**self.ask(how, f"{self.site}/{name}", *more))

    def append(self, media: Path, playlist: Path) -> Opened:
        """Opens H.264 in fragments through Media Source Extensions: its head, then its parts, the last one first."""
        said = playlist.read_text("utf-8")
        head = int(re.findall(r'BYTERANGE="(\d+)@0"', said)[0])
        parts = [(int(at), int(size)) for size, at in re.findall(r"BYTERANGE:(\d+)@(\d+)", said)]
        with av.open(str(media)) as container:
            picture = container.streams.video[0].codec_context
            kind = f"{picture.codec_tag}.{bytes(picture.extradata)[1:4].hex()}"
        ranges = [(0, head), *reversed(parts)]
        wanted = f'video/mp4; codecs="{kind}, mp4a.40.2"'
        return Opened(**self.ask("append", f"{self.site}/{media.name}", wanted, ranges))

    def look(self, frames: Sequence[int], fps: Fraction) -> list[Seen]:
        """Jumps to the middle of each of these frames."""
        return _seen(self.ask("look", [float((n + Fraction(1, 2)) / fps) for n in frames]))

    def watch(self, rate: float = 1) -> Watched:
        """Plays from the first frame to the end."""
        said = self.ask("watch", rate)
        return Watched(_seen(said["shown"]), said["decoded"], said["sound"], said["at"])

    def hear(self, name: str) -> np.ndarray:
        """The samples of the first channel, at 48 kHz."""
        return np.array(self.ask("hear", f"{self.site}/{name}"))

    def complaints(self) -> list[str]:
        """What the browser said to its developers."""
        return [line["message"] for line in self.driver.get_log("browser")]


@contextmanager
def showing(driver: Chrome, folder: Path) -> Iterator[Screen]:
    """A screen that plays what lies in a folder; the page is put there too."""
    shutil.copy(PLAYER, folder)
    with given_out(folder) as site:
        driver.get(f"{site}/{PLAYER.name}")
        yield Screen(driver, site)
        driver.get("about:blank")


def _seen(rows: list[Any]) -> list[Seen]:
    return [Seen(at, np.array(bars)) for at, bars in rows]


def decoded(film: Path) -> np.ndarray:
    """The bars of every frame as ffmpeg decodes them, of shape (frames, 13)."""
    rows = [frame.to_ndarray(format="rgb24")[frame.height // 2].mean(axis=1) for frame in pictures(film)]
    middles = ((np.arange(BARS) + 0.5) * len(rows[0]) / BARS).astype(int)
    return np.array(rows)[:, middles]


def told(bars: np.ndarray) -> tuple[int, int]:
    """(clip, number) that bars say."""
    bits = "".join("1" if level > 128 else "0" for level in bars)
    return int(bits[:CLIP_BITS], 2), int(bits[CLIP_BITS:], 2)


def assert_same(seen: Sequence[Seen], due: Sequence[int], film: np.ndarray, fps: Fraction) -> None:
    """Fails unless each frame that was seen is the one due: by its time stamp and by its picture."""
    for (at, bars), number in zip(seen, due, strict=True):
        assert abs(at - number / fps) < 0.002, f"frame {number} is due, the one of {at * float(fps):.2f} is shown"
        off = np.abs(bars - film[number]).max()
        assert off <= NEAR, f"frame {number}: {told(bars)}, off by {off:.0f}; {told(film[number])} was due"
