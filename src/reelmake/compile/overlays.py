"""Captions and watermark of a storyboard, read from its tree. Knows nothing of frames."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.compile.caption_files import cues
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.compile.text_style import lettering
from reelmake.compile.values import number, spans, true
from reelmake.diagnostics import Report
from reelmake.model.frame import CORNERS, Corner
from reelmake.model.overlay import Captions, Watermark
from reelmake.model.storyboard import Storyboard

if TYPE_CHECKING:
    from reelmake.compile.merge import ProjectTexts


def captions(node: Node | None) -> Captions:
    if node is None or node.kind != "map":
        return Captions()
    file = node.get("file")
    return Captions(
        file=node.text("file"),
        burn=true(node, "burn"),
        soft=true(node, "soft"),
        language=node.text("language").strip(),
        lettering=lettering(node, "caption"),
        span=file.span if file is not None else node.span,
        spans=spans(node),
    )


def watermark(node: Node | None) -> Watermark | None:
    if node is None or node.kind != "map" or not node.text("image"):
        return None
    corners: Mapping[str, Corner] = {corner: corner for corner in CORNERS}
    said = {key: value for key in ("size", "opacity") if (value := number(node, key)) is not None}
    return Watermark(
        image=node.text("image"),
        corner=corners.get(node.text("corner"), "bottom-right"),
        **said,
        span=node.value["image"].span,
    )


def with_cues(board: Storyboard, texts: ProjectTexts) -> Storyboard:
    """With the captions of the file that `captions:` names; what is wrong with it has been reported."""
    spoken = board.captions
    if not spoken.file or spoken.span is None:
        return board
    path = project_path(spoken.file, spoken.span, texts.report)
    source = texts.open(path, spoken.span) if path is not None else None
    if source is None:
        return board
    found = Report()
    said = cues(source, found)
    texts.report.add(found.sorted())
    return replace(board, captions=replace(spoken, cues=said))
