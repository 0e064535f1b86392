"""Summing up a matrix: how each variant stands after a build, and the file that says so beside the outputs.

The file is that of the last build of everything; it says the same as long as nothing has changed, and is not written
then. Knows nothing of how anything was made.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from reelmake.errors import LocalTool, Unwilling
from reelmake.plan.variants import variant_results
from reelmake.report.variants_table import FILE, as_csv
from reelmake.store.placing import room, write_text

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.model.take import Take
    from reelmake.plan.result import Result, VariantResult
    from reelmake.session.project import Snapshot
    from reelmake.session.run import BuildRun


def summed(
    run: BuildRun,
    seen: Snapshot,
    result: Result,
    takes: Mapping[str, Take],
    standing: Collection[str],
    outcome: Outcome | None,
) -> tuple[VariantResult, ...]:
    """The variants of a matrix that were to be built; the file is written if it was all. `takes` and `standing` (in
    their places) by step."""
    ended = outcome.results if outcome else {}
    found = variant_results(seen.layout, result.plan, takes, standing, ended, result.failures)
    if found and not result.narrowed and not run.workspace.overrides.placeholders:
        _write(run, as_csv(found))
    return found


def _write(run: BuildRun, text: str) -> None:
    file = run.workspace.root / FILE
    try:
        room(run.workspace.root, FILE)
        with suppress(OSError, UnicodeError):
            if not file.is_symlink() and file.read_text(encoding="utf-8") == text:
                return
        file.parent.mkdir(exist_ok=True)
        write_text(file, text)
    except (LocalTool, Unwilling, OSError) as error:
        run.warn(f"{FILE} is not written: {error}")
