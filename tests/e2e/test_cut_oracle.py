"""Storyboards that chance writes, built and compared with an oracle: every frame and every sample in its place.

REELMAKE_BOARDS is how many there are (40 without it), REELMAKE_FIRST_BOARD the number of the first.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image

from reelmake.media import ffmpeg
from tests.support.boards import Drawn, draw
from tests.support.building import built, lasting, project
from tests.support.oracle import nearest, seen
from tests.support.patterns import RATE, noise
from tests.support.sights import Screen
from tests.support.sounds import entries, lags, tracks, wrong
from tests.support.views import distance

pytestmark = pytest.mark.slow
FIRST = int(os.environ.get("REELMAKE_FIRST_BOARD", "0"))
BOARDS = range(FIRST, FIRST + int(os.environ.get("REELMAKE_BOARDS", "40")))


@pytest.fixture(scope="module", autouse=True)
def crew() -> Iterator[None]:
    with lasting():
        yield


@pytest.mark.parametrize("number", BOARDS)
def test_a_board(tmp_path: Path, number: int) -> None:
    drawn = draw(number)
    root = project(tmp_path / "film", drawn)
    made, _ = built(root)
    assert made.keys() == drawn.board["outputs"].keys()
    for name, file in made.items():
        complaints = CHECKS[file.suffix](drawn, name, file, root)
        assert not complaints, f"{name} of board {number}:\n" + "\n".join(complaints[:8])


def film_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    """A reel: its frames, its sound, its chapters, and the length that a probe says."""
    options, due = drawn.board["outputs"][name], drawn.film
    width, height = map(int, options.get("size", "160x90").split("x"))
    fit = options.get("fit", drawn.board["defaults"].get("fit", "crop"))
    screen, found = Screen(drawn.board, due, (width, height), fit, options), []
    with av.open(str(file)) as container:
        stream = container.streams.video[0]
        said = (stream.frames or due.frames, stream.average_rate)
        base, number = Fraction(stream.time_base), -1
        for number, frame in enumerate(container.decode(video=0)):
            if abs(frame.pts * base - number / due.fps) > Fraction(1, 1000):
                found.append(f"frame {number} is shown at {float(frame.pts * base):.4f} s")
            if number < due.frames and (complaint := screen.wrong(number, luma(frame))):
                found.append(complaint)
        chapters = [(c["metadata"]["title"], c["start"] * Fraction(c["time_base"])) for c in container.chapters()]
    if (number + 1, *said) != (due.frames, due.frames, due.fps):
        found.insert(0, f"{number + 1} frames, said to be {said}; {due.frames} at {due.fps} were due")
    found += sound_of_film(drawn, file, root)
    return found + (chapters_of(drawn, chapters) if options.get("chapters") else [])


def luma(frame: Any) -> np.ndarray:
    """As the film has it, 16 to 235."""
    if frame.format.name.startswith("yuv420p"):
        return frame.to_ndarray()[: frame.height, : frame.width].astype(float)
    return frame.to_ndarray(format="rgb24").astype(float).mean(axis=2) * 219 / 255 + 16


def sound_of_film(drawn: Drawn, file: Path, root: Path) -> list[str]:
    """As long as the mix to the sample, and nowhere later or earlier than it by a thousandth of a second."""
    sound, mix = heard(file), heard(root / "build" / "mix.wav")
    with av.open(str(file)) as container:
        stream = container.streams.audio[0]
        said = nearest(Fraction(stream.duration or 0) * stream.time_base * RATE) or drawn.film.samples
    complaints = [] if said == drawn.film.samples else [f"{said} samples of sound; {drawn.film.samples} were due"]
    late = [(at, by) for at, by in lags(sound[0], mix[0]) if abs(by) > RATE // 1000]
    return complaints + [f"the sound is {by} samples late at {at:.2f} s" for at, by in late]


def chapters_of(drawn: Drawn, found: list[tuple[str, Fraction]]) -> list[str]:
    film = drawn.film
    due = []
    edges = film.edges()
    for entry, edge, after in zip(film.shown, edges, edges[1:], strict=False):
        title = entry.title["text"] if isinstance(entry.title, dict) else entry.title
        if after > edge:
            due.append((title or entry.shot, edge / film.fps))
    same = [n for n, _ in found] == [n for n, _ in due]
    close = same and all(nearest(a * film.fps) == b * film.fps for (_, a), (_, b) in zip(found, due, strict=True))
    return (
        [] if close else [f"chapters {[(n, float(t)) for n, t in found]}, {[(n, float(t)) for n, t in due]} were due"]
    )


def mix_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    waves = {id: own(root / drawn.board["shots"][id]["file"], id, drawn) for id, c in drawn.clips.items() if c.sound}
    files = {track: np.rint(noise(n)[: round(s * RATE)] * 32768) / 32768 for track, (n, s) in drawn.tracks.items()}
    due = entries(drawn.board, drawn.film, waves) + tracks(drawn.board, drawn.film, files)
    return wrong(heard(file), due, drawn.film.samples)


def own(file: Path, id: str, drawn: Drawn) -> np.ndarray:
    """The sound of a clip, as ffmpeg reads it; no longer than its picture, for that is what is cut."""
    if file.suffix == ".mp4":
        return heard(file)[0]
    clip = drawn.clips[id]
    return np.rint(noise(clip.number)[: round(clip.sound * RATE)] * 32768) / 32768


def heard(file: Path) -> np.ndarray:
    """Shape (2, n), decoded by ffmpeg itself."""
    raw = file.with_suffix(file.suffix + ".f32")
    ffmpeg.run(["-y", "-i", str(file), "-vn", "-f", "f32le", "-ac", "2", "-ar", str(RATE), str(raw)], raw, frames=1)
    sound = np.fromfile(raw, np.float32).reshape(-1, 2).T.astype(float)
    raw.unlink()
    return sound


def still_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    """The one frame that is seen then; in a transition, of either entry."""
    options, picture = drawn.board["outputs"][name], luma(av.VideoFrame.from_image(Image.open(file).convert("RGB")))
    number = int(Fraction(str(options["at"])) * drawn.film.fps)
    bare = {key: value for key, value in drawn.board.items() if key not in ("letterbox", "watermark", "captions")}
    screen = Screen(bare, drawn.film, (160, 90), drawn.board["defaults"].get("fit", "crop"), options)
    known = np.ones(picture.shape, bool)
    due = [(one, n) for one in seen(drawn.film, number) for n in one.numbers]
    if any(drawn.board["shots"][one.entry.shot].get("move") for one, _ in due):
        return []
    if min(distance(picture, screen.picture(one, n), known) for one, n in due) < 14:
        return []
    return [f"the still at frame {number} is none of {[(one.entry.shot, n) for one, n in due]}"]


def animation_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    """Every picture of an animation is one of the frames of the reel that are due around its time."""
    options, film = drawn.board["outputs"][name], drawn.film
    width = options["width"]
    fit = options.get("fit", drawn.board["defaults"].get("fit", "crop"))
    found = []
    with Image.open(file) as animation:
        at, number = Fraction(0), 0
        for number in range(animation.n_frames):
            animation.seek(number)
            picture = luma(av.VideoFrame.from_image(animation.convert("RGB")))
            if picture.shape != (90, width):
                return [f"pictures of {picture.shape}"]
            near = int(at * film.fps)
            tries = dict.fromkeys(min(film.frames - 1, max(0, near + way)) for way in (0, 1, -1, 2, 3))
            said: list[str] = []
            for n in tries:
                said.append(Screen(drawn.board, film, (160, 90), fit, {}).wrong(n, picture))
                if not said[-1]:
                    break
            else:
                found.append(f"picture {number} at {float(at):.3f} s: {said}")
            at += Fraction(animation.info["duration"], 1000)
    lasts = film.frames / film.fps
    if abs(at - lasts) > Fraction(3, 2) / options["fps"]:
        found.append(f"it lasts {float(at):.3f} s, the cut {float(lasts):.3f}")
    return found


def subtitles_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    """Cues change in the middle of transitions; one that goes on is one."""
    film = drawn.film
    due: list[list[Any]] = []
    edges = [nearest(edge / film.fps * 1000) for edge in film.edges()]
    before = None
    for entry, begin, end in zip(film.shown, edges, edges[1:], strict=False):
        text = drawn.board["shots"][entry.shot].get("caption")
        if text and end > begin:
            if due and due[-1][1] == begin and before == entry.shot:
                due[-1][1] = end
            else:
                due.append([begin, end, text])
        before = entry.shot
    found = []
    for times, text in re.findall(r"^([\d:.,]+ --> [\d:.,]+)\n(.+)$", file.read_text(), re.MULTILINE):
        marks = [re.split(r"[:.,]", mark) for mark in times.split(" --> ")]
        begin, end = (
            sum(int(part) * unit for part, unit in zip(mark[::-1], (1, 1000, 60_000, 3_600_000), strict=False))
            for mark in marks
        )
        found.append([begin, end, text])
    return [] if found == due else [f"{found}, {due} were due"]


def timeline_of(drawn: Drawn, name: str, file: Path, root: Path) -> list[str]:
    """The edit of an OTIO: which part of which clip lies between the middles of its transitions."""
    film = drawn.film
    otio = pytest.importorskip("opentimelineio")
    track = otio.adapters.read_from_file(str(file), "otio_json").tracks[0]
    found, at = [], 0
    joins = []
    for part in track:
        if isinstance(part, otio.schema.Transition):
            joins.append((at, int(part.in_offset.value), int(part.out_offset.value)))
            continue
        length = part.source_range.duration.value
        start = part.source_range.start_time
        if not any(isinstance(effect, otio.schema.FreezeFrame) for effect in part.effects):
            found.append((part.name, at, float(start.value / start.rate)))
        at += int(length)
    due, joined = [], []
    edges = film.edges()
    for entry, edge in zip(film.shown, edges, strict=False):
        into = (edge - entry.at) if entry.head else 0
        due.append((entry.shot, edge, float((entry.first + into) / film.fps * entry.speed)))
        if entry.head:
            joined.append((edge, entry.head // 2, entry.head - entry.head // 2))
    complaints = [] if at == film.frames else [f"{at} frames, {film.frames} were due"]
    if joins != joined:
        complaints.append(f"transitions {joins}, {joined} were due")
    if any(entry.waits for entry in film.shown):
        return complaints
    for a, b in zip(found, due, strict=False):
        slack = 2.01 / film.fps if not drawn.clips[b[0]].still else 10  # of a sped clip, whole frames only
        if a[:2] != b[:2] or abs(a[2] - b[2]) > slack:
            complaints.append(f"{a}, {b} was due")
    whole = len(found) == len(due) or any(entry.held for entry in film.shown)
    return complaints + ([] if whole else [f"{len(found)} clips, {len(due)} were due"])


CHECKS = {
    ".mp4": film_of, ".mkv": film_of, ".wav": mix_of, ".png": still_of, ".gif": animation_of, ".webp": animation_of,
    ".srt": subtitles_of, ".vtt": subtitles_of, ".otio": timeline_of,
}  # fmt: skip
