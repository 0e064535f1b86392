"""A tree to a Storyboard: typed values with their places. What has the wrong form is left out (the schema has said so).

Fills in nothing but what is always there: the provider and the tier called sketch.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction
from typing import cast

from reelmake.compile.entries import cut, into
from reelmake.compile.node import Node, plain
from reelmake.compile.overlays import captions, watermark
from reelmake.compile.values import fit, length, move, number, shape, spans, tidy, trim, true
from reelmake.model.frame import Focus, Size  # fmt: skip
from reelmake.model.json_value import Json
from reelmake.model.mix import TrackKind
from reelmake.model.order import RELATIONS, IfGone  # fmt: skip
from reelmake.model.provider import Limits  # fmt: skip
from reelmake.model.storyboard import (  # fmt: skip
    SKETCH,
    Character,
    Defaults,
    Music,
    Output,
    Prompt,
    ProviderSpec,
    Shot,
    Sound,
    Storyboard,
    Tier,
    Track,
)

PARTS = ("framing", "subject", "action", "setting", "light", "camera")
_BROADCAST = {  # what an editing room means by these decimals
    "23.976": Fraction(24000, 1001), "23.98": Fraction(24000, 1001), "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001), "59.94": Fraction(60000, 1001), "119.88": Fraction(120000, 1001),
}  # fmt: skip


def build(root: Node, variant: str) -> Storyboard:
    """One variant's storyboard, from its expanded tree."""
    defaults = _defaults(root.get("defaults") or root._replace(value={}, keys={}))
    sketch = ProviderSpec(SKETCH, SKETCH)
    return Storyboard(
        title=root.text("title"),
        shots={name: _shot(name, key, node) for name, key, node in root.entries("shots") if node.kind == "map"},
        providers={SKETCH: sketch} | {n: _provider(n, k, v) for n, k, v in root.entries("providers")},
        tiers={SKETCH: Tier(SKETCH, SKETCH)} | {n: _tier(n, k, v) for n, k, v in root.entries("tiers")},
        defaults=defaults,
        style=tidy(root.text("style")),
        characters={n: _character(n, k, v) for n, k, v in root.entries("characters")},
        cut=cut(root.get("cut"), defaults.into),
        sound=_sound(root),
        outputs=_outputs(root.get("outputs")),
        captions=captions(root.get("captions")),
        watermark=watermark(root.get("watermark")),
        letterbox=shape(root.get("letterbox")),
        fps=_fps(root.get("fps")),
        budget=_decimal(root, "budget"),
        variant=variant,
        span=root.keys["shots"].span if "shots" in root.keys else None,
    )


# -- values of one key


def _decimal(node: Node, key: str) -> Decimal | None:
    found = node.get(key)
    return Decimal(found.value) if found is not None and found.kind in ("int", "number") else None


def _int(node: Node, key: str) -> int | None:
    value = number(node, key)
    return int(value) if value is not None and value.denominator == 1 else None


def _size(node: Node) -> Size | None:
    width, _, height = node.text("size").partition("x")
    if width.isdecimal() and height.isdecimal() and len(width) <= 5 and len(height) <= 5:
        return Size(int(width), int(height))
    return None


def _focus(node: Node | None) -> Focus | None:
    if node is None or node.kind != "list" or not all(n.kind in ("int", "number") for n in node.value):
        return None
    places = [Fraction(n.value) for n in node.value]
    return (places[0], places[1]) if len(places) == 2 and all(0 <= p <= 1 for p in places) else None


def _if_gone(node: Node) -> IfGone | None:
    said = node.text("if_gone")
    return cast(IfGone, said) if said in ("stop", "upload", "continue", "regenerate") else None


def _mapping(node: Node, key: str) -> Mapping[str, Json]:
    found = node.get(key)
    return plain(found) if found is not None and found.kind == "map" else {}


# -- nouns


def _provider(name: str, key: Node, node: Node) -> ProviderSpec:
    limits = node.get("limits") or node
    return ProviderSpec(
        name=name,
        kind=node.text("kind"),
        base_url=node.text("base_url").strip(),
        api_key=_secret(node, "api_key"),
        limits=Limits(_int(limits, "in_flight"), _int(limits, "per_minute"), limits.text("file").strip()),
        webhook_secret=_secret(node, "webhook_secret"),
        webhook_id=node.text("webhook_id").strip() or "data.id",
        options=_mapping(node, "options"),
        span=key.span,
    )


def _secret(node: Node, key: str) -> str:
    """The place of a secret: the name of an environment variable, or `keyring:` and the name of an entry."""
    return node.text(key).strip().removeprefix("${").removesuffix("}").strip().removeprefix("env:")


def _tier(name: str, key: Node, node: Node) -> Tier:
    return Tier(
        name=name,
        provider=node.text("provider"),
        model=node.text("model"),
        size=_size(node),
        seconds=length(node),
        price=_decimal(node, "price"),
        extras=_mapping(node, "extras"),
        retry_moderation=_int(node, "retry_moderation") or 0,
        span=key.span,
        spans=spans(node),
    )


def _defaults(node: Node) -> Defaults:
    return Defaults(
        tier=node.text("tier"),
        size=_size(node),
        seconds=length(node),
        takes=_int(node, "takes"),
        seed=_int(node, "seed"),
        fit=fit(node),
        if_gone=_if_gone(node),
        look=node.text("look"),
        into=into(node.get("into")),
    )


def _character(name: str, key: Node, node: Node) -> Character:
    return Character(name, tidy(node.text("look")), node.text("image"), key.span)


def _shot(name: str, key: Node, node: Node) -> Shot:
    relation = next((r for r in RELATIONS if r in node.value), None)
    tags = node.get("tags")
    return Shot(
        id=name,
        prompt=_prompt(node.get("prompt")),
        file=node.text("file"),
        color=node.text("color"),
        relation=relation,
        parent=node.text(relation) if relation else "",
        tier=node.text("tier"),
        size=_size(node),
        seconds=length(node),
        seed=_int(node, "seed"),
        variation=_int(node, "variation") or 1,
        takes=_int(node, "takes"),
        pick=_int(node, "pick"),
        image=node.text("image"),
        last_image=node.text("last_image"),
        fit=fit(node),
        focus=_focus(node.get("focus")),
        move=move(node.get("move")),
        look=node.text("look"),
        caption=tidy(node.text("caption")),
        notes=node.text("notes"),
        tags=tuple(t.value for t in tags.value if t.kind == "text") if tags and tags.kind == "list" else (),
        extras=_mapping(node, "extras"),
        if_gone=_if_gone(node),
        retry_moderation=_int(node, "retry_moderation"),
        span=key.span,
        spans=spans(node),
    )


def _prompt(node: Node | None) -> Prompt | None:
    if node is None or node.kind not in ("text", "map"):
        return None
    if node.kind == "text":
        return Prompt(tidy(node.value), characters=node.cast, span=node.span)
    parts = [(part, child) for part in PARTS if (child := node.value.get(part)) is not None and child.kind == "text"]
    texts = [tidy(child.value) for _, child in parts]
    joined = ", ".join(text.rstrip(".,; ") for text in texts[:-1] if text)
    last = texts[-1] if texts else ""
    avoid = node.value.get("avoid")
    return Prompt(
        text=f"{joined}, {last}" if joined and last else joined or last,
        avoid=tidy(node.text("avoid")),
        characters=tuple(dict.fromkeys(name for _, child in parts for name in child.cast)),
        span=avoid.span if avoid is not None and not parts else parts[0][1].span if parts else node.span,
    )


def _sound(root: Node) -> Sound:
    sound, music, clips = root.get("sound"), root.get("sound", "music"), root.get("sound", "clips")
    if sound is None:
        return Sound()
    bed = None
    if music is not None and music.kind == "map":
        values = {key: number(music, key) or Fraction(0) for key in ("gain", "duck", "fade_in", "fade_out", "at")}
        file, part = music.get("file"), trim(music.get("trim"))
        span = file.span if file is not None else music.span
        bed = Music(music.text("file"), **values, trim=part, span=span, spans=spans(music))
    clips = clips or sound._replace(value={}, keys={})
    loudness, tracks = sound.get("loudness"), sound.get("tracks")
    told = loudness if loudness is not None and loudness.kind == "map" else None
    peak = number(told, "true_peak") if told is not None else None
    return Sound(
        music=bed,
        loudness=number(sound, "loudness") if told is None else number(told, "target"),
        gain=(number(sound, "gain") or Fraction(0)) + (number(clips, "gain") or Fraction(0)),
        tracks=tuple(_track(n) for n in tracks.value if n.kind == "map") if tracks and tracks.kind == "list" else (),
        mute=true(clips, "mute"),
        duck=number(clips, "duck") or Fraction(0),
        true_peak=Fraction(-1) if peak is None else peak,
        crossfade=sound.get("crossfade") is None or true(sound, "crossfade"),
    )


def _track(node: Node) -> Track:
    kind, file = node.text("kind"), node.get("file")
    return Track(
        file=node.text("file"),
        kind=cast(TrackKind, kind) if kind in ("narration", "effect", "music") else "effect",
        at=number(node, "offset" if "shot" in node.value else "at") or Fraction(0),
        shot=node.text("shot"),
        trim=trim(node.get("trim")),
        loop=true(node, "loop"),
        **{key: number(node, key) or Fraction(0) for key in ("gain", "fade_in", "fade_out", "duck")},
        span=file.span if file is not None else node.span,
        spans=spans(node),
    )


def _outputs(node: Node | None) -> tuple[Output, ...]:
    if node is None or node.kind != "map":
        return (Output("cut.mp4"),)
    made = []
    for path, key, child in node.entries():
        options = (
            {k: plain(v) for k, v in child.value.items() if k not in ("size", "fit")} if child.kind == "map" else {}
        )
        made.append(Output(path, _size(child), fit(child), options, key.span))
    return tuple(made)


def _fps(node: Node | None) -> Fraction:
    if node is not None and node.kind in ("int", "number") and node.value > 0:
        return _BROADCAST.get(str(node.value), Fraction(node.value))
    if node is not None and node.kind == "text":
        over, _, under = node.value.partition("/")
        if over.isdecimal() and under.isdecimal() and int(over) and int(under):
            return Fraction(int(over), int(under))
    return Fraction(24)
