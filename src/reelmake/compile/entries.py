"""The entries of the cut, read from its tree: what is shown of each shot, with which transition, words and insets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

from reelmake.compile.node import Node, plain
from reelmake.compile.text_style import titles
from reelmake.compile.values import fit, length, move, number, shape, spans, trim, true
from reelmake.model.frame import CORNERS, Corner, Mount
from reelmake.model.storyboard import CutEntry, EntryFade, EntryInset, EntryVoice, Into

HARD = "cut"  # `into: cut` is no transition, where `defaults` name one
_HALF = Fraction(1, 2)  # seconds of a transition that does not say
_CORNERS: Mapping[str, Corner] = {corner: corner for corner in CORNERS}


def cut(node: Node | None, into: Into | None) -> tuple[CutEntry, ...] | None:
    """`into`: the transition of entries that say none, and that no fade takes the place of."""
    if node is None or node.kind != "list":
        return None
    entries = [_entry(child) for child in node.value if child.kind in ("text", "map")]
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
    shot, held = node.get("shot"), node.get("freeze")
    return CutEntry(
        shot=node.text("shot"),
        sound=_voice(node.get("sound")),
        trim=trim(node.get("trim")),
        into=into(node.get("into")),
        titles=titles(node),
        speed=length(node, "speed") or Fraction(1),
        freeze=length(node, "freeze") or (length(held, "last") if held else None) or Fraction(0),
        freeze_first=(length(held, "first") if held else None) or Fraction(0),
        insets=_insets(node.get("insets")),
        reverse=true(node, "reverse"),
        fit=fit(node),
        move=move(node.get("move")),
        look=node.text("look"),
        fade_in=_fade(node, "fade_in"),
        fade_out=_fade(node, "fade_out"),
        span=shot.span if shot is not None else node.span,
        spans=spans(node),
    )


def _fade(node: Node, key: str) -> EntryFade | None:
    found = node.get(key)
    seconds = length(found) or _HALF if found is not None and found.kind == "map" else length(node, key)
    return EntryFade(seconds, (found.text("color") if found else "") or "black") if seconds else None


def _voice(node: Node | None) -> EntryVoice:
    if node is None or node.kind != "map":
        return EntryVoice()
    gain, lead, trail = (number(node, key) or Fraction(0) for key in ("gain", "lead", "trail"))
    return EntryVoice(gain, true(node, "mute"), lead, trail, spans(node))


def _insets(node: Node | None) -> tuple[EntryInset, ...]:
    return tuple(_inset(n) for n in node.value if n.kind == "map") if node is not None and node.kind == "list" else ()


def _inset(node: Node) -> EntryInset:
    shot = node.get("shot")
    return EntryInset(
        shot=node.text("shot"),
        mount=_mount(node),
        trim=trim(node.get("trim")),
        at=number(node, "at") or Fraction(0),
        seconds=length(node),
        gain=number(node, "gain"),
        span=shot.span if shot is not None else node.span,
        spans=spans(node),
    )


def _mount(node: Node) -> Mount:
    said: dict[str, Any] = {key: number(node, key) for key in ("size", "margin", "radius", "border")}
    said |= {"shape": shape(node.get("shape")), "color": node.text("color").strip()}
    told = {key: value for key, value in said.items() if value not in (None, "")}
    return Mount(_CORNERS.get(node.text("corner"), "top-right"), **told)
