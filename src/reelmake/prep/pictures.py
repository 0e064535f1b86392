"""What the pictures of a project really are: looked at once, remembered by the digest of their bytes.

Knows nothing of shots or of what may be sent.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import cached_property
from pathlib import Path

from reelmake.model.frame import Size
from reelmake.model.picture import PictureFacts
from reelmake.ports import Inputs
from reelmake.store.notes import Notes

_NOTE, _RULES = "pictures.json", "3"  # a change of what is looked for is a change of the number
MOST = 80_000_000  # pixels; a small file may hold billions, and decoding it would take all memory
DECODED = ("jpeg", "mpo", "png", "webp")
NAMED = ("PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF")  # others are no pictures, or programs (PostScript)
_SAME = {"mpo": "jpeg"}  # what phones write: a JPEG with more pictures behind it


class Pictures:
    """Stills of a project, by path, and the frames of its footage."""

    def __init__(self, inputs: Inputs, notes: Notes) -> None:
        self._inputs, self._notes = inputs, notes

    def look(self, path: str) -> PictureFacts:
        """Raises LocalTool if it is no picture, or one of a kind that is sent and cannot be decoded whole."""
        return self._remembered(path, _decoded)

    def frame(self, path: str) -> PictureFacts:
        """Of footage: the size of its frames, upright. Raises LocalTool."""
        return self._remembered(path, _frame)

    def _remembered(self, path: str, look: Callable[[Path], PictureFacts]) -> PictureFacts:
        digest = self._inputs.digest(path)
        with suppress(KeyError, TypeError, ValueError):  # unknown, or not what we wrote
            format_, width, height, size = self._known[digest]
            return PictureFacts(str(format_), Size(int(width), int(height)), int(size))
        from reelmake.media.readers import ask

        found = ask(look, self._inputs.path(path))
        self._known[digest] = [found.format, found.size.width, found.size.height, found.bytes]
        self._notes.write(_NOTE, self._known, _RULES)
        return found

    @cached_property
    def _known(self) -> dict[str, list[str | int]]:
        return self._notes.read(_NOTE, _RULES)


def _decoded(file: Path) -> PictureFacts:
    from reelmake.media import photo

    with photo.opened(file, NAMED, MOST) as picture:
        format_, size = (picture.format or "").lower(), Size(*picture.size)
        if format_ in DECODED:
            picture.load()
    return PictureFacts(_SAME.get(format_, format_), size, file.stat().st_size)


def _frame(file: Path) -> PictureFacts:
    from reelmake.media.material import material

    return PictureFacts("video", material(file).size, file.stat().st_size)
