"""Captions and watermark of a storyboard, read from its tree. Knows nothing of frames."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.compile.caption_files import cues
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.compile.text_style import lettering
from reelmake.compile.values import number, said
from reelmake.diagnostics import Report
from reelmake.model.overlay import Captions, Watermark
from reelmake.model.storyboard import Storyboard

if TYPE_CHECKING:
    from reelmake.compile.merge import ProjectTexts


def captions(node: Node | None) -> Captions:
    if node is None or node.kind != "map":
        return Captions()
    spoken, place = node.text("from") == "say", node.get("file") or node
    return Captions(**said(node, Captions), lettering=lettering(node, "caption"), spoken=spoken, span=place.span)


def watermark(node: Node | None) -> Watermark | None:
    if node is None or not node.text("image"):
        return None
    return Watermark(**said(node, Watermark, size=number), span=node.value["image"].span)


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
