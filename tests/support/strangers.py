"""What a stranger may write into a storyboard: every place of the language where a text may stand, read from its
schema; and values that lead out of the folder, to another host, or that mean something to somebody who reads them.

Knows nothing of what should come of it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path, PurePosixPath
from typing import Any

from tests.support.materials import content

Place = tuple[str | int, ...]
SCHEMAS = Path(__file__).parents[2] / "schemas"
KEY = "<key>"  # in a path: the name of an entry itself
ANY = "*"
PLANTED = "canary-5d1f8b7e2a904c63"  # what must not leave where it stands
_MEDIA = {"a.png": "x.png", "a.wav": "x.wav", "a.ttf": "x.ttf", "a.cube": "x.cube", "a.srt": "x.srt"}
_MORE = {"a.yaml": "vars: {w: x}\n", "a.csv": "v\nx\n"}


def places(name: str = "storyboard-1") -> dict[Place, bool]:
    """Where in a document a text may stand, and whether it may be any text there: no list of words, no pattern. Entries
    of a mapping are `*`, their names KEY; of a list 0."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text())
    return dict(_texts(schema, schema, (), ()))


def _texts(schema: Any, node: Any, path: Place, above: tuple[str, ...]) -> Iterator[tuple[Place, bool]]:
    if ref := node.get("$ref"):
        if ref in above:
            return
        above = (*above, ref)
        node = schema["$defs"][ref.rpartition("/")[2]] | {k: v for k, v in node.items() if k != "$ref"}
    kinds = node.get("type", ())
    if "string" in ([kinds] if isinstance(kinds, str) else kinds) or "enum" in node:
        yield path, not node.keys() & {"enum", "pattern"}
    for each in (*node.get("anyOf", ()), *node.get("oneOf", ())):
        yield from _texts(schema, each, path, above)
    for key, value in node.get("properties", {}).items():
        yield from _texts(schema, value, (*path, key), above)
    more = node.get("additionalProperties")
    if more:
        yield (*path, KEY), "propertyNames" not in node
        yield from _texts(schema, more, (*path, ANY), above) if isinstance(more, dict) else [((*path, ANY), True)]
    if "items" in node:
        yield from _texts(schema, node["items"], (*path, 0), above)


# -- values: name -> what makes it, in a folder, for a file with a suffix

Make = Callable[[Path, str], str]


def _link(to: str) -> Make:
    def make(root: Path, suffix: str) -> str:
        name = f"x{suffix}"
        if not os.path.lexists(root / name):
            (root / name).symlink_to(to.replace("SUFFIX", suffix))
        return name

    return make


def _file(text: str | bytes) -> Make:
    def make(root: Path, suffix: str) -> str:
        (root / f"x{suffix}").write_bytes(text if isinstance(text, bytes) else text.encode())
        return f"x{suffix}"

    return make


def _pipe(root: Path, suffix: str) -> str:
    if not os.path.lexists(root / f"x{suffix}"):
        os.mkfifo(root / f"x{suffix}")
    return f"x{suffix}"


def _pipe_outside(root: Path, suffix: str) -> str:
    return _link(f"../outside/{_pipe(root.parent / 'outside', suffix)}")(root, suffix)


def _word(text: str) -> Make:
    return lambda root, suffix: text.replace("SUFFIX", suffix).replace("ROOT", str(root))


HOST = "HOST"  # in values: the stranger's host and port
_LIST = f"#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nhttp://{HOST}/a.ts\n#EXTINF:1,\n../outside/canary.ts\n#EXT-X-ENDLIST\n"
VALUES: dict[str, Make] = {
    "outside": _word("../outside/canarySUFFIX"),
    "outside, by a way through": _word("a/../../outside/canarySUFFIX"),
    "absolute": _word("ROOT/../outside/canarySUFFIX"),
    "home": _word("~/.profile"),
    "a link outside": _link("../outside/canarySUFFIX"),
    "a link to the environment": _link("/proc/self/environ"),
    "a link to an endless file": _link("/dev/zero"),
    "a link to a pipe": _pipe_outside,
    "a pipe": _pipe,
    "the environment": _word("/proc/self/environ"),
    "file://": _word("file:///etc/passwd"),
    "an address": _word(f"http://{HOST}/aSUFFIX"),
    "concat:": _word("concat:../outside/canarySUFFIX|a.png"),
    "subfile:": _word("subfile,,start,0,end,0,,:../outside/canarySUFFIX"),
    "pipe:": _word("pipe:0"),
    "data:": _word("data:text/plain,x"),
    "a pattern": _word("%03dSUFFIX"),
    "a playlist": _file(_LIST),
    "a list to join": _file(f"ffconcat version 1.0\nfile http://{HOST}/a.ts\nfile ../outside/canary.png\n"),
    "a drawing that fetches": _file(f'<svg xmlns="http://www.w3.org/2000/svg"><image href="http://{HOST}/x.png"/></svg>'),
    "a program for a printer": _file("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(../outside/new) (w) file\n"),
    "a session": _file(f"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 {HOST}\nm=video 9 RTP/AVP 96\n"),
    "words and marks": _file("1\n00:00:00,000 --> 00:00:01,000\n{\\fn../outside/c}<font face='../outside/c.ttf'>x\n\n"),
    "a variable": _word("${env:PLANTED}"),
    "a ring": _word("${keyring:PLANTED}"),
    "a variable in words": _word("x-${env:PLANTED}SUFFIX"),
    "commands to a terminal": _word("\x1b]0;x\x07\x1b[2J\x9b31m\u202ex\u2066\u2028"),
    "commands to a workflow": _word("x\r\n::add-mask::x\n##[group]y\n::stop-commands::z"),
    "a command to a workflow": _word("::add-mask::x"),
    "a command of old": _word("##[group]x"),
    "nothing between": _word("x\0y"),
    "half a letter": _word("x\ud800y"),
    "a word without an end": _word("x" * 1_000_000),
    "an option": _word("-filter_complex"),
    "a file of options": _word("@../outside/canarySUFFIX"),
    "a shell": _word("$(cat ../outside/canarySUFFIX)`id`;id|id"),
    "a filter": _word("x',movie='../outside/canary.png',drawtext=textfile=../outside/canary.txt:x='1"),
    "a filter's word": _word("%{metadata:x}%{pts}\\:\\'\\\\:x=1[out];movie=../outside/canary.png[y]"),
    "a format": _word("{0.__class__}{}%s%n%(x)s"),
    "markup": _word("[red]x[/] [link=http://x]y[/link] <b>@all</b> </td>"),
    "a name of a device": _word("CON"),
    "of a page": _word("<script>fetch('x')</script>SUFFIX"),
}  # fmt: skip


# -- boards: one value in one place, and what else must stand there

SUFFIXES = {"include": ".yaml", "csv": ".csv", "matrix": ".csv", "kind": ".yaml", "font": ".ttf", "logo": ".png"}
SUFFIXES |= {"image": ".png", "last_image": ".png", "look": ".cube"}
PROVIDER = {"kind": "openai-videos", "base_url": f"http://{HOST}/v1"}
TIER = {"provider": "p", "model": "m", "price": 0}


def suffix(path: Place) -> str:
    """Of a file that may stand in a place."""
    words = [each for each in path if isinstance(each, str)]
    if words[-1] == "file":
        above = next(each for each in reversed(words) if each not in ("file", ANY))
        return {"captions": ".srt", "limits": ".limits", "music": ".wav", "tracks": ".wav"}.get(above, ".mp4")
    if words[0] == "outputs" and words[-1] == KEY and len(words) == 2:
        return ".mp4"
    return SUFFIXES.get(words[-1], SUFFIXES.get(words[0] if len(path) == 2 and path[1] == 0 else "", ".txt"))


def board() -> dict[str, Any]:
    shots = {"a": {"prompt": "A kite."}, "b": {"prompt": "A boat."}}
    return {"reelmake": 1, "defaults": {"size": "128x72", "seconds": 0.5}, "shots": shots}


_BESIDE: dict[str, Any] = {
    "captions": {"file": "a.srt", "burn": True},
    "characters.*": {"look": "a cat"},
    "cut.0": {"shot": "a"},
    "cut.0.insets.0": {"shot": "b"},
    "cut.0.title": {"text": "T"},
    "cut.0.title.below": {"text": "U"},
    "cut.0.titles.0": {"text": "T"},
    "cut.0.titles.0.below": {"text": "U"},
    "cut.0.fade_in": {"seconds": 0.1},
    "cut.0.fade_out": {"seconds": 0.1},
    "providers.*": PROVIDER,
    "providers.*.models.*": {"price": 0.1, "source": "s", "as_of": "2026-01-01"},
    "shots.*": {"prompt": "A kite."},
    "shots.*.prompt": {"action": "A kite."},
    "sound.music": {"file": "a.wav"},
    "sound.tracks.0": {"file": "a.wav"},
    "tiers.*": TIER,
    "vars.*": "x",
    "matrix.*": ["x"],
    "watermark": {"image": "a.png"},
}
_NAMES = {"shots": "a", "providers": "p", "tiers": "t", "outputs": "o.mp4", "vars": "v", "matrix": "v"}
_ALONE = {"shots.*.file": ("prompt",), "shots.*.color": ("prompt",), "shots.*.extend": ()}
_EXTRA: dict[str, dict[str, Any]] = {
    "shots.*.file": {"seconds": 0.5},
    "shots.*.color": {"seconds": 0.5},
    "shots.*.image": {"tier": "t"},
    "shots.*.last_image": {"tier": "t"},
}


def with_value(document: dict[str, Any], path: Place, value: str) -> dict[str, Any]:
    """The document with a value in a place; what must stand beside it is put there, if it does not yet."""
    if path == ("profiles", KEY):
        document["profiles"] = {value: {"title": "x"}}
        return document
    if path[0] == "profiles":
        document["profiles"] = {"web": with_value(document.get("profiles", {}).get("web", {}), path[2:], value)}
        return document
    if path[0] in ("providers", "tiers") or "extras" in path or path[-1] in ("image", "last_image"):
        document.setdefault("providers", {}).setdefault("p", dict(PROVIDER))
        document.setdefault("tiers", {}).setdefault("t", dict(TIER))
        if path[0] in ("providers", "tiers"):
            document.setdefault("shots", {}).setdefault("a", {"prompt": "A kite."})["tier"] = "t"
        if "extras" in path and path[0] == "shots":
            document.setdefault("shots", {}).setdefault("a", {"prompt": "A kite."})["tier"] = "t"
    if path[0] == "characters":
        document.setdefault("shots", {}).setdefault("a", {})["prompt"] = "A kite and ${c}."
    if path[0] in ("vars", "matrix") and path[-1] != "csv":
        document.setdefault("shots", {}).setdefault("a", {})["prompt"] = "A kite and ${v}."
    _put(document, path, value)
    return document


def _put(document: dict[str, Any], path: Place, value: str) -> None:
    at: Any = document
    for n, step in enumerate(path):
        so_far = ".".join(map(str, path[: n + 1]))
        name: Any = step
        if step == ANY:
            name = _NAMES.get(str(path[n - 1]), "dissolve" if path[n - 1] == "into" else "c")
        if step == KEY:
            at[value] = at.pop(_NAMES.get(str(path[n - 1]), ""), None) or _beside(so_far.replace(KEY, ANY), path)
            return
        if n == len(path) - 1:
            for gone in _ALONE.get(so_far, ()):
                at.pop(gone, None)
            if isinstance(at, dict):
                at.update(_EXTRA.get(so_far, {}))
                at[name] = value
            else:
                at[:1] = [value]
            return
        beside = _beside(so_far, path[n + 1 :])
        if isinstance(at, list):
            if not at or type(at[0]) is not type(beside):
                at[:1] = [beside]
            at = at[0]
        else:
            if type(at.get(name)) is not type(beside):
                at[name] = beside
            at = at[name]


def _beside(place: str, below: Place) -> Any:
    if below and below[0] == 0:
        return []
    found = _BESIDE.get(place, {})
    return dict(found) if isinstance(found, Mapping) else found


def furnish(root: Path) -> None:
    """The honest files that boards name."""
    for name, like in _MEDIA.items():
        (root / name).write_bytes(content(like))
    for name, text in _MORE.items():
        (root / name).write_text(text)


def outside(folder: Path) -> None:
    """Files that are none of the project's, each whole and of its kind, with a canary in each that can have one."""
    folder.mkdir(exist_ok=True)
    for name in _MEDIA:
        at = folder / f"canary{PurePosixPath(name).suffix}"
        at.write_bytes(content(name) + PLANTED.encode())
    for ending in (".txt", ".yaml", ".csv", ".mp4", ".limits", ".ts"):
        (folder / f"canary{ending}").write_text(f"{PLANTED}: *x\n")
