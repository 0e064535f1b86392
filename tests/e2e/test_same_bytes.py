"""The same clips and the same ffmpeg give the same bytes: whatever the workers, the cores and the folder."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from shutil import copy, rmtree

import numpy as np
import pytest

from tests.support.film import footage
from tests.support.folder import Folder

pytestmark = pytest.mark.slow
OTHERS = ("encoded.mp4", "small.webm", "cut.gif", "sheet.png", "cut.srt", "cut.otio")
FILM = f"""
title: Always the same
defaults: {{size: 208x96}}
shots:
  street: {{file: street.mp4, caption: A street.}}
  river: {{file: river.mp4}}
  tower: {{file: tower.mp4, caption: A tower.}}
cut:
  - {{shot: street, into: {{dissolve: 0.5}}}}
  - {{shot: river, title: {{text: Much later, at: 1, seconds: 1}}, into: {{wipe: 0.25}}}}
  - tower
  - {{shot: street, trim: [0, 1]}}
sound:
  music: {{file: river.mp4, gain: -6, duck: 8, fade_out: 1}}
  loudness: -18
outputs:
  cut.mp4: {{}}
  {OTHERS[0]}: {{copy: never}}
  {OTHERS[1]}: {{preset: veryfast}}
  {OTHERS[2]}: {{}}
  {OTHERS[3]}: {{}}
  {OTHERS[4]}: {{}}
  {OTHERS[5]}: {{}}
"""


def tone(t: np.ndarray) -> np.ndarray:
    return 0.2 * np.sin(2 * np.pi * 330 * t) * (1 + np.sin(3 * t)) / 2


@pytest.fixture(scope="module")
def clips(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    footage(folder / "street.mp4", 1, 48, sound=tone, options={"g": "12", "bf": "0"})
    footage(folder / "river.mp4", 2, 120, fps=Fraction(30), sound=tone, rate=44_100)
    footage(folder / "tower.mp4", 3, 60)
    return folder


@contextmanager
def one_core() -> Iterator[None]:
    """As on a machine that has no more than one."""
    all_of_them = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(all_of_them)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, all_of_them)


def cut(clips: Path, root: Path, workers: int) -> dict[str, str]:
    """The digest of every output, made anew."""
    project = Folder(root)
    rmtree(root, ignore_errors=True)
    project.storyboard(FILM, head="reelmake: 1\n")
    for clip in clips.iterdir():
        copy(clip, root)
    made = project.build("-j", str(workers))["outputs"]
    return {path: output["sha256"] for path, output in made.items()}


def test_the_same_bytes_wherever_and_by_whomever(clips: Path, tmp_path: Path) -> None:
    first = cut(clips, tmp_path / "here", 1)
    assert len(first) == 1 + len(OTHERS)
    assert cut(clips, tmp_path / "here", 4) == first
    assert cut(clips, tmp_path / "another folder", 4) == first
    if hasattr(os, "sched_setaffinity"):
        with one_core():
            assert cut(clips, tmp_path / "another folder", 3) == first
