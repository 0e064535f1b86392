"""Results that came with the answer to a paid order, from the moment they are here until the store has them: who sent
them has no copy. One file an order, below one folder: what is known of the words on a line of JSON, then the bytes.

Knows nothing of what the bytes are.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
from pathlib import Path

from reelmake.model.json_value import items, json_object
from reelmake.model.remote import Content
from reelmake.store.disk import explained, make_folder, sync_names, write_whole
from reelmake.store.record import from_word, to_word


class LocalAnswers:
    """By the token of the order. `folder` is on the disk of `drafts`, where what a killed run leaves is swept."""

    def __init__(self, folder: Path, drafts: Path) -> None:
        self._folder, self._drafts = folder, drafts

    def set_aside(self, token: str, content: Content) -> None:
        """It survives kill -9 and power loss. Raises LocalTool if it cannot be written."""
        file = self._file(token)
        head = json.dumps({"words": [from_word(word) for word in content.words]}, ensure_ascii=False)
        with explained(f"write in {self._folder}"):
            make_folder(self._folder, durable=True)
            make_folder(self._drafts, durable=False)
            write_whole(file, head.encode() + b"\n" + content.data, durable=True, drafts=self._drafts)
            sync_names(file, self._folder.parent)

    def find(self, token: str) -> Content | None:
        try:
            head, _, data = self._file(token).read_bytes().partition(b"\n")
            return Content(data, tuple(map(to_word, items(json_object(head)["words"]))))
        except (OSError, ValueError, KeyError, TypeError, ArithmeticError):
            return None

    def drop(self, token: str) -> None:
        """The store has it now, or nobody wants it."""
        with contextlib.suppress(OSError):
            self._file(token).unlink()

    def _file(self, token: str) -> Path:
        """Whatever a token is made of."""
        return self._folder / hashlib.sha256(token.encode()).hexdigest()
