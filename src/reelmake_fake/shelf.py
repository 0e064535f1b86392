"""What the fake server keeps: videos, characters, uploads, rendered clips, and the bill.

With a folder all of it survives a restart: a file with a line for each change, the last one of an id wins.
Knows nothing of HTTP.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from reelmake_fake import job as videos
from reelmake_fake import recipe as recipes
from reelmake_fake.job import Video
from reelmake_fake.piece import Piece
from reelmake_fake.recipe import Recipe


class Shelf:
    """`videos` by id, in the order in which they were accepted. `attempts`: tries to place an order, by its digest."""

    def __init__(self, state: Path | None, bill: Path | None) -> None:
        self._scratch = None if state else tempfile.TemporaryDirectory(prefix="reelmake-fake-")
        self.root = state or Path(self._scratch.name if self._scratch else "")
        for folder in ("uploads", "clips"):
            (self.root / folder).mkdir(parents=True, exist_ok=True)
        self._state = self.root / "state.jsonl" if state else None
        self._bill = bill or (self.root / "bill.jsonl" if state else None)
        self.clear()
        if self._bill:
            self.bill += [json.loads(line) for line in _lines(self._bill)]
        for line in _lines(self._state) if self._state else []:
            self._recall(json.loads(line))

    def clear(self) -> None:
        """Forgets everything but the files."""
        self.videos: dict[str, Video] = {}
        self.characters: dict[str, dict[str, Any]] = {}
        self.attempts: dict[str, int] = {}
        self.bill: list[dict[str, Any]] = []

    def reset(self) -> None:
        """Forgets everything and empties the files."""
        self.clear()
        for file in (self._state, self._bill):
            if file and file.exists():
                file.write_bytes(b"")

    def close(self) -> None:
        if self._scratch:
            self._scratch.cleanup()

    def put(self, video: Video) -> None:
        self.videos[video.id] = video
        self._note({"video": videos.as_json(video)})

    def drop(self, id: str) -> None:
        del self.videos[id]
        self._note({"dropped": id})

    def add_character(self, character: dict[str, Any]) -> None:
        self.characters[character["id"]] = character
        self._note({"character": character})

    def attempt(self, order: str) -> int:
        """Counts a try to place this order; how many were there before."""
        before = self.attempts.get(order, 0)
        self.attempts[order] = before + 1
        self._note({"attempt": order})
        return before

    def charge(self, id: str, recipe: Recipe, source: str, price: Decimal) -> dict[str, Any]:
        """A line on the bill, on disk when this returns."""
        line = {
            "operation": recipe.operation,
            "model": recipe.model,
            "prompt": recipe.prompt,
            "size": recipe.size,
            "seconds": recipes.text(recipe.seconds),
            "source": source,
            "usd": float(recipe.cost(price)),
            "order": recipe.kind,
        }
        return self._charge(id, line)

    def charge_piece(self, id: str, piece: Piece, usd: Decimal) -> dict[str, Any]:
        """The same of what is answered at once."""
        line = {
            "operation": piece.operation,
            "model": piece.model,
            "prompt": piece.prompt,
            "size": piece.size,
            "seconds": recipes.text(piece.seconds),
            "source": piece.pictures[0] if piece.pictures else "",
            "usd": float(usd),
            "order": piece.kind,
        }
        return self._charge(id, line)

    def _charge(self, id: str, told: dict[str, Any]) -> dict[str, Any]:
        line = {"id": id, "at": datetime.now(UTC).isoformat(timespec="milliseconds"), **told}
        if self._bill:
            _append(self._bill, line)
        self.bill.append(line)
        return line

    def paid(self, kind: str) -> int:
        """How often such an order was billed."""
        return sum(line.get("order") == kind for line in self.bill)

    def upload(self, body: bytes) -> str:
        """Keeps a file; its digest."""
        digest = hashlib.sha256(body).hexdigest()
        place = self.uploaded(digest)
        if not place.exists():
            place.write_bytes(body)
        return digest

    def uploaded(self, digest: str) -> Path:
        return self.root / "uploads" / digest

    def clip(self, recipe: Recipe, suffix: str = ".mp4") -> Path:
        """Where the clip of this recipe is, once it is rendered."""
        return self.root / "clips" / f"{recipe.digest}{suffix}"

    def _note(self, change: dict[str, Any]) -> None:
        if self._state:
            _append(self._state, change)

    def _recall(self, change: dict[str, Any]) -> None:
        if "video" in change:
            video = videos.from_json(change["video"])
            self.videos[video.id] = video
        elif "dropped" in change:
            self.videos.pop(change["dropped"], None)
        elif "character" in change:
            self.characters[change["character"]["id"]] = change["character"]
        elif "attempt" in change:
            self.attempts[change["attempt"]] = self.attempts.get(change["attempt"], 0) + 1


def _append(file: Path, value: dict[str, Any]) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    with file.open("a", encoding="utf-8") as out:
        out.write(json.dumps(value, ensure_ascii=False) + "\n")
        out.flush()
        os.fsync(out.fileno())


def _lines(file: Path) -> list[str]:
    """Whole lines only: the last one may have been cut off by a kill."""
    if not file.exists():
        return []
    whole, _, _ = file.read_text(encoding="utf-8").rpartition("\n")
    return [line for line in whole.split("\n") if line]
