"""Reviewing: from a project as it is now, and as it was at its base, to the Review that people read.

What costs nothing is drawn for it; nothing is spent and nobody is asked. Knows nothing of how a review is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.diagnostics import Report
from reelmake.errors import LocalTool, Mistake, ReelmakeError
from reelmake.plan.difference import Difference, EntryDifference, ShotDifference, difference
from reelmake.prep.glyphs import glyphless
from reelmake.report.differences import how_it_differs, how_it_stands
from reelmake.report.explanation import inputs
from reelmake.report.heard_changes import heard
from reelmake.report.plan_table import lengths
from reelmake.report.review import Length, Review, ShotReview, Side
from reelmake.session import comparing
from reelmake.session.glances import Glances
from reelmake.session.project import forecast, look, plan
from reelmake.session.sketching import sketched
from reelmake.session.views import View

if TYPE_CHECKING:
    from reelmake.diagnostics import Diagnostic
    from reelmake.session.project import Project, Snapshot

Warn = Callable[[str], None]
AT_ONCE = 4  # files that are opened to be looked at
ROUNDS = 4  # of drawing, each with what the one before has made known
_HEARD = ("sound",)  # parts of an output that are worth a word: the others follow from its shots
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
    against = named if old or base is None else ""  # a base that is of no use is none
    try:
        found = _compared(old, new, against)
    except LocalTool as error:  # of a file as it was
        old, against, trouble = None, "", (*trouble, f"{named} cannot be compared with: {error}")
        found = _compared(old, new, against)
    bare = replace(bare, base=against, diagnostics=_found(seen), trouble=trouble)
    first = found.shots[:PICTURED]
    new = _with_sketches(new, [d.shot for d in first], warn)
    old = _with_sketches(old, [d.was or d.shot for d in first], warn) if old else None
    found = _compared(old, new, against) if against else found  # how long a line is is known by now
    with ThreadPoolExecutor(AT_ONCE) as crew:
        before, after = Glances(old, warn, crew, earlier=True) if old else None, Glances(new, warn, crew)
        review = _filled(bare, before, after, found)
        return _with_strips(review, before, after, found) if strips else review


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
    except LocalTool as error:
        return None, (f"{named} cannot be compared with: {error}",)
    except Mistake as error:
        first = next((d.message for d in error.diagnostics if d.severity == "error"), str(error))
        return None, (f"the storyboard at {named} was wrong, so nothing can be compared with it: {first}",)


def _compared(old: View | None, new: View, named: str) -> Difference:
    """Where nothing is to be compared: what a build would make is what differs."""
    if named:
        sides = (comparing.NamedVersion("", seen=view.seen if view else None) for view in (old, new))
        return difference(*comparing.versions(*sides))
    made = {address: new.decision(address) for address in new.slates}
    todo = [(address, d) for address, d in made.items() if d and d.take is None and d.step.order]
    return Difference(tuple(ShotDifference(a, "changed" if d.changes else "added", "", d.changes) for a, d in todo))


def _with_sketches(view: View, shots: Sequence[str], warn: Warn) -> View:
    """With what of these shots costs nothing and was not made yet. A line that is spoken now says how long its shot
    is, which is drawn then, and the music after that."""
    for _ in range(ROUNDS):
        try:
            if not sketched(view.seen, view.found, [a for a in shots if a in view.slates], warn):
                break
        except ReelmakeError as error:
            warn(f"what is free cannot be shown: {error}")
            break
        seen = look(view.seen.project)
        view = View(seen, plan(seen))
    return view


def _filled(bare: Review, old: Glances | None, new: Glances, found: Difference) -> Review:
    """With every shot of both sides, those that are gone last."""
    was = {d.shot: d.was for d in found.shots if d.was}
    shots = _shots(old.view if old else None, new.view, found)
    shown = [shot.shot for shot in shots if shot.kind != "unchanged"]
    after = _sides(new, [shot.shot for shot in shots], shown[:PICTURED])
    before = _sides(old, [was.get(shot.shot, shot.shot) for shot in shots], [was.get(a, a) for a in shown[:PICTURED]])
    done, todo = new.view.found, new.view.seen
    more = len(shown) > PICTURED
    bounds = (f"pictures are those of the first {PICTURED} of {len(shown)} changed shots",) if more else ()
    return replace(
        bare,
        shots=tuple(
            replace(shot, old=before.get(was.get(shot.shot, shot.shot)), new=after.get(shot.shot)) for shot in shots
        ),
        strips=(old.strip({was.get(a, a) for a in shown}) if old else (), new.strip({*shown})),
        lengths=tuple(_lengths(old.view if old else None, new.view)),
        film=tuple(
            (f"{kind} of {output.path}", changes)
            for output in found.outputs
            for kind, differ in output.parts
            if kind in _HEARD and (changes := tuple(heard(differ)))
        ),
        generate=done.generate,
        reuse=done.reuse,
        cost=done.cost,
        unpriced=len(done.unpriced),
        took=forecast(todo, done),
        away=len(done.away),
        trouble=(*bare.trouble, *bounds),
    )


def _shots(old: View | None, new: View, found: Difference) -> list[ShotReview]:
    """What differs of each, in the order of the storyboard; without its sides."""
    own = {d.shot: d for d in found.shots}
    entries = {e.shot: e for cut in found.cuts for e in cut.entries if e.shot in new.slates}
    gone = [old.slates[a] for a, d in own.items() if d.kind == "removed"] if old else []
    shots = []
    for slate in (*new.slates.values(), *gone):
        address, bare = slate.shot, ShotReview(slate.shot, slate.medium, "unchanged", inputs=inputs(slate))
        if d := own.get(address):
            also = _also(d, entries.get(address))
            reason = "; in the cut ".join(filter(None, (_differing(d), how_it_stands(also) if also else "")))
            bare = replace(bare, kind=d.kind, reason=reason, changes=(*d.changes, *(also.changes if also else ())))
        elif e := entries.get(address):
            bare = replace(bare, kind="recut", reason=_standing(e), changes=e.changes)
        shots.append(bare)
    return shots


def _differing(d: ShotDifference) -> str:
    return "" if d.kind in ("added", "removed") and not d.changes else how_it_differs(d)


def _also(d: ShotDifference, e: EntryDifference | None) -> EntryDifference | None:
    """How a shot that differs stands otherwise, beyond what follows from its length; None = it does not."""
    if e is None or e.kind != "kept" or d.kind in ("added", "removed"):
        return None
    own = tuple(change for change in e.changes if change.label not in ("start", "frames"))
    return replace(e, changes=own) if own or e.after is not None else None


def _standing(e: EntryDifference) -> str:
    away = {"added": "is in the cut now", "removed": "is in the cut no longer"}
    return away.get(e.kind) or how_it_stands(e)


def _sides(side: Glances | None, all_: Sequence[str], shown: Sequence[str]) -> dict[str, Side]:
    """By address, those that are shown with what is seen and heard of them."""
    if side is None:
        return {}
    there = side.view.slates
    return {a: side.side(a) for a in all_ if a in there} | side.sides([a for a in shown if a in there])


def _with_strips(review: Review, old: Glances | None, new: Glances, found: Difference) -> Review:
    was = {d.shot: d.was for d in found.shots if d.was}
    drawn = {
        shot.shot: new.both(
            old.sight(was.get(shot.shot, shot.shot)) if old and shot.old else None,
            new.sight(shot.shot) if shot.new else None,
        )
        for shot in review.changed[:PICTURED]
    }
    shots = (replace(shot, strip=drawn[shot.shot].result()) if shot.shot in drawn else shot for shot in review.shots)
    return replace(review, shots=tuple(shots))


def _lengths(old: View | None, new: View) -> Iterator[Length]:
    before, after = (
        {d.step.output: long for d, _, long in lengths(view.found, view.seen.layout)} if view else {}
        for view in (old, new)
    )
    for output in {**after, **before}:
        yield Length(output, before.get(output), after.get(output))
