"""Why a shot's takes are fresh or not: every label of the manifest, what changed from what to what.

Knows nothing of how verdicts are reached.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field

from reelmake.model.order import ImageInput, Slate
from reelmake.model.take import Manifest
from reelmake.plan.decide import Decision, Plan, Verdict
from reelmake.plan.key import Change
from reelmake.plan.layout import Layout
from reelmake.records import dataclass
from reelmake.report.console import Paint
from reelmake.report.naming import state
from reelmake.visible import one_line

_QUIET = {"format", "kind", "work"}  # labels that no author wrote and that rarely differ


@dataclass(frozen=True, slots=True)
class Told:
    """One shot's story. `relation`: how it depends on another shot, "" if it does not. `waits`: takes that must be made
    before it can be judged, by name, and why each must. `inputs`: what each input is, by its label in the manifest;
    `left_out`: reference pictures that its model has no place for."""

    shot: str
    relation: str
    takes: tuple[tuple[Decision, Manifest], ...]
    picked: int
    by: str
    inputs: Mapping[str, str] = field(default_factory=dict)
    left_out: tuple[str, ...] = ()
    waits: tuple[tuple[str, str], ...] = ()

    def as_json(self) -> dict[str, object]:
        return {
            "shot": self.shot,
            "picked": self.picked,
            "picked_by": self.by,
            "inputs": dict(self.inputs),
            "left_out": list(self.left_out),
            "waits_for": [{"take": take, "reason": reason} for take, reason in self.waits],
            "takes": [
                {
                    "take": d.step.order.take if d.step.order else None,
                    "verdict": d.verdict.value,
                    "reason": d.reason or None,
                    "key": d.key or None,
                    "clip": d.take.digest if d.take else None,
                    "changes": changes_json(d.changes),
                    "manifest": dict(pairs),
                }
                for d, pairs in self.takes
            ],
        }

    def text(self, paint: Paint, fitted: Callable[[str, int], str]) -> str:
        """For people; `fitted` breaks a line that is too long, and indents what follows."""
        lines = [paint(self.shot, "bold") + (f"  ({self.relation})" if self.relation else "")]
        if not self.takes:
            lines.append("  nothing is generated for it")
        for d, pairs in self.takes:
            lines += self._take(d, pairs, paint)
        if self.left_out:
            lines.append(f"  stays behind, for the model takes no more references: {', '.join(self.left_out)}")
        lines += [f"  waits for {take}: {reason}" for take, reason in self.waits]
        return "\n".join(fitted(line, 11) for line in lines)

    def _take(self, d: Decision, pairs: Manifest, paint: Paint) -> list[str]:
        picked = f", picked by {self.by}" if d.step.take == self.picked and self.by != "default" else ""
        tone = {Verdict.FRESH: "good", Verdict.STALE: "warn"}.get(d.verdict, "cyan")
        why = f", {d.reason}" if d.reason else ""
        lines = [f"  take {d.step.take}{picked}: {paint(state(d.verdict.value), tone)}{why}"]
        if d.step.shots and d.step.shots[0] != self.shot:
            lines.append(f"    shares its clip with {d.step.shots[0]}")
        lines += (f"    {line}" for line in changed(d.changes, self.inputs, paint))
        if not d.changes:
            width = max((len(k) for k, _ in pairs if k not in _QUIET), default=0)
            told = [(k, v) for k, v in pairs if k not in _QUIET and v not in ("", "{}")]
            lines += [f"    {k.ljust(width)}  {self._value(k, v)}" for k, v in told]
        if d.take:
            what = d.step.order.medium if d.step.order else "clip"
            lines.append(f"    {what} {d.take.digest[:12]}, made {d.take.made or 'at an unknown time'}")
        return lines

    def _value(self, label: str, value: str) -> str:
        """An input by what it is and the beginning of its digest."""
        return f"{self.inputs[label]}  {value[:12]}" if label in self.inputs else _short(value)


def changes_json(changes: Iterable[Change]) -> list[dict[str, str | None]]:
    return [{"label": c.label, "before": c.before, "after": c.after} for c in changes]


def changed(changes: Iterable[Change], inputs: Mapping[str, str], paint: Paint) -> Iterator[str]:
    """What changed from what to what: three lines a label. `inputs`: as in Told."""
    for change in changes:
        what = f"  ({inputs[change.label]})" if change.label in inputs else ""
        yield f"{paint(change.label, 'bold')}{what}"
        yield f"  was  {_shown(change.before, paint)}"
        yield f"  is   {_shown(change.after, paint)}"


def explain(plan: Plan, layout: Layout, shot: str) -> Told:
    """The story of one shot, by address."""
    slate = layout.slates[shot]
    choice = layout.choice(shot)
    takes = [d for d in plan.jobs if shot in d.step.shots]
    told = [(d, d.manifest or plan.graph.heads[d.step.id]) for d in takes]
    auto = slate.spoken.lines if slate.spoken is not None and slate.spoken.auto else ()
    relation = f"{slate.relation} of {slate.parent}" if slate.relation else ""
    relation += (", " if relation and auto else "") + (f"as long as {', '.join(auto)}" if auto else "")
    left_out = tuple(map(_named, slate.left_out))
    return Told(shot, relation, tuple(told), choice.take, choice.by, inputs(slate), left_out, _waits(plan, takes))


def inputs(slate: Slate) -> dict[str, str]:
    """What the inputs of its orders are, or it is itself, by their labels in a manifest."""
    pictures = {"image": slate.image, "last_image": slate.last_image}
    pictures |= {f"reference {n}": image for n, image in enumerate(slate.references, 1)}
    parents = {"edit": "image", "continue": "image"}
    found = {f"input {label}": _named(image) for label, image in pictures.items() if image is not None}
    if slate.relation:
        found[f"input {parents.get(slate.relation, 'source')}"] = slate.parent
    if slate.sent:
        found["input speech"] = ", ".join(slate.sent)
    return found | ({"footage": slate.file} if slate.file else {})


def _named(image: ImageInput) -> str:
    """ "refs/maya.png, of maya", "the still kite"."""
    what = image.file or f"the still {image.still}"
    return f"{what}, of {image.of}" if image.of else what


def _waits(plan: Plan, takes: Sequence[Decision]) -> tuple[tuple[str, str], ...]:
    """The takes above that are not fresh, if any of these is undecided, the first to be made first."""
    above: set[str] = set()
    for d in (d for d in takes if d.verdict is Verdict.UNDECIDED):
        above |= plan.graph.needed([d.step.id]).keys() - {d.step.id}
    unmade = [d for d in plan.jobs if d.step.id in above and d.take is None]
    return tuple((d.step.name, f"{state(d.verdict.value)}, {d.reason}") for d in unmade)


def _shown(value: str | None, paint: Paint) -> str:
    return one_line(value) if value else paint("(absent)" if value is None else "(empty)", "dim")


def _short(value: str) -> str:
    value = one_line(value)
    return value if len(value) <= 100 else value[:97] + "…"
