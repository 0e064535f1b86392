"""After a small change a cut is what it would be if it were made anew, and no more of it is made than was changed.

REELMAKE_CHANGES is how many storyboards are changed (6 without it), REELMAKE_FIRST_CHANGE the number of the first.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from copy import deepcopy
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from random import Random
from shutil import copytree, ignore_patterns
from typing import Any

import pytest

from tests.support.boards import Drawn, draw, lawful
from tests.support.building import built, lasting, project, said
from tests.support.folder import Folder
from tests.support.oracle import Film
from tests.support.patterns import write

pytestmark = pytest.mark.slow
FIRST = int(os.environ.get("REELMAKE_FIRST_CHANGE", "500"))
CHANGES = range(FIRST, FIRST + int(os.environ.get("REELMAKE_CHANGES", "6")))


@pytest.fixture(scope="module", autouse=True)
def crew() -> Iterator[None]:
    with lasting():
        yield


def shortened(drawn: Drawn, chance: Random) -> None:
    number = chance.randrange(len(drawn.film.shown))
    shown = drawn.film.shown[number]
    begin = (drawn.board["cut"][number].get("trim") or [0])[0]
    lasts = (shown.frames - shown.held - shown.waits) / drawn.film.fps * shown.speed
    drawn.board["cut"][number]["trim"] = [begin, round(float(begin + lasts * 3 / 4), 2)]


def swapped(drawn: Drawn, chance: Random) -> None:
    cut = drawn.board["cut"]
    number = chance.randrange(len(cut) - 1)
    first, second = cut[number], cut[number + 1]
    first["shot"], second["shot"] = second["shot"], first["shot"]
    for entry in (first, second):
        entry.pop("trim", None)


def joined(drawn: Drawn, chance: Random) -> None:
    drawn.board["cut"][chance.randrange(len(drawn.board["cut"]) - 1)]["into"] = {"wipe": 0.15}


def sounded(drawn: Drawn, chance: Random) -> None:
    drawn.board.setdefault("sound", {}).setdefault("clips", {})["gain"] = -3


def reshot(drawn: Drawn, chance: Random) -> None:
    id = chance.choice(drawn.film.shown).shot
    drawn.clips[id] = replace(drawn.clips[id], number=drawn.clips[id].number + 50)


KINDS: tuple[Callable[[Drawn, Random], None], ...] = (shortened, swapped, joined, sounded, reshot)


@pytest.mark.parametrize("number", CHANGES)
def test_a_changed_cut_is_as_one_that_is_made_anew(tmp_path: Path, number: int) -> None:
    before, chance = draw(number), Random(number)
    before.board["outputs"] = {"cut.mp4": {"copy": chance.choice(("auto", "never"))}}
    for key in ("captions", "watermark", "sound"):
        before.board.pop(key, None)
    for entry in before.board["cut"]:
        entry.pop("sound", None)
    after = Drawn(deepcopy(before.board), dict(before.clips), dict(before.tracks))
    changed = KINDS[number % len(KINDS)]
    changed(after, chance)
    lawful(after)

    root = project(tmp_path / "film", before)
    _, whole = built(root)
    assert 0 < whole <= before.film.frames
    for id, clip in after.clips.items():
        if clip != before.clips[id]:
            write(root / after.board["shots"][id]["file"], clip)
    outputs, again = built(said(root, after))
    due = sum(frames for part, frames in parts(after.film).items() if part not in parts(before.film))
    assert again <= due, f"{changed.__name__}: {again} frames were made again, {due} have changed"

    anew = Folder(copytree(root, tmp_path / "anew", ignore=ignore_patterns(".reelmake", "build", "reelmake.lock")))
    told = anew.build("-j", str(1 + 2 * (number % 2)))
    assert told["outputs"]["build/cut.mp4"]["frames"] == after.film.frames
    assert digest(anew.root / "build/cut.mp4") == digest(outputs["cut.mp4"])


def parts(film: Film) -> dict[Any, int]:
    """Everything that a piece of the film shows, and how many frames it is long."""
    found: dict[Any, int] = {}
    for number, entry in enumerate(film.shown):
        how = (
            entry.clip,
            entry.speed,
            entry.waits,
            entry.held and entry.first + entry.frames,
            str(entry.title),
            film.fps,
        )
        where = (entry.first + entry.head, entry.frames - entry.head - entry.tail)
        lies = (entry.head, entry.frames) if entry.title else ()
        found["body", *how, *where, *lies] = where[1]
        if entry.into:
            after = film.shown[number + 1]
            name, params = entry.into
            ends = (entry.first + entry.frames, after.first, after.clip, after.speed, str(after.title))
            found["join", *how, name, str(params), *ends, entry.tail, *lies] = entry.tail
    return found


def digest(file: Path) -> str:
    return sha256(file.read_bytes()).hexdigest()
