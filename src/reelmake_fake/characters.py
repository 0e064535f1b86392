"""Characters that a client names once and lets play in later orders. Knows nothing of videos."""

from __future__ import annotations

import uuid

from reelmake_fake.complaint import Complaint
from reelmake_fake.form import SentForm
from reelmake_fake.http11 import Reply, as_json
from reelmake_fake.order import OrderReader
from reelmake_fake.shelf import Shelf


def keep(shelf: Shelf, desk: OrderReader, sent: SentForm, now: int) -> Reply:
    """A new one. Raises Complaint."""
    if sent.json:
        raise Complaint(415, "A character is sent as 'multipart/form-data'.", code=None)
    name, digest = desk.character(sent)
    character = {"id": f"char_{uuid.uuid4().hex}", "name": name, "created_at": now}
    shelf.add_character({**character, "clip": digest})
    return as_json(200, character)


def shown(shelf: Shelf, id: str) -> Reply:
    """Raises Complaint if it is not known."""
    found = shelf.characters.get(id)
    if found is None:
        raise Complaint(404, f"Character with id '{id}' not found.", param="character_id", code="character_not_found")
    return as_json(200, {name: found[name] for name in ("id", "name", "created_at")})
