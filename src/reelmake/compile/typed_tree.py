"""A tree to a Storyboard: typed values with their places. What has the wrong form is left out (the schema has said so).

Fills in nothing but what is always there: the provider and the tier called sketch.
"""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

from reelmake.compile.entries import cut, into
from reelmake.compile.node import Node, plain
from reelmake.compile.overlays import captions, watermark
from reelmake.compile.values import dollars, nodes, number, one_of, said, shape, tidied, tidy, true, word
from reelmake.model.mix import TrackKind
from reelmake.model.order import RELATIONS
from reelmake.model.provider import Limits
from reelmake.model.storyboard import (
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
    defaults = Defaults(**said(root.get("defaults"), Defaults, into=lambda node, key: into(node.get(key))))
    sketch = ProviderSpec(SKETCH, SKETCH)
    return Storyboard(
        title=root.text("title"),
        shots={name: _shot(name, key, node) for name, key, node in root.entries("shots") if node.kind == "map"},
        providers={SKETCH: sketch} | {n: _provider(n, k, v) for n, k, v in root.entries("providers")},
        tiers={SKETCH: Tier(SKETCH, SKETCH)} | {n: _tier(n, k, v) for n, k, v in root.entries("tiers")},
        defaults=defaults,
        style=tidied(root, "style"),
        characters={n: _character(n, k, v) for n, k, v in root.entries("characters")},
        cut=cut(root.get("cut"), defaults.into),
        sound=_sound(root),
        outputs=_outputs(root.get("outputs")),
        captions=captions(root.get("captions")),
        watermark=watermark(root.get("watermark")),
        letterbox=shape(root, "letterbox"),
        fps=_fps(root.get("fps")),
        budget=dollars(root, "budget"),
        variant=variant,
        span=root.keys["shots"].span if "shots" in root.keys else None,
    )


def _provider(name: str, key: Node, node: Node) -> ProviderSpec:
    limits = Limits(**said(node.get("limits"), Limits, file=word))
    told = {"kind": "", **said(node, ProviderSpec, api_key=_secret, webhook_secret=_secret)}
    return ProviderSpec(**told, name=name, limits=limits, span=key.span)


def _secret(node: Node, key: str) -> str:
    """The place of a secret: the name of an environment variable, or `keyring:` and the name of an entry."""
    return word(node, key).removeprefix("${").removesuffix("}").strip().removeprefix("env:")


def _tier(name: str, key: Node, node: Node) -> Tier:
    return Tier(**{"provider": "", **said(node, Tier)}, name=name, span=key.span)


def _character(name: str, key: Node, node: Node) -> Character:
    return Character(**{"look": "", **said(node, Character, look=tidied)}, name=name, span=key.span)


def _shot(name: str, key: Node, node: Node) -> Shot:
    relation = next((r for r in RELATIONS if r in node.value), None)
    return Shot(
        **said(node, Shot),
        id=name,
        prompt=_prompt(node.get("prompt")),
        relation=relation,
        parent=node.text(relation) if relation else "",
        tags=tuple(tag.value for tag in nodes(node, "tags", "text")),
        span=key.span,
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
        avoid=tidied(node, "avoid"),
        characters=tuple(dict.fromkeys(name for _, child in parts for name in child.cast)),
        span=avoid.span if avoid is not None and not parts else parts[0][1].span if parts else node.span,
    )


def _sound(root: Node) -> Sound:
    sound, music = root.get("sound"), root.get("sound", "music")
    if sound is None:
        return Sound()
    clips, loudness = sound.get("clips") or root._replace(value={}), sound.get("loudness")
    gains = [gain for part in (sound, clips) if (gain := number(part, "gain")) is not None]
    return Sound(
        **{**said(clips, Sound), **said(loudness, Sound, true_peak=number), "gain": sum(gains, Fraction(0))},
        music=_music(music) if music is not None and music.kind == "map" else None,
        loudness=number(sound, "loudness")
        if loudness is None
        else number(sound, "loudness") or number(loudness, "target"),
        tracks=tuple(map(_track, nodes(sound, "tracks", "map"))),
        crossfade=sound.get("crossfade") is None or true(sound, "crossfade"),
    )


def _music(node: Node) -> Music:
    return Music(**{"file": "", **said(node, Music)}, span=(node.get("file") or node).span)


def _track(node: Node) -> Track:
    at = number(node, "offset" if "shot" in node.value else "at") or Fraction(0)
    told = {"file": "", **said(node, Track, kind=one_of(*get_args(TrackKind))), "at": at}
    return Track(**told, span=(node.get("file") or node).span)


def _outputs(node: Node | None) -> tuple[Output, ...]:
    if node is None or node.kind != "map":
        return (Output("cut.mp4"),)
    return tuple(_output(path, key, child) for path, key, child in node.entries())


def _output(path: str, key: Node, node: Node) -> Output:
    options = {name: plain(child) for name, _, child in node.entries() if name not in ("size", "fit")}
    return Output(**{**said(node, Output), "path": path, "options": options, "span": key.span})


def _fps(node: Node | None) -> Fraction:
    if node is not None and node.kind in ("int", "number") and node.value > 0:
        return _BROADCAST.get(str(node.value), Fraction(node.value))
    if node is not None and node.kind == "text":
        over, _, under = node.value.partition("/")
        if over.isdecimal() and under.isdecimal() and int(over) and int(under):
            return Fraction(int(over), int(under))
    return Fraction(24)
