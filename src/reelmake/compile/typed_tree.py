"""A tree to a Storyboard: typed values with their places. What has the wrong form is left out (the schema has said so).

Fills in nothing but what is always there: the provider and the tier called sketch.
"""

from __future__ import annotations

from fractions import Fraction
from typing import get_args

from reelmake.compile.entries import cut, into
from reelmake.compile.node import Node, plain
from reelmake.compile.overlays import captions, watermark
from reelmake.compile.typed_shots import Known, cast, fallback, pad, shot, still
from reelmake.compile.values import dollars, nodes, number, one_of, said, shape, tidied, true, word
from reelmake.model.mix import TrackKind
from reelmake.model.provider import Limits
from reelmake.model.store_address import Cache, Push
from reelmake.model.storyboard import (
    SKETCH,
    Defaults,
    Music,
    Output,
    ProviderSpec,
    Sound,
    Storyboard,
    Tier,
    Track,
    Voice,
)

_BROADCAST = {  # what an editing room means by these decimals
    "23.976": Fraction(24000, 1001), "23.98": Fraction(24000, 1001), "29.97": Fraction(30000, 1001),
    "47.952": Fraction(48000, 1001), "59.94": Fraction(60000, 1001), "119.88": Fraction(120000, 1001),
}  # fmt: skip


def build(root: Node, variant: str) -> Storyboard:
    """One variant's storyboard, from its expanded tree."""
    defaults = Defaults(**said(root.get("defaults"), Defaults, into=lambda node, key: into(node.get(key)), pad=pad))
    skipped = tuple(name for name, _, node in root.entries("shots") if true(node, "skip"))
    known = Known(cast(root), [name for name, _, _ in root.entries("stills")])
    sketch = ProviderSpec(SKETCH, SKETCH)
    return Storyboard(
        title=root.text("title"),
        shots={n: shot(n, k, v, known) for n, k, v in root.entries("shots") if v.kind == "map" and n not in skipped},
        skipped=skipped,
        stills={n: still(n, k, v, known) for n, k, v in root.entries("stills") if v.kind == "map"},
        providers={SKETCH: sketch} | {n: _provider(n, k, v) for n, k, v in root.entries("providers")},
        tiers={SKETCH: Tier(SKETCH, SKETCH)} | {n: _tier(n, k, v) for n, k, v in root.entries("tiers")},
        defaults=defaults,
        style=tidied(root, "style"),
        cast=known.cast,
        voices={n: _voice(n, k, v) for n, k, v in root.entries("voices")},
        cut=cut(root.get("cut"), defaults.into, skipped),
        sound=_sound(root),
        outputs=_outputs(root.get("outputs")),
        captions=captions(root.get("captions")),
        watermark=watermark(root.get("watermark")),
        letterbox=shape(root, "letterbox"),
        fps=_fps(root.get("fps")),
        budget=dollars(root, "budget"),
        cache=Cache(**said(root.get("cache"), Cache, remote=word, push=one_of(*get_args(Push)))),
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
    return Tier(**{"provider": "", **said(node, Tier)}, name=name, fallback=fallback(node), span=key.span)


def _voice(name: str, key: Node, node: Node) -> Voice:
    return Voice(**said(node, Voice, voice=word, style=tidied), name=name, span=key.span)


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
    return Music(**said(node, Music, prompt=tidied), span=(node.get("file") or node.get("prompt") or node).span)


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
