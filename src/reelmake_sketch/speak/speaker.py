"""Who speaks, as numbers: a name is a voice, always the same, and a style bends it. Knows no text and no audio."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from reelmake_sketch import lexicon


@dataclass(frozen=True, slots=True)
class Speaker:
    """`pitch` in Hz, the middle of its melody; `lively`: how far that goes, 1 = as most do; `size`: of the formants, 1
    = a grown man's, larger is a smaller mouth; `breath`: air beside the voice, 0..1; `bright`: 1 = as most; `whisper`:
    no voice, air only; `loud`: against others, dB; `wobble` of the pitch, a share."""

    pitch: float
    lively: float = 1.0
    size: float = 1.0
    breath: float = 0.05
    bright: float = 1.0
    whisper: bool = False
    loud: float = 0.0
    wobble: float = 0.006


def _bent(old: Speaker, pitch: float = 1.0, lively: float = 1.0, bright: float = 1.0, size: float = 1.0) -> Speaker:
    return replace(
        old, pitch=old.pitch * pitch, lively=old.lively * lively, bright=old.bright * bright, size=old.size * size
    )


_STYLES: Mapping[str, Callable[[Speaker], Speaker]] = {
    r"whisper|hush|under (?:her|his|their) breath|secret": lambda s: replace(s, whisper=True, loud=-3.0),
    r"excit|enthus|thrill|joy|happy|cheer|energ|shout|yell|scream|laugh": lambda s: _bent(s, 1.22, 1.7, 1.25),
    r"angr|furious|stern|harsh": lambda s: _bent(s, 1.05, 1.4, 1.4),
    r"calm|soft|gentl|sooth|warm|tender|sleep|quiet": lambda s: _bent(replace(s, breath=0.12), 0.94, 0.65, 0.8),
    r"sad|grief|melanchol|tired|weary|mourn|cry": lambda s: _bent(replace(s, breath=0.10), 0.90, 0.5, 0.75),
    r"old|elder|aged|frail|trembl|shak|nervous|afraid|scared": lambda s: replace(s, wobble=0.022, breath=0.10),
    r"robot|monoton|flat|deadpan|machine": lambda s: _bent(replace(s, wobble=0.0), lively=0.06),
    r"deep|low|gravel|bass|booming": lambda s: _bent(s, 0.78, size=0.94),
    r"high|child|kid|young|squeak|tiny": lambda s: _bent(s, 1.45, size=1.14),
}


def speaker(voice: str, style: str = "") -> Speaker:
    """By the `voice`'s name, "" for one that is nobody in particular; `style` in the author's words."""
    chance = hashlib.sha256(f"voice\n{voice}".encode("utf-8", "replace")).digest()
    share = [byte / 255 for byte in chance[1:6]]
    pitch = 88 * 2 ** (1.5 * chance[0] / 255)  # 88 to 249 Hz
    made = Speaker(
        pitch=pitch,
        lively=0.8 + 0.5 * share[1],
        size=0.94 + 0.16 * (pitch - 88) / 160 + 0.12 * share[2],
        breath=0.04 + 0.09 * share[3],
        bright=0.85 + 0.45 * share[4],
    )
    said = f"{style} {voice}".lower()
    for pattern, bend in _STYLES.items():
        if lexicon.says(pattern, said):
            made = bend(made)
    return made
