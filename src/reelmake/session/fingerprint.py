"""The fingerprint of a build: all that its result depends on, taken after it, for commands/_fresh to compare next time.

Knows nothing of what was printed, nor of how a record of it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.media.ffmpeg import program
from reelmake.prep import tools
from reelmake.records import dataclass
from reelmake.report.variants_table import FILE
from reelmake.session.workspace import LOCK, Workspace

if TYPE_CHECKING:
    from reelmake.plan.result import Result
    from reelmake.session.project import Project

GRAIN = 2_000_000_000  # ns; a file written later than this before we looked may change again within its clock's grain

File = tuple[str, int, int, int, int]
"""Absolute path, size, mtime and ctime in ns, inode."""


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """`texts`: absolute path -> blake2b of the bytes that were read. `absent`: absolute paths that were not there."""

    texts: Mapping[str, str]
    files: tuple[File, ...]
    absent: tuple[str, ...]


def fingerprint(project: Project, result: Result) -> Fingerprint | None:
    """None if an input was written so lately that it may have changed since we read it, or a file is gone again."""
    workspace = project.workspace
    state = {path: _stat(path) for path in (workspace.root / LOCK, workspace.state / "journal")}
    absent = [*project.source_files.absent, *(str(path) for path, found in state.items() if not found)]
    mine = [_stat(path) for path in _ours(workspace, result)]
    given = [_stat(path) for path in _given(workspace, result)]
    settled = workspace.opened - GRAIN
    if None in mine or None in given or any(max(f[2:4]) > settled for f in filter(None, given)):
        return None
    files = tuple(filter(None, (*state.values(), *mine, *given)))
    return Fingerprint(project.source_files.digests, files, tuple(absent))


def _ours(workspace: Workspace, result: Result) -> Iterator[Path]:
    """The outputs with their records, what sums them up, the tools that make them, every take with a record, and the
    folders of those records: one that goes away changes its folder's times."""
    yield from (path for output in result.outputs for path in (output.path, output.lineage) if path)
    if result.variants and not result.narrowed:
        yield workspace.root / FILE
    yield Path(program())
    yield from tools.records(result.plan.graph.steps.values())
    folders = {}
    for key in (key for record in workspace.picks.records().values() for key, _ in record.takes.values()):
        if take := workspace.store.record(key):
            yield workspace.store.path(take)
            folders[workspace.store.record_file(key).parent] = True
    yield from folders


def _given(workspace: Workspace, result: Result) -> list[Path]:
    """The files that the author gave."""
    steps = result.plan.graph.steps.values()
    names = {i.file for step in steps for g in step.inputs for i in (g, g.keyed) if i.file}
    return [workspace.root / name for name in sorted(names)]


def _stat(path: Path) -> File | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return str(path), found.st_size, found.st_mtime_ns, found.st_ctime_ns, found.st_ino
