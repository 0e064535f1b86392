"""Music of the sketch: to the sample as long as it is asked for, in tune, after the words, the same bytes each time."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import time
import wave
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.media.examine import examine
from reelmake.model.order import Order
from reelmake.model.take import Facts
from reelmake_sketch.making import make
from reelmake_sketch.play import bed
from reelmake_sketch.play.score import score
from tests.providers.test_sketch_scene import KEY

WORDS = "Hopeful strings, slow build"


def music(into: Path, words: str = WORDS, seconds: Fraction | None = Fraction(8), key: str = KEY) -> Facts:
    order = Order(
        dialect="sketch/1", model="", prompt=words, medium="music", seconds=seconds, shot="music.bed",
        provider="sketch", tier="draft",
    )  # fmt: skip
    facts = make(key, order, {}, into, lambda fraction, word: None)
    assert facts is not None
    return facts


def heard(file: Path) -> np.ndarray:
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getframerate()) == (2, 48_000)
        return np.frombuffer(sound.readframes(sound.getnframes()), "<i2").reshape(-1, 2) / 32768


def level(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


@pytest.mark.parametrize("seconds", [Fraction(8), Fraction(1, 10), Fraction(1001, 240), Fraction(61, 3), None])
def test_it_is_as_long_as_it_is_asked_for(seconds: Fraction | None, tmp_path: Path) -> None:
    facts = music(tmp_path / "a.wav", seconds=seconds)
    assert facts.seconds is not None
    assert abs(facts.seconds - (seconds or 30)) < Fraction(1, 48_000)
    assert (
        examine(tmp_path / "a.wav", "music").seconds
        == facts.seconds
        == Fraction(len(heard(tmp_path / "a.wav")), 48_000)
    )


def test_it_comes_out_of_silence_and_goes_back_to_it(tmp_path: Path) -> None:
    music(tmp_path / "a.wav")
    samples = heard(tmp_path / "a.wav")
    assert np.abs(samples[:48]).max() < 0.001
    assert np.abs(samples[-48:]).max() < 0.001
    assert np.abs(np.diff(samples, axis=0)).max() < 0.15
    assert np.abs(samples).max() < 0.8
    assert 0.07 < level(samples) < 0.11
    assert level(samples[:, 0] - samples[:, 1]) > 0.1 * level(samples)  # in stereo


def test_what_is_long_plays_its_verse_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bed, "VERSE", 4)
    facts = music(tmp_path / "a.wav", seconds=Fraction(1001, 100))
    samples = heard(tmp_path / "a.wav")
    assert facts.seconds == Fraction(len(samples), 48_000) == Fraction(1001, 100)
    third = -(-len(samples) // 3)
    assert (samples[:third] == samples[third : 2 * third]).all()
    assert np.abs(np.diff(samples, axis=0)).max() < 0.15
    assert np.abs(samples[-48:]).max() < 0.001


@pytest.mark.slow
def test_what_builds_gets_louder(tmp_path: Path) -> None:
    levels = {}
    for words in (WORDS, "Hopeful strings"):
        music(tmp_path / "a.wav", words, Fraction(40))
        samples = heard(tmp_path / "a.wav")
        levels[words] = level(samples[28 * 48_000 : 36 * 48_000]) / level(samples[2 * 48_000 : 10 * 48_000])
    assert levels[WORDS] > 1.4 > levels["Hopeful strings"]


def test_the_words_decide_what_is_played() -> None:
    def instruments(words: str) -> set[str]:
        return {note.instrument for note in score(words, 30, 1)}

    assert instruments("calm piano") == {"pad", "bass", "piano"}
    assert "kick" in instruments("epic drums")
    assert {"strings", "pluck"} <= instruments("strings and harp")
    assert len(score("fast, happy", 60, 1)) > 1.3 * len(score("slow, sad", 60, 1))


@pytest.mark.parametrize("words", ["sad", "hopeful", "dark", "epic", "calm", "dreamy", "quirky", "a love song", "?"])
def test_it_is_in_tune_and_comes_home(words: str) -> None:
    notes = [note for note in score(words, 60, 5) if note.pitch]
    assert len({note.pitch % 12 for note in notes}) <= 7  # of one scale
    bass = [note.pitch % 12 for note in notes if note.instrument == "bass"]
    assert bass[0] == bass[-1]
    assert len(set(bass)) > 1
    assert max(note.at + note.long for note in notes if note.instrument == "bass") <= 60


_AGAIN = """
import sys
from pathlib import Path
from tests.providers.test_sketch_music import music
music(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_the_same_order_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    music(tmp_path / "a.wav")
    subprocess.run([sys.executable, "-c", _AGAIN, str(tmp_path / "b.wav")], check=True, timeout=60)
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.wav", "b.wav")}
    assert len(digests) == 1
    music(tmp_path / "b.wav", key="77" * 32)
    assert (tmp_path / "b.wav").read_bytes() != (tmp_path / "a.wav").read_bytes()


@pytest.mark.slow
def test_it_plays_much_faster_than_it_is_heard(tmp_path: Path) -> None:
    music(tmp_path / "a.wav", seconds=Fraction(1))
    begun = time.process_time()
    music(tmp_path / "a.wav", "Epic orchestra, drums", seconds=Fraction(60))
    assert time.process_time() - begun < 12
