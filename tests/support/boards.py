"""Storyboards that chance writes: always the same one for the same number, and always one that can be built.

Knows the language, and what the reference says can be asked for together; nothing of how any of it is made.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from itertools import pairwise
from math import floor
from random import Random
from typing import Any

from tests.support.oracle import RATES, Film, film
from tests.support.patterns import Clip
from tests.support.sounds import changes

FPS: tuple[Any, ...] = (24, 24, 25, 30, "24000/1001", "30000/1001", 29.97, 23.976, 60)
ODD = tuple(Fraction(r) for r in ("24", "25", "30", "50", "60", "12", "15", "24000/1001", "30000/1001"))
SIZES = ((160, 90), (160, 90), (160, 90), (160, 90), (120, 90), (90, 160), (200, 120))
TRANSITIONS: tuple[Any, ...] = (
    "dissolve", "dissolve", "dissolve", ("dissolve", {"curve": "fast"}), ("dissolve", {"curve": "slow"}),
    "dip", ("dip", {"color": "white"}), "wipe", ("wipe", {"direction": "up"}), ("wipe", {"direction": "down-right"}),
    ("wipe", {"soft": True}), "iris", ("iris", {"direction": "close"}), "clock", "doors", "blinds", "push",
    ("push", {"direction": "down"}), "cover", ("cover", {"direction": "right"}), "uncover", "whip", "squeeze", "zoom",
    "blur", "pixelize",
)  # fmt: skip
MOVES = (
    {"from": [0, 0, 1, 1], "to": [0.4, 0.1, 0.5, 0.5]},
    {"from": [0.5, 0.5, 0.5, 0.5], "to": [0, 0, 0.5, 0.5]},
)


@dataclass
class Drawn:
    """A storyboard, its clips, and the tracks it names with their seconds (each a noise of the number beside it)."""

    board: dict[str, Any]
    clips: dict[str, Clip]
    tracks: dict[str, tuple[int, Fraction]] = field(default_factory=dict)

    @property
    def film(self) -> Film:
        return film(self.board, self.clips)


def draw(seed: int) -> Drawn:
    """The storyboard of a number."""
    chance = Random(seed)
    fps = chance.choice(FPS)
    board: dict[str, Any] = {"reelmake": 1, "title": f"Board {seed}", "defaults": {"size": "160x90"}, "fps": fps}
    drawn = Drawn(board, {})
    _shots(drawn, chance, RATES.get(fps) or Fraction(fps))
    if chance.random() < 0.3:
        board["defaults"]["into"] = _into(chance)
    if chance.random() < 0.2:
        board["defaults"]["fit"] = chance.choice(("pad", "stretch", "blur"))
    ids = list(board["shots"])
    board["cut"] = [_entry(drawn, chance, chance.choice(ids)) for _ in range(chance.randint(2, 6))]
    board["cut"][-1].pop("into", None)
    lawful(drawn)
    _sound(drawn, chance)
    _overlay(drawn, chance)
    board["outputs"] = _outputs(drawn, chance)
    return drawn


def _shots(drawn: Drawn, chance: Random, fps: Fraction) -> None:
    drawn.board["shots"] = {}
    for number in range(1, chance.randint(2, 4) + 1):
        shot: dict[str, Any] = {}
        size = chance.choice(SIZES)
        if chance.random() < 0.18:
            clip, suffix = Clip(number, 1, Fraction(0), *size), ".png"
            shot["seconds"] = chance.choice((0.8, 1, 1.3, 2))
            if chance.random() < 0.6:
                shot["move"] = chance.choice(MOVES)
        else:
            rate = fps if chance.random() < 0.65 else chance.choice(ODD)
            frames = floor(rate * chance.randint(60, 200) / 100)
            seconds = frames / rate
            sound = chance.choice((Fraction(0), seconds, seconds, seconds, seconds * 3 / 4, seconds + Fraction(1, 3)))
            clip = Clip(number, frames, rate, *size, sound)
            suffix = ".mp4" if chance.random() < 0.25 else ".mov"
        if chance.random() < 0.3:
            shot["focus"] = [chance.choice((0, 0.2, 0.5, 0.8, 1)), chance.choice((0, 0.3, 1))]
        if chance.random() < 0.15:
            shot["fit"] = chance.choice(("crop", "pad", "stretch"))
        if chance.random() < 0.5:
            shot["caption"] = f"This is shot {number}."
        id = f"shot-{number}"
        drawn.clips[id] = clip
        drawn.board["shots"][id] = {"file": f"{id}{suffix}", **shot}


def _into(chance: Random) -> Any:
    picked = chance.choice(TRANSITIONS)
    name, params = picked if isinstance(picked, tuple) else (picked, {})
    seconds = chance.choice((0.1, 0.2, 0.25, 0.3, 0.4, 0.5))
    return {name: {"seconds": seconds, **params}} if params else {name: seconds}


def _entry(drawn: Drawn, chance: Random, shot: str) -> dict[str, Any]:
    entry: dict[str, Any] = {"shot": shot}
    lasts = float(drawn.board["shots"][shot].get("seconds") or drawn.clips[shot].seconds)
    if chance.random() < 0.5:
        begin = round(chance.uniform(0, lasts * 0.4), chance.choice((1, 2, 3)))
        end = floor(chance.uniform(begin + 0.4, lasts) * 100) / 100
        entry["trim"] = [begin, end] if begin + 0.3 < end <= lasts and chance.random() < 0.7 else [begin]
    if chance.random() < 0.25:
        entry["speed"] = chance.choice((0.5, 2, 1.25, 0.8, 3, 0.333))
    if chance.random() < 0.15:
        entry["freeze"] = chance.choice((0.25, 0.5, 0.7, {"first": 0.3}, {"first": 0.2, "last": 0.3}))
    if chance.random() < 0.5:
        entry["into"] = _into(chance)
    elif chance.random() < 0.3:
        entry["into"] = "cut"
    if chance.random() < 0.15:
        entry["title"] = chance.choice(("One", "Two hours later", {"text": "Low", "at": 0.1, "seconds": 0.5}))
    return entry


def lawful(drawn: Drawn) -> None:
    """Takes away what does not fit: an entry gives each of its frames to one transition only, and keeps one."""
    entries = drawn.board["cut"]
    for number in range(len(entries)):
        shown = drawn.film.shown[number]
        while shown.frames <= shown.head + shown.tail + 1 or shown.frames < 2:
            if shown.tail:
                entries[number]["into"] = "cut"
            elif shown.head:
                entries[number - 1]["into"] = "cut"
            elif "trim" in entries[number]:
                entries[number].pop("trim")
            else:
                entries[number].pop("speed", None)
            shown = drawn.film.shown[number]


def _sound(drawn: Drawn, chance: Random) -> None:
    board, sound = drawn.board, {}
    entries = board["cut"]
    for number, entry in enumerate(entries):
        said: dict[str, Any] = {}
        if chance.random() < 0.2:
            said["gain"] = chance.choice((-6, -12, 3))
        elif chance.random() < 0.1:
            said["mute"] = True
        if chance.random() < 0.2:
            said[chance.choice(("lead", "trail"))] = chance.choice((0.1, 0.25, 0.4))
        if said:
            entry["sound"] = said
        if said.keys() & {"lead", "trail"} and not _heard_in_order(drawn, number):
            entry["sound"] = {key: value for key, value in said.items() if key not in ("lead", "trail")}
    if chance.random() < 0.3:
        sound["clips"] = chance.choice(({"gain": -6}, {"mute": True}, {"gain": 2}))
    if chance.random() < 0.15:
        sound["crossfade"] = False
        for entry in entries:
            entry.pop("sound", None)
    if chance.random() < 0.3:
        drawn.tracks["bed.wav"] = (101, Fraction(chance.choice((7, 23, 90)), 10))
        sound["music"] = {"file": "bed.wav", "gain": -6, **chance.choice(({}, {"fade_in": 0.3, "fade_out": 0.4}))}
    sound["tracks"] = [_track(drawn, chance, number) for number in range(chance.choice((0, 0, 1, 1, 2)))]
    board["sound"] = {key: value for key, value in sound.items() if value not in ({}, [])}


def _track(drawn: Drawn, chance: Random, number: int) -> dict[str, Any]:
    name = f"track-{number}.wav"
    drawn.tracks[name] = (110 + number, Fraction(chance.choice((3, 8, 40)), 10))
    track: dict[str, Any] = {"file": name, "kind": chance.choice(("narration", "effect", "music"))}
    shots = list(dict.fromkeys(e.shot for e in drawn.film.shown))
    if chance.random() < 0.5:
        track["shot"] = chance.choice(shots)
        if chance.random() < 0.5:
            track["offset"] = 0.1
    else:
        track["at"] = round(chance.uniform(0, float(drawn.film.frames / drawn.film.fps) - 0.3), 3)
    if chance.random() < 0.4:
        track["gain"] = chance.choice((-9, -3, 2))
    if chance.random() < 0.3:
        track["trim"] = chance.choice(([0.05], [0.1, 0.25]))
    if chance.random() < 0.3:
        track["loop"] = True
    if chance.random() < 0.3:
        track |= {"fade_in": 0.05, "fade_out": 0.1}
    return track


def _heard_in_order(drawn: Drawn, number: int) -> bool:
    """Is there enough of the clips before and after what is shown, and enough between two changes?"""
    shown = drawn.film.shown
    places = [(0, 0), *changes(drawn.film, True), (drawn.film.frames, drawn.film.frames)]
    if any(head[1] > tail[0] for head, tail in pairwise(places)):
        return False
    for entry, (begin, _), (_, end) in zip(shown, places, places[1:], strict=False):
        if entry.first + begin < entry.at or entry.first + end - entry.at > entry.whole + entry.held + entry.waits:
            return False
    return (
        not any("trail" in e.voice and e.held for e in shown)
        and "trail" not in shown[-1].voice
        and "lead" not in shown[0].voice
    )


def _overlay(drawn: Drawn, chance: Random) -> None:
    if chance.random() < 0.2:
        drawn.board["letterbox"] = chance.choice((2.39, "4:3", 1))
    if chance.random() < 0.2:
        corner = chance.choice(("top-left", "top-right", "bottom-left", "bottom-right"))
        drawn.board["watermark"] = {"image": "mark.png", "corner": corner, "size": 12, "opacity": 1}
    if chance.random() < 0.12:
        drawn.board["captions"] = {"burn": True}


def _outputs(drawn: Drawn, chance: Random) -> dict[str, Any]:
    outputs: dict[str, Any] = {"cut.mp4": {"chapters": True}, "mix.wav": {}}
    lasts = float(drawn.film.frames / drawn.film.fps)
    some: tuple[tuple[float, str, dict[str, Any]], ...] = (
        (0.4, "never.mp4", {"copy": "never"}),
        (0.25, "tall.mp4", {"size": "90x160", "fit": chance.choice(("crop", "pad", "stretch", "blur"))}),
        (0.25, "square.mkv", {"size": "96x96", "letterbox": False, "watermark": False}),
        (0.15, "cut.gif", {"width": 160, "fps": 12}),
        (0.15, "cut.webp", {"width": 160, "fps": 10, "quality": 95}),
        (0.5, "still.png", {"at": round(chance.uniform(0, lasts - 0.05), 2)}),
        (0.4, "cut.otio", {}),
        (0.5, "cut.srt", {}),
        (0.3, "cut.vtt", {}),
    )
    outputs |= {name: options for share, name, options in some if chance.random() < share}
    if not any("caption" in drawn.board["shots"][entry.shot] for entry in drawn.film.shown):
        return {name: options for name, options in outputs.items() if not name.endswith(("srt", "vtt"))}
    return outputs
