"""What may leave the store, as people and programs read it: how it would come back, and what that would cost.

Knows nothing of how it is found out.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from reelmake.report import takes_table
from reelmake.report.naming import money

if TYPE_CHECKING:
    from collections.abc import Collection

    from reelmake.model.take import Take
    from reelmake.plan.result import Waste

_BACK = {
    "made": "made here again for free, if they are ever needed",
    "copied": "on another shelf as well, from which a lock file that names them brings them again for free",
    "fetched": "fetched again for free, as long as their provider has them; else for {}, as other takes",
    "ordered": "ordered again for {}, as other takes",
}


def text(found: Waste, *, deleted: bool, most: int | None) -> str:
    bought = [take for take in found.takes if take.paid]
    lines = [takes_table.stored_table(bought), ""] if bought else []
    total = found.whole / 1e6
    verb = "removed" if deleted else "would remove"
    what = f"{_counted(found.takes)}, {found.bytes / 1e6:.1f} MB of {total:.1f} MB"
    lines.append(f"{verb} {what}" if found.takes or found.files else f"nothing to remove of {total:.1f} MB")
    for back, words in _BACK.items():
        if group := [take for take in found.takes if found.back[take.key] == back]:
            lines.append(f"  {len(group)} {words.format(_price(group))}")
    if found.spared:
        kept = f"{len(found.spared)} paid, which nothing refers to any more (--paid removes them too)"
        lines.append(f"kept {_counted(found.kept)}, among them {kept}")
    if most is not None and (left := found.whole - found.bytes) > most:
        lines.append(f"{left / 1e6:.1f} MB stay, more than --max-size: the rest is needed, or was paid for")
    if not deleted and (found.takes or found.files):
        lines.append("nothing was removed; --delete does it")
    return "\n".join(lines)


def as_json(found: Waste, *, deleted: bool) -> dict[str, object]:
    """The object of `cache gc --json`."""
    return {
        "reelmake": 1,
        "deleted": deleted,
        "removed": [{**takes_table.stored_json(take), "back": found.back[take.key]} for take in found.takes],
        "bytes": found.bytes,
        "store_bytes": found.whole,
        "kept": found.kept,
        "spared": [takes_table.stored_json(take) for take in found.spared],
    }


def _counted(takes: Collection[Take] | int) -> str:
    count = takes if isinstance(takes, int) else len(takes)
    return f"{count} artifact{'s' * (count != 1)}"


def _price(takes: Collection[Take]) -> str:
    unknown = sum(take.cost is None for take in takes)
    known = money(sum((take.cost or Decimal(0) for take in takes), Decimal(0)))
    if unknown == len(takes):
        return "an unknown price"
    return known + (f" and {unknown} at an unknown price" if unknown else "")
