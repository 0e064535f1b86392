"""Rules about what a vendor's file has a spelling for (RM523): lengths and shapes are refused, never rounded.

What the model is known to make has been judged by rules_models. Knows nothing of requests.
"""

from __future__ import annotations

from reelmake.compile.given import Given, Rule, place
from reelmake.compile.settle import Settled
from reelmake.diagnostics import Report
from reelmake.model.forms import SPELLED, Unspelled
from reelmake.model.provider import Capabilities
from reelmake.model.storyboard import Shot


def spellings(given: Given, report: Report) -> None:
    for shot in given.generated:
        settled = given.settled[shot.id]
        kind = settled.kind
        if kind is None or kind.forms is None or shot.id in given.broken:
            continue
        for word in SPELLED:
            if word not in kind.asks(_order(shot, kind), settled.called) or _judged(settled, word):
                continue
            try:
                kind.forms.spelled(word, settled.seconds, settled.size)
            except Unspelled as error:
                where = place(shot, "seconds" if word == "seconds" else "size")
                known = f"nearest: {error.nearest}; it makes {', '.join(error.known)}"
                report.error("RM523", f"{error.what}, which {kind.kind} does not make", where, hint=known)


def _order(shot: Shot, kind: Capabilities) -> str:
    """Which of the vendor's kinds of order this shot is."""
    if shot.relation in ("remix", "extend"):
        return shot.relation
    pictured = shot.image or shot.relation == "continue"
    return "image" if pictured and ("image", "") in kind.asked else "text"


def _judged(settled: Settled, word: str) -> bool:
    """Is it known of the model, and has it been said?"""
    model = settled.model
    if model is None:
        return False
    if word == "seconds":
        return bool(model.seconds or model.shortest or model.longest)
    return bool(model.sizes) or (word == "resolution" and bool(model.sides))


RULES: tuple[Rule, ...] = (spellings,)
