"""How long a text lasts: near what a real voice takes, in whole hundredths, and more for more to say."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reelmake.model.speech import LEAD, TAIL, beats, estimate

# seconds that Piper 1.8.0 takes with the voice joe-us 1.0.0, without noise
PIPER = {
    "We planted the first roof in spring.": 2.11,
    "One city, two hours later.": 1.93,
    "She runs, and the kite climbs over the harbour.": 2.55,
    "In 1987, about 15,000 people lived here; today it is 2.4 million.": 5.98,
    "Come on! The tram is leaving. Quick, take my hand.": 3.20,
    "The morning light falls through the vertical farms, and for the first time in years the whole city smells of "
    "basil, tomatoes and rain.": 6.69,
    "Yes.": 0.62,
    "No, wait.": 1.01,
    "Nobody knew how the lighthouse had survived the storm; it stood there, quietly, as if nothing had happened.": 5.71,
    "Long before the towers were green, they were grey. People walked quickly, looked at the ground, and spoke of "
    "other places.": 6.61,
}


def test_it_is_near_what_a_real_voice_takes() -> None:
    for text, seconds in PIPER.items():
        assert 0.8 < float(estimate(text)) / seconds < 1.3, text
    assert 1.0 < float(sum(map(estimate, PIPER))) / sum(PIPER.values()) < 1.2  # rather too long than too short


@pytest.mark.parametrize("text", ["", "  \n", "...", "— !", "[whispers]", "<break time='2s'/>"])
def test_where_no_word_is_there_is_no_sound(text: str) -> None:
    assert (estimate(text), beats(text)) == (0, ())


@pytest.mark.parametrize(
    ("longer", "shorter"),
    [
        ("Nineteen of them left.", "Ten of them left."),
        ("No. Wait.", "No wait."),
        ("No, wait", "No wait"),
        ("One\n\ntwo", "One two"),
        ("It was 1987 then.", "It was gone then."),
        ("He gave 20% back.", "He gave 20 back."),
        ("The UN met.", "The un met."),
        ('She said "stop." Then she left.', 'She said "stop" then she left.'),
        ("Wait <break time='1s'/> here", "Wait here"),
        ("Wait — here", "Wait here"),
        ("今夜、雨", "今夜雨"),
    ],
)
def test_more_to_say_lasts_longer(longer: str, shorter: str) -> None:
    assert estimate(longer) > estimate(shorter)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("[softly] She runs.", "She runs."),
        ("<emphasis>She</emphasis> runs.", "She runs."),
        ("Dr. Smith", "Dr Smith"),
        ("STOP THE TRAM", "Stop the tram"),  # shouted, not spelt
        ("  She   runs. ", "She runs."),
    ],
)
def test_what_is_not_said_lasts_no_time(one: str, other: str) -> None:
    assert estimate(one) == estimate(other)


def test_a_break_is_waited_for() -> None:
    assert estimate("Wait <break time='1500ms'/> here") - estimate("Wait here") == Fraction(161, 100)


def test_every_mark_that_is_written_is_kept_with_its_word() -> None:
    text = 'It was — he said – 25% of it … "really" , no!'
    assert " ".join(beat.text for beat in beats(text)) == text


def test_scripts_without_spaces_count_characters() -> None:
    assert [beat.text for beat in beats("東京、ロボット run", "ja")] == ["東", "京、", "ロ", "ボ", "ッ", "ト", "run"]
    assert 2 < estimate("春天的早晨，城市里到处都是阳光。", "zh") < 5
    assert estimate("東京", "ja") > estimate("東京", "zh")


def test_twice_as_quick_is_half_as_long() -> None:
    text = next(iter(PIPER))
    slow, quick = (estimate(text, rate=Fraction(rate)) - LEAD - TAIL for rate in (1, 2))
    assert abs(slow - 2 * quick) < Fraction(len(beats(text)) * 2, 100)


@given(st.text(max_size=60))
def test_any_text_is_the_sum_of_its_beats_in_whole_hundredths(text: str) -> None:
    said = beats(text)
    assert estimate(text) == (LEAD + TAIL + sum(b.seconds + b.pause for b in said) if said else 0)
    assert all((part * 100).denominator == 1 and part >= 0 for b in said for part in (b.seconds, b.pause))
    assert all(b.seconds > 0 and b.text.split()[0] in text for b in said)
    assert not said or said[-1].pause == 0
