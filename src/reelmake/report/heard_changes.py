"""What changed of the sound of a cut, as its author would say it: from the labels of the mix, less all that only
follows from where entries lie.

Knows nothing of how a difference was found.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator

from reelmake.plan.key import Change

_SAID = ("kind", "gain", "duck", "fade_in", "fade_out", "speed", "reverse", "loop")  # of a sound that lies somewhere
_FOLLOWS = ("frames",)  # labels that say nothing but how long the cut is
_DEFAULTS = {"gain": "0", "duck": "0", "fade_in": "0", "fade_out": "0", "speed": "1", "reverse": False, "loop": False}
_UNITS = {"gain": " dB", "duck": " dB", "fade_in": " s", "fade_out": " s"}


def heard(changes: Iterable[Change]) -> Iterator[Change]:
    """Of objects only what differs in them; of lists only the sounds that the other side has not, wherever they lie."""
    for change in changes:
        before, after = (_read(text) for text in (change.before, change.after))
        if change.label in _FOLLOWS:
            continue
        if isinstance(before, dict) and isinstance(after, dict):
            names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
            yield Change(change.label, *(_told({n: side[n] for n in names if n in side}) for side in (before, after)))
        elif isinstance(before, list) and isinstance(after, list):
            old, new = (Counter(_sound(each) for each in side) for side in (before, after))
            if old != new:
                gone, more = ("; ".join(left.elements()) or None for left in (old - new, new - old))
                yield Change(change.label, gone, more)
        else:
            yield change


def _read(text: str | None) -> object:
    try:
        return json.loads(text) if text else None
    except ValueError:
        return text


def _sound(value: object) -> str:
    said = value if isinstance(value, dict) else {}
    told = {name: said[name] for name in _SAID if name in said and said[name] != _DEFAULTS.get(name)}
    return _told(told) or "a sound as it is"


def _told(said: dict[str, object]) -> str:
    """ "gain -12 dB, fade out 4 s"."""
    parts = (f"{name.replace('_', ' ')} {value}{_UNITS.get(name, '')}" for name, value in said.items())
    return ", ".join(parts)
