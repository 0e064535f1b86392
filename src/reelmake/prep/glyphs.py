"""Characters of titles and captions that their fonts have not, as warnings at the lines where they stand.

Knows nothing of what else is wrong with a font, and of how words are set.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath

from reelmake.diagnostics import Diagnostic, Span
from reelmake.errors import LocalTool
from reelmake.model.compiled import Compiled
from reelmake.model.lettering import Lettering
from reelmake.model.storyboard import Storyboard
from reelmake.plan.key import digest
from reelmake.ports import Inputs
from reelmake.store.notes import Notes

Words = tuple[str, Lettering, Span | None]
MOST = 12  # characters that are named
_NOTE = "glyphs.json"


def glyphless(script: Compiled, inputs: Inputs, notes: Notes) -> list[Diagnostic]:
    """Warnings RM483, each once: variants share lines. What fonts of the project lack is remembered by their bytes."""
    found: dict[tuple[str, Span | None], Diagnostic] = {}
    known, seen = notes.read(_NOTE), dict[str, str]()
    for variant in script.variants:
        for text, look, span in _words(variant.board):
            missing = _missing(text, look.font, inputs, known, seen)
            if missing:
                font = PurePosixPath(look.font).name or "the bundled Open Sans"
                more = f" and {len(missing) - MOST} more" if len(missing) > MOST else ""
                message = f"{font} has no {' '.join(missing[:MOST])}{more}"
                hint = "a box is drawn instead; name a font that has it with `font:`"
                found[message, span] = Diagnostic("RM483", message, span, hint=hint, severity="warning")
    if seen != known:
        notes.write(_NOTE, seen)
    return list(found.values())


def _words(board: Storyboard) -> Iterator[Words]:
    """What is written over pictures."""
    for entry in board.cut or ():
        for title in entry.titles:
            yield title.text + title.below, title.lettering, title.span or entry.span
    said = board.captions
    if not (said.burn or any(output.options.get("captions") is True for output in board.outputs)):
        return
    for cue in said.cues:
        yield cue.text, said.lettering, cue.span or said.span
    for shot in board.shots.values() if not said.file else ():
        if shot.caption:
            yield shot.caption, said.lettering, shot.spans.get("caption", shot.span)


def _missing(text: str, font: str, inputs: Inputs, known: Mapping[str, str], seen: dict[str, str]) -> str:
    """`known`: what was found before; `seen`: what is found now."""
    if not font:
        if text.isascii():
            return ""
        from reelmake.media.text_overlay import glyphless as lacking

        return lacking(text, None)
    try:
        name = digest((("font", inputs.digest(font)), ("text", text)))
        seen[name] = known[name] if name in known else _looked_for(inputs.path(font), text)
    except LocalTool:  # a font that cannot be read is told elsewhere
        return ""
    return seen[name]


def _looked_for(font: Path, text: str) -> str:
    from reelmake.media.readers import ask

    return ask(_lacking, font, text)


def _lacking(font: Path, text: str) -> str:
    from reelmake.media.text_overlay import glyphless as lacking

    return lacking(text, font)
