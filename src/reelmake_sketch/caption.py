"""The director's strip: a prompt's words sorted into framing, subject, action, setting, light and camera."""

from __future__ import annotations

import re

from reelmake_sketch import lexicon
from reelmake_sketch.scenery import Caption

_SENTENCES = re.compile(r"[.;!?\n。]+(?!\d)\s*")
_CLAUSES = re.compile(r"[:、,]+(?!\d)\s*|\s+[—–-]\s+")
_AFTER_FRAMING = re.compile(r"^(?:of|on|over|from|showing|as)\s+", re.IGNORECASE)
_SINCE = re.compile(r"^(?:at|in|by|under|with)\s")
_VERB = re.compile(rf"(?<!\w){lexicon.VERBS}(?!\w)", re.IGNORECASE)
_FRAMING = re.compile(rf"^(?:an?\s+|the\s+|same\s+)?{lexicon.FRAMING}", re.IGNORECASE)


def caption(prompt: str, avoid: str = "") -> Caption:
    """Never raises; what cannot be told apart goes to the subject, or to the action once there is one."""
    parts = {"framing": "", "subject": "", "action": "", "setting": "", "light": "", "camera": ""}

    def add(part: str, clause: str) -> None:
        parts[part] = f"{parts[part]}, {clause}" if parts[part] else clause

    for sentence in _SENTENCES.split(prompt.strip()):
        colours = False
        for clause in _CLAUSES.split(sentence):
            clause = " ".join(clause.split())
            if not parts["framing"] and (match := _FRAMING.match(clause)):
                add("framing", match.group())
                clause = _AFTER_FRAMING.sub("", clause[match.end() :].strip())
            colours = colours or lexicon.says(lexicon.PALETTE, clause.lower())
            if clause and colours:
                add("light", clause)
            elif clause:
                _sort(clause, parts, add)
        if not _told(parts):  # "At dusk, palette of teal": the light is what this shot is about
            parts["subject"], parts["light"] = parts["light"], ""
    return Caption(**{name: _capital(text) for name, text in parts.items()}, avoid=" ".join(avoid.split()))


def _sort(clause: str, parts: dict[str, str], add: object) -> None:
    assert callable(add)
    low, short = clause.lower(), len(clause.split()) <= 6
    verb = _VERB.search(clause)
    if short and lexicon.first(lexicon.MOVES, low) and not parts["camera"]:
        add("camera", clause)
    elif not verb and _of_light(low, short and bool(_told(parts) or parts["light"] or _SINCE.match(low))):
        add("light", clause)
    elif verb and not parts["action"]:
        before = clause[: verb.start()].strip()
        if not parts["subject"] and len(before.split()) < 3:
            add("action", clause)  # "She walks home": too short a subject to stand alone
            return
        if before:
            add("subject", before)
        add("action", clause[verb.start() :])
    elif parts["action"] and short and lexicon.first(lexicon.PLACES, low):
        add("setting", clause)
    else:
        add("action" if parts["action"] else "subject", clause)


def _told(parts: dict[str, str]) -> bool:
    return bool(parts["subject"] or parts["action"])


def _of_light(clause: str, may_be_light: bool) -> bool:
    return lexicon.says(lexicon.STYLE, clause) or (may_be_light and lexicon.says(lexicon.LIGHT, clause))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
