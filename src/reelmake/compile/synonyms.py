"""What keys are called elsewhere: in other programs, in APIs, or by those who expect them in another place.

Knows words, nothing of trees.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from reelmake.compile.schema_rules import Rules

FEW = 5  # keys of a small mapping
_SAME: Mapping[str, tuple[str, ...]] = {  # our key, and what others call it
    "seconds": ("duration", "length", "secs", "time"),
    "prompt": ("text", "description"),
    "file": ("path", "src", "source", "video", "clip", "url"),
    "size": ("resolution", "dimensions", "aspect_ratio", "ratio"),
    "reverse": ("backwards", "reversed", "rewind"),
    "into": ("transition", "transitions"),
    "trim": ("in", "out", "start", "end", "from", "to", "range"),
    "insets": ("pip", "overlay", "overlays"),
    "look": ("lut", "grade", "filter"),
    "move": ("zoom", "pan", "ken_burns", "kenburns"),
    "image": ("first_image", "first_frame", "start_image", "image_url"),
    "last_image": ("last_frame", "end_image", "end_frame"),
    "caption": ("subtitle",),
    "captions": ("subtitles",),
    "gain": ("volume",),
    "color": ("colour", "background"),
    "freeze": ("hold",),
    "fps": ("framerate", "frame_rate", "rate"),
    "takes": ("n", "count", "variants"),
    "vars": ("variables", "env"),
    "cut": ("timeline", "edit", "sequence"),
    "shots": ("scenes", "clips"),
    "logo_size": ("logo_height",),
}
_OURS = {word: key for key, words in _SAME.items() for word in words}
_TOLD: Mapping[str, str] = {
    "negative_prompt": "write what must not be seen as `avoid:` beside the parts of the prompt",
    "negative": "write what must not be seen as `avoid:` beside the parts of the prompt",
    "model": "a model is named in `tiers:`, and a shot names its tier",
    "provider": "a provider is named in `tiers:`, and a shot names its tier",
    "voiceover": "narration is an entry of `tracks:` under `sound:`, with `kind: narration`",
    "narration": "narration is an entry of `tracks:` under `sound:`, with `kind: narration`",
    "volume": "loudness of an entry is `sound: {gain: -6}`, in decibels",
    "fade": "write `fade_in:` or `fade_out:`; from one entry to the next, `into: {dissolve: 0.5}`",
}


def meant(name: str, known: Collection[str], schema: Rules) -> str:
    """A hint what somebody meant who wrote `name` where `known` may stand, "" where nobody can say. `schema`: of a
    whole storyboard."""
    word = name.lower().replace("-", "_").replace(" ", "_")
    if word in known:
        return f'write it "{word}"'
    ours = _OURS.get(word)
    if ours in known:
        return f'did you mean "{ours}"?'
    if word in _TOLD and (word != "fade" or "fade_in" in known):
        return _TOLD[word]
    return elsewhere(ours, known, schema) if ours is not None else ""


def elsewhere(key: str, known: Collection[str], schema: Rules) -> str:
    """Where a key may stand, as a hint; "" if it stands nowhere, and where all of the `known` ones say more."""
    if len(known) <= FEW:
        return ""
    homes = [home for home, keys in _homes(schema).items() if key in keys]
    return f'"{key}" belongs {" or ".join(homes[:2])}' if homes else ""


def _homes(schema: Rules) -> dict[str, Collection[str]]:
    """Where which keys may stand, in the words of a hint."""
    parts = {"shot": "in a shot", "entry": "in an entry of `cut:`", "sound": "under `sound:`"}
    homes = {home: schema["$defs"][part]["properties"] for part, home in parts.items()}
    return {**homes, "at the top of the storyboard": schema["properties"]}
