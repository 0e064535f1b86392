"""What is known of each kind's models: the catalog's facts, and what vendors said when they were asked.

Knows nothing of who asks them, nor of tiers.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping

from reelmake import catalog
from reelmake.diagnostics import Report, Source
from reelmake.model.provider import Model
from reelmake.store.notes import Notes

_NOTE = "models.json"


class ModelCatalog:
    """Of a project, by kind of provider."""

    def __init__(self, notes: Notes) -> None:
        self._notes = notes

    def models(self, kind: str) -> Mapping[str, Model]:
        """By name."""
        from reelmake.compile.models import read_models
        from reelmake.compile.read import read

        known, told = catalog.models(kind), self._notes.read(_NOTE).get(kind)
        if not told:
            return known
        return read_models(read(Source(_NOTE, json.dumps(told)), Report()), kind, known)

    def update(self, said: Mapping[str, Iterable[Model]]) -> None:
        """Notes what vendors say of their own models; of other kinds it stays as it was."""
        from reelmake.compile.models import form

        told = {kind: {model.name: form(model) for model in models} for kind, models in said.items()}
        self._notes.write(_NOTE, self._notes.read(_NOTE) | told)
