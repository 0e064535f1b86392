"""The scratch voice: exactly as long as the estimate, in the rhythm of the words, each voice its own, and clean."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
import wave
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reelmake.errors import LocalTool
from reelmake.media import ffmpeg
from reelmake.media.examine import examine
from reelmake.model.order import Order
from reelmake.model.speech import LEAD, TAIL, beats, estimate
from reelmake.model.take import Facts
from reelmake_sketch.making import make
from reelmake_sketch.speak.sounds import TABLE, sounds
from tests.providers.test_sketch_scene import KEY

TEXT = "Nobody knew how the lighthouse had survived the storm; it stood there, quietly, as if nothing had happened."


def said(into: Path, text: str = TEXT, key: str = KEY, **changes: Any) -> Facts:
    order = Order(**{
        "dialect": "sketch/1", "model": "", "prompt": text, "medium": "speech", "shot": "park.say",
        "provider": "sketch", "tier": "draft", "voice": "narrator", **changes,
    })  # fmt: skip
    facts = make(key, order, {}, into, lambda fraction, word: None)
    assert facts is not None
    return facts


def heard(file: Path) -> tuple[np.ndarray, int]:
    with wave.open(str(file)) as sound:
        assert (sound.getnchannels(), sound.getsampwidth()) == (1, 2)
        samples = np.frombuffer(sound.readframes(sound.getnframes()), "<i2").astype(float) / 32768
        return samples, sound.getframerate()


def loudness(samples: np.ndarray) -> float:
    return float(np.sqrt(np.mean(samples**2)))


def pitch(samples: np.ndarray, rate: int) -> float:
    """Hz of the voice: the median over its loud moments, by autocorrelation."""
    found, size = [], rate // 20
    for at in range(0, len(samples) - size, size):
        piece = samples[at : at + size]
        if loudness(piece) > 0.08:
            likeness = np.correlate(piece, piece, "full")[size - 1 :]
            low, high = rate // 450, rate // 60
            found.append(rate / (low + int(np.argmax(likeness[low:high]))))
    return float(np.median(found))


TEXTS = {
    "usual": TEXT,
    "short": "Yes.",
    "numbers": "In 1987, about 15,000 people lived here; today it is 2.4 million, 20% more.",
    "lines": "One.\n\nTwo — three… “Four?”",
    "japanese": "東京の夜、雨が降っている。",
    "russian": "Привет, мир!",
    "arabic": "مرحبا بالعالم، كيف حالك؟",
    "korean": "안녕하세요, 저는 마야입니다.",
    "thai": "สวัสดีครับ",
    "odd": "👩‍🚀 \x00 \ud800 go",
}


@pytest.mark.parametrize("name", TEXTS)
def test_it_is_exactly_as_long_as_the_estimate(name: str, tmp_path: Path) -> None:
    facts = said(tmp_path / "a.wav", TEXTS[name], language="ja" if name == "japanese" else "")
    samples, rate = heard(tmp_path / "a.wav")
    assert facts.seconds == Fraction(len(samples), rate) == estimate(TEXTS[name], "ja" if name == "japanese" else "")
    assert examine(tmp_path / "a.wav", "speech").seconds == facts.seconds


def test_its_words_are_told_and_heard_when_they_are_said(tmp_path: Path) -> None:
    facts = said(tmp_path / "a.wav")
    samples, rate = heard(tmp_path / "a.wav")
    assert " ".join(word.text for word in facts.words) == TEXT
    assert facts.words[0].begin == LEAD
    assert facts.words[-1].end == facts.seconds - TAIL
    quiet = np.ones(len(samples), bool)
    for word in facts.words:
        begin, end = int(word.begin * rate), int(word.end * rate)
        assert loudness(samples[begin:end]) > 0.015, word
        quiet[max(0, begin - rate // 50) : end + rate // 50] = False
    assert quiet.sum() > rate // 4  # the pauses
    assert np.abs(samples[quiet]).max() < 0.002


@pytest.mark.parametrize("text", [TEXT, "Yes.", "Put it down!", "Sail home.", "东京"])
def test_it_begins_at_once_and_is_not_cut(text: str, tmp_path: Path) -> None:
    said(tmp_path / "a.wav", text)
    samples, rate = heard(tmp_path / "a.wav")
    first = int(np.nonzero(np.abs(samples) > 0.003)[0][0]) / rate
    assert 0.01 < first <= 0.06
    assert np.abs(samples[: rate // 200]).max() < 0.001
    assert np.abs(samples[-rate // 20 :]).max() < 0.001


@pytest.mark.parametrize("style", ["", "whisper", "excited"])
def test_nothing_clicks(style: str, tmp_path: Path) -> None:
    said(tmp_path / "a.wav", "One city, two hours later. All morning we were in a room over a river.", style=style)
    samples, _ = heard(tmp_path / "a.wav")
    assert np.abs(samples).max() < 0.86
    steps = np.abs(np.diff(samples))
    # a click is one step far beyond those around it
    around = np.sort(np.lib.stride_tricks.sliding_window_view(np.pad(steps, 12), 25), axis=1)[:, -3]
    assert (steps - 2.5 * around).max() < 0.08


def test_it_is_about_as_loud_as_speech_is_cut_in(tmp_path: Path) -> None:
    for voice in ("narrator", "nova", "onyx"):
        said(tmp_path / "a.wav", voice=voice)
        told = subprocess.run(
            [ffmpeg.program(), "-nostats", "-i", tmp_path / "a.wav", "-af", "ebur128", "-f", "null", "-"],
            capture_output=True, text=True, check=True,
        ).stderr  # fmt: skip
        lufs = float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1])
        assert -21.5 < lufs < -19, voice


def test_a_name_is_a_voice(tmp_path: Path) -> None:
    def voice(name: str, **changes: Any) -> tuple[bytes, float]:
        said(tmp_path / "a.wav", voice=name, **changes)
        return (tmp_path / "a.wav").read_bytes(), pitch(*heard(tmp_path / "a.wav"))

    names = ("alloy", "nova", "onyx", "fable", "maya", "coral")
    voices = {name: voice(name) for name in names}
    assert voice("alloy") == voices["alloy"]
    pitches = sorted(found for _, found in voices.values())
    assert pitches[-1] > 1.6 * pitches[0]
    assert len({sound for sound, _ in voices.values()}) == len(names)
    assert voice("alloy", style="excited")[1] > 1.1 * voices["alloy"][1]
    assert voice("maya", style="deep")[1] < 0.9 * voices["maya"][1]


def test_a_whisper_has_no_voice(tmp_path: Path) -> None:
    def tonal(style: str) -> float:
        said(tmp_path / "a.wav", "All morning we were in a room over a river.", style=style)
        samples, rate = heard(tmp_path / "a.wav")
        power = np.abs(np.fft.rfft(samples)) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / rate)
        return float(power[hertz < 350].sum() / power.sum())

    assert tonal("") > 0.2 > 0.05 > tonal("whispering")


def test_a_question_ends_higher_than_a_statement(tmp_path: Path) -> None:
    ends = []
    for mark in "?.":
        facts = said(tmp_path / "a.wav", f"You were alone{mark}")
        samples, rate = heard(tmp_path / "a.wav")
        ends.append(pitch(samples[int((facts.words[-1].end - Fraction(1, 4)) * rate) :] * 1.5, rate))
    assert ends[0] > 1.15 * ends[1]


_AGAIN = """
import sys
from pathlib import Path
from tests.providers.test_sketch_speech import said
said(Path(sys.argv[1]))
"""


@pytest.mark.slow
def test_the_same_order_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    said(tmp_path / "a.wav", shot="other.say", tier="final")
    subprocess.run([sys.executable, "-c", _AGAIN, str(tmp_path / "b.wav")], check=True, timeout=60)
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.wav", "b.wav")}
    assert len(digests) == 1
    said(tmp_path / "b.wav", key="77" * 32)  # another take
    assert (tmp_path / "b.wav").read_bytes() != (tmp_path / "a.wav").read_bytes()


def test_where_there_is_no_word_it_says_so(tmp_path: Path) -> None:
    with pytest.raises(LocalTool, match="no word to say"):
        said(tmp_path / "a.wav", "…")


@given(st.text(max_size=12))
@settings(deadline=None)
def test_any_word_has_sounds(word: str) -> None:
    assert sounds(word)
    assert set(sounds(word)) <= TABLE.keys()


def test_what_is_spelt_alike_sounds_alike() -> None:
    assert sounds("Über") == sounds("uber")
    assert sounds("knight") == sounds("night")
    assert sounds("Мама") == sounds("mama")
    assert sounds("7") == sounds("seven")
    assert sounds("カ") == sounds("ka")


def test_it_speaks_five_times_as_fast_as_anybody(tmp_path: Path) -> None:
    said(tmp_path / "a.wav", "Warm up.")
    begun = time.process_time()
    facts = said(tmp_path / "a.wav", " ".join([TEXT] * 6))
    assert facts.seconds is not None
    assert time.process_time() - begun < float(facts.seconds) / 5
    assert len(facts.words) == 6 * len(beats(TEXT))
