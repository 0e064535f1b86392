"""What the pictures of a project really are: looked at once, remembered by the digest of their bytes.

Knows nothing of shots or of what may be sent.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from reelmake.model.frame import PictureFacts, Size
from reelmake.ports import Inputs
from reelmake.prep.findings import Finding, Findings, Question
from reelmake.store.notes import Notes

MOST = 80_000_000  # pixels; a small file may hold billions, and decoding it would take all memory
DECODED = ("jpeg", "mpo", "png", "webp")
NAMED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # others are no pictures, or programs (PostScript)
_SAME = {"mpo": "jpeg"}  # what phones write: a JPEG with more pictures behind it


class Pictures:
    """Stills of a project, by path, and the frames of its footage."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs = inputs
        self._findings = Findings(notes, "pictures.json", "3", (str, int, int, int))

    def look(self, path: str) -> PictureFacts:
        """Raises LocalTool if it is no picture, or one of a kind that is sent and cannot be decoded whole."""
        return self._remembered(path, _decoded)

    def frame(self, path: str) -> PictureFacts:
        """Of footage: the size of its frames, upright. Raises LocalTool."""
        return self._remembered(path, _frame)

    def _remembered(self, path: str, look: Callable[[Path], Finding]) -> PictureFacts:
        found = self._findings.of(self._inputs.digest(path), Question(look, self._inputs.path(path)))
        width, height, size = map(int, found[1:4])
        return PictureFacts(str(found[0]), Size(width, height), size)


def _decoded(file: Path) -> Finding:
    from reelmake.media import photo

    with photo.opened(file, NAMED, MOST) as picture:
        format_, (width, height) = (picture.format or "").lower(), picture.size
        if format_ in DECODED:
            picture.load()
    return [_SAME.get(format_, format_), width, height, file.stat().st_size]


def _frame(file: Path) -> Finding:
    from reelmake.media.material import material

    size = material(file).size
    return ["video", size.width, size.height, file.stat().st_size]
