"""How long a text lasts when it is spoken, before anybody has spoken it: by its letters, by script, and its pauses.

Plans price and lay out by it what is not made yet; the sketch speaks to it, to the sample. Knows no voice, and nothing
of what a provider will really make.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from functools import lru_cache

from reelmake.records import dataclass

LEAD = Fraction(4, 100)
"""Seconds of silence before the first word: a voice that begins at once has its first sound cut off by many players."""
TAIL = Fraction(14, 100)

# seconds
_WORD, _LETTER = Fraction(80, 1000), Fraction(47, 1000)  # of a word whatever its letters, of each: 160 words a minute
_DRAWN = Fraction(11, 100)  # what stands before a pause is drawn out
_DIGIT, _SIGN = Fraction(26, 100), Fraction(34, 100)  # "7" and "%" are words
_SPELT = Fraction(19, 100)  # of a capital of "UN"
_SYLLABLE, _MORA = Fraction(19, 100), Fraction(135, 1000)  # of Hangul, of kana
_CHINESE, _JAPANESE = Fraction(235, 1000), Fraction(26, 100)  # of a character of Han
_FULL_STOP, _COMMA, _LINE, _DASH = Fraction(36, 100), Fraction(15, 100), Fraction(50, 100), Fraction(20, 100)

# scripts without spaces: kana, Han
_ALONE = "\u3041-\u30ff\u31f0-\u31ff\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_TAG = re.compile(
    r"<break\s[^<>]{0,80}?time\s*=\s*[\"']?(\d{1,6}(?:\.\d{1,6})?)(m?)s[^<>]{0,80}>|<[^<>]*>|\[[^\[\]]*\]",
    re.IGNORECASE,
)
_PIECE = re.compile(rf"(?P<alone>[{_ALONE}][^\w\s]*)|(?P<other>[^\s{_ALONE}]+)|(?P<line>\n\s*)")
_SAID = re.compile(r"\w")
_ENDS = re.compile(r"[.!?…。！？؟।][\"'”’»)\]」』]*$")
_BREAKS = re.compile(r"[,;:、，；：،][\"'”’»)\]」』]*$")
_SHORT = re.compile(r"(?:Mr|Mrs|Ms|Dr|Prof|St|vs|etc|e\.g|i\.e)\.$|^\w\.$", re.IGNORECASE)
_SIGNS = frozenset("%&$€£¥+=@#°§")


@dataclass(frozen=True, slots=True)
class Beat:
    """One word as it was written, with the punctuation behind it (of a script without spaces, one character): `seconds`
    that it takes, and the `pause` behind it. Both are whole hundredths, so they are whole samples at 24 and 48 kHz."""

    text: str
    seconds: Fraction
    pause: Fraction = Fraction(0)


@lru_cache(maxsize=1 << 14)  # each line is asked about by rules, lengths and captions
def estimate(text: str, language: str = "", rate: Fraction = Fraction(1)) -> Fraction:
    """Seconds of the whole sound, silence around it included; 0 for a text without a word.

    `language`: BCP 47, "" = not said. `rate` 2 = twice as quick.
    """
    said = beats(text, language, rate)
    return LEAD + sum((beat.seconds + beat.pause for beat in said), TAIL) if said else Fraction(0)


@lru_cache(maxsize=1 << 14)
def beats(text: str, language: str = "", rate: Fraction = Fraction(1)) -> tuple[Beat, ...]:
    """The words in order; the last has no pause. Stage directions in brackets and SSML's tags are not spoken, but a
    `<break time="1s"/>` is waited for. Arguments as of `estimate`."""
    shouted = text.upper() == text
    found: list[Beat] = []  # with whole pauses; what stands before one is drawn out at the end
    for piece in _pieces(text):
        if isinstance(piece, str) and _SAID.search(piece):
            found.append(Beat(piece, _length(piece, language, spelt=not shouted), _pause(piece)))
        elif found:  # a pause that is asked for, or a dash or an ellipsis that stands alone
            last, pause = found[-1], _DASH if isinstance(piece, str) else piece
            text = f"{last.text} {piece}" if isinstance(piece, str) else last.text
            found[-1] = Beat(text, last.seconds, max(last.pause, pause))
    if found:
        found[-1] = Beat(found[-1].text, found[-1].seconds + _DRAWN)
    return tuple(
        Beat(b.text, _hundredths((b.seconds + bool(b.pause) * _DRAWN) / rate), _hundredths(b.pause / rate))
        for b in found
    )


def _pieces(text: str) -> Iterator[str | Fraction]:
    """Words, and pauses that are asked for without one."""
    at = 0
    for tag in _TAG.finditer(text):
        yield from _words(text[at : tag.start()])
        if tag[1]:
            yield min(Fraction(10), Fraction(tag[1]) / (1000 if tag[2] else 1))
        at = tag.end()
    yield from _words(text[at:])


def _words(text: str) -> Iterator[str | Fraction]:
    for piece in _PIECE.finditer(text):
        yield _LINE if piece["line"] else piece[0]


def _length(word: str, language: str, *, spelt: bool) -> Fraction:
    """Seconds of one word. `spelt`: are capitals read letter by letter?"""
    total = _WORD
    letters = [char for char in word if char.isalpha()]
    if spelt and 2 <= len(letters) <= 4 and all(char.isupper() and char < "\u3000" for char in letters):
        total += (_SPELT - _LETTER) * len(letters)
    for char in word:
        if char.isdecimal():
            total += _DIGIT
        elif char in _SIGNS:
            total += _SIGN
        elif char.isalpha():
            total += _of_letter(char, language)
    if len(letters) == 1 and _of_letter(letters[0], language) != _LETTER:
        total -= _WORD  # one character is no word of its own there
    return total


def _of_letter(char: str, language: str) -> Fraction:
    """Seconds of one letter, which in some scripts is a syllable or a word."""
    if char < "\u0590":
        return _LETTER
    if char < "\u0800":  # Hebrew, Arabic, Syriac: the vowels are not written
        return Fraction(78, 1000)
    if "\u0e00" <= char < "\u0f00":  # Thai and Lao: no spaces, so no words are counted
        return Fraction(72, 1000)
    if "\u3041" <= char <= "\u30ff" or "\u31f0" <= char <= "\u31ff":
        return _MORA / 2 if char in "ゃゅょぁぃぅぇぉャュョァィゥェォ" else _MORA
    if "\uac00" <= char < "\ud7b0":
        return _SYLLABLE
    if "\u3400" <= char <= "\u9fff" or char >= "\uf900":
        return _JAPANESE if language.lower().startswith("ja") else _CHINESE
    return _LETTER


def _pause(word: str) -> Fraction:
    if _ENDS.search(word):
        return Fraction(0) if _SHORT.search(word) else _FULL_STOP
    return _COMMA if _BREAKS.search(word) else _DASH if word[-1] in "–—" else Fraction(0)


def _hundredths(seconds: Fraction) -> Fraction:
    return Fraction(round(seconds * 100), 100)
