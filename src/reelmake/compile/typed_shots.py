"""Shots, stills and the cast, read from their trees: what is seen, what is said, and which pictures go along.

What has the wrong form is left out (the schema has said so). Knows nothing of who makes any of it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from fractions import Fraction

from reelmake.compile.node import Node
from reelmake.compile.values import Reader, nodes, number, said, tidied, tidy
from reelmake.diagnostics import Span
from reelmake.model.order import RELATIONS, ImageInput
from reelmake.model.storyboard import CastMember, Prompt, Rung, Shot, SpokenLine
from reelmake.records import dataclass

PARTS = ("framing", "subject", "action", "setting", "light", "camera")
CAST = ("characters", "places", "props")


_NOT_OF_STILLS: dict[str, Reader] = dict.fromkeys(
    ("image", "last_image", "file", "still", "color", "at", "pad", "caption"), lambda node, key: None
)
"""What a shot may say and a still may not: it is an unknown key there, and is not read."""


@dataclass(frozen=True, slots=True)
class Known:
    """Names that a reference may be: the pictures of the `cast`, and the ids of `stills`."""

    cast: Mapping[str, CastMember]
    stills: Collection[str]


def cast(root: Node) -> dict[str, CastMember]:
    return {name: _member(name, key, node) for noun in CAST for name, key, node in root.entries(noun)}


def _member(name: str, key: Node, node: Node) -> CastMember:
    told = {"look": "", **said(node, CastMember, look=tidied, voice=lambda node, key: node.text(key).strip())}
    images = [_image(node.get("image"), name), *(_image(one, name) for one in nodes(node, "images", "text", "map"))]
    return CastMember(**told, name=name, images=tuple(image for image in images if image), span=key.span)


def shot(name: str, key: Node, node: Node, known: Known) -> Shot:
    relation = next((r for r in RELATIONS if r in node.value), None)
    shown = _image(node.get("file"))
    told = {**said(node, Shot, image=_picture, last_image=_picture, pad=pad), "still": shown.still if shown else ""}
    return Shot(
        **told,
        id=name,
        prompt=prompt(node.get("prompt")),
        relation=relation,
        parent=node.text(relation) if relation else "",
        references=_references(node, known),
        say=_lines(name, node.get("say")),
        auto=node.text("seconds") == "auto",
        fallback=fallback(node),
        tags=tuple(tag.value for tag in nodes(node, "tags", "text")),
        span=key.span,
    )


def still(name: str, key: Node, node: Node, known: Known) -> Shot:
    frame = node.get("frame")
    framed = frame is not None and frame.kind == "map"
    edited = node.text("edit")
    return Shot(
        **said(node, Shot, **_NOT_OF_STILLS),
        id=name,
        medium="still",
        prompt=prompt(node.get("prompt")),
        framed=framed,
        at=_moment(frame) if frame is not None and framed else None,
        relation="edit" if edited else None,
        parent=edited or (frame.text("shot") if frame is not None and framed else ""),
        references=_references(node, known),
        fallback=fallback(node),
        tags=tuple(tag.value for tag in nodes(node, "tags", "text")),
        span=key.span,
    )


def prompt(node: Node | None) -> Prompt | None:
    if node is None or node.kind not in ("text", "map"):
        return None
    if node.kind == "text":
        return Prompt(tidy(node.value), cast=node.cast, span=node.span)
    parts = [(part, child) for part in PARTS if (child := node.value.get(part)) is not None and child.kind == "text"]
    texts = [tidy(child.value) for _, child in parts]
    joined = ", ".join(text.rstrip(".,; ") for text in texts[:-1] if text)
    last = texts[-1] if texts else ""
    avoid = node.value.get("avoid")
    return Prompt(
        text=f"{joined}, {last}" if joined and last else joined or last,
        avoid=tidied(node, "avoid"),
        cast=tuple(dict.fromkeys(name for _, child in parts for name in child.cast)),
        span=avoid.span if avoid is not None and not parts else parts[0][1].span if parts else node.span,
    )


def fallback(node: Node) -> tuple[Rung, ...]:
    rungs = nodes(node, "fallback", "map")
    return tuple(Rung(**said(rung, Rung), prompt=prompt(rung.get("prompt")), span=rung.span) for rung in rungs)


def pad(node: Node, key: str) -> tuple[Fraction, Fraction] | None:
    """Seconds before and after: [before, after], or one number for both."""
    both = number(node, key)
    if both is not None:
        return both, both
    values = [Fraction(one.value) for one in nodes(node, key, "int", "number")]
    return (values[0], values[1]) if len(values) == 2 else None


def _moment(frame: Node) -> Fraction | None:
    """Seconds of the clip, None = its end."""
    return Fraction(0) if frame.text("at") == "start" else number(frame, "at")


def _image(node: Node | None, of: str = "") -> ImageInput | None:
    if node is None:
        return None
    if node.kind == "text":
        return ImageInput(node.value, of=of, span=node.span) if node.value else None
    still = node.text("still")
    return ImageInput(still=still, of=of, span=(node.get("still") or node).span) if still else None


def _picture(node: Node, key: str) -> ImageInput | None:
    return _image(node.get(key))


def _references(node: Node, known: Known) -> tuple[ImageInput, ...]:
    """A text is the name of one of the cast, or of a still, else a path."""
    found: list[ImageInput] = []
    for one in nodes(node, "references", "text", "map"):
        name = one.value.strip() if one.kind == "text" else ""
        if name in known.cast:
            images = known.cast[name].images
            found += [ImageInput(image.file, image.still, name, one.span) for image in images]
        elif name in known.stills:
            found.append(ImageInput(still=name, span=one.span))
        elif image := _image(one):
            found.append(image)
    return tuple(found)


def _lines(shot: str, node: Node | None) -> tuple[SpokenLine, ...]:
    """Each line with its name: "park.say", or of several "park.say.1" and so on."""
    if node is None:
        return ()
    told = [_line(one) for one in (node.value if node.kind == "list" else [node])]
    lines = [line for line in told if line]
    return tuple(
        SpokenLine(f"{shot}.say" + (f".{n}" if len(lines) > 1 else ""), text, speaker, span, speaker_span)
        for n, (text, speaker, span, speaker_span) in enumerate(lines, 1)
    )


def _line(node: Node) -> tuple[str, str, Span, Span] | None:
    """The words, who says them, and where both stand."""
    if node.kind == "text":
        return tidy(node.value), "", node.span, node.span
    if node.kind != "map" or len(node.value) != 1:
        return None
    (speaker, text), key = next(iter(node.value.items())), next(iter(node.keys.values()))
    return (tidy(text.value), speaker, text.span, key.span) if text.kind == "text" else None
