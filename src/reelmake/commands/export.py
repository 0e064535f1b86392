"""Copy the clip of one shot to a file: the picked take, or another one. Nothing is encoded, nothing is made."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from reelmake.commands import _open, _options
from reelmake.errors import Mistake
from reelmake.report.console import Console

if TYPE_CHECKING:
    from reelmake.session.project import Snapshot


def arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shot", metavar="SHOT", help="its id; in a matrix variant/shot")
    parser.add_argument("-o", "--output", metavar="FILE", required=True, help="where to write the clip (overwritten)")
    parser.add_argument("--take", metavar="N", type=int, help="which take (default: the picked one)")
    _options.add(parser, "storyboard", "draft", "json")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.store.placing import place

    seen = _open.snapshot(args, console)
    clip, target = _clip(seen, _one(seen, args.shot), args.take), Path(args.output)
    if target.is_dir():
        raise Mistake.of("RM714", f"{target} is a folder", hint="name the file, as in -o shot.mp4")
    if target.suffix.lower() != clip.suffix:
        raise Mistake.of("RM714", f"{target} cannot hold this clip: it is copied as it is, and is an {clip.suffix}")
    place([(clip, target)])
    said = {"reelmake": 1, "shot": args.shot, "path": str(target), "bytes": target.stat().st_size}
    console.answer(lambda: said, lambda: str(target))
    return 0


def _one(seen: Snapshot, word: str) -> str:
    """The address of the one shot that a word stands for."""
    from reelmake.session.selecting import selected_shots

    found = selected_shots(seen, [word])
    if len(found) != 1:
        raise Mistake.of(
            "RM701",
            f'"{word}" matches {len(found)} shots',
            hint=f"name one of them: {', '.join(found[:8])}" if found else "name one",
        )
    return found[0]


def _clip(seen: Snapshot, shot: str, number: int | None) -> Path:
    """Raises Mistake if there is none."""
    from reelmake.plan.result import shot_takes
    from reelmake.session.project import plan

    slate = seen.layout.slates[shot]
    if slate.file:
        return seen.inputs.path(slate.file)
    if not slate.orders:
        raise Mistake.of("RM851", f'"{shot}" is a plain colour: it has no clip')
    takes = shot_takes(plan(seen, [shot]), seen.layout, [shot], seen.workspace.store.path)
    found = next((t for t in takes if t.shot == shot and (t.picked if number is None else t.take == number)), None)
    if found is None:
        there = ", ".join(str(t.take) for t in takes if t.path) or "none"
        raise Mistake.of("RM704", f'"{shot}" has no take {number}', hint=f"existing takes: {there}")
    if found.path is None:
        raise Mistake.of(
            "RM851", f'take {found.take} of "{shot}" is not made yet', hint=f"`reelmake build {shot}` makes it"
        )
    return found.path
