"""`matrix:` to rows: every combination of its lists, or the lines of a CSV file. Knows nothing of shots."""

from __future__ import annotations

import csv
import io
import itertools
import math
import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from reelmake.compile.merge import ProjectTexts
from reelmake.compile.node import Node
from reelmake.compile.paths import project_path
from reelmake.compile.scalars import Trap, resolve
from reelmake.diagnostics import Note, Report, Source, Span

MOST = 10_000  # variants
_LONGEST = 64  # characters of a variant's name
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}")


class MatrixRow(NamedTuple):
    """One variant: its name (fit for a path), the value of each name, and where the row stands."""

    name: str
    values: dict[str, Node]
    span: Span | None


_BESIDE = "a matrix is a CSV file or lists: add a column to the file"
ALONE = MatrixRow("", {}, None)  # a document without a matrix


def rows(root: Node, texts: ProjectTexts) -> list[MatrixRow]:
    """The variants, named and unique. Without a matrix the one row ALONE."""
    matrix = root.value.get("matrix")
    if matrix is None:
        return [ALONE]
    path = matrix if matrix.kind == "text" else matrix.get("csv")
    if path is not None and path.kind == "text":
        for name in matrix.keys.keys() - {"csv"}:
            texts.report.error("RM201", f'"{name}" cannot be used with "csv"', matrix.keys[name].span, hint=_BESIDE)
        found = _csv(path, texts)
    elif matrix.kind == "map":
        found = _product(matrix, texts.report)
    else:
        return []  # the schema says so
    _unique(found, texts.report)
    return found


def _product(matrix: Node, report: Report) -> list[MatrixRow]:
    lists = {name: node.value for name, _, node in matrix.entries() if node.kind == "list" and node.value}
    count = math.prod(len(values) for values in lists.values())
    if count > MOST:
        says = f"this matrix has {count:,} variants; the limit is {MOST:,}"
        report.error("RM223", says, matrix.span, hint="list only the combinations you need in a CSV file")
        return []
    return [
        MatrixRow(_slug([str(v.value) for v in values]), dict(zip(lists, values, strict=True)), values[-1].span)
        for values in itertools.product(*(lists.values() or [()]))
    ]


def _csv(path: Node, texts: ProjectTexts) -> list[MatrixRow]:
    name = project_path(path.value, path.span, texts.report)
    source = texts.open(name, path.span) if name else None
    lines = _lines(source, texts.report) if source is not None else None
    if source is None or lines is None:
        return []
    if len(lines) < 2:
        hint = "the first line has the names, each further line is a variant"
        texts.report.error("RM220", f"{source.name} has no rows", path.span, hint=hint)
        return []
    header, *rest = lines
    names = [cell.strip() for cell in header.cells]
    if not _good_names(names, header.span, texts.report):
        return []
    if len(rest) > MOST:
        texts.report.error("RM223", f"this matrix has {len(rest):,} variants; the limit is {MOST:,}", path.span)
        return []
    whole = [line for line in rest if _fits(line, names, texts.report)]
    by = _naming(names, whole)
    return [
        MatrixRow(
            _slug([line.cells[i] for i in by]),
            {n: _cell(c, line.span) for n, c in zip(names, line.cells, strict=True)},
            line.span,
        )
        for line in whole
    ]


class _Line(NamedTuple):
    cells: list[str]
    span: Span


def _lines(source: Source, report: Report) -> list[_Line] | None:
    """The records of a CSV text that are not blank, each with its place; None if it is not CSV."""
    made: list[_Line] = []
    at = 1
    reader = csv.reader(io.StringIO(source.text, newline=""), strict=True, skipinitialspace=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                made.append(_Line([cell.strip() for cell in cells], _line_span(source, at)))
            at = reader.line_num + 1
    except csv.Error as error:
        report.error("RM221", f"this is not CSV: {error}", _line_span(source, at))
        return None
    return made


def _line_span(source: Source, number: int) -> Span:
    number = min(number, len(source.starts))
    start = source.starts[number - 1]
    return Span(source, start, start + max(1, len(source.line(number))))


def _good_names(names: Sequence[str], span: Span, report: Report) -> bool:
    if bad := [name for name in names if not _NAME.fullmatch(name)]:
        hint = "the first line names the columns: letters, digits, - and _"
        report.error("RM221", f'"{bad[0]}" cannot be the name of a column', span, hint=hint)
    elif twice := {name for name in names if names.count(name) > 1}:
        report.error("RM221", f'two columns are called "{min(twice)}"', span)
    else:
        return True
    return False


def _cells(count: int) -> str:
    return f"{count} cell{'s' * (count != 1)}"


def _fits(line: _Line, names: Sequence[str], report: Report) -> bool:
    if len(line.cells) != len(names):
        says = f"this row has {_cells(len(line.cells))}, the first line {len(names)}"
        report.error("RM221", says, line.span, hint="put a cell that contains a comma in double quotes")
    return len(line.cells) == len(names)


def _naming(names: Sequence[str], lines: Sequence[_Line]) -> list[int]:
    """Which columns name a variant: `name` or `id`, else the first that tells all rows apart, else all."""
    for wanted in ("name", "id"):
        if wanted in names:
            return [names.index(wanted)]
    for i in range(len(names)):
        if len({_slug([line.cells[i]]) for line in lines} - {""}) == len(lines):
            return [i]
    return list(range(len(names)))


def _cell(text: str, span: Span) -> Node:
    """A number where it is written as one, else text: a CSV file has no quotes to say so."""
    meaning = resolve(text)
    if not isinstance(meaning, Trap) and meaning[0] in ("int", "number"):
        return Node(meaning[0], meaning[1], span.source, span.start, span.end)
    return Node("text", text, span.source, span.start, span.end)


def _slug(values: Sequence[str]) -> str:
    text = unicodedata.normalize("NFKD", "-".join(values))
    text = "".join(c for c in text if not unicodedata.combining(c)).lower()
    return re.sub(r"\W+", "-", text).strip("-_")[:_LONGEST].rstrip("-_")


def _unique(found: list[MatrixRow], report: Report) -> None:
    first: dict[str, MatrixRow] = {}
    for row in found:
        if not row.name:
            says = "this variant has no name: its values have no letter or digit"
            report.error("RM222", says, row.span, hint="add a column `name`")
        elif row.name in first:
            notes = [Note("the first one is here", first[row.name].span)]
            hint = "in a CSV file a column `name` tells them apart"
            report.error("RM222", f'two variants are called "{row.name}"', row.span, notes=notes, hint=hint)
        first.setdefault(row.name, row)
