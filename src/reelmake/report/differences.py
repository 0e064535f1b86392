"""Differences between two versions of a film, for people and for programs. Knows nothing of how they were found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake.model.time import clock
from reelmake.records import dataclass
from reelmake.report.console import Paint
from reelmake.report.explanation import changed, changes_json
from reelmake.report.naming import money

if TYPE_CHECKING:
    from reelmake.plan.decide import Plan
    from reelmake.plan.difference import (
        CutDifference,
        Difference,
        EntryDifference,
        OutputDifference,
        ShotDifference,
    )

MOST = 60  # shots that are shown; `--all` shows every one
_TONES = {"added": "good", "removed": "bad", "follows": "dim"}


@dataclass(frozen=True, slots=True)
class DifferenceText:
    """`names`: of both sides, as they were asked for, with the commit of each ("" = of none). `inputs`: by address,
    what the inputs of a shot are. `todo`: what a build of the second would do; None = nobody can say."""

    found: Difference
    names: tuple[tuple[str, str], tuple[str, str]]
    inputs: Callable[[str], Mapping[str, str]] = lambda shot: {}
    todo: Plan | None = None

    def as_json(self) -> dict[str, object]:
        before, after = ({"name": name, "commit": commit or None} for name, commit in self.names)
        return {
            "reelmake": 1,
            "before": before,
            "after": after,
            "shots": [_shot_json(d) for d in self.found.shots],
            "cuts": [_cut_json(d) for d in self.found.cuts],
            "outputs": [_output_json(d) for d in self.found.outputs],
            "to_make": _todo_json(self.todo) if self.todo else None,
        }

    def text(self, paint: Paint, fitted: Callable[[str, int], str], *, everything: bool = False) -> str:
        """`fitted`: as in explanation."""
        before, after = (f"{name} ({commit[:12]})" if commit else name for name, commit in self.names)
        heading = paint(f"{before} → {after}", "bold")
        if self.found.nothing:
            return f"{heading}\nnothing is different"
        shown = self.found.shots if everything else self.found.shots[:MOST]
        wide = max((len(d.shot) for d in shown), default=0)
        lines = [line for d in shown for line in self._shot(d, wide, paint)]
        if left := len(self.found.shots) - len(shown):
            lines.append(paint(f"… and {left} more (--all shows them)", "dim"))
        cuts = [line for d in self.found.cuts for line in _cut(d, paint)]
        parts = [lines, cuts, [_output(d, paint) for d in self.found.outputs], self._todo()]
        return "\n\n".join([heading, *("\n".join(fitted(line, 11) for line in part) for part in parts if part)])

    def _shot(self, d: ShotDifference, wide: int, paint: Paint) -> Iterator[str]:
        yield f"{d.shot.ljust(wide)}  {paint(how_it_differs(d), _TONES.get(d.kind, 'warn'))}"
        yield from (f"    {line}" for line in changed(d.changes, self.inputs(d.shot), paint))

    def _todo(self) -> list[str]:
        if self.todo is None:
            return []
        count, cost = self.todo.generate, money(self.todo.cost)
        if not count:
            return ["To make: no takes"]
        unknown = len(self.todo.unpriced)
        price = "for free" if not self.todo.cost and not unknown else f"up to {cost}"
        price += f", and {unknown} without a known price" if unknown else ""
        return [f"To make: {_counted(count, 'take')}, {price}"]


def how_it_differs(d: ShotDifference) -> str:
    """ "prompt and size changed", "was lawn", "take 1 → take 2", "follows park"."""
    parts: list[str] = [d.kind] if d.kind in ("added", "removed") else []
    parts += [f"was {d.was}"] if d.was else []
    if d.kind == "changed" or d.changes:
        from reelmake.plan.decide import said

        parts.append(said(d.changes))
    parts += [f"take {d.takes[0]} → take {d.takes[1]}"] if d.takes else []
    parts += ["another result of the same order"] if d.kind == "remade" else []
    parts += [f"made from {', '.join(d.follows)}, which changed"] if d.follows else []
    return "; ".join(parts) or "what it is made from changed"


def _cut(d: CutDifference, paint: Paint) -> Iterator[str]:
    before, after = (None if value is None else clock(value) for value in d.seconds)
    length = f"{before} → {after}" if before and after and before != after else after or f"{before}, removed"
    yield f"{d.variant or 'cut'}  {length}"
    for entry in d.entries:
        yield f"  {entry.shot}  {paint(how_it_stands(entry), _TONES.get(entry.kind, 'warn'))}"
        yield from (f"    {line}" for line in changed(entry.changes, {}, paint))


def how_it_stands(entry: EntryDifference) -> str:
    if entry.kind != "kept":
        return entry.kind
    from reelmake.plan.decide import said

    moved: list[str] = (
        [] if entry.after is None else [f"moved behind {entry.after}" if entry.after else "moved to the beginning"]
    )
    return "; ".join([*moved, *([said(entry.changes)] if entry.changes else [])])


def _output(d: OutputDifference, paint: Paint) -> str:
    parts: list[str] = [d.kind] if d.kind != "changed" else []
    new, all_ = d.pieces
    if d.kind == "changed":
        parts += [f"{new} of {_counted(all_, 'piece')} made anew"] if new else []
        parts += [f"{kind}: {', '.join(c.label for c in changes)}" for kind, changes in d.parts]
        parts += [f"shows {', '.join(d.shots)}"] if d.shots and not parts else []
    return f"{d.path}  {paint('; '.join(parts) or 'changed', _TONES.get(d.kind, 'warn'))}"


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'s' * (count != 1)}"


def _shot_json(d: ShotDifference) -> dict[str, object]:
    return {
        "shot": d.shot,
        "kind": d.kind,
        "was": d.was or None,
        "changes": changes_json(d.changes),
        "follows": list(d.follows),
        "takes": list(d.takes) if d.takes else None,
    }


def _cut_json(d: CutDifference) -> dict[str, object]:
    return {
        "variant": d.variant,
        "frames": list(d.frames),
        "seconds": _floats(d.seconds),
        "entries": [
            {
                "shot": e.shot,
                "kind": e.kind,
                "moved_behind": e.after,
                "changes": changes_json(e.changes),
            }
            for e in d.entries
        ],
    }


def _floats(values: Sequence[Fraction | None]) -> list[float | None]:
    return [None if value is None else float(value) for value in values]


def _output_json(d: OutputDifference) -> dict[str, object]:
    return {
        "output": d.path,
        "kind": d.kind,
        "shots": list(d.shots),
        "parts": {kind: changes_json(changes) for kind, changes in d.parts},
        "pieces": {"new": d.pieces[0], "all": d.pieces[1]},
    }


def _todo_json(todo: Plan) -> dict[str, object]:
    return {
        "takes": todo.generate,
        "cost_usd": float(todo.cost),
        "unpriced": [d.step.name for d in todo.unpriced],
        "names": [d.step.name for d in todo.jobs if d.take is None],
    }
