"""The real voice of the extra `voice`, where it is installed (`make voice`): same bytes, its words at their times."""

from __future__ import annotations

import hashlib
import re
import subprocess
import sys
import time
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from reelmake.media import ffmpeg
from reelmake.model.speech import LEAD, TAIL, estimate
from tests.providers.test_sketch_speech import TEXT, heard, loudness, pitch, said

pytest.importorskip("piper")

LONG = "Long before the towers were green, they were grey. In 1987, about 15,000 people lived here. Who are they now?"


def test_it_is_used_and_about_as_long_as_the_estimate(tmp_path: Path) -> None:
    facts = said(tmp_path / "a.wav", LONG)
    assert facts.seconds is not None
    assert facts.seconds != estimate(LONG)
    assert 0.7 < facts.seconds / estimate(LONG) < 1.15
    samples, rate = heard(tmp_path / "a.wav")
    assert facts.seconds == Fraction(len(samples), rate)


@pytest.mark.parametrize(("text", "language"), [("Das ist ein Satz.", "de"), ("東京の夜、雨。", ""), ("Yes.", "fr-CA")])
def test_what_it_cannot_read_the_scratch_voice_says(text: str, language: str, tmp_path: Path) -> None:
    assert said(tmp_path / "a.wav", text, language=language).seconds == estimate(text, language)


@pytest.mark.parametrize(
    "text", ["\ud800go 👩‍🚀 \x07now\x00 …", "a" * 400, "¿?! 7", "x " * 300, "Dr. e.g. U.N.O. C3PO's 50%"]
)
def test_it_says_something_of_anything(text: str, tmp_path: Path) -> None:
    facts = said(tmp_path / "a.wav", text, language="en")
    assert facts.seconds is not None
    assert 0.3 < facts.seconds < 120
    assert all(word.begin <= word.end <= facts.seconds for word in facts.words)


def test_its_words_are_where_they_are_heard(tmp_path: Path) -> None:
    facts = said(tmp_path / "a.wav", LONG)
    samples, rate = heard(tmp_path / "a.wav")
    assert " ".join(word.text for word in facts.words) == LONG
    assert all(word.begin < word.end for word in facts.words)
    assert all(a.end <= b.begin for a, b in zip(facts.words, facts.words[1:], strict=False))
    for word in facts.words:
        assert loudness(samples[int(word.begin * rate) : int(word.end * rate)]) > 0.01, word
    for text in ("grey.", "here."):  # behind a sentence it is silent
        word = next(word for word in facts.words if word.text == text)
        pause = samples[int((word.end + Fraction(12, 100)) * rate) : int((word.end + Fraction(30, 100)) * rate)]
        assert loudness(pause) < 0.005
    number = next(word for word in facts.words if word.text == "15,000")
    assert number.end - number.begin > Fraction(1, 2)  # fifteen thousand


def test_it_begins_at_once_and_is_not_cut(tmp_path: Path) -> None:
    said(tmp_path / "a.wav", "Put it down!")
    samples, rate = heard(tmp_path / "a.wav")
    spoken = np.nonzero(np.abs(samples) > 0.003)[0] / rate
    assert 0.01 < spoken[0] <= 0.06
    assert float(LEAD) > spoken[0] - 0.02
    assert 0.05 < len(samples) / rate - spoken[-1] <= float(TAIL) + 0.05


def test_a_name_is_a_voice(tmp_path: Path) -> None:
    pitches = []
    for voice in ("joe", "maya-voice", "onyx"):
        said(tmp_path / "a.wav", voice=voice)
        pitches.append(pitch(*heard(tmp_path / "a.wav")))
    joe, maya, onyx = pitches
    assert maya > 1.15 * joe > 1.2 * onyx


def test_it_is_about_as_loud_as_speech_is_cut_in(tmp_path: Path) -> None:
    for text in (LONG, TEXT):
        said(tmp_path / "a.wav", text)
        told = subprocess.run(
            [ffmpeg.program(), "-nostats", "-i", tmp_path / "a.wav", "-af", "ebur128", "-f", "null", "-"],
            capture_output=True, text=True, check=True,
        ).stderr  # fmt: skip
        assert -22.5 < float(re.findall(r"I:\s+(-?[\d.]+) LUFS", told)[-1]) < -18.5


_AGAIN = """
import sys
from pathlib import Path
from tests.providers.test_sketch_speech import said
said(Path(sys.argv[1]))
"""


def test_the_same_line_is_the_same_bytes_in_another_process(tmp_path: Path) -> None:
    said(tmp_path / "a.wav", "Warm up.")
    said(tmp_path / "a.wav")
    subprocess.run([sys.executable, "-c", _AGAIN, str(tmp_path / "b.wav")], check=True, timeout=60)
    digests = {hashlib.sha256((tmp_path / name).read_bytes()).hexdigest() for name in ("a.wav", "b.wav")}
    assert len(digests) == 1


def test_it_reads_five_times_as_fast_as_anybody(tmp_path: Path) -> None:
    said(tmp_path / "a.wav", "Warm up.")  # loading takes three seconds, once a process
    begun = time.process_time()
    facts = said(tmp_path / "a.wav", LONG)
    assert facts.seconds is not None
    assert time.process_time() - begun < float(facts.seconds) / 5
