"""Captions keep clear of the titles that are seen while they are: above a lower third, or where else there is room."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from reelmake.media.clearance import Rectangle, clear
from reelmake.model.frame import Corner, Size
from reelmake.model.overlay import Captions, Cue, EntryTitle, Lettering, Position, Watermark
from reelmake.model.storyboard import Output
from tests.support.film import Room, entry, pictures

F = Fraction
RED = Lettering("lower-third", color="#ff0000")
GREEN = Lettering("caption", box="#00ff00", color="#00ff00")
LONG = "We have waited for the boat since early morning, and nobody tells us why."


def test_what_meets_nothing_stays() -> None:
    assert (
        clear(Rectangle(10, 80, 90, 95), [Rectangle(0, 10, 100, 20), Rectangle(0, 80, 9, 95)], (0, 100), down=False)
        == 0
    )


def test_it_goes_where_there_is_room() -> None:
    words = Rectangle(10, 80, 90, 94)
    assert clear(words, [Rectangle(0, 70, 50, 85)], (0, 100), down=False) == -26
    assert clear(words, [Rectangle(0, 70, 50, 85), Rectangle(0, 50, 50, 69)], (0, 100), down=False) == -46
    assert clear(Rectangle(10, 5, 90, 19), [Rectangle(0, 8, 50, 30)], (0, 100), down=True) == 28
    assert clear(Rectangle(10, 5, 90, 19), [Rectangle(0, 8, 50, 30)], (0, 100), down=False) == 28
    assert clear(words, [Rectangle(0, 4, 50, 96)], (0, 100), down=False) is None


edges = st.tuples(st.integers(0, 90), st.integers(1, 40)).map(lambda edge: (edge[0], edge[0] + edge[1]))
boxes = st.builds(lambda across, along: Rectangle(across[0], along[0], across[1], along[1]), edges, edges)


@given(boxes, st.lists(boxes, max_size=5), st.booleans())
def test_wherever_it_goes_it_meets_nothing(words: Rectangle, others: list[Rectangle], down: bool) -> None:
    by = clear(words, others, (0, 130), down=down)
    assert by is None or not any(words.at(words.top + by).meets(other) for other in others)


def rows(frame: Any, channel: int) -> tuple[int, int]:
    picture = frame.to_ndarray(format="rgb24").astype(int)
    others = np.delete(picture, channel, axis=2).max(axis=2)
    found = np.flatnonzero((picture[:, :, channel] - others > 90).any(axis=1))
    return int(found[0]), int(found[-1])


@pytest.mark.slow
@pytest.mark.parametrize("size", [Size(240, 240), Size(180, 320), Size(320, 180)], ids=["square", "tall", "wide"])
@pytest.mark.parametrize("bars", [None, F(3, 2)])
def test_a_lower_third_and_a_caption_do_not_overlap(tmp_path: Path, size: Size, bars: Fraction | None) -> None:
    """And the caption stands still, though the title comes later and goes earlier."""
    room = Room(tmp_path)
    room.clip("a", 15, 96)
    board = room.board(entry("a", titles=(EntryTitle("Marta Kowalska, harbour master", RED, F(1), F(2)),)))
    board = replace(board, captions=Captions("talk.srt", True, GREEN, (Cue(0, 3900, LONG),)), letterbox=bars)
    frames = pictures(room.build(board, Output("cut.mp4", size=size)))
    title, caption = rows(frames[48], 0), rows(frames[48], 1)
    assert caption[1] < title[0]
    assert caption[0] > 0
    assert rows(frames[6], 1) == pytest.approx(caption, abs=1)
    assert rows(frames[90], 1) == pytest.approx(caption, abs=1)
    assert room.said == []


@pytest.mark.slow
@pytest.mark.parametrize("position", ["top", "middle", "bottom"])
def test_where_there_is_no_room_it_is_said(tmp_path: Path, position: Position) -> None:
    room = Room(tmp_path)
    room.clip("a", 15, 24)
    full = Lettering("title", size=F(30))
    board = room.board(entry("a", titles=(EntryTitle("Everything\nis\nfull", full, F(0), F(1)),)))
    words = Captions("talk.srt", True, replace(GREEN, position=position), (Cue(0, 900, LONG),))
    room.build(replace(board, captions=words))
    assert [note.partition(",")[0] for note in room.said] == ["a caption overlaps a title or the watermark"]


@pytest.mark.slow
@pytest.mark.parametrize(("corner", "position"), [("bottom-right", ""), ("top-left", "top")])
def test_a_caption_keeps_clear_of_the_watermark(tmp_path: Path, corner: Corner, position: Position) -> None:
    """Where both stand at the same side of the picture; elsewhere nothing is other work than it was."""
    room = Room(tmp_path)
    room.clip("a", 15, 24)
    Image.new("RGBA", (40, 40), (255, 0, 0, 255)).save(tmp_path / "logo.png")
    words = Captions("talk.srt", True, replace(GREEN, position=position), (Cue(0, 900, LONG),))
    board = replace(room.board(entry("a")), captions=words, watermark=Watermark("logo.png", corner, F(20), F(1)))
    mark, caption = (rows(pictures(room.build(board, Output("cut.mp4", size=Size(180, 320))))[12], n) for n in (0, 1))
    assert caption[1] < mark[0] if corner == "bottom-right" else mark[1] < caption[0]
