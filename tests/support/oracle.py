"""What the cut of a storyboard means, said a second time: when each entry is seen and heard, and which part of it.

Written from the reference and the how-to pages, not from the code: where the two disagree, one of them is wrong.
Storyboards are plain mappings here, as YAML gives them. Times are fractions of seconds, frames those of the cut.
Knows nothing of pixels and of samples' values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import Any

from tests.support.patterns import RATE, Clip

Board = Mapping[str, Any]
RATES = {23.976: Fraction(24000, 1001), 29.97: Fraction(30000, 1001), 59.94: Fraction(60000, 1001)}


def nearest(value: Fraction) -> int:
    """Where something begins or ends falls on the nearest frame; a half on the later one. Lengths are never rounded."""
    return floor(value + Fraction(1, 2))


def sample(frame: int, fps: Fraction) -> int:
    """Where a frame of the cut begins in its sound."""
    return nearest(frame * RATE / fps)


@dataclass(frozen=True)
class Shown:
    """An entry: from frame `at` of the cut on, `frames` of them, of which the last `held` show the one before, and the
    first `waits` the one after.

    `first`: the place in the clip where it begins, in frames of the cut as the clip runs at its `speed`; the clip is
    `whole` such frames long. `head` and `tail`: frames inside the transitions; `into`: name and parameters of the one
    after it.
    """

    shot: str
    clip: Clip
    at: int
    first: int
    frames: int
    whole: int
    held: int
    waits: int
    speed: Fraction
    into: tuple[str, Mapping[str, Any]] | None
    head: int
    tail: int
    voice: Mapping[str, Any]
    title: Any

    @property
    def end(self) -> int:
        return self.at + self.frames

    def runs(self, place: int) -> int:
        """What is shown in a frame of the entry, in frames of the clip as it runs."""
        return self.first + min(max(0, place - self.waits), self.frames - self.held - self.waits - 1)


@dataclass(frozen=True)
class Film:
    fps: Fraction
    shown: tuple[Shown, ...]

    @property
    def frames(self) -> int:
        return self.shown[-1].end

    @property
    def samples(self) -> int:
        return sample(self.frames, self.fps)

    def edges(self) -> list[int]:
        """Where chapters and captions change: in the middle of each transition."""
        return [*(e.at + e.head // 2 for e in self.shown), self.frames]


@dataclass(frozen=True)
class Seen:
    """An entry in one frame: the frames of its clip that it may be, and whether it comes, goes, or stands alone.

    `step` of `steps`: which frame of the transition, from 0.
    """

    entry: Shown
    numbers: tuple[int, ...]
    part: str = "alone"
    step: int = 0
    steps: int = 0


def film(board: Board, clips: Mapping[str, Clip]) -> Film:
    """The cut of a storyboard, whose shots are these clips."""
    fps = exact(board.get("fps", 24))
    default = (board.get("defaults") or {}).get("into")
    listed = board.get("cut") or list(board["shots"])
    entries = [{"shot": e} if isinstance(e, str) else e for e in listed]
    shown: list[Shown] = []
    head, at, left = 0, Fraction(0), Fraction(-1)  # `at`: where an entry begins, exactly, in frames
    for number, entry in enumerate(entries):
        last = number == len(entries) - 1
        name, seconds, params = transition(None if last else entry.get("into", default))
        over = seconds * fps if nearest(seconds * fps) else Fraction(0)
        shot, speed = entry["shot"], exact(entry.get("speed", 1))
        lasts = length(board["shots"][shot], clips[shot]) / speed * fps
        if abs(lasts - nearest(lasts)) <= fps / speed / 1000:
            lasts = Fraction(nearest(lasts))  # a file's clock knows milliseconds
        begin, end = (*entry.get("trim", [0]), None)[:2]
        first = exact(begin) / speed * fps
        runs = (lasts if end is None else exact(end) / speed * fps) - first
        freeze = entry.get("freeze", 0)
        freeze = freeze if isinstance(freeze, Mapping) else {"last": freeze}
        held, waits = (exact(freeze.get(which, 0)) * fps for which in ("last", "first"))
        edges = [nearest(place) for place in (at, at + waits, at + waits + runs, at + waits + runs + held)]
        begins, plays, holds, ends = edges
        nearly = min(nearest(first), ceil(lasts) - (holds - plays))
        before = shown[-1] if shown and not head else None
        if before and before.shot == shot and before.speed == speed and left == first:
            nearly = before.first + before.frames - before.held - before.waits
        left, at = first + runs, at + waits + runs + held - over
        tail = ends - nearest(at)
        into = (name, params) if tail else None
        voice = entry.get("sound", {})
        whole = max(nearest(lasts), nearly + holds - plays)
        counted = (begins, nearly, ends - begins, whole, ends - holds, plays - begins)
        shown.append(Shown(shot, clips[shot], *counted, speed, into, head, tail, voice, entry.get("title")))
        head = tail
    return Film(fps, tuple(shown))


def exact(value: Any) -> Fraction:
    return RATES.get(value) or Fraction(str(value))


def length(shot: Mapping[str, Any], clip: Clip) -> Fraction:
    """Footage lasts as long as it does, a picture as long as `seconds` say."""
    return exact(shot.get("seconds", 4)) if clip.still else clip.seconds


def transition(into: Any) -> tuple[str, Fraction, Mapping[str, Any]]:
    """Name, seconds, parameters; a hard cut lasts 0 s."""
    if into in (None, "cut"):
        return "", Fraction(0), {}
    if isinstance(into, str):
        return into, Fraction(1, 2), {}
    ((name, said),) = into.items()
    if not isinstance(said, Mapping):
        return name, exact(said), {}
    params = {key: value for key, value in said.items() if key != "seconds"}
    return name, exact(said.get("seconds", 0.5)), params


def seen(film: Film, frame: int) -> list[Seen]:
    """One or two entries."""
    found = []
    for entry in film.shown:
        place = frame - entry.at
        if not 0 <= place < entry.frames:
            continue
        numbers = tuple(_numbers(entry, place, film.fps))
        if place < entry.head:
            found.append(Seen(entry, numbers, "comes", place, entry.head))
        elif place >= entry.frames - entry.tail:
            found.append(Seen(entry, numbers, "goes", place - entry.frames + entry.tail, entry.tail))
        else:
            found.append(Seen(entry, numbers))
    return found


def _numbers(entry: Shown, place: int, fps: Fraction) -> Iterator[int]:
    """The clip's frame that is due: as it runs, the one in the middle of ours; sped or slowed, at its beginning.

    Two, where the clip changes within a thirtieth of a frame of then.
    """
    if entry.clip.still:
        yield 0
        return
    due = (entry.runs(place) + (Fraction(1, 2) if entry.speed == 1 else 0)) / fps * entry.speed * entry.clip.fps
    grain = Fraction(1, 30) * max(1, entry.clip.fps * entry.speed / fps)
    last = entry.clip.frames - 1
    whole = ceil(due) - 1 if entry.speed == 1 else floor(due)
    yield min(last, whole)
    for near in (max(0, floor(due - grain)), floor(due + grain)):
        if min(last, near) != min(last, whole):
            yield min(last, near)
