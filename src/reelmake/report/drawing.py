"""The graph of steps, drawn: Mermaid, Graphviz dot, JSON, and an SVG that needs no other program.

Knows nothing of how verdicts are reached.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from html import escape
from itertools import count

from reelmake.model.time import clock
from reelmake.plan.decide import Decision, Plan, Verdict
from reelmake.report.console import json_text
from reelmake.report.naming import output_state, state
from reelmake.visible import one_line

_FILL = {Verdict.FRESH: "#d8f0dc", Verdict.MISSING: "#d6e8fb", Verdict.STALE: "#ffe3b3", Verdict.UNDECIDED: "#ececec"}
_EDGE = {Verdict.FRESH: "#2e7d46", Verdict.MISSING: "#1f6fb5", Verdict.STALE: "#b36b00", Verdict.UNDECIDED: "#777777"}
_WIDEST = 28  # characters in a box of the SVG


def mermaid(plan: Plan) -> str:
    """A flowchart that GitHub shows in Markdown."""
    ids = {id: f"s{i}" for i, id in enumerate(plan.decisions)}
    lines = ["flowchart LR"]
    for id, d in plan.decisions.items():
        lines.append(f'  {ids[id]}["{_mermaid_text(" — ".join(_words(d)))}"]:::{d.verdict.value}')
    lines += [f"  {ids[a]} --> {ids[b]}" for a, b in _edges(plan)]
    for verdict in Verdict:
        lines.append(f"  classDef {verdict.value} fill:{_FILL[verdict]},stroke:{_EDGE[verdict]},color:#1b1b1b")
    return "\n".join(lines)


def dot(plan: Plan) -> str:
    """For Graphviz."""
    lines = ["digraph reelmake {", "  rankdir=LR;", '  node [shape=box, style="rounded,filled", fontname="Helvetica"];']
    for id, d in plan.decisions.items():
        text = "\\n".join(json.dumps(one_line(w), ensure_ascii=False)[1:-1] for w in _words(d))
        lines.append(f'  {_quoted(id)} [label="{text}", fillcolor="{_FILL[d.verdict]}", color="{_EDGE[d.verdict]}"];')
    lines += [f"  {_quoted(a)} -> {_quoted(b)};" for a, b in _edges(plan)]
    return "\n".join([*lines, "}"])


def as_json(plan: Plan) -> str:
    """`{"steps": [{id, kind, name, verdict, reason, key, shots, pool, inputs}]}`."""
    steps = [
        {
            "id": id,
            "kind": d.step.kind,
            "name": d.step.name,
            "verdict": d.verdict.value,
            "reason": d.reason or None,
            "key": d.key or None,
            "shots": list(d.step.shots),
            "pool": d.step.pool,
            "inputs": [{"label": i.label, "step": i.step or None, "file": i.file or None} for i in d.step.inputs],
        }
        for id, d in plan.decisions.items()
    ]
    return json_text({"steps": steps})


def svg(plan: Plan) -> str:
    """Columns by depth, boxes by verdict, curves along the inputs."""
    depth = _depths(plan)
    columns: dict[int, list[str]] = {}
    for id in plan.decisions:
        columns.setdefault(depth[id], []).append(id)
    _untangle(columns, plan)
    wide, high, gap_x, gap_y, margin = 190, 44, 70, 16, 24
    tallest = max((len(c) for c in columns.values()), default=0)
    width = margin * 2 + max(1, len(columns)) * wide + max(0, len(columns) - 1) * gap_x
    height = margin * 2 + max(1, tallest) * (high + gap_y) + 24
    at: dict[str, tuple[int, int]] = {}
    for column, ids in columns.items():
        top = margin + (tallest - len(ids)) * (high + gap_y) // 2
        for row, id in enumerate(ids):
            at[id] = (margin + column * (wide + gap_x), top + row * (high + gap_y))
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        'font-family="system-ui, sans-serif" font-size="12">',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
    ]
    for a, b in _edges(plan):
        (x1, y1), (x2, y2) = at[a], at[b]
        x1, y1, y2 = x1 + wide, y1 + high // 2, y2 + high // 2
        bend = (x2 - x1) // 2
        curve = f"M{x1} {y1} C{x1 + bend} {y1} {x2 - bend} {y2} {x2} {y2}"
        parts.append(f'<path d="{curve}" fill="none" stroke="#9aa4ae" stroke-width="1.2"/>')
    parts += [_box(plan.decisions[id], x, y, wide, high) for id, (x, y) in at.items()]
    parts += [
        f'<rect x="{x}" y="{height - 28}" width="12" height="12" rx="3" fill="{_FILL[verdict]}" '
        f'stroke="{_EDGE[verdict]}"/><text x="{x + 18}" y="{height - 18}" fill="#444">{state(verdict.value)}</text>'
        for x, verdict in zip(count(margin, 100), Verdict)
    ]
    return "\n".join([*parts, "</svg>"])


FORMATS: Mapping[str, Callable[[Plan], str]] = {"mermaid": mermaid, "dot": dot, "json": as_json, "svg": svg}


def shots_only(plan: Plan) -> Plan:
    """The same plan with its paid and sketched shots only; a `continue` then depends on its parent's shot directly."""
    shots = {id: d for id, d in plan.decisions.items() if d.step.take}
    above = {id: replace(d.step, inputs=tuple(i.keyed for i in d.step.inputs)) for id, d in shots.items()}
    return replace(plan, decisions={id: replace(d, step=above[id]) for id, d in shots.items()})


def _box(d: Decision, x: int, y: int, wide: int, high: int) -> str:
    words = [w if len(w) <= _WIDEST else w[: _WIDEST - 1] + "…" for w in map(one_line, _words(d))]
    styles = ('fill="#1b1b1b" font-weight="600"', 'fill="#5c6670"')
    lines = "".join(
        f'<text x="{x + 10}" y="{y + 18 + 15 * i}" {style}>{escape(w)}</text>'
        for i, (w, style) in enumerate(zip(words, styles, strict=False))
    )
    title = one_line(f"{d.step.id}: {state(d.verdict.value)}" + (f" ({d.reason})" if d.reason else ""))
    return (
        f'<g><title>{escape(title)}</title><rect x="{x}" y="{y}" width="{wide}" height="{high}" rx="7" '
        f'fill="{_FILL[d.verdict]}" stroke="{_EDGE[d.verdict]}"/>{lines}</g>'
    )


def _quoted(id: str) -> str:
    return json.dumps(one_line(id))


def _words(d: Decision) -> list[str]:
    step, said = d.step, output_state(d.verdict.value) if d.step.output else state(d.verdict.value)
    if not step.order:
        return [step.name, f"{step.kind} · {said}"]
    length = [clock(step.order.seconds)] if step.order.seconds is not None else []
    return [step.name, " · ".join([f"{step.order.provider} {step.order.called}".strip(), *length, said])]


def _edges(plan: Plan) -> list[tuple[str, str]]:
    return [(i.step, id) for id, d in plan.decisions.items() for i in d.step.inputs if i.step in plan.decisions]


def _depths(plan: Plan) -> dict[str, int]:
    depth: dict[str, int] = {}
    for id, d in plan.decisions.items():
        depth[id] = 1 + max((depth[i.step] for i in d.step.inputs if i.step in depth), default=-1)
    return depth


def _untangle(columns: dict[int, list[str]], plan: Plan) -> None:
    """Orders each column by where its inputs stand, so that curves cross less."""
    for column in sorted(columns)[1:]:
        place = {id: row for ids in columns.values() for row, id in enumerate(ids)}

        def centre(id: str, place: Mapping[str, int] = place) -> float:
            rows = [place[i.step] for i in plan.decisions[id].step.inputs if i.step in place]
            return sum(rows) / len(rows) if rows else float(place[id])

        columns[column].sort(key=centre)


def _mermaid_text(text: str) -> str:
    """Whatever Mermaid reads as its own (quotes, tags, directives, Markdown, the end of a fence) by its number."""
    return re.sub(r"[^\w .,;:()'/+=→…·–—-]", lambda c: f"#{ord(c[0])};", one_line(text))
