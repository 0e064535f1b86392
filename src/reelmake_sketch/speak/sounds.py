"""From a written word to the sounds of it: near enough to English to be followed, and something for every script.

Knows letters and no audio; a sound is a name of TABLE, and a capital mark before it means that it is stressed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Sound:
    """`formants`: Hz of the three that make a vowel. `voiced`, `noise`, `breath`: how loud each source is, 0..1; noise
    is a hiss around `centre` Hz, `wide` Hz wide; breath goes through the formants. `long`: its share of the word.
    `stop`: it begins with silence, and the noise is its burst."""

    formants: tuple[float, float, float]
    voiced: float = 0.0
    noise: float = 0.0
    centre: float = 4000.0
    wide: float = 1500.0
    breath: float = 0.0
    long: float = 1.0
    stop: bool = False

    @property
    def vowel(self) -> bool:
        return self.voiced >= 0.9


def _v(one: float, two: float, three: float, long: float = 1.0) -> Sound:
    return Sound((one, two, three), voiced=1.0, long=long)


TABLE: dict[str, Sound] = {
    "i": _v(290, 2250, 2950),
    "I": _v(400, 1950, 2550, 0.8),
    "e": _v(530, 1800, 2480, 0.9),
    "a": _v(690, 1660, 2430, 1.1),
    "A": _v(730, 1150, 2440, 1.1),
    "o": _v(520, 880, 2400, 1.1),
    "U": _v(440, 1050, 2250, 0.8),
    "u": _v(320, 900, 2240),
    "V": _v(620, 1220, 2500, 0.8),
    "@": _v(500, 1450, 2450, 0.55),
    "R": _v(480, 1300, 1680, 0.9),
    "w": Sound((310, 720, 2200), 0.62, long=0.55),
    "y": Sound((290, 2150, 2950), 0.62, long=0.5),
    "r": Sound((400, 1150, 1560), 0.66, long=0.6),
    "l": Sound((360, 1080, 2650), 0.62, long=0.6),
    "m": Sound((250, 1050, 2200), 0.50, long=0.65),
    "n": Sound((260, 1500, 2400), 0.50, long=0.6),
    "N": Sound((260, 1950, 2600), 0.48, long=0.7),
    "s": Sound((320, 1650, 2550), noise=0.42, centre=6400, wide=1700, long=0.85),
    "z": Sound((300, 1650, 2550), 0.34, 0.24, 6200, 1700, long=0.7),
    "S": Sound((320, 1800, 2450), noise=0.44, centre=3500, wide=1200, long=0.85),
    "Z": Sound((300, 1800, 2450), 0.34, 0.24, 3400, 1200, long=0.7),
    "f": Sound((340, 1100, 2200), noise=0.17, centre=6500, wide=3600, long=0.75),
    "v": Sound((300, 1100, 2200), 0.40, 0.07, 6000, 3400, long=0.55),
    "T": Sound((330, 1400, 2500), noise=0.15, centre=6900, wide=2800, long=0.7),
    "D": Sound((290, 1400, 2500), 0.42, 0.05, 6500, 2800, long=0.5),
    "h": Sound((500, 1500, 2500), breath=0.30, long=0.5),
    "p": Sound((310, 900, 2200), noise=0.24, centre=1100, wide=900, breath=0.10, long=0.7, stop=True),
    "b": Sound((270, 900, 2200), 0.26, 0.12, 900, 700, long=0.6, stop=True),
    "t": Sound((320, 1750, 2650), noise=0.34, centre=4600, wide=1900, breath=0.08, long=0.7, stop=True),
    "d": Sound((270, 1750, 2650), 0.26, 0.18, 4000, 1600, long=0.55, stop=True),
    "k": Sound((310, 1900, 2350), noise=0.30, centre=2200, wide=900, breath=0.10, long=0.75, stop=True),
    "g": Sound((270, 1900, 2350), 0.26, 0.15, 1900, 800, long=0.6, stop=True),
    "C": Sound((310, 1900, 2500), noise=0.40, centre=3700, wide=1300, long=0.95, stop=True),
    "J": Sound((280, 1900, 2500), 0.26, 0.24, 3300, 1200, long=0.75, stop=True),
}
_DIGITS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_WHOLE = {  # what the rules would say wrongly of words that are everywhere
    "the": "D@", "of": "Vv", "one": "wVn", "two": "tu", "to": "tu", "you": "yu", "are": "AR", "was": "wVz",
    "is": "Iz", "a": "@", "and": "and", "they": "De", "there": "DeR", "their": "DeR", "were": "wR", "who": "hu",
    "what": "wVt", "where": "weR", "people": "pip@l", "four": "foR", "eight": "et", "said": "sed", "have": "hav",
    "once": "wVns", "your": "yoR", "do": "du", "her": "hR", "our": "AwR", "for": "foR", "from": "frVm", "she": "Si",
    "he": "hi", "we": "wi", "me": "mi", "be": "bi", "no": "no", "so": "so", "go": "go", "has": "haz", "his": "hIz",
    "as": "az", "would": "wUd", "could": "kUd", "should": "SUd", "roof": "ruf", "city": "sIti", "first": "fRst",
    "my": "mAI", "by": "bAI",
}  # fmt: skip
# letters -> sounds, the longest that fits first; `$` is the end of the word
_RULES = {
    "tion": "S@n", "sion": "Z@n", "ture": "CR", "ight": "AIt", "ough": "o", "augh": "o", "eigh": "e", "tch": "C",
    "dge": "J", "sch": "S", "igh": "AI", "eau": "o", "que$": "k", "are$": "eR", "ere$": "iR", "ire$": "AIR",
    "ore$": "oR", "ure$": "UR", "all": "ol", "alk": "ok", "ch": "C", "sh": "S", "th": "T", "ph": "f", "wh": "w",
    "ck": "k", "ng": "N", "qu": "kw", "kn": "n", "wr": "r", "gn$": "n", "mb$": "m", "ee": "i", "ea": "i", "oo": "u",
    "ou": "AU", "ow": "AU", "oi": "oI", "oy": "oI", "ai": "eI", "ay": "eI", "ei": "eI", "ey$": "i", "au": "o",
    "aw": "o", "ie": "i", "oa": "o", "ue": "u", "ew": "yu", "ar": "AR", "er": "R", "ir": "R", "or": "oR", "ur": "R",
    "ed$": "d", "es$": "z", "ing$": "IN", "le$": "@l", "y$": "i", "ce": "s", "ci": "sI", "cy": "si", "ge": "J",
    "e$": "", "a$": "@", "s$": "z", "x": "ks", "a": "a", "b": "b", "c": "k", "d": "d", "e": "e", "f": "f", "g": "g",
    "h": "h", "i": "I", "j": "J", "k": "k", "l": "l", "m": "m", "n": "n", "o": "A", "p": "p", "q": "k", "r": "r",
    "s": "s", "t": "t", "u": "V", "v": "v", "w": "w", "y": "y", "z": "z",
}  # fmt: skip
_LONG = {"a": "eI", "i": "AI", "o": "o", "u": "yu", "e": "i"}  # before one consonant and a silent e
_MAGIC = re.compile(r"([aeiou])([bcdfgklmnprstvz])es?$")
_SPLIT = re.compile(r"[a-z]+|\d|.")
_ROMAN = re.compile(r"LETTER (?:SMALL )?([A-Z]+)$|SYLLABLE ([A-Z]+)$")


def sounds(word: str) -> list[str]:
    """Names of TABLE; never empty."""
    found: list[str] = []
    for part in _SPLIT.findall(_latin(word)):
        if part.isdecimal():
            part = _DIGITS[int(part)]
        if part[0].isalpha():
            found += _spoken(part)
    return found or ["@"]


def _latin(word: str) -> str:
    """In small letters without accents; of other scripts what Unicode calls a letter, which is near its sound."""
    found = ""
    for char in unicodedata.normalize("NFC", word).lower():
        syllable = "\uac00" <= char < "\ud7b0"  # of Hangul: whole, it has a name
        parts = char if syllable else unicodedata.normalize("NFKD", char)
        found += "".join(c if c.isascii() else _romanized(c) for c in parts if not unicodedata.combining(c))
    return found


def _romanized(char: str) -> str:
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if not char.isalpha():
        return ""
    name = unicodedata.name(char, "")
    found = _ROMAN.search(name)
    if found is None or name.startswith("CJK"):  # a syllable of its own for each
        code = ord(char)
        return "bdgkmnstlr"[code % 10] + "aeiou"[code // 10 % 5] + ("n" if code % 3 == 0 else "")
    said = (found[1] or found[2]).lower()
    if name.startswith("CYRILLIC"):  # PE, EN, ZHE, A
        return re.sub("[aeiou]", "", said) or said[0]
    if name.startswith("GREEK"):
        return said[:2] if said[:2] in ("th", "ph", "ch", "ps") else said[0]
    if name.startswith(("ARABIC", "HEBREW")):
        return said[0] + "a"
    return said


def _spoken(word: str) -> list[str]:
    if word in _WHOLE:
        return list(_WHOLE[word])
    ends = word + "$"
    magic = _MAGIC.search(word) if len(word) > 2 else None
    found, at = "", 0
    while at < len(word):
        if magic and at == magic.start(1):
            found += _LONG[word[at]]
            at += 1
            continue
        size = next(n for n in range(min(5, len(ends) - at), 0, -1) if n == 1 or ends[at : at + n] in _RULES)
        piece = ends[at : at + size]
        if at < 2 and len(piece) > 2 and piece[-1] == "$":  # "yes" has no ending
            size, piece = 1, piece[0]
        sound = _RULES.get(piece, "")
        # doubled letters are said once; a first "y" is no vowel, one within is
        if sound and not (found.endswith(sound) and size == 1 and word[at - 1 : at] == piece):
            found += "I" if piece == "y" and at else sound
        at += len(piece.rstrip("$"))
    return list(found) or ["@"]


def syllables(found: list[str]) -> int:
    return sum(TABLE[name].vowel and not (n and TABLE[found[n - 1]].vowel) for n, name in enumerate(found)) or 1
