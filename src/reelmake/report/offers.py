"""What providers and their models can do, as people and programs read it. Knows nothing of where it was looked up."""

from __future__ import annotations

import io
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import field
from decimal import Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from reelmake.compile.models import form, number
from reelmake.model.medium import CLIP, MEDIA, Unit
from reelmake.model.provider import OPERATIONS, Capabilities, Limits, Model
from reelmake.model.storyboard import Tier
from reelmake.records import dataclass

if TYPE_CHECKING:
    from rich.table import Table
    from rich.text import Text

_SHOWN = 4  # sizes in a cell
_GAP = 2  # columns between two cells
_ROOMY = 100  # columns from which a date stands beside its word


@dataclass(frozen=True)
class ProviderOffer:
    """One provider of a storyboard, or one kind where there is none. `models`: those worth showing; `more`: the others.

    `secrets`: where each secret is, and whether there is one. `tiers`: those that use it, by name.
    """

    name: str
    can: Capabilities
    address: str = ""
    secrets: tuple[tuple[str, bool], ...] = ()
    limits: Limits = field(default_factory=Limits)
    models: Sequence[Model] = ()
    more: int = 0
    tiers: Mapping[str, Tier] = field(default_factory=dict)

    def users(self, model: Model) -> list[str]:
        """The tiers that name this model."""
        return [tier.name for tier in self.tiers.values() if (tier.model or self.can.default_model) == model.name]


def as_json(offers: Iterable[ProviderOffer], today: str) -> dict[str, object]:
    """The object of `providers --json`; a model has the keys of its form, and `ended`."""
    return {"reelmake": 1, "providers": [_offer(offer, today) for offer in offers]}


def _offer(offer: ProviderOffer, today: str) -> dict[str, object]:
    can = offer.can
    return {
        "name": offer.name,
        "kind": can.kind,
        "base_url": offer.address or None,
        "secrets": [{"place": place, "present": present} for place, present in offer.secrets],
        "media": sorted(can.media),
        "operations": sorted(can.operations),
        **{word: getattr(can, word) for word in ("image", "last_image", "references", "exact_image", "negative")},
        "limits": {"in_flight": offer.limits.in_flight, "per_minute": offer.limits.per_minute},
        "models": [
            {"name": model.name, **form(model), "ended": model.gone(today), "tiers": offer.users(model)}
            for model in offer.models
        ],
        "more": offer.more,
    }


def text(offers: Sequence[ProviderOffer], today: str, width: int, *, colour: bool) -> str:
    """A block a provider: what it is, a table of models, where it was read."""
    from rich.console import Group
    from rich.text import Text

    from reelmake.report.screen import Screen

    paper = io.StringIO()
    console = Screen(
        file=paper, width=width, force_terminal=colour, color_system="standard" if colour else None, highlight=False
    )
    for offer in offers:
        notes: dict[str, int] = {}
        parts: list[Table | Text] = [_heading(offer), _beside("", Text(_abilities(offer), style="dim"))]
        if offer.models:
            parts += [Text(), _table(offer, today, width, notes)]
        parts += [_beside(f"[{number}]", Text(note, style="dim")) for note, number in notes.items()]
        if offer.more:
            parts.append(Text(f"… {offer.more} more known: reelmake providers {offer.name}", style="dim"))
        console.print(Group(*parts), "")
    return "\n".join(line.rstrip() for line in paper.getvalue().rstrip().splitlines())


def _beside(mark: str, said: Text) -> Table:
    """What goes on below is indented as far as it begins."""
    from rich.table import Table
    from rich.text import Text

    line = Table.grid(padding=(0, 1))
    line.add_row(Text(mark, style="dim"), said)
    return line


def _heading(offer: ProviderOffer) -> Text:
    from rich.text import Text

    line = Text(offer.name, style="bold")
    for part in (offer.can.kind if offer.can.kind != offer.name else "", offer.address):
        line.append(f"  {part}" if part else "", style="default not bold")
    for place, present in offer.secrets:
        line.append(f"  {'✓' if present else '✗'} ", style="green" if present else "red")
        line.append(f"{place} is {'set' if present else 'not set'}", style="default not bold")
    return line


def _abilities(offer: ProviderOffer) -> str:
    can = offer.can
    takes = [word for word, does in _TAKES.items() if getattr(can, does)]
    made = f"makes {', '.join(m.noun for m in MEDIA.values() if m.name in can.media)}"
    parts = [
        made if can.media != {CLIP.name} else "",
        ", ".join(_ordered(can.operations)),
        f"takes {', '.join(takes)}" if takes else "takes no pictures",
    ]
    if can.exact_image:
        parts.append("pictures must have the clip's pixels (or `fit:`)")
    parts += _bounds(offer.limits)
    parts.append("free, on this machine" if can.local else "")
    return "; ".join(part for part in parts if part)


def _bounds(limits: Limits) -> list[str]:
    bounds = ((limits.in_flight, "at once"), (limits.per_minute, "a minute"))
    return [f"{number} {word}" for number, word in bounds if number]


def _ordered(operations: Collection[str]) -> list[str]:
    return [operation for operation in OPERATIONS if operation in operations]


_TAKES = {"a first image": "image", "a last image": "last_image", "references": "references"}


def _table(offer: ProviderOffer, today: str, width: int, notes: dict[str, int]) -> Table:
    from rich.table import Table
    from rich.text import Text

    ended = "ended " if width >= _ROOMY else "ended\n"
    units = any(model.unit != "second" for model in offer.models)
    rows: list[dict[str, Text]] = []
    for model in offer.models:
        gone = model.gone(today)
        note = ", as of ".join(filter(None, (model.source, model.as_of)))
        mark = f" [{notes.setdefault(note, len(notes) + 1)}]" if note else ""
        limits = ", ".join(_bounds(model.limits))
        makes = _medium(model), _sizes(model), _seconds(model), _can(model, offer.can), limits
        rows.append(
            {
                "tier": Text(" ".join(offer.users(model)), style="cyan"),
                "model": Text.assemble((model.name, "strike dim" if gone else ""), (mark, "dim")),
                "makes": Text("; ".join(filter(None, makes)) or "anything"),
                "USD" if units else "USD a second": Text(_price(model, offer, units=units)),
                "until": Text(f"{ended}{model.sunset}" if gone else model.sunset, style="red" if gone else "yellow"),
            }
        )
    table = Table(box=None, pad_edge=False, padding=(0, _GAP, 0, 0), header_style="dim")
    widths = _widths(rows, width)
    for head, room in widths.items():
        table.add_column(head, width=room, overflow="fold")
    for row in rows:
        table.add_row(*(row[head] for head in widths))
    return table


def _widths(rows: Sequence[Mapping[str, Text]], width: int) -> dict[str, int]:
    """Room for each column that has something in it: what is short in full, the name a third, the rest for `makes`."""
    longest = {head: max(len(line) for row in rows for line in row[head].plain.split("\n")) for head in rows[0]}
    widths = {head: max(long, len(head)) for head, long in longest.items() if long}
    widths["model"] = min(widths["model"], width // 3)
    others = sum(room + _GAP for head, room in widths.items() if head != "makes")
    widths["makes"] = max(12, min(widths["makes"], width - others - _GAP))
    return widths


def _medium(model: Model) -> str:
    """What it makes, if that is no clip, and how much of it at once."""
    made = [model.medium] if model.medium != CLIP.name else []
    return " ".join([*made, *([f"of up to {model.characters:,} characters"] if model.characters else [])])


def _sizes(model: Model) -> str:
    if not model.sizes:
        return " ".join(f"{side}p" for side in model.sides)
    left = len(model.sizes) - _SHOWN
    return " ".join([*map(str, model.sizes[: _SHOWN if left > 1 else None]), *([f"+{left}"] if left > 1 else [])])


def _seconds(model: Model) -> str:
    """ "4/8/12 s", "3–10 s": in one word, so that it is not broken."""
    if model.seconds:
        return "/".join(number(s) for s in sorted(model.seconds)) + " s"
    if model.shortest is None and model.longest is None:
        return ""
    return f"{number(model.shortest or Fraction(0))}–{number(model.longest) if model.longest else '…'} s"


def _can(model: Model, can: Capabilities) -> str:
    """What differs from its kind."""
    operations = can.operations & model.operations if model.operations is not None else can.operations
    words: list[str] = [] if operations == can.operations else _ordered(operations)
    words += ["only from a first image"] if model.needs_image else []
    words += [
        f"no {word.removeprefix('a ')}"
        for word, does in _TAKES.items()
        if getattr(can, does) and getattr(model, does) in (0, False)
    ]
    if can.references and model.references:
        words.append(f"{model.references} reference{'s' * (model.references > 1)}")
    if model.exact_image is False and can.exact_image:
        words.append("pictures of any size")
    return ", ".join(words)


_PER: Mapping[Unit, str] = {"second": " a second", "each": " each", "1000 characters": " for 1,000 characters"}


def _price(model: Model, offer: ProviderOffer, *, units: bool) -> str:
    """`units`: say for what it is."""
    own = {t.price for t in offer.tiers.values() if t.name in offer.users(model) and t.price is not None}
    if own:
        return "\n".join(f"{_usd(price)} (tier)" for price in sorted(own))
    if offer.can.local:
        return "free"
    prices = sorted(model.prices.items(), key=lambda p: (p[0] == 0, p[0]))
    many = len(prices) > 1 or any(side for side, _ in prices)
    per = _PER[model.unit] if units else ""
    parts = [f"{f'≤{side}: ' if side else 'else: ' if many else ''}{_usd(price)}{per}" for side, price in prices]
    beyond = f" beyond {model.free_images}" if model.free_images else ""
    parts += [f"+{_usd(model.per_image)}/picture{beyond}"] if model.per_image else []
    parts += [f"+{_usd(model.per_clip)}/clip"] if model.per_clip else []
    parts += [f"at least {_usd(model.least)}"] if model.least else []
    return "\n".join(parts) or "not known"


def _usd(amount: Decimal) -> str:
    shown = f"{amount.normalize():f}"
    return f"{amount:.2f}" if len(shown.partition(".")[2]) < 2 else shown
