"""The project files of a run: hashed before it, copied before they are sent away, checked again after they were used.

An input that is edited meanwhile must not become a false record. Knows nothing of steps' work or of providers.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping
from pathlib import Path

from reelmake.errors import LocalTool, StepError
from reelmake.model.step import Step
from reelmake.ports import Inputs, Store
from reelmake.scratch import discard


class HashedFiles:
    """`digests`: sha256 by path as it was when the run began, or the error that came instead."""

    def __init__(self, steps: Mapping[str, Step], inputs: Inputs, store: Store) -> None:
        self._inputs, self._store = inputs, store
        paths = {i.file: None for s in steps.values() for given in s.inputs for i in (given, given.keyed) if i.file}
        self.digests = {path: _digest(inputs, path) for path in paths}
        self._copies: dict[str, dict[str, Path]] = {}

    def unchanged(self, step: Step) -> None:
        """Raises LocalTool if one of its files is another now: what was made from it has no true key."""
        for i in step.inputs:
            if i.file and self._inputs.digest(i.file) != self.digests[i.file]:
                raise _edited(i.file)

    def copy(self, id: str, step: Step) -> None:
        """Makes private copies of a step's files, proven to be the bytes its key was made from. Raises LocalTool."""
        copies = self._copies[id] = {}
        for label, path in [(i.label, i.file) for i in step.inputs if i.file]:
            into = copies[label] = self._store.scratch(Path(path).suffix)
            try:
                shutil.copyfile(self._inputs.path(path), into)
                with into.open("rb") as copied:
                    found = hashlib.file_digest(copied, "sha256").hexdigest()
            except OSError as error:
                raise LocalTool(f"cannot copy {path}: {error.strerror or error}") from error
            if found != self.digests[path]:
                raise _edited(path)

    def copies(self, id: str) -> Mapping[str, Path]:
        """By input label."""
        return self._copies.get(id, {})

    def forget(self, id: str) -> None:
        for file in self._copies.pop(id, {}).values():
            discard(file)

    def forget_all(self) -> None:
        for id in list(self._copies):
            self.forget(id)


def _digest(inputs: Inputs, path: str) -> str | StepError:
    try:
        return inputs.digest(path)
    except StepError as error:
        return error


def _edited(path: str) -> LocalTool:
    return LocalTool(f"{path} was edited while it was in use", next_steps=("reelmake build",))
