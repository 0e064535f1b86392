"""Runs: what each of them made, reused and failed at, as this machine remembers it: a line each, and the last in full.

    runs.jsonl          a line a run: when it ended, how much it made, what that cost
    runs/<id>.json      one in full: its takes, failures and outputs, and the film as it was then

A run is known by the beginning of the digest of its line, so those of earlier versions have an id as well. Knows
nothing of how any of it is shown, nor of how a run goes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reelmake.errors import LocalTool, Mistake
from reelmake.model.take import LedgerEntry, Manifest, Take, add_up
from reelmake.plan.version import Version, version
from reelmake.session.workspace import Workspace
from reelmake.store import git_tree
from reelmake.store.disk import make_folder, write_whole
from reelmake.store.git_index import top
from reelmake.store.version_record import as_json, to_version

if TYPE_CHECKING:
    from reelmake.execute.runner import Outcome
    from reelmake.plan.decide import Plan
    from reelmake.plan.result import Result
    from reelmake.session.project import Snapshot

LINES = "runs.jsonl"  # the note with a line for each run
FULL = "runs"  # the folder with the last ones in full
KEPT = 100  # that are kept in full
LARGEST = 2_000  # shots of a film that is remembered with its run
DIGITS = 8  # of an id
NO_RUN, ONLY_A_LINE = "RM743", "RM744"
LAST = "last"  # what the newest is called, whatever its id
_SHORTEST = 6  # digits by which one can be named: words that a branch may be called by are shorter


def note(workspace: Workspace, line: Mapping[str, object], full: Mapping[str, object] = {}) -> str:
    """Adds a run to the log, and what there is of it in full; its id. What cannot be written is not remembered."""
    text = json.dumps(line, ensure_ascii=False)
    id = _id(text)
    if full:
        folder = workspace.notes.root / FULL
        with suppress(OSError):
            make_folder(folder, durable=False)
            write_whole(folder / f"{id}.json", json.dumps(full).encode(), durable=False)
            for file in _oldest(folder):
                file.unlink()
    workspace.notes.append(LINES, line)
    return id


def listed(workspace: Workspace) -> list[dict[str, Any]]:
    """Every run, oldest first, as its line says, with its `id`."""
    lines = workspace.notes.lines(LINES)
    return [{"id": _id(json.dumps(line, ensure_ascii=False)), **line} for line in lines]


def called(workspace: Workspace, word: str) -> dict[str, Any] | None:
    """The last run whose id begins so, or simply the last; None if there is none."""
    runs = reversed(listed(workspace))
    if word == LAST:
        return next(runs, None)
    return next((run for run in runs if run["id"].startswith(word.lower())), None) if len(word) >= _SHORTEST else None


def in_full(workspace: Workspace, word: str) -> dict[str, Any]:
    """All that is remembered of a run, called as in `called`. Raises Mistake (RM743)."""
    found = called(workspace, word)
    if found is None:
        if word == LAST:
            raise Mistake.of(NO_RUN, "there was no run yet", hint="`reelmake build` is one, if it makes something")
        raise Mistake.of(NO_RUN, f'no run is called "{word}"', hint="`reelmake log` lists them")
    return {**found, **workspace.notes.read(f"{FULL}/{found['id']}.json")}


def film(workspace: Workspace, word: str) -> Version:
    """The film as a run left it. Raises Mistake (RM743; RM744 if that is not remembered any more)."""
    run = in_full(workspace, word)

    def manifest(key: str) -> Manifest:
        take = workspace.store.record(key)
        return take.manifest if take else ()

    try:
        return to_version(run["film"], manifest)
    except (KeyError, TypeError, ValueError) as error:
        says = f"of run {run['id']} only a line is remembered, not the film that it made"
        raise Mistake.of(
            ONLY_A_LINE, says, hint=f"the last {KEPT} runs are kept in full, with films of up to {LARGEST:,} shots"
        ) from error


def record(
    seen: Snapshot, plan: Plan, takes: Mapping[str, Take], outcome: Outcome, result: Result
) -> dict[str, object]:
    """A run in full. `takes`: those that are here now, by step."""
    from reelmake import __version__

    return {
        "format": 1,
        "reelmake": __version__,
        "by": _who(),
        "revision": revision(seen),
        "takes": [*_takes(seen, plan, takes, outcome)],
        "failures": [
            {"name": f.name or f.step, "shot": f.shot, "code": f.code, "message": f.message} for f in result.failures
        ],
        "skipped": [r.step.name for r in outcome.results.values() if r.because],
        "providers": _by_provider(seen.journal.moved()),
        "outputs": [
            {"output": o.name, "sha256": o.sha256, "frames": o.frames, "seconds": o.seconds} for o in result.outputs
        ],
        "film": _film(seen, plan, takes),
    }


def _film(seen: Snapshot, plan: Plan, takes: Mapping[str, Take]) -> Mapping[str, object]:
    """The film as it is now; {} if that cannot be told, or would take long to remember."""
    if len(seen.layout.slates) > LARGEST:
        return {}
    made = {id: (take, take.key) for id, take in takes.items()}
    known = {id: made.get(id, (None, d.key)) for id, d in plan.decisions.items()}
    decisions = {id: replace(d, take=known[id][0], key=known[id][1]) for id, d in plan.decisions.items()}
    try:
        return as_json(version(seen.layout, decisions, seen.inputs.digest))
    except LocalTool:  # a file that is gone again: what was made of it was told
        return {}


def _takes(seen: Snapshot, plan: Plan, takes: Mapping[str, Take], outcome: Outcome) -> Iterator[dict[str, object]]:
    """Of every order of the plan that has one."""
    brought = outcome.brought
    for id, take in takes.items():
        step = plan.graph.steps[id]
        if step.order is None:
            continue
        made = id in outcome.results and outcome.results[id].made
        yield {
            "name": step.name,
            "shots": list(step.shots),
            "medium": step.order.medium,
            "take": step.take,
            "how": "made" if made else "brought" if take.key in brought else "reused",
            "key": take.key,
            "sha256": take.digest,
            "provider": take.provider,
            "model": take.model,
            "cost_usd": None if take.cost is None else float(take.cost),
            "seconds": None if take.facts.seconds is None else float(take.facts.seconds),
            "took": round(take.took, 2),
        }


def _by_provider(moved: list[LedgerEntry]) -> dict[str, dict[str, float]]:
    """USD, in the columns of the ledger."""
    names = dict.fromkeys(entry.attempt.provider for entry in moved)
    sums = {name: add_up(e for e in moved if e.attempt.provider == name).columns for name in names}
    return {name: {column: float(usd) for column, usd in found.items() if usd} for name, found in sums.items()}


def revision(seen: Snapshot) -> dict[str, object] | None:
    """The commit that the project was at, and which texts of it were others than there; None if git knows none."""
    root = seen.workspace.root
    if not top(str(root)):
        return None
    try:
        tree = git_tree.tree(root, "HEAD")
        texts = map(Path, seen.project.source_files.digests)
        names = [path.relative_to(root).as_posix() for path in texts if path.is_relative_to(root)]
        changed = [name for name in names if (root / name).exists() and not _same(tree, root, name)]
    except (LocalTool, Mistake, OSError):
        return None
    return {"commit": tree.commit, "changed": changed}


def _same(tree: git_tree.GitTree, root: Path, name: str) -> bool:
    there = tree.find(name)
    return there is not None and there.holds((root / name).read_bytes())


def _who() -> str:
    """The user and the machine, as these call themselves."""
    import getpass
    import socket  # not for who only looks

    try:
        return f"{getpass.getuser()}@{socket.gethostname()}"
    except (OSError, KeyError, ImportError):
        return socket.gethostname()


def _id(text: str) -> str:
    return hashlib.sha256(text.encode(errors="surrogatepass")).hexdigest()[:DIGITS]


def _oldest(folder: Path) -> list[Path]:
    """What is beyond those that are kept."""
    try:
        files = sorted(folder.glob("*.json"), key=lambda file: file.stat().st_mtime_ns)
    except OSError:
        return []
    return files[:-KEPT]
