"""Rules about `if_gone`: what a shot may say of a source that is no longer at its provider (RM519)."""

from __future__ import annotations

from reelmake.compile.given import Given, Rule, place
from reelmake.compile.settle import can_do_without
from reelmake.diagnostics import Report


def has_a_source(given: Given, report: Report) -> None:
    for shot in given.generated:
        if shot.if_gone and shot.relation not in ("remix", "extend"):
            report.error(
                "RM519",
                f'"{shot.id}" neither remixes nor extends a shot, so `if_gone:` has no effect',
                place(shot, "if_gone"),
                hint="remove it",
            )


def possible(given: Given, report: Report) -> None:
    """What was said of all shots (`defaults`) holds where it can; what a shot says itself must be possible."""
    for shot in given.generated:
        kind = given.settled[shot.id].kind
        if kind is None or kind.local or shot.relation not in ("remix", "extend") or not shot.if_gone:
            continue
        if not can_do_without(shot.if_gone, shot.relation, kind):
            why = f"{kind.kind} takes no {'clip that it did not make' if shot.if_gone == 'upload' else 'first image'}"
            if shot.if_gone == "continue" and shot.relation == "extend":
                why = "an extension is the whole, longer clip, and what starts from a last frame is only its end"
            report.error(
                "RM519",
                f"`if_gone: {shot.if_gone}` is not possible here: {why}",
                place(shot, "if_gone"),
                hint="`if_gone: regenerate` makes another take of the source first; `stop` is the default",
            )


RULES: tuple[Rule, ...] = (has_a_source, possible)
