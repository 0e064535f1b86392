"""Sketch clips: exact length and size, sound, same bytes, and what continue, remix and extend promise."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest
from PIL import Image, ImageFont

from reelmake.errors import LocalTool
from reelmake.media.font import font
from reelmake.model.frame import Size
from reelmake.model.order import ClipOrder
from reelmake.model.time import nearest
from reelmake_sketch.paint.film import render
from reelmake_sketch.paint.slate_text import Room, legible, strip, wrap
from reelmake_sketch.prompt_reading import scene
from reelmake_sketch.scenery import Caption
from tests.providers.test_sketch_scene import KEY, PARK, order

SMALL = Size(192, 108)


def film(into: Path, prompt: str = PARK, inputs: Mapping[str, Path] | None = None, **changes: Any) -> Path:
    job = order(prompt, **{"size": SMALL, "seconds": Fraction(1), **changes})
    render(KEY, job, inputs or {}, into, lambda fraction, word: None)
    return into


def pictures(clip: Path) -> list[np.ndarray]:
    with av.open(str(clip)) as file:
        return [f.to_ndarray(format="rgb24").astype(float) for f in file.decode(video=0)]


def psnr(a: np.ndarray, b: np.ndarray) -> float:
    return float(10 * np.log10(255**2 / max(1e-9, np.mean((a - b) ** 2))))


@pytest.fixture(scope="module")
def parent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return film(tmp_path_factory.mktemp("parent") / "parent.mp4")


def test_the_clip_is_exact(parent: Path) -> None:
    with av.open(str(parent)) as file:
        video, audio = file.streams.video[0], file.streams.audio[0]
        assert (video.width, video.height, video.pix_fmt) == (192, 108, "yuv420p")
        assert video.codec_context.name in ("h264", "libx264")
        assert (audio.rate, audio.channels) == (48_000, 2)
        packets = sorted(p.pts for p in file.demux(video) if p.pts is not None)
        steps = {b - a for a, b in pairwise(packets)}
        assert len(packets) == 24
        assert {s * video.time_base for s in steps} == {Fraction(1, 24)}
    raw = parent.read_bytes()
    assert 0 < raw.find(b"moov") < raw.find(b"mdat")


def test_the_sound_is_a_quiet_room_as_long_as_the_picture(parent: Path) -> None:
    with av.open(str(parent)) as file:
        sound = np.concatenate([f.to_ndarray() for f in file.decode(audio=0)], axis=1)
        assert file.streams.audio[0].duration * file.streams.audio[0].time_base == 1
    level = 20 * np.log10(np.sqrt(np.mean(sound**2)))
    assert -52 < level < -34
    assert np.abs(sound).max() < 0.2


@pytest.mark.parametrize(("seconds", "count"), [(Fraction(1, 2), 12), (Fraction(13, 10), 31), (Fraction(1, 100), 1)])
def test_any_length_to_the_frame(tmp_path: Path, seconds: Fraction, count: int) -> None:
    assert len(pictures(film(tmp_path / "a.mp4", seconds=seconds))) == count


@pytest.mark.parametrize(
    ("asked", "made"),
    [
        ((64, 64), (64, 64)),
        ((108, 192), (108, 192)),
        ((500, 40), (500, 40)),
        ((101, 77), (100, 76)),
        ((36, 240), (36, 240)),
    ],
)
def test_any_shape(tmp_path: Path, asked: tuple[int, int], made: tuple[int, int]) -> None:
    (first, *_) = pictures(film(tmp_path / "a.mp4", size=Size(*asked), seconds=Fraction(1, 4)))
    assert first.shape[1::-1] == made


PROMPTS = {
    "empty": "",
    "long": "Wide shot of " + "a very long street that never ends, " * 60,
    "word": "W" * 3000,
    "scripts": "東京の夜、雨。 שלום עולם 👩‍🚀🎬 مرحبا \x00\x07\n\ttabs \ud800 end",
    "overhead": "Overhead shot of a woman walking on a street",
    "shoulder": "Over-the-shoulder shot, dutch angle, two people talk in an office at dusk, handheld",
    "space": "Extreme wide shot of a rocket launching into outer space, pull out",
    "crowd": "Low angle, a mother and her daughter with an umbrella and a dog run along the beach, snow, tracking",
    "close": "Extreme close-up of a woman's eyes, volumetric light, push in",
    "things": "Close-up of a bottle on a table, kitchen, night",
    "woods": "A horse rides through the forest in fog",
    "peaks": "A plane flies over the mountains, snow",
    "dunes": "A balloon rises over the desert at sunset",
    "water": "A boat sails on the sea at night under the stars",
    "robot": "A robot waves in a field, birds",
    "sits": "A man sits and reads a book in the park, autumn leaves in the wind",
    "bike": "A bike passes a car and a bus in the city",
}


@pytest.mark.parametrize("name", PROMPTS)
def test_any_words_make_a_picture(tmp_path: Path, name: str) -> None:
    frames = pictures(film(tmp_path / "a.mp4", PROMPTS[name], seconds=Fraction(1, 4), size=Size(160, 90)))
    assert len(frames) == 6
    assert frames[3][10:60].std() > 4  # a picture, not a flat card


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


_AGAIN = """
import sys
from pathlib import Path
from tests.providers.test_sketch_render import film
film(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_the_same_order_is_the_same_bytes_in_another_process(tmp_path: Path, parent: Path) -> None:
    subprocess.run([sys.executable, "-c", _AGAIN, str(tmp_path / "b.mp4")], check=True, timeout=120)
    assert digest(tmp_path / "b.mp4") == digest(parent)


def test_names_and_tiers_do_not_touch_a_byte(tmp_path: Path, parent: Path) -> None:
    assert digest(film(tmp_path / "b.mp4", shot="meadow", tier="final", provider="other")) == digest(parent)


def test_another_take_is_seen(tmp_path: Path, parent: Path) -> None:
    again = order(PARK, size=SMALL, take=2)
    render("77" * 32, again, {}, tmp_path / "b.mp4", lambda fraction, word: None)
    assert psnr(pictures(tmp_path / "b.mp4")[12], pictures(parent)[12]) < 25


def test_the_top_left_is_free_for_the_slate_and_the_clock_runs_at_the_right(parent: Path) -> None:
    frames = pictures(parent)
    band = 6
    assert frames[12][: band - 1, :60].mean() < 95
    assert frames[12][: band - 1, :60].std() < 12
    assert np.abs(frames[12][:7, 96:] - frames[2][:7, 96:]).max() > 60


def test_figures_and_camera_move(parent: Path) -> None:
    frames = pictures(parent)
    assert psnr(frames[0][12:70], frames[20][12:70]) < 30


def test_different_shots_look_different(tmp_path: Path, parent: Path) -> None:
    other = pictures(film(tmp_path / "b.mp4", "Wide shot of the city at night"))
    assert psnr(other[12], pictures(parent)[12]) < 15


@pytest.fixture
def still(tmp_path: Path) -> Path:
    """Broad shapes and soft colours, as a last frame has."""
    x, y = np.meshgrid(np.linspace(0, 1, 192), np.linspace(0, 1, 108))
    picture = np.stack([200 * x, 160 * y, 120 + 80 * np.sin(5 * x) * np.cos(4 * y)], axis=2)
    picture[40:80, 60:100] = (200, 60, 40)
    Image.fromarray(picture.astype(np.uint8)).save(tmp_path / "still.png")
    return tmp_path / "still.png"


def test_a_clip_starts_exactly_from_its_picture_and_goes_on(tmp_path: Path, still: Path) -> None:
    frames = pictures(film(tmp_path / "a.mp4", "She walks home along the tram line.", {"image": still}))
    given = np.asarray(Image.open(still), float)
    assert psnr(frames[0], given) > 33
    assert psnr(frames[-1], given) < 20


@pytest.mark.parametrize(
    "prompt", ["The woman turns and smiles.", "Slow push in, soft light.", "The waves roll in, rain."]
)
def test_a_picture_stays_with_a_slow_move_where_the_words_bring_nothing_new(
    tmp_path: Path, still: Path, prompt: str
) -> None:
    frames = pictures(film(tmp_path / "a.mp4", prompt, {"image": still}))
    given = np.asarray(Image.open(still), float)
    middle = slice(10, 70)
    assert psnr(frames[0], given) > 33
    assert psnr(frames[12][middle], frames[-1][middle]) < 40  # it moves
    red = (frames[-1][middle, :, 0] - frames[-1][middle, :, 2] > 60) & (frames[-1][middle, :, 1] < 110)
    assert red.sum() > 900  # and is still that picture


def test_a_clip_ends_exactly_in_its_last_picture(tmp_path: Path, still: Path) -> None:
    frames = pictures(film(tmp_path / "a.mp4", "She walks home.", {"last_image": still}))
    given = np.asarray(Image.open(still), float)
    assert psnr(frames[-1], given) > 33
    assert psnr(frames[0], given) < 20


def test_references_are_pinned_beside_the_picture_and_creep(tmp_path: Path, still: Path, parent: Path) -> None:
    frames = pictures(film(tmp_path / "a.mp4", PARK, {"reference 1": still}))
    plain = pictures(parent)
    changed = np.abs(frames[12] - plain[12]).max(axis=2) > 40
    assert changed[8:36, 150:].mean() > 0.5
    assert changed[:, :96].mean() < 0.02
    assert psnr(frames[0][10:30, 155:185], frames[-1][10:30, 155:185]) < 45


def test_extend_is_the_whole_parent_and_then_more(tmp_path: Path, parent: Path) -> None:
    longer = pictures(film(tmp_path / "a.mp4", "The tram leaves.", {"source": parent}, operation="extend"))
    before = pictures(parent)
    assert len(longer) == len(before) + 24
    assert min(psnr(a, b) for a, b in zip(longer, before, strict=False)) > 36
    assert psnr(longer[24], before[-1]) > 30  # goes on from the last frame
    assert psnr(longer[-1], before[-1]) < 20


def test_remix_keeps_the_composition_and_changes_the_colours(tmp_path: Path, parent: Path) -> None:
    prompt = "Same shot at night, palette of teal and navy."
    remixed = pictures(film(tmp_path / "a.mp4", prompt, {"source": parent}, operation="remix"))
    before = pictures(parent)
    assert len(remixed) == 24
    middle = slice(12, 78)
    old, new = before[16][middle].mean(axis=2), remixed[16][middle].mean(axis=2)
    assert np.corrcoef(old.ravel(), new.ravel())[0, 1] > 0.8
    warm_before = before[16][middle][..., 0].mean() - before[16][middle][..., 2].mean()
    warm_after = remixed[16][middle][..., 0].mean() - remixed[16][middle][..., 2].mean()
    assert warm_after < warm_before - 20
    # the wipe: the old picture is still there at the right when the clip begins
    assert psnr(remixed[1][middle, 150:], before[1][middle, 150:]) > 24


def test_footage_of_another_size_and_rate_can_be_extended(tmp_path: Path) -> None:
    clip = tmp_path / "in.mp4"
    with av.open(str(clip), "w") as file:
        stream = file.add_stream("libx264", rate=30)
        stream.width, stream.height, stream.pix_fmt = 100, 100, "yuv420p"
        for n in range(30):
            picture = av.VideoFrame.from_ndarray(np.full((100, 100, 3), 8 * n, np.uint8), format="rgb24")
            file.mux(stream.encode(picture))
        file.mux(stream.encode())
    longer = pictures(film(tmp_path / "a.mp4", "On.", {"source": clip}, operation="extend"))
    assert len(longer) == 48
    assert longer[0].shape == (108, 192, 3)
    levels = [f.mean() for f in longer[:24]]
    assert levels == sorted(levels)


@pytest.mark.parametrize("label", ["image", "reference 1", "source"])
def test_a_broken_input_is_a_refusal_with_its_name(tmp_path: Path, label: str) -> None:
    (tmp_path / "bad.png").write_bytes(b"not a picture")
    operation = "remix" if label == "source" else "generate"
    with pytest.raises(LocalTool, match=r"bad\.png"):
        film(tmp_path / "a.mp4", inputs={label: tmp_path / "bad.png"}, operation=operation)


def test_progress_is_told_and_ends_at_one(tmp_path: Path) -> None:
    told: list[float | None] = []
    render(KEY, order("A hill", size=SMALL), {}, tmp_path / "a.mp4", lambda fraction, word: told.append(fraction))
    known = [f for f in told if f is not None]
    assert known == sorted(known)
    assert known[-1] == 1


def test_lines_wrap_and_end_in_an_ellipsis() -> None:
    face = ImageFont.truetype(str(font()), 20)
    rows = wrap("one two three four five six seven " * 9, face, 180, 2)
    assert len(rows) == 2
    assert rows[-1].endswith("…")
    assert all(face.getlength(r) <= 180 for r in rows)
    assert wrap("short", face, 180, 2) == ["short"]
    assert wrap("", face, 180, 2) == []


def test_letters_are_cleaned_of_what_cannot_be_drawn() -> None:
    assert legible("a\tb\x00c \u200dd\n e") == "a bc d e"
    assert legible("👩‍🚀") == "👩🚀"
    legible("\ud800").encode()


def test_both_weights_are_there() -> None:
    assert font("regular").exists()
    assert font("semibold").exists()
    with pytest.raises(KeyError):
        font("black")


def test_a_job_is_all_it_needs(tmp_path: Path) -> None:
    job: ClipOrder = replace(order("A hill", size=SMALL), shot="", tier="")
    render(KEY, job, {}, tmp_path / "a.mp4", lambda fraction, word: None)
    assert len(pictures(tmp_path / "a.mp4")) == 24


@pytest.mark.parametrize("fps", [Fraction(30), Fraction(24000, 1001), Fraction(12)], ids=str)
def test_a_sketch_has_the_rate_of_the_film(tmp_path: Path, fps: Fraction) -> None:
    """Every frame is another picture, and the sound is as long."""
    made = film(tmp_path / "a.mp4", seconds=Fraction(2), fps=fps, size=SMALL)
    with av.open(str(made)) as file:
        stream = file.streams.video[0]
        frames = [f.to_ndarray(format="gray").astype(int) for f in file.decode(stream)]
        assert stream.average_rate == fps
        assert len(frames) == nearest(2 * fps)
    moves = [abs(a - b).max() > 0 for a, b in pairwise(frames)]
    assert sum(moves) >= len(moves) - 1


def test_a_parent_of_another_rate_keeps_its_time(tmp_path: Path) -> None:
    first = film(tmp_path / "a.mp4", seconds=Fraction(1), size=SMALL)
    longer = film(tmp_path / "b.mp4", inputs={"source": first}, operation="extend", seconds=Fraction(1),
                  fps=Fraction(30), size=SMALL)  # fmt: skip
    with av.open(str(longer)) as file:
        assert len(list(file.decode(video=0))) == 60


@pytest.mark.parametrize("above", [False, True])
@pytest.mark.parametrize("solid", [False, True])
def test_words_stand_in_what_is_open(above: bool, solid: bool) -> None:
    """In a 9:16 part of the picture, in lines that end before it does, at its top where captions are burnt in."""
    share = (Fraction("0.341796875"), Fraction(0), Fraction("0.31640625"), Fraction(1))
    room = Room.of(share, 1280, 720, above)
    words = Caption(framing="Wide shot", subject="A child flying a red kite in a rooftop park over the harbour")
    drawn = strip(words, scene(KEY, order(PARK)).palette, 1280, 720, room, hides="both" if solid else "")
    ink = drawn.luma > 140
    across, down = np.flatnonzero(ink.any(axis=0)) + drawn.x, np.flatnonzero(ink.any(axis=1)) + drawn.y
    assert room.left <= across.min() < across.max() < room.left + room.width
    assert down.max() < 720 * 0.3 if above else down.min() > 720 * 0.7


@pytest.mark.parametrize("words", ["x" * 2_000_000, "wind and waves " * 100_000])
def test_words_without_an_end_are_cut_off_where_the_room_ends(words: str) -> None:
    face = ImageFont.truetype(str(font("regular")), 30)
    rows = wrap(words, face, 300, 2)
    assert len(rows) <= 2
    assert rows[-1].endswith("…")
    assert all(face.getlength(row) <= 300 for row in rows)
