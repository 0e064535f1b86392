"""A plan as a table that fits the terminal, as Markdown for a pull request, as JSON for programs.

Knows nothing of how verdicts are reached.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction

from reelmake.model.medium import SPEECH
from reelmake.model.order import Order, Slate
from reelmake.model.time import clock, seconds
from reelmake.plan.decide import NOT_HERE, Decision, Plan, Verdict
from reelmake.plan.layout import Layout
from reelmake.plan.result import Astray
from reelmake.plan.selection import alongside
from reelmake.plan.stages import Stage, stages
from reelmake.report.console import Paint
from reelmake.report.naming import ASTRAY, DRAFT, about, counted, measured, money, named, state, unpicked
from reelmake.visible import one_line

_MOST = 60  # rows of a table on a terminal; `--all` shows every one
_PLACES = 2  # beginnings of one shot that a table names
_HEADS = ("shot", "verdict", "why", "with", "at", "length", "cost")
_WHY = 2  # the cell of the reason
_NARROW = 8  # columns that a name, a reason or a maker keeps
_HARMLESS = re.compile(r"(?:[^\W_]|[ .,;:()'%$+=/→…·–—-])*")
_LINKED = re.compile(r"://|www\.|\bGH-\d", re.IGNORECASE)  # by GitHub itself
_TONE = {"fresh": "good", "missing": "cyan", "stale": "warn", "pending": "dim"}


def as_json(plan: Plan, layout: Layout, forecast: float, astray: Mapping[str, Astray] = {}) -> dict[str, object]:
    """The object of language.md §2; fields may be added, never renamed."""
    return {
        "reelmake": 1,
        **({"draft": True} if layout.script.draft else {}),
        "jobs": [_job(shot, d, order, layout.slates[shot]) for shot, d, order in _rows(plan, layout)],
        "generate": plan.generate,
        "reuse": plan.reuse,
        "cost_usd": float(plan.cost),
        **_stages_json(plan),
        "unused": unused(layout),
        **({"unasked": list(plan.unasked)} if plan.unasked else {}),
        "unpriced": [d.step.id for d in plan.unpriced],
        "local": {
            "make": sum(d.verdict is not Verdict.FRESH for d in plan.decisions.values() if not d.step.take),
            "reuse": sum(d.verdict is Verdict.FRESH for d in plan.decisions.values() if not d.step.take),
        },
        "seconds": round(forecast, 1),
        "timeline": timeline_json(layout),
        "outputs": {
            d.step.output: {
                "verdict": d.verdict.value,
                "frames": frames,
                "seconds": None if length is None else float(length),
                "astray": astray.get(d.step.output),
            }
            for d, frames, length in lengths(plan, layout)
        },
    }


def _stages_json(plan: Plan) -> dict[str, object]:
    """Of a film that has stills, lines or music to be made, what comes first and what after."""
    first, then = stages(plan)
    if not first.jobs:
        return {}
    told = {
        name: {
            "generate": len(stage.todo),
            "reuse": len(stage.jobs) - len(stage.todo),
            "cost_usd": float(stage.cost),
            "unpriced": stage.unpriced,
        }
        for name, stage in (("stills", first), ("clips", then))
    }
    return {"stages": told}


def _job(shot: str, d: Decision, job: Order, slate: Slate) -> dict[str, object]:
    value: dict[str, object] = {
        "shot": shot,
        "medium": job.medium,
        "take": job.take,
        "verdict": d.verdict.value,
        "reason": d.reason or None,
        "ended": d.ended or None,
        "away": d.away,
        "key": d.key or None,
        "provider": job.provider,
        "model": job.called or None,
        "cost_usd": None if d.cost is None else float(d.cost),
        "ordered": d.ordered or None,
        "seconds": None if job.seconds is None else float(job.seconds),
        "changes": [{"label": c.label, "before": c.before, "after": c.after} for c in d.changes],
    }
    if shot != job.shot:
        value["shares"] = job.shot
    if slate.references:
        value["references"] = [image.name for image in slate.references]
    if slate.left_out:
        value["left_out"] = [image.name for image in slate.left_out]
    return value


def _rows(plan: Plan, layout: Layout, names: Collection[str] | None = None) -> list[tuple[str, Decision, Order]]:
    """Every take of every shot, shared ones under each of their names, in the storyboard's order. `names`: what was
    selected; of other variants there is nothing then."""
    shown = alongside(layout, names)
    by_shot: dict[str, list[tuple[Decision, Order]]] = {}
    for d, job in ((d, d.step.order) for d in plan.jobs if d.step.order):
        for shot in filter(shown.__contains__, d.step.shots):
            by_shot.setdefault(shot, []).append((d, job))
    order = {address: i for i, address in enumerate(layout.slates)}
    for found in by_shot.values():
        found.sort(key=lambda pair: pair[1].take)
    return [(shot, *pair) for shot in sorted(by_shot, key=lambda s: order.get(s, 0)) for pair in by_shot[shot]]


def unused(layout: Layout) -> list[str]:
    """Generated shots that no output shows or depends on."""
    steps = layout.graph.steps
    used = {shot for id in layout.graph.targets for shot in steps[id].shots if steps[id].order}
    return [address for address, slate in layout.slates.items() if slate.orders and address not in used]


def lengths(plan: Plan, layout: Layout) -> list[tuple[Decision, int | None, Fraction | None]]:
    """Of outputs, with the frames and seconds that each has, as it was measured, or will have."""
    found = []
    for d in plan.decisions.values():
        variant = d.step.shots[0].rpartition("/")[0] if d.step.output and d.step.shots else None
        if variant is not None:
            cut = layout.cuts[variant]
            planned = d.step.work.extent((cut.frames, seconds(cut.frames, cut.fps)))
            found.append((d, *((d.take.facts.frames, d.take.facts.seconds) if d.take else planned)))
    return found


def rows(
    plan: Plan, layout: Layout, *, everything: bool, names: Collection[str] | None = None
) -> tuple[list[tuple[str, ...]], int]:
    """Cells (shot, verdict, why, with, begin, length, cost) of what is worth showing, and how many were left out.
    `names`: what was selected, None = everything."""
    listed = whole = _rows(plan, layout, names)
    first = {d.step.id: shot for shot, d, _ in reversed(whole)} if names is not None else {}
    if not everything and len(listed) > _MOST:
        listed = [r for r in listed if r[1].verdict is not Verdict.FRESH or (r[1].reason and not r[1].elsewhere)]
    several = Counter(s for s, _, _ in listed)
    cells: list[tuple[str, ...]] = []
    for shot, d, job in listed if everything else listed[:_MOST]:
        slate = layout.slates[shot]
        label = named(slate) + (f" #{job.take}" if job.take > 1 or several[shot] > 1 else "")
        owner = first.get(d.step.id, job.shot)
        why = f"shares the take of {owner}" if shot != owner else d.reason
        why += "; not needed" if d in plan.left else ""
        free = d.verdict is Verdict.FRESH or d.ordered or shot != owner or d in plan.left
        cost = "" if free else money(d.cost)
        with_ = f"{job.provider} {job.called}".strip()
        at = begins(layout, shot)
        lasts = slate.length if job.medium == SPEECH.name else job.seconds
        length = "" if lasts is None else clock(lasts)
        cells.append(tuple(map(one_line, (label, state(d.verdict.value), why, with_, at, length, cost))))
    return cells, len(whole) - len(cells)


def begins(layout: Layout, shot: str) -> str:
    """Where a shot (its address) stands in the cut: "0:04.0", "0:04.0, 0:12.0"; "" if it is no entry of its own."""
    places = [clock(at) for at in layout.begins.get(shot, ())]
    return ", ".join(places[:_PLACES]) + (f" +{len(places) - _PLACES}" if len(places) > _PLACES else "")


def timeline_json(layout: Layout) -> list[dict[str, object]]:
    """One object a variant: its entries in order, each with the frame and second at which it begins, and the
    transition into the next one, which that one overlaps."""
    found = []
    for variant, cut in layout.cuts.items():
        entries = []
        for entry, join in zip(cut.entries, (*cut.joins, None), strict=False):
            entries.append(
                {
                    "shot": entry.shot,
                    "frame": entry.at,
                    "begins": _float(entry.at, cut.fps),
                    "frames": entry.frames,
                    "seconds": _float(entry.frames, cut.fps),
                    "into": {"transition": join.name, "frames": join.frames} if join else None,
                }
            )
        whole = {"frames": cut.frames, "seconds": _float(cut.frames, cut.fps)}
        found.append({"variant": variant, "fps": str(cut.fps), **whole, "entries": entries})
    return found


def _float(frames: int, fps: Fraction) -> float:
    """Seconds."""
    above, below = fps.as_integer_ratio()
    return round(frames * below / above, 6)


def table(
    plan: Plan,
    layout: Layout,
    paint: Paint,
    width: int,
    *,
    everything: bool = False,
    names: Collection[str] | None = None,
) -> str:
    """Rows under headings; names and makers are cut to what fits, reasons go on in the next line. `names`: see rows."""
    cells, left_out = rows(plan, layout, everything=everything, names=names)
    if not cells:
        return ""
    widths = [max(map(len, column)) for column in zip(_HEADS, *cells, strict=True)]
    from textwrap import wrap

    room = width - sum(w + 2 for w in widths) + 2
    for _ in range(-room):  # the widest of name, reason and maker gives way first
        widest = max((0, 2, 3), key=lambda i: widths[i])
        widths[widest] = max(_NARROW, widths[widest] - 1)
    lines = [paint(_line(_HEADS, widths), "dim")]
    for row in cells:
        why, *more = wrap(row[_WHY], widths[_WHY], break_long_words=True) or [""]
        text = _line((*row[:_WHY], why, *row[_WHY + 1 :]), widths)
        at = widths[0] + 2
        tone = _TONE[row[1]]
        lines.append(text[:at] + paint(text[at : at + widths[1]], tone) + text[at + widths[1] :])
        lines += [" " * (at + widths[1] + 2) + line for line in more]
    if left_out:
        lines.append(paint(f"… and {left_out} more (--all shows them)", "dim"))
    return "\n".join(lines)


def _line(row: Sequence[str], widths: Sequence[int]) -> str:
    cells = [c if len(c) <= w else c[: w - 1] + "…" for c, w in zip(row, widths, strict=True)]
    left = [c.ljust(w) for c, w in zip(cells[:4], widths[:4], strict=True)]
    right = [c.rjust(w) for c, w in zip(cells[4:], widths[4:], strict=True)]
    return "  ".join(left + right).rstrip()


def summary(plan: Plan, layout: Layout, forecast: float, astray: Mapping[str, Astray] = {}) -> str:
    """What the plan comes to, in a line or two, and its outputs. `astray`: those made that are not in their places."""
    lines = [f"{DRAFT}, nothing is ordered"] if layout.script.draft else []
    if plan.todo:
        local = sum(not d.step.take for d in plan.todo)
        steps = f"{local} local step{'s' * (local != 1)}" if local else ""
        lines.append("; ".join(filter(None, (_takes(plan), steps, about(forecast)))))
    else:
        takes = f"{plan.reuse} take{'s' * (plan.reuse != 1)} reused{unpicked(layout.unpicked(plan.decisions))}"
        whole = ", every output is up to date" * any(d.step.output for d in plan.decisions.values())
        them = f"{len(astray)} output{'s are' if len(astray) > 1 else ' is'}"
        lines.append(f"up to date, but {them} not in place: {takes}" if astray else f"nothing to do: {takes}{whole}")
    lines += [f"warning: {said}" for said in plan.unasked]
    if plan.away:
        them = "1 take was" if len(plan.away) == 1 else f"{len(plan.away)} takes were"
        lines.append(f"{them} {NOT_HERE}: build refuses to order what was paid for once, except with --remake")
    if {*plan.targets, *(d.step.id for d in plan.left)} == set(plan.graph.targets) and (idle := unused(layout)):
        lines.append(
            f"in no output, so not made: {', '.join(idle[:8])}{' …' * (len(idle) > 8)} (name a shot to make it)"
        )
    lines += _references(layout, {shot for d in plan.todo if d.step.take for shot in d.step.shots})
    outputs = lengths(plan, layout)
    told = outputs
    if len(outputs) > _MOST:
        told = [o for o in outputs if o[0].verdict is not Verdict.FRESH or o[0].step.output in astray][:_MOST]
    for d, frames, length in told:
        lost = astray.get(d.step.output)
        lines.append(d.step.output + measured(frames, length) + (f"  {ASTRAY[lost]}" if lost else ""))
    left = len(outputs) - len(told)
    return "\n".join([*lines, *([f"… and {left} more output{'s' * (left != 1)}"] if left else [])])


def _references(layout: Layout, shots: Collection[str]) -> list[str]:
    """Which reference pictures go along with what is made, where the model has no place for all of them."""
    found = []
    for shot in (slate for address, slate in layout.slates.items() if address in shots and slate.left_out):
        along, left = (", ".join(image.name for image in images) for images in (shot.references, shot.left_out))
        found.append(f"{shot.shot}: references {along or 'none'}; left out {left}")
    return found


def _takes(plan: Plan) -> str:
    """ "2 to generate (up to $1.20), 3 reused"; what is nothing is not said."""
    first, then = stages(plan)
    if plan.cost and first.todo and then.todo:
        price = f"stills {_price(first, exact=True)}, then clips {_price(then)}"
    else:
        price = _price(Stage([*first.jobs, *then.jobs]))
    if plan.reserved:
        price += f", and {money(plan.reserved)} is already ordered"
    return counted(plan.generate, plan.reuse, f" ({price})")


def _price(stage: Stage, *, exact: bool = False) -> str:
    """ "up to $1.20 and 2 of unknown price"; `exact`: without "up to" where nothing is bounded."""
    price = money(stage.cost) if stage.cost else "free"
    price = f"up to {price}" if stage.cost and (stage.bounded or not exact) else price
    return price + (f" and {stage.unpriced} of unknown price" if stage.unpriced else "")


def markdown(plan: Plan, layout: Layout, forecast: float, astray: Mapping[str, Astray] = {}) -> str:
    """For a comment on a pull request."""
    cells, left_out = rows(plan, layout, everything=False)
    cells = [c for c in cells if c[1] != Verdict.FRESH.value]
    said = summary(plan, layout, forecast, astray).split("\n")
    lines = ["### reelmake plan", "", *(f"- {words(line)}" for line in said)]
    if cells:
        lines += ["", f"| {' | '.join(_HEADS)} |", "| --- | --- | --- | --- | ---: | ---: | ---: |"]
        lines += ["| " + " | ".join(words(c, cell=True) for c in row) + " |" for row in cells]
    if left_out:
        lines += ["", f"… and {left_out} more"]
    return "\n".join(lines)


def words(text: str, *, cell: bool = False) -> str:
    """Somebody else's words in Markdown say what they say, and do nothing: a name, a path or a reason may hold a
    mention, a link, HTML or the end of a table. What has none of the characters for it stands as it is; anything else
    is code. `cell`: of a table, where a bar is one even inside code."""
    if _HARMLESS.fullmatch(text) and not _LINKED.search(text):
        return text
    text = one_line(text)
    fence = "`" * (1 + max(map(len, re.findall("`+", text)), default=0))
    room = " " if text.startswith("`") or text.endswith("`") else ""
    code = f"{fence}{room}{text}{room}{fence}"
    return code.replace("|", "\\|") if cell else code
