"""Reviewing: from a project as it is now, and as it was at its base, to the Review that people read.

What costs nothing is drawn for it; nothing is spent and nobody is asked. Knows nothing of how a review is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.diagnostics import Report
from reelmake.errors import Mistake, ReelmakeError
from reelmake.prep.glyphs import glyphless
from reelmake.report.explanation import inputs as inputs_of
from reelmake.report.plan_table import lengths
from reelmake.report.review import Length, Review, Shot, Side
from reelmake.session.glances import Glances
from reelmake.session.project import forecast, look, plan
from reelmake.session.sketching import sketched
from reelmake.session.views import Difference, View, compare, film

if TYPE_CHECKING:
    from reelmake.diagnostics import Diagnostic
    from reelmake.model.order import Slate
    from reelmake.session.project import Project, Snapshot

Warn = Callable[[str], None]
AT_ONCE = 4  # files that are opened to be looked at
ROUNDS = 4  # of drawing, each with what the one before has made known
PICTURED = 80  # changed shots that are shown: with more nobody gets to the end of the page


def reviewed(now: Project, base: Project | None, named: str, warn: Warn, *, strips: bool = False) -> Review:
    """What changed between them, and what is wrong with the project. `named`: the base, as people know it, "" if
    nothing is to be compared; `base` is None then, or had no storyboard. `warn` hears what could not be looked at.
    `strips`: with a picture of both sides for each changed shot."""
    workspace = now.workspace
    bare = Review(
        next((v.board.title for v in now.script.variants), "") or workspace.root.name,
        workspace.shown(workspace.storyboard.name),
        named,
        workspace.overrides.draft,
        diagnostics=now.script.diagnostics,
        before=frozenset((d.code, d.message) for d in base.script.diagnostics) if base else frozenset(),
    )
    if not now.script.ok:
        return bare
    try:
        seen = look(now)
    except Mistake as error:
        return replace(bare, diagnostics=error.diagnostics)
    new, (old, trouble) = View(seen, plan(seen)), _before(base, named)
    bare = replace(bare, diagnostics=_found(seen), trouble=trouble)
    differences = compare(old, new)
    changed = [address for address, d in differences.items() if d.kind != "unchanged"]
    new = _with_sketches(new, changed, warn)
    old = _with_sketches(old, [differences[a].was or a for a in changed], warn) if old else None
    with ThreadPoolExecutor(AT_ONCE) as crew:
        before, after = Glances(old, warn, crew) if old else None, Glances(new, warn, crew)
        whole = _filled(bare, before, after, differences)
        return replace(whole, shots=_with_strips(whole.shots, before, after, differences)) if strips else whole


def _with_strips(
    shots: Sequence[Shot], old: Glances | None, new: Glances, differences: Mapping[str, Difference]
) -> tuple[Shot, ...]:
    found = {}
    for shot in [shot for shot in shots if shot.kind != "unchanged"][:PICTURED]:
        was = differences[shot.shot].was or shot.shot
        before = old.sight(was) if old and shot.old else None
        found[shot.shot] = new.both(before, new.sight(shot.shot) if shot.new else None)
    return tuple(replace(shot, strip=found[shot.shot].result()) if shot.shot in found else shot for shot in shots)


def _found(seen: Snapshot) -> tuple[Diagnostic, ...]:
    """As `check` finds it."""
    script = seen.project.script
    found = [*script.diagnostics, *seen.layout.warnings, *glyphless(script, seen.inputs, seen.workspace.notes)]
    return tuple(Report(found).sorted())


def _before(base: Project | None, named: str) -> tuple[View | None, tuple[str, ...]]:
    """The base, and why there is none."""
    if base is None:
        return None, (f"there was no storyboard at {named}: everything is new",) if named else ()
    try:
        seen = look(base)
        return View(seen, plan(seen)), ()
    except Mistake as error:
        first = next((d.message for d in error.diagnostics if d.severity == "error"), str(error))
        return None, (f"the storyboard at {named} was wrong, so nothing can be compared with it: {first}",)


def _with_sketches(view: View, shots: Sequence[str], warn: Warn) -> View:
    """With what of these shots costs nothing and was not made yet. A line that is spoken now says how long its shot
    is, which is drawn then, and the music after that."""
    for _ in range(ROUNDS):
        try:
            if not sketched(view.seen, view.found, [a for a in shots if a in view.slates], warn):
                break
        except ReelmakeError as error:
            warn(f"what is free could not be drawn: {error}")
            break
        seen = look(view.seen.project)
        view = View(seen, plan(seen))
    return view


def _filled(bare: Review, old: Glances | None, new: Glances, differences: Mapping[str, Difference]) -> Review:
    touched = [address for address, d in differences.items() if d.kind != "unchanged"]
    shown = touched[:PICTURED]
    after = new.sides([a for a in shown if a in new.view.slates])
    was = {a: differences[a].was or a for a in touched}
    before = old.sides([was[a] for a in shown if was[a] in old.view.slates]) if old else {}
    slates = {**(old.view.slates if old else {}), **new.view.slates}
    shots = []
    for address, d in differences.items():
        old_name = d.was or address
        there = None if d.kind == "added" else before.get(old_name) or _bare(old, old_name)
        shots.append(_shot(slates[address], d, there, after.get(address) or _bare(new, address)))
    found, seen = new.view.found, new.view.seen
    return replace(
        bare,
        shots=tuple(shots),
        strips=(old.strip({*was.values()}) if old else (), new.strip({*touched})),
        lengths=tuple(_lengths(old.view if old else None, new.view)),
        film=film(old.view if old else None, new.view),
        generate=found.generate,
        reuse=found.reuse,
        cost=found.cost,
        unpriced=len(found.unpriced),
        took=forecast(seen, found),
        away=len(found.away),
    )


def _shot(slate: Slate, d: Difference, there: Side | None, here: Side | None) -> Shot:
    inputs = inputs_of(slate)
    above = ", ".join(inputs.get(label, label.removeprefix("input ")) for label in d.from_others)
    why = "; ".join(filter(None, (d.reason, above and f"is made from {above}, which changed")))
    return Shot(slate.shot, slate.medium, d.kind, why, d.changes, inputs, there, here)


def _bare(side: Glances | None, address: str) -> Side | None:
    return side.side(address) if side and address in side.view.slates else None


def _lengths(old: View | None, new: View) -> Iterator[Length]:
    before, after = (
        {d.step.output: long for d, _, long in lengths(view.found, view.seen.layout)} if view else {}
        for view in (old, new)
    )
    for output in {**after, **before}:
        yield Length(output, before.get(output), after.get(output))
