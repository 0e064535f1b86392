"""Who is heard saying a line: its own sound, laid over the clip, or somebody in the clip, which then is told the words.

A narrator is not seen, so narration is always laid over. A character of the cast is: a model that takes speech is sent
the sound of the line, one that makes sound itself is told the words in its prompt, and only with others the line is
laid over. Knows nothing of how long any of it lasts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal

from reelmake.compile.settle import Settled
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import Shot, SpokenLine, Storyboard
from reelmake.records import dataclass

SAME_CLIP = ("upscale", "interpolate", "lipsync")
"""What shows the very clip that it is made of, and what is said in it."""


@dataclass(frozen=True, slots=True)
class Speaking:
    """Of one shot: lines that the clip itself says (`aloud`), and of these those whose sound it is `sent`, or whose
    words it is `told`."""

    aloud: tuple[SpokenLine, ...] = ()
    sent: tuple[SpokenLine, ...] = ()
    told: tuple[SpokenLine, ...] = ()


SILENT = Speaking()


def speaking(board: Storyboard, settled: Mapping[str, Settled]) -> dict[str, Speaking]:
    """By id of a shot; none of those in which nothing is said."""
    found: dict[str, Speaking] = {}
    heard: dict[str, tuple[SpokenLine, ...]] = {}  # all that is said in a shot
    if not board.lines:
        return found
    for start in board.shots.values():
        chain: dict[str, Shot] = {}
        shot: Shot | None = start
        while shot is not None and shot.id not in heard and shot.id not in chain:
            chain[shot.id] = shot
            shot = board.shots.get(shot.parent)
        for one in reversed(chain.values()):
            handed = heard.get(one.parent, ()) if one.relation in (*SAME_CLIP, "extend") else ()
            heard[one.id] = (*handed, *one.say) if one.relation == "extend" else one.say or handed
            if heard[one.id]:
                found[one.id] = _of(one, heard[one.id], found.get(one.parent, SILENT), board, settled[one.id])
    return found


def _of(shot: Shot, heard: tuple[SpokenLine, ...], before: Speaking, board: Storyboard, settled: Settled) -> Speaking:
    """`before`: the shot that it starts from."""
    way = _way(shot, settled)
    seen = tuple(line for line in shot.say if line.speaker in board.cast)
    match shot.relation:
        case "lipsync":
            lips = tuple(line for line in heard if line.speaker in board.cast) or heard
            return Speaking(lips, lips) if way == "sent" else Speaking(before.aloud)
        case "upscale" | "interpolate":
            return Speaking(before.aloud)
        case _:
            kept = before.aloud if shot.relation == "extend" else ()
            own = seen if way else ()
            return Speaking((*kept, *own), own if way == "sent" else (), own if way == "told" else ())


def _way(shot: Shot, settled: Settled) -> Literal["", "sent", "told"]:
    """How what is said reaches the clip's model, "" = not at all."""
    model, kind = settled.model, settled.kind
    if kind is None or not shot.ordered:
        return ""
    if "speech" in kind.asks(act(shot, kind), settled.called) or (shot.relation or "generate") in kind.speech:
        return "sent"
    return "told" if model is not None and model.talks else ""


def act(shot: Shot, kind: Capabilities) -> str:
    """Which of the vendor's kinds of order this shot is."""
    if shot.medium == "still":
        return "edit" if shot.relation == "edit" else "still"
    if shot.relation is not None and shot.relation != "continue":
        return shot.relation
    pictured = shot.image or shot.relation == "continue"
    return "image" if pictured and ("image", "") in kind.asked else "text"


def sentence(line: SpokenLine) -> str:
    """As a prompt tells it, where a full stop follows."""
    name = line.speaker.replace("_", " ").replace("-", " ")
    return f'{name[:1].upper()}{name[1:]} says: "{line.text.removesuffix(".")}"'
