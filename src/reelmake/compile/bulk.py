"""How much a storyboard comes to: variants times shots, takes and outputs. Told before it is laid out.

A text of a few lines can ask for millions of shots, and would take all memory before anybody knew. Whoever runs it may
allow more; the storyboard may not. Knows nothing of the graph: it counts about as many steps as there will be.
"""

from __future__ import annotations

from collections.abc import Mapping

from reelmake.compile.node import Node
from reelmake.diagnostics import Report
from reelmake.model.compiled import Variant
from reelmake.model.storyboard import Output

MOST = 250_000  # steps; to plan them takes half a gigabyte, and half a minute


class Bulk:
    """Of `rows` variants of a tree; more than `most` steps is an error (RM616)."""

    def __init__(self, tree: Node, rows: int, most: int, report: Report) -> None:
        self._tree, self._rows, self._most, self._report = tree, rows, most, report
        self._steps = 0

    def begins(self) -> bool:
        """Is it worth to look at the first variant?"""
        return self._fits(self._rows * sum(1 for _ in self._tree.entries("shots")))

    def goes_on(self, variant: Variant) -> bool:
        """Is there room for what this variant comes to, and, where it is the first, for all that are like it?"""
        alone = _steps(variant)
        expected = alone * self._rows if not self._steps else 0
        self._steps += alone
        return self._fits(max(expected, self._steps))

    def _fits(self, steps: int) -> bool:
        if steps <= self._most:
            return True
        count = sum(1 for _ in self._tree.entries("shots"))
        shots = f"{count:,} shot{'s' * (count != 1)}"
        many = f"{self._rows:,} variants of {shots}" if self._rows > 1 else shots
        message = f"this storyboard comes to {steps:,} steps ({many}); {self._most:,} is the limit"
        key = self._tree.keys.get("matrix" if self._rows > 1 else "shots")
        hint = f"split it; whoever runs it can allow more, in the environment: REELMAKE_MOST_STEPS={steps}"
        self._report.error("RM616", message, key.span if key else None, hint=hint)
        return False


def _steps(variant: Variant) -> int:
    """Takes, and of each output a piece and a join for every entry; of one with a list of sizes, of each of them."""
    board = variant.board
    entries = len(board.shots) if board.cut is None else len(board.cut)
    takes = sum(len(slate.orders) for slate in variant.slates.values())
    return takes + sum(_versions(output) for output in board.outputs) * (2 * entries + 2)


def _versions(output: Output) -> int:
    return max((len(said) for said in output.options.values() if isinstance(said, Mapping | list | tuple)), default=1)
