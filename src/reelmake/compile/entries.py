"""The entries of the cut, read from its tree: what is shown of each shot, with which transition, words and insets."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

from reelmake.compile.node import Node, plain
from reelmake.compile.text_style import titles
from reelmake.compile.values import length, nodes, number, said
from reelmake.model.cut_entries import CutEntry, EntryFade, EntryInset, EntryVoice, Into
from reelmake.model.frame import Mount

HARD = "cut"  # `into: cut` is no transition, where `defaults` name one
_HALF = Fraction(1, 2)  # seconds of a transition that does not say


def cut(node: Node | None, into: Into | None, skipped: Collection[str] = ()) -> tuple[CutEntry, ...] | None:
    """`into`: the transition of entries that say none, and that no fade takes the place of. `skipped`: shots that are
    left out."""
    if node is None or node.kind != "list":
        return None
    entries = [_entry(child) for child in node.value if child.kind in ("text", "map")]
    kept = [entry for entry in entries if entry.shot not in skipped]
    entries = [replace(e, insets=tuple(inset for inset in e.insets if inset.shot not in skipped)) for e in kept]
    told = [
        entry if "into" in entry.spans or entry.fade_out or after.fade_in else replace(entry, into=into)
        for entry, after in pairwise(entries)
    ]
    return (*told, *entries[-1:])


def into(node: Node | None) -> Into | None:
    if node is None:
        return None
    if node.kind == "text":
        return None if node.value == HARD else Into(node.value, _HALF, {}, node.span)
    if node.kind != "map" or len(node.value) != 1:
        return None
    (name, value), key = next(iter(node.value.items())), next(iter(node.keys.values()))
    if value.kind == "map":
        params = {n: plain(child) for n, child in value.value.items() if n != "seconds"}
        return Into(name, length(value) or _HALF, params, key.span)
    return Into(name, length(node, name) or _HALF, {}, key.span)


def _entry(node: Node) -> CutEntry:
    if node.kind == "text":
        return CutEntry(node.value, span=node.span)
    held = node.get("freeze") or node
    return CutEntry(
        **{"shot": "", **said(node, CutEntry, fade_in=_fade, fade_out=_fade)},
        sound=EntryVoice(**said(node.get("sound"), EntryVoice)),
        into=into(node.get("into")),
        titles=titles(node),
        freeze=length(node, "freeze") or length(held, "last") or Fraction(0),
        freeze_first=length(held, "first") or Fraction(0),
        insets=tuple(map(_inset, nodes(node, "insets", "map"))),
        span=(node.get("shot") or node).span,
    )


def _fade(node: Node, key: str) -> EntryFade | None:
    found = node.value[key]
    seconds = length(found) or _HALF if found.kind == "map" else length(node, key)
    return EntryFade(seconds, found.text("color") or "black") if seconds else None


def _inset(node: Node) -> EntryInset:
    mount = Mount(**said(node, Mount, size=number))
    return EntryInset(**{"shot": "", **said(node, EntryInset)}, mount=mount, span=(node.get("shot") or node).span)
