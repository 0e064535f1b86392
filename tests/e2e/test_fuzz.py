"""Three hundred files that were damaged by chance: each is used, or told at its line; nothing breaks, hangs or swells.

The same ones each time; REELMAKE_FUZZ=9 tries nine times as many, and REELMAKE_FUZZ_SEED=2 others.
"""

from __future__ import annotations

import io
import os
import random
import re
import resource
import time
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from reelmake.diagnostics import Diagnostic
from reelmake.errors import Mistake
from reelmake.media import ffmpeg
from reelmake.model.segment import BodyWork
from reelmake.prep.copy_report import copy_reports
from reelmake.session.project import look, plan, read
from reelmake.session.workspace import Workspace
from tests.support import profiles
from tests.support.film import footage
from tests.support.folder import Folder
from tests.support.materials import LUT, WORDS, content, sound

pytestmark = pytest.mark.slow
TIMES, SEED = int(os.environ.get("REELMAKE_FUZZ", "1")), int(os.environ.get("REELMAKE_FUZZ_SEED", "1"))
EACH = 15  # of a kind
FILMS = ("mp4", "mov", "mkv", "webm", "avi", "ts", "mpg", "flv", "gif")
PHOTOS = ("png", "jpg", "webp")
SOUNDS = ("wav", "flac", "mp3", "opus", "m4a")
OTHERS = ("ttf", "cube", "otf")
EXTREMES = (0, 1, 0x7F, 0xFF, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
LONG = 120  # frames: what says that it is longer is planned, and not built


def seed(folder: Path, kind: str) -> bytes:
    """A whole file."""
    file = folder / f"whole.{kind}"
    if kind in ("mp4", "mov", "mkv"):
        return footage(file, 1, 12, sound=np.sin).read_bytes()
    if kind in FILMS:
        whole = footage(folder / "whole.mp4", 1, 12, sound=np.sin)
        how = {"webm": ["-c:v", "libvpx-vp9", "-c:a", "libopus"], "flv": ["-c:v", "flv", "-ar", "44100"]}.get(kind, [])
        ffmpeg.run(["-i", str(whole), *how, "-f", {"ts": "mpegts", "mpg": "vob"}.get(kind, kind), str(file)], file)
        return file.read_bytes()
    if kind in SOUNDS:
        source = folder / "whole.flac"
        source.write_bytes(sound("flac"))
        how = {"mp3": ["-c:a", "libmp3lame"], "opus": ["-c:a", "libopus"], "m4a": ["-c:a", "aac"]}.get(kind, [])
        ffmpeg.run(["-i", str(source), *how, "-f", {"m4a": "ipod"}.get(kind, kind), str(file)], file)
        return file.read_bytes()
    if kind in PHOTOS:
        exif, made = Image.Exif(), io.BytesIO()
        exif[0x112] = 6
        picture = Image.effect_noise((48, 32), 60).convert("RGB")
        picture.save(made, kind.replace("jpg", "jpeg"), exif=exif, icc_profile=profiles.wide())
        return made.getvalue()
    return LUT.encode() if kind == "cube" else content(f"x.{kind}")


def damaged(whole: bytes, chance: random.Random) -> bytes:
    """In one to three ways: bits, numbers, what is cut off, doubled, moved, or filled in."""
    data = bytearray(whole)
    for _ in range(chance.choice((1, 1, 2, 3))):
        early = chance.random() < 0.5  # headers say most
        at = chance.randrange(min(len(data), 400) if early else len(data))
        size = chance.choice((1, 4, 16, 200, len(data) // 4))
        way = chance.randrange(7)
        if way == 0:
            for _ in range(chance.choice((1, 8, 60))):
                data[chance.randrange(at, len(data))] ^= 1 << chance.randrange(8)
        elif way == 1:
            width = chance.choice((1, 2, 4, 8))
            number = (chance.choice(EXTREMES) & ((1 << 8 * width) - 1)).to_bytes(
                width, chance.choice(("big", "little"))
            )
            data[at : at + width] = number
        elif way == 2:
            del data[max(1, at) :]
        elif way == 3:
            data[at:at] = data[chance.randrange(len(data)) :][:size]
        elif way == 4:
            del data[at : at + size]
        elif way == 5:
            data[at : at + size] = bytes([chance.choice((0, 0xFF))]) * size
        else:
            data[at : at + size] = chance.randbytes(size)
        data = data or bytearray(b"\0")
    return bytes(data)


def board(files: list[str]) -> str:
    """That uses every one of them."""
    shown = [file for file in files if file.endswith((*FILMS, *PHOTOS))]
    looks, fonts = ([file for file in files if file.endswith(kind)] for kind in (("cube",), ("ttf", "otf")))
    heard = [file for file in files if file.endswith(SOUNDS)]
    lines = ["reelmake: 1", "defaults: {size: 64x36, seconds: 0.25}", "shots:", "  plain: {color: black}"]
    lines += [f"  s{number}: {{file: {file}}}" for number, file in enumerate(shown)]
    lines += [f"  look{number}: {{color: black, look: {file}}}" for number, file in enumerate(looks)]
    lines += ["cut:", "  - plain"]
    lines += [f"  - s{number}" for number, _ in enumerate(shown)]
    lines += [f"  - look{number}" for number, _ in enumerate(looks)]
    lines += [f"  - {{shot: plain, title: {{text: Abc, font: {file}}}}}" for file in fonts]
    lines += ["sound:", "  tracks:", *(f"    - {{file: {file}, kind: effect}}" for file in heard)] if heard else []
    return "\n".join([*lines, "outputs: {cut.mp4: {}, sheet.png: {}}", ""])


def told(project: Folder, text: str) -> list[Diagnostic]:
    project.write("storyboard.yaml", text)
    workspace = Workspace(project.root / "storyboard.yaml")
    try:
        seen = look(read(workspace))
        copy_reports(plan(seen), seen.inputs, workspace.store, workspace.notes)
    except Mistake as error:
        return [found for found in error.diagnostics if found.severity == "error"]
    return []


@pytest.fixture
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[Executor]:
    """A process in which only this test begins others, each of them by itself: so their memory is told."""
    monkeypatch.setenv("REELMAKE_COLD", "1")
    with ProcessPoolExecutor(1, get_context("spawn")) as made:
        yield made


def largest() -> int:
    """kB of memory that the largest process had which was started from this one, and has ended."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss


def test_each_is_used_or_told(project: Folder, tmp_path: Path, alone: Executor) -> None:
    chance, began = random.Random(SEED), time.monotonic()
    whole = {kind: seed(tmp_path, kind) for kind in (*FILMS, *PHOTOS, *SOUNDS, *OTHERS)}
    for kind, data in whole.items():
        for number in range(EACH * TIMES):
            project.write(f"f/{kind.replace('.', '-')}{number:03}.{kind}", damaged(data, chance))
    files = sorted(f"f/{file.name}" for file in (project.root / "f").iterdir())
    assert len(files) == 300 * TIMES

    kept, broken = list(files), set[str]()
    while found := alone.submit(told, project, board(kept)).result():  # no more than a hundred are told at once
        lines = board(kept).splitlines()
        assert {d.code for d in found if d.span} <= {"RM610", "RM611", "RM612"}, [d.message for d in found]
        those = {match for d in found if d.span for match in re.findall(r"f/[\w.-]+", lines[d.span.at[0] - 1])}
        assert those, [d.message for d in found]
        broken |= those
        kept = [file for file in kept if file not in those]
    assert 50 * TIMES < len(broken) < 290 * TIMES  # or chance damages nothing, or everything

    made = read(Workspace(project.root / "storyboard.yaml"))
    long = {
        step.inputs[0].file
        for step in made.layout.graph.steps.values()
        if isinstance(step.work, BodyWork) and step.work.piece.frames > LONG
    }
    project.write("storyboard.yaml", board([file for file in kept if file not in long]))
    for command in ("check", "plan"):
        alone.submit(project.run, command).result().expect()
    ran = alone.submit(project.run, "build").result()
    assert ran.code in (0, 1)
    ran.expect(ran.code)
    assert "a bug in reelmake" not in ran.stderr
    assert "SIG" not in ran.stderr, ran.stderr
    assert 50_000 < alone.submit(largest).result() < 1 << 20
    assert time.monotonic() - began < 240 * TIMES


@pytest.mark.parametrize("kind", ["srt", "vtt"])
def test_captions_too(project: Folder, kind: str) -> None:
    chance = random.Random(SEED)
    words = WORDS * 3 if kind == "srt" else "WEBVTT\n\nNOTE x\n\n" + WORDS.replace(",", ".") * 3
    for number in range(40 * TIMES):
        project.write(f"{number}.{kind}", damaged(words.encode(), chance))
        found = told(project, f"reelmake: 1\nshots:\n  a: {{color: black, seconds: 2}}\ncaptions: {number}.{kind}\n")
        assert all(d.span and d.message for d in found)
