"""What makes two steps the same: one list of (label, value) pairs, and two readers of it, a digest and an explanation.

Spans, comments, names of shots and the order of keys never enter it: only what `work` keys and the inputs' digests do.
Knows nothing of stores or verdicts.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from decimal import Decimal
from fractions import Fraction
from sys import intern

from reelmake.model.step import Step
from reelmake.model.take import Manifest
from reelmake.records import dataclass

_JSON = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode
_QUOTED = json.encoder.encode_basestring  # a text as that encoder writes it
FORMAT = "1"  # the version of the manifest itself; a change of it makes everything stale


def manifest(step: Step, digests: Mapping[str, str], beginning: Manifest | None = None) -> Manifest:
    """The ordered pairs of a step whose inputs have `digests` (input label -> sha256). KeyError if one is missing.

    `beginning`: what `head` gave for this step, if it was asked before.
    """
    inputs = [(f"input {i.label}", digests[i.label]) for i in step.inputs]
    inputs += [(f"fit {i.label}", i.fit) for i in step.inputs if i.fit]
    inputs += [(f"read {i.label}", i.read) for i in step.inputs if i.read and not step.order]
    return (*(beginning or head(step)), *inputs)


def head(step: Step) -> Manifest:
    """The pairs of a step that do not depend on its inputs."""
    begin = [("format", FORMAT), ("kind", step.kind), ("work", called(step.work))]
    begin += [("tool", step.tool)] if step.tool else []
    begin += [("colors", ", ".join(step.colors))] if step.colors else []
    return (*begin, *_pairs(step.work))


def called(work: object) -> str:
    """What its class is called in keys: for ever as it was when the first of its kind was made."""
    return str(getattr(work, "CALLED", type(work).__name__))


def key(step: Step, digests: Mapping[str, str]) -> str:
    """sha256 (hex) of the manifest."""
    return digest(manifest(step, digests))


def digest(pairs: Manifest) -> str:
    """sha256 (hex) of any list of pairs; unambiguous because it is JSON."""
    written = ",".join([f"[{_QUOTED(label)},{_QUOTED(value)}]" for label, value in pairs])
    return hashlib.sha256(f"[{written}]".encode()).hexdigest()


def order(step: Step) -> str:
    """What was ordered, less inputs and take number (16 hex digits): picks and wishes are remembered by it."""
    pairs = tuple(p for p in _pairs(step.work) if p[0] != "take")
    return digest((*pairs, *((i.label, "") for i in step.inputs)))[:16]


@dataclass(frozen=True, slots=True)
class Change:
    """One label that differs; None = it was not there."""

    label: str
    before: str | None
    after: str | None


def changes(before: Iterable[tuple[str, str]], after: Iterable[tuple[str, str]]) -> list[Change]:
    """Which labels differ from what to what, in the order of `after`, then what is gone."""
    old, new = dict(before), dict(after)
    changed = [Change(k, old.get(k), v) for k, v in new.items() if old.get(k) != v]
    return changed + [Change(k, v, None) for k, v in old.items() if k not in new]


_ALWAYS = object()  # a field that is in every key, whatever its value
_FIELDS: dict[type, tuple[tuple[str, object], ...]] = {}
"""By class the keyed fields, each with the value that leaves it out: asked some 100,000 times in a large plan."""
_LAST: dict[tuple[type, str], tuple[object, str]] = {}
"""By class and field the value that was written last, and its text: most steps of a film share one picture."""


def _keyed(kind: type) -> tuple[tuple[str, object], ...]:
    if kind not in _FIELDS:
        kept = [f for f in fields(kind) if not f.metadata.get("unkeyed")]
        _FIELDS[kind] = tuple((f.name, _default(f) if f.metadata.get("later") else _ALWAYS) for f in kept)
    return _FIELDS[kind]


def _default(field: Field[object]) -> object:
    return field.default_factory() if field.default_factory is not MISSING else field.default


def _pairs(work: object) -> list[tuple[str, str]]:
    kind, pairs = type(work), []
    for name, without in _keyed(kind):
        value = getattr(work, name)
        if value is without or (without is not _ALWAYS and value == without):
            continue
        known = _LAST.get((kind, name))
        if known is None or known[0] is not value:
            known = _LAST[kind, name] = value, text(value)
        pairs.append((name, known[1]))
    return pairs


def text(value: object) -> str:
    """Canonical text: the same for equal values, different for different ones, readable for scalars."""
    write = _TEXT.get(type(value))
    if write is not None:
        return write(value)
    return intern(_JSON(_plain(value)))  # most steps of a film say the same of its picture: once in memory


# By exact type, not by isinstance: Fraction and Mapping are abstract bases, whose checks cost more than the rest.
_TEXT: dict[type, Callable[..., str]] = {
    str: lambda value: value,
    int: str,
    bool: json.dumps,
    type(None): json.dumps,
    Fraction: str,
    Decimal: lambda value: str(Fraction(value)),
}


_AS_THEY_ARE = frozenset({str, int, bool, type(None)})


def _plain(value: object) -> object:
    kind = type(value)
    if kind in _AS_THEY_ARE:
        return value
    if kind in _TEXT:
        return _TEXT[kind](value)
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    if kind is float:
        return repr(value)
    if is_dataclass(kind):
        return {
            name: _plain(said)
            for name, without in _keyed(kind)
            if (said := getattr(value, name)) is not without and (without is _ALWAYS or said != without)
        }
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    raise TypeError(f"no canonical text for {kind.__name__}: a work's fields must be plain values")
