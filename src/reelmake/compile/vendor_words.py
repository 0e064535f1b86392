"""The $words and the places of a vendor's file: what each stands for, and where it may.

A word that is sent as it stands, or a place that no answer has, would be found out by a paid order. Knows nothing of
how a request is made of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from reelmake.compile.node import Node
from reelmake.compile.vendor_parts import all_texts, texts
from reelmake.diagnostics import Report, Span
from reelmake.model.vendor import ACTS, KEPT, ORDER, PICTURES, SPEECH, TOKENS, TYPES, Act
from reelmake.model.words import alone, braced, named

_THEIRS = {  # what vendors call it
    "duration": "seconds", "length": "seconds", "negative": "avoid", "negative_prompt": "avoid",
    "aspect_ratio": "ratio", "aspect": "ratio", "image_url": "image", "first_frame": "image",
    "last_frame": "last_image", "video": "source_url", "video_url": "source_url", "task_id": "id", "job_id": "id",
    "text": "prompt", "input": "prompt", "instructions": "style",
}  # fmt: skip
_OPTIONAL = frozenset(
    {"avoid", "callback", "voice", "style", "language", *PICTURES, *TYPES, SPEECH}
)  # not every order has
_CERTAIN: Mapping[Act, frozenset[str]] = {
    "image": frozenset({"image"}), "edit": frozenset({"image"}), "speech": frozenset({"voice"})
}  # fmt: skip
_OF_A_REPLY = (
    ("accepted", "id"), ("accepted", "cost"), *(("upload", n) for n in ("url", "to", "fields")),
    *(("status", n) for n in ("word", "progress", "error", "code", "message", "expires", "after")),
    ("status", "cost"), ("upload", "wait", "word"), ("lookup", "id"),
    *(("clip", n) for n in ("url", "base64", "file")), ("envelope", "code"), ("envelope", "message"), ("credit", "at"),
    *(("create", act, "answer", way) for act in ACTS for way in ("base64", "url")),
    *(("create", act, "answer", "times", n) for act in ACTS for n in ("begin", "end", "words", "characters", "items")),
    *(("list", n) for n in ("items", "id", "status", "prompt", "model", "size", "seconds")),
    *(("list", n) for n in ("created", "expires", "next", "total")),
    *(("menu", n) for n in ("items", "name", "sizes", "seconds")), ("menu", "first", "at"), ("menu", "last", "at"),
)  # fmt: skip


# Words


def check_words(root: Node, report: Report) -> None:
    """Every $word is one that its place has a value for, and stands where that value can go."""
    for node, known in _wordy(root):
        for text, words in texts(node):
            for word in words:
                if word not in known:
                    near = (f"${word}", [f"${name}" for name in known])
                    says, hint = f'"${word}" means nothing here', _meant(word, known)
                    report.error("RM520", says, text.span, hint=hint, near=None if hint else near)
        for text in all_texts(node):
            for inner in braced(text.value):
                hint = f'write "${inner}"' if inner in known else 'a word is written "$prompt", and a dollar "$$"'
                report.error("RM520", f'"${{{inner}}}" is not a word here', text.span, hint=hint)
        for name, span in _names(node):
            if named(name):
                report.error("RM520", f'"{name}" is the name of a field: only values hold words', span)
    for act in ACTS:
        _order(root, act, report)


def _wordy(root: Node) -> Iterator[tuple[Node | None, tuple[str, ...]]]:
    """The parts of the file that are sent, and the words that have a value there."""
    kept = [
        child.value for child in (root.value["accepted"].value["keep"].value if root.get("accepted", "keep") else ())
    ]
    job, file = ("id", *kept), root.get("clip", "file")
    found = () if file is None else tuple(file.value) if file.kind == "map" else ("file",)
    known: dict[tuple[str, ...], tuple[str, ...]] = {("create", act): ORDER for act in ACTS}
    known |= {(name,): job for name in ("status", "cancel", "remove")}
    known |= {("clip",): (*job, *found), ("clip", "retrieve"): (*job, *found), ("lookup",): (*TOKENS, *KEPT)}
    known |= {(name,): () for name in ("list", "menu", "credit")}
    known |= {("upload",): ("name", "type"), ("upload", "wait"): ("file",)}
    for path, words in known.items():
        yield from ((root.get(*path, part), words) for part in ("path", "query", "body", "for", "paths"))
    yield root.get("headers"), ()


def _meant(word: str, known: tuple[str, ...]) -> str:
    if not known:
        return "there are no words here"
    if (ours := _THEIRS.get(word.lower())) in known:
        return f'did you mean "${ours}"?'
    return ""


def _is_file(root: Node, word: str) -> bool:
    """Does it go along as a file, which only a field of its own can hold, and not as a link?"""
    if word in TYPES:
        return True
    if word in (*PICTURES, SPEECH):
        return (root.text("forms", "pictures") or "data-url") != "upload"
    return word == "source_url" and root.text("forms", "clips") in ("data-url", "base64")


def _order(root: Node, act: Act, report: Report) -> None:
    """Words of an order where their values cannot go."""
    call = root.get("create", act)
    parts = [(part, call.get(part)) for part in ("path", "query", "body")] if call is not None else []
    for part, node in [*parts, *(("body", body) for _, _, body in root.entries("create", act, "for"))]:
        for text, words in texts(node):
            for word in words:
                if _is_file(root, word) and not (part == "body" and alone(text.value)):
                    hint = "it needs a field of the body to itself"
                    report.error("RM527", f'"${word}" is a file, which cannot be part of a text', text.span, hint=hint)
                elif part == "path" and word in _OPTIONAL - _CERTAIN.get(act, frozenset()):
                    report.error("RM527", f'not every order has "${word}", and a path cannot do without it', text.span)
        for text in all_texts(node, lists=False):
            if "reference" in named(text.value):
                hint = "in a list, its entry is repeated for each picture: [$reference]"
                report.error("RM527", '"$reference" is each of several pictures: it needs a list', text.span, hint=hint)


def _names(node: Node | None) -> Iterator[tuple[str, Span]]:
    if node is None:
        return
    for name, key, child in node.entries() if node.kind == "map" else ():
        yield name, key.span
        yield from _names(child)
    for child in node.value if node.kind == "list" else ():
        yield from _names(child)


# Places


def check_places(root: Node, report: Report) -> None:
    """Every place is written as we read places: steps with a dot between them."""
    nodes = [root.get(*path) for path in _OF_A_REPLY] + [node for _, _, node in root.entries("menu", "prices")]
    places = [(text.value, text.span) for node in nodes for text in all_texts(node)]
    places += [(name, key.span) for name, key, _ in root.entries("status", "blocked")]
    for place, span in places:
        if place.startswith(("$", "/", ".")) or re.search(r"[\[\]{}\s]", place):
            hint = f"write {_dotted(place)}: names and numbers with a dot between them, * for each, name=value for some"
            report.error("RM528", f'"{place}" is not a place in a reply', span, hint=hint)


def _dotted(place: str) -> str:
    """A JSON path or pointer in our writing."""
    steps = re.findall(r"[^\s.\[\]{}/$'\"*]+", place)
    return ".".join(steps) or "data.id"
