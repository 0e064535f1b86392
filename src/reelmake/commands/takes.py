"""Show the takes of shots: which exist, which is picked, what each cost, where its clip is."""

from __future__ import annotations

import argparse

from reelmake.commands import _open, _options
from reelmake.report.console import Console


def arguments(parser: argparse.ArgumentParser) -> None:
    _options.add(parser, "storyboard", "draft", "json", shots="(default: all)")


def run(args: argparse.Namespace, console: Console) -> int:
    from reelmake.plan.result import shot_takes
    from reelmake.report import takes_table as report
    from reelmake.report.naming import named
    from reelmake.session.project import plan
    from reelmake.session.selecting import shown

    seen = _open.snapshot(args, console)
    selected = _open.selected(seen, args.shots, console)
    _open.warn_of_picks(seen, selected, console)
    found = shot_takes(plan(seen, selected), seen.layout, shown(seen, selected), seen.workspace.store.path)
    names = {address: named(slate) for address, slate in seen.layout.slates.items()}
    console.answer(
        lambda: {"reelmake": 1, "takes": [report.as_json(take) for take in found]},
        lambda: report.table(found, console.paint_result, names),
    )
    return 0
