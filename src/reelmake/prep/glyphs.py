"""Characters of titles and captions that their fonts have not, as warnings at the lines where they stand.

Knows nothing of what else is wrong with a font, and of how words are set.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path, PurePosixPath

from reelmake.diagnostics import Diagnostic, Span
from reelmake.model.compiled import Compiled
from reelmake.model.overlay import Lettering
from reelmake.model.storyboard import Storyboard
from reelmake.plan.key import digest
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes

Words = tuple[str, Lettering, Span | None]
MOST = 12  # characters that are named


def glyphless(script: Compiled, inputs: Inputs, notes: Notes) -> list[Diagnostic]:
    """Warnings RM483, each once: variants share lines. What fonts of the project lack is remembered by their bytes."""
    found: dict[tuple[str, Span | None], Diagnostic] = {}
    words = [said for variant in script.variants for said in _words(variant.board)]
    lacking = _lacking({(text, look.font) for text, look, _ in words}, inputs, notes)
    for text, look, span in words:
        if missing := lacking[text, look.font]:
            font = PurePosixPath(look.font).name or "the bundled Open Sans"
            more = f" and {len(missing) - MOST} more" if len(missing) > MOST else ""
            message = f"{font} has no {' '.join(missing[:MOST])}{more}"
            hint = "a box is drawn instead; name a font that has it with `font:`"
            found[message, span] = Diagnostic("RM483", message, span, hint=hint, severity="warning")
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
    for line in board.lines if said.spoken else ():
        yield line.text, said.lettering, line.span
    for shot in board.shots.values() if not (said.file or said.spoken) else ():
        if shot.caption:
            yield shot.caption, said.lettering, shot.spans.get("caption", shot.span)


def _lacking(wanted: Collection[tuple[str, str]], inputs: Inputs, notes: Notes) -> dict[tuple[str, str], str]:
    """By text and font: the characters that it lacks. None of a font that cannot be read: that is told elsewhere."""

    def ask(said: tuple[str, str]) -> tuple[str, Question]:
        text, font = said
        name = digest((("font", inputs.digest(font)), ("text", text)))
        return name, Question(_looked_for, inputs.path(font), (text,))

    found = Findings(notes, "glyphs.json", "2", (str,)).look_into([said for said in wanted if said[1]], ask)
    found |= {(text, font): _looked_for(None, text) for text, font in wanted if not font and not text.isascii()}
    return {said: str(found.get(said, [""])[0]) for said in wanted}


def _looked_for(font: Path | None, text: str) -> Finding:
    """`font`: None = the bundled one."""
    from reelmake.media.text_overlay import glyphless as lacking

    return [lacking(text, font)]
