"""What the store keeps, as a table. Knows nothing of how it is kept."""

from __future__ import annotations

from collections.abc import Sequence

from reelmake.model.take import Take
from reelmake.report.naming import money


def subject(take: Take) -> str:
    """What a take is, in its own words: the beginning of its prompt, or its kind."""
    prompt = " ".join(dict(take.manifest).get("prompt", "").split())
    return f'"{prompt[:57]}…"' if len(prompt) > 60 else f'"{prompt}"' if prompt else f"a {take.kind}"


def paid(take: Take) -> bool:
    """Did it cost money, or may it have?"""
    return take.cost is None or take.cost > 0


def table(takes: Sequence[Take]) -> str:
    """A row a take, and what all of it comes to."""
    rows = [
        (t.digest[:12], t.kind, f"{t.facts.bytes / 1e6:.2f} MB", money(t.cost) if t.provider else "", subject(t))
        for t in sorted(takes, key=lambda t: (not t.provider, t.made, t.key))
    ]
    widths = [max((len(r[i]) for r in rows), default=0) for i in range(4)]
    lines = [
        f"{a.ljust(widths[0])}  {b.ljust(widths[1])}  {c.rjust(widths[2])}  {d.rjust(widths[3])}  {e}".rstrip()
        for a, b, c, d, e in rows
    ]
    size = sum(t.facts.bytes for t in takes)
    return "\n".join([*lines, f"{len(takes)} artifact{'s' * (len(takes) != 1)}, {size / 1e6:.1f} MB"])


def as_json(take: Take) -> dict[str, object]:
    return {
        "key": take.key,
        "sha256": take.digest,
        "kind": take.kind,
        "bytes": take.facts.bytes,
        "cost_usd": None if take.cost is None else float(take.cost),
        "provider": take.provider or None,
        "model": take.model or None,
        "made": take.made or None,
    }
