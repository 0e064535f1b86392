"""Comparing: the versions of a film that a person names: revisions, runs, the work tree.

Nothing is made, and nobody is asked: what the lock files of both sides name counts as made, here or not. Knows nothing
of how a difference is shown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from reelmake.errors import Mistake
from reelmake.model.take import Facts, Take
from reelmake.plan.decide import decide
from reelmake.plan.version import Version, version
from reelmake.records import dataclass
from reelmake.session.project import Snapshot, evidence, look

if TYPE_CHECKING:
    from reelmake.session.project import Project
    from reelmake.session.workspace import Workspace

NOW = "now"  # what people read for the work tree


@dataclass(frozen=True)
class NamedVersion:
    """One of two that are compared. `name`: as it was asked for; `commit`: in full, "" = it is of none. `seen`: None of
    a run, which has a `film`, and if there was no storyboard: then it has nothing."""

    name: str
    commit: str = ""
    seen: Snapshot | None = None
    film: Version = Version()


def now(project: Project) -> NamedVersion:
    """The work tree. Raises Mistake."""
    return NamedVersion(NOW, seen=look(project))


def then(workspace: Workspace, word: str) -> NamedVersion:
    """A run by its id, or a revision. Raises Mistake, also with what is wrong with the storyboard as it was."""
    from reelmake.session import past, past_runs
    from reelmake.store import git_tree

    if run := past_runs.called(workspace, word):
        return NamedVersion(f"run {run['id']}", film=past_runs.film(workspace, word))
    project = past.at(workspace, word)
    if project and not project.script.ok:
        raise Mistake(project.script.diagnostics)
    return NamedVersion(word, git_tree.commit(workspace.root, word), look(project) if project else None)


def versions(*sides: NamedVersion) -> list[Version]:
    """Of each side, read with its own lock file; what that does not name and another does was made by then. Raises
    LocalTool if a file cannot be read."""
    pins = [_pins(side.seen) if side.seen else {} for side in sides]
    every = {key: digest for of in pins for key, digest in of.items()}
    return [_version(side.seen, every | own) if side.seen else side.film for side, own in zip(sides, pins, strict=True)]


def _pins(seen: Snapshot) -> dict[str, str]:
    """By key, the digest of each take that its lock file names; of several the one that has a number."""
    numbered = (pin for record in seen.records.values() for pin in record.takes.values())
    return {key: min(digests) for key, digests in seen.made.items()} | dict(numbered)


def _version(seen: Snapshot, pins: Mapping[str, str]) -> Version:
    graph = seen.layout.graph
    known = replace(evidence(seen), elsewhere=lambda key: _pinned(key, pins))
    wanted = [*graph.targets, *(id for id, step in graph.steps.items() if step.order)]
    found = decide(graph, wanted, known)
    seen.inputs.save()
    return version(seen.layout, found.decisions, seen.inputs.digest)


def _pinned(key: str, pins: Mapping[str, str]) -> Take | None:
    """What is known of a take that only a lock file names."""
    return Take(key, pins[key], "", "", Facts(0)) if key in pins else None
