"""Loose shots: asked for outside a storyboard, they take the place of the document's own, their options as nodes.

What stays of the document is who makes shots and how: providers, tiers, defaults, budget. A prompt is sent as given:
without the document's style, and `${…}` in it means nothing. Each option is a text of its own, so a mistake points at
it. Knows nothing of files or of how options came to us.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from reelmake.compile.node import Kind, Node, put, with_entries
from reelmake.compile.read import unreadable
from reelmake.compile.scalars import Trap, resolve
from reelmake.diagnostics import Report, Source, Span

PICTURES = ("image", "last_image")
_DROPPED = (
    "shots", "stills", "cut", "sound", "outputs", "style", "matrix", "characters", "places", "props", "voices",
)  # fmt: skip
_OF_SHOT = ("image", "last_image", "size", "seconds", "seed", "takes", "fit")
_SHOWN = {"api_key": "api_key_env"}  # options that the command line calls otherwise
_NUMBERS = ("seconds", "seed", "takes", "price")


def put_loose(root: Node, shots: Mapping[str, Mapping[str, str]], report: Report) -> Node:
    """The document with these shots only; `shots`: options by the shot's id.

    Options are text, as it was said. Of the shot: prompt, size, seconds, seed, takes, fit, image and last_image (paths
    as the user gave them; in the shot they are called by `alias`). Of who makes it: tier; or provider, model and
    price, which alone change the default tier; base_url, api_key (where the secret is: NAME of a variable) and kind
    make a provider that is not in the document.
    """
    root = with_entries(root, {name: node for name, node in root.value.items() if name not in _DROPPED})
    for id, options in shots.items():
        root = _put_one(root, id, options, _Options(id, options, report))
    return root


def _put_one(root: Node, id: str, options: Mapping[str, str], made: _Options) -> Node:
    shot = {name: made.node(name) for name in _OF_SHOT if name in options}
    shot["prompt"] = made.text("prompt", options["prompt"].replace("${", "$${"))
    tier = {name: made.node(name) for name in ("provider", "model", "price") if name in options}
    if "base_url" in options:
        provider = {name: made.node(name) for name in ("base_url", "kind")}
        if "api_key" in options:
            place = options["api_key"]
            provider["api_key"] = made.text("api_key", f"${{{place}}}" if ":" in place else f"${{env:{place}}}")
        name = provider_name(options["kind"], options["base_url"])
        root = put(root, ["providers", name], made.map("base_url", provider))
        tier["provider"] = made.text("base_url", name)
    if tier:
        named = root.get("tiers", options.get("tier") or root.text("defaults", "tier"))
        base = named.value if named is not None and named.kind == "map" and "provider" not in tier else {}
        root = put(root, ["tiers", id], made.map("model", {**base, **tier}))
        shot["tier"] = made.text("model", id)
    elif "tier" in options:
        shot["tier"] = made.node("tier")
    return put(root, ["shots", id], made.map("prompt", shot))


def alias(shot: str, option: str, path: str) -> str:
    """What a picture of the user's is called in the project: it may lie anywhere, and its name never matters."""
    return f"{shot}-{option}" + re.sub(r"[^A-Za-z0-9.]", "", PurePosixPath(path).suffix)


def provider_name(kind: str, base_url: str) -> str:
    """What the provider at an address is called: the same in every run, for its open jobs are found by this name."""
    host = re.sub(r"[^A-Za-z0-9]+", "-", urlsplit(base_url).netloc.rpartition("@")[2]).strip("-") or "server"
    return f"at-{host[:40]}-{hashlib.sha256(f'{kind} {base_url}'.encode()).hexdigest()[:6]}"


class _Options:
    """Nodes of option texts; what is no text at all is reported."""

    def __init__(self, id: str, options: Mapping[str, str], report: Report) -> None:
        self.id, self.options, self.report = id, options, report
        for name, text in options.items():
            if bad := unreadable(text):
                source, code = self._source(name), f"U+{ord(bad[0]):04X}"
                span = Span(source, bad.start(), bad.end())
                report.error("RM103", f"{source.name} is not text: {code}", span, hint="remove it")

    def node(self, name: str) -> Node:
        """A value as it would stand in a storyboard, unquoted: numbers are numbers where numbers are meant."""
        text = self.options[name]
        if name in PICTURES:
            return self.text(name, alias(self.id, name, text))
        if name not in _NUMBERS:
            return self.text(name, text)
        found = resolve(text)
        if isinstance(found, Trap):
            self.report.error(found.code, found.message, self.text(name, text).span, hint=found.hint)
            return self.text(name, text)
        kind, value = found
        return self._node(name, kind, value) if kind in ("int", "number") else self.text(name, text)

    def text(self, name: str, value: str) -> Node:
        return self._node(name, "text", value)

    def map(self, at: str, entries: Mapping[str, Node]) -> Node:
        """A mapping that stands where the option `at` does."""
        return self._node(at, "map", entries, {name: self._node(name, "text", name) for name in entries})

    def _node(self, name: str, kind: Kind, value: object, keys: Mapping[str, Node] = {}) -> Node:
        source = self._source(name)
        return Node(kind, value, source, 0, len(source.text), keys)

    def _source(self, name: str) -> Source:
        shown = "PROMPT" if name == "prompt" else f"--{_SHOWN.get(name, name).replace('_', '-')}"
        return Source(shown, self.options.get(name, ""))
